"""The errors of Discord: an HTTP status, a code, a message, and the fields that are wrong."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An error response. `rule` is set if the client made a mistake: then it is recorded as a violation."""

    def __init__(
        self, status: int, code: int, message: str, errors: dict[str, Any] | None = None, rule: str | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
        self.rule = rule

    @property
    def payload(self) -> dict[str, Any]:
        """The body of the response."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        return {**body, "errors": self.errors} if self.errors else body


class Problems:
    """Problems with a body, by field; together they become one error 50035."""

    def __init__(self) -> None:
        self._found: list[tuple[tuple[str | int, ...], str, str]] = []

    def add(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        """Record that the field at the path is wrong."""
        self._found.append((path, code, message))

    def length(self, path: tuple[str | int, ...], value: object, least: int, most: int) -> None:
        """Check the length of a text or list, in characters or items; any other type is wrong too."""
        if not isinstance(value, str | list):
            self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not least <= len(value) <= most:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length, is {len(value)}.")

    def __bool__(self) -> bool:
        return bool(self._found)

    @property
    def tree(self) -> dict[str, Any]:
        """Return the problems, nested as Discord does."""
        tree: dict[str, Any] = {}
        for path, code, message in self._found:
            node = tree
            for step in path:
                node = node.setdefault(str(step), {})
            node.setdefault("_errors", []).append({"code": code, "message": message})
        return tree

    @property
    def text(self) -> str:
        """Return the problems in one line."""
        return "; ".join(f"{'.'.join(map(str, path)) or 'body'}: {message}" for path, _, message in self._found)

    def raise_if_any(self) -> None:
        """Raise error 50035 if there are problems."""
        if self._found:
            raise ApiError(400, 50035, "Invalid Form Body", self.tree, rule=self.text)


def invalid(*path: str | int, code: str, message: str) -> ApiError:
    """Return error 50035 for one field."""
    problems = Problems()
    problems.add(path, code, message)
    return ApiError(400, 50035, "Invalid Form Body", problems.tree, rule=problems.text)


def not_found() -> ApiError:
    """Return the error for an unknown route."""
    return ApiError(404, 0, "404: Not Found", rule="unknown route")


def unauthorized() -> ApiError:
    """Return the error for a wrong token."""
    return ApiError(401, 0, "401: Unauthorized")


def unknown_channel() -> ApiError:
    """Return the error for an unknown channel."""
    return ApiError(404, 10003, "Unknown Channel")


def unknown_guild() -> ApiError:
    """Return the error for a server that does not exist or does not have the bot."""
    return ApiError(404, 10004, "Unknown Guild")


def unknown_message() -> ApiError:
    """Return the error for a message that does not exist or was deleted."""
    return ApiError(404, 10008, "Unknown Message")


def unknown_user() -> ApiError:
    """Return the error for an unknown user."""
    return ApiError(404, 10013, "Unknown User")


def unknown_webhook() -> ApiError:
    """Return the error for an unknown webhook: an interaction that has not been answered yet has none."""
    return ApiError(404, 10015, "Unknown Webhook")


def unknown_interaction() -> ApiError:
    """Return the error for an interaction that does not exist, or is older than three seconds."""
    return ApiError(404, 10062, "Unknown interaction")


def already_acknowledged() -> ApiError:
    """Return the error for an interaction that was answered before."""
    return ApiError(400, 40060, "Interaction has already been acknowledged.", rule="acknowledged twice")


def invalid_webhook_token() -> ApiError:
    """Return the error for an interaction that is older than fifteen minutes."""
    return ApiError(401, 50027, "Invalid Webhook Token")


def missing_access() -> ApiError:
    """Return the error for a channel that the bot can't see."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """Return the error for a missing permission."""
    return ApiError(403, 50013, "Missing Permissions")


def empty_message() -> ApiError:
    """Return the error for a message with neither content nor anything else."""
    return ApiError(400, 50006, "Cannot send an empty message", rule="empty message")
