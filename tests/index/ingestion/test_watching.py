"""A watched folder: changes are indexed, bursts are indexed together, errors are reported and retried."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from index.config import IndexConfig
from index.ingestion.ingestion import Ingestion
from index.ingestion.report import Report
from index.ingestion.watching import Watching
from index.storage.writer_lock import writer_lock
from tests.support.library import Library

MAX_WAIT = 120.0  # seconds, far more than needed: a busy machine must not fail a test


class Followed:
    """Reports and errors of a watched folder."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.errors: list[str] = []

    def wait(self, done: Callable[[], bool]) -> None:
        """Wait until a condition holds."""
        end = time.monotonic() + MAX_WAIT
        while not done():
            assert time.monotonic() < end, (self.reports, self.errors)
            time.sleep(0.05)

    @property
    def last(self) -> Report:
        """The report of the last run."""
        return self.reports[-1]


@contextmanager
def following(library: Library) -> Iterator[Followed]:
    """Watch a library's folder in a thread."""
    followed = Followed()
    ingestion = Ingestion(library.data, library.seeds, IndexConfig(), library.embedder)
    watching = Watching(
        library.data,
        library.seeds,
        run=ingestion.run,
        on_report=followed.reports.append,
        on_error=lambda error: followed.errors.append(str(error)),
    )
    thread = threading.Thread(target=watching.follow)
    thread.start()
    try:
        yield followed
    finally:
        watching.stop()
        thread.join(MAX_WAIT)
        assert not thread.is_alive()


@pytest.fixture
def town(library: Library) -> Iterator[tuple[Library, Followed]]:
    """Watch a folder of four documents until they are indexed."""
    library.write({name: f"This is {name}." for name in ("a.txt", "b.txt", "c.txt", "d/e.txt")})
    with following(library) as followed:
        followed.wait(lambda: bool(followed.reports))
        assert len(followed.last.added) == 4
        yield library, followed


def test_every_kind_of_change_is_indexed(town: tuple[Library, Followed]) -> None:
    library, followed = town
    library.write({"a.txt": "This is another a.", "new/f.txt": "This is new."})
    (library.seeds / "b.txt").rename(library.seeds / "d" / "b.txt")
    (library.seeds / "c.txt").unlink()
    followed.wait(lambda: len(followed.reports) > 1)
    assert followed.last.added == ("new/f.txt",)
    assert followed.last.changed == ("a.txt",)
    assert followed.last.renamed == ("d/b.txt",)
    assert followed.last.removed == ("c.txt",)


def test_a_burst_of_changes_is_indexed_together(town: tuple[Library, Followed]) -> None:
    library, followed = town
    for number in range(30):
        library.write({f"many/{number}.txt": f"This is number {number}."})
        time.sleep(0.02)
    followed.wait(lambda: sum(len(one.added) for one in followed.reports) == 34)
    assert len(followed.reports) <= 3


def test_a_file_that_is_still_being_written_is_not_indexed_yet(town: tuple[Library, Followed]) -> None:
    library, followed = town
    path = library.seeds / "long.txt"
    with path.open("w") as file:
        for number in range(8):
            file.write(f"Line {number} of the long text.\n")
            file.flush()
            time.sleep(0.4)
    followed.wait(lambda: len(followed.reports) > 1)
    assert len(followed.reports) == 2
    assert (followed.last.added, followed.last.changed) == (("long.txt",), ())
    assert not followed.errors


def test_a_file_that_replaces_another_is_indexed(town: tuple[Library, Followed]) -> None:
    library, followed = town
    library.write({".a.txt.swp": "This is saved.", "a.txt~": "backup"})
    (library.seeds / ".a.txt.swp").replace(library.seeds / "a.txt")
    followed.wait(lambda: len(followed.reports) > 1)
    assert (followed.last.changed, followed.last.added) == (("a.txt",), ())


def test_hidden_and_ignored_files_are_skipped_and_changed_ignore_rules_apply(town: tuple[Library, Followed]) -> None:
    library, followed = town
    library.write({".hidden": "x", ".git/config": "x", "d/part.tmp": "x"})
    time.sleep(3)
    assert len(followed.reports) == 1
    library.write({".footnoteignore": "d/\n"})
    followed.wait(lambda: len(followed.reports) > 1)
    assert followed.last.removed == ("d/e.txt",)


def test_a_link_to_a_file_outside_is_refused(town: tuple[Library, Followed]) -> None:
    library, followed = town
    outside = library.seeds.with_name("secret.txt")
    outside.write_text("This is secret.")
    (library.seeds / "link.txt").symlink_to(outside)
    followed.wait(lambda: len(followed.reports) > 1)
    assert [(one.path, "leaves the seeds folder" in one.reason) for one in followed.last.unreadable] == [
        ("link.txt", True)
    ]
    assert followed.last.added == ()


def test_a_folder_that_disappears_and_returns_is_indexed_again(town: tuple[Library, Followed]) -> None:
    library, followed = town
    away = library.seeds.with_name("away")
    library.seeds.rename(away)
    followed.wait(lambda: bool(followed.errors))
    assert "is its disk mounted" in followed.errors[0] or "There is no folder" in followed.errors[0]
    (away / "a.txt").write_text("This was changed while it was away.")
    away.rename(library.seeds)
    followed.wait(lambda: len(followed.reports) > 1)
    assert followed.last.changed == ("a.txt",)
    assert len(followed.errors) == 1, "the same error is reported once"
    library.write({"b.txt": "The new folder is followed too."})
    followed.wait(lambda: len(followed.reports) > 2)
    assert followed.last.changed == ("b.txt",)


def test_losing_more_than_half_of_the_documents_is_reported_and_not_indexed(town: tuple[Library, Followed]) -> None:
    library, followed = town
    for name in ("a.txt", "b.txt", "c.txt"):
        (library.seeds / name).unlink()
    followed.wait(lambda: bool(followed.errors))
    assert "3 of the 4 indexed documents" in followed.errors[0]
    library.write({"a.txt": "This is a.txt.", "b.txt": "This is b.txt."})
    followed.wait(lambda: len(followed.reports) > 1)
    assert followed.last.removed == ("c.txt",)


def test_indexing_waits_for_another_writer(town: tuple[Library, Followed]) -> None:
    library, followed = town
    with writer_lock(library.data):
        library.write({"a.txt": "This is another a."})
        time.sleep(3)
        assert len(followed.reports) == 1
    followed.wait(lambda: len(followed.reports) > 1)
    assert (followed.last.changed, followed.errors) == (("a.txt",), [])


def test_a_deleted_index_is_rebuilt(town: tuple[Library, Followed]) -> None:
    library, followed = town
    shutil.rmtree(library.data)
    library.write({"a.txt": "This is another a."})
    followed.wait(lambda: len(followed.reports) > 1)
    assert len(followed.last.added) == 4
