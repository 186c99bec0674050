"""The values of settings: from text to what the code works with.

Each function takes the text and the folder that relative paths start from, and raises ValueError with what is allowed
("must be …").
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LONGEST_SHOWN_VALUE = 60


def parse_path(text: str, folder: Path) -> Path:
    """An absolute path; a relative one starts from `folder`, and `~` is the home folder."""
    try:
        return Path(os.path.abspath(folder / Path(text).expanduser()))  # noqa: PTH100 (links are kept, ".." is not)
    except RuntimeError as error:
        raise ValueError("must not begin with ~, because that home folder can't be determined") from error


def parse_optional_path(text: str, folder: Path) -> Path | None:
    """Like `parse_path`, with None for an empty text."""
    return parse_path(text, folder) if text else None


def parse_model(text: str, folder: Path) -> str:
    """The name of a model, or the folder of one where the text begins as only a path does: with `.`, `/` or `~`."""
    return str(parse_path(text, folder)) if text.startswith((".", "/", "~")) else text


def parse_probability(text: str, folder: Path) -> float:  # noqa: ARG001 (the signature is `Setting.parse`)
    """A number from 0 to 1."""
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not 0 <= number <= 1:  # false for not-a-number too
        raise ValueError("must be a number from 0 to 1, such as 0.5")
    return number


def parse_secret(text: str, folder: Path) -> str:  # noqa: ARG001 (the signature is `Setting.parse`)
    """A token: one word."""
    if any(map(str.isspace, text)):
        raise ValueError("must be one word; copy it again")
    return text


def parse_name(text: str, folder: Path) -> str:  # noqa: ARG001 (the signature is `Setting.parse`)
    """A name of letters, digits, dots, hyphens and underscores."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{2,62}", text):
        raise ValueError("must be a name of 3 to 63 letters, digits, dots, hyphens or underscores")
    return text


def parse_url(*schemes: str) -> Callable[[str, Path], str]:
    """An address of one of the schemes, without a slash at its end; or nothing."""

    def parse(text: str, folder: Path) -> str:  # noqa: ARG001 (the signature is `Setting.parse`)
        if text and not re.fullmatch(rf"(?:{'|'.join(schemes)})://[^\s/]\S*", text):
            raise ValueError(f"must be an address that begins with {' or '.join(f'{one}://' for one in schemes)}")
        return text.rstrip("/")

    return parse


def parse_whole_number(least: int, most: int) -> Callable[[str, Path], int]:
    """A whole number between two, inclusive."""

    def parse(text: str, folder: Path) -> int:  # noqa: ARG001 (the signature is `Setting.parse`)
        if not re.fullmatch(r"\d{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def parse_names(text: str, folder: Path) -> tuple[str, ...]:  # noqa: ARG001 (the signature is `Setting.parse`)
    """Names between commas."""
    return tuple(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))


def parse_folders(text: str, folder: Path) -> tuple[str, ...] | None:
    """First-level folders between commas, `.` for the documents beside them; None, which is all, for nothing."""
    names = tuple(name.rstrip("/") or "." for name in parse_names(text, folder))
    if wrong := next((name for name in names if "/" in name), None):
        raise ValueError(f"must name first-level folders between commas; {shown(wrong)} lies deeper")
    return tuple("" if name == "." else name for name in names) or None


def parse_choice(*choices: str) -> Callable[[str, Path], str]:
    """One of a few words, in any case."""

    def parse(text: str, folder: Path) -> str:  # noqa: ARG001 (the signature is `Setting.parse`)
        if text.lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text.lower()

    return parse


def parse_log_level(text: str, folder: Path) -> str:  # noqa: ARG001 (the signature is `Setting.parse`)
    """One of the levels of the `logging` module, in any case."""
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return text.upper()


def shown(text: str) -> str:
    """The text as it may stand in a message of one line: short, and with nothing that a terminal would obey."""
    short = text if len(text) <= LONGEST_SHOWN_VALUE else text[:LONGEST_SHOWN_VALUE] + "…"
    return short if short.isidentifier() else repr(short)
