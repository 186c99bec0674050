"""Statements of documents, and the clauses that their values stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.english.calendar import MONTH_NAMES, SEASONS, any_of
from index.english.function_words import AUXILIARIES, PREPOSITIONS, word_set
from index.english.quantities.extract import quantities
from index.english.words import words_of

_OWN_SUBJECT = "its|their|his|her|it|he|she|they|the|an?|then|never|no|not"
_FINITE = "is|are|was|were|has|had|have|will|can|made|became|took|went|came|led"
_CLAUSE_END = re.compile(
    r"\s*[;–—()]\s*|:\s+(?=(?:it|he|she|they|the)\b)|,?\s+(?:but|so)\s+|"
    rf",?\s+and\s+(?=(?:{_OWN_SUBJECT}|{_FINITE}|[a-z]+ed)\b)|"
    r",?\s+(?=(?:who|which|where|when|while|although|though|because|unless|whereas)\b)|"
    # As prepositions these belong to the clause: "until 2015", "before May".
    rf",?\s+(?=(?:after|before|since|until)\b(?!\s+(?:the )?(?:\d|{any_of(MONTH_NAMES)})))|"
    rf"\s+(?=that (?:{_FINITE})\b)|\s+that\s+(?=(?:{_OWN_SUBJECT}|some|about|more|\d|[A-Z]))"
)
_COMMA = re.compile(r",\s+")
_RESTRICTING_START = re.compile(
    r"(?:for|per|without|if|unless|except|when|while|until|in|on|at|during|since|from|as)\b", re.IGNORECASE
)
_CURRENT = re.compile(
    rf"\b(?:(?:from|since|as of) )?this (?:year|month|week|{any_of(SEASONS)})(?: on)?\b|\b(?:now|currently|today)\b",
    re.IGNORECASE,
)
_ANTECEDENT = re.compile(
    r"(?:[Tt]he |[Ii]ts |[Tt]heir )?[A-Z][\w'’-]*(?: (?:of |de |the )?[A-Z\d][\w'’-]*)*(?: [a-z]+)?$|"
    r"(?:(?:the|an?|its|their) (?:\d[\d,.]* )?)?[^\W\d][\w'’-]*$"
)
_NEEDS_ANTECEDENT = word_set("who which that with including born founded built opened named called")
_OPENING_CONJUNCTION = re.compile(
    r"(?:until|when|while|although|though|because|unless|whereas|after|before|since)\s+(?!\d)", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"(?:[A-Z][a-z]+ed|Born|Built|Written|Made|With) ")
_LONGEST_LEAD = 8  # words of an adverbial before the comma: "In the summer of 2019, …"
_LIFE = re.compile(r"([A-Z][^()]*?)\s*\((?:born )?([^()–—-]*\d{4})\s*[–—-]+\s*([^()–—-]*\d{4})[^()]*\)")


@dataclass(frozen=True, slots=True)
class Statement:
    """Consecutive sentences, of which the last one answers.

    `label` is the title and headings above them, `before` the text of the passage before them.
    """

    sentences: tuple[str, ...]
    label: str
    before: str = ""

    @property
    def text(self) -> str:
        """Return the sentences as one text."""
        return " ".join(self.sentences)

    @property
    def last(self) -> str:
        """Return the sentence that answers."""
        return self.sentences[-1] if self.sentences else ""

    @property
    def whole(self) -> str:
        """Return everything: label, text before, sentences."""
        return f"{self.label}\n{self.before}\n{self.text}"


def clauses_of(sentence: str) -> Iterator[str]:
    """Yield the clauses of a sentence as texts that stand alone.

    A relative clause has its antecedent before it ("the Carrow lighthouse which is 36 metres high"), a main clause
    keeps the adverbials that restrict it. Words that only mean the present ("this winter") are left out.
    """
    sentence = " ".join(_CURRENT.sub("", sentence).split())
    life = _LIFE.search(sentence)
    if life is not None:
        yield f"{life[1]} was born on {life[2].strip()}"
        yield f"{life[1]} died on {life[3].strip()}"
        sentence = f"{sentence[: life.end(1)]} {sentence[life.end() :].strip()}"
    start, before = 0, ""
    for end, following in [*(one.span() for one in _CLAUSE_END.finditer(sentence)), (len(sentence), 0)]:
        part = sentence[start:end].strip(" ,.!?").removesuffix(" and")
        start = following
        if part:
            yield from _segments(_OPENING_CONJUNCTION.sub("", part, count=1) if before else part, before)
            before = f"{before} {part}".strip()


def clause_around(sentence: str, start: int, end: int) -> tuple[int, int]:
    """Return the offsets of the clause around a span of a sentence, as far as the next comma or clause boundary."""
    bounds = [one.span() for one in _CLAUSE_END.finditer(sentence)]
    bounds += [(comma.start(), comma.end()) for comma in _COMMA.finditer(sentence)]
    first = max((last for _, last in bounds if last <= start), default=0)
    conjunction = _OPENING_CONJUNCTION.match(sentence, first, start)
    first = conjunction.end() if conjunction is not None else first
    stop = min((begin for begin, _ in bounds if begin >= end), default=len(sentence.rstrip(" .!?")))
    return first, stop


def _segments(part: str, before: str) -> Iterator[str]:
    """Yield the segments between the commas of a part of a sentence; `before` is the text before the part."""
    pieces = _split_at_commas(part)
    if len(pieces) > 1 and _ATTRIBUTE.match(pieces[0]):  # "Founded in 1846, the agency is …", "With 80 rooms, it is …"
        attribute = pieces.pop(0)
        yield f"{_subject_of(pieces[0])} {attribute[:1].lower()}{attribute[1:]}"
    lead = f"{pieces.pop(0)} " if len(pieces) > 1 and _is_adverbial(pieces[0]) else ""
    main, others = pieces[0], pieces[1:]
    restricting = [one for one in others if _RESTRICTING_START.match(one)]
    yield lead + " ".join([_with_antecedent(main, before), *restricting])
    for piece in others:
        if piece not in restricting:
            # Behind an apposition the main clause continues: "The grave of Maddern, the explorer, is in Penzance".
            continues = next((word.lower in AUXILIARIES for word in words_of(piece)), False)
            yield f"{main.split(': ')[0]} {piece}" if continues else _with_antecedent(piece, main)


def _subject_of(clause: str) -> str:
    """Return the text of a clause before its first auxiliary; all of it if it has none."""
    verb = next((word for word in words_of(clause) if word.lower in AUXILIARIES), None)
    return clause[: verb.start].strip() if verb is not None else clause


def _split_at_commas(part: str) -> list[str]:
    """Return the pieces between commas; a comma inside a date or between names ("Lyon, France") does not separate."""
    counted = [(one.start, one.end) for one in quantities(part)]
    pieces, start = [], 0
    for comma in _COMMA.finditer(part):
        is_in_quantity = any(first < comma.start() < last for first, last in counted)
        is_between_names = part[comma.end()].isupper() and _ends_with_name(part[start : comma.start()])
        if not (is_in_quantity or is_between_names):
            pieces.append(part[start : comma.start()].strip())
            start = comma.end()
    return [*pieces, part[start:].strip()]


def _ends_with_name(text: str) -> bool:
    last = words_of(text)[-1:]
    return bool(last) and last[0].is_capitalised and last[0].is_content


def _is_adverbial(piece: str) -> bool:
    found = words_of(piece)
    has_verb = any(word.lower in AUXILIARIES for word in found)
    return bool(found) and found[0].lower in PREPOSITIONS and len(found) <= _LONGEST_LEAD and not has_verb


def _with_antecedent(piece: str, before: str) -> str:
    """Return a piece behind the last noun before it, if it has no subject of its own."""
    first = next(iter(words_of(piece)), None)
    if first is None or not before or first.lower not in _NEEDS_ANTECEDENT:
        return piece
    antecedent = _ANTECEDENT.search(before)
    return f"{antecedent[0].strip()} {piece}" if antecedent is not None else piece
