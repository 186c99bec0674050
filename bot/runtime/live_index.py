"""The newest generation, always open and warm. The next one is opened in the background while this one answers.

Questions run one at a time. Each uses the newest generation, and the catalog that belongs to it, from start to end. A
thread checks every second what another process has published, or another machine on a Chroma server; it opens and warms
the new generation, then replaces the old one, which is closed when its question is done. No question waits for that.

Three locks, always taken in this order, the last one only for moments:

    _question_lock  one question at a time: engines, embedder and reader are not thread-safe
    _refresh_lock   one thread at a time opens and closes generations: the watcher, or the caller of `refresh`
    _state_lock     which generation is the newest, and which one a question is using
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from bot.config.prompts import Prompts, load_prompts
from bot.config.settings import Settings
from bot.errors import FootnoteError
from bot.runtime.notices import SILENT, Notices
from bot.runtime.open_generation import OpenGeneration, open_generation
from bot.runtime.wiring import Parts, index_or_new, replica_of, server_of
from index.errors import DamagedCatalog, DerivedIndexError

if TYPE_CHECKING:
    from index.retrieval.search_index import SearchIndex
    from index.storage.catalog.catalog import Catalog
    from index.storage.catalog.rows import Generation

T = TypeVar("T")

REFRESH_SECONDS = 1.0  # between two checks for a newer generation
LONGEST_PAUSE = 15.0  # seconds between two checks while they fail
PATIENCE = 15.0  # seconds that closing waits for a question that is being answered

log = logging.getLogger(__name__)


@contextmanager
def live(
    settings: Settings,
    *,
    refresh_seconds: float = REFRESH_SECONDS,
    patience: float = PATIENCE,
    notices: Notices = SILENT,
) -> Iterator[LiveIndex]:
    """Yield an index that follows the newest generation. A missing one is built first, reported to `notices`."""
    prompts = load_prompts(settings.prompts_dir)
    index = index_or_new(settings, prompts, notices)
    with notices.busy("Loading the model …"):
        live_index = LiveIndex(settings, prompts, index, refresh_seconds=refresh_seconds, patience=patience)
    try:
        yield live_index
    finally:
        live_index.close()


class LiveIndex:
    """Answers from the newest generation. Safe to use from any thread and any event loop.

    It owns the index `first`, and closes it. `refresh_seconds` is the time between two checks for a newer generation,
    `patience` how many seconds closing waits for a question that is being answered.
    """

    def __init__(
        self,
        settings: Settings,
        prompts: Prompts,
        first: SearchIndex,
        *,
        refresh_seconds: float = REFRESH_SECONDS,
        patience: float = PATIENCE,
    ) -> None:
        from index.storage.catalog.following import FollowedCatalog

        self._settings = settings
        self._prompts = prompts
        self._refresh_seconds = refresh_seconds
        self._patience = patience
        self._newest = open_generation(settings, prompts, first, previous=None)
        self._past: list[OpenGeneration] = []
        self._in_use: OpenGeneration | None = None
        self._is_closed = False
        self._question_lock = threading.Lock()
        self._refresh_lock = threading.Lock()
        self._state_lock = threading.Lock()
        self._published = FollowedCatalog(settings.data_dir)  # used under `_refresh_lock`
        self._readable = FollowedCatalog(settings.data_dir)  # used in the thread of `_reads`
        # torch keeps helper threads for each thread that calls it: all questions run in this one.
        self._questions = ThreadPoolExecutor(1, "questions")
        self._reads = ThreadPoolExecutor(1, "reads")
        self._replica = replica_of(settings)  # used under `_refresh_lock`
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="live-index", daemon=True)
        self._watcher.start()

    @property
    def generation(self) -> Generation:
        """Return the generation that the next question will be answered from."""
        return self._newest.generation

    @property
    def follows(self) -> bool:
        """True if another machine writes the index, to a Chroma server."""
        return self._newest.follows

    @property
    def is_closed(self) -> bool:
        """True once `close` has been called."""
        return self._is_closed

    async def run(self, work: Callable[[Parts], T]) -> T:
        """Call `use` in the thread of the questions. Cancelling this does not stop `work` once it runs."""
        self._refuse_if_closed()
        return await asyncio.get_running_loop().run_in_executor(self._questions, self.use, work)

    async def read(self, work: Callable[[Catalog], T]) -> T:
        """Return what `work` returns for the current catalog. It waits for other reads, but for no question.

        `work` must not write. Raises `NotIndexed`, `CatalogError`, and what `work` raises.
        """
        self._refuse_if_closed()
        return await asyncio.get_running_loop().run_in_executor(self._reads, self._read, work)

    def use(self, work: Callable[[Parts], T]) -> T:
        """Return what `work` returns for the newest generation. One call runs at a time, on one snapshot.

        If the generation turns out to be damaged, it is opened again (rebuilt if necessary) and `work` is called a
        second time. `work` must not call `use` itself.
        """
        with self._question_lock:
            with self._question() as used:
                try:
                    return work(used.parts)
                except (DerivedIndexError, DamagedCatalog) as error:
                    log.warning("%s: the index is opened again", error)
            with self._refresh_lock:
                if self._newest is used:  # otherwise another has replaced it meanwhile
                    self._switch()
            with self._question() as used:
                return work(used.parts)

    def refresh(self) -> None:
        """Switch to the generation that is published now: the next question is answered from it.

        Raises what opening it raises; the previous generation goes on answering then.
        """
        with self._refresh_lock:
            if self._is_closed:
                return
            self._close_past()
            if self._replica is not None:
                self._replica.bring_up_to_date()
            published = self._published.active()
            if published is None or published == self._newest.identity:
                # Nothing newer, or the index is gone: until it is rebuilt, the open one is all there is.
                self._stay_current()
            else:
                self._switch()

    def close(self) -> None:
        """Stop. Wait for the running question, for at most `patience` seconds; refuse those that wait.

        What a question kept open is closed by another call, after it.
        """
        with self._state_lock:
            is_first, self._is_closed = not self._is_closed, True
        if is_first:
            self._stop()
        if not self._question_lock.acquire(timeout=self._patience):
            log.warning("a question is still being answered after %.0f seconds; not waiting for it", self._patience)
            return
        try:
            with self._state_lock:
                past, self._past = self._past, []  # none is added from here on: `_switch` closes late ones itself
            for generation in (*past, self._newest):
                generation.close()
        finally:
            self._question_lock.release()

    def _stop(self) -> None:
        """End the threads, but for the one that answers a question."""
        self._stopping.set()
        self._questions.shutdown(wait=False)
        with suppress(FutureTimeout):
            self._reads.submit(self._readable.close).result(self._patience)
        self._reads.shutdown(wait=False)
        self._watcher.join(self._patience)

    @contextmanager
    def _question(self) -> Iterator[OpenGeneration]:
        """Yield the newest generation. It is not closed before the end of the context, whatever replaces it."""
        with self._state_lock:
            self._refuse_if_closed()
            used = self._in_use = self._newest
        try:
            self._renew(used)
            yield used
        finally:
            with self._state_lock:
                self._in_use = None

    def _read(self, work: Callable[[Catalog], T]) -> T:
        self._refuse_if_closed()
        catalog = self._readable.current()
        with catalog.reading():
            return work(catalog)

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise FootnoteError("Footnote is stopping; ask again in a minute")

    def _watch(self) -> None:
        """Refresh every so often; less often while that fails, which is logged once for each reason."""
        pause, logged = self._refresh_seconds, ""
        while not self._stopping.wait(pause):
            try:
                self.refresh()
                pause, logged = self._refresh_seconds, ""
            except Exception as error:  # whatever it is, it may be repaired by the next time
                pause = min(2 * pause, max(LONGEST_PAUSE, self._refresh_seconds))
                if logged != str(error):
                    logged = str(error)
                    log.warning(
                        "a newer index can't be used, generation %s goes on answering: %s",
                        self.generation.number,
                        error,
                        exc_info=None if isinstance(error, FootnoteError) else error,
                    )
        with self._refresh_lock:
            self._published.close()
            if self._replica is not None:
                self._replica.close()

    def _switch(self) -> None:
        """Open the published generation and make it the newest. Called under `_refresh_lock`."""
        from index.retrieval.search_index import SearchIndex

        started = time.monotonic()
        # If the generation is replaced and removed while it is being opened, `SearchIndex` opens the next one itself.
        index = SearchIndex(self._settings.data_dir, server=server_of(self._settings))
        newest = open_generation(self._settings, self._prompts, index, previous=self._newest)
        with self._state_lock:
            if self._is_closed:
                newest.close()
                return
            self._past.append(self._newest)
            self._newest = newest
        seconds = time.monotonic() - started
        log.info("generation %s answers from now on; it took %.1f seconds to open", newest.generation.number, seconds)
        self._close_past()

    def _close_past(self) -> None:
        """Close the replaced generations that no question uses. Called under `_refresh_lock`."""
        with self._state_lock:
            done = [generation for generation in self._past if generation is not self._in_use]
            self._past = [generation for generation in self._past if generation is self._in_use]
        for generation in done:
            generation.close()

    def _stay_current(self) -> None:
        """Renew the catalog's snapshot, so that SQLite can shorten its log. Called under `_refresh_lock`."""
        self._renew_if_idle()
        try:
            self._published.checkpoint_log()
        except FootnoteError as error:  # it can be shortened later
            log.info("the log of the catalog could not be shortened: %s", error)
        self._renew_if_idle()

    def _renew_if_idle(self) -> None:
        # Don't wait for a question: each renews the snapshot itself, and `_question_lock` must be taken before
        # `_refresh_lock`.
        if self._question_lock.acquire(blocking=False):
            try:
                if not self._is_closed:
                    self._renew(self._newest)
            finally:
                self._question_lock.release()

    def _renew(self, used: OpenGeneration) -> None:
        """Use the newest catalog, if it still belongs to this generation. Called under `_question_lock`."""
        try:
            used.parts.index.renew()
        except FootnoteError as error:  # the snapshot in use stays valid
            log.warning("the catalog can't be read again: %s", error)
