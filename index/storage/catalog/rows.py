"""The tables of the catalog, and how rows become objects and objects rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.types import Block, Chunk, Document, Heading, Line, Mark, Page, SourceFile, Span, folder_of

SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE generation (
    number INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint TEXT NOT NULL, embedder TEXT NOT NULL,
    dimension INTEGER NOT NULL, languages TEXT, seeds TEXT NOT NULL, published REAL NOT NULL,
    documents INTEGER NOT NULL, chunks INTEGER NOT NULL);
CREATE TABLE active (one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL REFERENCES generation);
CREATE TABLE document (
    id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, folder TEXT NOT NULL, title TEXT NOT NULL,
    title_is_telling INTEGER NOT NULL, url TEXT, format TEXT NOT NULL, language TEXT, text TEXT NOT NULL,
    places TEXT NOT NULL, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL, content_hash BLOB NOT NULL);
CREATE TABLE vector (key BLOB PRIMARY KEY, vector BLOB NOT NULL);
CREATE TABLE chunk (
    id INTEGER PRIMARY KEY AUTOINCREMENT, document_id INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
    position INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL, heading TEXT,
    page INTEGER, line INTEGER, sentences TEXT NOT NULL, vector_key BLOB NOT NULL);
CREATE INDEX chunk_of_document ON chunk (document_id);
CREATE INDEX chunk_of_vector ON chunk (vector_key);
CREATE TABLE unreadable (
    path TEXT PRIMARY KEY, reason TEXT NOT NULL, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL);
"""
# The tables of the active state, in an order in which they can be filled.
CONTENT = ("document", "vector", "chunk", "unreadable")


@dataclass(frozen=True, slots=True)
class Generation:
    """A published state of the index.

    `published` is in seconds since the epoch. `languages` are those that the embedder knows (None: many). `seeds` is
    the folder of documents.
    """

    number: int
    fingerprint: str
    embedder: str
    dimension: int
    languages: frozenset[str] | None
    seeds: str
    published: float
    documents: int
    chunks: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An indexed file as it was when it was read, to notice changes. `content_hash` is its SHA-256."""

    document_id: int
    file: SourceFile
    content_hash: bytes

    @property
    def folder(self) -> str:
        """Return the first-level folder of the file."""
        return folder_of(self.file.path)


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk with its id, the id of its document, and the key of its vector."""

    chunk_id: int
    document_id: int
    chunk: Chunk
    vector_key: bytes


@dataclass(frozen=True, slots=True)
class DocumentLabel:
    """The parts of a document that its passages show."""

    path: str
    title: str
    url: str | None
    date: str | None = None
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text, as `footnote documents` lists it. `characters` is the length of the text."""

    path: str
    title: str
    format: str
    language: str | None
    url: str | None
    characters: int
    chunks: int


DOCUMENT_QUERY = "SELECT id, path, title, title_is_telling, url, format, language, text, places FROM document"
CHUNK_QUERY = "SELECT id, document_id, start, end, text, heading, page, line, sentences, vector_key FROM chunk"


def generation_of(row: Sequence[Any]) -> Generation:
    """Return the generation in a row of the table `generation`."""
    number, fingerprint, embedder, dimension, languages, *rest = row
    known_languages = frozenset(json.loads(languages)) if languages else None
    return Generation(number, fingerprint, embedder, dimension, known_languages, *rest)


def generation_columns(generation: Generation) -> tuple[str | int | float | None, ...]:
    """Return the values of the columns of the table `generation`, in order."""
    languages = json.dumps(sorted(generation.languages)) if generation.languages is not None else None
    return (
        generation.number, generation.fingerprint, generation.embedder, generation.dimension, languages,
        generation.seeds, generation.published, generation.documents, generation.chunks,
    )  # fmt: skip


def stored_chunk_of(row: Sequence[Any]) -> StoredChunk:
    """Return the chunk in a row of `CHUNK_QUERY`."""
    chunk_id, document_id, start, end, text, heading, page, line, sentences, vector_key = row
    offsets = json.loads(sentences)
    spans = tuple(map(Span, offsets[::2], offsets[1::2]))
    return StoredChunk(chunk_id, document_id, Chunk(start, end, text, heading, page, line, spans), vector_key)


def chunk_columns(chunk: Chunk) -> tuple[str | int | None, ...]:
    """Return the values of the columns start, end, text, heading, page, line and sentences."""
    offsets = [offset for span in chunk.sentences for offset in (span.start, span.end)]
    sentences = json.dumps(offsets, separators=(",", ":"))
    return (chunk.start, chunk.end, chunk.text, chunk.heading, chunk.page, chunk.line, sentences)


def document_columns(document: Document) -> tuple[str | int | None, ...]:
    """Return the values of the columns of the table `document` from path to places, in order."""
    places = {
        # The key of the site comes first: `Catalog.sites` reads nothing behind it.
        **({"site": document.site} if document.site else {}),
        "pages": [(page.number, page.start) for page in document.pages],
        "headings": [_heading_columns(heading) for heading in document.headings],
        "lines": [(line.number, line.start) for line in document.lines],
        "blocks": [(block.kind, block.start, block.end, block.depth, block.label) for block in document.blocks],
        "marks": [(mark.kind, mark.start, mark.end, mark.target) for mark in document.marks],
        "date": document.date,
        "superseded_by": document.superseded_by,
        "includes": [(file.path, file.size, file.modified_ns) for file in document.includes],
    }
    return (
        document.path, document.folder, document.title, int(document.title_is_telling), document.url, document.format,
        document.language, document.text, json.dumps(places, ensure_ascii=False, separators=(",", ":")),
    )  # fmt: skip


def _heading_columns(heading: Heading) -> tuple[int | str, ...]:
    anchor = (heading.anchor,) if heading.anchor else ()
    return heading.start, heading.level, heading.text, *anchor


def document_of(row: Sequence[Any]) -> Document:
    """Return the document in a row of `DOCUMENT_QUERY` without its id."""
    path, title, title_is_telling, url, format_name, language, text, places = row
    found = json.loads(places)
    return Document(
        path=path,
        title=title,
        text=text,
        format=format_name,
        title_is_telling=bool(title_is_telling),
        url=url,
        site=found.get("site", ""),
        language=language,
        pages=tuple(Page(*page) for page in found["pages"]),
        headings=tuple(Heading(*heading) for heading in found["headings"]),
        lines=tuple(Line(*line) for line in found["lines"]),
        blocks=tuple(Block(*block) for block in found.get("blocks", ())),
        marks=tuple(Mark(*mark) for mark in found.get("marks", ())),
        date=found.get("date"),
        superseded_by=found.get("superseded_by"),
        includes=tuple(SourceFile(*file) for file in found.get("includes", ())),
    )
