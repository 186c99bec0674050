"""Settings: each is declared once, with its default, its help and how its text is parsed.

Precedence: command-line flag, environment variable, `.env`, default. `.env` is searched for in the current folder and
above it. Relative paths in it start from its own folder, so that the file means the same from every subfolder. The
environment is read and never written.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.config.declaration import Setting, declare, declared_settings
from bot.config.env_file import RawValue, find_env_file, read_env_file
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
    quoted,
)
from bot.errors import SettingsError
from index.config import (
    DEFAULT_CHROMA_DATABASE,
    DEFAULT_CHROMA_TENANT,
    DEFAULT_EMBED_MODEL,
    DEFAULT_READ_PASSAGES,
)
from index.parsing.isolated.limits import DEFAULT_MEGABYTES, DEFAULT_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, parsed. Paths are absolute.

    `prompts_dir` is None for the prompts that come with Footnote, `default_folders` None for all folders. `origins` is
    the origin of each value by the name of its setting, in words. `env_file` is the `.env` that was read.
    """

    seeds_dir: Path = declare("seeds", parse_path, "Folder of documents that answers come from.", flag="--seeds")
    data_dir: Path = declare(
        ".footnote", parse_path, "Folder for the index and everything else that Footnote writes.", flag="--data"
    )
    chroma_url: str = declare(
        "",
        parse_url("http", "https"),
        "Chroma server that stores the index for several machines, such as http://localhost:8000. Empty: the index is "
        "stored in DATA_DIR.",
    )
    chroma_database: str = declare(
        DEFAULT_CHROMA_DATABASE,
        parse_name,
        "Database on the Chroma server, for one index. It is created if it does not exist.",
    )
    chroma_tenant: str = declare(DEFAULT_CHROMA_TENANT, parse_name, "Tenant of that database.")
    chroma_token: str = declare("", parse_secret, "Token for the Chroma server (secret).", hidden=True)
    chroma_certificates: Path | None = declare(
        "",
        parse_optional_path,
        "PEM file of certificates to trust for https, if the Chroma server has a certificate of your own.",
    )
    embed_model: str = declare(
        DEFAULT_EMBED_MODEL,
        parse_model,
        "Model that finds passages: the name of a sentence-transformers model, or a folder such as ./my-model.",
    )
    reader_model: str = declare(
        "",
        parse_model,
        "Model that reads passages: the name or folder of a sentence-transformers cross-encoder. Empty: the reader "
        "of Footnote.",
    )
    read_passages: int = declare(
        str(DEFAULT_READ_PASSAGES),
        parse_whole_number(1, 50),
        "Number of passages to read for each question, best first (1 to 50). Fewer are faster.",
    )
    answer_threshold: float = declare(
        "0.5",  # an answer is shown if it is at least as likely right as wrong
        parse_probability,
        "Minimum confidence of an answer (0 to 1). With a higher value, more questions are refused.",
    )
    parse_seconds: int = declare(
        str(DEFAULT_SECONDS),
        parse_whole_number(1, 86_400),
        "Number of seconds that parsing one file may take (1 to 86400). A file that takes longer is reported, and the "
        "others are indexed.",
    )
    parse_memory: int = declare(
        str(DEFAULT_MEGABYTES),
        parse_whole_number(256, 1_000_000),
        "Number of megabytes that parsing one file may need (256 to 1000000; not limited on macOS).",
    )
    prompts_dir: Path | None = declare(
        "",
        parse_optional_path,
        "Folder with your own wording of messages. Files that it lacks come from Footnote. Empty: all of them do.",
    )
    log_level: str = declare("WARNING", parse_log_level, f"Amount of logging: {', '.join(LOG_LEVELS)}.")
    discord_token: str = declare(
        "", parse_secret, "Token of the Discord bot (secret), for `footnote serve`.", hidden=True
    )
    discord_api_url: str = declare(
        "",
        parse_url("http", "https"),
        "Address of Discord's API, such as http://localhost:8080/api/v10 for a proxy. Empty: Discord itself.",
    )
    discord_gateway_url: str = declare(
        "",
        parse_url("ws", "wss"),
        "Address of Discord's gateway, such as ws://localhost:8080. Empty: the one that the API names.",
    )
    default_folders: tuple[str, ...] | None = declare(
        "",
        parse_folders,
        "Folders to search in direct messages and in channels without a scope, separated by commas; a dot stands "
        "for documents outside of folders. Empty: all documents.",
    )
    admin_roles: tuple[str, ...] = declare(
        "",
        parse_names,
        "Roles that may do what Manage Server allows: ids or names, separated by commas. A name of digits alone "
        "counts as an id.",
    )
    threads: str = declare(
        "follow-up",
        parse_choice("always", "follow-up", "never"),
        "When a conversation in a channel moves to a thread: always, follow-up, never.",
    )
    watch_seeds: str = declare(
        "off", parse_choice("on", "off"), "Update the index whenever documents change while the bot runs: on, off."
    )
    journal_days: int = declare(
        "30", parse_whole_number(1, 3650), "Number of days to keep questions and answers from Discord (1 to 3650)."
    )
    questions_per_minute: int = declare(
        "10", parse_whole_number(1, 1000), "Number of questions that one person may ask in Discord within a minute."
    )
    queue_size: int = declare(
        "100", parse_whole_number(1, 10000), "Number of questions of one Discord server that may wait at a time."
    )
    env_file: Path | None = None
    origins: Mapping[str, str] = field(default_factory=dict, hash=False)


SETTINGS = declared_settings(Settings)
SETTING_NAMES = frozenset(setting.name for setting in SETTINGS)


def setting_named(name: str) -> Setting:
    """Return the setting of this name, in capitals."""
    return next(setting for setting in SETTINGS if setting.name == name)


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
    from_file = read_env_file(env_file, SETTING_NAMES) if env_file is not None else {}
    # With a `.env`, the default folders are next to it, also when seen from a subfolder.
    default_folder = env_file.parent if env_file is not None else current
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for setting in SETTINGS:
        value = (
            _from_flag(setting, flags or {}, current)
            or _from_environment(setting, environment, current)
            or from_file.get(setting.name)
            or RawValue(setting.default, default_folder, "default")
        )
        values[setting.name.lower()] = _parse(setting, value)
        origins[setting.name] = value.origin
    return Settings(**values, env_file=env_file, origins=MappingProxyType(origins))


def _from_flag(setting: Setting, flags: Mapping[str, str | None], folder: Path) -> RawValue | None:
    text = flags.get(setting.name)
    if text is None:
        return None
    origin = setting.flag or "flag"
    if not text.strip():  # probably an unset shell variable; using the default silently would be a surprise
        raise SettingsError(f"{setting.name} ({origin}) is empty; give a value or leave the flag out")
    return RawValue(text, folder, origin)


def _from_environment(setting: Setting, environment: Mapping[str, str], folder: Path) -> RawValue | None:
    text = environment.get(setting.name, "").strip()
    return RawValue(text, folder, "environment") if text else None


def _parse(setting: Setting, value: RawValue) -> object:
    try:
        return setting.parse(value.text, value.folder)
    except ValueError as error:
        shown = "(hidden)" if setting.is_secret else quoted(value.text)
        raise SettingsError(f"{setting.name} is {shown} ({value.origin}); it {error}") from error


def _current_folder() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise SettingsError("the current folder no longer exists; change to another one") from error
