"""The catalog: the SQLite file that is the truth about what is indexed.

It holds documents with their text, chunks, vectors, the list of unreadable files, and which generation is active.
Chroma and tantivy are derived from it and can be deleted. The writer changes documents and the active generation in one
transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

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
from index.types import Chunk, Document, FloatArray, SourceFile, Unreadable


class Catalog(CatalogFile):
    """Reads and writes the content of the catalog. Raises as `CatalogFile` does."""

    # Generations

    def active(self) -> Generation | None:
        """Return the generation that is searched now, or None if none has been published."""
        row = self._row("SELECT g.* FROM generation g JOIN active ON active.generation = g.number")
        return None if row is None else generation_of(row)

    def next_generation(self) -> int:
        """Return the number of the next generation."""
        row = self._row("SELECT seq FROM sqlite_sequence WHERE name = 'generation'")
        return int(row[0]) + 1 if row else 1

    def publish(self, generation: Generation) -> None:
        """Make a generation the active one. To be called inside `writing`, together with its changes."""
        self._execute("INSERT INTO generation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", generation_columns(generation))
        self._execute("INSERT OR REPLACE INTO active VALUES (1, ?)", (generation.number,))

    def generation(self, number: int) -> Generation | None:
        """Return a generation that was published at any time, or None."""
        row = self._row("SELECT * FROM generation WHERE number = ?", (number,))
        return None if row is None else generation_of(row)

    # Documents

    def files(self) -> dict[str, StoredFile]:
        """Return every indexed file by its path."""
        rows = self._rows("SELECT id, path, size, modified_ns, content_hash FROM document")
        return {
            path: StoredFile(document_id, SourceFile(path, size, modified_ns), digest)
            for document_id, path, size, modified_ns, digest in rows
        }

    def includes(self) -> dict[str, tuple[SourceFile, ...]]:
        """Return the files that documents include, by the path of the document, for those that include any."""
        rows = self._rows(
            "SELECT path, json_extract(places, '$.includes') FROM document WHERE instr(places, '\"includes\":[[') > 0"
        )
        return {path: tuple(SourceFile(*file) for file in json.loads(files)) for path, files in rows}

    def sites(self) -> dict[str, str]:
        """Return the key of the site that a document's address was computed for, by path, for those with a site."""
        rows = self._rows(
            "SELECT path, substr(places, 10, instr(substr(places, 10, 100), '\"') - 1) FROM document "
            'WHERE substr(places, 1, 9) = \'{"site":"\''
        )
        return dict(rows)

    def unreadable(self) -> dict[str, tuple[SourceFile, str]]:
        """Return every unreadable file by its path: the file as it was then, and the reason."""
        rows = self._rows("SELECT path, size, modified_ns, reason FROM unreadable ORDER BY path")
        return {path: (SourceFile(path, size, modified_ns), reason) for path, size, modified_ns, reason in rows}

    def set_unreadable(self, found: Iterable[tuple[SourceFile, Unreadable]]) -> None:
        """Replace the list of unreadable files."""
        self._execute("DELETE FROM unreadable")
        for file, unreadable in found:
            self._execute(
                "INSERT INTO unreadable VALUES (?, ?, ?, ?)",
                (unreadable.path, unreadable.reason, file.size, file.modified_ns),
            )

    def insert_document(self, document: Document, file: SourceFile, content_hash: bytes) -> int:
        """Add a document, and return its id."""
        cursor = self._execute(
            "INSERT INTO document (path, folder, title, title_is_telling, url, format, language, text, places, size, "
            "modified_ns, content_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*document_columns(document), file.size, file.modified_ns, content_hash),
        )
        return int(cursor.lastrowid or 0)

    def update_document(self, document_id: int, document: Document, file: SourceFile, content_hash: bytes) -> None:
        """Replace everything of a document except its id and its chunks."""
        self._execute(
            "UPDATE document SET path = ?, folder = ?, title = ?, title_is_telling = ?, url = ?, format = ?, "
            "language = ?, text = ?, places = ?, size = ?, modified_ns = ?, content_hash = ? WHERE id = ?",
            (*document_columns(document), file.size, file.modified_ns, content_hash, document_id),
        )

    def free_path(self, document_id: int) -> None:
        """Give a document a temporary path, so that another document can take its path."""
        self._execute("UPDATE document SET path = ? WHERE id = ?", (f"\0{document_id}", document_id))

    def touch(self, document_id: int, file: SourceFile) -> None:
        """Store the new time of a file whose content is unchanged."""
        self._execute(
            "UPDATE document SET size = ?, modified_ns = ? WHERE id = ?", (file.size, file.modified_ns, document_id)
        )

    def delete_document(self, document_id: int) -> None:
        """Delete a document and its chunks."""
        self._execute("DELETE FROM document WHERE id = ?", (document_id,))

    def document(self, path: str) -> Document | None:
        """Return the document at `path`, relative to the seeds folder, or None."""
        row = self._row(f"{DOCUMENT_QUERY} WHERE path = ?", (path,))
        return None if row is None else document_of(row[1:])

    def documents(self, document_ids: Sequence[int]) -> dict[int, Document]:
        """Return documents by their ids; those that do not exist are left out."""
        rows = self._rows(
            f"{DOCUMENT_QUERY} WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(document_ids)),)
        )
        return {row[0]: document_of(row[1:]) for row in rows}

    def has_document(self, path: str) -> bool:
        """True if there is a document at `path`, relative to the seeds folder."""
        return self._row("SELECT 1 FROM document WHERE path = ?", (path,)) is not None

    def addresses(self, paths: Iterable[str]) -> dict[str, str | None]:
        """Return the addresses of documents by their paths; paths of no document are left out."""
        rows = self._rows(
            "SELECT path, url FROM document WHERE path IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(paths)),),
        )
        return dict(rows)

    def labels(self, document_ids: Sequence[int]) -> dict[int, DocumentLabel]:
        """Return path, title, address, date and successor of documents by their ids."""
        rows = self._rows(
            "SELECT id, path, title, url, json_extract(places, '$.date'), json_extract(places, '$.superseded_by') "
            "FROM document WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(document_ids)),),
        )
        return {document_id: DocumentLabel(*label) for document_id, *label in rows}

    def summaries(self) -> list[DocumentSummary]:
        """Return all documents without their texts, sorted by path."""
        rows = self._rows(
            "SELECT path, title, format, language, url, length(text), "
            "(SELECT count(*) FROM chunk WHERE document_id = document.id) FROM document ORDER BY path"
        )
        return [DocumentSummary(*row) for row in rows]

    def chunks_by_folder(self) -> dict[str, int]:
        """Return the number of chunks by first-level folder."""
        query = "SELECT folder, count(*) FROM chunk JOIN document ON document.id = document_id GROUP BY folder"
        return dict(self._rows(query))

    def document_count(self) -> int:
        """Return the number of documents."""
        return int(self._value("SELECT count(*) FROM document"))

    # Chunks

    def reserve_chunks(self, count: int) -> Iterator[int]:
        """Reserve ids for new chunks. They are used up even if the run fails.

        A failed run may leave vectors on a server, and no other chunk may ever have the id of one of them.
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
        """Add a chunk under an id from `reserve_chunks`."""
        self._execute(
            "INSERT INTO chunk (id, start, end, text, heading, page, line, sentences, position, document_id, "
            "vector_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (chunk_id, *chunk_columns(chunk), position, document_id, vector_key),
        )

    def move_chunk(self, chunk_id: int, position: int, chunk: Chunk) -> None:
        """Store the new offsets of a chunk whose embedded text is unchanged."""
        self._execute(
            "UPDATE chunk SET start = ?, end = ?, text = ?, heading = ?, page = ?, line = ?, sentences = ?, "
            "position = ? WHERE id = ?",
            (*chunk_columns(chunk), position, chunk_id),
        )

    def delete_chunks(self, chunk_ids: Iterable[int]) -> None:
        """Delete chunks."""
        for chunk_id in chunk_ids:
            self._execute("DELETE FROM chunk WHERE id = ?", (chunk_id,))

    def chunks_of(self, document_id: int) -> list[StoredChunk]:
        """Return a document's chunks in order."""
        return [
            stored_chunk_of(row)
            for row in self._rows(f"{CHUNK_QUERY} WHERE document_id = ? ORDER BY position", (document_id,))
        ]

    def chunks(self, chunk_ids: Sequence[int]) -> dict[int, StoredChunk]:
        """Return chunks by their ids; those that do not exist are left out."""
        rows = self._rows(f"{CHUNK_QUERY} WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(chunk_ids)),))
        return {row[0]: stored_chunk_of(row) for row in rows}

    def chunk_count(self) -> int:
        """Return the number of chunks."""
        return int(self._value("SELECT count(*) FROM chunk"))

    def everything(self) -> Iterator[tuple[int, Document, list[StoredChunk]]]:
        """Yield the id, the document and its chunks for every document."""
        for document_id in self.document_ids():
            yield document_id, self.documents([document_id])[document_id], self.chunks_of(document_id)

    def rows_of(self, document_id: int) -> tuple[list[Any], list[list[Any]]]:
        """Return the row of a document and the rows of its chunks, as they are in the file."""
        row = self._row("SELECT * FROM document WHERE id = ?", (document_id,))
        chunks = self._rows("SELECT * FROM chunk WHERE document_id = ? ORDER BY position", (document_id,))
        return list(row), list(map(list, chunks))

    def document_ids(self) -> list[int]:
        """Return the ids of all documents."""
        return [document_id for (document_id,) in self._rows("SELECT id FROM document ORDER BY id")]

    # Vectors

    def missing_vectors(self, keys: Sequence[bytes]) -> set[bytes]:
        """Return those of `keys` that have no vector yet."""
        return {key for key in keys if self._row("SELECT 1 FROM vector WHERE key = ?", (key,)) is None}

    def insert_vectors(self, keys: Sequence[bytes], vectors: FloatArray) -> None:
        """Store vectors, shape (keys, dimension)."""
        with self._translated_errors():
            rows = ((key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True))
            self._connection.executemany("INSERT OR IGNORE INTO vector VALUES (?, ?)", rows)

    def vectors(self, keys: Sequence[bytes], dimension: int) -> FloatArray:
        """Return the vectors of `keys` in order, shape (keys, dimension). Raises `DamagedCatalog` if one is missing."""
        out = np.empty((len(keys), dimension), np.float32)
        for position, key in enumerate(keys):
            row = self._row("SELECT vector FROM vector WHERE key = ?", (key,))
            if row is None or len(row[0]) != 4 * dimension:
                raise DamagedCatalog(f"{self.path} lacks the vector of a chunk")
            out[position] = np.frombuffer(row[0], np.float32)
        return out

    def delete_unused_vectors(self) -> None:
        """Delete vectors that no chunk uses."""
        self._execute("DELETE FROM vector WHERE key NOT IN (SELECT vector_key FROM chunk)")
