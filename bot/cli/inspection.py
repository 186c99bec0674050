"""`footnote documents` and `footnote status`. They read the catalog alone, and load no model."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from bot.cli.terminal import output, print_json, show
from bot.config.settings import Settings
from bot.errors import FootnoteError
from bot.runtime.wiring import check_data_folder, is_of_another_folder, replica_of
from bot.wording import plain
from index.errors import DamagedCatalog, NotIndexed, SeedsError
from index.ingestion.difference import lag
from index.parsing.reasons import grouped
from index.reader.choice import reader_in_words
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import DocumentSummary, Generation
from index.storage.generation.folders import Generations
from index.storage.paths import CATALOG
from index.storage.rollback import kept_generations
from index.storage.server.notes import ServerNotes
from index.storage.writer_lock import read_writer_status
from index.types import Unreadable

if TYPE_CHECKING:
    from rich.table import Table

COLUMNS = ("document", "title", "format", "language", "characters", "chunks")
MAX_TABLE_ROWS = 500  # more are printed as lines with tabs

LANGUAGE_ADVICE = (
    "set EMBED_MODEL to one that knows them, such as sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2, "
    "and run `footnote index`"
)


@contextmanager
def _open_catalog(settings: Settings) -> Iterator[tuple[Catalog, Generation]]:
    """Open the catalog, and return it with its active generation. Raises `NotIndexed`."""
    check_data_folder(settings)
    path = settings.data_dir / CATALOG
    if not path.is_file() and (replica := replica_of(settings)) is not None:
        with closing(replica):
            replica.bring_up_to_date()
    if not path.is_file():
        raise NotIndexed(f"there is no index in {settings.data_dir} yet; run `footnote index`")
    with _damage_with_advice():
        catalog = Catalog(path)
    try:
        with _damage_with_advice(), catalog.reading():
            active = catalog.active()
            if active is None:
                raise NotIndexed(f"there is no index in {settings.data_dir} yet; run `footnote index`")
            yield catalog, active
    finally:
        catalog.close()


@contextmanager
def _damage_with_advice() -> Iterator[None]:
    """Add to the error of a damaged catalog how to repair it."""
    try:
        yield
    except DamagedCatalog as error:
        raise FootnoteError(f"{error}; run `footnote index` to rebuild it from the documents") from error


def document_text(settings: Settings, path: str) -> str:
    """Return the text of a document, to which the offsets of citations refer."""
    with _open_catalog(settings) as (catalog, _):
        document = catalog.document(path)
        names = [summary.path for summary in catalog.summaries()] if document is None else []
    if document is None:
        close = get_close_matches(path, names, n=1)
        advice = f"did you mean {plain(close[0])!r}?" if close else "`footnote documents` lists all of them"
        raise FootnoteError(f"there is no document {path!r} in the index; {advice}")
    return document.text


def print_documents(settings: Settings, *, as_json: bool) -> None:
    """Print the documents and the unreadable files, or the documents as JSON."""
    with _open_catalog(settings) as (catalog, _):
        summaries = catalog.summaries()
        unreadable = catalog.unreadable()
    if as_json:
        print_json([_as_json(summary) for summary in summaries])
        return
    rows = [
        (
            plain(summary.path),
            plain(summary.title),
            summary.format,
            summary.language or "–",
            f"{summary.characters:,}",
            f"{summary.chunks:,}",
        )
        for summary in summaries
    ]
    if len(rows) <= MAX_TABLE_ROWS:
        output().print(_table(rows))
    else:  # the layout of a long table takes seconds
        output().out("\n".join("\t".join(row) for row in (COLUMNS, *rows)), highlight=False)
    for one in grouped(Unreadable(path, reason) for path, (_, reason) in unreadable.items()):
        show(f"unreadable: {plain(one.path)} {plain(one.reason)}", "yellow", indentation=4)


def _table(rows: Sequence[tuple[str, ...]]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in COLUMNS:
        if name in ("document", "title"):
            table.add_column(name, overflow="fold")
        else:
            table.add_column(name, no_wrap=True, justify="right" if name in ("characters", "chunks") else "left")
    for row in rows:
        table.add_row(*row)
    return table


def print_status(settings: Settings, *, as_json: bool) -> None:
    """Print the state of the index, as lines or as JSON."""
    with _open_catalog(settings) as (catalog, active):
        state = _state(settings, catalog, active)
        lines = _state_lines(settings, catalog, active, state)
    if as_json:
        print_json(state)
        return
    width = max(map(len, lines)) + 2
    for name, values in lines.items():
        for label, value in zip([name, *[""] * len(values)], values, strict=False):
            show(f"{label:<{width}}{plain(value)}", indentation=width)


def print_unread(settings: Settings) -> None:
    """Print every file that could not be read, with the reason."""
    with _open_catalog(settings) as (catalog, _):
        unreadable = catalog.unreadable()
    for path, (_, reason) in unreadable.items():
        show(f"{plain(path)} {plain(reason)}", indentation=4)
    if not unreadable:
        show("every file was read")


def _state(settings: Settings, catalog: Catalog, active: Generation) -> dict[str, Any]:
    """Return the object that `footnote status --json` prints."""
    try:
        behind: dict[str, int] | None = asdict(lag(settings.seeds_dir, catalog))
    except SeedsError:
        behind = None
    summaries = catalog.summaries()
    note = ServerNotes(Generations(settings.data_dir)).read(active.number)
    writer = read_writer_status(settings.data_dir)
    return {
        "generation": active.number,
        "writing": None if writer is None else asdict(writer),
        "kept": [
            {"generation": kept.number, "embedder": kept.embedder, "chunks": kept.chunks, "published": _moment(kept)}
            for kept in kept_generations(catalog, Generations(settings.data_dir), active=active.number)
        ],
        "published": _moment(active),
        "data": str(settings.data_dir),
        "seeds": active.seeds,
        "behind": behind,
        "documents": len(summaries),
        "chunks": active.chunks,
        "chroma_server": note.url if note else None,
        "follows": {"writer": note.writer, "generation": note.origin} if note and note.is_followed else None,
        "embedder": active.embedder,
        "dimension": active.dimension,
        "reader": reader_in_words(settings.reader_model),
        "answer_threshold": settings.answer_threshold,
        "bytes": _size(settings, active),
        "unreadable": [{"document": path, "reason": reason} for path, (_, reason) in catalog.unreadable().items()],
        "unknown_languages": _unknown_languages(summaries, active),
        "settings_from": str(settings.env_file) if settings.env_file else None,
    }


def _state_lines(
    settings: Settings, catalog: Catalog, active: Generation, state: dict[str, Any]
) -> dict[str, list[str]]:
    """Return the lines that `footnote status` prints, by the name in front of the first one."""
    follows = state["follows"]
    is_current = follows or settings.embed_model == active.embedder
    other_model = "" if is_current else f"; EMBED_MODEL is now {settings.embed_model}"
    moved = f"; SEEDS_DIR is now {settings.seeds_dir}" if is_of_another_folder(settings, active, catalog) else ""
    languages = [
        f"{language}: {', '.join(paths[:3])}" + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        for language, paths in state["unknown_languages"].items()
    ]
    unread = grouped(Unreadable(file["document"], file["reason"]) for file in state["unreadable"])
    return {
        "index": [f"generation {active.number}, published {ago(active.published)}, in {settings.data_dir}"],
        "being written": [_describe_writer(state["writing"])] if state["writing"] else [],
        "kept": [
            f"generation {kept['generation']}, {kept['chunks']:,} chunks by {kept['embedder']}; "
            "`footnote index rollback` returns to it"
            for kept in state["kept"]
        ],
        "follows": [f"the index that {follows['writer']} writes, generation {follows['generation']} there"]
        if follows
        else [],
        "seeds": [active.seeds + ("" if follows else moved)],
        "folder": [] if follows else [_describe_lag(settings, state["behind"], is_current=bool(is_current))],
        "documents": [f"{state['documents']:,}"],
        "chunks": [f"{active.chunks:,}"],
        "vectors": [f"on the Chroma server at {state['chroma_server']}"] if state["chroma_server"] else [],
        "embedder": [f"{active.embedder} ({active.dimension} dimensions){other_model}"],
        "reader": [state["reader"]],
        "answer threshold": [str(settings.answer_threshold)],
        "size": [f"{state['bytes'] / 1e6:,.1f} MB"],
        "unreadable": [f"{one.path} {one.reason}" for one in unread] or ["–"],
        "unknown languages": [*languages, f"the embedding model does not know them; {LANGUAGE_ADVICE}"]
        if languages
        else ["–"],
        "settings from": [state["settings_from"] or "the environment and defaults"],
    }


def _size(settings: Settings, active: Generation) -> int:
    """Return the bytes on disk of the catalog and the active generation."""
    catalog = sum(path.stat().st_size for path in settings.data_dir.glob(f"{CATALOG}*") if path.is_file())
    return catalog + Generations(settings.data_dir).size(active.number)


def _describe_lag(settings: Settings, behind: dict[str, int] | None, *, is_current: bool) -> str:
    if behind is None:
        return f"{settings.seeds_dir} can't be read; create it, or name yours with SEEDS_DIR or --seeds"
    if any(behind.values()):
        counts = ", ".join(f"{count} {name}" for name, count in behind.items())
        return f"the index is behind: {counts}; run `footnote index`"
    return "the index is up to date" if is_current else "run `footnote index` to embed with the other model"


def _unknown_languages(summaries: list[DocumentSummary], active: Generation) -> dict[str, list[str]]:
    """Return the documents in a language that the embedding model does not know, by language."""
    found: dict[str, list[str]] = {}
    for summary in summaries:
        if active.languages is not None and summary.language and summary.language not in active.languages:
            found.setdefault(summary.language, []).append(summary.path)
    return dict(sorted(found.items()))


def _as_json(summary: DocumentSummary) -> dict[str, Any]:
    return {
        "document": summary.path,
        "title": summary.title,
        "format": summary.format,
        "language": summary.language,
        "url": summary.url,
        "characters": summary.characters,
        "chunks": summary.chunks,
    }


def _moment(generation: Generation) -> str:
    return datetime.fromtimestamp(generation.published, UTC).isoformat(timespec="seconds")


def _describe_writer(writer: dict[str, Any]) -> str:
    step = f", {writer['step']}" if writer["step"] else ""
    count = f" {writer['done']:,} of {writer['total']:,}" if writer["total"] else ""
    embedder = f", with {writer['embedder']}" if writer["embedder"] else ""
    return f"process {writer['process']} began {ago(writer['since'])}{step}{count}{embedder}"


def ago(moment: float) -> str:
    """Return in words how long ago a moment (in seconds since the epoch) was."""
    seconds = max(0, int(time.time() - moment))
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return f"{seconds} seconds ago"
