"""From a folder of documents to the passages that bear on a question.

    from index import open_index

    with open_index("data", seeds="documents") as index:
        for passage in index.search("How do I export my notes?"):
            print(passage.score, passage.document, passage.text)

Each name below is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.config import IndexConfig
    from index.errors import FootnoteError
    from index.ingestion.ingestion import Ingestion
    from index.ingestion.options import IngestOptions
    from index.ingestion.report import Report
    from index.opening import OpenIndex, open_index
    from index.retrieval.llama_index import FootnoteRetriever
    from index.retrieval.retriever import Retrieved, Retriever
    from index.storage.server.connection import ChromaServer
    from index.types import Block, Chunk, Document, Passage, Span

__all__ = [
    "Block",
    "ChromaServer",
    "Chunk",
    "Document",
    "FootnoteError",
    "FootnoteRetriever",
    "IndexConfig",
    "IngestOptions",
    "Ingestion",
    "OpenIndex",
    "Passage",
    "Report",
    "Retrieved",
    "Retriever",
    "Span",
    "open_index",
]

_MODULES = {
    "Block": "index.types",
    "ChromaServer": "index.storage.server.connection",
    "Chunk": "index.types",
    "Document": "index.types",
    "FootnoteError": "index.errors",
    "FootnoteRetriever": "index.retrieval.llama_index",
    "IndexConfig": "index.config",
    "IngestOptions": "index.ingestion.options",
    "Ingestion": "index.ingestion.ingestion",
    "OpenIndex": "index.opening",
    "Passage": "index.types",
    "Report": "index.ingestion.report",
    "Retrieved": "index.retrieval.retriever",
    "Retriever": "index.retrieval.retriever",
    "Span": "index.types",
    "open_index": "index.opening",
}


def __getattr__(name: str) -> object:
    """Load a public name from its module on first use."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
