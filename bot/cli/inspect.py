"""What is indexed: `footnote documents` and `footnote status`. Reads the catalog alone, and loads no model."""

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
from index.reader.choice import reader_in_words
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import DocumentSummary, Generation
from index.storage.generation.folders import Generations
from index.storage.paths import CATALOG
from index.storage.rollback import kept_generations
from index.storage.server.notes import ServerNotes
from index.storage.writer_lock import read_writer_status

if TYPE_CHECKING:
    from rich.table import Table

COLUMNS = ("document", "title", "format", "language", "characters", "chunks")
LARGEST_TABLE = 500  # documents; more are printed as lines with tabs

LANGUAGE_ADVICE = (
    "set EMBED_MODEL to one that knows them, such as sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2, "
    "and run `footnote index`"
)


@contextmanager
def _catalog(settings: Settings) -> Iterator[tuple[Catalog, Generation]]:
    """The catalog and its active generation. Raises `NotIndexed`."""
    check_data_folder(settings)
    path = settings.data_dir / CATALOG
    if not path.is_file() and (replica := replica_of(settings)) is not None:
        with closing(replica):
            replica.bring_up_to_date()
    if not path.is_file():
        raise NotIndexed(f"there is no index in {settings.data_dir} yet; run `footnote index`")
    with _damage_named():
        catalog = Catalog(path)
    try:
        with _damage_named(), catalog.reading():
            active = catalog.active()
            if active is None:
                raise NotIndexed(f"there is no index in {settings.data_dir} yet; run `footnote index`")
            yield catalog, active
    finally:
        catalog.close()


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except DamagedCatalog as error:
        raise FootnoteError(f"{error}; run `footnote index` to rebuild it from the documents") from error


def document_text(settings: Settings, path: str) -> str:
    """The text of a document, which the offsets of citations count in."""
    with _catalog(settings) as (catalog, _):
        document = catalog.document(path)
        names = [one.path for one in catalog.summaries()] if document is None else []
    if document is None:
        close = get_close_matches(path, names, n=1)
        advice = f"did you mean {plain(close[0])!r}?" if close else "`footnote documents` lists those that are"
        raise FootnoteError(f"no document {path!r} is indexed; {advice}")
    return document.text


def print_documents(settings: Settings, as_json: bool) -> None:
    """The documents, as a table or as JSON, and what could not be read."""
    with _catalog(settings) as (catalog, _):
        summaries = catalog.summaries()
        unreadable = catalog.unreadable()
    if as_json:
        print_json([_as_json(one) for one in summaries])
        return
    rows = [
        (plain(one.path), plain(one.title), one.format, one.language or "–", f"{one.characters:,}", f"{one.chunks:,}")
        for one in summaries
    ]
    if len(rows) <= LARGEST_TABLE:
        output().print(_table(rows))
    else:  # laying out a long table takes seconds, and nobody reads it as one
        output().out("\n".join("\t".join(row) for row in (COLUMNS, *rows)), highlight=False)
    for path, (_, reason) in unreadable.items():
        show(f"unreadable: {plain(path)} {plain(reason)}", "yellow", indentation=4)


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


def print_status(settings: Settings, as_json: bool) -> None:
    """The state of the index, line by line or as JSON."""
    with _catalog(settings) as (catalog, active):
        state = _state(settings, catalog, active)
        lines = _state_in_words(settings, catalog, active, state)
    if as_json:
        print_json(state)
        return
    width = max(map(len, lines)) + 2
    for name, values in lines.items():
        for label, value in zip([name, *[""] * len(values)], values, strict=False):
            show(f"{label:<{width}}{plain(value)}", indentation=width)


