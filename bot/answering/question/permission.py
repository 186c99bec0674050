"""Questions for leave ("can i advertise here"), which the rules answer in other words than the question has."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.english.stemming import stems, telling_stems
from index.types import Passage, Span

FEWEST_RULES = 3  # sentences of a passage of rules

_ASKS_FOR_LEAVE = re.compile(
    r"\b(?:can|may|could|should) (?:i|we|you|people|members|anyone|someone)\b"
    r"|\b(?:am i|are|is)\b.{0,60}\b(?:allowed|permitted|ok(?:ay)?|fine|forbidden|banned|against the rules)\b",
    re.IGNORECASE,
)
_RULES = re.compile(r"\brules?\b", re.IGNORECASE)
_OTHER_RULES = re.compile(r"\b(?:guidelines?|code of conduct|etiquette|do'?s and don'?ts)\b", re.IGNORECASE)


def asks_for_leave(question: str) -> bool:
    """True for a question whether something may be done."""
    return _ASKS_FOR_LEAVE.search(question) is not None


def rule_for(question: str, passages: Sequence[Passage], *, guidelines: bool) -> tuple[Passage, Span] | None:
    """Return the rule that shares most words with the question, with its passage; None if there are no rules.

    Where as many words are shared, or none, what is called "rules" comes first, then the order of the passages.
    `guidelines`: what is called guidelines or the like counts as well.
    """
    asked = set(telling_stems(question))
    found: list[tuple[int, bool, int, Passage, Span]] = []
    for place, passage in enumerate(passages):
        named = re.sub(r"[-_/.]", " ", f"{passage.title}\n{passage.heading or ''}\n{passage.document}")
        is_called_so = _RULES.search(named) is not None
        if len(passage.sentences) >= FEWEST_RULES and (is_called_so or (guidelines and _OTHER_RULES.search(named))):
            shared = [len(asked & set(stems(passage.text_of(span)))) for span in passage.sentences]
            best = shared.index(max(shared))
            found.append((shared[best], is_called_so, -place, passage, passage.sentences[best]))
    return max(found, key=lambda one: one[:3])[3:] if found else None
