"""The kind of answer that a question asks for, and the words of a sentence that matter to it."""

from __future__ import annotations

import re
from collections.abc import Callable

from index.english.calendar import MONTH_NAMES, SEASONS, WEEKDAYS, any_of
from index.english.function_words import COORDINATORS, DEMONSTRATIVES, PERSONS, word_set
from index.english.quantities.number_words import (
    ABBREVIATED_SCALES,
    COUNTING_WORDS,
    FRACTIONS,
    NUMBER_WORDS,
    ORDINALS,
    SCALES,
)
from index.english.stemming import stems
from index.english.words import Word, words_of

_NUMBER_WORDS = {*NUMBER_WORDS, *ORDINALS, *FRACTIONS, *COUNTING_WORDS, *SCALES} - ABBREVIATED_SCALES
_NUMBER = re.compile(rf"\d[\d,.]*|\b(?:{any_of(tuple(_NUMBER_WORDS))})\b", re.IGNORECASE)
_DATE = re.compile(
    rf"\b(?:1\d{{3}}|20\d{{2}})s?\b|\b(?:{any_of(MONTH_NAMES)}|{any_of(WEEKDAYS)}|{any_of(SEASONS)}|century|centuries|"
    r"yesterday|today|tomorrow|weeks?|months?|years?|decades?|ago|bc|ad|morning|evening|night)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|due|owing|reasons?|so that|in order|therefore|as a result|thanks to|caused?|causes|leads?|led|"
    r"to avoid|to prevent|allow(?:s|ed)?)\b",
    re.IGNORECASE,
)
_MEANS = re.compile(r"\b(?:by|through|using|via|with|methods?|ways?|process|means)\b", re.IGNORECASE)
# Openings that refer to the sentence before: alone, such a sentence says something of nobody in particular.
_BACKWARD_WORDS = (
    PERSONS
    | DEMONSTRATIVES
    | COORDINATORS
    | word_set(
        "it they its their theirs such there both neither however instead moreover therefore thus also then "
        "nevertheless"
    )
)
_BACKWARD_PHRASES = (
    "the latter|the former|the same|in addition|as a result|for this reason|for that reason"  # several words each
)
_LEANS_BACK = re.compile(rf"[\"'“‘(\s]*(?:{'|'.join(sorted(_BACKWARD_WORDS))}|{_BACKWARD_PHRASES})\b", re.IGNORECASE)

# The kinds in the order in which they are tried: the first that matches decides.
_KINDS = {
    "number": r"how (?:many|much|long|old|far|tall|high|large|big|deep|fast|often|heavy|wide)|"
    r"what (?:percent|percentage|number|amount|share|proportion|fraction)|at what (?:age|rate|speed|temperature)",
    "date": r"when|(?:what|which) (?:year|date|day|month|century|decade|time)",
    "person": r"who|whom|whose|(?:which|what) (?:person|people|man|woman)",
    "place": r"where|(?:what|which) (?:country|city|state|place|town|region|continent|location)",
    "reason": r"why|for what reason|what (?:caused|causes)|what (?:was|is) the (?:cause|reason)",
    "means": r"how",
    "thing": r"what|which",
}
_KIND_PATTERNS = {kind: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for kind, pattern in _KINDS.items()}
KINDS = (*_KINDS, "other")


def kind_of(question: str) -> str:
    """Return the kind of thing that a question asks for: one of `KINDS`."""
    return next((kind for kind, pattern in _KIND_PATTERNS.items() if pattern.search(question)), "other")


def holds_kind(kind: str, sentence: str, asked: frozenset[str]) -> bool:
    """True if a sentence holds something of a kind that is not among the words of the question, in lower case."""

    def new(pattern: re.Pattern[str]) -> bool:
        return any(found.lower() not in asked for found in pattern.findall(sentence))

    tests: dict[str, Callable[[], bool]] = {
        "number": lambda: new(_NUMBER),
        "date": lambda: new(_DATE),
        "person": lambda: _has_new_name(sentence, asked),
        "place": lambda: _has_new_name(sentence, asked),
        "reason": lambda: _REASON.search(sentence) is not None,
        "means": lambda: _MEANS.search(sentence) is not None,
    }
    return tests[kind]() if kind in tests else True


def _has_new_name(sentence: str, asked: frozenset[str]) -> bool:
    return any(_may_be_name(word) and word.lower not in asked for word in words_of(sentence))


def name_stems(question: str) -> frozenset[str]:
    """Return the stems of the names and numbers in a question: words with a capital or digit, except the first."""
    named = [word for word in words_of(question) if word.start > 0 and (_may_be_name(word) or word.text[0].isdigit())]
    return frozenset(stem for word in named for stem in stems(word.text))


def leans_back(sentence: str) -> bool:
    """True if a sentence opens with a pronoun or the like, so that it needs the one before it."""
    return _LEANS_BACK.match(sentence) is not None


def say_other_values(one: str, other: str) -> bool:
    """True if each of two texts has a figure, a number in words or a name that the other lacks.

    Such texts say different things even where all other words are the same: "founded in 1846", "founded in 1848".
    """
    first, second = words_of(one), words_of(other)
    known, also_known = {word.lower for word in first}, {word.lower for word in second}
    return any(_is_value(word) and word.lower not in also_known for word in first) and any(
        _is_value(word) and word.lower not in known for word in second
    )


def _is_value(word: Word) -> bool:
    return _may_be_name(word) or any(map(str.isdigit, word.text)) or _NUMBER.fullmatch(word.text) is not None


def _may_be_name(word: Word) -> bool:
    return word.is_capitalised and word.is_content
