"""Build the working parts from the settings: update or open the index, load the models, make the engine."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config.prompts import Prompts, bundled, load_prompts
from bot.config.settings import Settings
from bot.errors import FootnoteError
from bot.runtime.notices import SILENT, Notices
from index.errors import DamagedCatalog, EmbedderError, NotIndexed, SeedsError, WriterBusy
from index.ingestion.difference import lag
from index.ingestion.options import DEFAULT_OPTIONS, IngestOptions
from index.parsing.finding import find_files
from index.storage.paths import CATALOG

if TYPE_CHECKING:
    from bot.answering.engine import AnswerEngine
    from index.embedding.interface import Embedder
    from index.ingestion.ingestion import Ingestion
    from index.ingestion.report import Progress, Report
    from index.reader.interface import Reader
    from index.retrieval.retriever import Retriever
    from index.retrieval.search_index import SearchIndex
    from index.storage.catalog.catalog import Catalog
    from index.storage.catalog.rows import Generation
    from index.storage.server.connection import ChromaServer
    from index.storage.server.replica import Replica

MOST_COMPARED = 2000  # documents; comparing a larger folder with its index would delay a question by over 100 ms
BUILD_WAIT_SECONDS = 3600  # how long to wait for another process that is building the missing index


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that answer a question. To be used by one thread at a time."""

    settings: Settings
    prompts: Prompts
    index: SearchIndex
    retriever: Retriever
    engine: AnswerEngine
    embedder: Embedder
    reader: Reader


def check_data_folder(settings: Settings) -> None:
    """Raise `FootnoteError` if the data folder can't be created or written: even a search writes to its copy."""
    folder, origin = settings.data_dir, settings.origins.get("DATA_DIR", "default")
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not nearest.is_dir():
        raise FootnoteError(f"DATA_DIR is {folder} ({origin}), but {nearest} is a file; name a folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise FootnoteError(
            f"DATA_DIR is {folder} ({origin}), which is not writable; make it writable, or name another folder with "
            "DATA_DIR or --data"
        )


