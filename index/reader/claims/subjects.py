"""The subject of which sentences say what a claim says of its own subject."""

from __future__ import annotations

import re

from index.english.function_words import AUXILIARIES, BE, DETERMINERS, PREPOSITIONS, word_set
from index.english.names import Name, is_named, is_same_word, names
from index.english.words import Word, content_words, words_of
from index.reader.claims.conflict import Conflict, Sentences, nearest

# Words that may stand between a subject and its verb.
_BEFORE_VERB = AUXILIARIES | word_set("also then already later never not once soon still again only just both who")
_BEFORE_OBJECT = PREPOSITIONS | {"and", "or"}
_BEFORE_NOUN = PREPOSITIONS | DETERMINERS | {"no"}
_CLAUSE_OPENERS = word_set("which that who whom when while but because if")
_PRONOUN = re.compile(r"^\W*(?:(?:yet|but|and|so|then|later|there),? )?(?:he|she)\b|\b(?:he|she)\s+$", re.IGNORECASE)
SKIPPED = 2  # content words before the name that "he" may mean: "AP named Cabello. He was outraged."


def is_said_of_subject(claim: str, evidence: Sentences) -> Conflict | bool:
    """Return true if the evidence says it of the claim's subject, the conflict if of another, false if it is unclear.

    Only a subject that is a name can be compared, and only by a verb that both have; everything else counts as true.
    """
    subject, verb = _subject_and_verb(claim)
    if subject is None or verb is None:
        return True
    same = [word for word in content_words(evidence.text) if word.stem == verb.stem]
    there = nearest(claim, verb, evidence.text, same)
    if there is None or _follows(evidence.text, there, _BEFORE_NOUN):
        return True
    index = evidence.index_at(there.start)
    sentence = evidence.sentences[index]
    before = sentence[: there.start - evidence.start(index)]
    if _is_meant(subject, before) or _is_passive(claim[: verb.start]) != _is_passive(before):
        return True
    if re.match(r"\s+by\b", evidence.text[there.end :]):  # "a film produced by …": the object stands before the verb
        return True
    if _PRONOUN.search(before):
        person = _person(evidence.sentences[index - 1]) if index else None
        return person is None or _is_meant(subject, person.text)
    other = _subject_of(before)
    if other is None:
        return True
    return Conflict("subject", subject.text, subject.start, subject.end, other.text)


def opens(text: str, name: Name) -> bool:
    """True if no content word stands before a name."""
    return not any(word.is_content for word in words_of(text[: name.start]))


def _subject_and_verb(claim: str) -> tuple[Name | None, Word | None]:
    """Return the name that opens a claim, and the verb that follows it."""
    subject = next(iter(names(claim)), None)
    if subject is None or not opens(claim, subject) or _owns(claim, subject):
        return None, None
    for word in words_of(claim):
        if word.start >= subject.end and word.lower not in _BEFORE_VERB:
            return subject, word if word.is_content else None
    return subject, None


def _subject_of(before: str) -> Name | None:
    """Return the subject of a verb, a name, from the text before the verb: the name that opens it, or that ends it."""
    found = names(before)
    if not found:
        return None
    first, last = found[0], found[-1]
    if opens(before, first) and not _owns(before, first) and not _has(before[first.end :], _CLAUSE_OPENERS):
        return first
    if _owns(before, last) or _follows(before, last, _BEFORE_OBJECT):
        return None
    between = before[last.end :]
    is_parted = _has(between, _CLAUSE_OPENERS) or any(word.is_content for word in words_of(between))
    return None if is_parted or not last.is_sure else last


def _is_meant(subject: Name, text: str) -> bool:
    """True if a text may name the subject, if only by a part of its name."""
    parts = {part for name in names(text) for part in name.parts if len(part) > 1}
    return is_named(subject, text) or any(is_same_word(part, one) for part in subject.parts for one in parts)


def _is_passive(before: str) -> bool:
    return any(word.lower in BE for word in words_of(before)[-3:])


def _person(sentence: str) -> Name | None:
    """Return the name that "he" in the next sentence means: near the beginning, and not in capitals."""
    name = next((name for name in names(sentence) if not name.text.isupper()), None)
    if name is None or sum(word.is_content for word in words_of(sentence[: name.start])) > SKIPPED:
        return None
    return name


def _owns(text: str, name: Name) -> bool:
    return text[name.end : name.end + 2] in ("'s", "’s")


def _follows(text: str, one: Name | Word, those: frozenset[str]) -> bool:
    """True if one of those words stands right before."""
    before = words_of(text[: one.start])[-1:]
    return bool(before) and before[0].lower in those


def _has(text: str, those: frozenset[str]) -> bool:
    return any(word.lower in those for word in words_of(text))
