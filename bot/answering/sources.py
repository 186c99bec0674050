"""Citations with the words around them, as they are kept: what Sources shows later without the document. Pure."""

from __future__ import annotations

import hashlib

from bot.types import Citation, Source
from index.types import Document

SURROUNDINGS = 400  # characters kept before and after a quote


def source_of(citation: Citation, document: Document) -> Source:
    """Return a citation with up to `SURROUNDINGS` characters of its document around the quote, cut at words."""
    text = document.text
    first = _word_end(text, max(0, citation.start - SURROUNDINGS), citation.start)
    last = _word_start(text, citation.end, min(len(text), citation.end + SURROUNDINGS))
    return Source(
        citation=citation,
        before=text[first : citation.start],
        after=text[citation.end : last],
        cut_before=first > 0,
        cut_after=last < len(text),
        document_hash=document_hash(document),
    )


def document_hash(document: Document) -> str:
    """Return the SHA-256 of a document's whole text, in hexadecimal. It changes if the document does."""
    return hashlib.sha256(document.text.encode()).hexdigest()


def _word_end(text: str, start: int, end: int) -> int:
    """The first place from `start` on where no word is cut in two; `start` where there is none before `end`."""
    if start == 0:
        return 0
    return next((place + 1 for place in range(start - 1, end) if text[place].isspace()), start)


def _word_start(text: str, start: int, end: int) -> int:
    """The last place up to `end` where no word is cut in two; `end` where there is none after `start`."""
    if end == len(text):
        return end
    return next((place for place in range(end, start - 1, -1) if text[place].isspace()), end)
