"""A question to a cited answer: retrieve, read, choose, cite, verify."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from itertools import compress

from bot.answering.citations import cite, verify
from bot.answering.disagreement import Differing, disagreeing
from bot.answering.followups.standalone import stand_alone
from bot.errors import FootnoteError
from bot.types import Answer, Citation, Disagreement, Timings, Turn
from index.english.questions import leans_back, say_other_values
from index.retrieval.retriever import PASSAGES, READ_PASSAGES, Retrieved, Retriever
from index.retrieval.search_index import SearchIndex
from index.types import Evidence, FloatArray, Passage, Span

MOST_SENTENCES = 3  # pieces of evidence in an answer, the sentences that they lean on not counted
EVIDENCE_KEPT = 12  # pieces of evidence kept for explanations

# A further sentence is shown when it is at least this sure, measured by the first one: an answer says what it knows
# best and what adds to it, not all that touches the subject.
SECOND_BEST = 0.6

# "Search wider": so many passages are read, and evidence is shown from this share of the threshold on.
WIDER_PASSAGES = 30
WIDER_THRESHOLD = 0.5

# Two sentences say the same when this share of the longer one's words stands in the other, figures and names among
# them.
SAME_WORDS = 0.75


class AnswerEngine:
    """Answers from one index. To be used by one thread at a time.

    `threshold` (0 to 1) is the least probability at which evidence is shown. Of the passages found, the best
    `most_read` are read.
    """

    def __init__(
        self, index: SearchIndex, retriever: Retriever, threshold: float, most_read: int = READ_PASSAGES
    ) -> None:
        self._index = index
        self._retriever = retriever
        self._threshold = threshold
        self._most_read = most_read

    def answer(
        self,
        question: str,
        turns: Sequence[Turn] = (),
        folders: Collection[str] | None = None,
        wider: bool = False,
    ) -> Answer:
        """The answer to a question, which may follow on earlier `turns` (oldest first).

        Only documents of the given first-level folders are searched (all of them for None). `wider` reads more passages
        and shows evidence that is less sure. Raises `QuestionError` for a question that can't be searched.
        """
        started = time.perf_counter()
        threshold = self._threshold * (WIDER_THRESHOLD if wider else 1)
        most_read = max(WIDER_PASSAGES, self._most_read) if wider else self._most_read
        reach = max(PASSAGES, most_read)
        searched = stand_alone(question, turns)
        # One snapshot from search to quotation: a document that changes meanwhile can't move under its footnotes.
        with self._index.pinned():
            retrieved = self._retriever.retrieve(searched, reach, folders, most_read=most_read)
            read = time.perf_counter()
            evidence = ranked_evidence(retrieved.passages, retrieved.probabilities or ())
            differing = disagreeing(searched, evidence, threshold)
            chosen = choose(evidence, threshold)
            chosen += [one.other for one in differing if one.other not in chosen]
            documents = {
                path: document
                for path in {one.passage.document for one in chosen}
                if (document := self._index.catalog.document(path)) is not None
            }
        sentences, citations = cite(chosen, documents)
        if not all(verify(citation, documents[citation.document]) for citation in citations):
            raise FootnoteError("a footnote does not match its document; run `footnote index --full` and report this")
        done = time.perf_counter()
        return Answer(
            question=question,
            searched=searched,
            abstained=not sentences,
            sentences=sentences,
            citations=citations,
            passages=retrieved.passages,
            evidence=tuple(evidence[:EVIDENCE_KEPT]),
            confidence=evidence[0].probability if evidence else 0.0,
            threshold=threshold,
            timings=Timings(retrieved.retrieve_seconds, retrieved.read_seconds, done - read, done - started),
            disagreements=_told(differing, citations),
            reader=retrieved.reader,
            passages_read=len(retrieved.probabilities or ()),
        )


def _told(differing: Sequence[Differing], citations: Sequence[Citation]) -> tuple[Disagreement, ...]:
    """What differs from the best evidence as one disagreement, with the numbers of its footnotes."""

    def number(evidence: Evidence) -> int:
        span = evidence.spans[-1]
        return next(
            one.number
            for one in citations
            if one.document == evidence.passage.document and one.start <= span.start and span.end <= one.end
        )

    if not differing:
        return ()
    first = differing[0]
    numbers = (number(first.best), *(number(one.other) for one in differing))
    return (Disagreement(numbers, (first.values[0], *(one.values[1] for one in differing))),)


def ranked_evidence(passages: Sequence[Passage], probabilities: Sequence[FloatArray]) -> list[Evidence]:
    """Every sentence that was read, surest first, each once; with the one before it where it leans on that."""
    everything = [
        Evidence(passage, _standing_alone(passage, place), float(probability))
        for passage, row in zip(passages, probabilities, strict=False)
        for place, probability in enumerate(row)
    ]
    everything.sort(key=lambda one: -one.probability)
    kept: list[Evidence] = []
    said: list[set[str]] = []
    for one in everything:
        text = answering_text(one)
        words = set(text.lower().split())
        alike = [len(words & other) >= SAME_WORDS * max(len(words), len(other)) for other in said]
        if all(say_other_values(text, answering_text(other)) for other in compress(kept, alike)):
            kept.append(one)
            said.append(words)
    return kept


def best_sentences(retrieved: Retrieved) -> list[tuple[float, str] | None]:
    """For each passage the sentence that answers best, after its probability; None for those that were not read."""
    found: list[tuple[float, str] | None] = [None] * len(retrieved.passages)
    for place, (passage, row) in enumerate(zip(retrieved.passages, retrieved.probabilities or (), strict=False)):
        if len(row):
            best = int(row.argmax())
            found[place] = float(row[best]), passage.text_of(passage.sentences[best])
    return found


def choose(evidence: Sequence[Evidence], threshold: float) -> list[Evidence]:
    """The evidence that an answer shows: nothing below the threshold, nothing much less sure than the best."""
    if not evidence:
        return []
    least = max(threshold, SECOND_BEST * evidence[0].probability)
    return [one for one in evidence[:MOST_SENTENCES] if one.probability >= least]


def answering_text(evidence: Evidence) -> str:
    """The sentence of a piece of evidence that answers: its last, behind those that it leans on."""
    return evidence.passage.text_of(evidence.spans[-1])


def _standing_alone(passage: Passage, place: int) -> tuple[Span, ...]:
    span = passage.sentences[place]
    if place > 0 and leans_back(passage.text_of(span)):
        return (passage.sentences[place - 1], span)
    return (span,)
