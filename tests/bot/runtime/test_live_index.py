"""The live index: another process publishes, and the next question is answered from that, without a pause between."""

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
from tests.conftest import Library
from tests.e2e.conftest import in_a_process

QUESTION = "Who built the mill?"
NEVER = 3600.0  # seconds between looks: these tests look themselves


def built_in(year: int) -> dict[str, str]:
    """A text that says in every sentence which one it is."""
    return {
        "mill.md": f"# The mill of {year}\n\nThe mill was built in {year} by Anna Berg. "
        f"The tower of {year} is forty metres high.\n",
        "bakery.md": f"# The bakery of {year}\n\nAnna Berg, who built the mill, opened a bakery in {year}.\n",
    }


@pytest.fixture
def mill(library: Library) -> Library:
    """Generation 1: a mill of 1801."""
    library.write(built_in(1801))
    library.ingest()
    return library


def opened(
    library: Library, look_seconds: float = NEVER, patience: float = PATIENCE
) -> AbstractContextManager[LiveIndex]:
    folders = {"SEEDS_DIR": str(library.seeds), "DATA_DIR": str(library.data)}
    return live(
        load_settings(folders, environment={}, folder=library.seeds.parent),
        look_seconds=look_seconds,
        patience=patience,
    )


def publish(library: Library, year: int) -> None:
    library.write(built_in(year))
    library.ingest()


