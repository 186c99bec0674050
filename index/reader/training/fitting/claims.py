"""Claims laid next to their passages, which are split as the index splits documents."""

from __future__ import annotations

from index.config import IndexConfig
from index.embedding.chunking import Splitter
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.reader.training.data.claim_sets import Claim
from index.types import Document, Passage


class ClaimPassages:
    """Splits the texts of claims into passages."""

    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
        config = IndexConfig()
        self._embedder = embedder
        self._splitter = Splitter(embedder.tokenize, config.chunk_tokens, config.overlap_tokens)

    def of(self, claim: Claim) -> list[Passage]:
        """Return the passages of a claim's text; none if it holds no sentence."""
        document = Document("passage.txt", claim.title, claim.passage, "text", bool(claim.title), language="en")
        (tokens,) = self._embedder.tokenize([document.text])
        chunks = [one.chunk for one in self._splitter.split(document, tokens)]
        return [
            Passage(
                chunk_id=0,
                document=document.path,
                title=claim.title,
                url=None,
                start=chunk.start,
                end=chunk.end,
                text=chunk.text,
                heading=None,
                page=None,
                line=None,
                sentences=chunk.sentences,
                score=0.0,
                dense_rank=None,
                lexical_rank=None,
                dense_score=0.0,
                lexical_score=0.0,
                fused_score=0.0,
            )
            for chunk in chunks
        ]
