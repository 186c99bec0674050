"""The command line: what `footnote` does, its flags, exit codes and errors."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import tempfile
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bot.cli.context import settings_of
from bot.cli.index import index
from bot.config.settings import load_settings, setting_named
from index.errors import FootnoteError

ANSWERED, FAILED_CASES, BAD_INPUT, ABSTAINED, OUR_FAILURE, INTERRUPTED = 0, 1, 2, 3, 70, 130
LONGEST_INPUT = 1_000_000  # characters read from standard input: more than any question has

# What the operating system says where the folders, not we, are to blame.
SET_UP_NUMBERS = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR, errno.EISDIR, errno.EIO}
)


def _help_of(name: str) -> str:
    """Return the help of a flag that sets a setting."""
    return f"{setting_named(name).help.removesuffix('.')} ({name})."


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seeds", metavar="DIR", help=_help_of("SEEDS_DIR"))
@click.option("--data", metavar="DIR", help=_help_of("DATA_DIR"))
@click.version_option(package_name="footnote")
@click.pass_context
def footnote(context: click.Context, seeds: str | None, data: str | None) -> None:
    """Answers questions about a folder of documents, with a footnote on every sentence.

    Exit codes: 0 answered or done, 3 abstained, 2 bad input or set-up, 1 answer cases failed, 70 a failure of ours.
    """
    context.obj.update({"SEEDS_DIR": seeds, "DATA_DIR": data})


def _question(text: str) -> str:
    """What is asked, from standard input for "-". Raises `QuestionError` for what can't be searched."""
    from index.retrieval.retriever import checked

    if text == "-":
        text = sys.stdin.read(LONGEST_INPUT)
    # Bytes that are no UTF-8 arrive as lone surrogates, which no model takes.
    return checked(text.encode("utf-8", "replace").decode("utf-8"))


footnote.add_command(index)


@footnote.command()
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--explain", is_flag=True, help="Show how the passages were found, and why they were ranked so.")
@click.pass_context
def ask(context: click.Context, question: str, as_json: bool, explain: bool) -> None:
    """Answer QUESTION from the documents.

    "-" reads it from standard input. One that begins with a dash goes after "--".
    """
    from bot.cli import rendering
    from bot.cli.terminal import TerminalNotices, print_json, show
    from bot.runtime.wiring import opened

    settings = settings_of(context)
    question = _question(question)
    with opened(settings, notices=TerminalNotices()) as parts:
        answer = parts.engine.answer(question)
        if as_json:
            print_json(rendering.as_json(answer))
        else:
            show(rendering.whole_answer_text(answer, parts.prompts))
            if explain:
                show("\n" + "\n".join(rendering.explanation_lines(answer)), "dim")
    context.exit(ABSTAINED if answer.abstained else ANSWERED)


@footnote.command()
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 50), default=10, show_default=True, help="How many passages.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.option(
    "--rerank/--no-rerank",
    default=True,
    show_default=True,
    help="Read the passages, rank by that too, and show the sentence of each that answers best.",
)
@click.pass_context
def search(context: click.Context, query: str, limit: int, as_json: bool, rerank: bool) -> None:
    """Show the passages that bear on QUERY, ranked.

    "-" reads it from standard input.
    """
    from bot.answering.engine import best_sentences
    from bot.cli import rendering
    from bot.cli.terminal import TerminalNotices, print_json, show
    from bot.runtime.wiring import opened

    settings = settings_of(context)
    query = _question(query)
    with opened(settings, notices=TerminalNotices()) as parts:
        retrieved = parts.retriever.retrieve(query, limit, rerank=rerank, most_read=limit)
    found = list(zip(retrieved.passages, best_sentences(retrieved), strict=True))
    if as_json:
        print_json([rendering.found_as_json(passage, best) for passage, best in found])
        return
    for rank, (passage, best) in enumerate(found, 1):
        if rank > 1:
            show("")
        show(rendering.passage_text(rank, passage, query, best))


@footnote.command()
@click.pass_context
def chat(context: click.Context) -> None:
    """Ask one question after another.

    Follow-ups may refer to what was asked before.
    """
    from bot.cli.chat import converse
    from bot.cli.terminal import TerminalNotices
    from bot.runtime.wiring import opened

    settings = settings_of(context)
    with opened(settings, notices=TerminalNotices()) as parts:
        converse(parts)


