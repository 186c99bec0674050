"""The negations of a sentence, and the words that they reach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.english.function_words import word_set
from index.english.words import Word, words_of

SCOPE = 3  # content words that a negation reaches

# Phrases with a negation that deny nothing: "nothing but", "not only", "no more dangerous than".
_NO_DENIAL = re.compile(
    r"\b(?:nothing|nobody|no one|none|no(?: other)? \w+)\s+(?:but|except|other than|else than|besides)\b|"
    r"\bnot (?:only|just|merely|simply|least|necessarily|far|until|surprising\w*)\b|"
    r"\bno (?:doubt|less|fewer|more|longer than|later than|sooner|matter|wonder)\b|\b(?:whether|may) or (?:may )?not\b|"
    r"\bI(?:[’'](?:ve|m|d|ll)| have| am| do| did| would)? (?:not|never)\b|\bI \w+n[’']t\b|\bno\s*,|"
    r"\b(?:nothing|nobody|no one|never)\b(?: \w+){0,2} (?:more|better|greater|worse|less)\b|"
    r"\b(?:nobody|no one|none|never|not|n[’']t|no)\b[^.;!?]* without\b|"
    # It denies nothing that somebody does not know it.
    r"(?:\bnot|n[’']t|\bdont) (?:sure|certain|know|remember|recall|care|mind|forget)\b|"
    r"\bcould(?: not|n[’']t) \w+ more\b",
    re.IGNORECASE,
)
# Words that deny what follows: "refused to give", "failed to win", "lack of".
_DENYING = re.compile(
    r"\b(?:(?:refus(?:e|es|ed|ing|al)|declin(?:e|es|ed|ing)|fail(?:s|ed|ing|ure)?|unable|unwilling|"
    r"neglect(?:s|ed)?) to|"
    r"lack(?:s|ed|ing)?(?: of)?|avoid(?:s|ed|ing)?|incapable of)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;:.!?()]")
_CLAUSE_OPENERS = word_set("but and that which who because although while when if whether than unless so")


@dataclass(frozen=True, slots=True)
class Negation:
    """A negation: its offsets, and the words that it reaches, nearest first (at most `SCOPE`)."""

    start: int
    end: int
    reached: tuple[Word, ...]


@lru_cache(maxsize=1024)
def negations(text: str) -> tuple[Negation, ...]:
    """Return the negations of a text that deny something, in order."""
    excused = [found.span() for found in _NO_DENIAL.finditer(text)]
    cues = [(found.start(), found.end()) for found in _DENYING.finditer(text)]
    known = words_of(text)
    for index, word in enumerate(known):
        follower = known[index + 1] if index + 1 < len(known) else word
        in_name = word.is_capitalised and follower.is_capitalised and not word.text.isupper()  # "No Way Out"
        if word.is_negation and not in_name:
            cues.append((word.start, word.end))
    found = []
    for start, end in sorted(cues):
        if not any(first < end and start < last for first, last in excused):
            reached = _reached(text, end)
            if reached:
                found.append(Negation(start, end, reached))
    return tuple(found)


def _reached(text: str, start: int) -> tuple[Word, ...]:
    reached: list[Word] = []
    edge = start
    for word in words_of(text):
        if word.start < start:
            continue
        ended = _CLAUSE_END.search(text[edge : word.start]) or word.lower in _CLAUSE_OPENERS
        if ended or word.is_negation:
            break
        edge = word.end
        if word.is_content:
            reached.append(word)
        if len(reached) == SCOPE:
            break
    return tuple(reached)
