"""The words that the rest of Footnote speaks: Document, Chunk, Passage.

Offsets are always character (code point) offsets into `Document.text`, `start` inclusive and `end` exclusive, so that
`document.text[start:end]` is the text meant.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

HEADING_SEPARATOR = " › "

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the seeds folder, not yet read.

    `path` is relative to the seeds folder, with `/` between its parts; `size` in bytes; `modified_ns` in nanoseconds.
    """

    path: str
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Page:
    """Page `number` (from 1) begins at offset `start`."""

    number: int
    start: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of `level` 1 (highest) to 6 whose own text begins at offset `start`.

    `anchor` is its id on the published page; empty where that is not known, and for the title at the top.
    """

    start: int
    level: int
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """The text from offset `start` on stands at line `number` (from 1) of the file, until the next `Line`."""

    number: int
    start: int


BlockKind = Literal["heading", "paragraph", "list", "item", "code", "table", "row", "quote", "definition"]


@dataclass(frozen=True, slots=True)
class Block:
    """A typed span of a document's text, `start` inclusive and `end` exclusive, without white space at its ends.

    Blocks may contain others: a list its items, an item further paragraphs, code and lists, a table its rows, a quote
    its paragraphs. `depth` is the number of blocks around it. `label` depends on the kind: of an item its mark as it
    stands in the text ("1.", "-"), of code its language, of a row "header" where it is the table's header, of a quote
    the kind of the admonition ("note", "warning", "tip"), of a definition its term; empty where there is none.
    """

    kind: BlockKind
    start: int
    end: int
    depth: int = 0
    label: str = ""


MarkKind = Literal["link", "code", "strong"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters inside a block that the file sets apart. `target` is a link's address as written in the file."""

    kind: MarkKind
    start: int
    end: int
    target: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One file, parsed to plain text (NFC, `\\n` line ends) with a map from offsets to page, heading and line.

    `path` is relative to the seeds folder. `title` is never empty; `title_is_telling` is false where it is only the
    file's name and that name reads like an identifier, so that it would add noise to what is embedded. `url` is the
    document's own public address (`http` or `https`), and `site` the key of the site that it was computed for (empty:
    none). `language` is an ISO 639-1 code, None where the text is too short
    to tell. `pages`, `headings` and `lines` are sorted by `start`; `lines` is empty where the format has no lines a
    reader could look up (PDF, DOCX, HTML). `blocks` are sorted by `start`, outer ones before those inside; `marks` by
    `start`. `date` is the day that the document says it is from, as YYYY-MM-DD, YYYY-MM or YYYY; `superseded_by` the
    path of the document that replaces it, relative to the seeds folder. `includes` are the files whose code is a part
    of the text, as they were then; those that could not be included have a size of -1.
    """

    path: str
    title: str
    text: str
    format: str
    title_is_telling: bool = True
    url: str | None = None
    site: str = ""
    language: str | None = None
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    lines: tuple[Line, ...] = ()
    blocks: tuple[Block, ...] = ()
    marks: tuple[Mark, ...] = ()
    date: str | None = None
    superseded_by: str | None = None
    includes: tuple[SourceFile, ...] = ()

    @property
    def folder(self) -> str:
        """Return the first-level folder of the seeds that the document lies in; empty for those at the top."""
        return folder_of(self.path)

    def page_at(self, offset: int) -> int | None:
        """Return the number of the page that `offset` lies on, None where the format has no pages."""
        found = bisect_right(self.pages, offset, key=lambda page: page.start)
        return self.pages[found - 1].number if found else None

    def heading_at(self, offset: int) -> str | None:
        """Return the headings above `offset`, highest first, joined by `HEADING_SEPARATOR`; None above the first."""
        return HEADING_SEPARATOR.join(heading.text for heading in self._headings_above(offset)) or None

    def address_at(self, offset: int) -> str | None:
        """Return the address of the place on the published page where `offset` lies; None without an address."""
        if not self.url:
            return None
        page = self.page_at(offset)
        if page is not None and self.url.lower().endswith(".pdf"):
            return f"{self.url}#page={page}"
        anchors = [heading.anchor for heading in self._headings_above(offset) if heading.anchor]
        return address_with_anchor(self.url, anchors[-1] if anchors else "")

    def _headings_above(self, offset: int) -> list[Heading]:
        above: list[Heading] = []
        for heading in self.headings[: bisect_right(self.headings, offset, key=lambda heading: heading.start)]:
            while above and above[-1].level >= heading.level:
                above.pop()
            above.append(heading)
        return above

    def line_at(self, offset: int) -> int | None:
        """Return the line of the file that `offset` stands at, None where the format has no lines."""
        found = bisect_right(self.lines, offset, key=lambda line: line.start)
        return self.lines[found - 1].number if found else None


def address_with_anchor(address: str, anchor: str) -> str:
    """Return the address of an anchor on a page."""
    return f"{address.partition('#')[0]}#{quote(anchor, safe='~@:+,;=!%')}" if anchor else address


def folder_of(path: str) -> str:
    """Return the first-level folder of a path relative to the seeds folder; empty for a file at the top."""
    return path.split("/", 1)[0] if "/" in path else ""


@dataclass(frozen=True, slots=True)
class Span:
    """The characters from `start` (inclusive) to `end` (exclusive) of a document's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document: whole sentences with exact offsets, no longer than the embedder's window.

    `text` is `document.text[start:end]`. `heading` is the joined headings above it; `page` and `line` are those of its
    first character, None where the format has none. `sentences` are its sentences in order; they don't overlap, and lie
    within `start`..`end`.
    """

    start: int
    end: int
    text: str
    heading: str | None
    page: int | None
    line: int | None
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that could not be parsed, and why, in words for its owner."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that retrieval returned, with what is needed to show, cite and explain it.

    `text` is `document.text[start:end]`; `page`, `heading` and `line` are those of its first character. `score`, from 0
    to 1, is the probability that it answers, or the fused score if it was not read; the order of passages also depends
    on other numbers. `dense_rank` and `lexical_rank` count from 1, None where that search did not return the chunk;
    `dense_score` is the cosine similarity to the question (-1 to 1), `lexical_score` the BM25 score
    (at least 0; 0 where the lexical search did not return it), `fused_score` (0 to 1) both together, before reading.
    `date` is the document's.
    """

    chunk_id: int
    document: str
    title: str
    url: str | None
    start: int
    end: int
    text: str
    heading: str | None
    page: int | None
    line: int | None
    sentences: tuple[Span, ...]
    score: float
    dense_rank: int | None
    lexical_rank: int | None
    dense_score: float
    lexical_score: float
    fused_score: float
    date: str | None = None

    def text_of(self, span: Span) -> str:
        """Return the words of the passage in a span of document offsets, which lies inside it."""
        return self.text[span.start - self.start : span.end - self.start]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Consecutive sentences of one passage, with the probability (0 to 1) that they answer the question.

    `spans` are document offsets, at least one.
    """

    passage: Passage
    spans: tuple[Span, ...]
    probability: float
