"""Entries that are not written yet."""

from __future__ import annotations

import pytest

from bot.journal.pending import Pending
from tests.bot.journal.support.entries import sample


def test_beyond_the_limit_the_oldest_pending_entry_is_dropped_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    pending = Pending(most=3)
    entries = [sample() for _ in range(10)]
    for entry in entries:
        pending.add_entry(entry)
        pending.add_messages(entry.reference, (1,))
    assert pending.batch().entries == tuple(entries[-3:])
    assert [reference for reference, _ in pending.batch().messages] == [entry.reference for entry in entries[-3:]]
    assert len(caplog.records) == 1
    pending.remove_written(pending.batch())
    assert len(pending) == 0
