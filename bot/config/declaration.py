"""Declare a setting as a field of a dataclass."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

SECRET_NAME = re.compile(r"TOKEN|KEY|SECRET|PASSWORD", re.IGNORECASE)

Parse = Callable[[str, Path], object]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    `parse` takes the text and the folder that relative paths start from; it raises ValueError with what is allowed
    ("must be …"). `flag` is the command-line flag of the same meaning.
    """

    name: str
    default: str
    parse: Parse
    help: str
    flag: str | None = None

    @property
    def is_secret(self) -> bool:
        """True if the value must not be shown."""
        return bool(SECRET_NAME.search(self.name))


def declare(default: str, parse: Parse, help_text: str, *, flag: str | None = None, hidden: bool = False) -> Any:
    """Declare a field as a setting, named as the field in capitals. `hidden` leaves the value out of the repr."""
    metadata = {"default": default, "parse": parse, "help": help_text, "flag": flag}
    return field(repr=not hidden, metadata=metadata)


def declared_settings(kind: type) -> tuple[Setting, ...]:
    """Return the settings that a dataclass declares, in order."""
    return tuple(Setting(declared.name.upper(), **declared.metadata) for declared in fields(kind) if declared.metadata)
