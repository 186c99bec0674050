"""Messages of one line."""

from __future__ import annotations

import pytest

from bot.discord.text import lines
from bot.discord.text.splitting import length
from index.ingestion.difference import Lag
from index.ingestion.report import Progress

CONSTANTS = [value for name, value in vars(lines).items() if name.isupper() and isinstance(value, str)]


@pytest.mark.parametrize("line", CONSTANTS)
def test_every_message_is_one_short_line(line: str) -> None:
    assert "\n" not in line
    assert 0 < length(line) <= 400
    assert line.endswith(".")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (lines.failure_line("7F3K2"), "Something went wrong on my side, and I have logged it. Reference: `7F3K2`"),
        (lines.not_asked("the question is empty"), "I can't search for that: the question is empty."),
        (lines.not_asked("what *is* it?"), "I can't search for that: what \\*is\\* it?"),
        (lines.not_asked(""), "I can't search for that: no reason was given."),
        (lines.waiting(1), "1 question before yours …"),
        (lines.waiting(12), "12 questions before yours …"),
        (
            lines.cooldown(0.2),
            "You have asked as many questions as I take from one person in a minute. Ask again in 1 second.",
        ),
        (
            lines.cooldown(11.2),
            "You have asked as many questions as I take from one person in a minute. Ask again in 12 seconds.",
        ),
        (lines.queue_full(1), "1 question is waiting here already. Ask again in a few minutes."),
        (lines.queue_full(100), "100 questions are waiting here already. Ask again in a few minutes."),
        (lines.not_allowed([]), "You need the Manage Server permission."),
        (lines.not_allowed(["123"]), "You need the Manage Server permission, or one of the roles in my settings."),
        (
            lines.not_allowed(["123", "Li_brarian"]),
            "You need the Manage Server permission, or one of these roles: Li\\_brarian.",
        ),
        (lines.forgotten(0), "I had no question of yours. Your ratings are erased too."),
        (lines.forgotten(2), "I have erased 2 questions of yours with the answers, and all your ratings."),
        (lines.not_forgotten("the disk is full"), "I could not erase everything: the disk is full."),
        (lines.no_document("<@1>"), "No document here matches “\\<@1\\>”. `/documents` lists them all."),
        (lines.unknown_folder("x", ["a", "."]), "There is no folder “x”. These exist: “a”, “.”."),
        (lines.unknown_folder("x", []), "There is no folder “x”. No folder exists."),
        (lines.forum_set("help", "off"), "From now on, new posts in #help are not answered."),
        (lines.files_set(offered=True), "From now on, Sources offers the files of documents."),
        (lines.files_set(offered=False), "From now on, Sources does not offer files."),
        (lines.behind(Lag(0, 0, 0)), "The index is up to date with the folder."),
        (lines.behind(Lag(2, 0, 1)), "The index is behind the folder: 2 new, 1 gone."),
        (lines.indexing(Progress("reading", 12, 40, 0, 0)), "Reading the documents: 12 of 40 …"),
        (lines.indexing(Progress("publishing", 0, 0, 0, 0)), "Publishing …"),
        (
            lines.not_indexed("the disk is full"),
            "Re-indexing failed: the disk is full. I still answer from the previous index.",
        ),
        (lines.folder_name("talks"), "talks"),
        (lines.folder_name(""), "(outside any folder)"),
    ],
)
def test_the_words_of_each_message(line: str, expected: str) -> None:
    assert line == expected


def test_only_the_first_of_many_folders_are_named() -> None:
    line = lines.unknown_folder("x" * 5_000, [f"folder {number}" for number in range(500)])
    assert line.endswith("“folder 29” and 470 more.")
    assert length(line) <= 2000


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who *built* it?", "Who *built* it?"),
        (" Who\nbuilt\u202e it? ", "Who built it?"),
        ("\u200b", "Question"),
        ("heron " * 30, "heron " * 16 + "…"),
        ("x" * 200, "x" * 98 + " …"),
        ("💡" * 60, "💡" * 49 + " …"),
    ],
)
def test_a_thread_is_named_after_its_question(question: str, expected: str) -> None:
    assert lines.thread_name(question) == expected
    assert length(lines.thread_name(question)) <= 100
