"""Parsers of the values of settings.

Each takes the text and the folder that relative paths start from. It raises ValueError with what is allowed ("must be
…").
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
MAX_QUOTED_LENGTH = 60


def parse_path(text: str, folder: Path) -> Path:
    """Return an absolute path. A relative one starts from `folder`, and `~` is the home folder."""
    try:
        return Path(os.path.abspath(folder / Path(text).expanduser()))  # noqa: PTH100 (keeps links, unlike `resolve`)
    except RuntimeError as error:
        raise ValueError("must not begin with ~, because there is no such home folder") from error


def parse_optional_path(text: str, folder: Path) -> Path | None:
    """Return an absolute path, or None for an empty text."""
    return parse_path(text, folder) if text else None


def parse_model(text: str, folder: Path) -> str:
    """Return the name of a model, or the absolute path of its folder if the text begins with `.`, `/` or `~`."""
    return str(parse_path(text, folder)) if text.startswith((".", "/", "~")) else text


def parse_probability(text: str, folder: Path) -> float:  # noqa: ARG001 (the signature is `Setting.parse`)
    """Return a number from 0 to 1."""
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not 0 <= number <= 1:  # also false for nan
        raise ValueError("must be a number from 0 to 1, such as 0.5")
    return number


def parse_secret(text: str, folder: Path) -> str:  # noqa: ARG001 (the signature is `Setting.parse`)
    """Return a token, which is one word."""
    if any(map(str.isspace, text)):
        raise ValueError("must be one word; copy it again")
    return text


def parse_name(text: str, folder: Path) -> str:  # noqa: ARG001 (the signature is `Setting.parse`)
    """Return a name of letters, digits, dots, hyphens and underscores."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{2,62}", text):
        raise ValueError("must be a name of 3 to 63 letters, digits, dots, hyphens or underscores")
    return text


def parse_url(*schemes: str) -> Callable[[str, Path], str]:
    """Return a parser of addresses with one of the schemes. It removes slashes from the end; the text may be empty."""

    def parse(text: str, folder: Path) -> str:  # noqa: ARG001 (the signature is `Setting.parse`)
        if text and not re.fullmatch(rf"(?:{'|'.join(schemes)})://[^\s/]\S*", text):
            raise ValueError(f"must be an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return text.rstrip("/")

    return parse


def parse_whole_number(least: int, most: int) -> Callable[[str, Path], int]:
    """Return a parser of whole numbers from `least` to `most`, inclusive."""

    def parse(text: str, folder: Path) -> int:  # noqa: ARG001 (the signature is `Setting.parse`)
        if not re.fullmatch(r"\d{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def parse_names(text: str, folder: Path) -> tuple[str, ...]:  # noqa: ARG001 (the signature is `Setting.parse`)
    """Return names that are separated by commas."""
    return tuple(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))


def parse_folders(text: str, folder: Path) -> tuple[str, ...] | None:
    """Return first-level folders that are separated by commas, None for an empty text.

    A dot stands for documents outside of folders and is returned as an empty name.
    """
    names = tuple(name.rstrip("/") or "." for name in parse_names(text, folder))
    if wrong := next((name for name in names if "/" in name), None):
        raise ValueError(f"must be first-level folders, separated by commas; {quoted(wrong)} is below one")
    return tuple("" if name == "." else name for name in names) or None


def parse_choice(*choices: str) -> Callable[[str, Path], str]:
    """Return a parser of one of a few words, in upper or lower case."""

    def parse(text: str, folder: Path) -> str:  # noqa: ARG001 (the signature is `Setting.parse`)
        if text.lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text.lower()

    return parse


def parse_log_level(text: str, folder: Path) -> str:  # noqa: ARG001 (the signature is `Setting.parse`)
    """Return a level of the `logging` module, which may be written in lower case."""
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return text.upper()


def quoted(text: str) -> str:
    """Return the text for a message of one line: short, and without control characters."""
    short = text if len(text) <= MAX_QUOTED_LENGTH else text[:MAX_QUOTED_LENGTH] + "…"
    return short if short.isidentifier() else repr(short)
