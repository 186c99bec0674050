"""What every surface says of an answer's shape. Pure."""

from __future__ import annotations

from bot.types import More

_NAMES = {
    "item": ("step", "steps"),
    "row": ("row", "rows"),
    "code": ("piece of code", "pieces of code"),
    "paragraph": ("paragraph", "paragraphs"),
}


def more_text(more: More) -> str:
    """Return what a first message leaves out: "… 4 more steps"."""
    one, several = _NAMES.get(more.kind, ("part", "parts"))
    return f"… {more.count} more {one if more.count == 1 else several}"
