"""Check requests against Discord's own OpenAPI document, if it is available."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

# Where Discord accepts something else than its document (a preview) says, and why: schema, correction, reason.
EXCEPTIONS: tuple[tuple[str, dict[str, Any], str], ...] = (
    (
        "SnowflakeType",
        {"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$"},
        "Discord takes ids as numbers too; discord.py sends them so in message_reference, recipient_id and attachments",
    ),
    (
        "ChannelTypes",
        {"type": "integer", "enum": [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16]},
        "GUILD_MEDIA (16) is missing, which Discord documents; discord.py sends it with every option for forums",
    ),
)
# Parameters that the document does not list, and why they are accepted.
PARAMETERS = {
    # discord.py sends it with every message of a webhook, and Discord documents it for this route as well.
    "with_components": {"type": "boolean"},
}

METHODS = ("get", "put", "post", "patch", "delete")


class Document:
    """Discord's document. Routes have the form "POST /channels/{channel_id}/messages"."""

    def __init__(self, contents: dict[str, Any]) -> None:
        for name, correction, _ in EXCEPTIONS:
            contents["components"]["schemas"][name] = correction
        self._validator = Draft202012Validator(contents)
        self._operations: dict[str, dict[str, Any]] = {}
        self._parameters: dict[str, list[dict[str, Any]]] = {}
        for path, entry in contents["paths"].items():
            for method in METHODS:
                if method in entry:
                    route = f"{method.upper()} {path}"
                    self._operations[route] = entry[method]
                    self._parameters[route] = [*entry.get("parameters", []), *entry[method].get("parameters", [])]

    def __contains__(self, route: str) -> bool:
        return route in self._operations

    def problems(
        self, route: str, parameters: Mapping[str, str], query: Mapping[str, str], body: object, *, is_form: bool
    ) -> Iterator[str]:
        """Return the problems of a request; `body` is None if there was none."""
        known = {(one["in"], one["name"]): one for one in self._parameters[route]}
        for name, value in parameters.items():
            if ("path", name) in known:
                yield from self._named(name, value, known["path", name]["schema"])
        for name, value in query.items():
            if ("query", name) in known:
                yield from self._named(name, value, known["query", name]["schema"])
            elif name in PARAMETERS:
                yield from self._named(name, value, PARAMETERS[name])
            else:
                yield f"unknown query parameter {name}"
        yield from self._body_problems(route, body, is_form=is_form)

    def _body_problems(self, route: str, body: object, *, is_form: bool) -> Iterator[str]:
        request_body = self._operations[route].get("requestBody")
        if request_body is None:
            if body is not None:
                yield "has a body, where none is expected"
        elif body is None:
            if request_body.get("required"):
                yield "has no body, where one is required"
        else:
            kind = "multipart/form-data" if is_form else "application/json"
            if kind not in request_body["content"]:
                yield f"takes no {kind}"
            else:
                yield from self._against(body, request_body["content"][kind]["schema"])

    def response_problems(self, route: str, status: int, body: object) -> Iterator[str]:
        """Return the problems of a response: a check of this Discord itself."""
        responses = self._operations[route]["responses"]
        content = responses.get(str(status), {}).get("content", {}).get("application/json")
        if str(status) not in responses:
            yield f"status {status} is not among {sorted(responses)}"
        elif content is not None:
            yield from self._against(body, content["schema"])

    def _named(self, name: str, value: str, schema: dict[str, Any]) -> Iterator[str]:
        problems = [list(self._against(reading, schema)) for reading in _readings(value)]
        if all(problems):
            yield f"{name}: {problems[0][0]}"

    def _against(self, value: object, schema: dict[str, Any]) -> Iterator[str]:
        for error in self._validator.evolve(schema=schema).iter_errors(value):
            told = _innermost(error)
            yield f"{'.'.join(map(str, told.absolute_path)) or 'body'}: {told.message[:300]}"


def _innermost(error: ValidationError) -> ValidationError:
    """Return the most useful error: among alternatives, an error of the one with the same type as the value."""
    while error.context and any(one.validator != "const" for one in error.context):
        branches: dict[object, list[ValidationError]] = {}
        for one in error.context:
            branches.setdefault(one.schema_path[0], []).append(one)
        fitting = [errors for errors in branches.values() if not any(_is_of_other_type(one, error) for one in errors)]
        branch = min(fitting or list(branches.values()), key=len)
        error = max(branch, key=lambda one: len(one.absolute_path))
    return error


def _is_of_other_type(inner: ValidationError, outer: ValidationError) -> bool:
    """True if an alternative can't be meant: for a null, a list, or an object of another `type`."""
    deeper = list(inner.absolute_path)[len(outer.absolute_path) :]
    return (inner.validator == "type" and not deeper) or (inner.validator == "enum" and deeper == ["type"])


def _readings(text: str) -> Iterator[object]:
    """Return the values that the text of a parameter may stand for."""
    yield text
    if text.lstrip("-").isdigit():
        yield int(text)
    if text.lower() in ("0", "1", "true", "false"):
        yield text.lower() in ("1", "true")
    yield text.split(",")


@cache
def load_document(path: Path) -> Document | None:
    """Return the document; None if it does not exist."""
    return Document(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None
