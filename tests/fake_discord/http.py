"""The HTTP side: record, limit, check and serve every request; respond to mistakes as Discord does."""

from __future__ import annotations

import asyncio
import json
import time
import traceback
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fake_discord import (  # noqa: F401 (they register their routes)
    routes_application,
    routes_channels,
    routes_interactions,
    routes_messages,
)
from tests.fake_discord.core import Request
from tests.fake_discord.errors import ApiError, invalid, not_found, unauthorized
from tests.fake_discord.openapi import load_document
from tests.fake_discord.routing import Call, Route, find

if TYPE_CHECKING:
    from tests.fake_discord.core import Core
    from tests.fake_discord.faults import Fault

PREFIX = "/api/v10"


class Http:
    """Serves requests."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._document = load_document(core.settings.document)
        self.response_problems: list[str] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve a request of the API, a file, or a connection to the gateway."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._core.gateway.serve(request)
        if request.path.startswith("/attachments/"):
            data = self._core.world.files.get(request.path)
            return web.Response(status=404) if data is None else web.Response(body=data)
        record = Request(time.monotonic(), request.method, request.path, "", dict(request.query))
        self._core.requests.append(record)
        try:
            response = await self._answer(request, record)
        except ApiError as error:
            response = self._refuse(record, error)
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 (an internal error: the test must see it, and the client gets a response)
            self._core.failures.append("".join(traceback.format_exception(error)))
            response = _json({"message": "500: Internal Server Error", "code": 0}, status=500)
        record.status = response.status
        record.answered_at = time.monotonic()
        self._core.changed()
        return response

    def _refuse(self, record: Request, error: ApiError) -> web.Response:
        if error.rule is not None:
            self._core.violate(record.method, record.route or record.path, error.rule, record.body)
        record.response = error.payload
        return _json(error.payload, status=error.status)

    async def _answer(self, request: web.Request, record: Request) -> web.Response:
        raw_path = request.rel_url.raw_path
        found = find(request.method, raw_path.removeprefix(PREFIX)) if raw_path.startswith(PREFIX + "/") else None
        if found is None:
            raise not_found()
        route, parameters = found
        record.route = route.template
        self._check_authorization(request, record, route)
        fault = self._core.faults.take(route.method, route.template)
        if fault is not None:
            await asyncio.sleep(fault.seconds)
            if fault.status is not None and not fault.after:
                return self._broken(request, fault)
        verdict = self._core.rate_limits.check(route.key, parameters)
        if not verdict.passes:
            return _too_many(verdict.retry_after, is_global=verdict.is_global, headers=verdict.headers)
        call = Call(self._core, record, parameters)
        try:
            call.files = await self._read(request, record)
            response = self._served(call, route, parameters)
        except ApiError as error:
            response = self._refuse(record, error)
        response.headers.update(verdict.headers)
        if fault is not None and fault.status is not None and fault.after:
            return self._broken(request, fault)
        return response

    def _check_authorization(self, request: web.Request, record: Request, route: Route) -> None:
        if not route.authorized:
            return
        if request.headers.get("Authorization") != f"Bot {self._core.settings.token}":
            raise unauthorized()
        if not request.headers.get("User-Agent", "").startswith("DiscordBot ("):
            self._core.violate(record.method, record.route, "User-Agent is not DiscordBot (url, version)", None)

    def _broken(self, request: web.Request, fault: Fault) -> web.Response:
        if fault.status == 429:
            return _too_many(fault.retry_after, is_global=fault.is_global, headers={"X-RateLimit-Scope": "shared"})
        if fault.status == 0 and request.transport is not None:
            request.transport.abort()
            raise ConnectionResetError
        return _json({"message": f"{fault.status}: on demand", "code": 0}, status=fault.status or 500)

    async def _read(self, request: web.Request, record: Request) -> dict[str, bytes]:
        """Read the body into the record. Return the files of a form, by `files[n]:name`."""
        if request.content_type == "multipart/form-data":
            return await _read_form(request, record)
        data = await request.read()
        if data:
            if request.content_type != "application/json":
                raise ApiError(400, 50035, "Invalid Form Body", rule=f"Content-Type {request.content_type}")
            record.body = _parsed(data)
        return {}

    def _served(self, call: Call, route: Route, parameters: dict[str, str]) -> web.Response:
        request = call.request
        if (
            route.check is not None
        ):  # first, because it uses Discord's words; then the request is checked against the document
            route.check(call)
        document = self._document if self._document is not None and route.key in self._document else None
        if document is not None:
            found = document.problems(route.key, parameters, request.query, request.body, is_form=bool(call.files))
            if problem := "; ".join(found):
                raise invalid(code="OPENAPI", message=problem)
        result = request.response = route.serve(call)
        status = 204 if result is None else route.status
        if document is not None and call.core.settings.check_responses:
            ours = document.response_problems(route.key, status, result)
            self.response_problems += [f"{route.key}: {one}" for one in ours]
        return web.Response(status=204) if result is None else _json(result, status=status)


async def _read_form(request: web.Request, record: Request) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    async for part in await request.multipart():
        name = getattr(part, "name", None) or ""
        data = bytes(await part.read())  # type: ignore[union-attr]
        if name == "payload_json":
            record.body = _parsed(data)
        elif name.startswith("files["):
            files[f"{name}:{getattr(part, 'filename', None) or 'unnamed'}"] = data
        else:
            raise ApiError(400, 50035, "Invalid Form Body", rule=f"a form with a part called {name!r}")
    record.files = files
    return files


def _json(body: object, status: int, *, headers: dict[str, str] | None = None) -> web.Response:
    # Without a charset, as Discord does: discord.py treats anything else as text.
    response = web.Response(body=json.dumps(body).encode(), status=status, headers=headers)
    response.headers["Content-Type"] = "application/json"
    return response


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise ApiError(400, 50109, "The request body contains invalid JSON.", rule="invalid JSON") from error


def _too_many(retry_after: float, *, is_global: bool, headers: dict[str, str]) -> web.Response:
    # A 429 without `Via` comes from Cloudflare and means a ban; discord.py tells them apart by it.
    headers = {**headers, "Retry-After": str(max(1, round(retry_after))), "Via": "1.1 google"}
    body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": is_global}
    return _json(body, status=429, headers=headers)
