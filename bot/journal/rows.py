"""The journal's rows: their tables, how they are written, and what is made of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.types import Citation, Disagreement, JournalEntry, Sentence, Source, Timings

# To be raised whenever what is kept of an answer changes so that a row of before can't be read;
# `tests/bot/journal/test_journal.py` notices changes.
SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE entry (
    number INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE, asked_at REAL NOT NULL, asker INTEGER NOT NULL,
    server INTEGER, channel INTEGER NOT NULL, private INTEGER NOT NULL, surface TEXT NOT NULL,
    abstained INTEGER NOT NULL, previous TEXT, seconds REAL NOT NULL, body TEXT NOT NULL);
CREATE INDEX entry_at ON entry (asked_at);
CREATE INDEX entry_of_asker ON entry (asker);
CREATE INDEX entry_in_channel ON entry (channel, asked_at);
CREATE INDEX entry_in_server ON entry (server, asked_at);
CREATE INDEX entry_after ON entry (previous);
CREATE TABLE message (
    id INTEGER PRIMARY KEY, reference TEXT NOT NULL REFERENCES entry (reference) ON DELETE CASCADE);
CREATE INDEX message_of_entry ON message (reference);
CREATE TABLE rating (
    reference TEXT NOT NULL REFERENCES entry (reference) ON DELETE CASCADE, person INTEGER NOT NULL,
    helpful INTEGER NOT NULL, wrong TEXT NOT NULL, right TEXT NOT NULL, rated_at REAL NOT NULL,
    PRIMARY KEY (reference, person));
CREATE INDEX rating_of_person ON rating (person);
"""

ENTRY_QUERY = (
    "SELECT reference, asked_at, asker, server, channel, private, surface, abstained, previous, body FROM entry"
)
RATING_QUERY = "SELECT reference, person, helpful, wrong, right, rated_at FROM rating"

# The entries of a person, and what came of "Search wider" on them, whoever pressed it: the words are that person's.
_OF_PERSON = (
    "WITH RECURSIVE own (reference) AS (SELECT reference FROM entry WHERE asker = ? UNION "
    "SELECT entry.reference FROM own JOIN entry ON entry.previous = own.reference AND entry.surface = 'wider') "
    "SELECT reference FROM own"
)

# Everything that follows on an entry, however far: what was searched for it may repeat words of that entry.
_UNSEARCHED_AFTER = (
    "WITH RECURSIVE after (reference) AS (SELECT reference FROM entry WHERE previous = ? UNION "
    "SELECT entry.reference FROM after JOIN entry ON entry.previous = after.reference) "
    "UPDATE entry SET body = json_set(body, '$.searched', json_extract(body, '$.question')) "
    "WHERE reference IN (SELECT reference FROM after)"
)


@dataclass(frozen=True, slots=True)
class Rating:
    """What a person thinks of an answer: what is wrong with it and what would be right, in their words or empty."""

    reference: str
    person: int
    helpful: bool
    wrong: str
    right: str
    rated_at: float


def put_entry(connection: sqlite3.Connection, entry: JournalEntry) -> None:
    """Write an entry, in the place of one with the same reference."""
    body = {
        "question": entry.question,
        "searched": entry.searched,
        "sentences": [asdict(sentence) for sentence in entry.sentences],
        "sources": [asdict(source) for source in entry.sources],
        "confidence": entry.confidence,
        "threshold": entry.threshold,
        "folders": entry.folders,
        "generation": entry.generation,
        "timings": asdict(entry.timings),
        "waited": entry.waited,
        "disagreements": [asdict(one) for one in entry.disagreements],
    }
    connection.execute(
        "INSERT INTO entry (reference, asked_at, asker, server, channel, private, surface, abstained, previous, "
        "seconds, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (reference) DO UPDATE SET "
        "asked_at = excluded.asked_at, asker = excluded.asker, server = excluded.server, channel = excluded.channel, "
        "private = excluded.private, surface = excluded.surface, abstained = excluded.abstained, "
        "previous = excluded.previous, seconds = excluded.seconds, body = excluded.body",
        (
            entry.reference, entry.asked_at, entry.asker, entry.server, entry.channel, entry.private, entry.surface,
            entry.abstained, entry.previous, seconds_of(entry), _storable(json.dumps(body, ensure_ascii=False)),
        ),
    )  # fmt: skip


