"""What a person at a terminal sees: colours and wrapping there, plain whole lines everywhere else, and the chat."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path

import pytest

from tests.support.command import QUESTION, Footnote, command_after, in_a_process, surroundings

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>]")
PROMPT = "\x1b[?2004h"  # what prompt_toolkit sends whenever it begins to wait for a line
# Ctrl-C reaches the command that the terminal belongs to.
OWN_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)"


class Terminal:
    """A pseudo-terminal with the real command in it."""

    def __init__(self, arguments: list[str], folder: Path, columns: int, **variables: str) -> None:
        self._side, inner = pty.openpty()
        ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self.process = subprocess.Popen(
            [*command_after(OWN_TERMINAL), *arguments],
            cwd=folder,
            env=surroundings(variables),
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)
        self.raw = ""

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._side, keys.encode())

    def read(self, until: str | None = None) -> str:
        """What is shown from now on, without escape codes: until a text (or code) appears, or to the command's end."""
        start = len(self.raw)
        deadline = time.monotonic() + 300
        while until is None or (
            until not in self.raw[start:] and until not in ESCAPE.sub("", self.raw[start:]).replace("\r\n", "\n")
        ):
            assert time.monotonic() < deadline, self.raw[start:]
            if not select.select([self._side], [], [], 0.2)[0]:
                continue
            try:
                shown = os.read(self._side, 65536)
            except OSError:  # the other side is closed
                break
            if not shown:
                break
            if b"\x1b[6n" in shown:  # "where is the cursor?", which a terminal answers
                self.type("\x1b[1;1R")
            self.raw += shown.decode(errors="replace")
        return ESCAPE.sub("", self.raw[start:]).replace("\r\n", "\n")

    def finish(self) -> int:
        """The exit code, when the command has ended."""
        code = self.process.wait(timeout=600)
        os.close(self._side)
        return code

    def stop(self) -> None:
        """End the command, if it still runs."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.finish()


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    """A list for the terminals that a test opens, so that none outlives it."""
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.stop()


def test_a_chat(project: Path, terminals: list[Terminal]) -> None:
    terminal = Terminal(["chat"], project, columns=80)
    terminals.append(terminal)
    assert "Ask about the documents: 5 indexed" in terminal.read(until=PROMPT)
    terminal.type(f"{QUESTION}\r")
    assert "free elections." in (answer := terminal.read(until=PROMPT))
    assert "[1] The secret talks" in answer
    terminal.type("And what did Trump say?\r")
    assert "searched: What did Trump say the talks were about?" in terminal.read(until=PROMPT)
    terminal.type("/sources 1\r")
    assert "Who allowed the talks?" in terminal.read(until=PROMPT)
    assert "\x1b[1;7" in terminal.raw  # the quote, highlighted
    for typed, said in {
        "/sources 7": "Which footnote? There is only number 1.",
        "/sauces": "There is no command /sauces; /help lists them.",
        "?!": "Not asked: the question holds no word to search for",
        "/help": "/sources N   show footnote N",
    }.items():
        terminal.type(f"{typed}\r")
        assert said in terminal.read(until=PROMPT)
    terminal.type("half a quest\x03")
    assert "Ctrl-D or /quit leaves." in terminal.read(until=PROMPT)
    terminal.type("\x1b[A")  # the line before, from the history
    assert "/help" in terminal.read(until="/help")
    terminal.type("\x03")
    terminal.read(until=PROMPT)
    terminal.type("\x04")
    terminal.read()
    assert terminal.finish() == 0
    assert "+And what did Trump say?" in (project / ".footnote" / "chat_history").read_text()


def test_ctrl_c_at_a_terminal(project: Path, terminals: list[Terminal]) -> None:
    terminal = Terminal(["ask", QUESTION], project, columns=80)
    terminals.append(terminal)
    terminal.read(until="Loading the model")
    terminal.type("\x03")
    shown = terminal.read()
    assert shown.count("footnote: stopped; what was finished is kept") == 1
    assert "Traceback" not in shown
    assert terminal.raw.rindex("\x1b[?25h") > terminal.raw.rindex("\x1b[?25l")  # the cursor is back
    assert terminal.finish() == 130


@pytest.mark.parametrize("columns", [40, 100])
def test_nothing_is_wider_than_the_terminal(indexed: Path, terminals: list[Terminal], columns: int) -> None:
    """And no word is cut; what is wrapped stands under its own beginning."""
    for arguments in (["documents"], ["status"]):
        terminal = Terminal(arguments, indexed, columns)
        terminals.append(terminal)
        shown = terminal.read()
        assert max(map(len, shown.split("\n"))) <= columns
        assert terminal.finish() == 0


def test_an_answer_is_wrapped_under_its_number(indexed: Path, terminals: list[Terminal]) -> None:
    terminal = Terminal(["ask", QUESTION], indexed, 40, NO_COLOR="1")
    terminals.append(terminal)
    shown = terminal.read().split("\n\n")
    assert terminal.finish() == 0
    footnotes = shown[-1].strip("\n").split("\n")
    assert len(footnotes) > 2
    assert footnotes[0].startswith("[1] The secret talks")
    assert all(line.startswith("    ") for line in footnotes[1:])
    lines = [line.rpartition("\r")[2] for part in shown for line in part.split("\n")]  # behind the progress bar
    assert max(map(len, lines)) <= 40


def test_no_color_means_no_escape_codes_in_the_output(indexed: Path, terminals: list[Terminal]) -> None:
    for variables, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        terminal = Terminal(["documents"], indexed, 100, **variables)
        terminals.append(terminal)
        terminal.read()
        assert terminal.finish() == 0
        assert ("\x1b" in terminal.raw) == coloured


LONG = "The committee on herons, egrets, bitterns, storks, ibises and spoonbills of the northern wetlands " * 3


@pytest.fixture
def hostile(tmp_path: Path, footnote: Footnote) -> Footnote:
    """`footnote` over documents whose names, titles and texts would drive a terminal."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "red\x1b[31m\nname.txt").write_text("The red fox\x1b[2J\x9b5m is called \x07Amos\u202e.\n")
    (seeds / "title.md").write_text(
        '---\ntitle: "Wolves\\n\\e]0;owned\\a of the \\x9b1m north"\n---\nThe wolf is Bert.\n'
    )
    (seeds / "bad\x1b[5m.pdf").write_bytes(b"no PDF")
    (seeds / "long.txt").write_text(f"{LONG.strip()} met in Rome.\n")
    assert footnote("index").code == 0
    return footnote


def test_nothing_in_a_document_or_a_question_drives_the_terminal(hostile: Footnote) -> None:
    question = "What is the red\x1b]0;x\x07 fox\x9b called\u202e?"
    for arguments in (
        ["index", "--full"],
        ["documents"],
        ["documents", "--json"],
        ["documents", "--text", "nothing\x1b[1m\nhere"],
        ["status"],
        ["status", "--json"],
        ["ask", question],
        ["ask", "--explain", question],
        ["ask", "--json", question],
        ["search", question],
        ["search", "--json", question],
        ["ask", "What is the wolf of the north?"],
        ["--seeds", "gone\x1b[1m\nfolder", "index"],
        ["as\x1b[1mk"],
    ):
        shown = hostile(*arguments)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown.output + shown.notices), arguments
    assert hostile("--seeds", "gone\nfolder", "index").line.endswith("--seeds.")


def test_piped_output_is_not_wrapped_cut_or_padded(hostile: Footnote) -> None:
    wide = hostile("search", "committee on herons")
    assert any(" ".join(LONG.split()) in line for line in wide.output.splitlines())
    for line in hostile("documents").output.splitlines():
        assert len(line) < 300
    assert len(hostile("documents").output.splitlines()) == 1 + 3 + 1


def test_output_that_is_not_unicode(indexed: Path) -> None:
    latin = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    shown = in_a_process("documents", "--json", folder=indexed, environment=latin)
    assert shown.code == 0
    assert "Nicol\\u00e1s" in shown.output
    assert "Nicol?s" in in_a_process("documents", folder=indexed, environment=latin).output


def test_help_is_whole(footnote: Footnote) -> None:
    shown = footnote("--help").output
    assert "..." not in shown.replace("[ARGS]...", "")
    assert footnote("-h").output == shown
    assert sys.executable not in shown
