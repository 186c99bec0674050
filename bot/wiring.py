"""From settings to working parts: the index brought up to date or opened, and the engine over it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import FootnoteError
from bot.prompts import Prompts, load_prompts
from bot.settings import Settings
from bot.terminal import notices, shown_progress
from index.errors import DamagedCatalog, EmbedderError, NotIndexed

if TYPE_CHECKING:
    from bot.answering import AnswerEngine
    from index.ingestion import Report
    from index.retrieval import Retriever
    from index.search_index import SearchIndex


@dataclass(frozen=True, slots=True)
class Parts:
    """What commands that search work with."""

    settings: Settings
    prompts: Prompts
    index: SearchIndex
    retriever: Retriever
    engine: AnswerEngine


def ingest(settings: Settings, full: bool = False, prune: bool = False) -> Report:
    """Bring the index up to date with the seeds folder, showing progress. Raises as `Ingestion.run` does."""
    from index.config import IndexConfig
    from index.embedding import SentenceTransformerEmbedder
    from index.ingestion import Ingestion

    config = IndexConfig(embed_model=settings.embed_model)
    with shown_progress() as progress:
        embedder = SentenceTransformerEmbedder(config.embed_model)
        return Ingestion(settings.data_dir, settings.seeds_dir, config, embedder, progress).run(full, prune)


@contextmanager
def opened(settings: Settings) -> Iterator[Parts]:
    """The parts over the active generation; a missing index is built first, saying so."""
    prompts = load_prompts(settings.prompts_dir)
    index = _index_or_new(settings, prompts)
    try:
        yield _parts(settings, prompts, index)
    finally:
        index.close()


def _index_or_new(settings: Settings, prompts: Prompts) -> SearchIndex:
    from index.search_index import SearchIndex

    try:
        return SearchIndex(settings.data_dir)
    except NotIndexed:
        notices().print(prompts.fill("building_index", seeds=settings.seeds_dir), style="dim")
    except DamagedCatalog as error:
        notices().print(f"{error}; the index is built anew from {settings.seeds_dir}", style="yellow")
    ingest(settings)
    return SearchIndex(settings.data_dir)


def _parts(settings: Settings, prompts: Prompts, index: SearchIndex) -> Parts:
    from bot.answering import AnswerEngine
    from index.embedding import SentenceTransformerEmbedder
    from index.reader.similarity import SimilarityReader
    from index.retrieval import Retriever

    # The embedder that the index was built with, whatever the settings say by now: others have other vectors.
    embedder = SentenceTransformerEmbedder(index.generation.embedder)
    try:
        embedder.warm()
    except EmbedderError as error:
        raise FootnoteError(
            f"the index was built with another model than can be loaded now: {error}; then run `footnote index`"
        ) from error
    reader = SimilarityReader(embedder)
    retriever = Retriever(index, embedder, reader)
    return Parts(settings, prompts, index, retriever, AnswerEngine(index, retriever, settings.answer_threshold))
