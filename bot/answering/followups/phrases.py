"""The noun phrases of a question, found by rules, without a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.answering.followups.grammar import (
    ADJECTIVES,
    AUXILIARIES,
    BE,
    DATE,
    LINKS,
    OUTSIDE_PHRASES,
    PARTICLES,
    TIMES,
    VERB_COMES_AFTER,
    VERB_FORMS,
)
from index.english.function_words import DETERMINERS, INTERROGATIVES, word_set
from index.english.words import Word, compounds_of


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: the indexes of its first and last word, its offsets, its main noun and the word before it.

    `is_asked` is true for what a question asks for: "which rules", "how many members".
    """

    text: str
    first: int
    last: int
    start: int
    end: int
    head: str
    before: str
    is_subject: bool
    is_name: bool
    is_asked: bool

    @property
    def lower(self) -> str:
        """Return the phrase in lower case."""
        return self.text.lower()

    @property
    def is_plural(self) -> bool:
        """True for several things: "rules", "Acme and Globex"."""
        return " and " in self.text or (self.head.endswith("s") and not self.head.endswith(("ss", "us", "is")))


def is_name(words: Sequence[Word], index: int, known: Mapping[str, str]) -> bool:
    """True if a word is part of a name: capitalised where English has no other reason for it, or `known` as one."""
    word = words[index]
    if word.lower in OUTSIDE_PHRASES or not word.text[0].isalpha():
        return False
    if word.lower in known or (index and not word.is_apart):
        return word.lower in known or word.text[0].isupper()
    following = words[index + 1] if index + 1 < len(words) else None
    if following is None or not word.text[0].isupper() or word.lower in VERB_FORMS:
        return False
    return following.text[0].isupper() or following.lower in VERB_FORMS or following.lower in AUXILIARIES


def is_gerund_subject(words: Sequence[Word], index: int) -> bool:
    """True for a word like "shipping" in "How long is shipping to Canada?"."""
    begins = index > 0 and words[index - 1].lower in {"is", "was", "does", "did"}
    return begins and words[index].lower.endswith("ing") and words[index].lower not in {"going", "happening", "doing"}


def run_end(words: Sequence[Word], start: int, known: Mapping[str, str], *, determined: bool) -> int:
    """Return the index after the last of the nouns, adjectives and names that begin at `start`.

    `determined` is true behind "the", "my" and the like.
    """
    index = start
    while index < len(words) and (index == start or not words[index].is_apart):
        word, named = words[index], is_name(words, index, known)
        if word.lower in OUTSIDE_PHRASES:
            break
        noun_after_all = index == start and (determined or is_gerund_subject(words, index))
        if word.lower in VERB_FORMS and not named and not noun_after_all:
            break
        after_name = index > start and not determined and not named and is_name(words, index - 1, known)
        if after_name and word.lower not in PARTICLES:
            break
        index += 1
    return index


def without_predicate(words: Sequence[Word], start: int, end: int, before: str, known: Mapping[str, str]) -> int:
    """Return the end of a subject after an auxiliary: "does the trial | last", "is the library | open"."""
    if before not in AUXILIARIES or end <= start + 1 or (end < len(words) and words[end].lower in VERB_FORMS):
        return end
    last = words[end - 1]
    unlisted_verb = before not in BE and not is_name(words, end - 1, known)
    return end - 1 if unlisted_verb or last.lower in ADJECTIVES or last.lower.endswith("ed") else end


def with_links(words: Sequence[Word], end: int, known: Mapping[str, str], *, named: bool) -> int:
    """Return the end of a noun phrase with what is linked to it: "the talks | between A and B".

    `end` is the end of the phrase without it; `named` is true for a name, which only "of" and "and" continue.
    """
    links = word_set("of and") if named else LINKS
    while end + 1 < len(words) and words[end].lower in links and not words[end + 1].is_apart:
        determined = words[end + 1].lower in DETERMINERS
        start = end + 1 + determined
        stop = run_end(words, start, known, determined=determined)
        if stop == start or DATE.fullmatch(words[start].text) or (named and not is_name(words, start, known)):
            break
        if words[end].lower == "between":
            links |= {"and"}
        end = stop
    return end


def noun_phrases(text: str, known: Mapping[str, str]) -> tuple[Phrase, ...]:
    """Return the noun phrases of a text in order, without dates. `known` has names by their lower case."""
    words, found, index = compounds_of(text), list[Phrase](), 0
    while index < len(words):
        before = words[index - 1].lower if index else ""
        determined = words[index].lower in DETERMINERS
        start = index + determined
        noun_after_to = before == "to" and words[index].lower.endswith("s")
        if before in VERB_COMES_AFTER and not (determined or noun_after_to or is_name(words, index, known)):
            index += 1  # a verb, listed or not: "how do I | reset", "need to | purchase"
            continue
        end = without_predicate(words, start, run_end(words, start, known, determined=determined), before, known)
        if end == start:
            index = start + (not determined)
            continue
        named, head = is_name(words, end - 1, known), words[end - 1].lower
        is_subject = before in AUXILIARIES or (end < len(words) and words[end].lower in VERB_FORMS | AUXILIARIES)
        end = with_links(words, end, known, named=named)
        first, last = words[index], words[end - 1]
        phrase = text[first.start : last.end]
        if last.lower not in ADJECTIVES and head not in TIMES and not DATE.fullmatch(phrase) and not phrase.isdigit():
            asked = before in INTERROGATIVES | {"many", "much"} and not named
            offsets = (index, end - 1, first.start, last.end)
            found.append(Phrase(phrase, *offsets, head, before, is_subject, named, asked))
        index = end
    return tuple(found)
