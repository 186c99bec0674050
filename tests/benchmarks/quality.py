"""Measure how well questions are answered: what is found, what is shown first, how sure it is, what is refused.

    python -m tests.benchmarks.quality --corpus C.jsonl --questions Q.jsonl [--distractors D.jsonl] [--sample N]

Writes the corpora as files, indexes them as `footnote index` does, asks each question as `footnote ask` does, and
prints one JSON object. Shares are from 0 to 1, times in milliseconds; null is what cannot be computed, for example
without unanswerable questions.

recall@k, mrr@10, ndcg@10: of documents, over the answerable questions. The ranking is the answer's passages, each
    document once, then (if these are of fewer than ten documents) what the search alone ranks next.
first_sentence, first_three_sentences: share of the answerable questions for which the first (one of the first three)
    pieces of ranked evidence hold an accepted answer, shown or not. A piece is a sentence, with the one before it if it
    leans on that. See `measures.holds_answer`.
auroc: how well the confidence tells answerable questions from others. An unanswerable question has no answer in the
    paragraph it was asked on, while the whole corpus is searched.
calibration_error: expected calibration error in tenths, of the confidence against "the first passage is of a document
    that holds an answer".
answered, refused: share of the answerable questions that are answered, and of the unanswerable ones that are refused,
    at the default threshold; refused_at_75 is the latter at the threshold that answers 75 % of the answerable.
    What comes closest counts as refused.
citations_exact: share of all citations whose quote is the document's text at its offsets. Must be 1.
ask_p50_ms, ask_p95_ms: time of the engine's `answer`, warm.

`--retrieval` and `--no-rerank` switch parts off for comparison. With `--no-rerank` passages are still read, because a
sentence must be chosen, but reading no longer moves passages. With `--retrieval dense --no-rerank` ("dense alone") the
first sentence is the one of the first passage nearest to the question by embedding, with `--retrieval lexical
--no-rerank` ("BM25 alone") the one with the best BM25 score over sentences. These are the baselines to beat. Their
confidences are not probabilities, so that of `answered` and `refused` only `refused_at_75` means something.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from bot.answering.engine import AnswerEngine  # noqa: E402  (found only once the repository is on the path)
from bot.config.settings import Settings, load_settings  # noqa: E402
from bot.runtime.wiring import Parts, ingest, opened  # noqa: E402
from bot.types import Answer  # noqa: E402
from index.config import DEFAULT_EMBED_MODEL, IndexConfig  # noqa: E402
from index.embedding.sentence_transformer import SentenceTransformerEmbedder  # noqa: E402
from index.errors import QuestionError  # noqa: E402
from index.parsing.parse import PARSER_VERSION  # noqa: E402
from index.reader.interface import Reader  # noqa: E402
from index.retrieval.retriever import Mode, Retriever  # noqa: E402
from index.types import Evidence, Passage  # noqa: E402
from tests.benchmarks.baselines import MatchingWords, NearestSentence, PartsSwitchedOff  # noqa: E402
from tests.benchmarks.corpora import (  # noqa: E402
    BenchmarkQuestion,
    WrittenCorpus,
    drawn,
    read_questions,
    written_corpus,
)
from tests.benchmarks.measures import (  # noqa: E402
    auroc,
    calibration_error,
    gain,
    holds_answer,
    mean,
    percentile,
    recall,
    reciprocal_rank,
    threshold_that_answers,
)

DEPTH = 10  # documents that are ranked
PASSAGES_SEARCHED = 50  # enough to find that many documents
WARMING_QUESTIONS = 3
PROGRESS_EVERY = 50  # questions


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a question. `answer` is None if it cannot be searched; `seconds` is the time it took."""

    question: BenchmarkQuestion
    answer: Answer | None
    documents: tuple[str, ...]
    first_hit: int | None
    citations: int
    exact_citations: int
    seconds: float

    @property
    def confidence(self) -> float:
        """The answer's confidence; 0 for a question that cannot be searched."""
        return self.answer.confidence if self.answer is not None else 0.0

    @property
    def right(self) -> bool:
        """True if the first passage is of a document that holds an answer."""
        return self.question.answerable and bool(self.documents) and self.documents[0] in self.question.gold

    @property
    def answered(self) -> bool:
        """True if the question was answered."""
        return self.answer is not None and not self.answer.abstained


