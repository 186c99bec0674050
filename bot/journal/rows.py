"""The tables of the journal, and the conversion between rows and entries."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.blocks import AnswerBlock, Link
from bot.types import Citation, Disagreement, JournalEntry, More, Question, Source, Timings

# Raise it whenever the stored fields change so that older rows can't be read; `tests/bot/journal/test_rows.py` notices
# such changes.
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

# The entries of a person, and the results of "Search wider" on them, whoever pressed it: they hold that person's words.
_OF_PERSON = (
    "WITH RECURSIVE own (reference) AS (SELECT reference FROM entry WHERE asker = ? UNION "
    "SELECT entry.reference FROM own JOIN entry ON entry.previous = own.reference AND entry.surface = 'wider') "
    "SELECT reference FROM own"
)

# All direct and indirect follow-ups to an entry: the text that was searched for them may repeat words of that entry.
_UNSEARCHED_AFTER = (
    "WITH RECURSIVE after (reference) AS (SELECT reference FROM entry WHERE previous = ? UNION "
    "SELECT entry.reference FROM after JOIN entry ON entry.previous = after.reference) "
    "UPDATE entry SET body = json_set(body, '$.searched', json_extract(body, '$.question')) "
    "WHERE reference IN (SELECT reference FROM after)"
)


@dataclass(frozen=True, slots=True)
class Rating:
    """A person's rating of an answer. `wrong` and `right` are what they wrote about it, or empty.

    `rated_at` is in seconds since 1970.
    """

    reference: str
    person: int
    helpful: bool
    wrong: str
    right: str
    rated_at: float


def put_entry(connection: sqlite3.Connection, entry: JournalEntry) -> None:
    """Write an entry. It replaces one with the same reference."""
    question = entry.question
    body = {
        "question": question.text,
        "searched": entry.searched,
        "outcome": entry.outcome,
        "blocks": [asdict(block) for block in entry.blocks],
        "more": None if entry.more is None else asdict(entry.more),
        "note": entry.note,
        "unanswered": entry.unanswered,
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
            question.reference, question.asked_at, question.asker, question.server, question.channel, question.private,
            question.surface, entry.abstained, question.previous, seconds_of(entry),
            _storable(json.dumps(body, ensure_ascii=False)),
        ),
    )  # fmt: skip


def put_messages(connection: sqlite3.Connection, reference: str, messages: Sequence[int]) -> None:
    """Write the ids of the messages that show an answer; they replace earlier ones. Ignored for an unknown entry."""
    if connection.execute("SELECT 1 FROM entry WHERE reference = ?", (reference,)).fetchone() is None:
        return
    connection.execute("DELETE FROM message WHERE reference = ?", (reference,))
    for message in messages:
        connection.execute("INSERT OR REPLACE INTO message VALUES (?, ?)", (message, reference))


def put_rating(connection: sqlite3.Connection, rating: Rating) -> None:
    """Write a rating. It replaces the person's earlier one. Ignored for an unknown entry.

    A second thumb down without words leaves the words of the first.
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
    """Delete a person's entries, the results of "Search wider" on them, and the person's ratings.

    Return the references of the deleted entries. Their follow-ups lose the text that was searched for, which may repeat
    the person's words.
    """
    references = {reference for (reference,) in connection.execute(_OF_PERSON, (person,))}
    for reference in references:
        connection.execute(_UNSEARCHED_AFTER, (reference,))
        connection.execute("DELETE FROM entry WHERE reference = ?", (reference,))
    connection.execute("DELETE FROM rating WHERE person = ?", (person,))
    return references


def entry_of(row: Sequence[Any]) -> JournalEntry:
    """Return the entry in a row of `ENTRY_QUERY`. Raises ValueError, KeyError or TypeError if fields are missing."""
    reference, asked_at, asker, server, channel, private, surface, abstained, previous, text = row
    body = json.loads(text)
    return JournalEntry(
        question=Question(
            text=body["question"],
            asker=asker,
            server=server,
            channel=channel,
            surface=surface,
            private=bool(private),
            previous=previous,
            asked_at=asked_at,
            reference=reference,
        ),
        searched=body["searched"],
        outcome=body.get("outcome") or ("nothing" if abstained else "answered"),
        blocks=_blocks_of(body),
        sources=tuple(Source(**{**one, "citation": Citation(**one["citation"])}) for one in body["sources"]),
        confidence=body["confidence"],
        threshold=body["threshold"],
        folders=None if body["folders"] is None else tuple(body["folders"]),
        generation=body["generation"],
        timings=Timings(**body["timings"]),
        waited=body["waited"],
        more=More(**body["more"]) if body.get("more") else None,
        note=body.get("note"),
        unanswered=tuple(body.get("unanswered", ())),
        # Rows that were written before there were disagreements have no such key.
        disagreements=tuple(
            Disagreement(tuple(one["citations"]), tuple(one["values"]), tuple(one.get("dates", ())))
            for one in body.get("disagreements", ())
        ),
    )


def _blocks_of(body: dict[str, Any]) -> tuple[AnswerBlock, ...]:
    """The blocks of an entry; one of version 0.1 has sentences instead."""
    if "blocks" not in body:
        return tuple(
            AnswerBlock("paragraph", one["text"], next(iter(one["citations"]), 0)) for one in body["sentences"]
        )
    return tuple(
        AnswerBlock(
            **{
                **one,
                "strong": tuple(map(tuple, one["strong"])),
                "code": tuple(map(tuple, one["code"])),
                "links": tuple(Link(**link) for link in one["links"]),
            }
        )
        for one in body["blocks"]
    )


def rating_of(row: Sequence[Any]) -> Rating:
    """Return the rating in a row of `RATING_QUERY`."""
    reference, person, helpful, wrong, right, rated_at = row
    return Rating(reference, person, bool(helpful), wrong, right, rated_at)


def seconds_of(entry: JournalEntry) -> float:
    """Return how many seconds the asker waited for the answer."""
    return entry.waited + entry.timings.total


def _storable(text: str) -> str:
    """Return the text with a question mark for each lone surrogate, which SQLite can't store."""
    return text.encode("utf-8", "replace").decode("utf-8")
