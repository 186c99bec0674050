"""Answer a question, and return the answer as it is stored and shown again: with the words around its sources."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.answering.citations import citation_of
from bot.answering.engine import AnswerEngine
from bot.answering.sources import source_of
from bot.blocks import answering_words_of
from bot.types import Answer, Citation, JournalEntry, Question, Source, Turn
from index.retrieval.search_index import SearchIndex
from index.types import Document, Passage

NEAREST_KEPT = 3  # passages that are stored with an abstention
NEAREST_KEPT_WIDER = 10
LONGEST_NEAREST = 600  # characters that are quoted from such a passage


def answer_question(
    question: Question,
    engine: AnswerEngine,
    index: SearchIndex,
    *,
    folders: tuple[str, ...] | None,
    earlier: Sequence[JournalEntry] = (),
) -> JournalEntry:
    """Return the question with its answer, and with the words around each source as they are in the same generation.

    Only `folders` are searched (None for all). `earlier` is the conversation that the question follows up, oldest
    first. `waited` is 0. Raises `QuestionError` for a question that can't be searched.
    """
    wider = question.surface == "wider"
    if question.previous is None and earlier:
        question = replace(question, previous=earlier[-1].reference)
    with index.pinned() as opened:
        answer = engine.answer(question.text, turns=turns_of(earlier, folders), folders=folders, wider=wider)
        sources = _sources(answer, index, NEAREST_KEPT_WIDER if wider else NEAREST_KEPT)
        generation = opened.generation.number
    return JournalEntry(
        question=replace(question, text=answer.question),
        searched=answer.searched,
        outcome=answer.outcome,
        blocks=answer.blocks,
        sources=sources,
        confidence=answer.confidence,
        threshold=answer.threshold,
        folders=folders,
        generation=generation,
        timings=answer.timings,
        waited=0.0,
        more=answer.more,
        note=answer.note,
        unanswered=answer.unanswered,
        disagreements=answer.disagreements,
    )


def turns_of(entries: Sequence[JournalEntry], folders: Collection[str] | None) -> list[Turn]:
    """Return the turns that a follow-up may refer to: no small talk, and nothing from folders out of its scope."""
    return [
        Turn(entry.question.text, entry.searched, answering_words_of(entry.blocks))
        for entry in entries
        if entry.note is None and is_within(entry.folders, folders)
    ]


def is_within(searched: Collection[str] | None, folders: Collection[str] | None) -> bool:
    """True if a scope of `folders` allows everything that was `searched`. None stands for all folders."""
    return folders is None or (searched is not None and set(searched) <= set(folders))


def _sources(answer: Answer, index: SearchIndex, most: int) -> tuple[Source, ...]:
    """Return the sources of the footnotes, or of an abstention the nearest `most` passages."""
    documents: dict[str, Document | None] = {}

    def document(path: str) -> Document | None:
        if path not in documents:
            documents[path] = index.catalog.document(path)
        return documents[path]

    citations = answer.citations or tuple(
        _nearest(number, passage, answer, found)
        for number, passage in enumerate(answer.passages[:most], 1)
        if (found := document(passage.document)) is not None
    )
    return tuple(
        source_of(citation, found) for citation in citations if (found := document(citation.document)) is not None
    )


def _nearest(number: int, passage: Passage, answer: Answer, document: Document) -> Citation:
    """Return a passage that does not answer as a citation, which begins at its best sentence."""
    evidence = next((one for one in answer.evidence if one.passage == passage), None)
    start = evidence.spans[0].start if evidence else passage.start
    ends = [span.end for span in passage.sentences if start < span.end <= start + LONGEST_NEAREST]
    end = max(ends, default=min(passage.end, start + LONGEST_NEAREST))
    return citation_of(number, document, start, end, evidence.probability if evidence else 0.0)
