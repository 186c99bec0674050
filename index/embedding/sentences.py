"""A document's sentences: found by sentencex, apart where their author meant it, without the furniture of web pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.types import Document, Span

# Lines that stand alone whatever their end: a list item, a numbered point, a table row.
_LIST_ITEM = re.compile(r"\s*(?:[-*•‣◦·–]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s")
# What stands before a point's first sentence, and is none itself: sentencex ends a sentence behind "1.".
_MARKER = re.compile(r"(?:\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])+")
_OPENING_QUOTE = re.compile(r"[.!?…][\"”’»)]?\s+([\"“‘«„])\s*\Z")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_SHORT_LINE = 45  # characters; a shorter line inside a paragraph was ended on purpose, not wrapped

# Share buttons and the like, that are left behind when somebody copies a page into a text file. A line is furniture
# when it holds nothing else.
_FURNITURE_WORDS = frozenset(
    """
    tweet tweeter twitter x facebook whatsapp linkedin telegram reddit pinterest email e-mail mail print imprimer
    share partager teilen compartir condividi republish republier copy link save listen like comment comments
    subscribe newsletter advertisement advertising publicité anzeige login sign in up menu search close skip to content
    follow us on this article story via by with a the
    """.split()
)
_FURNITURE_SIGNS = frozenset(
    """
    tweet tweeter facebook whatsapp linkedin telegram reddit pinterest share partager teilen compartir condividi
    republish republier print imprimer subscribe advertisement publicité anzeige newsletter login menu
    """.split()
)


def runs(document: Document, start: int, end: int) -> Iterator[list[Span]]:
    """Return the sentences between two offsets, in runs that no share button or the like interrupts."""
    run: list[Span] = []
    for first, last in _blocks(document.text, start, end):
        if _is_furniture(document.text[first:last]):
            if run:
                yield run
            run = []
        else:
            run.extend(_sentences(document, first, last))
    if run:
        yield run


def _sentences(document: Document, start: int, end: int) -> Iterator[Span]:
    """The sentences of a block, without the whitespace around them."""
    import sentencex

    block = document.text[start:end]
    boundaries = sentencex.get_sentence_boundaries(document.language or "en", block)
    first = 0
    for boundary in boundaries:
        last = boundary["end_index"]
        if last < len(block):
            # A quotation mark set off by a space opens what follows: it was no part of the sentence that has ended.
            opening = _OPENING_QUOTE.search(block, first, last)
            last = opening.start(1) if opening else last
            if first == 0 and _MARKER.fullmatch(block[:last].strip()):
                continue
        sentence = block[first:last].strip()
        if sentence:
            place = start + first + block[first:last].index(sentence)
            yield Span(place, place + len(sentence))
        first = last


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Paragraphs and list items: no sentence runs over their end."""
    cursor = start
    for blank in [*_BLANK_LINE.finditer(text, start, end), None]:
        paragraph_end = blank.start() if blank else end
        yield from _lines_kept_apart(text, cursor, paragraph_end)
        cursor = blank.end() if blank else end


def _lines_kept_apart(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A paragraph cut at the line ends that its author meant; wrapped lines stay together."""
    first = start
    while True:
        newline = text.find("\n", start, end)
        if newline < 0:
            break
        line = text[start:newline].strip()
        if len(line) < _SHORT_LINE or _LIST_ITEM.match(text, newline + 1, end) or " | " in line:
            yield first, newline
            first = newline + 1
        start = newline + 1
    if first < end:
        yield first, end


def _is_furniture(block: str) -> bool:
    words = re.findall(r"[\w-]+", block.lower())
    return (
        0 < len(words) <= 4
        and all(word in _FURNITURE_WORDS for word in words)
        and any(word in _FURNITURE_SIGNS for word in words)
    )
