"""Rate limits: windows of some requests in some seconds, per route and channel (or other major parameter)."""

from __future__ import annotations

import hashlib
import math
import time
from dataclasses import dataclass

# (requests, seconds), as observed on Discord, which publishes none of them. All other routes have OTHERS.
LIMITS = {
    "POST /channels/{channel_id}/messages": (5, 5.0),
    "PATCH /channels/{channel_id}/messages/{message_id}": (5, 5.0),
    "DELETE /channels/{channel_id}/messages/{message_id}": (5, 1.0),
    "POST /channels/{channel_id}/typing": (5, 5.0),
    "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me": (1, 0.25),
    "DELETE /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me": (1, 0.25),
    "POST /channels/{channel_id}/messages/{message_id}/threads": (50, 300.0),
    "POST /channels/{channel_id}/threads": (50, 300.0),
    "PATCH /channels/{channel_id}": (5, 15.0),
    "POST /webhooks/{webhook_id}/{webhook_token}": (5, 2.0),
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original": (5, 2.0),
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": (5, 2.0),
    "POST /users/@me/channels": (10, 10.0),
}
OTHERS = (50, 1.0)
GLOBALLY = (50, 1.0)
UNLIMITED = ("POST /interactions/{interaction_id}/{interaction_token}/callback",)
MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")
GENEROSITY = 1000


@dataclass
class Window:
    """What is left of a limit until it resets, in `time.monotonic()`."""

    limit: int
    seconds: float
    remaining: int = 0
    resets_at: float = 0.0

    def take(self, now: float) -> bool:
        """Use one of the remaining requests; false if there is none."""
        if now >= self.resets_at:
            self.remaining, self.resets_at = self.limit, now + self.seconds
        if self.remaining == 0:
            return False
        self.remaining -= 1
        return True


@dataclass(frozen=True)
class Exceeded:
    """A request that was sent although none remained."""

    at: float
    route: str
    is_global: bool


@dataclass(frozen=True)
class Verdict:
    """True if a request may pass, with the headers that tell the client how many remain."""

    passes: bool
    headers: dict[str, str]
    retry_after: float = 0.0
    is_global: bool = False


def _milliseconds_up(seconds: float) -> float:
    """Rounded up: a client that waits as long as told must not be early."""
    return math.ceil(max(seconds, 0.0) * 1000) / 1000


class RateLimits:
    """The windows of all routes. `generous` allows a thousand times as many, for load tests."""

    def __init__(self, generous: bool) -> None:
        self.generous = generous
        self.limits = dict(LIMITS)
        self.exceeded: list[Exceeded] = []
        self._windows: dict[tuple[str, ...], Window] = {}
        self._global = Window(*GLOBALLY)

    def check(self, route: str, parameters: dict[str, str]) -> Verdict:
        """Count a request to a route ("POST /channels/{channel_id}/messages")."""
        if route in UNLIMITED:
            return Verdict(True, {})
        now = time.monotonic()
        if not self.generous and "webhook_token" not in parameters and not self._global.take(now):
            self.exceeded.append(Exceeded(now, route, True))
            retry_after = _milliseconds_up(self._global.resets_at - now)
            return Verdict(False, {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}, retry_after, True)
        key = (route, *(parameters[name] for name in MAJOR if name in parameters))
        if key not in self._windows:
            limit, seconds = self.limits.get(route, OTHERS)
            self._windows[key] = Window(limit * GENEROSITY if self.generous else limit, seconds)
        window = self._windows[key]
        passes = window.take(now)
        wait = _milliseconds_up(window.resets_at - now)
        headers = {
            "X-RateLimit-Limit": str(window.limit),
            "X-RateLimit-Remaining": str(window.remaining),
            "X-RateLimit-Reset": f"{time.time() + wait:.3f}",
            "X-RateLimit-Reset-After": f"{wait:.3f}",
            "X-RateLimit-Bucket": hashlib.md5(route.encode(), usedforsecurity=False).hexdigest(),
        }
        if not passes:
            self.exceeded.append(Exceeded(now, route, False))
            headers["X-RateLimit-Scope"] = "user"
        return Verdict(passes, headers, wait)
