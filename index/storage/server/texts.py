"""Texts on a Chroma server, by collection and name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import numpy as np

from index.errors import MissingOnChromaServer
from index.storage.server.connection import ChromaServer, close_client

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration

P = ParamSpec("P")
T = TypeVar("T")

MAX_METADATA_LENGTH = 4000  # characters in one value of a record's metadata, as in Chroma's hosted service


class ServerTexts:
    """Texts by name in collections of a server, with vectors that nobody searches: Chroma requires them.

    Use it from one thread at a time. Raises `ChromaServerError`.
    """

    def __init__(self, server: ChromaServer) -> None:
        self._server = server
        self._client: Client | None = None

    def put(self, collection: str, texts: Mapping[str, str]) -> None:
        """Store texts by name, replacing those that exist. The collection is created if it does not exist."""
        texts_collection = self._run(
            self._opened().get_or_create_collection,
            collection,
            configuration=cast("CreateCollectionConfiguration", {"hnsw": {"space": "l2", "max_neighbors": 2}}),
            embedding_function=None,
        )
        ids, vectors = list(texts), np.arange(len(texts), dtype=np.float32)[:, np.newaxis]
        metadatas: list[Mapping[str, Any]] = [_pieces(text) for text in texts.values()]
        self._run(texts_collection.upsert, ids, vectors, metadatas)

    def get(self, collection: str, names: Sequence[str]) -> dict[str, str]:
        """Return those of the named texts that exist."""
        try:
            texts_collection = self._run(self._opened().get_collection, collection, None)
            found = self._run(texts_collection.get, list(names), include=["metadatas"])
        except MissingOnChromaServer:
            return {}
        records = zip(found["ids"], found["metadatas"] or [], strict=True)
        return {name: _joined(metadata) for name, metadata in records}

    def remove(self, collection: str) -> None:
        """Delete a collection if it exists."""
        with suppress(MissingOnChromaServer):
            self._run(self._opened().delete_collection, collection)

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        if self._client is not None:
            close_client(self._client)
            self._client = None

    def _opened(self) -> Client:
        if self._client is None:
            self._client = self._server.client()
        return self._client

    def _run(self, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        return self._server.run(call, *arguments, **named)


def _pieces(text: str) -> dict[str, str | int]:
    """Split a text into values of metadata that are short enough for Chroma's hosted service."""
    pieces: dict[str, str | int] = {
        f"piece {first // MAX_METADATA_LENGTH}": text[first : first + MAX_METADATA_LENGTH]
        for first in range(0, len(text), MAX_METADATA_LENGTH)
    }
    return {**pieces, "pieces": len(pieces)}  # the count: an upsert leaves longer values of before in place


def _joined(metadata: Mapping[str, Any]) -> str:
    return "".join(str(metadata[f"piece {number}"]) for number in range(int(metadata["pieces"])))
