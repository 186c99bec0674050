"""Connect to a Chroma server, and turn its errors into messages."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast
from urllib.parse import quote, urlsplit

from index.config import DEFAULT_CHROMA_DATABASE, DEFAULT_CHROMA_TENANT
from index.errors import ChromaServerError, MissingOnChromaServer
from index.storage.generation.chroma import Collections

if TYPE_CHECKING:
    import httpx
    from chromadb.api import ClientAPI
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection as ChromaCollection

    from index.types import FloatArray

MIN_VERSION = (1, 0)

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """Address of a Chroma server, and how to use it.

    - `url`: such as https://chroma.example.org:8000.
    - `token`: sent as a bearer token and in Chroma's own header.
    - `certificates`: a PEM file of certificates to trust.
    - `database`, `tenant`: a database holds one index. It is created if it does not exist.
    - `version_timeout`: seconds to wait for the version of the server, the first request. `timeout`: for others.
    - `retry_delays`: seconds before each retry of a request that failed.
    - `grace`: seconds for which a generation stays after the next one is announced, so that other machines can switch.
    """

    url: str
    _: KW_ONLY
    token: str = field(default="", repr=False)
    certificates: Path | None = None
    database: str = DEFAULT_CHROMA_DATABASE
    tenant: str = DEFAULT_CHROMA_TENANT
    version_timeout: float = 5.0
    timeout: float = 30.0
    retry_delays: Sequence[float] = (0.3, 1.0, 3.0)
    grace: float = 30.0

    def client(self) -> Client:
        """Connect. Raises `ChromaServerError` if the server is unreachable, refuses the token, or is too old."""
        import chromadb
        from chromadb.config import Settings

        logging.getLogger("chromadb").setLevel(logging.ERROR)
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self.run(self._check_version)
        self.run(self._create_database)
        parts = urlsplit(self.url)
        is_secure = parts.scheme == "https"
        with self._translated_errors():
            client = chromadb.HttpClient(
                parts.hostname or "localhost",
                parts.port or (443 if is_secure else 80),
                is_secure,
                self._headers(),
                Settings(
                    anonymized_telemetry=False,
                    chroma_server_ssl_verify=self._trusted,
                ),
                self.tenant,
                self.database,
            )
        for connection in _connections_of(client):
            connection.timeout = self.timeout
        return cast("Client", client)

    def run(self, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Return what a call returns. Retry after each of `retry_delays` if the server was unreachable or busy.

        Raises `ChromaServerError`.
        """
        for delay in self.retry_delays:
            try:
                with self._translated_errors():
                    return call(*arguments, **named)
            except ChromaServerError as error:
                if not error.is_transient:
                    raise
                log.info("%s; retrying in %s s", error, delay)
                time.sleep(delay)
        with self._translated_errors():
            return call(*arguments, **named)

    @property
    def _trusted(self) -> str | bool:
        """The certificates to trust: a PEM file, True for those of certifi, False without TLS.

        Loading certifi's takes tens of milliseconds for each connection, also where none is encrypted.
        """
        if self.certificates:
            return str(self.certificates)
        return urlsplit(self.url).scheme == "https"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "X-Chroma-Token": self.token} if self.token else {}

    def _check_version(self) -> None:
        """Raise `ChromaServerError` unless a Chroma server of a known version answers."""
        response = self._request("GET", "version")
        try:
            version = str(json.loads(response.text)) if response.status_code == 200 else ""
            numbers = tuple(int(part) for part in version.split(".")[:2])
        except ValueError:
            numbers = ()
        if numbers < MIN_VERSION:
            least = ".".join(map(str, MIN_VERSION))
            found = f"Chroma {version}" if numbers else "no Chroma server"
            raise ChromaServerError(
                f"there is {found} at {self.url}; Footnote needs a Chroma server of version {least} or later"
            )

    def _create_database(self) -> None:
        """Create the database unless it exists: Chroma's client would raise an error."""
        if (self.tenant, self.database) == (DEFAULT_CHROMA_TENANT, DEFAULT_CHROMA_DATABASE):
            return
        databases = f"tenants/{quote(self.tenant, safe='')}/databases"
        if self._request("GET", f"{databases}/{quote(self.database, safe='')}").status_code == 404:
            created = self._request("POST", databases, content={"name": self.database})
            if created.status_code not in (200, 201, 409):  # 409: another machine was faster
                raise ChromaServerError(
                    f"the Chroma server at {self.url} has no database {self.database!r} of the tenant {self.tenant!r}, "
                    f"and refuses to create it ({created.status_code}); check CHROMA_DATABASE and CHROMA_TENANT"
                )

    def _request(self, method: str, path: str, *, content: Mapping[str, str] | None = None) -> httpx.Response:
        import httpx

        response = httpx.request(
            method,
            f"{self.url.rstrip('/')}/api/v2/{path}",
            json=content,
            headers=self._headers(),
            timeout=self.version_timeout,
            verify=self._trusted,
        )
        if response.status_code in (401, 403):
            raise ChromaServerError(
                f"the Chroma server at {self.url} refuses the token; set CHROMA_TOKEN to a valid one"
            )
        if response.status_code >= 500:
            response.raise_for_status()
        return response

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        """Raise errors of the client and of the network as `ChromaServerError`s."""
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
            advice = "run `footnote index check` on the machine that writes the index"
            raise MissingOnChromaServer(f"{where} has lost a part of the index; {advice}") from error
        except (ChromaError, httpx.HTTPStatusError, ValueError) as error:
            line = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            is_transient = not isinstance(error, ValueError) or "connect" in line.lower()
            raise ChromaServerError(f"{where} says: {line}", is_transient=is_transient) from error


class ServerStore(Collections):
    """The vectors of one lineage on a server.

    A lineage is all generations that grew out of one build, each from the one before by what changed. A chunk id is
    never used twice, and the catalog says which chunks exist. So the vectors of the next generation are added next to
    those in use, and removed chunks are deleted one generation later: there may be more vectors than chunks. If not
    `is_whole`, collections may be missing.
    """

    may_hold_more = True

    def __init__(
        self, server: ChromaServer, lineage: str, collection_of: Mapping[str, str], *, is_whole: bool = True
    ) -> None:
        self._server = server
        super().__init__(server.client(), f"footnote-{lineage}-", collection_of)
        try:
            for name in sorted(set(collection_of.values())):
                try:
                    self._collections[name] = self._run(self._client.get_collection, self._prefix + name, None)
                except MissingOnChromaServer:
                    if is_whole:
                        raise
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the client and its connections."""
        close_client(self._client)

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
        # Not `add`: a request that is retried may have succeeded before.
        collection.upsert(ids=ids, embeddings=vectors, metadatas=metadatas)


def close_client(client: ClientAPI) -> None:
    """Close a client and its connections, which its own `close` leaves open."""
    for connection in _connections_of(client):
        connection.close()
    cast("Client", client).close()


def _connections_of(client: ClientAPI) -> list[httpx.Client]:
    """Return the HTTP connections of a client. It sets no timeout on them and does not close them; tests guard both."""
    parts = (client, getattr(client, "_admin_client", None))
    found = (getattr(getattr(part, "_server", None), "_session", None) for part in parts)
    return [cast("httpx.Client", connection) for connection in found if connection is not None]
