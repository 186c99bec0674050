"""The vectors in Chroma: derived from the catalog, published by generation, thrown away at will.

Several collections, of which a scoped question needs some (`collections.py`); their hits are merged by distance.
Records hold a chunk's number and vector, and its folder where several share a collection: texts live in the catalog.
"""

from __future__ import annotations

import json
import logging
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import numpy as np

from index.errors import DerivedIndexError, MissingOnChromaServer, derived_index_error
from index.memory import give_back
from index.storage.generation.collections import is_shared, own_name
from index.types import FloatArray

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection as ChromaCollection
    from chromadb.api.types import Include, QueryResult, Where

P = ParamSpec("P")
T = TypeVar("T")

PLACES = "places.json"
FOLDER = "folder"  # what a record's metadata calls the folder of the seeds

# Chroma's own limits on one call, with room to spare.
WRITE_BATCH = 4000

# How many times more hits are looked through for those that lie in some of the folders of a shared collection.
MORE = 8

# Exactness against speed of the approximate search (`tests/benchmarks/scale.py`): of the true ten nearest it finds 97
# in 100 among a million chunks; with an ef_search of 128 it would be 96. Both are with 16 neighbours, Chroma's default.
# With these, one of 136 much alike chunks was out of reach in one of 500 openings (the graph of a small collection is
# made anew, at random, when it is opened); with 32, or 64, in one of tens of thousands. At 100,000 chunks 32 cost no
# time, and 6 % of disk.
HNSW = {"space": "cosine", "ef_construction": 128, "ef_search": 192, "max_neighbors": 32}


@dataclass(frozen=True, slots=True)
class VectorHit:
    """A chunk found by its vector; `similarity` is the cosine (-1 to 1)."""

    chunk_id: int
    similarity: float


