"""Turn the errors of a command into one line on standard error and an exit code."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.exit_codes import BAD_INPUT, INTERNAL_ERROR, INTERRUPTED
from bot.config.settings import load_settings
from index.errors import FootnoteError

# Errors of the operating system that are caused by the folders of the user, not by Footnote.
SET_UP_ERRNOS = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR, errno.EISDIR, errno.EIO}
)


def report_failure(error: BaseException, flags: Mapping[str, str | None]) -> int:
    """Print the error, and return the exit code. Raises `error` again if the output itself is the problem.

    `flags` are the values of the flags before the command, which say where the error log is.
    """
    match error:
        case click.UsageError():
            error.show()
            return BAD_INPUT
        case FootnoteError():
            print_error(str(error))
            return BAD_INPUT
        case KeyboardInterrupt() | click.Abort():
            if sys.stderr.isatty():
                click.echo(err=True)  # the terminal has written ^C
            print_error("stopped; what was finished is kept")
            return INTERRUPTED
        case BrokenPipeError():
            raise error
        case OSError() if error.errno in SET_UP_ERRNOS:
            if error.filename is None:  # an error of a file names it, so this is standard output
                raise error
            print_error(f"{error.filename}: {error.strerror}; fix that, or name other folders with --seeds and --data")
            return BAD_INPUT
        case Exception():
            log = _log_traceback(error, flags)
            print_error(f"internal error ({type(error).__name__}: {error}); details are in {log}")
            return INTERNAL_ERROR
    raise error


def print_error(message: str) -> None:
    """Print one line on standard error. Control characters, in a file name for example, are replaced."""
    from bot.wording import plain

    click.echo(f"footnote: {plain(message)}", err=True)


def silence_output() -> None:
    """Discard standard output, which Python would flush once more at exit, with a second error."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _log_traceback(error: BaseException, flags: Mapping[str, str | None]) -> str:
    """Append the traceback to the error log of the data folder, and return the path of the log."""
    entry = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n{''.join(traceback.format_exception(error))}\n"
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
