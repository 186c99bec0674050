"""What the bot says: answers, their sentences and their citations."""

from __future__ import annotations

from dataclasses import dataclass

from index.types import Evidence, Passage


@dataclass(frozen=True, slots=True)
class Citation:
    """A footnote: the words of a document that a sentence rests on.

    `number` counts from 1 in the order of first use. `document` is the path relative to the seeds folder; `start` and
    `end` are character offsets into that document's text, and `quote` is exactly that text. `page` is set for PDFs,
    `line` for text and Markdown. `score` (0 to 1) is the probability that the quote answers the question.
    """

    number: int
    document: str
    title: str
    url: str | None
    page: int | None
    heading: str | None
    line: int | None
    start: int
    end: int
    quote: str
    score: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer and the numbers of the citations that it rests on (at least one)."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds spent finding passages, reading them, writing the answer, and altogether."""

    retrieve: float
    read: float
    write: float
    total: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A question asked earlier in a conversation, as it was searched, and the text of its answer (without markers)."""

    question: str
    searched: str
    answer: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Cited sentences, or an abstention; with the passages that were searched, best first.

    `searched` is the question as it was searched: `question` itself unless a follow-up was made to stand alone.
    `abstained` is true exactly when `sentences` is empty. `confidence` (0 to 1) is the probability of the best evidence
    and `threshold` the least that is shown. `evidence` is what was considered, best first, shown or not.
    """

    question: str
    searched: str
    abstained: bool
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    evidence: tuple[Evidence, ...]
    confidence: float
    threshold: float
    timings: Timings

    @property
    def text(self) -> str:
        """The sentences with their `[number]` markers, as one paragraph; empty for an abstention."""
        return " ".join(
            " ".join(sentence.text.split()) + " " + "".join(f"[{number}]" for number in sentence.citations)
            for sentence in self.sentences
        )
