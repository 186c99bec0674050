"""Settings: what can be set, and where its value comes from.

A flag of the command wins over the environment, which wins over `.env`, which wins over the default. `.env` is looked
for in the current folder and above it. Paths in it are relative to its own folder, so that the same file means the
same from every subfolder; the environment is read and never written.
"""

from __future__ import annotations

import difflib
import io
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.config.values import (
    LOG_LEVELS,
    parse_choice,
    parse_folders,
    parse_log_level,
    parse_model,
    parse_name,
    parse_names,
    parse_optional_path,
    parse_path,
    parse_probability,
    parse_secret,
    parse_url,
    parse_whole_number,
    shown,
)
from bot.errors import SettingsError

DEFAULT_READ_PASSAGES = 6  # index.retrieval.READ_PASSAGES, which would take long to import
DEFAULT_ANSWER_THRESHOLD = 0.5  # shown when it is at least as likely right as not

# Names that the design has fixed and that nothing reads yet: a `.env` written for a later version stays usable.
KNOWN_LATER = frozenset(
    {
        "LLM",
        "LLM_URL",
    }
)

SECRET_NAME = re.compile(r"TOKEN|KEY|SECRET|PASSWORD", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `parse` takes the text and the folder that relative paths start from.

    `parse` raises ValueError with what is allowed ("must be …"). `flag` is the command's flag of the same meaning.
    """

    name: str
    default: str
    help: str
    parse: Callable[[str, Path], object]
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, parsed; its fields are the names of `SETTINGS` in lower case. Paths are absolute.

    `prompts_dir` is None for the prompts that come with Footnote. `origins` says for each name where the value came
    from, in words for a person. `env_file` is the `.env` that was read.
    """

    seeds_dir: Path
    data_dir: Path
    chroma_url: str
    chroma_database: str
    chroma_tenant: str
    chroma_token: str = field(repr=False)
    chroma_certificates: Path | None
    embed_model: str
    reader_model: str
    read_passages: int
    answer_threshold: float
    prompts_dir: Path | None
    log_level: str
    discord_token: str = field(default="", repr=False)
    discord_api_url: str = ""
    discord_gateway_url: str = ""
    default_folders: tuple[str, ...] | None = None
    admin_roles: tuple[str, ...] = ()
    threads: str = "follow-up"
    watch_seeds: str = "off"
    journal_days: int = 30
    questions_per_minute: int = 10
    queue_size: int = 100
    env_file: Path | None = None
    origins: Mapping[str, str] = field(default_factory=dict, hash=False)


SETTINGS = (
    Setting("SEEDS_DIR", "seeds", "The folder of documents that answers come from.", parse_path, "--seeds"),
    Setting("DATA_DIR", ".footnote", "Where Footnote keeps everything that it writes.", parse_path, "--data"),
    Setting(
        "CHROMA_URL",
        "",
        "A Chroma server that holds the index for several machines, such as http://localhost:8000; empty to keep it in "
        "DATA_DIR.",
        parse_url("http", "https"),
    ),
    Setting(
        "CHROMA_DATABASE",
        "default_database",
        "The database on the Chroma server that holds the index: one index each. It is made where it is missing.",
        parse_name,
    ),
    Setting(
        "CHROMA_TENANT", "default_tenant", "The tenant of the Chroma server that the database belongs to.", parse_name
    ),
    Setting("CHROMA_TOKEN", "", "The token that the Chroma server asks for, a secret.", parse_secret),
    Setting(
        "CHROMA_CERTIFICATES",
        "",
        "A file of certificates (PEM) to trust for https, where the Chroma server has one of your own.",
        parse_optional_path,
    ),
    Setting(
        "EMBED_MODEL",
        "all-MiniLM-L6-v2",
        "The sentence-transformers model that finds passages: a name, or a folder such as ./my-model.",
        parse_model,
    ),
    Setting(
        "READER_MODEL",
        "",
        "A sentence-transformers cross-encoder that reads passages, a name or a folder; empty for the trained reader "
        "that comes with Footnote.",
        parse_model,
    ),
    Setting(
        "READ_PASSAGES",
        str(DEFAULT_READ_PASSAGES),
        "How many of the passages found are read for a question, the most promising first: fewer are quicker.",
        parse_whole_number(1, 50),
    ),
    Setting(
        "ANSWER_THRESHOLD",
        str(DEFAULT_ANSWER_THRESHOLD),
        "The least probability (0 to 1) with which evidence is shown; higher abstains more often.",
        parse_probability,
    ),
    Setting(
        "PROMPTS_DIR",
        "",
        "A folder of your own wording; files that it lacks, or all of them if empty, are those of Footnote.",
        parse_optional_path,
    ),
    Setting("LOG_LEVEL", "WARNING", f"How much is logged: {', '.join(LOG_LEVELS)}.", parse_log_level),
    Setting("DISCORD_TOKEN", "", "The token of the Discord bot: a secret, for `footnote serve`.", parse_secret),
    Setting(
        "DISCORD_API_URL",
        "",
        "Where Discord's API is, such as http://localhost:8080/api/v10 for a proxy; empty for Discord itself.",
        parse_url("http", "https"),
    ),
    Setting(
        "DISCORD_GATEWAY_URL",
        "",
        "Where Discord's gateway is, such as ws://localhost:8080; empty for the one that the API names.",
        parse_url("ws", "wss"),
    ),
    Setting(
        "DEFAULT_FOLDERS",
        "",
        "The folders that direct messages and channels without a scope are answered from, between commas; . stands for "
        "the documents beside the folders; empty for all.",
        parse_folders,
    ),
    Setting(
        "ADMIN_ROLES",
        "",
        "Roles, by id or by name (a name of digits alone counts as an id), between commas, that may do in Discord what "
        "Manage Server allows.",
        parse_names,
    ),
    Setting(
        "THREADS",
        "follow-up",
        "When a conversation in a channel moves to a thread: always, follow-up, never.",
        parse_choice("always", "follow-up", "never"),
    ),
    Setting(
        "WATCH_SEEDS",
        "off",
        "Whether the Discord bot brings the index up to date by itself when documents change: on, off.",
        parse_choice("on", "off"),
    ),
    Setting(
        "JOURNAL_DAYS",
        "30",
        "How many days questions and answers of Discord are kept.",
        parse_whole_number(1, 3650),
    ),
    Setting(
        "QUESTIONS_PER_MINUTE",
        "10",
        "How many questions one person may ask in Discord within a minute.",
        parse_whole_number(1, 1000),
    ),
    Setting(
        "QUEUE_SIZE",
        "100",
        "How many questions of one Discord server may wait at a time.",
        parse_whole_number(1, 10000),
    ),
)
KNOWN_NAMES = frozenset(setting.name for setting in SETTINGS) | KNOWN_LATER


@dataclass(frozen=True, slots=True)
class _Value:
    """The text of a setting, the folder that a relative path in it starts from, and where it stands."""

    text: str
    folder: Path
    origin: str


def load_settings(
    flags: Mapping[str, str | None] | None = None,
    *,
    environment: Mapping[str, str] = os.environ,
    folder: Path | None = None,
) -> Settings:
    """Read the settings as seen from `folder` (None: the current one).

    `flags` holds the values of command-line flags by the name of their setting; None stands for a flag that was not
    given. An empty value in the environment or in `.env` counts as not set. Raises `SettingsError`.
    """
    current = _current_folder() if folder is None else folder.absolute()
    env_file = find_env_file(current)
    from_file = read_env_file(env_file) if env_file is not None else {}
    # With a `.env` the project has a place: the default folders are those beside it, also from a subfolder.
    default_folder = env_file.parent if env_file is not None else current
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for setting in SETTINGS:
        value = (
            _from_flag(setting, flags or {}, current)
            or _from_environment(setting, environment, current)
            or from_file.get(setting.name)
            or _Value(setting.default, default_folder, "default")
        )
        values[setting.name.lower()] = _parse(setting, value)
        origins[setting.name] = value.origin
    return Settings(**values, env_file=env_file, origins=MappingProxyType(origins))


def find_env_file(folder: Path) -> Path | None:
    """The nearest `.env` in `folder` and its parents, up to the home folder or a folder with `.git`, inclusive."""
    try:
        home: Path | None = Path.home()
    except RuntimeError:
        home = None
    for candidate in (folder, *folder.parents):
        env_file = candidate / ".env"
        if _exists(env_file) and not env_file.is_dir():  # a virtual environment may be called .env too
            return env_file
        if candidate == home or _exists(candidate / ".git"):
            return None
    return None


def read_env_file(env_file: Path) -> dict[str, _Value]:
    """The settings that a `.env` holds, without those that are empty. Raises SettingsError for anything unknown."""
    values: dict[str, _Value] = {}
    for name, text, line in _bindings(env_file):
        origin = f"{env_file}, line {line}"
        if name not in KNOWN_NAMES:
            raise SettingsError(f"{origin}: unknown setting {shown(name)}; {_suggestion(name)}")
        if text:
            values[name] = _Value(text, env_file.parent, origin)
        else:
            values.pop(name, None)
    return values


def _bindings(env_file: Path) -> Iterator[tuple[str, str, int]]:
    """Name, value and line number of each assignment in a `.env`."""
    from dotenv.parser import parse_stream

    for binding in parse_stream(io.StringIO(_text_of(env_file))):
        original = binding.original.string
        # The parser counts the blank lines above an assignment as part of it.
        line = binding.original.line + original[: len(original) - len(original.lstrip())].count("\n")
        if binding.error or (binding.key is not None and binding.value is None):
            # The line itself is not shown: it may hold a secret.
            raise SettingsError(f"{env_file}, line {line}: not understood; write NAME=value, or # before a comment")
        if binding.key is not None and binding.value is not None:
            yield binding.key, binding.value.strip(), line


def _text_of(env_file: Path) -> str:
    try:
        text = env_file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(f"{env_file} can't be read ({reason}); make it readable or remove it") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingsError(f"{env_file}, line {line}: not UTF-8 text; save the file as UTF-8") from error
    if "\0" in text:
        raise SettingsError(f"{env_file} is not UTF-8 text (it has zero bytes); save the file as UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _from_flag(setting: Setting, flags: Mapping[str, str | None], folder: Path) -> _Value | None:
    text = flags.get(setting.name)
    if text is None:
        return None
    origin = setting.flag or "flag"
    if not text.strip():  # most likely an unset variable of a shell: falling back in silence would surprise
        raise SettingsError(f"{setting.name} ({origin}) is empty; give a value or leave the flag out")
    return _Value(text, folder, origin)


def _from_environment(setting: Setting, environment: Mapping[str, str], folder: Path) -> _Value | None:
    text = environment.get(setting.name, "").strip()
    return _Value(text, folder, "environment") if text else None


def _parse(setting: Setting, value: _Value) -> object:
    try:
        return setting.parse(value.text, value.folder)
    except ValueError as error:
        told = "(hidden)" if SECRET_NAME.search(setting.name) else shown(value.text)
        raise SettingsError(f"{setting.name} is {told} ({value.origin}); it {error}") from error


def _suggestion(name: str) -> str:
    close = difflib.get_close_matches(name.upper(), sorted(KNOWN_NAMES), n=1)
    return f"did you mean {close[0]}?" if close else "see .env.example for all of them"


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a parent that we may not look into
        return False


def _current_folder() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise SettingsError("the current folder no longer exists; change to another one") from error
