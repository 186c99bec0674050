"""The vectors of a generation in Chroma. They are derived from the catalog and can be deleted at any time.

They are in several collections (`collections.py`), whose hits are merged by distance. A record holds a chunk's id and
vector, and its folder if several folders share the collection. Texts are in the catalog.
"""

from __future__ import annotations

import json
import logging
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import numpy as np

from index.errors import DerivedIndexError, MissingOnChromaServer, derived_index_error
from index.memory import return_freed_memory
from index.storage.generation.collections import is_shared, own_name
from index.types import FloatArray

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection as ChromaCollection
    from chromadb.api.types import Include, QueryResult, Where

P = ParamSpec("P")
T = TypeVar("T")

COLLECTION_NAMES = "places.json"  # collection of each folder
FOLDER = "folder"  # key of a record's metadata: the folder of the seeds

WRITE_BATCH = 4000  # records in one call; Chroma allows 5,461

# For a search of some folders of a shared collection, this many times more hits are requested and then filtered.
OVERSAMPLING = 8

DISTINCT_PATHS = 16  # more than a process ever has open of the same folder
_OPENED = count()

# Recall against speed (`tests/benchmarks/scale.py`): among a million chunks the search finds 97 % of the true ten
# nearest with ef_search 192, and 96 % with 128, both with Chroma's default of 16 neighbours. With 16, one of 136 very
# similar chunks was unreachable in 1 of 500 openings (Chroma rebuilds the graph of a small collection at random when it
# opens it); with 32 or 64 in 1 of tens of thousands. At 100,000 chunks 32 neighbours cost no time and 6 % more disk.
HNSW = {"space": "cosine", "ef_construction": 128, "ef_search": 192, "max_neighbors": 32}


@dataclass(frozen=True, slots=True)
class VectorHit:
    """A chunk found by its vector. `similarity` is the cosine (-1 to 1)."""

    chunk_id: int
    similarity: float