class Collections(ABC):
    """What Chroma holds of one generation, wherever it is. `places` says which collection a folder of the seeds is in.

    Raises what `_run` makes of Chroma's errors. `may_hold_more`: than the chunks of its generation.
    """

    may_hold_more = False

    def __init__(self, client: Client, prefix: str, places: Mapping[str, str]) -> None:
        self._client = client
        self._prefix = prefix
        self._collections: dict[str, ChromaCollection] = {}  # by name, without the prefix
        self.places = dict(places)

    @abstractmethod
    def _run(self, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """What a call of Chroma's gives; its errors become ours."""

    def add(self, folder: str, chunk_ids: Sequence[int], vectors: FloatArray) -> None:
        """Add chunks of a seeds folder, or write over them; `vectors` has shape (chunks, dimension)."""
        name = self.places.setdefault(folder, own_name(folder))
        collection = self._collections.get(name) or self._run(self._created, name)
        for first in range(0, len(chunk_ids), WRITE_BATCH):
            ids = [str(number) for number in chunk_ids[first : first + WRITE_BATCH]]
            told: list[Mapping[str, Any]] | None = [{FOLDER: folder}] * len(ids) if is_shared(name) else None
            self._run(self._put, collection, ids, vectors[first : first + WRITE_BATCH], told)

    def delete(self, folder: str, chunk_ids: Sequence[int]) -> None:
        """Remove chunks of a seeds folder; what is not there is no error."""
        collection = self._collections.get(self.places.get(folder, ""))
        if collection is None:
            return
        for first in range(0, len(chunk_ids), WRITE_BATCH):
            self._run(collection.delete, [str(number) for number in chunk_ids[first : first + WRITE_BATCH]])

    def count(self) -> int:
        """How many chunks it holds."""
        return sum(self._run(collection.count) for collection in self._collections.values())

    def entries(self) -> Iterator[tuple[str, list[int], FloatArray]]:
        """Everything it holds, some thousand at a time: the seeds folder, numbers, vectors (numbers, dimension)."""
        owners = {name: folder for folder, name in self.places.items()}
        for name, collection in self._collections.items():
            for first in range(0, self._run(collection.count), WRITE_BATCH):
                found = self._run(collection.get, limit=WRITE_BATCH, offset=first, include=["embeddings", "metadatas"])
                numbers, vectors = list(map(int, found["ids"])), np.asarray(found["embeddings"], np.float32)
                if not is_shared(name):
                    yield owners[name], numbers, vectors
                    continue
                folders = [str((one or {}).get(FOLDER, "")) for one in found["metadatas"] or []]
                for folder in sorted(set(folders)):
                    chosen = [place for place, one in enumerate(folders) if one == folder]
                    yield folder, [numbers[place] for place in chosen], vectors[chosen]

    def vectors_of(self, folders: Mapping[str, Sequence[int]], chunk_ids: Sequence[int]) -> FloatArray:
        """The vectors of chunks in order, shape (chunks, dimension); `folders` says in which each of them lies.

        Raises `MissingOnChromaServer` where one is missing.
        """
        found: dict[int, FloatArray] = {}
        for name in {self.places.get(folder, "") for folder in folders}:
            if name in self._collections:
                ids = [str(one) for folder in folders if self.places.get(folder) == name for one in folders[folder]]
                got = self._run(self._collections[name].get, ids, include=["embeddings"])
                vectors = np.asarray(got["embeddings"], np.float32)
                found.update(zip(map(int, got["ids"]), vectors, strict=True))
        if any(number not in found for number in chunk_ids):
            raise MissingOnChromaServer(
                "the Chroma server lacks the vector of a chunk; `footnote index check` repairs it"
            )
        return np.stack([found[number] for number in chunk_ids])

    def search(self, vector: FloatArray, limit: int, folders: Collection[str] | None = None) -> list[VectorHit]:
        """The `limit` chunks nearest to `vector`, nearest first, of the given seeds folders (all of them for None)."""
        there: Counter[str] = Counter(self.places.values())
        wanted: defaultdict[str, list[str]] = defaultdict(list)
        for folder, name in self.places.items():
            if folders is None or folder in folders:
                wanted[name].append(folder)
        hits: list[VectorHit] = []
        for name, collection in self._collections.items():
            if len(wanted[name]) == there[name]:
                hits += _hits(self._query(collection, vector, limit, ["distances"]))
            elif wanted[name]:
                share = len(wanted[name]) / there[name]
                hits += self._nearest_among(collection, vector, limit, wanted[name], share)
        return sorted(hits, key=lambda hit: -hit.similarity)[:limit]

    def _nearest_among(
        self, collection: ChromaCollection, vector: FloatArray, limit: int, folders: Sequence[str], share: float
    ) -> list[VectorHit]:
        """The nearest of some folders, which are this share of those in the collection.

        A filter costs Chroma a look at every record. To look through more of the nearest of all costs less, where
        enough of them can be expected to lie in the folders; it is exact wherever there are enough.
        """
        if share * MORE >= 1:
            more = self._query(collection, vector, MORE * limit, ["distances", "metadatas"])
            owners = [(one or {}).get(FOLDER) for one in (more["metadatas"] or [[]])[0]]
            hits = [hit for hit, owner in zip(_hits(more), owners, strict=True) if owner in set(folders)]
            if len(hits) >= limit:
                return hits[:limit]
        return _hits(self._query(collection, vector, limit, ["distances"], _among(folders)))

    def _query(
        self, collection: ChromaCollection, vector: FloatArray, limit: int, include: Include, where: Where | None = None
    ) -> QueryResult:
        asked = vector[np.newaxis]
        return self._run(collection.query, query_embeddings=asked, n_results=limit, where=where, include=include)

    def close(self) -> None:
        """Let go of the client."""
        self._client.close()

    def _put(
        self,
        collection: ChromaCollection,
        ids: list[str],
        vectors: FloatArray,
        metadatas: list[Mapping[str, Any]] | None,
    ) -> None:
        collection.add(ids=ids, embeddings=vectors, metadatas=metadatas)

    def _created(self, name: str) -> ChromaCollection:
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


def _among(folders: Sequence[str]) -> Where:
    return cast("Where", {FOLDER: folders[0]} if len(folders) == 1 else {FOLDER: {"$in": [*folders]}})


class VectorStore(Collections):
    """The vectors of one generation, in a Chroma folder that nobody else has open; a file there says `places`.

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
                path = folder / PLACES
                super().__init__(client, "", json.loads(path.read_text("utf-8")) if path.is_file() else {})
                self._collections = {one.name: one for one in client.list_collections()}
                if self._collections.keys() - self.places.values():
                    raise DerivedIndexError(f"{path} does not know all collections")
            except BaseException:
                client.close()
                raise

    def close(self) -> None:
        """Let go of the folder, and of the memory that searching it took."""
        super().close()
        give_back()

    def keep_places(self) -> None:
        """Write which collection each folder is in. To be called after whatever has been added."""
        with _errors_named(self._folder):
            (self._folder / PLACES).write_text(json.dumps(self.places), encoding="utf-8")

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
