"""The vectors in Chroma: derived from the catalog, published by generation, thrown away at will.

One collection a folder of the seeds, so that scoping a question costs no filtered scan; their hits are merged by
distance. Records hold a chunk's number and vector, nothing else: texts live in the catalog.
"""

from __future__ import annotations

import hashlib
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import numpy as np

from index.encoder import FloatArray
from index.errors import derived_index_error
from index.memory import give_back

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection as ChromaCollection

P = ParamSpec("P")
T = TypeVar("T")

# Chroma's own limits on one call, with room to spare.
WRITE_BATCH = 4000

# Exactness against speed of the approximate search: of the true ten nearest it finds 97 in 100 among a million chunks
# (`tests/benchmarks/scale.py`; with an ef_search of 128 it would be 96).
HNSW = {"space": "cosine", "ef_construction": 128, "ef_search": 192, "max_neighbors": 16}


@dataclass(frozen=True, slots=True)
class VectorHit:
    """A chunk found by its vector; `similarity` is the cosine (-1 to 1)."""

    chunk_id: int
    similarity: float


class Collections(ABC):
    """What Chroma holds of one generation, wherever it is: a collection a folder of the seeds.

    Raises what `_run` makes of Chroma's errors. `may_hold_more`: than the chunks of its generation.
    """

    may_hold_more = False

    def __init__(self, client: Client, collections: dict[str, ChromaCollection], prefix: str) -> None:
        self._client = client
        self._collections = collections
        self._prefix = prefix

    @abstractmethod
    def _run(self, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """What a call of Chroma's gives; its errors become ours."""

    def add(self, folder: str, chunk_ids: Sequence[int], vectors: FloatArray) -> None:
        """Add chunks of a seeds folder, or write over them; `vectors` has shape (chunks, dimension)."""
        collection = self._collections.get(folder) or self._run(self._created, folder)
        for first in range(0, len(chunk_ids), WRITE_BATCH):
            part = slice(first, first + WRITE_BATCH)
            self._run(self._put, collection, [str(number) for number in chunk_ids[part]], vectors[part])

    def delete(self, folder: str, chunk_ids: Sequence[int]) -> None:
        """Remove chunks of a seeds folder; what is not there is no error."""
        collection = self._collections.get(folder)
        if collection is None:
            return
        for first in range(0, len(chunk_ids), WRITE_BATCH):
            self._run(collection.delete, [str(number) for number in chunk_ids[first : first + WRITE_BATCH]])

    def count(self) -> int:
        """How many chunks it holds."""
        return sum(self._run(collection.count) for collection in self._collections.values())

    def entries(self) -> Iterator[tuple[str, list[int], FloatArray]]:
        """Everything it holds, some thousand at a time: the seeds folder, numbers, vectors (numbers, dimension)."""
        for folder, collection in self._collections.items():
            for first in range(0, self._run(collection.count), WRITE_BATCH):
                found = self._run(collection.get, limit=WRITE_BATCH, offset=first, include=["embeddings"])
                yield folder, list(map(int, found["ids"])), np.asarray(found["embeddings"], np.float32)

    def search(self, vector: FloatArray, limit: int, folders: Collection[str] | None = None) -> list[VectorHit]:
        """The `limit` chunks nearest to `vector`, nearest first, of the given seeds folders (all of them for None)."""
        hits: list[VectorHit] = []
        for folder, collection in self._collections.items():
            if folders is None or folder in folders:
                found = self._run(
                    collection.query, query_embeddings=vector[np.newaxis], n_results=limit, include=["distances"]
                )
                pairs = zip(found["ids"][0], (found["distances"] or [[]])[0], strict=True)
                hits.extend(VectorHit(int(number), 1.0 - float(distance)) for number, distance in pairs)
        return sorted(hits, key=lambda hit: -hit.similarity)[:limit]

    def close(self) -> None:
        """Let go of the client."""
        self._client.close()

    def _put(self, collection: ChromaCollection, ids: list[str], vectors: FloatArray) -> None:
        collection.add(ids=ids, embeddings=vectors)

    def _created(self, folder: str) -> ChromaCollection:
        collection: ChromaCollection = self._client.get_or_create_collection(
            collection_name(self._prefix, folder),
            metadata={"folder": folder},
            configuration=cast("CreateCollectionConfiguration", {"hnsw": HNSW}),
            embedding_function=None,
        )
        self._collections[folder] = collection
        return collection


def collection_name(prefix: str, folder: str) -> str:
    """What a folder's collection is called: Chroma allows few characters."""
    return f"{prefix}{hashlib.sha256(folder.encode()).hexdigest()[:16]}"


class VectorStore(Collections):
    """The vectors of one generation, in a Chroma folder that nobody else has open.

    Raises `StorageFull` where no room is left, `DerivedIndexError` for anything else that Chroma says of its files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with _errors_named(folder):
            import chromadb
            from chromadb.config import Settings

            logging.getLogger("chromadb").setLevel(logging.ERROR)
            client = cast("Client", chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False)))
            try:
                collections = {
                    str((collection.metadata or {}).get("folder", "")): collection
                    for collection in client.list_collections()
                }
            except BaseException:
                client.close()
                raise
        super().__init__(client, collections, "folder-")

    def close(self) -> None:
        """Let go of the folder, and of the memory that searching it took."""
        super().close()
        give_back()

    def _run(self, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        with _errors_named(self._folder):
            return call(*arguments, **named)


@contextmanager
def _errors_named(folder: Path) -> Iterator[None]:
    """Chroma's errors, and the panics of its Rust core (which are no `Exception`), in one line."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        if isinstance(error, MemoryError):
            raise
        raise derived_index_error(error, "vectors", folder) from error
