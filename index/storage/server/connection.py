"""A Chroma server, which several machines can search: how it is reached, and what is said when it is not."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast
from urllib.parse import quote, urlsplit

import numpy as np

from index.errors import ChromaServerError, MissingOnChromaServer
from index.storage.generation.chroma import Collections

if TYPE_CHECKING:
    import httpx
    from chromadb.api import ClientAPI
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection as ChromaCollection

    from index.types import FloatArray

LEAST_VERSION = (1, 0)
LONGEST_PIECE = 4000  # characters of one value of a record's metadata
DEFAULT_TENANT, DEFAULT_DATABASE = "default_tenant", "default_database"  # those that every server has

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """Where a server is, such as https://chroma.example.org:8000, and what it wants to know.

    `token` is sent as a bearer token and as Chroma's own; `certificates` is a file of certificates to trust.
    `database` holds one index, whoever searches it; it is made where there is none. `greeting_seconds` are those for
    which the server may take to say which version it is, `patience` those for any other request. `pauses` are the
    seconds before a request that failed is sent again. `grace` is for how many seconds a generation stays after others
    have been told of the next, so that they find time to go on to that.
    """

    url: str
    token: str = field(default="", repr=False)
    certificates: Path | None = None
    database: str = DEFAULT_DATABASE
    tenant: str = DEFAULT_TENANT
    greeting_seconds: float = 5.0
    patience: float = 30.0
    pauses: Sequence[float] = (0.3, 1.0, 3.0)
    grace: float = 30.0

    def client(self) -> Client:
        """A client. Raises `ChromaServerError` where the server is away, refuses, or is too old."""
        import chromadb
        from chromadb.config import Settings

        logging.getLogger("chromadb").setLevel(logging.ERROR)
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self.run(self._greet)
        self.run(self._make_database)
        parts = urlsplit(self.url)
        is_secure = parts.scheme == "https"
        with self._errors_named():
            client = chromadb.HttpClient(
                parts.hostname or "localhost",
                parts.port or (443 if is_secure else 80),
                is_secure,
                self._headers(),
                Settings(
                    anonymized_telemetry=False,
                    chroma_server_ssl_verify=str(self.certificates) if self.certificates else None,
                ),
                self.tenant,
                self.database,
            )
        for connection in _connections_of(client):
            connection.timeout = self.patience
        return cast("Client", client)

    def run(self, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """What a call gives, tried again after each of `pauses` where the server was away or busy.

        Raises `ChromaServerError`.
        """
        for pause in self.pauses:
            try:
                with self._errors_named():
                    return call(*arguments, **named)
            except ChromaServerError as error:
                if not error.is_transient:
                    raise
                log.info("%s; trying again in %s s", error, pause)
                time.sleep(pause)
        with self._errors_named():
            return call(*arguments, **named)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "X-Chroma-Token": self.token} if self.token else {}

    def _greet(self) -> None:
        """Ask for the version: quickly answered, and in words where it is not."""
        response = self._ask("GET", "version")
        try:
            version = str(json.loads(response.text)) if response.status_code == 200 else ""
            numbers = tuple(int(part) for part in version.split(".")[:2])
        except ValueError:
            numbers = ()
        if numbers < LEAST_VERSION:
            least = ".".join(map(str, LEAST_VERSION))
            is_what = f"Chroma {version}" if numbers else "no Chroma that is known here"
            raise ChromaServerError(
                f"at {self.url} is {is_what}; Footnote needs a Chroma server of version {least} or later"
            )

    def _make_database(self) -> None:
        """Make the database unless it is there: the client would only complain."""
        if (self.tenant, self.database) == (DEFAULT_TENANT, DEFAULT_DATABASE):
            return
        place = f"tenants/{quote(self.tenant, safe='')}/databases"
        if self._ask("GET", f"{place}/{quote(self.database, safe='')}").status_code == 404:
            made = self._ask("POST", place, {"name": self.database})
            if made.status_code not in (200, 201, 409):  # the last: another was quicker
                raise ChromaServerError(
                    f"the Chroma server at {self.url} has no database {self.database!r} of the tenant {self.tenant!r} "
                    f"and does not make it ({made.status_code}); see to CHROMA_DATABASE and CHROMA_TENANT"
                )

    def _ask(self, method: str, path: str, content: Mapping[str, str] | None = None) -> httpx.Response:
        import httpx

        verify = str(self.certificates) if self.certificates else True
        response = httpx.request(
            method,
            f"{self.url.rstrip('/')}/api/v2/{path}",
            json=content,
            headers=self._headers(),
            timeout=self.greeting_seconds,
            verify=verify,
        )
        if response.status_code in (401, 403):
            raise ChromaServerError(
                f"the Chroma server at {self.url} refuses the token; set CHROMA_TOKEN to one that it knows"
            )
        if response.status_code >= 500:
            response.raise_for_status()
        return response

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        """Raise `ChromaServerError`, in one line, for what the client and the network raise."""
        import httpx
        from chromadb.errors import ChromaError, NotFoundError

        where = f"the Chroma server at {self.url}"
        try:
            yield
        except ChromaServerError:
            raise
        except httpx.TimeoutException as error:
            raise ChromaServerError(
                f"{where} does not answer in time; check that it is running", is_transient=True
            ) from error
        except httpx.TransportError as error:
            advice = "is it running, and is CHROMA_URL right?"
            raise ChromaServerError(f"{where} can't be reached ({error}); {advice}", is_transient=True) from error
        except NotFoundError as error:
            said = "does not have what was put there; `footnote index check`, where that is written, mends it"
            raise MissingOnChromaServer(f"{where} {said}") from error
        except (ChromaError, httpx.HTTPStatusError, ValueError) as error:
            line = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            is_transient = not isinstance(error, ValueError) or "connect" in line.lower()
            raise ChromaServerError(f"{where} says: {line}", is_transient=is_transient) from error


class ServerStore(Collections):
    """The vectors of one lineage on a server.

    A lineage is all generations that grew out of one build, each from the one before by what had changed. A chunk's
    number is never used twice, and the catalog says which chunks there are. So the next generation's vectors can be
    added beside those that answer, and what is gone is removed a generation later: there may be more than the chunks of
    a generation. Unless it `is_whole`, collections may be missing.
    """

    may_hold_more = True

    def __init__(self, server: ChromaServer, lineage: str, places: Mapping[str, str], is_whole: bool = True) -> None:
        self._server = server
        super().__init__(server.client(), f"footnote-{lineage}-", places)
        try:
            for name in sorted(set(places.values())):
                try:
                    self._collections[name] = self._run(self._client.get_collection, self._prefix + name, None)
                except MissingOnChromaServer:
                    if is_whole:
                        raise
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the client and its connections, which it would leave open."""
        close(self._client)

    def remove(self) -> None:
        """Delete all collections of the lineage."""
        for name in list(self._collections):
            self._run(self._client.delete_collection, self._collections.pop(name).name)

    def _run(self, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        return self._server.run(call, *arguments, **named)

    def _put(
        self,
        collection: ChromaCollection,
        ids: list[str],
        vectors: FloatArray,
        metadatas: list[Mapping[str, Any]] | None,
    ) -> None:
        # A request that is sent again may have come through before.
        collection.upsert(ids=ids, embeddings=vectors, metadatas=metadatas)


class ServerTexts:
    """Texts by their names in collections of a server. They come with vectors, which Chroma wants and nobody searches.

    To be used by one thread at a time. Raises `ChromaServerError`.
    """

    def __init__(self, server: ChromaServer) -> None:
        self._server = server
        self._client: Client | None = None

    def put(self, collection: str, texts: Mapping[str, str]) -> None:
        """Write texts into a collection, which is made where it is missing, or write over them."""
        place = self._run(
            self._opened().get_or_create_collection,
            collection,
            configuration=cast("CreateCollectionConfiguration", {"hnsw": {"space": "l2", "max_neighbors": 2}}),
            embedding_function=None,
        )
        ids, vectors = list(texts), np.arange(len(texts), dtype=np.float32)[:, np.newaxis]
        pieces: list[Mapping[str, Any]] = [_pieces(text) for text in texts.values()]
        self._run(place.upsert, ids, vectors, pieces)

    def get(self, collection: str, names: Sequence[str]) -> dict[str, str]:
        """Those of the texts that are there."""
        try:
            place = self._run(self._opened().get_collection, collection, None)
            found = self._run(place.get, list(names), include=["metadatas"])
        except MissingOnChromaServer:
            return {}
        pieces = zip(found["ids"], found["metadatas"] or [], strict=True)
        return {name: "".join(str(one[f"piece {n}"]) for n in range(int(str(one["pieces"])))) for name, one in pieces}

    def remove(self, collection: str) -> None:
        """Delete a collection, if it is there."""
        with suppress(MissingOnChromaServer):
            self._run(self._opened().delete_collection, collection)

    def close(self) -> None:
        """Let go of the connection; the next use opens another."""
        if self._client is not None:
            close(self._client)
            self._client = None

    def _opened(self) -> Client:
        if self._client is None:
            self._client = self._server.client()
        return self._client

    def _run(self, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        return self._server.run(call, *arguments, **named)


def _pieces(text: str) -> dict[str, str | int]:
    """A text as values of metadata, none of them longer than Chroma's service allows. `pieces` says how many count."""
    pieces: dict[str, str | int] = {
        f"piece {first // LONGEST_PIECE}": text[first : first + LONGEST_PIECE]
        for first in range(0, len(text), LONGEST_PIECE)
    }
    return {**pieces, "pieces": len(pieces)}


def close(client: ClientAPI) -> None:
    """Let go of a client, and of the connections that it would leave open."""
    for connection in _connections_of(client):
        connection.close()
    cast("Client", client).close()


def _connections_of(client: ClientAPI) -> list[httpx.Client]:
    """What a client sends its requests through: it sets no limit of time, and closes none. Tests guard both."""
    parts = (client, getattr(client, "_admin_client", None))
    found = (getattr(getattr(part, "_server", None), "_session", None) for part in parts)
    return [cast("httpx.Client", one) for one in found if one is not None]