def put_messages(connection: sqlite3.Connection, reference: str, messages: Sequence[int]) -> None:
    """Write which messages carry an answer, in the place of what was known; nothing for an entry that isn't there."""
    if connection.execute("SELECT 1 FROM entry WHERE reference = ?", (reference,)).fetchone() is None:
        return
    connection.execute("DELETE FROM message WHERE reference = ?", (reference,))
    for message in messages:
        connection.execute("INSERT OR REPLACE INTO message VALUES (?, ?)", (message, reference))


def put_rating(connection: sqlite3.Connection, rating: Rating) -> None:
    """Write a rating, in the place of the person's earlier one; nothing for an entry that isn't there.

    Two thumbs down in a row, the second without a word, leave the words of the first.
    """
    connection.execute(
        "INSERT INTO rating SELECT reference, ?, ?, ?, ?, ? FROM entry WHERE reference = ? "
        "ON CONFLICT (reference, person) DO UPDATE SET rated_at = excluded.rated_at, helpful = excluded.helpful, "
        "wrong = excluded.wrong, right = excluded.right "
        "WHERE excluded.helpful OR rating.helpful OR excluded.wrong != '' OR excluded.right != ''",
        (
            rating.person, rating.helpful, _storable(rating.wrong), _storable(rating.right), rating.rated_at,
            rating.reference,
        ),
    )  # fmt: skip


def delete_person(connection: sqlite3.Connection, person: int) -> set[str]:
    """Delete a person's entries, what came of "Search wider" on them, and the person's ratings; the references.

    Of entries that follow on those it is no longer kept how they were searched: that may repeat the person's words.
    """
    references = {reference for (reference,) in connection.execute(_OF_PERSON, (person,))}
    for reference in references:
        connection.execute(_UNSEARCHED_AFTER, (reference,))
        connection.execute("DELETE FROM entry WHERE reference = ?", (reference,))
    connection.execute("DELETE FROM rating WHERE person = ?", (person,))
    return references


def entry_of(row: Sequence[Any]) -> JournalEntry:
    """The entry in a row of `ENTRY_QUERY`. Raises ValueError, KeyError or TypeError where it isn't whole."""
    reference, asked_at, asker, server, channel, private, surface, abstained, previous, text = row
    body = json.loads(text)
    return JournalEntry(
        reference=reference,
        asked_at=asked_at,
        asker=asker,
        server=server,
        channel=channel,
        private=bool(private),
        surface=surface,
        question=body["question"],
        searched=body["searched"],
        abstained=bool(abstained),
        sentences=tuple(Sentence(one["text"], tuple(one["citations"])) for one in body["sentences"]),
        sources=tuple(Source(**{**one, "citation": Citation(**one["citation"])}) for one in body["sources"]),
        confidence=body["confidence"],
        threshold=body["threshold"],
        folders=None if body["folders"] is None else tuple(body["folders"]),
        generation=body["generation"],
        timings=Timings(**body["timings"]),
        waited=body["waited"],
        previous=previous,
        # Rows of before there were any have no such key.
        disagreements=tuple(
            Disagreement(tuple(one["citations"]), tuple(one["values"])) for one in body.get("disagreements", ())
        ),
    )


def rating_of(row: Sequence[Any]) -> Rating:
    """The rating in a row of `RATING_QUERY`."""
    reference, person, helpful, wrong, right, rated_at = row
    return Rating(reference, person, bool(helpful), wrong, right, rated_at)


def seconds_of(entry: JournalEntry) -> float:
    """How long the asker waited for the answer."""
    return entry.waited + entry.timings.total


def _storable(text: str) -> str:
    """The text with a question mark for each half of a broken character, which SQLite does not take."""
    return text.encode("utf-8", "replace").decode("utf-8")
