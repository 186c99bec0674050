"""What is indexed: `footnote documents` and `footnote status`. Reads the catalog alone, and loads no model."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from bot.errors import FootnoteError
from bot.rendering import plain
from bot.settings import Settings
from bot.terminal import output
from index.catalog import Catalog
from index.catalog_rows import DocumentSummary, Generation
from index.difference import lag
from index.errors import NotIndexed, SeedsError
from index.generations import Generations
from index.paths import CATALOG

LANGUAGE_ADVICE = (
    "set EMBED_MODEL to one that knows them, such as sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2, "
    "and run `footnote index`"
)


@contextmanager
def _catalog(settings: Settings) -> Iterator[tuple[Catalog, Generation]]:
    """The catalog and its active generation. Raises `NotIndexed`."""
    path = settings.data_dir / CATALOG
    if not path.is_file():
        raise NotIndexed(f"there is no index in {settings.data_dir} yet; run `footnote index`")
    catalog = Catalog(path)
    try:
        with catalog.reading():
            active = catalog.active()
            if active is None:
                raise NotIndexed(f"there is no index in {settings.data_dir} yet; run `footnote index`")
            yield catalog, active
    finally:
        catalog.close()


def document_text(settings: Settings, path: str) -> str:
    """The text of a document, which the offsets of citations count in."""
    with _catalog(settings) as (catalog, _):
        document = catalog.document(path)
    if document is None:
        raise FootnoteError(f"no document {path!r} is indexed; `footnote documents` lists those that are")
    return document.text


def print_documents(settings: Settings, as_json: bool) -> None:
    """The documents, as a table or as JSON, and what could not be read."""
    with _catalog(settings) as (catalog, _):
        summaries = catalog.summaries()
        unreadable = catalog.unreadable()
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in summaries], ensure_ascii=False, indent=2))
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("document", "title", "format", "language"):
        table.add_column(name, overflow="fold")
    for name in ("characters", "chunks"):
        table.add_column(name, justify="right")
    for one in summaries:
        table.add_row(
            plain(one.path), plain(one.title), one.format, one.language or "–", f"{one.characters:,}", f"{one.chunks:,}"
        )
    output().print(table)
    for path, (_, reason) in unreadable.items():
        output().print(f"unreadable: {plain(path)} {reason}", style="yellow")


def print_status(settings: Settings, as_json: bool) -> None:
    """The state of the index, line by line or as JSON."""
    with _catalog(settings) as (catalog, active):
        state = _state(settings, catalog, active)
    if as_json:
        click.echo(json.dumps(state, ensure_ascii=False, indent=2))
        return
    width = max(map(len, state)) + 2
    for name, value in state.items():
        shown = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        output().print(f"{name.replace('_', ' '):<{width}}{plain(shown) if shown else '–'}")


def _state(settings: Settings, catalog: Catalog, active: Generation) -> dict[str, Any]:
    summaries = catalog.summaries()
    size = settings.data_dir.joinpath(CATALOG).stat().st_size + Generations(settings.data_dir).size(active.number)
    asked = "" if settings.embed_model == active.embedder else f"; EMBED_MODEL now asks for {settings.embed_model}"
    return {
        "index": f"generation {active.number}, published {_ago(active.published)}, in {settings.data_dir}",
        "seeds": active.seeds,
        "folder": _lag_in_words(settings, catalog, bool(asked)),
        "documents": len(summaries),
        "chunks": active.chunks,
        "embedder": f"{active.embedder} ({active.dimension} dimensions){asked}",
        "reader": "similarity",
        "answer_threshold": settings.answer_threshold,
        "size": f"{size / 1e6:,.1f} MB",
        "unreadable": [f"{path} {reason}" for path, (_, reason) in catalog.unreadable().items()],
        "unknown_languages": _unknown_languages(summaries, active),
        "settings_from": str(settings.env_file) if settings.env_file else "the environment and defaults",
    }


def _lag_in_words(settings: Settings, catalog: Catalog, other_embedder: bool) -> str:
    try:
        found = lag(settings.seeds_dir, catalog)
    except SeedsError as error:
        return str(error)
    if found.is_behind:
        return f"the index is behind: {found.new} new, {found.changed} changed, {found.gone} gone; run `footnote index`"
    return "run `footnote index` to embed with the other model" if other_embedder else "the index is up to date"


def _unknown_languages(summaries: list[DocumentSummary], active: Generation) -> list[str]:
    """The documents in a language that the embedder doesn't know, by language, and what helps."""
    if active.languages is None:
        return []
    strangers: dict[str, list[str]] = {}
    for one in summaries:
        if one.language and one.language not in active.languages:
            strangers.setdefault(one.language, []).append(one.path)
    named = [
        f"{language}: {', '.join(paths[:3])}" + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        for language, paths in sorted(strangers.items())
    ]
    return [*named, f"found worse than they could be; {LANGUAGE_ADVICE}"] if named else []


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


def _ago(published: float) -> str:
    seconds = max(0, int(time.time() - published))
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return f"{seconds} seconds ago"
