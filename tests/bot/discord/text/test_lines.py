"""What is said in one line."""

from __future__ import annotations

import pytest

from bot.discord.text import lines
from bot.discord.text.splitting import length
from index.ingestion.difference import Lag
from index.ingestion.report import Progress

CONSTANTS = [value for name, value in vars(lines).items() if name.isupper() and isinstance(value, str)]


@pytest.mark.parametrize("line", CONSTANTS)
def test_every_line_is_one_short_line(line: str) -> None:
    assert "\n" not in line
    assert 0 < length(line) <= 400
    assert line.endswith(".")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (lines.failure_line("7F3K2"), "Something went wrong on my side, and it has been noted. Reference: `7F3K2`"),
        (lines.not_asked("the question is empty"), "I could not look that up: the question is empty."),
        (lines.not_asked("what *is* it?"), "I could not look that up: what \\*is\\* it?"),
        (lines.not_asked(""), "I could not look that up: no reason was given."),
        (lines.waiting(1), "1 question before yours …"),
        (lines.waiting(12), "12 questions before yours …"),
        (lines.cooldown(0.2), "That is all I can take from one person in a minute. Ask again in 1 second."),
        (lines.cooldown(11.2), "That is all I can take from one person in a minute. Ask again in 12 seconds."),
        (lines.queue_full(1), "1 question is waiting here already. Ask again in a few minutes."),
        (lines.queue_full(100), "100 questions are waiting here already. Ask again in a few minutes."),
        (lines.not_allowed([]), "That takes the permission Manage Server."),
        (lines.not_allowed(["123"]), "That takes the permission Manage Server, or a role that the settings name."),
        (
            lines.not_allowed(["123", "Li_brarian"]),
            "That takes the permission Manage Server, or one of these roles: Li\\_brarian.",
        ),
        (lines.forgotten(0), "I had kept no question of yours. What you rated is erased too."),
        (lines.forgotten(2), "Erased: 2 questions of yours with the answers, and all your ratings."),
        (lines.not_forgotten("the disk is full"), "That could not be erased, or not all of it: the disk is full."),
        (lines.no_document("<@1>"), "No document here matches “\\<@1\\>”. `/documents` lists them all."),
        (lines.unknown_folder("x", ["a", "."]), "There is no folder “x”. There are: “a”, “.”."),
        (lines.unknown_folder("x", []), "There is no folder “x”. There is none."),
        (lines.forum_set("help", "off"), "New posts in #help are left alone from now on."),
        (lines.files_set(True), "Sources offers the files of documents from now on."),
        (lines.files_set(False), "Sources no longer offers files from now on."),
        (lines.behind(Lag(0, 0, 0)), "The index is up to date with the folder."),
        (lines.behind(Lag(2, 0, 1)), "The index is behind the folder: 2 new, 1 gone."),
        (lines.indexing(Progress("reading", 12, 40, 0, 0)), "Reading the documents: 12 of 40 …"),
        (lines.indexing(Progress("publishing", 0, 0, 0, 0)), "Publishing …"),
        (
            lines.not_indexed("the disk is full"),
            "The documents could not be read anew: the disk is full. I go on answering from what I have.",
        ),
        (lines.folder_name("talks"), "talks"),
        (lines.folder_name(""), "(beside the folders)"),
    ],
)
def test_what_is_said(line: str, expected: str) -> None:
    assert line == expected


def test_of_many_folders_the_first_are_named() -> None:
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
