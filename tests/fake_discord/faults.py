"""Faults on demand: responses that fail, come late, or never come."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(eq=False)
class Fault:
    """A fault of the next `times` requests of a method to a route (with placeholders, as in Discord's document).

    `seconds` is waited first. Then, if given, `status` is returned instead of serving the request, or, with `after`,
    after serving it, as if the response was lost. 429 carries `retry_after`; 0 cuts the connection.
    """

    method: str
    route: str
    times: int = 1
    status: int | None = None
    seconds: float = 0.0
    after: bool = False
    retry_after: float = 1.0
    is_global: bool = False
    met: int = 0


@dataclass
class Faults:
    """The faults that are still to happen."""

    due: list[Fault] = field(default_factory=list)

    def take(self, method: str, route: str) -> Fault | None:
        """Return the fault that applies to a request, and count it down."""
        for fault in self.due:
            if fault.method == method and fault.route == route and fault.met < fault.times:
                fault.met += 1
                return fault
        return None
