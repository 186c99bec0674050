"""The catalog's rows: their tables, what is made of them, and how they are written."""

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
# The tables of the state that answers, in an order in which they can be filled.
CONTENT = ("document", "vector", "chunk", "unreadable")


@dataclass(frozen=True, slots=True)
class Generation:
    """A published state of the index. `published` is seconds since the epoch; `languages` None for many."""

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
    """What the catalog remembers of an indexed file, to tell whether it has changed. `content_hash` is SHA-256."""

    document_id: int
    file: SourceFile
    content_hash: bytes

    @property
    def folder(self) -> str:
        """The first-level folder that the file lay in."""
        return folder_of(self.file.path)


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk with its number, the key of its vector, and the document it belongs to."""

    chunk_id: int
    document_id: int
    chunk: Chunk
    vector_key: bytes


@dataclass(frozen=True, slots=True)
class DocumentLabel:
    """What a passage shows of its document."""

    path: str
    title: str
    url: str | None
    date: str | None = None
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A line of `footnote documents`. `characters` is the length of its text."""

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
    """The generation in a row of that table."""
    number, fingerprint, embedder, dimension, languages, seeds, published, documents, chunks = row
    known = frozenset(json.loads(languages)) if languages else None
    return Generation(number, fingerprint, embedder, dimension, known, seeds, published, documents, chunks)


def generation_columns(generation: Generation) -> tuple[str | int | float | None, ...]:
    """The values of that table's columns, in order."""
    languages = json.dumps(sorted(generation.languages)) if generation.languages is not None else None
    return (
        generation.number, generation.fingerprint, generation.embedder, generation.dimension, languages,
        generation.seeds, generation.published, generation.documents, generation.chunks,
    )  # fmt: skip


def stored_chunk_of(row: Sequence[Any]) -> StoredChunk:
    """The chunk in a row of `CHUNK_QUERY`."""
    chunk_id, document_id, start, end, text, heading, page, line, sentences, vector_key = row
    numbers = json.loads(sentences)
    spans = tuple(map(Span, numbers[::2], numbers[1::2]))
    return StoredChunk(chunk_id, document_id, Chunk(start, end, text, heading, page, line, spans), vector_key)


def chunk_columns(chunk: Chunk) -> tuple[str | int | None, ...]:
    """The values of start, end, text, heading, page, line and sentences."""
    numbers = [offset for span in chunk.sentences for offset in (span.start, span.end)]
    sentences = json.dumps(numbers, separators=(",", ":"))
    return (chunk.start, chunk.end, chunk.text, chunk.heading, chunk.page, chunk.line, sentences)


def document_columns(document: Document) -> tuple[str | int | None, ...]:
    """The values of path, folder, title, title_is_telling, url, format, language, text and places."""
    places = {
        "pages": [(page.number, page.start) for page in document.pages],
        "headings": [(heading.start, heading.level, heading.text) for heading in document.headings],
        "lines": [(line.number, line.start) for line in document.lines],
        "blocks": [(one.kind, one.start, one.end, one.depth, one.label) for one in document.blocks],
        "marks": [(mark.kind, mark.start, mark.end, mark.target) for mark in document.marks],
        "date": document.date,
        "superseded_by": document.superseded_by,
    }
    return (
        document.path, document.folder, document.title, int(document.title_is_telling), document.url, document.format,
        document.language, document.text, json.dumps(places, ensure_ascii=False, separators=(",", ":")),
    )  # fmt: skip


def document_of(row: Sequence[Any]) -> Document:
    """The document in a row of `DOCUMENT_QUERY`, its id left out."""
    path, title, title_is_telling, url, format_name, language, text, places = row
    found = json.loads(places)
    return Document(
        path=path,
        title=title,
        text=text,
        format=format_name,
        title_is_telling=bool(title_is_telling),
        url=url,
        language=language,
        pages=tuple(Page(*page) for page in found["pages"]),
        headings=tuple(Heading(*heading) for heading in found["headings"]),
        lines=tuple(Line(*line) for line in found["lines"]),
        blocks=tuple(Block(*block) for block in found.get("blocks", ())),
        marks=tuple(Mark(*mark) for mark in found.get("marks", ())),
        date=found.get("date"),
        superseded_by=found.get("superseded_by"),
    )
