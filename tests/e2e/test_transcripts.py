"""The transcripts in the documentation are what the commands print, apart from line breaks. "…" stands for the rest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.command import REPOSITORY, Footnote, in_a_process

PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
BLOCKS = [
    re.sub(r"^ {4}", "", block, flags=re.MULTILINE)
    for page in PAGES
    for block in re.findall(r"(?:^(?: {4}.*)?\n)+", page.read_text(encoding="utf-8"), re.MULTILINE)
]
ASKED = [
    asked.groups()
    for block in BLOCKS
    for call in re.split(r"^\$ ", block, flags=re.MULTILINE)
    if (asked := re.match(r'footnote ask "(.+)"\n((?s:.*))', call))
]
CHATS = [block.strip() for block in BLOCKS if block.strip().startswith("? ")]


def assert_shows(output: str, expected: str) -> None:
    """Fail unless the output has the expected text, where a line "…" stands for any lines."""
    printed = " ".join(output.split())
    parts = [" ".join(part.split()) for part in re.split(r"^…$", expected, flags=re.MULTILINE)]
    for wanted in filter(None, parts):
        assert wanted in printed
        printed = printed.partition(wanted)[2]


def test_there_are_transcripts() -> None:
    assert ASKED
    assert CHATS


@pytest.mark.parametrize(("question", "expected"), ASKED, ids=[question for question, _ in ASKED])
def test_an_answer_in_the_documentation_is_what_is_printed(example: Footnote, question: str, expected: str) -> None:
    assert_shows(example("ask", question).output, expected)


@pytest.mark.parametrize("chat", CHATS, ids=range(len(CHATS)))
def test_a_chat_in_the_documentation_is_what_is_printed(indexed: Path, chat: str) -> None:
    questions = re.findall(r"^\? (.*)$", chat, re.MULTILINE)
    chatted = in_a_process("chat", folder=indexed, text="\n".join(questions))
    assert_shows(chatted.output, chat)
