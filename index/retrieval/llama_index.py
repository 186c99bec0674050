"""Footnote's retrieval for llama-index: a retriever that any of its query engines takes.

engine = RetrieverQueryEngine.from_args(FootnoteRetriever(retriever), llm=…)
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.retrieval.retriever import PASSAGES, Retriever
from index.types import Passage


class FootnoteRetriever(BaseRetriever):
    """Hybrid search with reading and reranking, as nodes that keep their offsets into the document.

    At most `limit` nodes, from the given first-level `folders` (all of them for None). Raises `QuestionError` for what
    can't be searched. May be asked from many threads: it asks its `Retriever` one question at a time.
    """

    def __init__(self, retriever: Retriever, *, limit: int = PASSAGES, folders: Collection[str] | None = None) -> None:
        super().__init__()
        self._retriever = retriever
        self._limit = limit
        self._folders = folders
        self._one_at_a_time = threading.Lock()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        with self._one_at_a_time:
            found = self._retriever.retrieve(query_bundle.query_str, limit=self._limit, folders=self._folders)
        return [NodeWithScore(node=node_of(passage), score=passage.score) for passage in found.passages]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def node_of(passage: Passage) -> TextNode:
    """Return the passage as a llama-index node."""
    metadata = {
        "document": passage.document,
        "title": passage.title,
        "heading": passage.heading,
        "page": passage.page,
        "line": passage.line,
        "url": passage.url,
    }
    return TextNode(
        id_=f"{passage.document}:{passage.start}-{passage.end}",
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata=metadata,
    )
