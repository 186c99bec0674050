"""`footnote chat`: one question after another, with line editing and history."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from bot import rendering
from bot.terminal import output
from bot.types import Answer, Turn
from bot.wiring import Parts
from index.errors import QuestionError

REMEMBERED_TURNS = 6


def converse(parts: Parts) -> None:
    """Read questions until the input ends or /quit, and answer each; follow-ups are completed from what was asked."""
    generation = parts.index.generation
    welcome = parts.prompts.fill("chat_welcome", documents=generation.documents, chunks=generation.chunks)
    if sys.stdin.isatty():
        output().print(welcome + "\n", style="dim")
    turns: list[Turn] = []
    last: Answer | None = None
    for line in _lines(parts):
        if line in ("/quit", "/exit"):
            return
        if line == "/help":
            output().print(parts.prompts.fill("chat_help"))
        elif line.startswith("/sources"):
            _show_source(parts, last, line.removeprefix("/sources").strip())
        elif line.startswith("/"):
            output().print(f"There is no command {line.split()[0]}; /help lists them.", style="yellow")
        else:
            last = _answer(parts, line, turns) or last
        output().print()


def _answer(parts: Parts, question: str, turns: list[Turn]) -> Answer | None:
    try:
        answer = parts.engine.answer(question, turns)
    except QuestionError as error:
        output().print(f"Not asked: {error}", style="yellow")
        return None
    output().print(rendering.whole_answer_text(answer, parts.prompts))
    said = " ".join(sentence.text for sentence in answer.sentences)
    turns.append(Turn(question, answer.searched, said))
    del turns[:-REMEMBERED_TURNS]
    return answer


def _show_source(parts: Parts, answer: Answer | None, wanted: str) -> None:
    citations = answer.citations if answer is not None else ()
    if not citations:
        output().print("There is no answer with footnotes yet.", style="yellow")
        return
    chosen = [one for one in citations if str(one.number) == wanted]
    if not chosen:
        output().print(f"Which footnote? /sources 1 to /sources {len(citations)}.", style="yellow")
        return
    document = parts.index.catalog.document(chosen[0].document)
    if document is None or document.text[chosen[0].start : chosen[0].end] != chosen[0].quote:
        output().print(rendering.citation_text(chosen[0]))
        output().print("The document has changed since; these are the words as they were.", style="yellow")
        return
    output().print(rendering.surroundings_text(chosen[0], document))


def _lines(parts: Parts) -> Iterator[str]:
    """The lines that are typed, or piped in, without empty ones."""
    read = _prompt(parts) if sys.stdin.isatty() else sys.stdin.readline
    while True:
        try:
            line = read()
        except EOFError:
            return
        except KeyboardInterrupt:  # Ctrl-C drops the line, Ctrl-D leaves
            continue
        if not line and not sys.stdin.isatty():
            return
        if line.strip():
            yield line.strip()


def _prompt(parts: Parts) -> Callable[[], str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory

    session: PromptSession[str] = PromptSession(history=FileHistory(str(parts.settings.data_dir / "chat_history")))
    return lambda: session.prompt("? ")
