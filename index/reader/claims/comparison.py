"""The differences between a claim and sentences that can be shown: quantities, names, denials.

A small model knows that two sentences speak of the same thing; it hardly notices that one says 6 and the other 8.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from index.english.function_words import DETERMINERS, word_set
from index.english.names import Name, is_named, names
from index.english.quantities.extract import quantities
from index.english.quantities.quantity import Quantity, compared, of_one_thing
from index.english.questions import leans_back
from index.english.words import content_words, words_of
from index.reader.claims.conflict import Conflict, Sentences, stems_near
from index.reader.claims.denials import denials, denies_near, opposed
from index.reader.claims.subjects import is_said_of_subject, opens

MOST_SHARED = 0.6  # share of a claim's words from which sentences with one date are assumed to date the same
SOME_SHARED = 0.4  # … from which a sentence with the same number is assumed to say it of the same
SHORTENED = 4  # letters; a name of so many capitals may stand for any other
_WORKS = word_set("film movie season edition song album novel")
_NEUTRAL = DETERMINERS | word_set("and or of said is was")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences between a claim and evidence.

    `lacking` are the claim's quantities that the evidence does not confirm. `is_of_subject` is false if it says the
    same of another, or if it is unclear of whom; `is_denied` is true if it denies something close to the claim.
    """

    conflicts: tuple[Conflict, ...]
    lacking: tuple[Quantity, ...]
    is_of_subject: bool
    is_denied: bool


def compare(claim: str, sentences: Sequence[str], *, around: str = "", met: Collection[str] = ()) -> Comparison:
    """Compare a claim with consecutive sentences.

    The text `around` them (title, headings) may name what they are about. `met` are the stems of the claim's words that
    have a counterpart in them, even if that is another word.
    """
    evidence = Sentences(sentences)
    lacking, differing = _compare_quantities(claim, evidence, frozenset(met))
    conflicts = [
        *differing,
        *denials(claim, evidence.text),
        *opposed(claim, evidence.text),
        *_other_names(claim, evidence.text, lacking_names(claim, f"{around}\n{evidence.text}")),
    ]
    subject = is_said_of_subject(claim, evidence)
    if isinstance(subject, Conflict):
        conflicts.append(subject)
    return Comparison(tuple(conflicts), lacking, subject is True, denies_near(claim, evidence.text))


def lacking_names(claim: str, text: str) -> tuple[Name, ...]:
    """Return the names of a claim that a text does not name."""
    return tuple(name for name in names(claim) if not is_named(name, text))


def _compare_quantities(
    claim: str, evidence: Sentences, met: frozenset[str]
) -> tuple[tuple[Quantity, ...], list[Conflict]]:
    """Return the claim's quantities that the evidence does not confirm, and conflicts for those that it excludes."""
    said = quantities(evidence.text)
    confirming: set[Quantity] = set()
    lacking = []
    for claimed in quantities(claim):
        same = [one for one in said if compared(claimed, one) == "same" and _is_near(claim, claimed, evidence, one)]
        confirming.update(same)
        if not same:
            lacking.append(claimed)
    conflicts = []
    for claimed in lacking:
        others = [one for one in said if one not in confirming and _is_of_one_thing(claim, claimed, evidence, one, met)]
        differing = [one for one in others if compared(claimed, one) == "differs"]
        if differing and len(differing) == len(others):
            closest = max(differing, key=lambda one: _closeness(claim, claimed, evidence.text, one))
            conflicts.append(Conflict("quantity", claimed.text, claimed.start, claimed.end, closest.text))
    return tuple(lacking), conflicts


def _is_near(claim: str, claimed: Quantity, evidence: Sentences, said: Quantity) -> bool:
    """True if a quantity stands where the evidence speaks of the same: always in a single sentence, or if alone."""
    is_alone = sum(other.kind == said.kind for other in quantities(evidence.text)) == 1
    if is_alone or len(evidence.sentences) == 1 or _shared_near(claim, claimed, evidence.text, said):
        return True
    wanted = _other_stems(claim, claimed)
    sentence = evidence.sentences[evidence.index_at(said.start)]
    return len(wanted & {word.stem for word in content_words(sentence)}) >= SOME_SHARED * len(wanted)


def _is_of_one_thing(claim: str, claimed: Quantity, evidence: Sentences, said: Quantity, met: frozenset[str]) -> bool:
    """True if two quantities are said of the same, by the words around them, or as the only ones of their kind."""
    if not of_one_thing(claimed, said) or _is_part_of_a_name(claim, claimed):
        return False
    if claimed.kind == "number" and not claimed.unit:
        return True
    wanted = _other_stems(claim, claimed)
    # "It was founded in 1846" is said of what the sentence before names; other sentences date only what they say.
    sentence = evidence.sentences[evidence.index_at(said.start)]
    text = evidence.text if leans_back(sentence) else sentence
    counterparts = met if text is evidence.text or len(evidence.sentences) == 1 else frozenset()
    share = len(wanted & (counterparts | {word.stem for word in content_words(text)})) / max(1, len(wanted))
    if _shared_near(claim, claimed, evidence.text, said):
        return share >= SOME_SHARED
    is_alone = sum(other.kind == said.kind for other in quantities(evidence.text)) == 1
    return is_alone and share >= MOST_SHARED


def _other_stems(claim: str, claimed: Quantity) -> set[str]:
    """Return the stems of the claim's content words outside a quantity."""
    return {word.stem for word in content_words(claim) if not claimed.start <= word.start < claimed.end}


def _is_part_of_a_name(text: str, one: Quantity) -> bool:
    """True for a year that distinguishes things of one name: "the 1932 Grand Prix", "the 1975 film"."""
    follower = next((word for word in words_of(text) if word.start >= one.end), None)
    if one.kind != "date" or one.fields[1] is not None or follower is None or text[one.end : follower.start] != " ":
        return False
    return follower.is_capitalised or follower.lower in _WORKS


def _closeness(claim: str, claimed: Quantity, evidence: str, said: Quantity) -> tuple[int, int, int]:
    """Return a sort key: as exact a date as the claim's first, then most words around it in common, then the first."""
    as_exact = sum((one is None) == (other is None) for one, other in zip(claimed.fields, said.fields, strict=True))
    return as_exact, _shared_near(claim, claimed, evidence, said), -said.start


def _shared_near(text: str, one: Quantity, other_text: str, other: Quantity) -> int:
    return len(stems_near(text, one.start, one.end) & stems_near(other_text, other.start, other.end))


def _other_names(claim: str, evidence: str, lacking: Collection[Name]) -> list[Conflict]:
    """Return the names of the claim, except its subject, instead of which the evidence has another one."""
    others = [name for name in names(evidence) if name.is_sure and not is_named(name, claim)]
    conflicts = []
    for name in lacking:
        stands_for_any = name.text.isupper() and len(name.text) <= SHORTENED
        if stands_for_any or opens(claim, name):
            continue
        for other in others:
            if _neighbours(claim, name) & _neighbours(evidence, other):
                conflicts.append(Conflict("name", name.text, name.start, name.end, other.text))
                break
    return conflicts


def _neighbours(text: str, name: Name) -> frozenset[str]:
    """Return the words right before ("<in") and right after ("says>") a name that show its role."""
    before = [word for word in words_of(text) if word.end <= name.start][-1:]
    after = [word for word in words_of(text) if word.start >= name.end][:1]
    left = {f"<{word.lower}" for word in before if word.lower not in _NEUTRAL and text[word.end : name.start] == " "}
    right = {f"{word.stem}>" for word in after if word.is_content and text[name.end : word.start] == " "}
    return frozenset(left | right)
