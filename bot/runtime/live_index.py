"""The newest generation, always open and warm: it is answered from while the next one is being opened beside it.

Questions run one at a time. Each takes the newest generation at its start and keeps to it, catalog included, to its
end. A thread looks every second for what another process has published, or another machine on a Chroma server, opens
it, warms it, and puts it in the place of the newest; the old one is closed when its question is done. Nobody waits for
the opening.

Three locks, always taken in this order, the last one for moments only:

    _asking      one question at a time: engines, embedder and reader are not made for two threads
    _looking     one at a time opens generations and closes them: the thread that looks, or who calls `look`
    _exchanging  which generation is the newest, which one a question is being answered from
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bot.config.prompts import Prompts, load_prompts
from bot.config.settings import Settings
from bot.runtime.notices import SILENT, Notices
from bot.runtime.wiring import Parts, index_or_new, load_models, parts_over, replica_of, server_of
from index.errors import DamagedCatalog, DerivedIndexError, FootnoteError

if TYPE_CHECKING:
    from index.retrieval.search_index import SearchIndex
    from index.storage.catalog.catalog import Catalog
    from index.storage.catalog.following import Identity
    from index.storage.catalog.rows import Generation

T = TypeVar("T")

LOOK_SECONDS = 1.0
LONGEST_PAUSE = 15.0  # seconds between two looks of which each fails
PATIENCE = 15.0  # seconds
WARMING_QUESTION = "What is this about?"

log = logging.getLogger(__name__)


@contextmanager
def live(
    settings: Settings,
    *,
    look_seconds: float = LOOK_SECONDS,
    patience: float = PATIENCE,
    notices: Notices = SILENT,
) -> Iterator[LiveIndex]:
    """Yield an index that follows the newest generation. A missing one is built first, reported to `notices`."""
    prompts = load_prompts(settings.prompts_dir)
    index = index_or_new(settings, prompts, notices)
    with notices.busy("Loading the model …"):
        opened = LiveIndex(settings, prompts, index, look_seconds, patience)
    try:
        yield opened
    finally:
        opened.close()


@dataclass(frozen=True, slots=True)
class _Opened:
    """A generation that is held: opened, warm, with the catalog's snapshot to it."""

    parts: Parts
    generation: Generation
    identity: Identity
    follows: bool

    def close(self) -> None:
        """Let go of it. Never raises: an old generation that can't be closed is no reason not to answer."""
        try:
            self.parts.index.close()
        except Exception:
            log.exception("generation %s could not be closed", self.generation.number)