def settings_for(corpus: WrittenCorpus, embed_model: str = DEFAULT_EMBED_MODEL) -> Settings:
    """Return the product's settings for a corpus, independent of the user's own settings."""
    flags = {"SEEDS_DIR": str(corpus.seeds), "DATA_DIR": str(corpus.data)}
    return load_settings(flags, environment={"EMBED_MODEL": embed_model}, folder=Path(tempfile.gettempdir()))


def index_key(embed_model: str) -> str:
    """Return what determines the index of given files: the fingerprint of model and parsers."""
    return IndexConfig(embed_model).fingerprint(SentenceTransformerEmbedder(embed_model).identity, PARSER_VERSION)


@contextmanager
def indexed(
    sources: Sequence[Path], keep: Path | None, embed_model: str = DEFAULT_EMBED_MODEL
) -> Iterator[tuple[WrittenCorpus, Parts]]:
    """Index the corpora, and yield their files and the product's parts."""
    with written_corpus(sources, keep, index_key(embed_model)) as corpus:
        settings = settings_for(corpus, embed_model)
        say(f"indexing {len(corpus.ids):,} documents …")
        report = ingest(settings)
        say(f"{report.chunks:,} chunks, {report.embedded:,} of them embedded now, in {report.seconds:.1f} s")
        with opened(settings) as parts:
            yield corpus, parts


def engine_for(parts: Parts, corpus: WrittenCorpus, mode: Mode, rerank: bool) -> AnswerEngine:
    """Return the product's engine, or one with parts switched off."""
    if mode == "hybrid" and rerank:
        return parts.engine
    baseline: Reader | None = None
    if mode == "dense" and not rerank:
        baseline = NearestSentence(SentenceTransformerEmbedder(parts.index.generation.embedder))
    elif mode == "lexical" and not rerank:
        baseline = MatchingWords((corpus.seeds / path).read_text(encoding="utf-8") for path in corpus.ids)
    retriever = PartsSwitchedOff(parts.retriever, mode, rerank, baseline)
    return AnswerEngine(parts.index, cast(Retriever, retriever), parts.settings.answer_threshold)


def ask(parts: Parts, engine: AnswerEngine, corpus: WrittenCorpus, question: BenchmarkQuestion, mode: Mode) -> Outcome:
    """Ask one question, and evaluate the answer."""
    started = time.perf_counter()
    try:
        answer = engine.answer(question.question)
    except QuestionError:
        return Outcome(question, None, (), None, 0, 0, time.perf_counter() - started)
    seconds = time.perf_counter() - started
    passages: Sequence[Passage] = answer.passages
    if len({one.document for one in passages}) < DEPTH:
        further = parts.retriever.retrieve(
            question.question, limit=PASSAGES_SEARCHED, folders=None, mode=mode, rerank=False
        )
        passages = (*passages, *further.passages)
    documents = tuple(corpus.ids[path] for path in dict.fromkeys(one.document for one in passages))[:DEPTH]
    hits = (place for place, one in enumerate(answer.evidence) if holds_answer(text_of(one), question.answers))
    exact = 0
    for citation in answer.citations:
        document = parts.index.catalog.document(citation.document)
        exact += document is not None and document.text[citation.start : citation.end] == citation.quote
    return Outcome(question, answer, documents, next(hits, None), len(answer.citations), exact, seconds)


