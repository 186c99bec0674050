"""The test that two clauses speak of the same time, of the same one of several, and under the same conditions."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise, product

from bot.answering.comparison.asked import Question
from bot.answering.comparison.subject import Assertion, is_known
from bot.answering.comparison.synonyms import canonical, is_light
from index.english.calendar import SEASONS
from index.english.function_words import AUXILIARIES, DETERMINERS, POSSESSIVES, word_set
from index.english.names import is_named, names
from index.english.quantities.extract import quantities
from index.english.quantities.number_words import NUMBER_WORDS
from index.english.quantities.quantity import Kind, Quantity, compared
from index.english.words import Word, words_of

# Words that say of which of several, when, how surely or under what condition: both clauses have them, or neither.
_SCOPING = frozenset(SEASONS) | word_set(
    "new old former previous original next last rebuilt again second later earlier plan planned schedule scheduled "
    "expected expect supposed propose proposed intend intended estimated due originally initially season weekday "
    "weekend daily weekly monthly annual annually yearly ago if unless until except without minimum maximum average "
    "half part partly would should may might could net gross legend myth rumour fictional approved announced almost "
    "temporarily provisional draft vice deputy acting interim assistant honorary"
)
_RESTRICTING = word_set("for per without with if unless when while during except among between")
_CONTRASTING = _RESTRICTING | word_set("in on at by from to as")
_DATED: tuple[Kind, ...] = ("date", "weekday", "time", "ordinal")
# Events that happen once: a date next to them does not tell two of them apart.
_EVENTS = "found build die born invent discover write direct paint compose design publish release sign"
_ONE_OFF = frozenset(canonical(word) for word in words_of(_EVENTS))
_CIRCUMSTANCES = word_set("with without")  # they tell prices and numbers apart, not who did it


def are_scoped_apart(
    question: Question, one: Assertion, other: Assertion, *, is_event: bool = False, is_name: bool = False
) -> bool:
    """True if one of two clauses is narrowed by something that the other is not.

    `is_event` is true for values that date an event: the circumstances of an event do not change its date, nor does a
    date change who did what happens only once. `is_name` is true for names.
    """
    is_event = is_event or bool(question.words & _ONE_OFF)
    return (
        bool(_differing_scopes(question, one, other) - (_CIRCUMSTANCES if is_name or is_event else frozenset()))
        or _differ_in_modifiers(question, one, other)
        or not _are_of_one_time(question, one, other, is_event=is_event)
        or (not is_event and _are_restricted_apart(question, one, other, is_name=is_name))
    )


def _differing_scopes(question: Question, one: Assertion, other: Assertion) -> frozenset[str]:
    """Return the words that narrow one clause but neither the other nor the question."""
    first, second = (
        {word.lower for word in _uncounted(each) if _is_scoping(question, each, word)} for each in (one, other)
    )
    return frozenset(first ^ second) - {word.lower for word in words_of(question.text)}


def _is_scoping(question: Question, one: Assertion, word: Word) -> bool:
    """True for a word that narrows, unless it is part of a name of several words: the "new" of "New York"."""
    is_month = word.is_capitalised and word.start > 0 and word.lower == "may"
    return (
        word.lower in _SCOPING
        and not is_month
        and not any(
            len(name.parts) > 1 and name.start <= word.start < name.end and not is_named(name, question.text)
            for name in names(one.clause)
        )
    )


def _uncounted(one: Assertion) -> list[Word]:
    """Return the words of a clause outside its value and its quantities: "may" is not one of "May 1846"."""
    counted = [(said.start, said.end) for said in quantities(one.clause)]
    return [
        word
        for word in words_of(one.clause)
        if not one.holds(word) and not any(start <= word.start < end for start, end in counted)
    ]


def _differ_in_modifiers(question: Question, one: Assertion, other: Assertion) -> bool:
    """True if words right before those asked for differ: "wooden bridge", "east wing", "flea market"."""
    first, second = _modifiers(question, one), _modifiers(question, other)
    known = {word.stem for each in (one, other) for word in words_of(each.statement.label)}
    return bool((first ^ second) - known)


def _modifiers(question: Question, one: Assertion) -> frozenset[str]:
    found = set()
    known = _uncounted(one)
    for word, following in pairwise(known):
        # Before a name it is no modifier, but what the name is: "the poet Ada Crane".
        is_beside = one.clause[word.end : following.start] in (" ", "-") and not following.is_capitalised
        is_asked = canonical(following) in question.words or following.stem in question.known
        if is_beside and is_asked and following.is_content and word.is_content and not is_known(question, word):
            is_doer = following.lower.endswith("ed")  # "the mayor opened"
            if not (is_doer or word.is_capitalised or word.lower.endswith(("ly", "ed")) or word.lower in NUMBER_WORDS):
                found.add(word.stem)
    return frozenset(found)


def _are_of_one_time(question: Question, one: Assertion, other: Assertion, *, is_event: bool) -> bool:
    """True if the dates and ordinals of both clauses, besides their values, are the same as far as they matter."""
    above = [[said for said in quantities(each.statement.label) if said.kind == "date"] for each in (one, other)]
    if any(compared(left, right) == "differs" for left, right in product(*above)):
        return False
    first, second = (_dates(each) for each in (one, other))
    if any(said.kind == "date" for said in question.quantities):
        return True  # both have the question's date
    if is_event:
        first, second = ([said for said in dates if said.kind == "ordinal"] for dates in (first, second))
    return _are_met(question, first, other) and _are_met(question, second, one)


def _dates(one: Assertion) -> list[Quantity]:
    return [said for said in quantities(one.clause) if said.kind in _DATED and not one.start <= said.start < one.end]


def _are_met(question: Question, dates: Collection[Quantity], other: Assertion) -> bool:
    """True if each of the dates is also one of the question or of the other statement.

    A weekday or a time that only one of two reports gives does not tell them apart, unless times are compared.
    """
    said = [*quantities(other.statement.text), *quantities(other.statement.before), *question.quantities]
    for one in dates:
        found = {compared(one, each) for each in said if each.kind == one.kind}
        is_minor = one.kind in ("weekday", "time") and question.kind != "date" and "differs" not in found
        if "same" not in found and not is_minor:
            return False
    return True


def _are_restricted_apart(question: Question, one: Assertion, other: Assertion, *, is_name: bool) -> bool:
    """True if words of one clause that the other lacks restrict it, or stand where the other has other words."""
    first, second = _openings(question, one, other), _openings(question, other, one)
    restricting = _RESTRICTING - _CIRCUMSTANCES if is_name else _RESTRICTING
    contrasting = frozenset[str]() if is_name else _CONTRASTING
    return bool((first | second) & restricting or first & second & contrasting)


def _openings(question: Question, one: Assertion, other: Assertion) -> set[str]:
    """Return the words that open the phrases in which a clause has words that are new to the other and the question."""
    known = {canonical(word) for word in words_of(other.statement.whole)} | question.words | question.known
    opening, is_owned = "", False
    found = set()
    for word in _uncounted(one):
        if word.is_function:
            opening = (
                opening
                if word.lower in DETERMINERS | {"all", "each"} and word.lower not in _CONTRASTING
                else word.lower
            )
            is_owned = word.lower in POSSESSIVES
        elif word.is_content and canonical(word) not in known and not is_light(word) and not is_owned:
            found.add("is" if opening in AUXILIARIES else opening)
    return found
