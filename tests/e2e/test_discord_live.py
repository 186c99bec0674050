"""Another process rebuilds the index while the bot is asked: nobody waits for it, and nothing old is quoted then."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.discord.text import lines
from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from tests.e2e.discord_cases import ABSTENTION, BOLTON, BOLTON_SAID, Scene, project, scene
from tests.fake_discord.people import FakeDiscord
from tests.fake_discord.state import Interaction
from tests.fake_discord.waiting import text_of
from tests.support.command import in_a_process

MILL = "Who built the mill?"
BAKERY = "When does the bakery open?"
FERRY = "Where does the ferry land?"


def write(folder: Path, name: str, *lines: str) -> None:
    (folder / "seeds" / name).write_text("\n\n".join(lines) + "\n", encoding="utf-8")


def index(folder: Path) -> None:
    """`footnote index`, in a process of its own."""
    done = in_a_process("index", folder=folder, environment={"OMP_NUM_THREADS": "1"})
    assert done.code == 0, done.notices


@contextmanager
def asked_all_the_time(museum: Scene) -> Iterator[list[Interaction]]:
    """Somebody asks, is answered, and asks again, until the end of the context; all that they asked."""
    room, used, done = museum.room(), list[Interaction](), threading.Event()

    def ask() -> None:
        while not done.is_set():
            used.append(museum.discord.slash(museum.bob, room, "ask", question=BOLTON))
            museum.discord.wait_for_answer(used[-1])

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield used
    finally:
        done.set()
        asking.join()


def wait_for_answer_with(museum: Scene, question: str, words: str) -> None:
    """Ask until the answer has the words. The bot looks every second; a machine that does much else may take longer."""
    room, end = museum.room(), time.monotonic() + 300
    while words not in (said := text_of(museum.ask(museum.ada, room, question))):
        assert time.monotonic() < end, said
        time.sleep(0.1)


def test_the_next_question_is_answered_from_what_another_process_has_indexed(
    indexed: Path, tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    folder = project(indexed, tmp_path)
    write(folder, "mill.md", "# The mill", "The mill was built by Anna Berg for her sons. It stands by the river.")
    write(folder, "bakery.md", "# The bakery", "The bakery opens at five in the morning. Rye bread is sold there.")
    Ingestion(folder / ".footnote", folder / "seeds", IndexConfig(), embedder).run()
    discord = FakeDiscord(message_content="granted", interaction_deadline=600.0)
    with scene(discord, folder) as museum:
        room = museum.room()
        mill = museum.ask(museum.ada, room, MILL, "Anna Berg")
        bakery = museum.ask(museum.ada, room, BAKERY, "five in the morning")
        talks = museum.ask(museum.ada, room, BOLTON, BOLTON_SAID)
        museum.ask(museum.ada, room, FERRY, ABSTENTION)
        write(folder, "mill.md", "# The mill", "The mill was built by Clara Dorn for her sons. It stands by the river.")
        (folder / "seeds" / "bakery.md").unlink()
        write(folder, "ferry.md", "# The ferry", "The ferry lands at Dunmouth every hour. It carries lorries too.")
        with asked_all_the_time(museum) as used:
            index(folder)
            wait_for_answer_with(museum, FERRY, "Dunmouth")
        assert used
        assert [text_of(one) for asked in used for one in asked.messages if BOLTON_SAID not in text_of(one)] == []
        assert [len(one.messages) for one in used] == [1] * len(used)

        assert "Anna Berg" not in text_of(museum.ask(museum.ada, room, MILL, "Clara Dorn"))
        assert "five in the morning" not in text_of(museum.ask(museum.ada, room, BAKERY))
        assert "bakery.md" not in museum.command(museum.ada, room, "documents")
        typed = discord.autocomplete(museum.ada, room, "documents", "document", "ferry")
        assert discord.choices(typed) == ["The ferry (ferry.md)"]

        shown = text_of(museum.press(museum.ada, mill, "Sources"))
        assert "**The mill was built by Anna Berg for her sons." in shown
        assert lines.DOCUMENT_CHANGED in shown
        shown = text_of(museum.press(museum.ada, bakery, "Sources"))
        assert "**The bakery opens at five in the morning." in shown
        assert lines.DOCUMENT_GONE in shown
        assert "⚠️" not in text_of(museum.press(museum.ada, talks, "Sources", BOLTON_SAID))


def test_the_bot_follows_its_documents_where_it_is_told_to(indexed: Path, tmp_path: Path) -> None:
    folder = project(indexed, tmp_path)
    discord = FakeDiscord(message_content="granted", interaction_deadline=600.0)
    with scene(discord, folder, environment={"WATCH_SEEDS": "on"}) as museum:
        museum.ask(museum.ada, museum.room(), FERRY, ABSTENTION)
        write(folder, "ferry.md", "# The ferry", "The ferry lands at Dunmouth every hour. It carries lorries too.")
        wait_for_answer_with(museum, FERRY, "Dunmouth")
