"""Names of people, places and things that two statements answer a question with, where both cannot be right."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answering.comparison.asked import Question
from bot.answering.comparison.scope import are_scoped_apart
from bot.answering.comparison.statement import Statement, clause_around, clauses_of
from bot.answering.comparison.subject import Assertion, is_about, is_known
from bot.answering.comparison.synonyms import canonical
from index.english.function_words import AUXILIARIES, BE, HAVE, PREPOSITIONS, word_set
from index.english.names import Name, is_named, names
from index.english.places import is_country, may_contain_places
from index.english.words import Word, words_of

_PLACED = word_set("in at near on")
_BETWEEN_SUBJECT_AND_VERB = HAVE | word_set("also first later then who")
_LINK_END = re.compile(r"(?:\b(?:is|was|are|were|named|called|remains|became)\s+(?:the\s+)?|[:,]\s*)$")
_SEVERAL_AFTER = re.compile(r"\s*,?\s*(?:and|or|&|with|together|jointly)\b")
_SEVERAL_BEFORE = re.compile(r"\b(?:and|or|&|with|among|including|like|one of)\s*$")
_PAST = word_set("was were")


def names_in(question: Question, statement: Statement) -> list[Assertion]:
    """Return the assertions of a statement that answer with a name."""
    found = _places(question, statement) if question.kind == "place" else []
    return found or _with_role(question, statement)


def differing_names(
    question: Question, first: Sequence[Assertion], second: Sequence[Assertion]
) -> tuple[str, str] | None:
    """Return the names that two statements answer with, if they name different ones in the same role; else None."""
    if not first or not second:
        return None
    one, other = first[0].statement.whole, second[0].statement.whole
    left = [each for each in first if not _is_in(each, one, other)]
    right = [each for each in second if not _is_in(each, other, one)]
    if len(left) != 1 or len(right) != 1 or (question.kind == "place" and not _are_apart(left[0], right[0])):
        return None
    if are_scoped_apart(question, left[0], right[0], is_name=True):
        return None
    return left[0].value, right[0].value


def _with_role(question: Question, statement: Statement) -> list[Assertion]:
    """Return the assertions in which a name has the role that is asked for: "founded by N", "N is the chair of …"."""
    sentence = statement.last
    found = []
    for name in names(sentence):
        role = _role(question, sentence, name)
        if role is None or _is_one_of_several(sentence, name) or _is_of_the_question(question, name):
            continue
        start, end = clause_around(sentence, min(name.start, role.start), max(name.end, role.end))
        assertion = Assertion(statement, sentence[start:end], name.text, name.start - start, name.end - start)
        if is_about(question, assertion) and not (question.is_present and _is_past(assertion)):
            found.append(assertion)
    return found


def _places(question: Question, statement: Statement) -> list[Assertion]:
    """Return the assertions that put what is asked about in a place: "in N"; the first such place of a clause."""
    found = []
    for clause in clauses_of(statement.last):
        placed = [
            name
            for name in names(clause)
            if _word_before(clause, name) in _PLACED and not _is_of_the_question(question, name)
        ]
        for name in placed[:1]:
            assertion = Assertion(statement, clause, name.text, name.start, name.end)
            if name.is_sure and is_about(question, assertion):
                found.append(assertion)
    return found


def _is_in(one: Assertion, own: str, other: str) -> bool:
    """True if the other text names the same, or if either has the value in small letters, so that it is not a name."""
    name = next((name for name in names(one.clause) if name.start == one.start), None)
    if name is None or is_named(name, other):
        return True
    return re.search(rf"\b{re.escape(one.value.lower())}\b", f"{own}\n{other}") is not None


def _is_of_the_question(question: Question, name: Name) -> bool:
    """True if a name is one of the question's: "Maduro" and "Nicolás Maduro", but not "Ferro-Blau" and "Ines Ferro"."""
    if question.names:
        return any(is_named(one, name.text) and is_named(name, one.text) for one in question.names)
    return is_named(name, question.text)


