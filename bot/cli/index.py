"""`footnote index`: its flags, and which of them go together."""

from __future__ import annotations

import click

from bot.cli.context import settings_of


@click.command()
@click.option("--full", is_flag=True, help="Read every file again and build the index afresh, beside the old one.")
@click.option("--prune", is_flag=True, help="Accept that most or all of the documents are gone, and forget them.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--wait", is_flag=True, help="Wait for another process that is indexing, instead of giving up.")
@click.option(
    "--keep",
    type=click.IntRange(0, 20),
    default=1,
    show_default=True,
    help="How many earlier builds stay, after another embedder, another version or --full.",
)
@click.option(
    "--take-over", is_flag=True, help="Write the index on the Chroma server from here on, in place of another machine."
)
@click.option("--rollback", is_flag=True, help="Go back to the build before; a second time, forth again.")
@click.option("--check", is_flag=True, help="Compare catalog, Chroma, tantivy and files, and mend what can be mended.")
@click.option(
    "--watch", is_flag=True, help="Then go on: whenever files change, bring the index up to date, until Ctrl-C."
)
@click.pass_context
def index(
    context: click.Context,
    full: bool,
    prune: bool,
    dry_run: bool,
    wait: bool,
    keep: int,
    take_over: bool,
    rollback: bool,
    check: bool,
    watch: bool,
) -> None:
    """Bring the index up to date with the seeds folder."""
    settings = settings_of(context)
    patience = -1.0 if wait else 0.0
    others = full or prune or dry_run or watch or take_over
    if rollback or check:
        from bot.cli import index_upkeep

        _alone("--rollback" if rollback else "--check", others or (rollback and check))
        (index_upkeep.roll_back if rollback else index_upkeep.check)(settings, patience)
        return
    if dry_run:
        from bot.cli.index_upkeep import print_preview

        _alone("--dry-run", prune or watch or take_over)
        print_preview(settings, full)
        return
    from bot.cli.terminal import print_report, shown_progress
    from bot.runtime.wiring import ingest

    with shown_progress() as progress:
        report = ingest(settings, full, prune, progress, patience, keep, take_over)
    print_report(report, str(settings.seeds_dir))
    if watch:
        from bot.cli.watch import follow

        follow(settings, keep)


def _alone(flag: str, others: bool) -> None:
    if others:
        raise click.UsageError(f"{flag} goes with none of these other flags")
