"""Measure how `footnote serve` handles load: one process, over sockets, against the Discord of the tests.

    python -m tests.benchmarks.discord_load [--documents N] [--people N] [--questions N] [--keep DIR]

Prints a small table, times in milliseconds. The questions are distinct ones of squad2, over its documents and as many
of wiki; without these sets, those of the answer cases over `seeds`. This Discord limits no rates, so that the bot is
measured. It runs on the same processors, so that part of every time is its own.

"event loop" is the time until the bot's event loop answers a ping of the gateway's protocol, twenty times a second:
when idle, and while the questions run. "acknowledged" and "answered" count from the moment of asking.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from bot.cli.answer_cases.cases import load_cases  # noqa: E402  (found only once the repository is on the path)
from bot.runtime.wiring import ingest  # noqa: E402
from index.config import DEFAULT_EMBED_MODEL  # noqa: E402
from tests.benchmarks.corpora import drawn, read_questions, written_corpus  # noqa: E402
from tests.benchmarks.measures import percentile  # noqa: E402
from tests.benchmarks.quality import index_key, say, settings_for  # noqa: E402
from tests.fake_discord.people import FakeDiscord  # noqa: E402
from tests.fake_discord.processes import Bot, running  # noqa: E402
from tests.fake_discord.state import Channel, Interaction, User  # noqa: E402
from tests.fake_discord.waiting import text_of  # noqa: E402

DATA = REPOSITORY.parent / "shared" / "data"
CORPORA = (DATA / "squad2" / "corpus.jsonl", DATA / "wiki" / "corpus.jsonl")
QUESTIONS = DATA / "squad2" / "questions.jsonl"
BETWEEN_PINGS = 0.05
IDLE_SECONDS = 5.0
PATIENCE = 600.0
GREEDY_QUESTIONS = 20
FERRY, LANDS = "Where does the ferry of Orkin land?", "Dunmouth"


@dataclass
class Table:
    """The figures, printed line by line as they are measured."""

    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, name: str, *figures: str) -> None:
        """Add a line."""
        self.rows.append((name, *figures))
        print(f"{name:<46}{'  '.join(f'{figure:>10}' for figure in figures)}", flush=True)

    def times(self, name: str, seconds: Sequence[float]) -> None:
        """Add a line with p50, p95 and maximum, in milliseconds."""
        if seconds:
            shown = (percentile(seconds, 50), percentile(seconds, 95), max(seconds))
            self.add(name, *(f"{1000 * (one or 0.0):,.1f}" for one in shown))


class Load:
    """A bot under load."""

    def __init__(self, discord: FakeDiscord, bot: Bot, questions: Sequence[str], table: Table) -> None:
        self.discord = discord
        self.bot = bot
        self.table = table
        self._questions = list(questions)
        self._asked = 0
        self._guild = discord.add_guild("Museum")

    def people(self, count: int) -> list[User]:
        """Return new people."""
        return [self.discord.add_member(self._guild, f"person {one}") for one in range(count)]

    def room(self) -> Channel:
        """Return a new channel."""
        return self.discord.add_channel(self._guild, "hall")

    def ask(self, person: User, room: Channel) -> Interaction:
        """Ask the next question."""
        self._asked += 1
        question = self._questions[(self._asked - 1) % len(self._questions)]
        return self.discord.slash(person, room, "ask", question=question)

    def wait(self, used: Sequence[Interaction]) -> None:
        """Wait until every question is answered, and check that each is answered once."""
        for one in used:
            self.discord.wait_for(lambda one=one: self._is_answered(one), what="an answer", seconds=PATIENCE)  # type: ignore[misc]
        assert [len(one.messages) for one in used] == [1] * len(used)

    @staticmethod
    def _is_answered(used: Interaction) -> bool:
        """Return True if a question has more than its place in the queue."""
        return bool(used.messages) and "before yours" not in text_of(used.messages[0])

    @contextmanager
    def pinged(self) -> Iterator[list[float]]:
        """Ping the bot's event loop until the end of the context; return the round trips in seconds."""
        found: list[float] = []
        before = {connection: len(connection.round_trips) for connection in self.discord.connections}
        done = threading.Event()

        def ping() -> None:
            while not done.wait(BETWEEN_PINGS):
                self.discord.ping_connections()

        pinging = threading.Thread(target=ping)
        pinging.start()
        try:
            yield found
        finally:
            done.set()
            pinging.join()
            for connection in self.discord.connections:
                found += connection.round_trips[before.get(connection, 0) :]

    @property
    def memory(self) -> float:
        """Return the resident memory of the bot's process in MiB."""
        told = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.bot.process.pid)], capture_output=True, text=True, check=True
        )
        return int(told.stdout) / 1024


