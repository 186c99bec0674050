"""`footnote index` and its subcommands."""

from __future__ import annotations

import click
from click.core import ParameterSource

from bot.cli.context import settings_of
from bot.errors import FootnoteError
from index.ingestion.options import KEPT_BUILDS, IngestOptions
from index.storage.writer_lock import WAIT_FOREVER

MOVED_FLAGS = ("--check", "--watch", "--rollback", "--take-over")  # flags that are subcommands since version 0.2

wait_option = click.option("--wait", is_flag=True, help="Wait for another process that is indexing.")
prune_option = click.option(
    "--prune", is_flag=True, help="Remove missing documents from the index even if that is most of them."
)
keep_option = click.option(
    "--keep",
    type=click.IntRange(0, 20),
    default=KEPT_BUILDS,
    show_default=True,
    help="Number of earlier builds to keep for `footnote index rollback`.",
)


def _refuse_moved_flag(_: click.Context, option: click.Parameter, is_given: bool) -> None:
    if is_given:
        (flag,) = option.opts
        raise FootnoteError(f"`footnote index {flag}` is now `footnote index {flag.removeprefix('--')}`")


def _moved_flags(command: click.Group) -> click.Group:
    """Add the flags of version 0.1, hidden, so that each of them names its subcommand."""
    for flag in MOVED_FLAGS:
        option = click.Option(
            [flag], is_flag=True, hidden=True, expose_value=False, is_eager=True, callback=_refuse_moved_flag
        )
        command.params.append(option)
    return command


@_moved_flags
@click.group(invoke_without_command=True)
@click.option("--full", is_flag=True, help="Read every file again and build a new index next to the current one.")
@prune_option
@click.option("--dry-run", is_flag=True, help="Report what would be done, and change nothing.")
@wait_option
@keep_option
@click.pass_context
def index(context: click.Context, full: bool, prune: bool, dry_run: bool, wait: bool, keep: int) -> None:
    """Update the index to match the documents.

    Only files that are new or changed are read. If the embedding model, the version of Footnote or --full leads
    to a new build, the previous one is kept.
    """
    if context.invoked_subcommand is not None:
        _refuse_flags_before(context, context.invoked_subcommand)
        return
    settings = settings_of(context)
    if dry_run:
        from bot.cli.index_commands.actions import print_preview

        if prune:
            raise click.UsageError("--dry-run cannot be combined with --prune.")
        print_preview(settings, full=full)
        return
    from bot.cli.index_commands.actions import bring_up_to_date

    bring_up_to_date(
        settings, IngestOptions(full=full, prune=prune, wait_seconds=_wait_seconds(wait), kept_builds=keep)
    )


@index.command()
@wait_option
@click.pass_context
def check(context: click.Context, wait: bool) -> None:
    """Compare the parts of the index and repair them.

    The catalog, Chroma, tantivy and the files are compared. What can be rebuilt from the catalog is rebuilt. Exit
    code 0 if the index is sound at the end.
    """
    from bot.cli.index_commands import actions

    actions.check(settings_of(context), wait_seconds=_wait_seconds(wait))


@index.command()
@prune_option
@wait_option
@keep_option
@click.pass_context
def watch(context: click.Context, prune: bool, wait: bool, keep: int) -> None:
    """Update the index, then again whenever documents change.

    Ctrl-C stops it.
    """
    from bot.cli.index_commands.actions import bring_up_to_date
    from bot.cli.index_commands.watch import follow

    settings = settings_of(context)
    options = IngestOptions(prune=prune, wait_seconds=_wait_seconds(wait), kept_builds=keep)
    bring_up_to_date(settings, options)
    follow(settings, IngestOptions(kept_builds=keep))


@index.command()
@wait_option
@click.pass_context
def rollback(context: click.Context, wait: bool) -> None:
    """Return to the previous build; repeat to undo."""
    from bot.cli.index_commands import actions

    actions.roll_back(settings_of(context), wait_seconds=_wait_seconds(wait))


@index.command()
@prune_option
@wait_option
@keep_option
@click.pass_context
def take_over(context: click.Context, prune: bool, wait: bool, keep: int) -> None:
    """Write the index on the Chroma server from this machine.

    For when the machine that has written it so far is lost. Nothing is embedded again.
    """
    from bot.cli.index_commands.actions import bring_up_to_date

    options = IngestOptions(prune=prune, wait_seconds=_wait_seconds(wait), kept_builds=keep, take_over=True)
    bring_up_to_date(settings_of(context), options)


def _wait_seconds(wait: bool) -> float:
    return WAIT_FOREVER if wait else 0.0


def _refuse_flags_before(context: click.Context, subcommand: str) -> None:
    """Raise `UsageError` for a flag between `index` and a subcommand, which would have no effect."""
    for parameter in context.command.params:
        if parameter.name and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"{parameter.opts[0]} before {subcommand!r} has no effect; see `footnote index {subcommand} --help`."
            )
