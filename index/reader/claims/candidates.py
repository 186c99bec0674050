"""The sentences of passages that may support or contradict a claim, with their features and differences."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from index.embedding.interface import Embedder
from index.english.names import Name
from index.reader.claims.comparison import Comparison, compare, lacking_names
from index.reader.claims.conflict import Conflict
from index.reader.claims.features import FEATURES, Alignment, EmbeddedText, Window, embed_texts
from index.types import FloatArray, Passage

CACHED_PASSAGES = 1024
WINDOWS = 2  # candidates of each passage


@dataclass(frozen=True, slots=True)
class Candidate:
    """A window of a passage, its features, shape (len(FEATURES),), and its comparison with the claim.

    `lacking` are the claim's names that are neither there, nor in the sentence before, nor in title and headings.
    """

    window: Window
    row: FloatArray
    comparison: Comparison
    lacking: tuple[Name, ...]

    @property
    def is_incomplete(self) -> bool:
        """True if a name or number is missing, if it is said of another, or if something close is denied."""
        comparison = self.comparison
        return bool(comparison.lacking or self.lacking or comparison.is_denied) or not comparison.is_of_subject

    @property
    def rest(self) -> float:
        """Return the nearness of the sentences to the claim without the words that both differ in (0 to 1)."""
        return float(self.row[FEATURES.index("rest_aligned")])

    @property
    def contradiction(self) -> Conflict | None:
        """Return the first conflict that can contradict the claim, or None."""
        return next((one for one in self.comparison.conflicts if one.contradicts), None)

    @property
    def is_of_another(self) -> bool:
        """True if the sentences say exactly the claim, but of another subject."""
        return [one.kind for one in self.comparison.conflicts] == ["subject"] and not self.comparison.lacking

    @property
    def reason(self) -> str:
        """Return the difference in words: a contradiction first, else whatever prevents support; empty without one."""
        difference = self.contradiction or next(iter(self.comparison.conflicts), None)
        if difference is not None:
            return difference.reason
        missing = [*(name.text for name in self.lacking), *(one.text for one in self.comparison.lacking)]
        return f"nothing is said of “{missing[0]}” there" if missing else ""


class CandidateFinder:
    """Finds candidates with the embedder's own vectors, and caches those of passages for the next claim."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._cache: OrderedDict[tuple[str, str], EmbeddedText] = OrderedDict()

    def candidates(self, claim: str, passages: Sequence[Passage]) -> list[list[Candidate]]:
        """Return, for each passage, the windows that are nearest to the claim: at most `WINDOWS`, nearest first."""
        (embedded_claim,) = embed_texts(self._embedder, [("", claim, [(0, len(claim))])])
        found = []
        for passage, text in zip(passages, self._embedded(passages), strict=True):
            label = f"{passage.title}\n{passage.heading or ''}"
            alignment = Alignment(embedded_claim, text, label)
            rows = []
            for window in alignment.windows(WINDOWS):
                comparison = compare(
                    claim, text.apart(window.first, window.last), around=label, met=alignment.met(window)
                )
                # The sentence before may name the person that "he" means.
                lacking = lacking_names(claim, f"{label}\n{text.between(max(0, window.first - 1), window.last)}")
                rows.append(Candidate(window, alignment.row(window, comparison, lacking), comparison, lacking))
            found.append(rows)
        return found

    def _embedded(self, passages: Sequence[Passage]) -> list[EmbeddedText]:
        keys = [(passage.title, passage.text) for passage in passages]
        new = [(key, passage) for key, passage in zip(keys, passages, strict=True) if key not in self._cache]
        texts = [
            (
                f"{passage.title}\n",
                passage.text,
                [(span.start - passage.start, span.end - passage.start) for span in passage.sentences],
            )
            for _, passage in new
        ]
        for (key, _), text in zip(new, embed_texts(self._embedder, texts), strict=True):
            self._cache[key] = text
        found = [self._cache[key] for key in keys]
        for key in keys:
            self._cache.move_to_end(key)
        while len(self._cache) > CACHED_PASSAGES:
            self._cache.popitem(last=False)
        return found
