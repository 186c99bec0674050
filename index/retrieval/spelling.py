"""Typing errors in a question: a word that neither English nor the documents know becomes the nearest that they do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from index.english.function_words import SEARCH_STOP_WORDS
from index.english.stemming import stems
from index.reader.answers.coverage import term_weights
from index.retrieval.search_index import OpenGeneration
from index.storage.catalog.catalog import Catalog

SHORTEST_SWAPPED = 3  # letters of a word that may be a stop word with two of them swapped
SHORTEST = 4  # letters of a word that is corrected: shorter ones are near too many others
TWO_ERRORS_FROM = 8  # letters of a word that may hold two errors
CHUNKS = 20  # chunks in which the right word is looked for
_WORD = re.compile(r"[^\W\d_]+")


def corrected(question: str, generation: OpenGeneration, catalog: Catalog) -> str:
    """Return the question with unknown words replaced by near ones of the documents; as it is where all are known."""

    def right(found: re.Match[str]) -> str:
        word = found.group()
        if len(word) >= SHORTEST_SWAPPED and word.lower() not in term_weights().known:
            swapped = next((known for known in SEARCH_STOP_WORDS if _is_swapped(word.lower(), known)), None)
            if swapped is not None:
                return swapped
        stem = "".join(stems(word))
        if len(word) < SHORTEST or not word.isascii() or stem in term_weights().known or generation.words.holds(stem):
            return word
        errors = 2 if len(word) >= TWO_ERRORS_FROM else 1
        near = generation.words.similar(stem, errors, CHUNKS)
        texts = (f"{stored.chunk.heading or ''} {stored.chunk.text}" for stored in catalog.chunks(near).values())
        return _nearest(word.lower(), texts, errors) or word

    return _WORD.sub(right, question)


def _is_swapped(word: str, known: str) -> bool:
    """True if two neighbouring letters of a known word are swapped: "teh", "waht"."""
    return word != known and sorted(word) == sorted(known) and edits(word, known) == 1


def _nearest(word: str, texts: Iterable[str], errors: int) -> str | None:
    """The word of the texts with the fewest errors, the more frequent of two; None where none has so few.

    The first letter is hardly ever the wrong one: a word with another is another word.
    """
    known = Counter(found.lower() for text in texts for found in _WORD.findall(text))
    near = [
        (distance, -count, other)
        for other, count in known.items()
        if other.startswith(word[0]) and (distance := edits(word, other)) <= errors
    ]
    return min(near)[2] if near else None


def edits(one: str, other: str) -> int:
    """Return how many letters must be added, removed, replaced or swapped with their neighbour (optimal alignment)."""
    if abs(len(one) - len(other)) > TWO_ERRORS_FROM:
        return max(len(one), len(other))
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, its in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
    return row[-1]
