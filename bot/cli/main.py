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
from bot.cli.questions import ANSWERED, ask, chat, search
from bot.config.settings import load_settings, setting_named
from index.errors import FootnoteError

FAILED_CASES, BAD_INPUT, OUR_FAILURE, INTERRUPTED = 1, 2, 70, 130

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


footnote.add_command(index)
for command in (ask, search, chat):
    footnote.add_command(command)


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
