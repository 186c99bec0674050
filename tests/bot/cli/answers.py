"""Answers for tests of the command line, made of blocks."""

from __future__ import annotations

from dataclasses import replace

from bot.blocks import AnswerBlock
from bot.types import Answer, Citation, Timings
from index.types import Evidence, Passage, Span

TEXT = "Herons stand on one leg. They fish at dawn."
PASSAGE = Passage(
    chunk_id=5,
    document="birds/herons.md",
    title="On birds",
    url=None,
    start=100,
    end=100 + len(TEXT),
    text=TEXT,
    heading="Wading",
    page=None,
    line=7,
    sentences=(Span(100, 124), Span(125, 100 + len(TEXT))),
    score=0.75,
    dense_rank=1,
    lexical_rank=None,
    dense_score=0.5,
    lexical_score=0.0,
    fused_score=0.7,
)
EVIDENCE = Evidence(PASSAGE, (Span(125, 100 + len(TEXT)),), 0.31)
CITATION = Citation(1, "birds/herons.md", "On birds", None, None, "Wading", 7, 0, 24, TEXT[:24], 0.91)
NOTHING = Answer(
    question="Who fishes?",
    searched="Who fishes at noon?",
    outcome="nothing",
    form=None,
    blocks=(),
    citations=(),
    passages=(PASSAGE,),
    evidence=(EVIDENCE,),
    confidence=0.21,
    threshold=0.5,
    timings=Timings(0.01, 0.2, 0.001, 0.25),
    reader="trained",
    passages_read=1,
)


def answer_of(*blocks: AnswerBlock) -> Answer:
    """Return an answer that shows blocks, with as many footnotes as they name."""
    numbers = sorted({block.citation for block in blocks})
    return replace(
        NOTHING,
        searched=NOTHING.question,
        outcome="answered",
        form="passage",
        blocks=blocks,
        citations=tuple(replace(CITATION, number=number) for number in numbers),
        confidence=0.91,
    )


def paragraphs(*texts: str) -> Answer:
    """Return an answer of paragraphs with one footnote."""
    return answer_of(*(AnswerBlock("paragraph", text, 1) for text in texts))
