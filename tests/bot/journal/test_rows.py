"""The rows of the journal's tables."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import AnswerBlock, Link
from bot.journal.rows import ENTRY_QUERY, SCHEMA, SCHEMA_VERSION, entry_of, put_entry
from bot.types import Citation, Disagreement, JournalEntry, More, Question, Source, Timings
from tests.bot.journal.support.entries import SOURCE, abstention, sample


@given(text=st.text(), number=st.integers(-(2**63), 2**63 - 1), share=st.floats(allow_nan=False))
def test_any_text_and_number_is_stored_unchanged(text: str, number: int, share: float) -> None:
    citation = dataclasses.replace(SOURCE.citation, quote=text, heading=text, score=share, start=number)
    spans = ((number, 2), (3, number))
    block = AnswerBlock("item", text, number, text, 2, strong=spans, code=spans, links=(Link(number, 2, text),))
    entry = sample(
        text=text, asker=number, channel=number, folders=(text,), confidence=share,
        disagreements=(Disagreement((number, 2), (text, text), (text, None)),),
        more=More("row", number), unanswered=(text, text),
        blocks=(block, block), sources=(dataclasses.replace(SOURCE, citation=citation, after=text),),
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


def test_entries_of_version_0_1_can_be_read() -> None:
    """They have sentences, each with the numbers of its footnotes, and say only whether the bot abstained."""
    sentences = [{"text": "Both parents build it.", "citations": [2, 1]}, {"text": "It is known.", "citations": []}]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        put_entry(connection, answered := sample())
        put_entry(connection, abstained := abstention("Who paid?"))
        newer = ", ".join(f"'$.{name}'" for name in ("outcome", "blocks", "more", "note", "unanswered"))
        connection.execute(
            f"UPDATE entry SET body = json_set(json_remove(body, {newer}), '$.sentences', json(?)) WHERE NOT abstained",
            (json.dumps(sentences),),
        )
        connection.execute(
            f"UPDATE entry SET body = json_set(json_remove(body, {newer}), '$.sentences', json('[]')) WHERE abstained"
        )
        read = [entry_of(row) for row in connection.execute(ENTRY_QUERY)]
    blocks = (AnswerBlock("paragraph", "Both parents build it.", 2), AnswerBlock("paragraph", "It is known.", 0))
    assert read == [dataclasses.replace(answered, blocks=blocks), abstained]


def test_a_change_of_the_stored_fields_needs_a_new_schema_version() -> None:
    """If a journal of the previous version would be read wrongly, raise SCHEMA_VERSION; then change this test."""
    stored = (JournalEntry, Question, Source, Citation, AnswerBlock, Link, More, Timings)
    assert (SCHEMA_VERSION, [len(dataclasses.fields(one)) for one in stored]) == (1, [15, 9, 6, 12, 8, 3, 2, 4])
    assert set(entry_columns()) == {
        "number", "reference", "asked_at", "asker", "server", "channel", "private", "surface", "abstained", "previous",
        "seconds", "body",
    }  # fmt: skip


def entry_columns() -> list[str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        return [row[1] for row in connection.execute("PRAGMA table_info(entry)")]
