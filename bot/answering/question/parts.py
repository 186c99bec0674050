"""Several questions in one message, each to be answered by itself."""

from __future__ import annotations

import re

from bot.answering.question.small_talk import note_of

MOST_PARTS = 3
_END = re.compile(r"\?+\s+|\n+\s*(?:[-*•]|\d+[.)])\s+")
_ASKS = re.compile(
    r"(?:and |or |also |but |then |plus |so )*(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|do|does|"
    r"did|can|could|will|would|should|has|have|had|may|must|am|whats|wheres|hows|whos)\b",
    re.IGNORECASE,
)


def questions_in(text: str) -> list[str]:
    """Return the questions of a message in order, at least one and at most `MOST_PARTS`; the text alone for one.

    What comes before a question without being one belongs to it: "My server crashed. How do I restart it?"
    """
    pieces = [piece.strip() for piece in _END.split(text)]
    ends = [found.group() for found in _END.finditer(text)]
    parts: list[str] = []
    before = ""
    for piece, end in zip(pieces, [*ends, ""], strict=True):
        if not piece:
            continue
        whole = f"{before} {piece}".strip() + ("?" if "?" in end else "")
        last = re.split(r"(?<=[.!])\s+", piece)[-1]
        if _ASKS.match(last) and note_of(last) is None:
            parts.append(whole)
            before = ""
        else:
            before = whole
    if len(parts) < 2 or len(parts) > MOST_PARTS:
        return [text]
    if before:
        parts[-1] = f"{parts[-1]} {before}"
    return parts
