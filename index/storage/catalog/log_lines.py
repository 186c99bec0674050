"""What a step of the shared log says: a catalog's rows as lines, and from lines into a replica of it.

    ["replaced", [1, 2] or null]             documents, by number, of which all that was known is gone; null for all
    ["document", [its row], [[a chunk's row] …]]
    ["unreadable", [[path, reason, size, modified_ns] …]]

Bytes are written as hexadecimal digits. Vectors are not told: they lie in the server's collections.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from index.storage.catalog.catalog import Catalog
from index.storage.catalog.change import Change
from index.storage.catalog.rows import CONTENT, StoredChunk
from index.types import Document, SourceFile, Unreadable, folder_of


def lines_of(catalog: Catalog, change: Change | None) -> Iterator[list[Any]]:
    """What a change does, or all that there is; of the catalog after it."""
    yield ["replaced", None if change is None else [*change.gone, *change.written]]
    for number in catalog.document_numbers() if change is None else change.written:
        row, chunks = catalog.rows_of(number)
        yield ["document", [*row[:-1], row[-1].hex()], [[*chunk[:-1], chunk[-1].hex()] for chunk in chunks]]
    yield [
        "unreadable",
        [[path, reason, file.size, file.modified_ns] for path, (file, reason) in catalog.unreadable().items()],
    ]


class ReplicaCatalog(Catalog):
    """A catalog that is written from lines. To be used inside `writing`; `change` says what has come of them.

    The lines must be those of another catalog of this format.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._before: dict[int, dict[int, str]] = {}  # of each document that was replaced its chunks, and their folder

    def apply(self, line: list[Any]) -> None:
        """Do what a line says."""
        match line:
            case ["replaced", None]:
                for table in reversed(CONTENT):
                    self._execute(f"DELETE FROM {table}")
            case ["replaced", numbers]:
                for number in numbers:
                    self._forget(number)
            case ["document", [*row, content_hash], chunks]:
                self._insert("document", [*row, bytes.fromhex(content_hash)])
                for *chunk, key in chunks:
                    self._insert("chunk", [*chunk, bytes.fromhex(key)])
            case ["unreadable", rows]:
                self.set_unreadable(
                    (SourceFile(path, size, when), Unreadable(path, reason)) for path, reason, size, when in rows
                )

    def change(self) -> Change:
        """What the lines since the last call have changed, where none of them replaced everything."""
        removed: list[tuple[int, str]] = []
        added: list[tuple[Document, StoredChunk]] = []
        before, self._before = self._before, {}
        documents = self.documents(list(before))
        for number, chunks in before.items():
            now = {chunk.chunk_id: chunk for chunk in self.chunks_of(number)}
            removed += [(chunk_id, folder) for chunk_id, folder in chunks.items() if chunk_id not in now]
            added += [(documents[number], chunk) for chunk_id, chunk in now.items() if chunk_id not in chunks]
        gone = tuple(before.keys() - documents.keys())
        return Change(tuple(removed), tuple(added), tuple(documents), gone)

    def _forget(self, number: int) -> None:
        path = self._row("SELECT path FROM document WHERE id = ?", (number,))
        folder = folder_of(path[0]) if path else ""
        self._before.setdefault(number, {chunk.chunk_id: folder for chunk in self.chunks_of(number)})
        self.delete_document(number)

    def _insert(self, table: str, row: list[Any]) -> None:
        self._execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
