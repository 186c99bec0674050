"""Stems of words, as the lexical index stores them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from index.english.function_words import SEARCH_STOP_WORDS

if TYPE_CHECKING:
    import tantivy

# Ideographs, kana and syllables of Hangul.
_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0002fa1f]+")
LONGEST_TOKEN = 60  # bytes; longer ones are left out of the index


@lru_cache(maxsize=1)
def analyzer() -> tantivy.TextAnalyzer:
    """Return the analyzer of the lexical index: words in lower case, without accents, stemmed as English."""
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for one in (tantivy.Filter.remove_long(LONGEST_TOKEN), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        builder = builder.filter(one)
    return builder.filter(tantivy.Filter.stemmer("english")).build()


@lru_cache(maxsize=8192)  # some 2 kB each: the sentences of passages that are read again and again
def stems(text: str) -> tuple[str, ...]:
    """Return the stems of a text's words in order: lower case, without accents."""
    return tuple(analyzer().analyze(segmented(text)))


def segmented(text: str) -> str:
    """Return the text with a space around every two neighbouring characters of Chinese, Japanese and Korean.

    These are written without spaces, and the lexical index would hold a whole line of them as one word. Pairs are the
    usual way to index them without a dictionary.
    """
    if text.isascii():
        return text
    return _IDEOGRAPHS.sub(lambda run: f" {' '.join(_pairs(run.group()))} ", text)


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)] or [run]


def telling_stems(question: str) -> list[str]:
    """Return a question's stems, each once; without the stop words if any others remain."""
    # Not through the cache: a question whose asker wants to be forgotten is not to stay in it.
    everything = list(dict.fromkeys(analyzer().analyze(segmented(question))))
    return [stem for stem in everything if stem not in _stop_stems()] or everything


@lru_cache(maxsize=1)
def _stop_stems() -> frozenset[str]:
    return frozenset(stem for word in SEARCH_STOP_WORDS for stem in stems(word))
