"""Limits for parsing one file."""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_SECONDS = 120
DEFAULT_MEGABYTES = 2048
OUT_OF_MEMORY = 3  # exit code of the process that parses

_LIMIT = re.compile(r"(\d+) (?:s|MB) \((PARSE_SECONDS|PARSE_MEMORY)\)")


@dataclass(frozen=True, slots=True)
class ParsingLimits:
    """The seconds, and the megabytes of memory, that parsing one file may take."""

    seconds: float = DEFAULT_SECONDS
    megabytes: int = DEFAULT_MEGABYTES

    @property
    def too_long(self) -> str:
        """Return the reason for a file that takes longer."""
        return f"takes longer to parse than {self.seconds:g} s (PARSE_SECONDS); split it, or raise the limit"

    @property
    def too_large(self) -> str:
        """Return the reason for a file that needs more memory."""
        return f"needs more memory to parse than {self.megabytes} MB (PARSE_MEMORY); split it, or raise the limit"

    @property
    def deadly(self) -> str:
        """Return the reason for a file over which the process that parses it ends."""
        return (
            f"ends the program that parses it: it is damaged, made to do that, or needs more memory than "
            f"{self.megabytes} MB (PARSE_MEMORY)"
        )

    def confirm(self, reason: str) -> bool:
        """True unless a file was refused for this reason under another limit, so that it is worth another try."""
        now = {"PARSE_SECONDS": f"{self.seconds:g}", "PARSE_MEMORY": str(self.megabytes)}
        return all(now[name] == value for value, name in _LIMIT.findall(reason))


DEFAULT_LIMITS = ParsingLimits()
