"""The rows of the journal's tables."""

from __future__ import annotations

import dataclasses
import sqlite3
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from bot.journal.rows import ENTRY_QUERY, SCHEMA, SCHEMA_VERSION, entry_of, put_entry
from bot.types import Citation, Disagreement, JournalEntry, Question, Sentence, Source, Timings
from tests.bot.journal.support.entries import SOURCE, sample


@given(text=st.text(), number=st.integers(-(2**63), 2**63 - 1), share=st.floats(allow_nan=False))
def test_any_text_and_number_is_stored_unchanged(text: str, number: int, share: float) -> None:
    citation = dataclasses.replace(SOURCE.citation, quote=text, heading=text, score=share, start=number)
    entry = sample(
        text=text, asker=number, channel=number, folders=(text,), confidence=share,
        disagreements=(Disagreement((number, 2), (text, text)),),
        sentences=(Sentence(text, (number,)),), sources=(dataclasses.replace(SOURCE, citation=citation, after=text),),
    )  # fmt: skip
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        put_entry(connection, entry)
        assert entry_of(connection.execute(ENTRY_QUERY).fetchone()) == entry


def test_an_entry_without_the_field_disagreements_can_be_read() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        put_entry(connection, entry := sample())
        connection.execute("UPDATE entry SET body = json_remove(body, '$.disagreements')")
        assert entry_of(connection.execute(ENTRY_QUERY).fetchone()) == entry


def test_a_change_of_the_stored_fields_needs_a_new_schema_version() -> None:
    """If a journal of the previous version would be read wrongly, raise SCHEMA_VERSION; then change this test."""
    stored = (JournalEntry, Question, Source, Citation, Sentence, Timings)
    assert (SCHEMA_VERSION, [len(dataclasses.fields(one)) for one in stored]) == (1, [12, 9, 6, 11, 2, 4])
    assert set(entry_columns()) == {
        "number", "reference", "asked_at", "asker", "server", "channel", "private", "surface", "abstained", "previous",
        "seconds", "body",
    }  # fmt: skip


def entry_columns() -> list[str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        return [row[1] for row in connection.execute("PRAGMA table_info(entry)")]
