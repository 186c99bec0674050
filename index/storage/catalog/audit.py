"""What only a check of the index asks the catalog, and mends in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedCatalog
from index.storage.catalog.catalog import Catalog


class AuditedCatalog(Catalog):
    """A catalog that is being checked."""

    def chunk_keys(self) -> list[tuple[int, bytes, str]]:
        """Of every chunk its number, the key of its vector, and the seeds folder that it lies in."""
        return self._rows("SELECT chunk.id, vector_key, folder FROM chunk JOIN document ON document.id = document_id")

    def all_vectors(self) -> Iterator[tuple[bytes, NDArray[np.float32]]]:
        """Every vector with its key, one at a time, whatever its length."""
        with self._errors_named():
            for key, vector in self._connection.execute("SELECT key, vector FROM vector"):
                yield key, np.frombuffer(vector[: len(vector) // 4 * 4], np.float32)

    def lost_vectors(self) -> set[bytes]:
        """The keys that chunks have and no vector does."""
        return {
            key
            for (key,) in self._rows(
                "SELECT DISTINCT vector_key FROM chunk WHERE vector_key NOT IN (SELECT key FROM vector)"
            )
        }

    def documents_of_vectors(self, keys: Iterable[bytes]) -> list[tuple[int, str]]:
        """The documents, by number and path, of which a chunk has one of these keys."""
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
        """Forget vectors."""
        for key in keys:
            self._execute("DELETE FROM vector WHERE key = ?", (key,))

    def forget_file(self, number: int) -> None:
        """Take a document's file for one that has changed, so that the next run reads it again."""
        self._execute("UPDATE document SET size = -1, content_hash = x'' WHERE id = ?", (number,))

    def check(self) -> None:
        """Raise `DamagedCatalog` unless SQLite finds its file in order."""
        said = self._value("PRAGMA integrity_check(1)")
        if said != "ok" or self._row("PRAGMA foreign_key_check") is not None:
            raise DamagedCatalog(f"{self.path} is damaged ({said})")
