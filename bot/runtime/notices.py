"""The interface through which start-up and indexing report their progress; a library caller gets no reports."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from index.ingestion.report import Progress


class Notices(Protocol):
    """Reports to the person who runs Footnote; never the result of the work itself."""

    def note(self, text: str) -> None:
        """Report something that is going on."""

    def warn(self, text: str) -> None:
        """Report something that the person may want to change."""

    def busy(self, doing: str) -> AbstractContextManager[object]:
        """Show what is being done until the end of the context."""

    def progress(self) -> AbstractContextManager[Callable[[Progress], None]]:
        """Show the progress of indexing, which the yielded function is called with, until the end of the context."""


class Silent:
    """Reports nothing."""

    def note(self, text: str) -> None: ...

    def warn(self, text: str) -> None: ...

    def busy(self, doing: str) -> AbstractContextManager[object]:  # noqa: ARG002 (the signature is `Notices`)
        return nullcontext()

    def progress(self) -> AbstractContextManager[Callable[[Progress], None]]:
        return nullcontext(lambda _: None)


SILENT = Silent()
