"""The live index: after another process publishes, the next question is answered from that, without a pause."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock, Timeout
from safetensors.torch import load_file, save_file

from bot.config.settings import load_settings
from bot.runtime.live_index import PATIENCE, LiveIndex, live
from bot.runtime.wiring import Parts
from bot.types import Answer
from index.config import DEFAULT_EMBED_MODEL, IndexConfig
from index.embedding.model_files import folder_of
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.errors import EmbedderError, FootnoteError, QuestionError
from index.ingestion.ingestion import Ingestion
from index.storage.catalog.catalog import Catalog
from index.storage.paths import CATALOG
from tests.support.command import in_a_process
from tests.support.library import Library

QUESTION = "Who built the mill?"
NEVER = 3600.0  # seconds between two refreshes: these tests refresh themselves
LONG = 600.0  # seconds; far more than anything takes, so that a busy machine fails no test


def built_in(year: int) -> dict[str, str]:
    """Return texts that name the year in every sentence."""
    return {
        "mill.md": f"# The mill of {year}\n\nThe mill was built in {year} by Anna Berg. "
        f"The tower of {year} is forty metres high.\n",
        "bakery.md": f"# The bakery of {year}\n\nAnna Berg, who built the mill, opened a bakery in {year}.\n",
    }


@pytest.fixture
def mill(library: Library) -> Library:
    """A library with generation 1, about a mill of 1801."""
    library.write(built_in(1801))
    library.ingest()
    return library


def opened(
    library: Library, *, refresh_seconds: float = NEVER, patience: float = PATIENCE
) -> AbstractContextManager[LiveIndex]:
    folders = {"SEEDS_DIR": str(library.seeds), "DATA_DIR": str(library.data)}
    return live(
        load_settings(folders, environment={}, folder=library.seeds.parent),
        refresh_seconds=refresh_seconds,
        patience=patience,
    )


def publish(library: Library, year: int) -> None:
    library.write(built_in(year))
    library.ingest()


@dataclass(frozen=True)
class Asked:
    """An answer with its generation, and the text of all documents in the same snapshot."""

    generation: int
    answer: Answer
    texts: str

    @property
    def years(self) -> set[str]:
        """The years in the answer, its citations, the passages and the documents."""
        said = [
            *(block.text for block in self.answer.blocks),
            *(citation.quote + citation.title for citation in self.answer.citations),
            *(passage.text + passage.title for passage in self.answer.passages),
            self.texts,
        ]
        words = " ".join(said).replace(".", " ").split()
        return {word for word in words if word.isdecimal()}


def ask(parts: Parts) -> Asked:
    with parts.index.pinned() as generation:
        answer = parts.engine.answer(QUESTION)
        documents = [parts.index.catalog.document(summary.path) for summary in parts.index.catalog.summaries()]
        texts = " ".join(document.text for document in documents if document is not None)
        return Asked(generation.generation.number, answer, texts)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def generations_opened(caplog: pytest.LogCaptureFixture) -> list[tuple[str | None, int]]:
    """Return the name of the thread and the number of each generation that was opened."""
    return [
        (record.threadName, int(str(record.args[0])))
        for record in caplog.records
        if record.name == "index.retrieval.search_index" and "is open" in record.msg and isinstance(record.args, tuple)
    ]


async def test_questions_are_answered_while_another_process_publishes(
    mill: Library, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    years = {1: "1801", 2: "1802", 3: "1803"}
    asked: list[Asked] = []
    with opened(mill, refresh_seconds=0.2) as index:
        done = asyncio.Event()

        async def keep_asking() -> None:
            while not done.is_set():
                asked.append(await index.run(ask))

        async def answered_from(generation: int) -> None:
            async with asyncio.timeout(LONG):
                while asked[-1].generation != generation:
                    await asyncio.sleep(0.05)

        askers = [asyncio.create_task(keep_asking()) for _ in range(3)]
        for generation in (2, 3):
            mill.write(built_in(int(years[generation])))
            said = await asyncio.to_thread(
                in_a_process, "--seeds", str(mill.seeds), "--data", str(mill.data), "index", folder=mill.seeds
            )
            assert said.code == 0, said.notices
            await answered_from(generation)
        done.set()
        await asyncio.gather(*askers)
    assert [one.generation for one in asked] == sorted(one.generation for one in asked), (
        "never an older one after a newer one"
    )
    assert {one.generation for one in asked} == {1, 2, 3}
    for one in asked:
        assert one.answer.citations
        assert one.years == {years[one.generation]}, "all of an answer is from one generation"
    opening = {thread for thread, generation in generations_opened(caplog) if generation > 1}
    assert opening == {"live-index"}, "no question waited for the opening"


def test_until_the_switch_the_old_generation_answers_completely(mill: Library) -> None:
    with opened(mill) as index:
        assert index.use(ask).years == {"1801"}
        publish(mill, 1802)
        publish(mill, 1803)
        before = index.use(ask)
        assert (before.generation, before.years) == (1, {"1801"})
        assert index.generation.number == 1
        index.refresh()
        after = index.use(ask)
        assert (after.generation, after.years) == (3, {"1803"})
        assert index.generation.number == 3


def test_a_question_keeps_its_generation_when_another_replaces_it(mill: Library) -> None:
    with opened(mill) as index:

        def slow(parts: Parts) -> Asked:
            publish(mill, 1802)
            refreshing = threading.Thread(target=index.refresh)
            refreshing.start()
            refreshing.join()
            assert index.generation.number == 2, "the next question will be answered from it"
            return ask(parts)

        assert index.use(slow).years == {"1801"}
        assert is_in_use(mill, 1), "the next refresh closes it"
        assert index.use(ask).years == {"1802"}
        index.refresh()
        assert not is_in_use(mill, 1)


def is_in_use(library: Library, generation: int) -> bool:
    """True if somebody holds a copy of a generation."""
    for path in (library.data / "generations" / str(generation) / "slots").glob("*.lock"):
        try:
            FileLock(path, timeout=0).acquire().lock.release()
        except Timeout:
            return True
    return False


def test_the_snapshot_is_renewed_and_the_log_of_the_catalog_does_not_grow(mill: Library) -> None:
    log_file = mill.data / f"{CATALOG}-wal"
    sizes = []
    with opened(mill) as index:
        for year in range(1802, 1816):
            publish(mill, year)
            index.refresh()
            assert index.use(ask).years == {str(year)}
            long_ago = time.time() - 60
            os.utime(log_file, (long_ago, long_ago))
            index.refresh()
            sizes.append(log_file.stat().st_size)
    assert sizes[-1] <= 2 * sizes[0]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads and files in /proc")
def test_twenty_generations_leave_nothing_open(mill: Library) -> None:
    def threads() -> int:
        return len(list(Path("/proc/self/task").iterdir()))

    with opened(mill) as index:
        counts = []
        for year in range(1802, 1822):
            publish(mill, year)
            index.refresh()
            assert index.use(ask).years == {str(year)}
            counts.append((open_files(), threads()))
        slots = [is_in_use(mill, generation) for generation in range(1, 22)]
        assert slots == [False] * 20 + [True]
        # Chroma ends its threads with some delay, so their number varies a little.
        wait_until(lambda: open_files() < counts[1][0] + 8 and threads() < counts[1][1] + 8)
    assert not is_in_use(mill, 21)
    before = open_files()
    with opened(mill) as index:
        index.use(ask)
    wait_until(lambda: open_files() <= before)


def saved_model(folder: Path, scale: float) -> str:
    """Save the default model with its weights scaled; return the folder."""
    source = folder_of(DEFAULT_EMBED_MODEL)
    assert source is not None
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    weights = {
        name: tensor * scale if "dense.weight" in name else tensor
        for name, tensor in load_file(folder / "model.safetensors").items()
    }
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return str(folder)


def publish_with(
    library: Library, model: str, year: int, *, renamed: Path | None = None
) -> SentenceTransformerEmbedder:
    """Publish with another model. Its folder is `renamed` after the model is loaded, before anything is published."""
    library.write(built_in(year))
    embedder = SentenceTransformerEmbedder(model)
    embedder.warm()
    if renamed is not None:
        Path(model).rename(renamed)
    Ingestion(library.data, library.seeds, IndexConfig(model), embedder).run()
    return embedder


def test_another_embedder_is_loaded_and_the_same_embedder_is_shared(mill: Library, tmp_path: Path) -> None:
    with opened(mill) as index:
        first = index.use(lambda parts: (parts.embedder, parts.reader))
        publish(mill, 1802)
        index.refresh()
        assert index.use(lambda parts: (parts.embedder, parts.reader)) == first
        for year, scale in ((1803, 1.1), (1804, 0.9)):  # another model, then other weights in the same place
            embedder = publish_with(mill, saved_model(tmp_path / "model", scale), year)
            index.refresh()
            assert index.use(ask).years == {str(year)}
            loaded = index.use(lambda parts: parts.embedder)
            assert loaded.identity == embedder.identity
            assert loaded.embed_question(QUESTION) == pytest.approx(embedder.embed_question(QUESTION))
            assert loaded is not first[0]


def test_if_the_embedder_of_a_new_generation_is_gone_the_old_generation_answers(
    mill: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(mill) as index:
        publish_with(mill, saved_model(tmp_path / "model", 1.1), 1802)
        shutil.rmtree(tmp_path / "model")
        for _ in range(3):
            with pytest.raises((FootnoteError, EmbedderError), match="run `footnote index`"):
                index.refresh()
            assert index.use(ask).years == {"1801"}
        assert not is_in_use(mill, 2)
        publish(mill, 1803)
        index.refresh()
        assert index.use(ask).years == {"1803"}
    assert caplog.records == [], "the caller of refresh gets the error, so nothing is logged"


def test_a_generation_that_cannot_be_opened_is_logged_once_and_retried(
    mill: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with opened(mill, refresh_seconds=0.01) as index:
        publish_with(mill, saved_model(tmp_path / "model", 1.1), 1802, renamed=tmp_path / "elsewhere")
        wait_until(lambda: len(generations_opened(caplog)) >= 4)
        attempts = [generation for _, generation in generations_opened(caplog)]
        assert index.use(ask).years == {"1801"}
        (tmp_path / "elsewhere").rename(tmp_path / "model")
        wait_until(lambda: index.generation.number == 2)
        assert index.use(ask).years == {"1802"}
    assert attempts[:4] == [1, 2, 2, 2]
    [warning] = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "generation 1 goes on answering" in warning.getMessage()
    assert warning.exc_info is None


def test_a_catalog_that_is_replaced_is_followed(mill: Library) -> None:
    with opened(mill) as index:
        (mill.data / CATALOG).rename(mill.data / "catalog.sqlite.damaged-1")
        index.refresh()
        assert index.use(ask).years == {"1801"}, "while the catalog is missing, the open generation answers"
        mill.write(built_in(1802))
        catalog = Catalog(mill.data / CATALOG)
        catalog.close()
        index.refresh()
        assert index.use(ask).years == {"1801"}, "and while the new catalog is empty"
        mill.ingest()
        assert index.use(ask).years == {"1801"}
        index.refresh()
        assert index.use(ask).years == {"1802"}
        assert asyncio.run(index.read(lambda catalog: catalog.document_count())) == 2


def test_a_data_folder_that_is_removed_and_rebuilt_is_followed_despite_the_same_numbers(
    mill: Library,
) -> None:
    with opened(mill) as index:
        shutil.rmtree(mill.data)
        index.refresh()
        publish(mill, 1802)
        index.refresh()
        after = index.use(ask)
        assert (after.generation, after.years) == (1, {"1802"})


def test_a_generation_that_is_damaged_before_it_is_opened_is_rebuilt(
    mill: Library, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(mill) as index:
        publish(mill, 1802)
        for file in (mill.data / "generations" / "2").rglob("*"):
            if file.is_file():
                file.write_bytes(b"damaged" * 100)
        assert index.use(ask).years == {"1801"}
        index.refresh()
        after = index.use(ask)
        assert (after.generation, after.years) == (3, {"1802"})
    assert "rebuilding it from the catalog" in caplog.text


def close_vectors(parts: Parts) -> None:
    """Close Chroma, so that it has to read its files again."""
    with parts.index.pinned() as opened:
        opened.vectors.close()


@pytest.mark.parametrize("damaged", ["slots/0", ""])
def test_a_generation_that_is_damaged_while_it_is_searched_still_answers(
    mill: Library, damaged: str, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(mill) as index:
        folder = mill.data / "generations" / "1" / damaged
        for file in folder.rglob("chroma.sqlite3"):
            file.write_bytes(b"damaged" * 1000)
        index.use(close_vectors)
        assert index.use(ask).years == {"1801"}
        assert index.use(ask).years == {"1801"}
    assert "the index is opened again" in caplog.text
    with opened(mill) as index:
        assert index.use(ask).years == {"1801"}, "no damaged copy is left for the next process"


def test_an_error_is_raised_to_the_caller_and_the_next_question_is_answered(mill: Library) -> None:
    with opened(mill) as index:
        with pytest.raises(QuestionError, match="empty"):
            index.use(lambda parts: parts.engine.answer(" "))
        assert index.use(ask).years == {"1801"}


def test_one_question_runs_at_a_time_however_many_threads_ask(mill: Library) -> None:
    busy = 0
    most = 0

    def work(_: Parts) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        time.sleep(0.001)
        busy -= 1

    with opened(mill) as index:
        threads = [threading.Thread(target=lambda: [index.use(work) for _ in range(20)]) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most == 1


@contextmanager
def question_running(index: LiveIndex) -> Iterator[tuple[asyncio.Task[str], threading.Event]]:
    """Yield a question that is being answered until the event is set."""
    running, go_on = threading.Event(), threading.Event()

    def slow(_: Parts) -> str:
        running.set()
        go_on.wait()
        return "slow"

    task = asyncio.ensure_future(index.run(slow))
    try:
        yield task, go_on
    finally:
        go_on.set()


async def test_the_catalog_can_be_read_while_questions_wait(mill: Library) -> None:
    with opened(mill) as index, question_running(index) as (task, go_on):
        waiting = [asyncio.create_task(index.run(ask)) for _ in range(50)]
        await asyncio.sleep(0)
        for _ in range(3):
            document = await index.read(lambda catalog: catalog.document("mill.md"))
            assert document is not None
            assert "1801" in document.text
        publish(mill, 1802)
        document = await index.read(lambda catalog: catalog.document("mill.md"))
        assert document is not None
        assert "1802" in document.text, "a read sees the newest catalog"
        assert not any(one.done() for one in waiting)
        go_on.set()
        assert await task == "slow"
        answers = await asyncio.gather(*waiting)
        assert {frozenset(one.years) for one in answers} == {frozenset({"1801"})}


async def test_cancelling_a_question_does_not_disturb_the_others(mill: Library) -> None:
    with opened(mill) as index, question_running(index) as (task, go_on):
        never = [asyncio.create_task(index.run(ask)) for _ in range(3)]
        after = asyncio.create_task(index.run(ask))
        await asyncio.sleep(0)
        for one in (task, *never):
            one.cancel()
        for one in (task, *never):
            with pytest.raises(asyncio.CancelledError):
                await one
        assert not after.done(), "a running question goes on"
        go_on.set()
        assert (await after).years == {"1801"}


async def test_closing_waits_for_the_running_question_and_refuses_the_others(mill: Library) -> None:
    with opened(mill) as index, question_running(index) as (task, go_on):
        waiting = asyncio.create_task(index.run(ask))
        await asyncio.sleep(0)
        closing = asyncio.create_task(asyncio.to_thread(index.close))
        while not index.is_closed:
            await asyncio.sleep(0.01)
        assert not closing.done()
        for refused in (index.run(ask), index.read(lambda catalog: catalog.document_count())):
            with pytest.raises(FootnoteError, match="stopping"):
                await refused
        go_on.set()
        assert await task == "slow"
        with pytest.raises(FootnoteError, match="stopping"):
            await waiting
        await closing
        with pytest.raises(FootnoteError, match="stopping"):
            index.use(ask)
        index.refresh()
        index.close()
    assert not is_in_use(mill, 1)


async def test_closing_waits_for_a_limited_time(mill: Library, caplog: pytest.LogCaptureFixture) -> None:
    with opened(mill, patience=0.1) as index, question_running(index) as (task, go_on):
        await asyncio.sleep(0)
        await asyncio.to_thread(index.close)
        assert "not waiting for it" in caplog.text
        go_on.set()
        assert await task == "slow"


class PausedOpening(logging.Handler):
    """Stops the thread that opens a generation, at the log message about it, until `go_on` is set."""

    def __init__(self, generation: int) -> None:
        super().__init__()
        self._generation = generation
        self.reached, self.go_on = threading.Event(), threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if "is open" in record.msg and record.args and self._generation in record.args:
            self.reached.set()
            self.go_on.wait()


def test_a_generation_that_is_being_opened_while_the_index_closes_is_closed_too(
    mill: Library, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    publish(mill, 1802)
    opening, logger = PausedOpening(generation=3), logging.getLogger("index.retrieval.search_index")
    logger.addHandler(opening)
    try:
        with opened(mill, patience=0.1) as index:
            publish(mill, 1803)
            refreshing = threading.Thread(target=index.refresh)
            refreshing.start()
            opening.reached.wait()
            index.close()
            opening.go_on.set()
            refreshing.join()
    finally:
        logger.removeHandler(opening)
    assert not is_in_use(mill, 2)
    assert not is_in_use(mill, 3)


def test_without_documents_it_cannot_be_opened(tmp_path: Path) -> None:
    nothing = Library(tmp_path / "nowhere", tmp_path / "data", SentenceTransformerEmbedder())
    with pytest.raises(FootnoteError, match="nowhere"), opened(nothing):
        pass
