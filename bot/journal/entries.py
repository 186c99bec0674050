"""A question answered, in the form in which it is kept and shown again: with the words around its footnotes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from bot.answering.citations import citation_of
from bot.answering.engine import AnswerEngine
from bot.answering.sources import source_of
from bot.types import Answer, Citation, JournalEntry, Source, Surface, Turn
from index.retrieval.search_index import SearchIndex
from index.types import Document, Passage

NEAREST_KEPT = 3  # passages kept of an abstention
NEAREST_KEPT_WIDER = 10
LONGEST_NEAREST = 600  # characters of such a passage that count as its quote


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, who asked it, where and how; see `JournalEntry`.

    `earlier` is the conversation that it follows on, oldest first. `repeats` is the reference of the entry that "Search
    wider" was pressed on.
    """

    question: str
    asker: int
    server: int | None
    channel: int
    surface: Surface
    folders: tuple[str, ...] | None
    private: bool = False
    earlier: tuple[JournalEntry, ...] = ()
    repeats: str | None = None
    # Of the moment in which it came: who is forgotten while it waits is not remembered by its answer.
    asked_at: float = field(default_factory=time.time)

    @property
    def wider(self) -> bool:
        """Whether more passages are to be read, and less sure ones shown."""
        return self.surface == "wider"


def answered(asked: Asked, engine: AnswerEngine, index: SearchIndex) -> JournalEntry:
    """The answer, with the words around each footnote from the same moment. `waited` is still 0.

    Raises `QuestionError` for a question that can't be searched.
    """
    with index.pinned() as opened:
        answer = engine.answer(asked.question, turns_of(asked.earlier, asked.folders), asked.folders, asked.wider)
        sources = _sources(answer, index, NEAREST_KEPT_WIDER if asked.wider else NEAREST_KEPT)
        generation = opened.generation.number
    return JournalEntry(
        reference=secrets.token_urlsafe(9),
        asked_at=asked.asked_at,
        asker=asked.asker,
        server=asked.server,
        channel=asked.channel,
        private=asked.private,
        surface=asked.surface,
        question=answer.question,
        searched=answer.searched,
        abstained=answer.abstained,
        sentences=answer.sentences,
        sources=sources,
        confidence=answer.confidence,
        threshold=answer.threshold,
        folders=asked.folders,
        generation=generation,
        timings=answer.timings,
        waited=0.0,
        previous=asked.repeats or (asked.earlier[-1].reference if asked.earlier else None),
        disagreements=answer.disagreements,
    )


def turns_of(entries: Sequence[JournalEntry], folders: Collection[str] | None) -> list[Turn]:
    """What a follow-up may lean on: not what was answered from folders that are out of its scope."""
    return [
        Turn(entry.question, entry.searched, " ".join(sentence.text for sentence in entry.sentences))
        for entry in entries
        if is_within(entry.folders, folders)
    ]


def is_within(searched: Collection[str] | None, folders: Collection[str] | None) -> bool:
    """Whether all that was searched then may be seen with a scope of `folders` (None is everything)."""
    return folders is None or (searched is not None and set(searched) <= set(folders))


def _sources(answer: Answer, index: SearchIndex, most: int) -> tuple[Source, ...]:
    """The footnotes, or of an abstention the nearest passages."""
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
    """A passage that does not answer, from its nearest sentence on, in the form of a citation."""
    places = [one for one in answer.evidence if one.passage == passage]
    start = places[0].spans[0].start if places else passage.start
    ends = [span.end for span in passage.sentences if start < span.end <= start + LONGEST_NEAREST]
    end = max(ends, default=min(passage.end, start + LONGEST_NEAREST))
    return citation_of(number, document, start, end, places[0].probability if places else 0.0)


def after_waiting(entry: JournalEntry, seconds: float) -> JournalEntry:
    """The entry with the time that its question waited for its turn."""
    return replace(entry, waited=seconds)
