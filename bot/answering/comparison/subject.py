"""The test that a clause speaks of what a question asks about, and not of something else or of a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.comparison.asked import Question
from bot.answering.comparison.statement import Statement
from bot.answering.comparison.synonyms import canonical, dimensions, is_light
from index.english.function_words import AUXILIARIES, DETERMINERS, PERSONAL_PRONOUNS, PREPOSITIONS, word_set
from index.english.names import Name, is_named, names
from index.english.negations import negations
from index.english.quantities.extract import quantities
from index.english.quantities.number_words import NUMBER_WORDS
from index.english.quantities.quantity import compared
from index.english.words import Word, words_of

MANY_ASKED = 4  # content words of a question from which a statement may lack one

# Nouns that stand for a name mentioned before: "the company", "this locomotive".
_GENERIC_NOUNS = (
    "company firm business organisation organization agency institute club team town city village place country "
    "province building house hotel school film movie book novel album band group machine device locomotive ship event "
    "festival race match final competition person people man woman author artist player user member guest visitor "
    "student child owner operator police fire total figure number amount edition"
)
_GENERIC = frozenset(word.stem for word in words_of(_GENERIC_NOUNS))
_OF = word_set("of in at near behind")  # "the tower of the bridge" is not the bridge
_RELATIVE = word_set("who which that")
_PARTICIPLES = word_set("born built written won made sold founded held led drawn sung set")


@dataclass(frozen=True, slots=True)
class Assertion:
    """A clause of a statement that answers a question, and the value that it answers with.

    `start` and `end` are the offsets of the value in the clause.
    """

    statement: Statement
    clause: str
    value: str
    start: int
    end: int

    def holds(self, word: Word | Name) -> bool:
        """True if a word or name of the clause is part of the value."""
        return self.start <= word.start < self.end


def is_about(question: Question, one: Assertion) -> bool:
    """True if a clause answers a question: about its names, its dates and its subject, and without a denial."""
    return (
        _has_asked_words(question, one)  # the cheapest first: few clauses pass
        and _has_asked_dimension(question, one)
        and not negations(one.clause)
        and not _has_another_subject(question, one)
        and all(is_named(name, one.statement.whole) for name in question.names)
        and _has_asked_quantities(question, one.statement.whole)
    )


def is_known(question: Question, word: Word) -> bool:
    """True if a word is one of the question's, if only by its meaning, or has no content of its own."""
    return (
        not word.is_content
        or word.stem in question.known
        or canonical(word) in question.known
        or canonical(word) in question.words
        or word.stem in _GENERIC
        or word.stem in dimensions()
        or word.text[0].isdigit()
        or word.lower in NUMBER_WORDS
        or is_light(word)
    )


def _has_asked_words(question: Question, one: Assertion) -> bool:
    """True if the question's words stand in the statement, and one of them in the clause itself."""
    here = _canonical_words(one.clause)
    everywhere = here | _canonical_words(one.statement.whole)
    lacking = question.words - everywhere
    if len(lacking) > (len(question.words) >= MANY_ASKED):
        return False
    in_clause = question.words & here or any(word.stem in dimensions() for word in words_of(one.clause))
    return bool(in_clause) or not question.words


def _has_asked_quantities(question: Question, whole: str) -> bool:
    return all(any(compared(wanted, said) == "same" for said in quantities(whole)) for wanted in question.quantities)


def _has_asked_dimension(question: Question, one: Assertion) -> bool:
    """True unless the question asks for one dimension and the clause gives another: "how high", "20 m wide"."""
    asked, said = (
        {dimensions()[word.stem] for word in words_of(text) if word.stem in dimensions()}
        for text in (question.text, one.clause)
    )
    return not asked or not said or bool(asked & said)


def _canonical_words(text: str) -> set[str]:
    return {canonical(word) for word in words_of(text) if word.is_content}


def _has_another_subject(question: Question, one: Assertion) -> bool:
    """True if the subject of a clause is something that the question does not name: "its rival", "the castle"."""
    text, end = one.clause, one.start
    if not any(word.is_content for word in words_of(text[:end])):
        return False  # the value itself is the subject
    if _opens_with_verb(text):
        # "The park was laid out in 1865 and designed by …": the subject stands in an earlier clause.
        text = one.statement.last
        end = len(text)
    subject = _subject(question, text, end)
    asked = [name for name in names(text) if any(is_named(name, other.text) for other in question.names)]
    return any(not (_is_of(word, asked) or is_known(question, word) or word.lower.endswith("ly")) for word in subject)


def _opens_with_verb(text: str) -> bool:
    first = next(iter(words_of(text)), None)
    return first is not None and (first.lower in AUXILIARIES | _PARTICIPLES or first.text.endswith("ed"))


def _subject(question: Question, text: str, end: int) -> list[Word]:
    """Return the words of a clause before its verb, a preposition behind a noun, or an offset."""
    found: list[Word] = []
    for word in _without_lead(words_of(text)):
        has_noun = any(other.is_content for other in found)
        is_verb = word.lower in AUXILIARIES or (has_noun and canonical(word) in question.words | _RELATIVE)
        is_boundary = is_verb or (has_noun and word.lower in PREPOSITIONS and word.lower not in _OF)
        if word.start >= end or is_boundary or word.lower in PERSONAL_PRONOUNS:
            break
        found.append(word)
    return found


def _is_of(word: Word, those: Sequence[Name]) -> bool:
    """True if a word is part of one of those names, or stands right before one: "the poet Ada Crane"."""
    return any(name.start - 1 == word.end or name.start <= word.start < name.end for name in those)


def _without_lead(known: Sequence[Word]) -> list[Word]:
    """Return the words of a clause without an adverbial that opens it ("In 2018 …")."""
    rest = list(known)
    if rest and rest[0].lower in PREPOSITIONS:
        index = next(
            (place for place, word in enumerate(rest) if place and word.lower in DETERMINERS | PERSONAL_PRONOUNS), 0
        )
        return rest[index:] if index > 1 else rest[2:]
    return rest
