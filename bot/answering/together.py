"""The answers to several questions of one message as one answer. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.blocks import AnswerBlock
from bot.types import Answer, Citation, Disagreement, Timings


def together(question: str, answers: Sequence[Answer]) -> Answer:
    """Return one answer to a message: the answered parts in order, and the others named.

    Where no part is answered, it is the part that comes closest, and the others are named.
    """
    answered = [answer for answer in answers if not answer.abstained]
    surest = max(answers, key=lambda answer: answer.confidence)
    shown = answered or [surest]
    blocks: list[AnswerBlock] = []
    citations: list[Citation] = []
    disagreements: list[Disagreement] = []
    for answer in shown:
        offset = len(citations)
        blocks += [replace(block, citation=block.citation + offset) for block in answer.blocks]
        citations += [replace(citation, number=citation.number + offset) for citation in answer.citations]
        disagreements += [
            replace(one, citations=tuple(number + offset for number in one.citations)) for one in answer.disagreements
        ]
    return replace(
        surest,
        question=question,
        searched=" ".join(answer.searched for answer in answers) if _rewritten(answers) else question,
        outcome=shown[0].outcome,
        form=shown[0].form,
        blocks=tuple(blocks),
        citations=tuple(citations),
        passages=tuple(dict.fromkeys(passage for answer in answers for passage in answer.passages)),
        evidence=tuple(evidence for answer in answers for evidence in answer.evidence),
        timings=Timings(
            sum(answer.timings.retrieve for answer in answers),
            sum(answer.timings.read for answer in answers),
            sum(answer.timings.write for answer in answers),
            sum(answer.timings.total for answer in answers),
        ),
        more=shown[-1].more,
        unanswered=() if surest.outcome == "nothing" else tuple(_without(shown, answers)),
        disagreements=tuple(disagreements),
        passages_read=sum(answer.passages_read for answer in answers),
    )


def _without(shown: Sequence[Answer], answers: Sequence[Answer]) -> Iterator[str]:
    """Yield the questions of which nothing is shown."""
    for answer in answers:
        if not any(answer is one for one in shown):
            yield answer.question


def _rewritten(answers: Sequence[Answer]) -> bool:
    return any(answer.searched != answer.question for answer in answers)
