"""Passages for tests, made of sentences."""

from __future__ import annotations

from index.types import Passage, Span


def passage_of(
    *sentences: str,
    title: str = "birds",
    document: str = "birds.md",
    heading: str | None = None,
    cosine: float = 0.5,
) -> Passage:
    """Return a passage that holds the sentences one after the other; `cosine` is its similarity to the question."""
    text = " ".join(sentences)
    spans: list[Span] = []
    for sentence in sentences:
        start = spans[-1].end + 1 if spans else 0
        spans.append(Span(start, start + len(sentence)))
    return Passage(
        chunk_id=1,
        document=document,
        title=title,
        url=None,
        start=0,
        end=len(text),
        text=text,
        heading=heading,
        page=None,
        line=1,
        sentences=tuple(spans),
        score=0.5,
        dense_rank=1,
        lexical_rank=1,
        dense_score=cosine,
        lexical_score=3.0,
        fused_score=0.5,
    )