def _state(settings: Settings, catalog: Catalog, active: Generation) -> dict[str, Any]:
    """What `footnote status --json` prints."""
    try:
        behind: dict[str, int] | None = asdict(lag(settings.seeds_dir, catalog))
    except SeedsError:
        behind = None
    summaries = catalog.summaries()
    note = ServerNotes(Generations(settings.data_dir)).read(active.number)
    writing = read_writer_status(settings.data_dir)
    return {
        "generation": active.number,
        "writing": None if writing is None else asdict(writing),
        "kept": [
            {"generation": one.number, "embedder": one.embedder, "chunks": one.chunks, "published": _moment(one)}
            for one in kept_generations(catalog, Generations(settings.data_dir), active=active.number)
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
        "unreadable": [{"document": path, "reason": why} for path, (_, why) in catalog.unreadable().items()],
        "unknown_languages": _unknown_languages(summaries, active),
        "settings_from": str(settings.env_file) if settings.env_file else None,
    }


def _state_in_words(
    settings: Settings, catalog: Catalog, active: Generation, state: dict[str, Any]
) -> dict[str, list[str]]:
    """What `footnote status` prints: for each name its lines."""
    follows = state["follows"]
    is_asked_for = follows or settings.embed_model == active.embedder
    asked = "" if is_asked_for else f"; EMBED_MODEL now asks for {settings.embed_model}"
    moved = f"; SEEDS_DIR is now {settings.seeds_dir}" if is_of_another_folder(settings, active, catalog) else ""
    languages = [
        f"{language}: {', '.join(paths[:3])}" + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        for language, paths in state["unknown_languages"].items()
    ]
    return {
        "index": [f"generation {active.number}, published {ago(active.published)}, in {settings.data_dir}"],
        "being written": [_writing_in_words(state["writing"])] if state["writing"] else [],
        "kept": [
            f"generation {one['generation']}, {one['chunks']:,} chunks by {one['embedder']}; "
            "`footnote index rollback` goes back"
            for one in state["kept"]
        ],
        "follows": [f"the index that {follows['writer']} writes, generation {follows['generation']} there"]
        if follows
        else [],
        "seeds": [active.seeds + ("" if follows else moved)],
        "folder": [] if follows else [_lag_in_words(settings, state["behind"], bool(asked))],
        "documents": [f"{state['documents']:,}"],
        "chunks": [f"{active.chunks:,}"],
        "vectors": [f"on the Chroma server at {state['chroma_server']}"] if state["chroma_server"] else [],
        "embedder": [f"{active.embedder} ({active.dimension} dimensions){asked}"],
        "reader": [state["reader"]],
        "answer threshold": [str(settings.answer_threshold)],
        "size": [f"{state['bytes'] / 1e6:,.1f} MB"],
        "unreadable": [f"{one['document']} {one['reason']}" for one in state["unreadable"]] or ["–"],
        "unknown languages": [*languages, f"these are found worse than they could be; {LANGUAGE_ADVICE}"]
        if languages
        else ["–"],
        "settings from": [state["settings_from"] or "the environment and defaults"],
    }


def _size(settings: Settings, active: Generation) -> int:
    """Bytes on disk of the catalog and the active generation."""
    catalog = sum(path.stat().st_size for path in settings.data_dir.glob(f"{CATALOG}*") if path.is_file())
    return catalog + Generations(settings.data_dir).size(active.number)


def _lag_in_words(settings: Settings, behind: dict[str, int] | None, other_embedder: bool) -> str:
    if behind is None:
        return f"{settings.seeds_dir} can't be read; create it, or name yours with SEEDS_DIR or --seeds"
    if any(behind.values()):
        counts = ", ".join(f"{count} {name}" for name, count in behind.items())
        return f"the index is behind: {counts}; run `footnote index`"
    return "run `footnote index` to embed with the other model" if other_embedder else "the index is up to date"


def _unknown_languages(summaries: list[DocumentSummary], active: Generation) -> dict[str, list[str]]:
    """The documents in a language that the embedder doesn't know, by language."""
    strangers: dict[str, list[str]] = {}
    for one in summaries:
        if active.languages is not None and one.language and one.language not in active.languages:
            strangers.setdefault(one.language, []).append(one.path)
    return dict(sorted(strangers.items()))


def _as_json(one: DocumentSummary) -> dict[str, Any]:
    return {
        "document": one.path,
        "title": one.title,
        "format": one.format,
        "language": one.language,
        "url": one.url,
        "characters": one.characters,
        "chunks": one.chunks,
    }


def _moment(generation: Generation) -> str:
    return datetime.fromtimestamp(generation.published, UTC).isoformat(timespec="seconds")


def _writing_in_words(writing: dict[str, Any]) -> str:
    doing = f", {writing['step']}" if writing["step"] else ""
    count = f" {writing['done']:,} of {writing['total']:,}" if writing["total"] else ""
    embedder = f", with {writing['embedder']}" if writing["embedder"] else ""
    return f"process {writing['process']} began {ago(writing['since'])}{doing}{count}{embedder}"


def ago(published: float) -> str:
    """How long a moment (seconds since the epoch) lies back, in words."""
    seconds = max(0, int(time.time() - published))
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return f"{seconds} seconds ago"
