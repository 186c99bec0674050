"""The catalog: one SQLite file that is the truth about what is indexed.

Documents with their text, chunks, vectors, files that could not be read, and which generation is active. Chroma and
tantivy are derived from it and can be thrown away. The writer changes documents and the active generation in one
transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedCatalog
from index.storage.catalog.rows import (
    CHUNK_QUERY,
    DOCUMENT_QUERY,
    DocumentLabel,
    DocumentSummary,
    Generation,
    StoredChunk,
    StoredFile,
    chunk_columns,
    document_columns,
    document_of,
    generation_columns,
    generation_of,
    stored_chunk_of,
)
from index.storage.catalog.sqlite_file import CatalogFile
from index.types import Chunk, Document, SourceFile, Unreadable


class Catalog(CatalogFile):
    """What is kept, in the words of this package; see `CatalogFile` for what it raises."""

    # Generations

    def active(self) -> Generation | None:
        """The generation that answers questions now."""
        row = self._row("SELECT g.* FROM generation g JOIN active ON active.generation = g.number")
        return None if row is None else generation_of(row)

    def next_generation(self) -> int:
        """The number that the next published generation will get."""
        row = self._row("SELECT seq FROM sqlite_sequence WHERE name = 'generation'")
        return int(row[0]) + 1 if row else 1

    def publish(self, generation: Generation) -> None:
        """Make it the active one. To be called inside `writing`, with the changes it stands for."""
        self._execute("INSERT INTO generation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", generation_columns(generation))
        self._execute("INSERT OR REPLACE INTO active VALUES (1, ?)", (generation.number,))

    def generation(self, number: int) -> Generation | None:
        """What is known of a generation that was published, whether or not it still answers."""
        row = self._row("SELECT * FROM generation WHERE number = ?", (number,))
        return None if row is None else generation_of(row)

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
            (*document_columns(document), file.size, file.modified_ns, content_hash),
        )
        return int(cursor.lastrowid or 0)

    def update_document(self, number: int, document: Document, file: SourceFile, content_hash: bytes) -> None:
        """Replace everything known of a document but its number and its chunks."""
        self._execute(
            "UPDATE document SET path = ?, folder = ?, title = ?, title_is_telling = ?, url = ?, format = ?, "
            "language = ?, text = ?, places = ?, size = ?, modified_ns = ?, content_hash = ? WHERE id = ?",
            (*document_columns(document), file.size, file.modified_ns, content_hash, number),
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
        row = self._row(f"{DOCUMENT_QUERY} WHERE path = ?", (path,))
        return None if row is None else document_of(row[1:])

    def documents(self, numbers: Sequence[int]) -> dict[int, Document]:
        """Documents by their numbers."""
        rows = self._rows(
            f"{DOCUMENT_QUERY} WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(numbers)),)
        )
        return {row[0]: document_of(row[1:]) for row in rows}

    def has_document(self, path: str) -> bool:
        """True if there is a document at `path`, relative to the seeds folder."""
        return self._row("SELECT 1 FROM document WHERE path = ?", (path,)) is not None

    def labels(self, numbers: Sequence[int]) -> dict[int, DocumentLabel]:
        """What passages show of their documents, without the texts."""
        rows = self._rows(
            "SELECT id, path, title, url, json_extract(places, '$.date'), json_extract(places, '$.superseded_by') "
            "FROM document WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(numbers)),),
        )
        return {number: DocumentLabel(*label) for number, *label in rows}

    def summaries(self) -> list[DocumentSummary]:
        """All documents, by path."""
        rows = self._rows(
            "SELECT path, title, format, language, url, length(text), "
            "(SELECT count(*) FROM chunk WHERE document_id = document.id) FROM document ORDER BY path"
        )
        return [DocumentSummary(*row) for row in rows]

    def chunks_by_folder(self) -> dict[str, int]:
        """How many chunks the first-level folders of the seeds have."""
        query = "SELECT folder, count(*) FROM chunk JOIN document ON document.id = document_id GROUP BY folder"
        return dict(self._rows(query))

    def document_count(self) -> int:
        """How many documents there are."""
        return int(self._value("SELECT count(*) FROM document"))

    # Chunks

    def reserve_chunks(self, count: int) -> Iterator[int]:
        """Numbers for so many new chunks, which are used up also where the run that wanted them fails.

        On a server there may be left what such a run has written: no other chunk must ever be taken for it.
        """
        with self.writing():
            row = self._row("SELECT seq FROM sqlite_sequence WHERE name = 'chunk'")
            last = int(row[0]) if row else 0
            statement = "UPDATE sqlite_sequence SET seq = ? WHERE name = 'chunk'"
            self._execute(
                statement if row else "INSERT INTO sqlite_sequence (seq, name) VALUES (?, 'chunk')", (last + count,)
            )
        return iter(range(last + 1, last + count + 1))

    def insert_chunk(self, chunk_id: int, document_id: int, position: int, chunk: Chunk, vector_key: bytes) -> None:
        """Add a chunk under a number from `reserve_chunks`."""
        self._execute(
            "INSERT INTO chunk (id, start, end, text, heading, page, line, sentences, position, document_id, "
            "vector_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (chunk_id, *chunk_columns(chunk), position, document_id, vector_key),
        )

    def move_chunk(self, chunk_id: int, position: int, chunk: Chunk) -> None:
        """Give a chunk whose embedded text is unchanged its new place in the document."""
        self._execute(
            "UPDATE chunk SET start = ?, end = ?, text = ?, heading = ?, page = ?, line = ?, sentences = ?, "
            "position = ? WHERE id = ?",
            (*chunk_columns(chunk), position, chunk_id),
        )

    def delete_chunks(self, chunk_ids: Iterable[int]) -> None:
        """Remove chunks."""
        for chunk_id in chunk_ids:
            self._execute("DELETE FROM chunk WHERE id = ?", (chunk_id,))

    def chunks_of(self, document_id: int) -> list[StoredChunk]:
        """A document's chunks in order."""
        return [
            stored_chunk_of(row)
            for row in self._rows(f"{CHUNK_QUERY} WHERE document_id = ? ORDER BY position", (document_id,))
        ]

    def chunks(self, chunk_ids: Sequence[int]) -> dict[int, StoredChunk]:
        """Chunks by their numbers; those that are gone are left out."""
        rows = self._rows(f"{CHUNK_QUERY} WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(chunk_ids)),))
        return {row[0]: stored_chunk_of(row) for row in rows}

    def chunk_count(self) -> int:
        """How many chunks there are."""
        return int(self._value("SELECT count(*) FROM chunk"))

    def everything(self) -> Iterator[tuple[int, Document, list[StoredChunk]]]:
        """Every document with its number and its chunks, one document at a time."""
        for number in self.document_numbers():
            yield number, self.documents([number])[number], self.chunks_of(number)

    def rows_of(self, number: int) -> tuple[list[Any], list[list[Any]]]:
        """A document's row and those of its chunks, as they are in the file."""
        row = self._row("SELECT * FROM document WHERE id = ?", (number,))
        chunks = self._rows("SELECT * FROM chunk WHERE document_id = ? ORDER BY position", (number,))
        return list(row), list(map(list, chunks))

    def document_numbers(self) -> list[int]:
        """The numbers of all documents."""
        return [number for (number,) in self._rows("SELECT id FROM document ORDER BY id")]

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
        """The vectors of `keys` in order, shape (keys, dimension). Raises `DamagedCatalog` where one is missing."""
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