def _role(question: Question, sentence: str, name: Name) -> Word | None:
    """Return the word of the question that gives a name its role in a sentence, or None.

    The name does what is asked ("N founded …", "… founded by N"), or it is what is asked ("N is the chair of …", "the
    chair of … is N", "its chair, N, …").
    """
    before = [word for word in words_of(sentence) if word.end <= name.start]
    after = [word for word in words_of(sentence) if word.start >= name.end]
    asked = [word for word in before if _is_asked(question, word)]
    if before and before[-1].lower == "by":
        return asked[-1] if asked and len([word for word in before if word.start > asked[-1].start]) <= 4 else None
    if asked and _is_linked(question, sentence, asked[-1], name):
        return asked[-1]
    if question.is_about_role and asked and sentence[asked[-1].end : name.start] == " ":  # "head coach Ada Crane"
        return asked[-1]
    return _role_behind(question, sentence, name, after)


def _is_linked(question: Question, sentence: str, word: Word, name: Name) -> bool:
    """True if only what the question names and a link stand between a word and a name: "chair of the club is N"."""
    between = sentence[word.end : name.start]
    inner = [one for one in words_of(sentence) if word.end <= one.start and one.end <= name.start]
    verbs = [one for one in inner if one.lower in AUXILIARIES]
    return _LINK_END.search(between) is not None and len(verbs) <= 1 and all(_fits(question, one) for one in inner)


def _role_behind(question: Question, sentence: str, name: Name, after: Sequence[Word]) -> Word | None:
    """Return the asked word behind a name: its verb, or the noun that it is said to be."""
    rest = [word for word in after if not (word.lower in _BETWEEN_SUBJECT_AND_VERB or word.lower.endswith("ly"))]
    if not rest:
        return None
    first = rest[0]
    is_next = sentence[name.end : first.start].strip(" ,") == "" or first is not after[0]
    if _is_asked(question, first) and is_next:
        return first if _has_known_object(question, rest[1:]) else None
    is_linked = first.lower in BE or sentence[name.end : first.start].startswith(",")
    noun = next((word for word in rest if _is_asked(question, word)), None)
    if not is_linked or noun is None:
        return None
    return noun if all(_fits(question, word) for word in rest if word.start < noun.start) else None


def _has_known_object(question: Question, rest: Sequence[Word]) -> bool:
    """True if what follows a verb, as far as the next preposition, is what the question names."""
    for word in rest:
        if word.lower in PREPOSITIONS:
            return True
        if not _fits(question, word):
            return word.is_capitalised or word.text[0].isdigit()
    return True


def _is_asked(question: Question, word: Word) -> bool:
    return word.is_content and canonical(word) in question.words


def _fits(question: Question, word: Word) -> bool:
    return is_known(question, word) or word.lower.endswith("ly")


def _is_one_of_several(sentence: str, name: Name) -> bool:
    after, before = sentence[name.end :], sentence[: name.start]
    follower = _SEVERAL_AFTER.match(after)
    rest = after[follower.end() :].lstrip() if follower is not None else "none"
    is_joined = rest.startswith("other") or not rest[:1].islower()
    return is_joined or _SEVERAL_BEFORE.search(before) is not None


def _is_past(one: Assertion) -> bool:
    return any(word.lower in _PAST for word in words_of(one.clause))


def _word_before(text: str, name: Name) -> str:
    before = words_of(text[: name.start])
    return before[-1].lower if before else ""


def _are_apart(one: Assertion, other: Assertion) -> bool:
    """True if two places exclude each other: in the same larger place, or neither of them one that contains others."""
    around = _larger_place(one), _larger_place(other)
    if None not in around:
        return around[0] == around[1]
    if is_country(one.value) and is_country(other.value):
        return True
    return not (may_contain_places(one.value) or may_contain_places(other.value))


def _larger_place(one: Assertion) -> str | None:
    """Return the place that a place is said to lie in: "Lyon, France"."""
    return next((name.text for name in names(one.clause) if one.clause[one.end : name.start] == ", "), None)