def text_of(evidence: Evidence) -> str:
    """Return the words of a piece of evidence, with those of the sentence that it leans on."""
    passage = evidence.passage
    return " ".join(passage.text_of(span) for span in evidence.spans)


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return every figure by its key."""
    answerable = [one for one in outcomes if one.question.answerable]
    others = [one for one in outcomes if not one.question.answerable]
    ranked = [(one.documents, one.question.gold) for one in answerable if one.question.gold]
    told = [one for one in answerable if one.question.answers]
    sure = [one.confidence for one in answerable]
    citations = sum(one.citations for one in outcomes)
    durations = [1000 * one.seconds for one in outcomes]
    least = threshold_that_answers(0.75, sure) if sure else 0.0
    measured: dict[str, float | None] = {
        f"recall@{depth}": mean([recall(documents, gold, depth) for documents, gold in ranked])
        for depth in (1, 3, 5, 10)
    }
    measured |= {
        "mrr@10": mean([reciprocal_rank(documents, gold, DEPTH) for documents, gold in ranked]),
        "ndcg@10": mean([gain(documents, gold, DEPTH) for documents, gold in ranked]),
        "first_sentence": mean([one.first_hit == 0 for one in told]),
        "first_three_sentences": mean([one.first_hit is not None and one.first_hit < 3 for one in told]),
        "auroc": auroc(sure, [one.confidence for one in others]),
        "calibration_error": calibration_error([one.confidence for one in outcomes], [one.right for one in outcomes]),
        "answered": mean([one.answered for one in answerable]),
        "refused": mean([not one.answered for one in others]),
        "refused_at_75": mean([one.confidence < least for one in others]) if sure else None,
        "threshold_at_75": least if sure else None,
        "citations_exact": sum(one.exact_citations for one in outcomes) / citations if citations else None,
        "ask_p50_ms": percentile(durations, 50),
        "ask_p95_ms": percentile(durations, 95),
        "retrieve_p50_ms": percentile([1000 * one.answer.timings.retrieve for one in outcomes if one.answer], 50),
        "read_p50_ms": percentile([1000 * one.answer.timings.read for one in outcomes if one.answer], 50),
    }
    return {key: None if value is None else round(value, 4) for key, value in measured.items()} | {
        "citations": citations,
        "questions": len(outcomes),
        "answerable": len(answerable),
        "unanswerable": len(others),
        "unsearchable": sum(one.answer is None for one in outcomes),
    }


def details(outcome: Outcome) -> dict[str, Any]:
    """Return one question with its result, for `--details`."""
    evidence = outcome.answer.evidence if outcome.answer is not None else ()
    return {
        "question": outcome.question.question,
        "answerable": outcome.question.answerable,
        "accepted": outcome.question.answers,
        "confidence": round(outcome.confidence, 4),
        "right": outcome.right,
        "first_hit": outcome.first_hit,
        "gold": sorted(outcome.question.gold),
        "documents": outcome.documents,
        "evidence": [[round(one.probability, 4), text_of(one)] for one in evidence[:3]],
    }


def say(line: str) -> None:
    """Print progress to standard error."""
    print(line, file=sys.stderr, flush=True)


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Index, ask and count."""
    mode: Mode = arguments.retrieval
    questions = read_questions(arguments.questions)
    if arguments.sample is not None:
        questions = drawn(questions, arguments.sample, arguments.seed)
    outcomes = []
    with indexed([arguments.corpus, *arguments.distractors], arguments.keep, arguments.embed_model) as (corpus, parts):
        engine = engine_for(parts, corpus, mode, arguments.rerank)
        for question in questions[:WARMING_QUESTIONS]:
            ask(parts, engine, corpus, question, mode)
        for number, question in enumerate(questions, 1):
            outcomes.append(ask(parts, engine, corpus, question, mode))
            if number % PROGRESS_EVERY == 0 or number == len(questions):
                say(f"{number:,} of {len(questions):,} questions")
        chunks = parts.index.generation.chunks
        documents = parts.index.generation.documents
    if arguments.details is not None:
        lines = (json.dumps(details(one), ensure_ascii=False) for one in outcomes)
        arguments.details.write_text("\n".join(lines) + "\n", encoding="utf-8")
    thresholds = {one.answer.threshold for one in outcomes if one.answer is not None}
    return {
        **figures(outcomes),
        "chunks": chunks,
        "documents": documents,
        "retrieval": mode,
        "rerank": arguments.rerank,
        "threshold": next(iter(thresholds), None),
        "embed_model": arguments.embed_model,
    }


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's arguments."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    path: dict[str, Any] = {"type": Path, "metavar": "PATH"}
    parser.add_argument("--corpus", **path, required=True, help="the documents, as JSON Lines")
    parser.add_argument("--questions", **path, required=True, help="the questions, as JSON Lines")
    parser.add_argument(
        "--distractors", **path, action="append", default=[], help="further documents; may be given more than once"
    )
    parser.add_argument("--sample", type=int, metavar="N", help="ask N questions, drawn with a fixed seed")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the sample")
    parser.add_argument("--keep", **path, help="keep the index in this folder, and reuse it")
    parser.add_argument(
        "--retrieval", choices=("hybrid", "dense", "lexical"), default="hybrid", help="which searches to run"
    )
    parser.add_argument("--no-rerank", dest="rerank", action="store_false", help="keep the order of the search")
    parser.add_argument(
        "--embed-model", default=DEFAULT_EMBED_MODEL, metavar="NAME", help="embedding model, like EMBED_MODEL"
    )
    parser.add_argument("--details", **path, help="write each question and its result to this file, as JSON Lines")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print one JSON object."""
    print(json.dumps(measure(parsed(arguments)), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