@footnote.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write the results as JUnit XML here.")
@click.pass_context
def test(context: click.Context, files: tuple[Path, ...], junit: Path | None) -> None:
    """Run answer cases and report the failures.

    FILES are YAML, or folders of it; tests/answers by default.
    """
    from bot.cli.case_report import junit_xml, report, run_cases
    from bot.cli.cases import load_cases
    from bot.cli.terminal import TerminalNotices, output, report_width, waiting
    from bot.runtime.wiring import opened

    settings = settings_of(context)
    cases = load_cases(files or (Path("tests/answers"),))
    with opened(settings, notices=TerminalNotices()) as parts:
        results = []
        with waiting(f"0 of {len(cases)} cases") as tell:
            for result in run_cases(cases, parts.engine.answer):
                results.append(result)
                tell(f"{len(results)} of {len(cases)} cases")
    output().print(report(results, report_width()))
    if junit is not None:
        _write(junit, junit_xml(results))
    context.exit(ANSWERED if all(result.passed for result in results) else FAILED_CASES)


@footnote.command()
@click.option("--text", "path", metavar="PATH", help="Print the text of one document, which offsets count in.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.pass_context
def documents(context: click.Context, path: str | None, as_json: bool) -> None:
    """List what is indexed."""
    from bot.cli.inspect import document_text, print_documents

    settings = settings_of(context)
    if path is not None:
        sys.stdout.buffer.write(document_text(settings, path).encode())
    else:
        print_documents(settings, as_json)


@footnote.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Say how the index is.

    What it holds, from when, by which embedder, how large, what could not be read, whether it is behind the folder.
    """
    from bot.cli.inspect import print_status

    print_status(settings_of(context), as_json)


@footnote.command()
@click.option("--check", is_flag=True, help="Say whether the bot runs and is connected, and exit.")
@click.pass_context
def serve(context: click.Context, check: bool) -> None:
    """Answer in Discord until stopped.

    The token is read from DISCORD_TOKEN, in the environment or .env.
    """
    settings = settings_of(context)
    if check:
        from bot.runtime.health import Health

        click.echo(Health(settings.data_dir).check())
        return
    from bot.cli.terminal import TerminalNotices
    from bot.discord.connection.startup import serve as serve_discord

    serve_discord(settings, notices=TerminalNotices())


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FootnoteError(f"{path} can't be written ({error.strerror}); name another file") from error


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a character that can't be shown is no reason to say nothing
            stream.reconfigure(errors="replace")
    code = run(arguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done: a late Ctrl-C would only interrupt the goodbyes
    sys.exit(code)


def run(arguments: list[str] | None = None) -> int:
    """Run the command; its exit code. Whatever goes wrong ends in one line on standard error."""
    flags: dict[str, Any] = {}
    try:
        code = _outcome(sys.argv[1:] if arguments is None else arguments, flags)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read our output has seen enough
        _silence_output()
        return ANSWERED
    except OSError as error:
        _silence_output()
        _complain(f"the output can't be written ({error.strerror or error})")
        return BAD_INPUT
    return code


def _outcome(arguments: list[str], flags: dict[str, Any]) -> int:
    """The exit code of a command, after its error has been told. Passes a failure to print on."""
    try:
        # Not `footnote.main`, which ends the program by itself where the output is closed.
        with footnote.make_context("footnote", list(arguments), obj=flags) as context:
            code = footnote.invoke(context)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        error.show()
        return BAD_INPUT
    except FootnoteError as error:
        _complain(str(error))
        return BAD_INPUT
    except (KeyboardInterrupt, click.Abort):
        if sys.stderr.isatty():
            click.echo(err=True)  # the terminal has written ^C
        _complain("stopped; what was finished is kept")
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in SET_UP_NUMBERS:
            if error.filename is None:  # our files are written where their names are known
                raise
            _complain(f"{error.filename}: {error.strerror}; mend that, or name other folders with --seeds and --data")
            return BAD_INPUT
        _complain(f"a failure of ours ({type(error).__name__}: {error}); details are in {_keep_traceback(flags)}")
        return OUR_FAILURE
    return code if isinstance(code, int) else ANSWERED


def _complain(message: str) -> None:
    """One line on standard error, whatever a file's name or a library's message holds."""
    from bot.wording import plain

    click.echo(f"footnote: {plain(message)}", err=True)


def _silence_output() -> None:
    """Python would flush standard output once more at exit, and complain."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _keep_traceback(flags: dict[str, Any]) -> str:
    """Append the traceback to the error log of the data folder; where it is, in words."""
    entry = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n{traceback.format_exc()}\n"
    folders = [Path(tempfile.gettempdir())]
    with suppress(FootnoteError):
        folders.insert(0, load_settings(flags).data_dir)
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / "errors.log").open("a", encoding="utf-8") as file:
                file.write(entry)
        except OSError:
            continue
        return str(folder / "errors.log")
    sys.stderr.write(entry)
    return "the lines above"
