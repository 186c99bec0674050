from __future__ import annotations
from collections.abc import Sequence
import numpy as np
from index.embedding import SentenceTransformerEmbedder
from index.encoder import FloatArray
from index.types import Passage


class SimilarityReader:
    name = "similarity"
    threshold = 0.5

    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
        self._embedder = embedder

    def read(self, question: str, passages: Sequence[Passage]) -> list[FloatArray]:
        q = self._embedder.embed_question(question)
        out = []
        for p in passages:
            v = self._embedder.embed_short([p.text[s.start - p.start : s.end - p.start] for s in p.sentences])
            out.append(np.clip(v @ q, 0, 1))
        return out