def ingest(
    settings: Settings,
    options: IngestOptions = DEFAULT_OPTIONS,
    *,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Bring the index up to date with the seeds folder; see `Ingestion.run`, also for what it raises.

    `progress` is called in this thread.
    """
    check_data_folder(settings)
    if options.take_over and not settings.chroma_url:
        raise FootnoteError("only an index on a Chroma server can be taken over: set CHROMA_URL to that")
    report_progress = progress or (lambda _: None)
    return ingestion_of(settings, report_progress).run(options)


def ingestion_of(settings: Settings, progress: Callable[[Progress], None]) -> Ingestion:
    """Return what updates the index. Raises `SeedsError` if there is neither an index nor a seeds folder."""
    from index.config import IndexConfig
    from index.embedding.sentence_transformer import SentenceTransformerEmbedder
    from index.ingestion.ingestion import Ingestion
    from index.parsing.isolated.limits import ParsingLimits

    if not (settings.data_dir / CATALOG).is_file():
        _files_to_read(settings)
    config = IndexConfig(embed_model=settings.embed_model)
    embedder = SentenceTransformerEmbedder(config.embed_model)
    return Ingestion(
        settings.data_dir,
        settings.seeds_dir,
        config,
        embedder,
        progress=progress,
        server=server_of(settings),
        limits=ParsingLimits(settings.parse_seconds, settings.parse_memory),
    )


def server_of(settings: Settings) -> ChromaServer | None:
    """Return the Chroma server of the settings, None if there is none. It is not contacted yet."""
    if not settings.chroma_url:
        return None
    from index.storage.server.connection import ChromaServer

    if settings.chroma_certificates is not None and not settings.chroma_certificates.is_file():
        raise FootnoteError(
            f"CHROMA_CERTIFICATES is {settings.chroma_certificates}, which is no file; name a file of PEM certificates"
        )
    return ChromaServer(
        settings.chroma_url,
        token=settings.chroma_token,
        certificates=settings.chroma_certificates,
        database=settings.chroma_database,
        tenant=settings.chroma_tenant,
    )


def replica_of(settings: Settings) -> Replica | None:
    """Return what follows the index on the Chroma server, which another machine writes; None without a server."""
    server = server_of(settings)
    if server is None:
        return None
    from index.storage.server.replica import Replica

    return Replica(settings.data_dir, server)


@contextmanager
def opened(settings: Settings, *, notices: Notices = SILENT) -> Iterator[Parts]:
    """Yield the parts over the active generation. A missing index is built first, which is reported to `notices`."""
    prompts = load_prompts(settings.prompts_dir)
    index = index_or_new(settings, prompts, notices)
    try:
        with notices.busy("Loading the model …"):
            embedder, reader = load_models(settings, index.generation)
        yield parts_over(settings, prompts, index, embedder, reader)
    finally:
        index.close()


def index_or_new(settings: Settings, prompts: Prompts, notices: Notices) -> SearchIndex:
    """Return the active generation, opened; a missing index is built first. Warns if it is behind the folder."""
    index = _index_or_new(settings, prompts, notices)
    try:
        _warn_if_behind(settings, index, notices)
    except BaseException:
        index.close()
        raise
    return index


def _index_or_new(settings: Settings, prompts: Prompts, notices: Notices) -> SearchIndex:
    from index.storage.writer_lock import writer_lock

    check_data_folder(settings)
    try:
        return _search_index(settings, notices)
    except NotIndexed:
        if _files_to_read(settings):
            notices.note(prompts.fill("building_index", seeds=settings.seeds_dir))
    except DamagedCatalog as error:
        _files_to_read(settings)
        notices.warn(f"{error}; rebuilding the index from {settings.seeds_dir}")
    try:
        with notices.progress() as progress:
            ingest(settings, progress=progress)
    except WriterBusy:  # most likely the same question asked twice at once
        notices.note("Another process is already building the index; waiting for it.")
        with writer_lock(settings.data_dir, wait_seconds=BUILD_WAIT_SECONDS):
            pass
    return _search_index(settings, notices)


def _search_index(settings: Settings, notices: Notices) -> SearchIndex:
    from index.retrieval.search_index import SearchIndex

    replica = replica_of(settings)
    try:
        if replica is None:
            return SearchIndex(settings.data_dir)
        with notices.busy("Asking the Chroma server for the index …"):
            return SearchIndex(settings.data_dir, server=replica.server, replica=replica)
    except BaseException:
        if replica is not None:
            replica.close()
        raise


def load_models(settings: Settings, generation: Generation) -> tuple[Embedder, Reader]:
    """Return the embedder and the reader for questions to a generation, loaded and warm.

    Raises `FootnoteError` if the embedder can't be loaded, `ReaderError` if the reader can't.
    """
    from index.embedding.sentence_transformer import SentenceTransformerEmbedder
    from index.reader.choice import reader_of

    # The embedder that built the index, even if the settings name another one now: their vectors differ.
    embedder = SentenceTransformerEmbedder(generation.embedder)
    try:
        embedder.warm()
    except EmbedderError as error:
        raise FootnoteError(
            f"the model that the index was built with can't be loaded: {error}; then run `footnote index`"
        ) from error
    reader = reader_of(settings.reader_model)
    reader.warm()
    return embedder, reader


def parts_over(settings: Settings, prompts: Prompts, index: SearchIndex, embedder: Embedder, reader: Reader) -> Parts:
    """Return the parts that answer from an index. The caller closes the index."""
    from bot.answering.engine import AnswerEngine
    from index.retrieval.retriever import Retriever

    retriever = Retriever(index, embedder, reader)
    engine = AnswerEngine(index, retriever, settings.answer_threshold, most_read=settings.read_passages)
    return Parts(settings, prompts, index, retriever, engine, embedder, reader)


def _warn_if_behind(settings: Settings, index: SearchIndex, notices: Notices) -> None:
    """Warn if the index is of another folder than the seeds folder, or older than its files."""
    if index.follows:
        return
    if is_of_another_folder(settings, index.generation, index.catalog):
        notices.warn(
            f"The index in {settings.data_dir} was built from {index.generation.seeds}, not from {settings.seeds_dir}: "
            "run `footnote index` to index this folder instead, or name another data folder with --data."
        )
    elif index.generation.documents <= MOST_COMPARED and _is_behind(settings, index.catalog):
        notices.warn(f"Files in {settings.seeds_dir} have changed since they were indexed: run `footnote index`.")


def _is_behind(settings: Settings, catalog: Catalog) -> bool:
    try:
        return lag(settings.seeds_dir, catalog).is_behind
    except SeedsError:  # the folder is gone, but its index can answer
        return False


def is_of_another_folder(settings: Settings, generation: Generation, catalog: Catalog) -> bool:
    """True if the index holds other documents than the seeds folder of the settings, which may have been moved."""
    if Path(generation.seeds) == settings.seeds_dir.resolve():
        return False
    try:
        return lag(settings.seeds_dir, catalog).is_behind
    except SeedsError:
        return True


def _files_to_read(settings: Settings) -> int:
    """Return the number of files in the seeds folder. Raises `SeedsError` before anything is reported or written."""
    if settings.seeds_dir.exists() or settings.origins.get("SEEDS_DIR") != "default":
        return len(find_files(settings.seeds_dir).files)
    raise SeedsError(
        f"there is no folder {settings.seeds_dir}: create it and put documents there, or name yours with SEEDS_DIR or "
        f"--seeds; to try the included example: footnote --seeds {shlex.quote(str(bundled('seeds')))} "
        'ask "What did Bolton say the talks were about?"'
    )
