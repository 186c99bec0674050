"""Conflicts in which one of two texts denies what the other says, or says the opposite."""

from __future__ import annotations

from index.english.names import names
from index.english.negations import negations
from index.english.opposites import are_opposite
from index.english.words import Word, content_words
from index.reader.claims.conflict import Conflict, nearest, stems_near


def denials(claim: str, evidence: str) -> list[Conflict]:
    """Return the words of the claim that the evidence denies, and the denials in the claim of what it says."""
    conflicts = []
    for negation in negations(evidence):
        head = negation.reached[0]
        same = next((word for word in content_words(claim) if word.stem == head.stem), None)
        if same is not None and not _is_denied(same, claim) and _counterpart(claim, same, evidence) == head:
            said = evidence[negation.start : head.end]
            conflicts.append(Conflict("negation", same.text, same.start, same.end, said))
    said_at_all = {word.stem for word in content_words(evidence)}
    for negation in negations(claim):
        head = negation.reached[0]
        # That somebody else was born elsewhere does not contradict "not born in India".
        if all(word.stem in said_at_all for word in negation.reached[:2]):
            counterpart = _counterpart(claim, head, evidence)
            if counterpart is not None and not _is_denied(counterpart, evidence):
                claimed = claim[negation.start : head.end]
                conflicts.append(Conflict("negation", claimed, negation.start, head.end, counterpart.text))
    return conflicts


def denies_near(claim: str, evidence: str) -> bool:
    """True if the evidence denies something around words of the claim: "was not associated with a higher risk"."""
    claimed = {word.stem: word for word in content_words(claim)}
    return any(
        not _is_denied(same, claim) and _counterpart(claim, same, evidence) == word
        for negation in negations(evidence)
        for word in negation.reached
        if (same := claimed.get(word.stem)) is not None
    )


def opposed(claim: str, evidence: str) -> list[Conflict]:
    """Return the words of the claim instead of which the evidence has one of opposite meaning."""
    claimed, said = content_words(claim), content_words(evidence)
    claimed_stems, said_stems = {word.stem for word in claimed}, {word.stem for word in said}
    conflicts = []
    for word in claimed:
        if word.stem in said_stems or _is_in_a_name(word, claim):
            continue
        for other in said:
            if not are_opposite(word, other) or other.stem in claimed_stems or _is_in_a_name(other, evidence):
                continue
            shared = stems_near(claim, word.start, word.end) & stems_near(evidence, other.start, other.end)
            if shared and _is_denied(word, claim) == _is_denied(other, evidence):
                conflicts.append(Conflict("opposite", word.text, word.start, word.end, other.text))
                break
    return conflicts


def _counterpart(claim: str, word: Word, evidence: str) -> Word | None:
    """Return the same word in the evidence; of several, the one with the most shared neighbours."""
    return nearest(claim, word, evidence, [one for one in content_words(evidence) if one.stem == word.stem])


def _is_denied(word: Word, text: str) -> bool:
    return any(word.start == one.start for negation in negations(text) for one in negation.reached)


def _is_in_a_name(word: Word, text: str) -> bool:
    return any(name.is_sure and name.start <= word.start < name.end for name in names(text))