@dataclass(frozen=True)
class Asked:
    """An answer, with the generation that it is from and the whole text of the documents at that moment."""

    generation: int
    answer: Answer
    texts: str

    @property
    def years(self) -> set[str]:
        """The years of all that was answered, quoted, searched and read."""
        said = [
            *(sentence.text for sentence in self.answer.sentences),
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


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def generations_opened(caplog: pytest.LogCaptureFixture) -> list[tuple[str | None, int]]:
    """Which thread opened which generation."""
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
    with opened(mill, 0.2) as index:
        done = asyncio.Event()

        async def keep_asking() -> None:
            while not done.is_set():
                asked.append(await index.run(ask))

        async def heard_of(generation: int) -> None:
            async with asyncio.timeout(60):
                while asked[-1].generation != generation:
                    await asyncio.sleep(0.05)

        askers = [asyncio.create_task(keep_asking()) for _ in range(3)]
        for generation in (2, 3):
            mill.write(built_in(int(years[generation])))
            said = await asyncio.to_thread(
                in_a_process, "--seeds", str(mill.seeds), "--data", str(mill.data), "index", folder=mill.seeds
            )
            assert said.code == 0, said.notices
            await heard_of(generation)
        done.set()
        await asyncio.gather(*askers)
    assert [one.generation for one in asked] == sorted(one.generation for one in asked), "never back again"
    assert {one.generation for one in asked} == {1, 2, 3}
    for one in asked:
        assert one.answer.citations
        assert one.years == {years[one.generation]}, "all of an answer is of one generation"
    opening = {thread for thread, generation in generations_opened(caplog) if generation > 1}
    assert opening == {"live-index"}, "no question has waited for the opening"


def test_between_publication_and_switch_the_old_generation_answers_whole(mill: Library) -> None:
    with opened(mill) as index:
        assert index.use(ask).years == {"1801"}
        publish(mill, 1802)
        publish(mill, 1803)
        before = index.use(ask)
        assert (before.generation, before.years) == (1, {"1801"})
        assert index.generation.number == 1
        index.look()
        after = index.use(ask)
        assert (after.generation, after.years) == (3, {"1803"})
        assert index.generation.number == 3


def test_a_question_keeps_to_its_generation_though_another_takes_over_meanwhile(mill: Library) -> None:
    with opened(mill) as index:

        def slow(parts: Parts) -> Asked:
            publish(mill, 1802)
            looking = threading.Thread(target=index.look)
            looking.start()
            looking.join()
            assert index.generation.number == 2, "the next question will be answered from it"
            return ask(parts)

        assert index.use(slow).years == {"1801"}
        assert is_in_use(mill, 1), "it is closed by the next look"
        assert index.use(ask).years == {"1802"}
        index.look()
        assert not is_in_use(mill, 1)


def is_in_use(library: Library, generation: int) -> bool:
    """Whether somebody holds a copy of a generation."""
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
            index.look()
            assert index.use(ask).years == {str(year)}
            long_ago = time.time() - 60
            os.utime(log_file, (long_ago, long_ago))
            index.look()
            sizes.append(log_file.stat().st_size)
    assert sizes[-1] <= 2 * sizes[0]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads and files as Linux does")
def test_twenty_generations_leave_nothing_open(mill: Library) -> None:
    def threads() -> int:
        return len(list(Path("/proc/self/task").iterdir()))

    with opened(mill) as index:
        counts = []
        for year in range(1802, 1822):
            publish(mill, year)
            index.look()
            assert index.use(ask).years == {str(year)}
            counts.append((open_files(), threads()))
        slots = [is_in_use(mill, generation) for generation in range(1, 22)]
        assert slots == [False] * 20 + [True]
        # Chroma's threads end when they get to it, so there are some more or fewer at times.
        wait_until(lambda: open_files() < counts[1][0] + 8 and threads() < counts[1][1] + 8)
    assert not is_in_use(mill, 21)
    before = open_files()
    with opened(mill) as index:
        index.use(ask)
    assert open_files() <= before


def saved_model(folder: Path, scale: float) -> str:
    """The default model with weights of its own: where it lies."""
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


def publish_with(library: Library, model: str, year: int) -> SentenceTransformerEmbedder:
    library.write(built_in(year))
    embedder = SentenceTransformerEmbedder(model)
    Ingestion(library.data, library.seeds, IndexConfig(model), embedder).run()
    return embedder


def test_another_embedder_is_loaded_and_the_same_one_is_shared(mill: Library, tmp_path: Path) -> None:
    with opened(mill) as index:
        first = index.use(lambda parts: (parts.embedder, parts.reader))
        publish(mill, 1802)
        index.look()
        assert index.use(lambda parts: (parts.embedder, parts.reader)) == first
        for year, scale in ((1803, 1.1), (1804, 0.9)):  # another model, then other weights in the same place
            embedder = publish_with(mill, saved_model(tmp_path / "model", scale), year)
            index.look()
            assert index.use(ask).years == {str(year)}
            loaded = index.use(lambda parts: parts.embedder)
            assert loaded.identity == embedder.identity
            assert loaded.embed_question(QUESTION) == pytest.approx(embedder.embed_question(QUESTION))
            assert loaded is not first[0]


def test_a_generation_whose_embedder_is_gone_is_not_switched_to_and_the_old_one_answers(
    mill: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(mill) as index:
        publish_with(mill, saved_model(tmp_path / "model", 1.1), 1802)
        shutil.rmtree(tmp_path / "model")
        for _ in range(3):
            with pytest.raises((FootnoteError, EmbedderError), match="run `footnote index`"):
                index.look()
            assert index.use(ask).years == {"1801"}
        assert not is_in_use(mill, 2)
        publish(mill, 1803)
        index.look()
        assert index.use(ask).years == {"1803"}
    assert caplog.records == [], "whoever looks is told, so nothing is logged"


def test_what_can_not_be_opened_is_logged_once_and_tried_again_until_it_can(
    mill: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with opened(mill, 0.01) as index:
        with index._looking:  # nothing is looked for before the model is gone again
            publish_with(mill, saved_model(tmp_path / "model", 1.1), 1802)
            (tmp_path / "model").rename(tmp_path / "elsewhere")
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
        index.look()
        assert index.use(ask).years == {"1801"}, "while it is gone, what is open answers"
        mill.write(built_in(1802))
        catalog = Catalog(mill.data / CATALOG)
        catalog.close()
        index.look()
        assert index.use(ask).years == {"1801"}, "and while the new one is being filled"
        mill.ingest()
        assert index.use(ask).years == {"1801"}
        index.look()
        assert index.use(ask).years == {"1802"}
        assert asyncio.run(index.read(lambda catalog: catalog.document_count())) == 2


def test_a_data_folder_that_is_removed_and_built_anew_is_followed_though_the_numbers_are_the_same(
    mill: Library,
) -> None:
    with opened(mill) as index:
        shutil.rmtree(mill.data)
        index.look()
        publish(mill, 1802)
        index.look()
        after = index.use(ask)
        assert (after.generation, after.years) == (1, {"1802"})


def test_a_generation_that_is_damaged_before_it_is_opened_is_rebuilt_beside_the_old_one(
    mill: Library, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(mill) as index:
        publish(mill, 1802)
        for file in (mill.data / "generations" / "2").rglob("*"):
            if file.is_file():
                file.write_bytes(b"damaged" * 100)
        assert index.use(ask).years == {"1801"}
        index.look()
        after = index.use(ask)
        assert (after.generation, after.years) == (3, {"1802"})
    assert "rebuilding it from the catalog" in caplog.text


@pytest.mark.parametrize("damaged", ["slots/0", ""])
def test_a_generation_that_is_damaged_while_it_is_searched_still_answers(
    mill: Library, damaged: str, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(mill) as index:
        folder = mill.data / "generations" / "1" / damaged
        for file in folder.rglob("chroma.sqlite3"):
            file.write_bytes(b"damaged" * 1000)
        index._newest.parts.index._opened.vectors.close()  # type: ignore[union-attr] # what it has read must be read anew
        assert index.use(ask).years == {"1801"}
        assert index.use(ask).years == {"1801"}
    assert "the index is opened anew" in caplog.text
    with opened(mill) as index:
        assert index.use(ask).years == {"1801"}, "no damaged copy was left for the next one"


def test_an_error_goes_to_who_asked_and_the_next_question_is_answered(mill: Library) -> None:
    with opened(mill) as index:
        with pytest.raises(QuestionError, match="empty"):
            index.use(lambda parts: parts.engine.answer(" "))
        assert index.use(ask).years == {"1801"}


def test_one_question_at_a_time_from_however_many_threads(mill: Library) -> None:
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
def held_up(index: LiveIndex) -> Iterator[tuple[asyncio.Task[str], threading.Event]]:
    """A question that is being answered until the event is set."""
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


async def test_reading_goes_on_while_questions_wait(mill: Library) -> None:
    with opened(mill) as index, held_up(index) as (task, go_on):
        waiting = [asyncio.create_task(index.run(ask)) for _ in range(50)]
        await asyncio.sleep(0)
        for _ in range(3):
            document = await index.read(lambda catalog: catalog.document("mill.md"))
            assert document is not None
            assert "1801" in document.text
        publish(mill, 1802)
        document = await index.read(lambda catalog: catalog.document("mill.md"))
        assert document is not None
        assert "1802" in document.text, "reads are of now"
        assert not any(one.done() for one in waiting)
        go_on.set()
        assert await task == "slow"
        answers = await asyncio.gather(*waiting)
        assert {frozenset(one.years) for one in answers} == {frozenset({"1801"})}


async def test_whoever_is_cancelled_disturbs_nobody(mill: Library) -> None:
    with opened(mill) as index, held_up(index) as (task, go_on):
        never = [asyncio.create_task(index.run(ask)) for _ in range(3)]
        after = asyncio.create_task(index.run(ask))
        await asyncio.sleep(0)
        for one in (task, *never):
            one.cancel()
        for one in (task, *never):
            with pytest.raises(asyncio.CancelledError):
                await one
        assert not after.done(), "what runs, runs on"
        go_on.set()
        assert (await after).years == {"1801"}


async def test_closing_waits_for_the_running_question_and_refuses_the_others(mill: Library) -> None:
    with opened(mill) as index, held_up(index) as (task, go_on):
        waiting = asyncio.create_task(index.run(ask))
        await asyncio.sleep(0)
        closing = asyncio.create_task(asyncio.to_thread(index.close))
        while not index._is_closed:
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
        index.look()
        index.close()
    assert not is_in_use(mill, 1)


async def test_closing_does_not_wait_for_ever(mill: Library, caplog: pytest.LogCaptureFixture) -> None:
    with opened(mill, patience=0.1) as index, held_up(index) as (task, go_on):
        await asyncio.sleep(0)
        await asyncio.to_thread(index.close)
        assert "not waiting for it" in caplog.text
        go_on.set()
        assert await task == "slow"


def test_a_generation_that_is_being_opened_at_the_end_is_closed_too(mill: Library) -> None:
    publish(mill, 1802)
    with opened(mill, patience=0.1) as index:
        publish(mill, 1803)
        with index._looking:
            index.close()
            index._switch()
    assert not is_in_use(mill, 2)
    assert not is_in_use(mill, 3)


def test_without_documents_there_is_nothing_to_keep_open(tmp_path: Path) -> None:
    nothing = Library(tmp_path / "nowhere", tmp_path / "data", SentenceTransformerEmbedder())
    with pytest.raises(FootnoteError, match="nowhere"), opened(nothing):
        pass
