"""A question to a cited answer: retrieve, read, compose, cite, verify."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import compress

from bot.answering.citations import verify
from bot.answering.composing.compose import Composed, compose
from bot.answering.disagreement import Differing, disagreeing
from bot.answering.followups.standalone import stand_alone
from bot.answering.question.courtesy import without_courtesy
from bot.answering.question.parts import questions_in
from bot.answering.question.permission import asks_for_leave, rule_for
from bot.answering.question.small_talk import note_of
from bot.answering.question.timeliness import asks_for_now, newest_first
from bot.answering.together import together
from bot.blocks import answering_words_of
from bot.errors import FootnoteError
from bot.types import Answer, Citation, Disagreement, Note, Outcome, Timings, Turn
from index.english.questions import leans_back, say_other_values
from index.reader.interface import Reading
from index.retrieval.retriever import PASSAGES, READ_PASSAGES, Retrieved, Retriever, checked
from index.retrieval.search_index import SearchIndex
from index.types import Document, Evidence, Passage, Span

EVIDENCE_KEPT = 12  # pieces of evidence kept for explanations

# From this share of the threshold on, what is not sure enough for an answer is shown as what comes closest.
CLOSEST_SHARE = 0.72

# "Search wider": so many passages are read, and evidence is shown from this share of the threshold on.
WIDER_PASSAGES = 30
WIDER_THRESHOLD = 0.8

# Two sentences say the same when this share of the longer one's words stands in the other, figures and names among
# them.
SAME_WORDS = 0.75


@dataclass(frozen=True, slots=True)
class _Scope:
    """Which first-level folders are searched (None for all), and whether more passages are read."""

    folders: Collection[str] | None
    wider: bool


class AnswerEngine:
    """Answers from one index. To be used by one thread at a time.

    `threshold` (0 to 1) is the least probability at which a passage answers. Of the passages found, the best
    `most_read` are read closely.
    """

    def __init__(
        self, index: SearchIndex, retriever: Retriever, threshold: float, *, most_read: int = READ_PASSAGES
    ) -> None:
        self._index = index
        self._retriever = retriever
        self._threshold = threshold
        self._most_read = most_read

    def answer(
        self,
        question: str,
        *,
        turns: Sequence[Turn] = (),
        folders: Collection[str] | None = None,
        wider: bool = False,
    ) -> Answer:
        """Return the answer to a question, which may follow on earlier `turns` (oldest first).

        Only documents of the given first-level folders are searched (all of them for None). `wider` reads more passages
        and shows evidence that is less sure. Raises `QuestionError` for a question that can't be searched.
        """
        checked(question)
        question = question.strip()  # its lines stay: questions may stand on lines of their own
        note = note_of(question)
        if note is not None and not (note == "vague" and turns):
            return self._unsearched(question, note)
        scope = _Scope(folders, wider=wider)
        parts = questions_in(question)
        if len(parts) == 1:
            return self._answer(question, turns, scope)
        answers: list[Answer] = []
        said = list(turns)
        for part in parts:
            answers.append(self._answer(part, said, scope))
            said.append(Turn(part, answers[-1].searched, answering_words_of(answers[-1].blocks)))
        return together(question, answers)

    def _unsearched(self, question: str, note: Note) -> Answer:
        nothing = Timings(0.0, 0.0, 0.0, 0.0)
        return Answer(question, question, "nothing", None, (), (), (), (), 0.0, self._threshold, nothing, note=note)

    def _answer(self, question: str, turns: Sequence[Turn], scope: _Scope) -> Answer:
        """The answer to a single question."""
        started = time.perf_counter()
        threshold = self._threshold * (WIDER_THRESHOLD if scope.wider else 1)
        most_read = max(WIDER_PASSAGES, self._most_read) if scope.wider else self._most_read
        searched = stand_alone(question, turns)
        # One snapshot from search to quotation: a document that changes meanwhile can't move under its footnotes.
        with self._index.pinned():
            bare = without_courtesy(searched)
            retrieved = self._retriever.retrieve(
                bare, limit=max(PASSAGES, most_read), folders=scope.folders, most_read=most_read
            )
            if retrieved.question != bare:
                searched = retrieved.question
            read = time.perf_counter()
            passages, readings = retrieved.passages, retrieved.readings or ()
            if asks_for_now(searched):
                passages, readings = newest_first(passages, readings)
            evidence = ranked_evidence(passages, readings)
            outcome = outcome_of(evidence[0].probability, threshold) if evidence else "nothing"
            differing = disagreeing(searched, evidence, threshold) if outcome == "answered" else []
            shown = evidence[: EVIDENCE_KEPT if outcome == "answered" else 1]  # of what comes closest, one section
            if outcome != "answered" and asks_for_leave(searched):
                rule = rule_for(searched, passages, guidelines=outcome == "nothing")
                if rule is not None:
                    outcome, shown = "closest", [Evidence(rule[0], (rule[1],), evidence[0].probability)]
            composed = self._composed(searched, shown, differing) if outcome != "nothing" else None
        done = time.perf_counter()
        citations = composed.citations if composed else ()
        return Answer(
            question=question,
            searched=searched,
            outcome=outcome,
            form=composed.form if composed else None,
            blocks=composed.blocks if composed else (),
            citations=citations,
            passages=passages,
            evidence=tuple(evidence[:EVIDENCE_KEPT]),
            confidence=evidence[0].probability if evidence else 0.0,
            threshold=threshold,
            timings=Timings(retrieved.retrieve_seconds, retrieved.read_seconds, done - read, done - started),
            more=composed.more if composed else None,
            disagreements=_disagreements(differing, citations),
            reader=retrieved.reader,
            passages_read=sum(reading.shares is not None for reading in readings),
        )

    def _composed(self, question: str, evidence: Sequence[Evidence], differing: Sequence[Differing]) -> Composed:
        """Compose what is shown, each footnote checked against its document."""
        others = [one.other for one in differing]
        paths = {one.passage.document for one in (*evidence, *others)}
        documents = {path: found for path in paths if (found := self._index.catalog.document(path)) is not None}
        addresses_of = self._index.catalog.addresses
        composed = compose(question, evidence, documents, besides=others, addresses_of=addresses_of)
        _verify(composed.citations, documents)
        return composed


def outcome_of(confidence: float, threshold: float) -> Outcome:
    """Return how sure an answer of this probability is."""
    if confidence >= threshold:
        return "answered"
    return "closest" if confidence >= CLOSEST_SHARE * threshold else "nothing"


def _verify(citations: Sequence[Citation], documents: dict[str, Document]) -> None:
    if not all(verify(citation, documents[citation.document]) for citation in citations):
        raise FootnoteError("a footnote does not match its document; run `footnote index --full` and report this")


def _disagreements(differing: Sequence[Differing], citations: Sequence[Citation]) -> tuple[Disagreement, ...]:
    """Return what differs from the best evidence as one disagreement, with the numbers of its footnotes."""

    def number(evidence: Evidence) -> int:
        span = evidence.spans[-1]
        cited = [one for one in citations if one.document == evidence.passage.document]
        covering = (one.number for one in cited if one.start <= span.start and span.end <= one.end)
        return next(covering, cited[0].number)  # an entry shows its beginning, wherever the sentence stands

    if not differing:
        return ()
    first = differing[0]
    numbers = (number(first.best), *(number(one.other) for one in differing))
    dates = {citation.number: citation.date for citation in citations}
    values = (first.values[0], *(one.values[1] for one in differing))
    return (Disagreement(numbers, values, tuple(dates[number] for number in numbers)),)


def ranked_evidence(passages: Sequence[Passage], readings: Sequence[Reading]) -> list[Evidence]:
    """Return every sentence that was read, surest first, each once; with the one before it where it leans on that.

    The first is the best sentence of the first passage, whatever the probabilities of others.
    """
    everything = [
        Evidence(passage, _standing_alone(passage, place), reading.probability * float(share))
        for passage, reading in zip(passages, readings, strict=False)
        if reading.shares is not None
        for place, share in enumerate(reading.shares)
    ]
    first = max((one for one in everything if one.passage == passages[0]), key=_probability, default=None)
    everything.sort(key=lambda one: (one is not first, -one.probability))
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


def _probability(evidence: Evidence) -> float:
    return evidence.probability


def best_sentences(retrieved: Retrieved) -> list[tuple[float, str] | None]:
    """Return, for each passage, the sentence that answers best after its probability; None for those not read."""
    found: list[tuple[float, str] | None] = [None] * len(retrieved.passages)
    for place, (passage, reading) in enumerate(zip(retrieved.passages, retrieved.readings or (), strict=False)):
        if reading.shares is not None and len(reading.shares):
            best = int(reading.shares.argmax())
            found[place] = reading.probability, passage.text_of(passage.sentences[best])
    return found


def answering_text(evidence: Evidence) -> str:
    """Return the sentence of a piece of evidence that answers: its last, behind those that it leans on."""
    return evidence.passage.text_of(evidence.spans[-1])


def _standing_alone(passage: Passage, place: int) -> tuple[Span, ...]:
    span = passage.sentences[place]
    if place > 0 and leans_back(passage.text_of(span)):
        return (passage.sentences[place - 1], span)
    return (span,)