def waits(used: Sequence[Interaction]) -> list[float]:
    """Return the seconds from asking to the last edit of each answer."""
    return [max(at for at, _ in one.messages[0].versions) - one.sent_at for one in used]


def acknowledgements(used: Sequence[Interaction]) -> list[float]:
    """Return the seconds from asking to "thinking …"."""
    return [one.seconds_to_acknowledge or 0.0 for one in used]


def one_at_a_time(load: Load, count: int) -> None:
    """Measure the time of an answer if nobody else asks."""
    person, room, used = load.people(1)[0], load.room(), []
    for _ in range(count):
        used.append(load.ask(person, room))
        load.wait(used[-1:])
    load.table.times("answered, one at a time", waits(used))


def at_once(load: Load, people: int, cut: bool) -> None:
    """Measure the times if all people ask at the same moment."""
    name = f"{people} people at once" + (", connection cut" if cut else "")
    everyone, room = load.people(people), load.room()
    with load.pinged() as trips:
        used = [load.ask(person, room) for person in everyone[: people // 2]]
        if cut:
            load.wait(used[:1])
            load.discord.cut_connections()
        used += [load.ask(person, room) for person in everyone[people // 2 :]]
        load.wait(used)
    load.table.times(f"{name}: acknowledged", acknowledgements(used))
    load.table.times(f"{name}: answered", waits(used))
    load.table.times(f"{name}: event loop", trips)


def greedy(load: Load) -> None:
    """Measure the times of people who ask after one person has asked many questions."""
    person, *others = load.people(11)
    room = load.room()
    own = [load.ask(person, room) for _ in range(GREEDY_QUESTIONS)]
    used = [load.ask(other, room) for other in others]
    load.wait(used)
    load.wait(own)
    refused = [one for one in own if "are waiting already" in text_of(one.messages[0])]
    load.table.times("10 people behind one who asks 20: answered", waits(used))
    load.table.add("… of the 20 told to wait for the others", str(len(refused)))


def many(load: Load, count: int, people: int) -> None:
    """Measure memory before and after many questions."""
    before = load.memory
    everyone, room = load.people(people), load.room()
    started = time.monotonic()
    with load.pinged() as trips:
        for first in range(0, count, people):
            load.wait([load.ask(person, room) for person in everyone[: count - first]])
    seconds = time.monotonic() - started
    load.table.add(f"{count} questions: a second", f"{count / seconds:.1f}")
    load.table.times(f"{count} questions: event loop", trips)
    load.table.add(f"{count} questions: MiB before, after", f"{before:,.0f}", f"{load.memory:,.0f}")


def rebuilt(load: Load, seeds: Path, data: Path) -> None:
    """Measure how soon a document that another process indexes is answered from, and how long others wait."""
    (seeds / "ferry.md").write_text(f"# The ferry\n\nThe ferry of Orkin lands at {LANDS} every hour.\n", "utf-8")
    indexing = subprocess.Popen(
        [sys.executable, "-m", "bot", "--seeds", str(seeds), "--data", str(data), "index"],
        cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    person, room, used, ended = load.people(1)[0], load.room(), [], 0.0
    with load.pinged() as trips:
        while True:
            if not ended and indexing.poll() is not None:
                ended = time.monotonic()
            used.append(load.ask(person, room))
            load.wait(used[-1:])
            asked = load.discord.slash(person, room, "ask", question=FERRY)
            load.wait([asked])
            if LANDS in text_of(asked.messages[0]):
                break
            assert not ended or time.monotonic() < ended + PATIENCE
    seconds = time.monotonic() - ended if ended else 0.0  # the index is published a moment before its process ends
    indexing.wait()
    load.table.times("while another process indexes: answered", waits(used))
    load.table.times("while another process indexes: event loop", trips)
    load.table.add("seconds from its end to answers from the new", f"{seconds:.1f}")


def heartbeats(load: Load) -> None:
    """Check that heartbeats were on time throughout."""
    connections = load.discord.connections
    gaps = [gap for one in connections for gap in one.gaps]
    interval = max(one.interval for one in connections)
    load.table.add(f"heartbeats, due every {interval:g} s: longest gap", f"{max(gaps, default=0.0):.2f} s")


def measure(seeds: Path, data: Path, questions: Sequence[str], arguments: argparse.Namespace) -> Table:
    """Measure everything with one bot."""
    table = Table()
    table.add("", "p50", "p95", "max")
    environment = {
        "SEEDS_DIR": str(seeds), "DATA_DIR": str(data), "QUESTIONS_PER_MINUTE": "1000", "QUEUE_SIZE": "10000",
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, FakeDiscord(message_content="granted", generous=True) as discord:
        started = time.monotonic()
        with running(discord, Path(folder), environment=environment) as bot:
            table.add("seconds to start", f"{time.monotonic() - started:.1f}")
            load = Load(discord, bot, questions, table)
            one_at_a_time(load, 5)
            with load.pinged() as trips:
                time.sleep(IDLE_SECONDS)
            table.times("idle: event loop", trips)
            one_at_a_time(load, 20)
            at_once(load, arguments.people, cut=False)
            at_once(load, arguments.people, cut=True)
            greedy(load)
            many(load, arguments.questions, arguments.people)
            rebuilt(load, seeds, data)
            heartbeats(load)
            started = time.monotonic()
            bot.stop()
            table.add("seconds to stop", f"{time.monotonic() - started:.1f}")
            print(bot.output, file=sys.stderr)
        discord.check()
    return table


def questions_of(count: int) -> list[str]:
    """Return `count` distinct questions, drawn with a fixed seed; those of the answer cases without the set."""
    if QUESTIONS.is_file():
        return [one.question for one in drawn(read_questions(QUESTIONS), count)]
    return [case.questions[-1] for case in load_cases((REPOSITORY / "tests" / "answers",))]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int, default=600, metavar="N", help="number of documents of each corpus")
    parser.add_argument("--people", type=int, default=50, metavar="N", help="number of people who ask at once")
    parser.add_argument(
        "--questions", type=int, default=500, metavar="N", help="number of questions for the memory figure"
    )
    parser.add_argument("--keep", type=Path, metavar="PATH", help="keep the index in this folder, and reuse it")
    chosen = parser.parse_args(arguments)
    sources = [path for path in CORPORA if path.is_file()]
    questions = questions_of(max(chosen.questions, 10 * chosen.people))
    with written_corpus(sources, chosen.keep, index_key(DEFAULT_EMBED_MODEL), chosen.documents) as corpus:
        (corpus.seeds / "ferry.md").unlink(missing_ok=True)
        if not sources:
            for path in (REPOSITORY / "seeds").glob("*.*"):
                (corpus.seeds / path.name).write_bytes(path.read_bytes())
        say(f"indexing {len(list(corpus.seeds.iterdir())):,} documents …")
        ingest(settings_for(corpus))
        measure(corpus.seeds, corpus.data, questions, chosen)


if __name__ == "__main__":
    main()
