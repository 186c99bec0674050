"""Lines of the shared log: a catalog's rows as JSON values, and back into the catalog of a replica.

    ["replaced", [1, 2] or null]             ids of documents to delete first; null for all
    ["document", [its row], [[a chunk's row] …]]
    ["unreadable", [[path, reason, size, modified_ns] …]]

Bytes are written as hexadecimal digits. Vectors are not in the log: they are in the server's collections.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from index.storage.catalog.catalog import Catalog
from index.storage.catalog.change import Change
from index.storage.catalog.rows import CONTENT, StoredChunk
from index.types import Document, SourceFile, Unreadable, folder_of


def log_lines(catalog: Catalog, change: Change | None) -> Iterator[list[Any]]:
    """Yield the lines of a change, or for None those of the whole catalog. The catalog is that after the change."""
    yield ["replaced", None if change is None else [*change.gone, *change.written]]
    for document_id in catalog.document_ids() if change is None else change.written:
        row, chunks = catalog.rows_of(document_id)
        yield ["document", [*row[:-1], row[-1].hex()], [[*chunk[:-1], chunk[-1].hex()] for chunk in chunks]]
    yield [
        "unreadable",
        [[path, reason, file.size, file.modified_ns] for path, (file, reason) in catalog.unreadable().items()],
    ]


class ReplicaCatalog(Catalog):
    """A catalog that is written from the lines of another one.

    Call `apply` and `change` inside `writing`.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._before: dict[int, dict[int, str]] = {}  # document id: chunk id: folder, of documents that were replaced

    def apply(self, line: list[Any]) -> None:
        """Apply a line to the catalog."""
        match line:
            case ["replaced", None]:
                for table in reversed(CONTENT):
                    self._execute(f"DELETE FROM {table}")
            case ["replaced", document_ids]:
                for document_id in document_ids:
                    self._delete_and_remember(document_id)
            case ["document", [*row, content_hash], chunks]:
                self._insert("document", [*row, bytes.fromhex(content_hash)])
                for *chunk, key in chunks:
                    self._insert("chunk", [*chunk, bytes.fromhex(key)])
            case ["unreadable", rows]:
                self.set_unreadable(
                    (SourceFile(path, size, modified_ns), Unreadable(path, reason))
                    for path, reason, size, modified_ns in rows
                )

    def change(self) -> Change:
        """Return what the lines since the last call changed, provided that none of them replaced everything."""
        removed: list[tuple[int, str]] = []
        added: list[tuple[Document, StoredChunk]] = []
        before, self._before = self._before, {}
        documents = self.documents(list(before))
        for document_id, chunks in before.items():
            now = {chunk.chunk_id: chunk for chunk in self.chunks_of(document_id)}
            removed += [(chunk_id, folder) for chunk_id, folder in chunks.items() if chunk_id not in now]
            added += [(documents[document_id], chunk) for chunk_id, chunk in now.items() if chunk_id not in chunks]
        gone = tuple(before.keys() - documents.keys())
        return Change(tuple(removed), tuple(added), tuple(documents), gone)

    def _delete_and_remember(self, document_id: int) -> None:
        row = self._row("SELECT path FROM document WHERE id = ?", (document_id,))
        folder = folder_of(row[0]) if row else ""
        self._before.setdefault(document_id, {chunk.chunk_id: folder for chunk in self.chunks_of(document_id)})
        self.delete_document(document_id)

    def _insert(self, table: str, row: list[Any]) -> None:
        self._execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