class LiveIndex:
    """Answers from the newest generation. May be used from any thread and any event loop.

    It takes over `first` and closes it. `look_seconds` is the time between two looks for a newer one, `patience`
    the seconds that closing waits for a question that is being answered.
    """

    def __init__(
        self,
        settings: Settings,
        prompts: Prompts,
        first: SearchIndex,
        look_seconds: float = LOOK_SECONDS,
        patience: float = PATIENCE,
    ) -> None:
        from index.storage.catalog.following import FollowedCatalog

        self._settings = settings
        self._prompts = prompts
        self._look_seconds = look_seconds
        self._patience = patience
        self._newest = self._ready(first, None)
        self._past: list[_Opened] = []
        self._answering: _Opened | None = None
        self._is_closed = False
        self._asking = threading.Lock()
        self._looking = threading.Lock()
        self._exchanging = threading.Lock()
        self._published = FollowedCatalog(settings.data_dir)  # used under `_looking`
        self._readable = FollowedCatalog(settings.data_dir)  # used in the thread of `_reads`
        # torch keeps helper threads for every thread that it was called from: all questions come from this one.
        self._questions = ThreadPoolExecutor(1, "questions")
        self._reads = ThreadPoolExecutor(1, "reads")
        self._replica = replica_of(settings)  # used under `_looking`
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="live-index", daemon=True)
        self._watcher.start()

    @property
    def generation(self) -> Generation:
        """The generation that the next question will be answered from."""
        return self._newest.generation

    @property
    def follows(self) -> bool:
        """Whether another machine writes the index, to a Chroma server."""
        return self._newest.follows

    async def run(self, work: Callable[[Parts], T]) -> T:
        """`use` in the one thread of the questions. Who is cancelled no longer hears of it; what runs, runs on."""
        self._refuse_after_closing()
        return await asyncio.get_running_loop().run_in_executor(self._questions, self.use, work)

    async def read(self, work: Callable[[Catalog], T]) -> T:
        """What `work` makes of the catalog as it is now; it waits for other reads, and for no question.

        It must not write. Raises `NotIndexed`, `CatalogError`, and what `work` raises.
        """
        self._refuse_after_closing()
        return await asyncio.get_running_loop().run_in_executor(self._reads, self._read, work)

    def use(self, work: Callable[[Parts], T]) -> T:
        """What `work` makes of the newest generation's parts, with all that it reads of one moment. One at a time.

        Where the generation turns out to be damaged, it is opened anew (rebuilt, if need be) and `work` is run once
        more; so it should do nothing that can't be done twice. It must not call `use` itself.
        """
        with self._asking:
            with self._question() as opened:
                try:
                    return work(opened.parts)
                except (DerivedIndexError, DamagedCatalog) as error:
                    log.warning("%s: the index is opened anew", error)
            with self._looking:
                if self._newest is opened:  # else another has taken its place meanwhile
                    self._switch()
            with self._question() as opened:
                return work(opened.parts)

    def look(self) -> None:
        """Look for a newer generation now: when this returns, the next question is answered from it.

        Raises what opening it raises; the one before goes on answering then.
        """
        with self._looking:
            if self._is_closed:
                return
            self._close_past()
            if self._replica is not None:
                self._replica.bring_up_to_date()
            published = self._published.active()
            if published is None or published == self._newest.identity:
                # Nothing newer, or no index any more: while that is built anew, the one that is open is all there is.
                self._stay_current()
            else:
                self._switch()

    def close(self) -> None:
        """Stop. The running question is waited for, as long as there is patience; those that wait are refused."""
        with self._exchanging:
            if self._is_closed:
                return
            self._is_closed = True
        self._stopping.set()
        self._questions.shutdown(wait=False)
        with suppress(NotInTime):
            self._reads.submit(self._readable.close).result(self._patience)
        self._reads.shutdown(wait=False)
        self._watcher.join(self._patience)
        if not self._asking.acquire(timeout=self._patience):
            log.warning("a question is still being answered after %.0f seconds; not waiting for it", self._patience)
            return
        try:
            with self._exchanging:
                past, self._past = self._past, []  # none is added any more: `_switch` closes what comes too late
            for opened in (*past, self._newest):
                opened.close()
        finally:
            self._asking.release()

    @contextmanager
    def _question(self) -> Iterator[_Opened]:
        """The newest generation. It is not closed before the end of the context, whatever comes after it."""
        with self._exchanging:
            self._refuse_after_closing()
            opened = self._answering = self._newest
        try:
            self._renew(opened)
            yield opened
        finally:
            with self._exchanging:
                self._answering = None

    def _read(self, work: Callable[[Catalog], T]) -> T:
        self._refuse_after_closing()
        catalog = self._readable.current()
        with catalog.reading():
            return work(catalog)

    def _refuse_after_closing(self) -> None:
        if self._is_closed:
            raise FootnoteError("Footnote is stopping; ask again in a minute")

    def _watch(self) -> None:
        """Look every so often; less often while looking fails, which is said once a reason."""
        pause, said = self._look_seconds, ""
        while not self._stopping.wait(pause):
            try:
                self.look()
                pause, said = self._look_seconds, ""
            except Exception as error:  # whatever it is, the next look may find it mended
                pause = min(2 * pause, max(LONGEST_PAUSE, self._look_seconds))
                if said != str(error):
                    said = str(error)
                    expected = isinstance(error, FootnoteError)
                    log.warning(
                        "a newer index can't be used, generation %s goes on answering: %s",
                        self.generation.number,
                        said,
                        exc_info=None if expected else error,
                    )
        with self._looking:
            self._published.close()
            if self._replica is not None:
                self._replica.close()

    def _switch(self) -> None:
        """Open what is published now and answer from it from here on. To be called under `_looking`."""
        from index.retrieval.search_index import SearchIndex

        started = time.monotonic()
        # A generation that is replaced and removed while it is being opened is followed by `SearchIndex` itself.
        fresh = self._ready(SearchIndex(self._settings.data_dir, server_of(self._settings)), self._newest)
        with self._exchanging:
            if self._is_closed:
                fresh.close()
                return
            self._past.append(self._newest)
            self._newest = fresh
        log.info(
            "generation %s answers from now on; it took %.1f seconds to open",
            fresh.generation.number,
            time.monotonic() - started,
        )
        self._close_past()

    def _ready(self, index: SearchIndex, before: _Opened | None) -> _Opened:
        """Hold and warm an index, which is closed where that fails."""
        try:
            # First of all: from here on, what is published meanwhile changes nothing.
            index.hold()
            generation = index.generation
            if before is not None and _same_vectors(before.generation, generation):
                # They are warm, and a question may be going through them just now: only the index is warmed.
                embedder, reader = before.parts.embedder, before.parts.reader
                parts = parts_over(self._settings, self._prompts, index, embedder, reader)
                with index.pinned() as opened:
                    opened.warm()
            else:
                parts = parts_over(self._settings, self._prompts, index, *load_models(self._settings, generation))
                parts.engine.answer(WARMING_QUESTION)
            return _Opened(parts, generation, index.identity, index.follows)
        except BaseException:
            index.close()
            raise

    def _close_past(self) -> None:
        """Close the generations that nobody needs any more. To be called under `_looking`."""
        with self._exchanging:
            done = [opened for opened in self._past if opened is not self._answering]
            self._past = [opened for opened in self._past if opened is self._answering]
        for opened in done:
            opened.close()

    def _stay_current(self) -> None:
        """Renew the snapshot, so that SQLite's log can be shortened. To be called under `_looking`."""
        self._renew_unless_asking()
        try:
            self._published.shorten_log()
        except FootnoteError as error:  # tidying up can wait
            log.info("the catalog's log stays as it is: %s", error)
        self._renew_unless_asking()

    def _renew_unless_asking(self) -> None:
        # Not waiting is no loss (every question renews at its start), and as `_asking` comes before `_looking`, a must.
        if self._asking.acquire(blocking=False):
            try:
                if not self._is_closed:
                    self._renew(self._newest)
            finally:
                self._asking.release()

    def _renew(self, opened: _Opened) -> None:
        """Go on to the newest catalog, as far as it is still that of this generation. To be called under `_asking`."""
        try:
            opened.parts.index.renew()
        except FootnoteError as error:  # the snapshot that is held is as good as it was
            log.warning("the catalog can't be read anew: %s", error)


def _same_vectors(one: Generation, other: Generation) -> bool:
    """Whether the same loaded embedder serves both. The fingerprint tells apart models of one name."""
    return (one.embedder, one.fingerprint) == (other.embedder, other.fingerprint)
