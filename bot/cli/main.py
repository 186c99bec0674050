"""The commands of `footnote`, and how a command is run."""

from __future__ import annotations

import io
import signal
import sys
from pathlib import Path
from typing import Any

import click

from bot.cli.context import settings_of
from bot.cli.exit_codes import ANSWERED, BAD_INPUT, FAILED_CASES
from bot.cli.failures import print_error, report_failure, silence_output
from bot.cli.index_commands.commands import index
from bot.cli.questions import ask, chat, search
from bot.config.settings import setting_named
from index.errors import FootnoteError


def _help_of(name: str) -> str:
    """Return the help of a flag that sets a setting."""
    return f"{setting_named(name).help.removesuffix('.')} ({name})."


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seeds", metavar="DIR", help=_help_of("SEEDS_DIR"))
@click.option("--data", metavar="DIR", help=_help_of("DATA_DIR"))
@click.version_option(package_name="footnote")
@click.pass_context
def footnote(context: click.Context, seeds: str | None, data: str | None) -> None:
    """Answer questions about a folder of documents in their own words, with footnotes.

    An answer has the shape of the document: a sentence, steps, code, rows of a table. If Footnote is not sure, it shows
    what comes closest; if there is nothing, it says so.

    Exit codes: 0 answered or done, 1 answer cases failed, 2 bad input or set-up, 3 no answer, 70 internal error.
    """
    context.obj.update({"SEEDS_DIR": seeds, "DATA_DIR": data})


footnote.add_command(index)
for command in (ask, search, chat):
    footnote.add_command(command)


@footnote.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--junit", type=click.Path(path_type=Path, dir_okay=False), help="Also write the results to a file of JUnit XML."
)
@click.pass_context
def test(context: click.Context, files: tuple[Path, ...], junit: Path | None) -> None:
    """Run answer cases, and report the failures.

    FILES are YAML files or folders of them; the default is tests/answers.
    """
    from bot.cli.answer_cases.cases import load_cases
    from bot.cli.answer_cases.report import junit_xml, report, run_cases
    from bot.cli.terminal import TerminalNotices, output, report_width, waiting
    from bot.runtime.wiring import opened

    settings = settings_of(context)
    cases = load_cases(files or (Path("tests/answers"),))
    with opened(settings, notices=TerminalNotices()) as parts:
        results = []
        with waiting(f"0 of {len(cases)} cases") as show_progress:
            for result in run_cases(cases, parts.engine.answer):
                results.append(result)
                show_progress(f"{len(results)} of {len(cases)} cases")
    output().print(report(results, report_width()))
    if junit is not None:
        _write(junit, junit_xml(results))
    context.exit(ANSWERED if all(result.passed for result in results) else FAILED_CASES)


@footnote.command()
@click.option("--text", "path", metavar="PATH", help="Print the text of one document, to which offsets refer.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.pass_context
def documents(context: click.Context, path: str | None, as_json: bool) -> None:
    """List the indexed documents."""
    from bot.cli.inspection import document_text, print_documents

    settings = settings_of(context)
    if path is not None:
        sys.stdout.buffer.write(document_text(settings, path).encode())
    else:
        print_documents(settings, as_json=as_json)


@footnote.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--unread", is_flag=True, help="List every file that could not be read, and nothing else.")
@click.pass_context
def status(context: click.Context, as_json: bool, unread: bool) -> None:
    """Show the state of the index.

    Its content, age, embedding model and size, files that could not be read, and whether it is up to date.
    """
    from bot.cli.inspection import print_status, print_unread

    if unread and as_json:
        raise click.UsageError("--json lists them too: leave --unread out")
    if unread:
        print_unread(settings_of(context))
        return
    print_status(settings_of(context), as_json=as_json)


@footnote.command()
@click.option("--check", is_flag=True, help="Report whether the bot is running and connected, and exit.")
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
    """Run a command and exit the program."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # print a substitute for characters that the encoding lacks
            stream.reconfigure(errors="replace")
    code = run(arguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command is done: Ctrl-C would only interrupt the clean-up
    sys.exit(code)


def run(arguments: list[str] | None = None) -> int:
    """Run a command, and return its exit code. Any error ends in one line on standard error."""
    flags: dict[str, Any] = {}
    try:
        code = _invoke(sys.argv[1:] if arguments is None else arguments, flags)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has closed it
        silence_output()
        return ANSWERED
    except OSError as error:
        silence_output()
        print_error(f"the output can't be written ({error.strerror or error})")
        return BAD_INPUT
    return code


def _invoke(arguments: list[str], flags: dict[str, Any]) -> int:
    """Run a command, and return its exit code. Raises OSError if its output cannot be written."""
    try:
        # Not `footnote.main`, which exits by itself if the output is closed.
        with footnote.make_context("footnote", list(arguments), obj=flags) as context:
            code = footnote.invoke(context)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 (reported and logged, or raised again)
        return report_failure(error, flags)
    return code if isinstance(code, int) else ANSWERED
