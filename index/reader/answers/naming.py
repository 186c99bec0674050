"""True if a heading names what a question asks about, a sentence begins by naming it ("PIV - Personal …"), or the
passage lacks a name that the question has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from index.english.names import is_named, names
from index.english.stemming import stems, telling_stems
from index.reader.answers.coverage import QuestionWords, term_weights
from index.types import HEADING_SEPARATOR

# From this share on of the question's words in the name, and of the name's in the question, it counts; fully from 1.
LEAST = 0.85

# "Phone: 555-0142", "PIV - Personal Identity Verification", "A PIV is a badge", "E1043 | The token has expired".
_HEAD = re.compile(
    r"\W*(?P<head>.{2,60}?)(?:\s*[:–—|]|\s+-\s|\s+(?:is|are|was|were|means?|stands for|refers to)\b)", re.DOTALL
)


# "who is the deputy chair", "Who was the first harbour master?"
_OFFICE = re.compile(
    r"who(?:'s| is| are| was| were|s) the (?:(?:current|present|new|old|former) )?(?P<office>[\w -]{3,40}?)\W*$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?:;]\s+\S")


def headed(asked: QuestionWords, title: str, heading: str | None) -> float:
    """Return how exactly (0 to 1) a passage's headings name what is asked.

    The last heading is to hold little else than what is asked, and all of them together to hold all of that.
    """
    asked = _subject(asked)
    parts = [title, *(heading or "").split(HEADING_SEPARATOR)] if heading else [title]
    named = asked.covered(telling_stems(" ".join(parts)))
    return _counted([min(named, _asked_share(asked, telling_stems(parts[-1])))])


def introduced(asked: QuestionWords, sentences: Iterable[str]) -> float:
    """Return how exactly (0 to 1) a sentence begins with a name of what is asked."""
    if asked.asks_for_value:
        return 0.0
    asked = _subject(asked)
    heads = (found["head"] for sentence in sentences if (found := _HEAD.match(sentence)))
    return _counted(_alike(asked, telling_stems(head)) for head in heads)


def lacks_name(question: str, text: str) -> bool:
    """True if a question names something, or asks who holds an office, that a text does not name.

    Names count only in a single sentence that begins with a capital letter: error messages, and stories in front of a
    question, have capitals for other reasons. `text` is the passage with its title and headings.
    """
    office = _OFFICE.match(question)
    if office is not None:
        said = set(stems(text))
        return not said.issuperset(telling_stems(office["office"]))
    if not question[:1].isupper() or _SENTENCE_END.search(question):
        return False
    return any(name.is_sure and not is_named(name, text) for name in names(question))


def subject_stems(question: str) -> list[str]:
    """Return a question's telling stems without those that ask for a definition: "What does E1043 mean?" is "e1043"."""
    stemmed = telling_stems(question)
    return [stem for stem in stemmed if stem not in _asking_stems()] or stemmed


def _subject(asked: QuestionWords) -> QuestionWords:
    left = {stem: weight for stem, weight in asked.weights.items() if stem not in _asking_stems()}
    return replace(asked, weights=left) if left else asked


@lru_cache(maxsize=1)
def _asking_stems() -> frozenset[str]:
    return frozenset(stems("mean meaning stand define definition explain describe"))


def _alike(asked: QuestionWords, name: Sequence[str]) -> float:
    """The weighted share of the question in a name, or of the name in the question, whichever is less."""
    return min(asked.covered(name), _asked_share(asked, name))


def _asked_share(asked: QuestionWords, name: Sequence[str]) -> float:
    """The weighted share (0 to 1) of a name's words that the question holds."""
    table = term_weights()
    total = sum(map(table.of, name))
    return sum(table.of(stem) for stem in name if stem in asked.weights) / total if total else 0.0


def _counted(shares: Iterable[float]) -> float:
    return max(0.0, (max(shares, default=0.0) - LEAST) / (1 - LEAST))
