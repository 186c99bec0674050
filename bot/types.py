"""Answers, their blocks and their citations; and the entries of the journal."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.blocks import AnswerBlock, text_of
from index.types import BlockKind, Evidence, Passage


@dataclass(frozen=True, slots=True)
class Citation:
    """A footnote: the words of a document that a sentence rests on.

    `number` counts from 1 in the order of first use. `document` is the path relative to the seeds folder; `start` and
    `end` are character offsets into that document's text, and `quote` is exactly that text. `page` is set for PDFs,
    `line` for text and Markdown. `score` (0 to 1) is the probability that the quote answers the question. `date` is the
    document's, as far as it says one: YYYY, YYYY-MM or YYYY-MM-DD.
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
    date: str | None = None


# How sure Footnote is: it answers, it shows what comes closest, or it has nothing to show.
Outcome = Literal["answered", "closest", "nothing"]
# What a message is that asks nothing of the documents.
Note = Literal["greeting", "thanks", "capabilities", "vague"]
# The shape of an answer; see `bot/answering/composing/forms.py`.
Form = Literal["fact", "row", "steps", "code", "entry", "overview", "passage"]


@dataclass(frozen=True, slots=True)
class More:
    """The part that a first message leaves out: `count` pieces of one `kind` that follow in the document."""

    kind: BlockKind
    count: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Documents that answer a question with different values: numbers, dates or names.

    `citations` are the numbers of their footnotes (at least two, of different documents), the surest first; `values`
    what each of them says, as written there, and `dates` the days of their documents, None for one that names none.
    """

    citations: tuple[int, ...]
    values: tuple[str, ...]
    dates: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds spent finding passages, reading them, writing the answer, and altogether."""

    retrieve: float
    read: float
    write: float
    total: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A question asked earlier in a conversation, as it was searched, and the words that answered it."""

    question: str
    searched: str
    answer: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of the documents to a question, in the shape it has there; with the passages searched, best first.

    `searched` is the question as it was searched: `question` itself unless a follow-up was made to stand alone.
    `outcome` says how sure it is: "answered" and "closest" have `blocks` and `citations`, "nothing" has neither.
    `confidence` (0 to 1) is the probability that the best passage answers; from `threshold` on it is an answer.
    `evidence` is what was considered, best first, shown or not. `reader` is the name of the reader, which has read the
    first `passages_read` of the passages. `note` says what a message is that was not searched for: there is no passage
    then. `unanswered` are the parts of a message with several questions of which nothing is shown.
    """

    question: str
    searched: str
    outcome: Outcome
    form: Form | None
    blocks: tuple[AnswerBlock, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    evidence: tuple[Evidence, ...]
    confidence: float
    threshold: float
    timings: Timings
    more: More | None = None
    note: Note | None = None
    unanswered: tuple[str, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    reader: str = ""
    passages_read: int = 0

    @property
    def abstained(self) -> bool:
        """True unless the question is answered."""
        return self.outcome != "answered"

    @property
    def text(self) -> str:
        """Return the blocks with their `[number]` markers, a line each; empty for "nothing"."""
        return text_of(self.blocks)


@dataclass(frozen=True, slots=True)
class Source:
    """A citation with the words around it, as they were when it was shown.

    `before` and `after` are the document's text next to the quote, verbatim, cut at words; `cut_before` and `cut_after`
    say whether the document goes on beyond them. `document_hash` is the SHA-256 of the document's whole text, in
    hexadecimal: whether it has changed since can be told later.
    """

    citation: Citation
    before: str
    after: str
    cut_before: bool
    cut_after: bool
    document_hash: str


# How a question came: a slash command, a message that mentions the bot, a reply to an answer, a message in a thread
# that the bot opened, a direct message, a new post of a forum, or the button "Search wider".
Surface = Literal["command", "mention", "reply", "thread", "direct", "forum", "wider"]


def _new_reference() -> str:
    return secrets.token_urlsafe(9)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that somebody asked in Discord.

    `asker`, `server` and `channel` are Discord's ids: `server` is None in direct messages, `channel` is the id of the
    thread in a thread. The answer to a `private` question is seen by the asker only. `previous` is the reference of the
    question that this one follows up or repeats. `asked_at` is in seconds since 1970. `reference`, 12 characters of
    `A-Za-z0-9_-`, is what the journal finds the question by.
    """

    text: str
    asker: int
    server: int | None
    channel: int
    surface: Surface
    private: bool = False
    previous: str | None = None
    # Set when the question arrives, so that whoever is forgotten while it waits is not remembered by its answer.
    asked_at: float = field(default_factory=time.time)
    reference: str = field(default_factory=_new_reference)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One question with its answer, as the journal stores it. What is shown again later is shown from this alone.

    `searched` is the text that was searched for. `sources` are the footnotes by number; of an abstention the nearest
    passages, best first. `folders` is what was searched (None for all), `generation` the index's. `waited` is the time
    in the queue in seconds.
    """

    question: Question
    searched: str
    outcome: Outcome
    blocks: tuple[AnswerBlock, ...]
    sources: tuple[Source, ...]
    confidence: float
    threshold: float
    folders: tuple[str, ...] | None
    generation: int
    timings: Timings
    waited: float
    more: More | None = None
    note: Note | None = None
    unanswered: tuple[str, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def abstained(self) -> bool:
        """True unless the question was answered."""
        return self.outcome != "answered"

    @property
    def reference(self) -> str:
        """Return the reference of the question."""
        return self.question.reference

    def in_channel(self, channel: int) -> JournalEntry:
        """Return the entry with the channel that its answer is shown in."""
        return replace(self, question=replace(self.question, channel=channel))


Verdict = Literal["supported", "contradicted", "not mentioned", "not checked"]


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of somebody's message, and what the documents say of it.

    `source` is the words that support or contradict it; for "not mentioned" the nearest there are, if any. `reason`
    says in a few words why (such as "the documents say 12, not 15"); it may be empty. "not checked" are sentences that
    claim nothing: questions, greetings.
    """

    text: str
    verdict: Verdict
    source: Source | None
    reason: str
