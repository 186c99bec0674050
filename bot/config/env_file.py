"""Find and read the `.env` file."""

from __future__ import annotations

import difflib
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.config.values import quoted
from bot.errors import SettingsError


@dataclass(frozen=True, slots=True)
class RawValue:
    """The text of a setting, the folder that a relative path in it starts from, and its origin in words."""

    text: str
    folder: Path
    origin: str


def find_env_file(folder: Path) -> Path | None:
    """Return the nearest `.env` in `folder` and its parents, up to the home folder or a folder with `.git`."""
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


def read_env_file(env_file: Path, known_names: Collection[str]) -> dict[str, RawValue]:
    """Return the settings of a `.env` by name, without empty ones. Raises `SettingsError` for an unknown name."""
    values: dict[str, RawValue] = {}
    for name, text, line in _assignments(env_file):
        origin = f"{env_file}, line {line}"
        if name not in known_names:
            raise SettingsError(f"{origin}: unknown setting {quoted(name)}; {_suggestion(name, known_names)}")
        if text:
            values[name] = RawValue(text, env_file.parent, origin)
        else:
            values.pop(name, None)
    return values


def _assignments(env_file: Path) -> Iterator[tuple[str, str, int]]:
    """Yield name, value and line number of each assignment."""
    from dotenv.parser import parse_stream

    for binding in parse_stream(io.StringIO(_read_text(env_file))):
        original = binding.original.string
        # The parser counts the blank lines above an assignment as part of it.
        line = binding.original.line + original[: len(original) - len(original.lstrip())].count("\n")
        if binding.error or (binding.key is not None and binding.value is None):
            # The line itself is not shown: it may contain a secret.
            raise SettingsError(f"{env_file}, line {line}: not understood; write NAME=value, or # before a comment")
        if binding.key is not None and binding.value is not None:
            yield binding.key, binding.value.strip(), line


def _read_text(env_file: Path) -> str:
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


def _suggestion(name: str, known_names: Collection[str]) -> str:
    close = difflib.get_close_matches(name.upper(), sorted(known_names), n=1)
    return f"did you mean {close[0]}?" if close else "docs/settings.md lists all settings"


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # the parent cannot be searched
        return False
