"""`footnote chat`: one question after another, with line editing and history."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from bot.blocks import answering_words_of
from bot.cli import rendering
from bot.cli.answer_text import citation_text, whole_answer_text
from bot.cli.terminal import is_plain, output, show, text_width
from bot.runtime.wiring import Parts
from bot.types import Answer, Citation, Turn
from bot.wording import plain
from index.errors import QuestionError

REMEMBERED_TURNS = 6
LEAVE = ("/quit", "/exit", "quit", "exit")
LEAVING_HINT = "Ctrl-D or /quit leaves."


def converse(parts: Parts, *, folders: tuple[str, ...] | None = None) -> None:
    """Read questions until the input ends or /quit, and answer each from `folders` (all of them for None).

    Follow-ups are completed from what was asked before.
    """
    interactive = sys.stdin.isatty()
    if interactive:
        generation = parts.index.generation
        show(parts.prompts.fill("chat_welcome", documents=generation.documents, chunks=generation.chunks), "dim")
        show("")
    turns: list[Turn] = []
    citations: tuple[Citation, ...] = ()
    for line in _typed_lines(parts.settings.data_dir) if interactive else _piped_lines():
        command, _, rest = line.partition(" ")
        if line.lower() in LEAVE:
            return
        if command.lower() == "/help":
            show(parts.prompts.fill("chat_help"))
        elif command.lower() in ("/sources", "/source"):
            _show_source(parts, citations, rest.strip())
        elif line.startswith("/"):
            show(f"There is no command {plain(command)}; /help lists them.", "yellow")
        else:
            answer = _answer(parts, line, turns, folders, interactive=interactive)
            # The footnotes of an earlier answer are still to be seen above an abstention.
            citations = answer.citations if answer is not None and answer.citations else citations
        show("")


def _answer(
    parts: Parts, question: str, turns: list[Turn], folders: tuple[str, ...] | None, *, interactive: bool
) -> Answer | None:
    """Answer, and remember that; None where the question could not be asked or was stopped."""
    try:
        answer = parts.engine.answer(question, turns=turns, folders=folders)
    except QuestionError as error:
        show(f"Not asked: {error}", "yellow")
        return None
    except KeyboardInterrupt:
        if not interactive:
            raise
        show(f"Stopped. {LEAVING_HINT}", "yellow")
        return None
    show(whole_answer_text(answer, parts.prompts, width=text_width()))
    turns.append(Turn(question, answer.searched, answering_words_of(answer.blocks)))
    del turns[:-REMEMBERED_TURNS]
    return answer


def _show_source(parts: Parts, citations: tuple[Citation, ...], wanted: str) -> None:
    if not citations:
        show("There is no answer with footnotes yet.", "yellow")
        return
    chosen = [one for one in citations if str(one.number) == wanted.strip("[]")]
    if not wanted and len(citations) == 1:
        chosen = list(citations)
    if not chosen:
        count = len(citations)
        known = f"It is one of /sources 1 to /sources {count}" if count > 1 else "There is only number 1"
        show(f"Which footnote? {known}.", "yellow")
        return
    with parts.index.pinned():
        document = parts.index.catalog.document(chosen[0].document)
    if document is None or document.text[chosen[0].start : chosen[0].end] != chosen[0].quote:
        show(citation_text(chosen[0]))
        show("The document has changed since; these are the words as they were.", "yellow")
        return
    show(rendering.surroundings_text(chosen[0], document, marked=is_plain()))


def _piped_lines() -> Iterator[str]:
    """The lines that are piped in, without empty ones, each printed before what comes of it."""
    for line in sys.stdin:
        if question := line.strip():
            show(f"? {plain(question)}", "bold")
            yield question


def _typed_lines(data: Path) -> Iterator[str]:
    """The lines that are typed, without empty ones, until Ctrl-D. Ctrl-C drops a line."""
    read = _prompt(data)
    while True:
        try:
            line = read().strip()
        except EOFError:
            return
        except KeyboardInterrupt:
            show(LEAVING_HINT, "dim")
            continue
        if line:
            yield line


def _prompt(data: Path) -> Callable[[], str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory, InMemoryHistory
    from prompt_toolkit.output import create_output

    class KeptHistory(FileHistory):
        """A full disk costs the history, not the conversation."""

        def store_string(self, string: str) -> None:
            with suppress(OSError):
                super().store_string(string)

    file = data / "chat_history"
    is_readable = not file.exists() or os.access(file, os.R_OK)
    session: PromptSession[str] = PromptSession(
        history=KeptHistory(str(file)) if is_readable else InMemoryHistory(),
        # The prompt goes to the terminal even where the answers are piped on.
        output=None if output().is_terminal else create_output(always_prefer_tty=True),
    )
    return lambda: session.prompt("? ")
