"""A message checked against the documents, sentence by sentence: supported, contradicted, or not mentioned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Protocol

from bot.answering.citations import citation_of, verify
from bot.answering.claim_sentences import MessageSentence, sentences_of
from bot.answering.sources import source_of
from bot.errors import FootnoteError
from bot.types import CheckedSentence, Source, Verdict
from index.errors import QuestionError
from index.reader.choice import support_of
from index.reader.claims.interface import Support, SupportScorer
from index.types import Document, Passage

if TYPE_CHECKING:
    from index.embedding.interface import Embedder
    from index.retrieval.retriever import Retriever
    from index.retrieval.search_index import SearchIndex

MOST_SENTENCES = 12  # that are checked; each costs a search
PASSAGES_READ = 6  # of those found for a sentence

# Set so that what is shown is mostly right: a wrong "supported" costs more trust than a "not mentioned" too many.
SUPPORTED = 0.6  # the least probability of support that is shown
CONTRADICTED = 0.6  # the least probability of a contradiction
NEAR = 0.2  # the least of both together at which it is worth saying what a sentence lacks

TOO_MANY = f"only {MOST_SENTENCES} sentences of a message are checked"
NOT_SEARCHABLE = "too long to be searched for, or without a word"


class Checking(Protocol):
    """What checking works with."""

    @property
    def index(self) -> SearchIndex:
        """What is searched."""

    @property
    def retriever(self) -> Retriever:
        """What finds passages."""

    @property
    def embedder(self) -> Embedder:
        """The index's own embedder."""


def check_message(
    text: str, parts: Checking, folders: Collection[str] | None = None, scorer: SupportScorer | None = None
) -> list[CheckedSentence]:
    """The sentences of a message, each with what the documents of the given first-level folders (None: all) say of it.

    Citations are numbered from 1 over the message; the same words have the same number. Without a `scorer`, the one
    that comes with Footnote judges. To be used by one thread at a time.
    """
    checker = _Checker(parts, folders, scorer or support_of(parts.embedder))
    # One snapshot for the whole message: a document that changes meanwhile can't move under its quotes.
    with parts.index.pinned():
        return [checker.checked(sentence) for sentence in sentences_of(text)]


def verdict_of(support: Support) -> Verdict:
    """What the probabilities come to."""
    if support.contradicts >= CONTRADICTED and support.contradicts > support.supports:
        return "contradicted"
    return "supported" if support.supports >= SUPPORTED else "not mentioned"


class _Checker:
    """One message being checked."""

    def __init__(self, parts: Checking, folders: Collection[str] | None, scorer: SupportScorer) -> None:
        self._parts = parts
        self._folders = folders
        self._scorer = scorer
        self._searched = 0
        self._documents: dict[str, Document | None] = {}
        self._numbers: dict[tuple[str, int, int], int] = {}

    def checked(self, sentence: MessageSentence) -> CheckedSentence:
        """A sentence with its verdict."""
        if sentence.unchecked:
            return _unchecked(sentence, sentence.unchecked)
        if self._searched == MOST_SENTENCES:
            return _unchecked(sentence, TOO_MANY)
        self._searched += 1
        try:
            passages = self._parts.retriever.retrieve(
                sentence.searched, PASSAGES_READ, self._folders, rerank=False
            ).passages
        except QuestionError:
            return _unchecked(sentence, NOT_SEARCHABLE)
        if not passages:
            return CheckedSentence(sentence.text, "not mentioned", None, "")
        passage, support = _strongest(passages, self._scorer.support(sentence.claim, passages))
        verdict = verdict_of(support)
        says_why = verdict == "contradicted" or (verdict == "not mentioned" and 1 - support.silent >= NEAR)
        return CheckedSentence(
            sentence.text, verdict, self._source(passage, support, verdict), support.reason if says_why else ""
        )

    def _source(self, passage: Passage, support: Support, verdict: Verdict) -> Source | None:
        if passage.document not in self._documents:
            self._documents[passage.document] = self._parts.index.catalog.document(passage.document)
        document = self._documents[passage.document]
        if document is None:
            return None
        start, end = support.spans[0].start, support.spans[-1].end
        number = self._numbers.setdefault((document.path, start, end), len(self._numbers) + 1)
        score = support.contradicts if verdict == "contradicted" else support.supports
        citation = citation_of(number, document, start, end, score)
        if not verify(citation, document):
            raise FootnoteError("a quote does not match its document; run `footnote index --full` and report this")
        return source_of(citation, document)


def _strongest(passages: Sequence[Passage], supports: Sequence[Support]) -> tuple[Passage, Support]:
    """The passage that says most surely something of the claim; of equal ones that which was found first."""
    return max(zip(passages, supports, strict=True), key=lambda pair: pair[1].strength)


def _unchecked(sentence: MessageSentence, reason: str) -> CheckedSentence:
    return CheckedSentence(sentence.text, "not checked", None, reason)
