"""Open an index with its models loaded, in one call."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from index.config import IndexConfig
from index.reader.choice import reader_of
from index.retrieval.retriever import PASSAGES, Retriever
from index.retrieval.search_index import SearchIndex
from index.storage.server.replica import Replica

if TYPE_CHECKING:
    from index.embedding.interface import Embedder
    from index.storage.server.connection import ChromaServer
    from index.types import Document, Passage


class OpenIndex:
    """An index that is open for searching. Use it as a context manager, from one thread at a time.

    Its parts may be used directly: `search_index` is the opened generation with its catalog, `embedder` the model that
    the index was built with, `retriever` what `search` asks.
    """

    def __init__(self, search_index: SearchIndex, embedder: Embedder, retriever: Retriever) -> None:
        self.search_index = search_index
        self.embedder = embedder
        self.retriever = retriever

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def search(
        self, question: str, *, limit: int = PASSAGES, folders: Collection[str] | None = None
    ) -> tuple[Passage, ...]:
        """Return at most `limit` passages that bear on a question, best first.

        Only documents of the given first-level `folders` are searched (None: all of them). Raises `QuestionError` for a
        question that is empty, too long or without a word.
        """
        return self.retriever.retrieve(question, limit=limit, folders=folders).passages

    def document(self, path: str) -> Document | None:
        """Return the document at `path`, relative to the seeds folder, or None if it is not indexed.

        `document.text[passage.start:passage.end] == passage.text` for each of its passages.
        """
        with self.search_index.pinned():
            return self.search_index.catalog.document(path)

    def close(self) -> None:
        """Release the index."""
        self.search_index.close()


def open_index(
    data: str | Path,
    *,
    seeds: str | Path | None = None,
    config: IndexConfig | None = None,
    reader_model: str = "",
    server: ChromaServer | None = None,
) -> OpenIndex:
    """Open the index in the folder `data`; with `seeds`, index that folder of documents first.

    Only what changed since the last time is parsed and embedded. `config` is used for indexing: an index is always
    searched with the model that it was built with. `reader_model` names a sentence-transformers cross-encoder that
    reranks passages (empty: the reader that comes with Footnote). `server` is a Chroma server that holds the vectors.

    Raises `NotIndexed` if there is neither an index nor `seeds`, and any other `FootnoteError`: `SeedsError` if the
    documents cannot be read, `WriterBusy` if another process is indexing, `EmbedderError`, `ReaderError`.
    """
    from index.embedding.sentence_transformer import SentenceTransformerEmbedder

    folder = Path(data)
    embedder: Embedder | None = None
    if seeds is not None:
        from index.ingestion.ingestion import Ingestion

        config = config or IndexConfig()
        embedder = SentenceTransformerEmbedder(config.embed_model)
        Ingestion(folder, Path(seeds), config, embedder, server=server).run()
    search_index = SearchIndex(folder, server=server, replica=Replica(folder, server) if server is not None else None)
    try:
        built_with = search_index.generation.embedder
        if embedder is None or embedder.name != built_with:
            embedder = SentenceTransformerEmbedder(built_with)
        retriever = Retriever(search_index, embedder, reader_of(reader_model))
    except BaseException:
        search_index.close()
        raise
    return OpenIndex(search_index, embedder, retriever)
