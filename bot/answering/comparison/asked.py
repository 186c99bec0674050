"""A question, analysed for the comparison of its answers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answering.comparison.synonyms import canonical, dimensions, is_light
from index.english.function_words import ARTICLES, BE, word_set
from index.english.names import Name, names
from index.english.quantities.extract import quantities
from index.english.quantities.quantity import Quantity
from index.english.questions import kind_of
from index.english.words import words_of

# Nouns that say what kind of thing is asked for; a statement does not need to repeat them.
_ASKED_KINDS = word_set(
    "year date day month century decade time number amount percent percentage share proportion fraction age rate "
    "person people man woman country city state place town region continent location name team company firm band club "
    "author artist player"
)
_ASKING = word_set("many number amount name")
_PRESENT = word_set("is are does do has have can")


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its kind (see `index.english.questions.KINDS`), names and quantities.

    `words` are the canonical forms of the content words that a statement needs to have, `known` the stems and canonical
    forms of all its words. `is_present` is true if it asks for the present state, `is_about_role` if it asks who or
    what has a role: "Who is the chair …?".
    """

    text: str
    kind: str
    names: tuple[Name, ...]
    quantities: tuple[Quantity, ...]
    words: frozenset[str]
    known: frozenset[str]
    is_present: bool
    is_about_role: bool


def analysed(text: str) -> Question:
    """Return a question, analysed."""
    found = words_of(text)
    named, counted = names(text), quantities(text)
    taken = [*((one.start, one.end) for one in named), *((one.start, one.end) for one in counted)]
    wanted = set()
    for index, word in enumerate(found):
        before = found[index - 1].lower if index else ""
        is_kind = before in ("which", "what") and word.lower in _ASKED_KINDS
        is_taken = any(start <= word.start < end for start, end in taken)
        is_dimension = word.stem in dimensions()
        # "The volcano Mount Hale": what the name is of need not be said again.
        is_apposed = before in ARTICLES and any(name.start == word.end + 1 for name in named)
        is_wanted = word.is_content and not (is_kind or is_taken or is_dimension or is_apposed or is_light(word))
        if is_wanted and word.lower not in _ASKING:
            wanted.add(canonical(word))
    known = {word.stem for word in found} | {canonical(word) for word in found}
    is_present = any(word.lower in _PRESENT for word in found[:3])
    is_about_role = len(found) > 1 and found[1].lower in BE | {"'s"}
    return Question(text, kind_of(text), named, counted, frozenset(wanted), frozenset(known), is_present, is_about_role)
