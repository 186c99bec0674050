"""Queries and repairs that only `footnote index check` needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from index.errors import DamagedCatalog
from index.storage.catalog.catalog import Catalog
from index.types import FloatArray


class AuditedCatalog(Catalog):
    """A catalog that is being checked."""

    def chunk_keys(self) -> list[tuple[int, bytes, str]]:
        """Return the id, the key of the vector, and the folder of every chunk."""
        return self._rows("SELECT chunk.id, vector_key, folder FROM chunk JOIN document ON document.id = document_id")

    def all_vectors(self) -> Iterator[tuple[bytes, FloatArray]]:
        """Yield every vector with its key, even of a wrong length."""
        with self._translated_errors():
            for key, vector in self._connection.execute("SELECT key, vector FROM vector"):
                yield key, np.frombuffer(vector[: len(vector) // 4 * 4], np.float32)

    def lost_vectors(self) -> set[bytes]:
        """Return the keys of vectors that chunks need and that do not exist."""
        return {
            key
            for (key,) in self._rows(
                "SELECT DISTINCT vector_key FROM chunk WHERE vector_key NOT IN (SELECT key FROM vector)"
            )
        }

    def documents_of_vectors(self, keys: Iterable[bytes]) -> list[tuple[int, str]]:
        """Return the id and path of every document that has a chunk with one of these keys."""
        found: dict[int, str] = {}
        for key in keys:
            found.update(
                self._rows(
                    "SELECT document.id, path FROM document JOIN chunk ON document_id = document.id "
                    "WHERE vector_key = ?",
                    (key,),
                )
            )
        return sorted(found.items())

    def delete_vectors(self, keys: Iterable[bytes]) -> None:
        """Delete vectors."""
        for key in keys:
            self._execute("DELETE FROM vector WHERE key = ?", (key,))

    def mark_changed(self, document_id: int) -> None:
        """Mark a document's file as changed, so that the next run reads it again."""
        self._execute("UPDATE document SET size = -1, content_hash = x'' WHERE id = ?", (document_id,))

    def check(self) -> None:
        """Raise `DamagedCatalog` if SQLite finds damage in the file."""
        result = self._value("PRAGMA integrity_check(1)")
        if result != "ok" or self._row("PRAGMA foreign_key_check") is not None:
            raise DamagedCatalog(f"{self.path} is damaged ({result})")
