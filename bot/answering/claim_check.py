"""Check a message against the documents, sentence by sentence: supported, contradicted, or not mentioned."""

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

MOST_SENTENCES = 12  # of a message; each costs a search
PASSAGES_READ = 6  # for each sentence

# Thresholds for verdicts that are mostly right: a wrong "supported" costs more trust than one "not mentioned" too many.
SUPPORTED = 0.6  # least probability of support
CONTRADICTED = 0.6  # least probability of a contradiction
NEAR = 0.2  # least probability of both together from which a sentence "not mentioned" gets a reason

TOO_MANY = f"only {MOST_SENTENCES} sentences of a message are checked"
NOT_SEARCHABLE = "too long to be searched for, or without a word"


class Checking(Protocol):
    """The parts that checking needs."""

    @property
    def index(self) -> SearchIndex:
        """Return the index to search."""

    @property
    def retriever(self) -> Retriever:
        """Return the retriever over that index."""

    @property
    def embedder(self) -> Embedder:
        """Return the embedder that the index was built with."""


def check_message(
    text: str, parts: Checking, *, folders: Collection[str] | None = None, scorer: SupportScorer | None = None
) -> list[CheckedSentence]:
    """Return the sentences of a message, each with the verdict of the documents in the given first-level folders.

    `folders` is None for all folders. Citations are numbered from 1 over the message; the same quote has the same
    number. Without a `scorer`, the trained one judges. Raises `ReaderError` if its weights are missing. Not
    thread-safe.
    """
    checker = _Checker(parts, folders, scorer or support_of(parts.embedder))
    # One snapshot for the whole message: otherwise a document that changes meanwhile would move under its quotes.
    with parts.index.pinned():
        return [checker.checked(sentence) for sentence in sentences_of(text)]


def verdict_of(support: Support) -> Verdict:
    """Return the verdict for the probabilities of a judgement."""
    if support.contradicts >= CONTRADICTED and support.contradicts > support.supports:
        return "contradicted"
    return "supported" if support.supports >= SUPPORTED else "not mentioned"


class _Checker:
    """The check of one message."""

    def __init__(self, parts: Checking, folders: Collection[str] | None, scorer: SupportScorer) -> None:
        self._parts = parts
        self._folders = folders
        self._scorer = scorer
        self._searched = 0
        self._documents: dict[str, Document | None] = {}
        self._numbers: dict[tuple[str, int, int], int] = {}

    def checked(self, sentence: MessageSentence) -> CheckedSentence:
        """Return a sentence with its verdict."""
        if sentence.unchecked:
            return _unchecked(sentence, sentence.unchecked)
        if self._searched == MOST_SENTENCES:
            return _unchecked(sentence, TOO_MANY)
        self._searched += 1
        try:
            passages = self._parts.retriever.retrieve(
                sentence.searched, limit=PASSAGES_READ, folders=self._folders, rerank=False
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
    """Return the passage with the strongest judgement; of equal ones the first."""
    return max(zip(passages, supports, strict=True), key=lambda pair: pair[1].strength)


def _unchecked(sentence: MessageSentence, reason: str) -> CheckedSentence:
    return CheckedSentence(sentence.text, "not checked", None, reason)
