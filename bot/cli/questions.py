"""The commands that ask: `footnote ask`, `footnote search` and `footnote chat`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from bot.cli.context import settings_of
from bot.cli.exit_codes import ABSTAINED, ANSWERED
from bot.errors import FootnoteError

if TYPE_CHECKING:
    from bot.runtime.wiring import Parts

MAX_INPUT_LENGTH = 1_000_000  # characters read from standard input, far more than a question may have
BATCH_KEYS = frozenset({"question", "id", "folders"})

folder_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--folder", "folders", multiple=True, metavar="NAME", help="Search only this first-level folder; may be repeated."
)


@click.command()
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--explain", is_flag=True, help="Show how the passages were found and ranked.")
@click.option(
    "--batch",
    metavar="FILE",
    help='Answer each line of a file of JSON objects {"question", "id"?, "folders"?}; "-" reads standard input.',
)
@folder_option
@click.pass_context
def ask(
    context: click.Context,
    question: str | None,
    as_json: bool,
    explain: bool,
    batch: str | None,
    folders: tuple[str, ...],
) -> None:
    """Answer QUESTION from the documents.

    There are three outcomes: an answer (exit code 0), the section that comes closest, or a line that says there is
    nothing (exit code 3 for both). Up to three questions at once are answered one by one. With "now", "current" or
    "latest" in it, the newest document is preferred.

    "-" reads the question from standard input. Put a question that begins with a dash after "--".
    """
    from bot.cli import rendering
    from bot.cli.answer_text import whole_answer_text
    from bot.cli.terminal import TerminalNotices, print_json, show, text_width
    from bot.runtime.wiring import opened

    if (question is None) == (batch is None):
        raise click.UsageError("Give either a QUESTION or --batch FILE.")
    if batch is not None and explain:
        raise click.UsageError("--explain cannot be combined with --batch.")
    settings = settings_of(context)
    searched = _question(question) if question is not None else ""
    with opened(settings, notices=TerminalNotices()) as parts:
        if batch is not None:
            _answer_batch(parts, batch, known_folders(parts, folders))
            return
        answer = parts.engine.answer(searched, folders=known_folders(parts, folders))
        if as_json:
            print_json(rendering.as_json(answer))
        else:
            show(whole_answer_text(answer, parts.prompts, width=text_width()))
            if explain:
                show("\n" + "\n".join(rendering.explanation_lines(answer)), "dim")
    context.exit(ABSTAINED if answer.abstained else ANSWERED)


def _answer_batch(parts: Parts, batch: str, folders: tuple[str, ...] | None) -> None:
    """Answer each line of a file, or of standard input, with a line of JSON. All lines are checked first."""
    from bot.cli.rendering import as_json, json_line

    rows = list(_batch_rows(batch, parts, folders))
    for question, identity, within in rows:
        answer = as_json(parts.engine.answer(question, folders=within))
        print(json_line({**({} if identity is None else {"id": identity}), **answer}), flush=True)


def _batch_rows(batch: str, parts: Parts, folders: tuple[str, ...] | None) -> Iterator[tuple[str, Any, Any]]:
    """Yield the question, id and folders of each line. Raises `FootnoteError` with the number of an invalid line."""
    from index.errors import QuestionError
    from index.retrieval.retriever import checked

    name = "standard input" if batch == "-" else batch
    with _opened_batch(batch) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise FootnoteError(f"{name}, line {number}: not JSON ({error})") from error
            if not isinstance(row, dict) or not isinstance(row.get("question"), str):
                raise FootnoteError(f'{name}, line {number}: must be an object with a text "question"')
            if unknown := sorted(row.keys() - BATCH_KEYS):
                raise FootnoteError(
                    f"{name}, line {number}: unknown key {unknown[0]}; known: {', '.join(sorted(BATCH_KEYS))}"
                )
            within = row.get("folders")
            if within is not None and not (
                isinstance(within, list) and all(isinstance(folder, str) for folder in within)
            ):
                raise FootnoteError(f'{name}, line {number}: "folders" must be a list of names')
            try:
                question = checked(row["question"].encode("utf-8", "replace").decode("utf-8"))
                yield question, row.get("id"), known_folders(parts, tuple(within)) if within is not None else folders
            except (QuestionError, FootnoteError) as error:
                raise FootnoteError(f"{name}, line {number}: {error}") from error


def _opened_batch(batch: str) -> IO[str]:
    if batch == "-":
        return sys.stdin
    try:
        return Path(batch).open(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise FootnoteError(f"{batch}: {error.strerror or error}; name a file of JSON lines") from error


def known_folders(parts: Parts, folders: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the first-level folders to search, None for all. Raises `FootnoteError` for one that does not exist."""
    if not folders:
        return None
    known = parts.index.catalog.chunks_by_folder()
    for folder in folders:
        if folder not in known:
            names = ", ".join(sorted(filter(None, known))) or "none"
            raise FootnoteError(f"there is no folder {folder!r} in the documents; known: {names}")
    return folders


@click.command()
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 50), default=10, show_default=True, help="Number of passages.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.option(
    "--rerank/--no-rerank",
    default=True,
    show_default=True,
    help="Also rank by reading the passages, and show the best sentence of each.",
)
@folder_option
@click.pass_context
def search(
    context: click.Context, query: str, limit: int, as_json: bool, rerank: bool, folders: tuple[str, ...]
) -> None:
    """Show the passages that match QUERY best.

    "-" reads it from standard input.
    """
    from bot.answering.engine import best_sentences
    from bot.cli import rendering
    from bot.cli.terminal import TerminalNotices, print_json, show
    from bot.runtime.wiring import opened

    settings = settings_of(context)
    query = _question(query)
    with opened(settings, notices=TerminalNotices()) as parts:
        within = known_folders(parts, folders)
        retrieved = parts.retriever.retrieve(query, limit=limit, folders=within, rerank=rerank, most_read=limit)
    found = list(zip(retrieved.passages, best_sentences(retrieved), strict=True))
    if as_json:
        print_json([rendering.found_as_json(passage, best) for passage, best in found])
        return
    for rank, (passage, best) in enumerate(found, 1):
        if rank > 1:
            show("")
        show(rendering.passage_text(rank, passage, query, best))


@click.command()
@folder_option
@click.pass_context
def chat(context: click.Context, folders: tuple[str, ...]) -> None:
    """Ask one question after another.

    A question may refer to the ones before. /sources N shows a footnote in its context, /help explains more.
    """
    from bot.cli.chat import converse
    from bot.cli.terminal import TerminalNotices
    from bot.runtime.wiring import opened

    settings = settings_of(context)
    with opened(settings, notices=TerminalNotices()) as parts:
        converse(parts, folders=known_folders(parts, folders))


def _question(text: str) -> str:
    """Return the question, from standard input for "-". Raises `QuestionError` if it cannot be searched."""
    from index.retrieval.retriever import checked

    if text == "-":
        text = sys.stdin.read(MAX_INPUT_LENGTH)
    # Bytes that are not UTF-8 arrive as lone surrogates, which models do not accept.
    return checked(text.encode("utf-8", "replace").decode("utf-8"))