class Collections(ABC):
    """The Chroma collections of one generation, on this machine or on a server.

    `collection_of` is the name of the collection of each folder of the seeds. `may_hold_more` is true if there may be
    records of other generations too. Errors of Chroma are raised as `FootnoteError`s.
    """

    may_hold_more = False

    def __init__(self, client: Client, prefix: str, collection_of: Mapping[str, str]) -> None:
        self._client = client
        self._prefix = prefix
        self._collections: dict[str, ChromaCollection] = {}  # by name, without the prefix
        self.collection_of = dict(collection_of)

    @abstractmethod
    def _run(self, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Return what a call of Chroma returns, and raise its errors as `FootnoteError`s."""

    def add(self, folder: str, chunk_ids: Sequence[int], vectors: FloatArray) -> None:
        """Add or replace chunks of a folder; `vectors` has shape (chunks, dimension)."""
        name = self.collection_of.setdefault(folder, own_name(folder))
        collection = self._collections.get(name) or self._run(self._create, name)
        for first in range(0, len(chunk_ids), WRITE_BATCH):
            ids = [str(chunk_id) for chunk_id in chunk_ids[first : first + WRITE_BATCH]]
            metadatas: list[Mapping[str, Any]] | None = [{FOLDER: folder}] * len(ids) if is_shared(name) else None
            self._run(self._put, collection, ids, vectors[first : first + WRITE_BATCH], metadatas)

    def delete(self, folder: str, chunk_ids: Sequence[int]) -> None:
        """Delete chunks of a folder. Chunks that do not exist are ignored."""
        collection = self._collections.get(self.collection_of.get(folder, ""))
        if collection is None:
            return
        for first in range(0, len(chunk_ids), WRITE_BATCH):
            self._run(collection.delete, [str(chunk_id) for chunk_id in chunk_ids[first : first + WRITE_BATCH]])

    def count(self) -> int:
        """Return the number of records."""
        return sum(self._run(collection.count) for collection in self._collections.values())

    def entries(self) -> Iterator[tuple[str, list[int], FloatArray]]:
        """Yield all records in batches of one folder: the folder, chunk ids, vectors of shape (ids, dimension)."""
        owners = {name: folder for folder, name in self.collection_of.items()}
        for name, collection in self._collections.items():
            for first in range(0, self._run(collection.count), WRITE_BATCH):
                found = self._run(collection.get, limit=WRITE_BATCH, offset=first, include=["embeddings", "metadatas"])
                ids, vectors = list(map(int, found["ids"])), np.asarray(found["embeddings"], np.float32)
                if not is_shared(name):
                    yield owners[name], ids, vectors
                    continue
                folders = [str((metadata or {}).get(FOLDER, "")) for metadata in found["metadatas"] or []]
                for folder in sorted(set(folders)):
                    rows = [row for row, owner in enumerate(folders) if owner == folder]
                    yield folder, [ids[row] for row in rows], vectors[rows]

    def vectors_of(self, folders: Mapping[str, Sequence[int]], chunk_ids: Sequence[int]) -> FloatArray:
        """Return the vectors of chunks in order, shape (chunks, dimension). `folders` has the chunk ids of each folder.

        Raises `MissingOnChromaServer` if one is missing.
        """
        found: dict[int, FloatArray] = {}
        for name in {self.collection_of.get(folder, "") for folder in folders}:
            if name in self._collections:
                owned = [folder for folder in folders if self.collection_of.get(folder) == name]
                ids = [str(chunk_id) for folder in owned for chunk_id in folders[folder]]
                got = self._run(self._collections[name].get, ids, include=["embeddings"])
                vectors = np.asarray(got["embeddings"], np.float32)
                found.update(zip(map(int, got["ids"]), vectors, strict=True))
        if any(chunk_id not in found for chunk_id in chunk_ids):
            raise MissingOnChromaServer(
                "the Chroma server lacks the vector of a chunk; `footnote index check` repairs it"
            )
        return np.stack([found[chunk_id] for chunk_id in chunk_ids])

    def search(self, vector: FloatArray, limit: int, *, folders: Collection[str] | None = None) -> list[VectorHit]:
        """Return the `limit` chunks nearest to `vector` in the given folders (None: all of them), nearest first."""
        sharing = Counter(self.collection_of.values())  # number of folders by collection
        wanted: defaultdict[str, list[str]] = defaultdict(list)
        for folder, name in self.collection_of.items():
            if folders is None or folder in folders:
                wanted[name].append(folder)
        hits: list[VectorHit] = []
        for name, collection in self._collections.items():
            if len(wanted[name]) == sharing[name]:
                hits += _hits(self._query(collection, vector, limit, ["distances"]))
            elif wanted[name]:
                share = len(wanted[name]) / sharing[name]
                hits += self._nearest_among(collection, vector, limit, wanted[name], share)
        return sorted(hits, key=lambda hit: -hit.similarity)[:limit]

    def _nearest_among(
        self, collection: ChromaCollection, vector: FloatArray, limit: int, folders: Sequence[str], share: float
    ) -> list[VectorHit]:
        """Return the nearest chunks of some folders, which are this share of the folders in the collection.

        With a filter, Chroma looks at every record. Requesting more hits and filtering them here costs less if enough
        of them can be expected to be in the folders, and the result is the same if there are enough.
        """
        if share * OVERSAMPLING >= 1:
            more = self._query(collection, vector, OVERSAMPLING * limit, ["distances", "metadatas"])
            owners = [(metadata or {}).get(FOLDER) for metadata in (more["metadatas"] or [[]])[0]]
            hits = [hit for hit, owner in zip(_hits(more), owners, strict=True) if owner in set(folders)]
            if len(hits) >= limit:
                return hits[:limit]
        return _hits(self._query(collection, vector, limit, ["distances"], where=_in_folders(folders)))

    def _query(
        self,
        collection: ChromaCollection,
        vector: FloatArray,
        limit: int,
        include: Include,
        *,
        where: Where | None = None,
    ) -> QueryResult:
        query = vector[np.newaxis]
        return self._run(collection.query, query_embeddings=query, n_results=limit, where=where, include=include)

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _put(
        self,
        collection: ChromaCollection,
        ids: list[str],
        vectors: FloatArray,
        metadatas: list[Mapping[str, Any]] | None,
    ) -> None:
        collection.add(ids=ids, embeddings=vectors, metadatas=metadatas)

    def _create(self, name: str) -> ChromaCollection:
        collection: ChromaCollection = self._client.get_or_create_collection(
            self._prefix + name,
            configuration=cast("CreateCollectionConfiguration", {"hnsw": HNSW}),
            embedding_function=None,
        )
        self._collections[name] = collection
        return collection


def _hits(found: QueryResult) -> list[VectorHit]:
    pairs = zip(found["ids"][0], (found["distances"] or [[]])[0], strict=True)
    return [VectorHit(int(number), 1.0 - float(distance)) for number, distance in pairs]


def _in_folders(folders: Sequence[str]) -> Where:
    return cast("Where", {FOLDER: folders[0]} if len(folders) == 1 else {FOLDER: {"$in": [*folders]}})


def _path_of_its_own(folder: Path) -> str:
    """A path of the folder under which no other client of this process has opened it.

    Chroma shares what it has open among clients of the same path, also where the folder was removed and made again.
    """
    return f"{folder}{'/.' * (next(_OPENED) % DISTINCT_PATHS)}"


class VectorStore(Collections):
    """The vectors of one generation in a Chroma folder that no other process has open.

    Raises `StorageFull` if the disk is full, `DerivedIndexError` for any other error of Chroma.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with _translated_errors(folder):
            import chromadb
            from chromadb.config import Settings

            logging.getLogger("chromadb").setLevel(logging.ERROR)
            path_of_client = _path_of_its_own(folder)
            client = cast("Client", chromadb.PersistentClient(path_of_client, Settings(anonymized_telemetry=False)))
            try:
                path = folder / COLLECTION_NAMES
                super().__init__(client, "", json.loads(path.read_text("utf-8")) if path.is_file() else {})
                self._collections = {collection.name: collection for collection in client.list_collections()}
                if self._collections.keys() - self.collection_of.values():
                    raise DerivedIndexError(f"{path} does not list all collections")
            except BaseException:
                client.close()
                raise

    def close(self) -> None:
        """Close the folder and free the memory that searching it took."""
        super().close()
        return_freed_memory()

    def save_collection_names(self) -> None:
        """Write the collection of each folder to a file. To be called after everything has been added."""
        with _translated_errors(self._folder):
            (self._folder / COLLECTION_NAMES).write_text(json.dumps(self.collection_of), encoding="utf-8")

    def _run(self, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        with _translated_errors(self._folder):
            return call(*arguments, **named)


@contextmanager
def _translated_errors(folder: Path) -> Iterator[None]:
    """Raise Chroma's errors, and the panics of its Rust core (which are no `Exception`), as `FootnoteError`s."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        if isinstance(error, MemoryError):
            raise
        raise derived_index_error(error, "vectors", folder) from error
