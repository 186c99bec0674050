"""A Chroma server, which several machines can search: how it is reached, and what is said when it is not.

The vectors of a generation lie in collections of a lineage: all generations that grew out of one build, each from the
one before by what had changed. A chunk's number is never used twice, and the catalog says which chunks there are. So
the next generation's vectors can be added beside those that answer, and what is gone is removed a generation later.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import urlsplit

from index.encoder import FloatArray
from index.errors import ServerError
from index.store import Collections, VectorHit, collection_name

if TYPE_CHECKING:
    import httpx
    from chromadb.api import ClientAPI
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection as ChromaCollection

LEAST_VERSION = (1, 0)
GREETING_SECONDS = 5.0  # for which a server may take to say which version it is
PATIENCE = 30.0  # seconds that one request may take
PAUSES = (0.3, 1.0, 3.0)  # seconds before a request that failed is sent again

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """Where a server is, such as https://chroma.example.org:8000, and what it wants to know.

    `token` is sent as a bearer token and as Chroma's own; `certificates` is a file of certificates to trust.
    """

    url: str
    token: str = field(default="", repr=False)
    certificates: Path | None = None

    def client(self) -> Client:
        """A client. Raises `ServerError` where the server is away, refuses, or is too old."""
        import chromadb
        from chromadb.config import Settings

        logging.getLogger("chromadb").setLevel(logging.ERROR)
        logging.getLogger("httpx").setLevel(logging.WARNING)
        retried(self, self._greet)
        parts = urlsplit(self.url)
        is_secure = parts.scheme == "https"
        with server_errors_named(self):
            client = chromadb.HttpClient(
                parts.hostname or "localhost",
                parts.port or (443 if is_secure else 80),
                is_secure,
                self._headers(),
                Settings(
                    anonymized_telemetry=False,
                    chroma_server_ssl_verify=str(self.certificates) if self.certificates else None,
                ),
            )
        for connection in _connections_of(client):
            connection.timeout = PATIENCE
        return cast("Client", client)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "X-Chroma-Token": self.token} if self.token else {}

    def _greet(self) -> None:
        """Ask for the version: quickly answered, and in words where it is not."""
        import httpx

        verify = str(self.certificates) if self.certificates else True
        response = httpx.get(
            f"{self.url.rstrip('/')}/api/v2/version", headers=self._headers(), timeout=GREETING_SECONDS, verify=verify
        )
        if response.status_code in (401, 403):
            raise ServerError(
                f"the Chroma server at {self.url} refuses the token; set CHROMA_TOKEN to one that it knows"
            )
        if response.status_code >= 500:
            response.raise_for_status()
        try:
            version = str(json.loads(response.text)) if response.status_code == 200 else ""
            numbers = tuple(int(part) for part in version.split(".")[:2])
        except ValueError:
            numbers = ()
        if numbers < LEAST_VERSION:
            least = ".".join(map(str, LEAST_VERSION))
            is_what = f"Chroma {version}" if numbers else "no Chroma that is known here"
            raise ServerError(f"at {self.url} is {is_what}; Footnote needs a Chroma server of version {least} or later")


class ServerStore(Collections):
    """The vectors of one lineage on a server. `folders` are those of the seeds that have a collection there.

    Unless it `is_whole`, collections may be missing. It may hold chunks of the generation before too, and of runs that
    did not end.
    """

    may_hold_more = True

    def __init__(self, server: ChromaServer, lineage: str, folders: Sequence[str], is_whole: bool = True) -> None:
        self._server = server
        super().__init__(server.client(), {}, f"footnote-{lineage}-")
        try:
            for folder in folders:
                try:
                    self._collections[folder] = self._get(collection_name(self._prefix, folder))
                except ServerError as error:
                    if is_whole or error.may_pass:
                        raise
        except BaseException:
            self.close()
            raise

    @property
    def folders(self) -> list[str]:
        """The folders of the seeds that have a collection."""
        return sorted(self._collections)

    def errors_named(self) -> AbstractContextManager[None]:
        """What the server says, in one line."""
        return server_errors_named(self._server)

    def add(self, folder: str, chunk_ids: Sequence[int], vectors: FloatArray) -> None:
        """As `Collections.add`, again where the server did not answer: what was written is written over."""
        retried(self._server, lambda: super(ServerStore, self).add(folder, chunk_ids, vectors))

    def delete(self, folder: str, chunk_ids: Sequence[int]) -> None:
        """As `Collections.delete`; what is not there is no error."""
        if folder in self._collections and chunk_ids:
            retried(self._server, lambda: super(ServerStore, self).delete(folder, chunk_ids))

    def count(self) -> int:
        """As `Collections.count`."""
        return retried(self._server, super().count)

    def search(self, vector: FloatArray, limit: int, folders: object = None) -> list[VectorHit]:
        """As `Collections.search`."""
        return retried(self._server, lambda: super(ServerStore, self).search(vector, limit, folders))  # type: ignore[arg-type]

    def close(self) -> None:
        """Let go of the client and its connections, which it would leave open."""
        close(self._client)

    def remove(self) -> None:
        """Delete all collections of the lineage."""
        for folder in self.folders:
            collection = self._collections.pop(folder)
            retried(self._server, lambda: self._client.delete_collection(collection.name))  # noqa: B023

    def _put(self, collection: ChromaCollection, ids: list[str], vectors: FloatArray) -> None:
        collection.upsert(ids=ids, embeddings=vectors)  # a request that is sent again may have come through before

    def _get(self, name: str) -> ChromaCollection:
        return retried(self._server, lambda: self._client.get_collection(name, embedding_function=None))


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


def retried(server: ChromaServer, call: Callable[[], T]) -> T:
    """What a call gives, tried again after each of `PAUSES` where the server was away or busy. Raises `ServerError`."""
    for pause in PAUSES:
        try:
            with server_errors_named(server):
                return call()
        except ServerError as error:
            if not error.may_pass:
                raise
            log.info("%s; trying again in %s s", error, pause)
            time.sleep(pause)
    with server_errors_named(server):
        return call()


@contextmanager
def server_errors_named(server: ChromaServer) -> Iterator[None]:
    """Raise `ServerError`, in one line, for what the client and the network raise."""
    import httpx
    from chromadb.errors import ChromaError, NotFoundError

    try:
        yield
    except ServerError:
        raise
    except httpx.TimeoutException as error:
        raise ServerError(f"the Chroma server at {server.url} does not answer in time; see to it", True) from error
    except httpx.TransportError as error:
        advice = "is it running, and is CHROMA_URL right?"
        raise ServerError(f"the Chroma server at {server.url} can't be reached ({error}); {advice}", True) from error
    except NotFoundError as error:
        said = "does not have what was put there; `footnote index --check` puts it there again"
        raise ServerError(f"the Chroma server at {server.url} {said}") from error
    except (ChromaError, httpx.HTTPStatusError, ValueError) as error:
        line = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        may_pass = not isinstance(error, ValueError) or "connect" in line.lower()
        raise ServerError(f"the Chroma server at {server.url} says: {line}", may_pass) from error
