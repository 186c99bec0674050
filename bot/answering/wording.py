"""The words that every surface uses of an answer's shape. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config.prompts import Prompts
from bot.types import More, Note, Outcome

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


def introduction(outcome: Outcome, note: Note | None, prompts: Prompts, *, question: str, has_passages: bool) -> str:
    """Return the line above what comes closest, or instead of an answer; empty for an answer. `question` is escaped."""
    if note is not None:
        return prompts.fill(note)
    if outcome == "closest":
        return prompts.fill("closest")
    if outcome == "nothing":
        return prompts.fill("abstention" if has_passages else "abstention_empty", question=question)
    return ""


def unanswered_text(parts: Sequence[str]) -> str:
    """Return the line that names the questions of a message that are not answered; `parts` are escaped."""
    return "I found no answer to: " + "; ".join(f"“{part}”" for part in parts)
