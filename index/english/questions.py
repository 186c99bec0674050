"""What the words of a question and of a sentence have in common, and what a question asks for."""

from __future__ import annotations

import re
from collections.abc import Callable

from index.english.stemming import QUESTION_WORDS, stems

_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve dozen twenty thirty forty fifty sixty seventy "
    "eighty ninety hundred thousand million billion trillion half quarter third first second once twice several both"
)
_NUMBER = re.compile(rf"\d[\d,.]*|\b(?:{_NUMBER_WORDS.replace(' ', '|')})\b", re.IGNORECASE)
_DATE = re.compile(
    r"\b(?:1\d{3}|20\d{2})s?\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|"
    r"december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|century|centuries|yesterday|today|tomorrow|"
    r"weeks?|months?|years?|decades?|ago|bc|ad|spring|summer|autumn|winter|morning|evening|night)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|due|owing|reasons?|so that|in order|therefore|as a result|thanks to|caused?|causes|leads?|led|"
    r"to avoid|to prevent|allow(?:s|ed)?)\b",
    re.IGNORECASE,
)
_MEANS = re.compile(r"\b(?:by|through|using|via|with|methods?|ways?|process|means)\b", re.IGNORECASE)
# Openings that lean on the sentence before: alone, such a sentence says of somebody unnamed what nobody can check.
_LEANS_BACK = re.compile(
    r"""["'“‘(\s]*(?:he|she|it|they|him|her|his|hers|its|their|theirs|this|that|these|those|such|there|both|neither|
    the\ (?:latter|former|same)|but|and|or|so|yet|however|instead|moreover|therefore|thus|also|
    then|nevertheless|in\ addition|as\ a\ result|for\ (?:this|that)\ reason)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_CAPITALISED = re.compile(r"\b[A-Z][\w’'-]*")
_WORD = re.compile(r"\w+")
_PUNCTUATION = ".,;:!?()[]{}\"'“”‘’«»*_"

# What a question asks for, most telling first. The first that matches decides.
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


def words_of(text: str) -> frozenset[str]:
    """The words of a text in lower case."""
    return frozenset(map(str.lower, _WORD.findall(text)))


def say_other_values(one: str, other: str) -> bool:
    """Whether each of two texts has a figure, a number in words or a name that the other lacks.

    Texts that are the same in all else need not say the same then: "founded in 1846" and "founded in 1848".
    """
    first, second = _bare_words(one), _bare_words(other)
    known, also_known = {word.lower() for word in first}, {word.lower() for word in second}
    return any(_is_value(word) and word.lower() not in also_known for word in first) and any(
        _is_value(word) and word.lower() not in known for word in second
    )


def _bare_words(text: str) -> set[str]:
    return {word.strip(_PUNCTUATION) for word in text.split()}


def _is_value(word: str) -> bool:
    is_named = word[:1].isupper() and word.lower() not in QUESTION_WORDS | _OPENERS
    return is_named or any(map(str.isdigit, word)) or _NUMBER.fullmatch(word) is not None


def kind_of(question: str) -> str:
    """What the question asks for: one of `KINDS`."""
    return next((kind for kind, pattern in _KIND_PATTERNS.items() if pattern.search(question)), "other")


def name_stems(question: str) -> frozenset[str]:
    """The stems of names and numbers in the question: words that begin with a capital or digit, but for the first."""
    named = re.findall(r"(?<!^)\b[A-Z0-9][\w’'-]*", question)
    return frozenset(stem for name in named for stem in stems(name))


def leans_back(sentence: str) -> bool:
    """Whether a sentence opens with a pronoun or the like, so that it needs the one before it."""
    return _LEANS_BACK.match(sentence) is not None


def holds_kind(kind: str, sentence: str, asked: frozenset[str]) -> bool:
    """Whether the sentence holds something of the kind asked for that the question (its words: `asked`) doesn't."""

    def new(pattern: re.Pattern[str]) -> bool:
        return any(found.lower() not in asked for found in pattern.findall(sentence))

    tests: dict[str, Callable[[], bool]] = {
        "number": lambda: new(_NUMBER),
        "date": lambda: new(_DATE),
        "person": lambda: _names_somebody(sentence, asked),
        "place": lambda: _names_somebody(sentence, asked),
        "reason": lambda: _REASON.search(sentence) is not None,
        "means": lambda: _MEANS.search(sentence) is not None,
    }
    return tests[kind]() if kind in tests else True


def _names_somebody(sentence: str, asked: frozenset[str]) -> bool:
    """Whether a capitalised word stands in it that is not the question's, nor a common word that opens the sentence."""
    for found in _CAPITALISED.finditer(sentence):
        word = found.group().lower()
        opens = not any(map(str.isalnum, sentence[: found.start()]))
        if word not in asked and not (opens and word in QUESTION_WORDS | _OPENERS):
            return True
    return False


_OPENERS = frozenset(
    "the in on at by as for it he she they we this that these those a an after before while during although".split()
)
