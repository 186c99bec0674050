"""The catalog: one SQLite file that is the truth about what is indexed.

Documents with their text, chunks, vectors, files that could not be read, and which generation is active. Chroma and
tantivy are derived from it and can be thrown away. It is in WAL mode: a reader's snapshot never waits for the writer
and never sees half a change; the writer changes documents and the active generation in one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import CatalogError, DamagedCatalog, StorageFull
from index.types import Chunk, Document, Heading, Line, Page, SourceFile, Span, Unreadable, folder_of

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
CREATE TABLE unreadable (path TEXT PRIMARY KEY, reason TEXT NOT NULL, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL);
"""


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


class Catalog:
    """One connection to the catalog. Not shared between threads.

    Raises `CatalogError` when the file can't be used and `StorageFull` when the disk is full; both name the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CatalogError(
                f"the data folder {path.parent} can't be made ({error.strerror}); set DATA_DIR or --data"
            ) from error
        with self._errors_named():
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._prepare()

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def _prepare(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            with self.writing():
                for statement in filter(str.strip, SCHEMA.split(";")):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif version != SCHEMA_VERSION:
            raise CatalogError(
                f"{self.path} was written by another version of Footnote (schema {version}, here {SCHEMA_VERSION}); "
                f"move it away and run `footnote index`"
            )

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A snapshot: everything read inside is of one moment. Inside `writing` it adds nothing."""
        with self._errors_named():
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All changes made inside, or none of them."""
        with self._errors_named():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE):
                raise StorageFull(
                    f"no room left on the disk of {self.path.parent}; free some and run it again"
                ) from error
            if isinstance(error, sqlite3.DatabaseError) and getattr(error, "sqlite_errorcode", 0) in (
                sqlite3.SQLITE_CORRUPT,
                sqlite3.SQLITE_NOTADB,
            ):
                raise DamagedCatalog(f"{self.path} is damaged ({error})") from error
            raise CatalogError(f"{self.path} can't be used ({error})") from error

    # Generations

    def active(self) -> Generation | None:
        """The generation that answers questions now."""
        row = self._row("SELECT g.* FROM generation g JOIN active ON active.generation = g.number")
        if row is None:
            return None
        number, fingerprint, embedder, dimension, languages, seeds, published, documents, chunks = row
        known = frozenset(json.loads(languages)) if languages else None
        return Generation(number, fingerprint, embedder, dimension, known, seeds, published, documents, chunks)

    def next_generation(self) -> int:
        """The number that the next published generation will get."""
        row = self._row("SELECT seq FROM sqlite_sequence WHERE name = 'generation'")
        return int(row[0]) + 1 if row else 1

    def publish(self, generation: Generation) -> None:
        """Make it the active one. To be called inside `writing`, with the changes it stands for."""
        languages = json.dumps(sorted(generation.languages)) if generation.languages is not None else None
        self._execute(
            "INSERT INTO generation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                generation.number, generation.fingerprint, generation.embedder, generation.dimension, languages,
                generation.seeds, generation.published, generation.documents, generation.chunks,
            ),
        )  # fmt: skip
        self._execute("INSERT OR REPLACE INTO active VALUES (1, ?)", (generation.number,))

    # Documents

    def files(self) -> dict[str, StoredFile]:
        """Every indexed file by its path."""
        rows = self._rows("SELECT id, path, size, modified_ns, content_hash FROM document")
        return {
            path: StoredFile(number, SourceFile(path, size, when), digest) for number, path, size, when, digest in rows
        }

    def unreadable(self) -> dict[str, tuple[SourceFile, str]]:
        """Every file that could not be read by its path: the file as it was then, and the reason."""
        rows = self._rows("SELECT path, size, modified_ns, reason FROM unreadable ORDER BY path")
        return {path: (SourceFile(path, size, when), reason) for path, size, when, reason in rows}

    def set_unreadable(self, found: Iterable[tuple[SourceFile, Unreadable]]) -> None:
        """Replace the list of files that could not be read."""
        self._execute("DELETE FROM unreadable")
        for file, why in found:
            self._execute(
                "INSERT INTO unreadable VALUES (?, ?, ?, ?)", (why.path, why.reason, file.size, file.modified_ns)
            )

    def insert_document(self, document: Document, file: SourceFile, content_hash: bytes) -> int:
        """Add a document; its number."""
        cursor = self._execute(
            "INSERT INTO document (path, folder, title, title_is_telling, url, format, language, text, places, size, "
            "modified_ns, content_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*_columns(document), file.size, file.modified_ns, content_hash),
        )
        return int(cursor.lastrowid or 0)

    def update_document(self, number: int, document: Document, file: SourceFile, content_hash: bytes) -> None:
        """Replace everything known of a document but its number and its chunks."""
        self._execute(
            "UPDATE document SET path = ?, folder = ?, title = ?, title_is_telling = ?, url = ?, format = ?, language = ?, "
            "text = ?, places = ?, size = ?, modified_ns = ?, content_hash = ? WHERE id = ?",
            (*_columns(document), file.size, file.modified_ns, content_hash, number),
        )

    def free_path(self, number: int) -> None:
        """Give up a document's path for the moment, so that another may take it."""
        self._execute("UPDATE document SET path = ? WHERE id = ?", (f"\0{number}", number))

    def touch(self, number: int, file: SourceFile) -> None:
        """Remember a file's new time: its content is the same."""
        self._execute(
            "UPDATE document SET size = ?, modified_ns = ? WHERE id = ?", (file.size, file.modified_ns, number)
        )

    def delete_document(self, number: int) -> None:
        """Remove a document and its chunks."""
        self._execute("DELETE FROM document WHERE id = ?", (number,))

    def document(self, path: str) -> Document | None:
        """The document at `path`, relative to the seeds folder."""
        row = self._row(
            "SELECT path, title, title_is_telling, url, format, language, text, places FROM document WHERE path = ?",
            (path,),
        )
        return None if row is None else _document(row)

    def documents(self, numbers: Sequence[int]) -> dict[int, Document]:
        """Documents by their numbers."""
        rows = self._rows(
            "SELECT id, path, title, title_is_telling, url, format, language, text, places FROM document "
            "WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(numbers)),),
        )
        return {row[0]: _document(row[1:]) for row in rows}

    def labels(self, numbers: Sequence[int]) -> dict[int, DocumentLabel]:
        """What passages show of their documents, without the texts."""
        rows = self._rows(
            "SELECT id, path, title, url FROM document WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(numbers)),),
        )
        return {number: DocumentLabel(path, title, url) for number, path, title, url in rows}

    def summaries(self) -> list[DocumentSummary]:
        """All documents, by path."""
        rows = self._rows(
            "SELECT path, title, format, language, url, length(text), (SELECT count(*) FROM chunk WHERE document_id = document.id) "
            "FROM document ORDER BY path"
        )
        return [DocumentSummary(*row) for row in rows]

    def document_count(self) -> int:
        """How many documents there are."""
        return int(self._value("SELECT count(*) FROM document"))

    # Chunks

    def insert_chunk(self, document_id: int, position: int, chunk: Chunk, vector_key: bytes) -> int:
        """Add a chunk; its number, which is never used again."""
        cursor = self._execute(
            "INSERT INTO chunk (start, end, text, heading, page, line, sentences, position, document_id, vector_key) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*_chunk_columns(chunk), position, document_id, vector_key),
        )
        return int(cursor.lastrowid or 0)

    def move_chunk(self, chunk_id: int, position: int, chunk: Chunk) -> None:
        """Give a chunk whose embedded text is unchanged its new place in the document."""
        self._execute(
            "UPDATE chunk SET start = ?, end = ?, text = ?, heading = ?, page = ?, line = ?, sentences = ?, position = ? "
            "WHERE id = ?",
            (*_chunk_columns(chunk), position, chunk_id),
        )

    def delete_chunks(self, chunk_ids: Iterable[int]) -> None:
        """Remove chunks."""
        for chunk_id in chunk_ids:
            self._execute("DELETE FROM chunk WHERE id = ?", (chunk_id,))

    def chunks_of(self, document_id: int) -> list[StoredChunk]:
        """A document's chunks in order."""
        return [
            _stored_chunk(row)
            for row in self._rows(f"{_CHUNK_QUERY} WHERE document_id = ? ORDER BY position", (document_id,))
        ]

    def chunks(self, chunk_ids: Sequence[int]) -> dict[int, StoredChunk]:
        """Chunks by their numbers; those that are gone are left out."""
        rows = self._rows(
            f"{_CHUNK_QUERY} WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(chunk_ids)),)
        )
        return {row[0]: _stored_chunk(row) for row in rows}

    def chunk_count(self) -> int:
        """How many chunks there are."""
        return int(self._value("SELECT count(*) FROM chunk"))

    def everything(self) -> Iterator[tuple[Document, list[StoredChunk]]]:
        """Every document with its chunks, one document at a time."""
        for (number,) in self._rows("SELECT id FROM document ORDER BY id"):
            yield self.documents([number])[number], self.chunks_of(number)

    # Vectors

    def missing_vectors(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those of `keys` that have no vector yet."""
        return {key for key in keys if self._row("SELECT 1 FROM vector WHERE key = ?", (key,)) is None}

    def insert_vectors(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Keep vectors, shape (keys, dimension)."""
        with self._errors_named():
            rows = ((key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True))
            self._connection.executemany("INSERT OR IGNORE INTO vector VALUES (?, ?)", rows)

    def vectors(self, keys: Sequence[bytes], dimension: int) -> NDArray[np.float32]:
        """The vectors of `keys`, in their order, shape (keys, dimension). Raises `CatalogError` where one is missing."""
        out = np.empty((len(keys), dimension), np.float32)
        for place, key in enumerate(keys):
            row = self._row("SELECT vector FROM vector WHERE key = ?", (key,))
            if row is None or len(row[0]) != 4 * dimension:
                raise DamagedCatalog(f"{self.path} lacks the vector of a chunk")
            out[place] = np.frombuffer(row[0], np.float32)
        return out

    def delete_unused_vectors(self) -> None:
        """Forget vectors that no chunk uses."""
        self._execute("DELETE FROM vector WHERE key NOT IN (SELECT vector_key FROM chunk)")

    # SQL

    def _execute(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        with self._errors_named():
            return self._connection.execute(statement, values)

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        with self._errors_named():
            return self._connection.execute(statement, values).fetchall()

    def _row(self, statement: str, values: Sequence[object] = ()) -> Any:
        with self._errors_named():
            return self._connection.execute(statement, values).fetchone()

    def _value(self, statement: str) -> Any:
        return self._row(statement)[0]


_CHUNK_QUERY = "SELECT id, document_id, start, end, text, heading, page, line, sentences, vector_key FROM chunk"


def _stored_chunk(row: Sequence[Any]) -> StoredChunk:
    chunk_id, document_id, start, end, text, heading, page, line, sentences, vector_key = row
    numbers = json.loads(sentences)
    spans = tuple(map(Span, numbers[::2], numbers[1::2]))
    return StoredChunk(chunk_id, document_id, Chunk(start, end, text, heading, page, line, spans), vector_key)


def _chunk_columns(chunk: Chunk) -> tuple[str | int | None, ...]:
    numbers = [offset for span in chunk.sentences for offset in (span.start, span.end)]
    sentences = json.dumps(numbers, separators=(",", ":"))
    return (chunk.start, chunk.end, chunk.text, chunk.heading, chunk.page, chunk.line, sentences)


def _columns(document: Document) -> tuple[str | int | None, ...]:
    places = {
        "pages": [(page.number, page.start) for page in document.pages],
        "headings": [(heading.start, heading.level, heading.text) for heading in document.headings],
        "lines": [(line.number, line.start) for line in document.lines],
    }
    return (
        document.path, document.folder, document.title, int(document.title_is_telling), document.url, document.format,
        document.language, document.text, json.dumps(places, ensure_ascii=False, separators=(",", ":")),
    )  # fmt: skip


def _document(row: Sequence[Any]) -> Document:
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
    )
