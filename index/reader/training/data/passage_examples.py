"""What is learnt from feedbackqa and boolq: questions of people with the passage that answers, and passages like it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.reader.pair_tokens import PairTokenizer, TextTokens
from index.reader.training.data.as_typed import as_typed
from index.reader.training.data.examples import Example, nothing
from index.reader.training.data.help_examples import answering, labelled
from index.reader.training.data.help_sets import read_rows
from index.reader.training.data.texts import TextReader
from index.types import FloatArray

FEEDBACK_QUESTIONS = 4500
BOOLQ_QUESTIONS = 2500
AS_TYPED = 0.7
ANSWERED = 0.75  # share of feedbackqa's questions that come with a passage that answers
WHOLE_TITLE = 0.2  # feedbackqa's titles end with a question that was asked
NEAR = 12  # passages like the question, of which others are drawn
OTHERS = 2
SAME = 0.9  # cosine of two passages from which both may answer
EMBEDDED = 1000  # characters of a passage
BATCH = 64


def passage_examples(folder: Path, tokenizer: PairTokenizer, rng: random.Random) -> Iterator[Example]:
    """Yield what is learnt from the passage-level sets in `folder`."""
    embedder = SentenceTransformerEmbedder()
    reader = TextReader(tokenizer)
    yield from _feedback(read_rows(folder / "feedbackqa_passage_level.jsonl.gz"), embedder, reader, rng)
    yield from _boolq(read_rows(folder / "boolq.jsonl.gz"), embedder, reader, rng)


def _feedback(
    rows: Sequence[dict[str, Any]], embedder: SentenceTransformerEmbedder, reader: TextReader, rng: random.Random
) -> Iterator[Example]:
    passages: dict[str, int] = {}
    titles: dict[int, str] = {}
    right: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        place = passages.setdefault(row["passage"], len(passages))
        title = " ".join(row["title"].split())
        titles[place] = title if rng.random() < WHOLE_TITLE else title.split(" > ")[0]
        right[row["question"]].add(place)
    texts = list(passages)
    vectors = _vectors([f"{titles[place]} {text}" for place, text in enumerate(texts)], embedder)
    for number, question in enumerate(rng.sample(sorted(right), min(FEEDBACK_QUESTIONS, len(right)))):
        asked = as_typed(question, rng) if rng.random() < AS_TYPED else question
        (ids,) = reader.tokenizer.ids([asked])
        places = sorted(right[question])
        if rng.random() < ANSWERED:
            for tokens in _tokens(reader, titles, texts, rng.choice(places))[:1]:
                yield answering(ids, labelled(tokens, rng), number, reader.tokenizer, rng)
        order = np.argsort(-(vectors @ embedder.embed_question(asked)))[:NEAR].tolist()
        others = [place for place in order if (vectors[places] @ vectors[place]).max() < SAME]
        for place in rng.sample(others, min(OTHERS, len(others))):
            if pieces := _tokens(reader, titles, texts, place):
                yield nothing(ids, labelled(rng.choice(pieces), rng), number, reader.tokenizer, rng)


def _boolq(
    rows: Sequence[dict[str, Any]], embedder: SentenceTransformerEmbedder, reader: TextReader, rng: random.Random
) -> Iterator[Example]:
    drawn = rng.sample(list(rows), min(BOOLQ_QUESTIONS, len(rows)))
    texts = [row["passage"] for row in drawn]
    titles = {place: row["title"] for place, row in enumerate(drawn)}
    vectors = _vectors(texts, embedder)
    for number, row in enumerate(drawn):
        (ids,) = reader.tokenizer.ids([row["question"]])
        own = _tokens(reader, titles, texts, number)
        if len(own) == 1:  # of a longer one nobody knows which part answers
            yield answering(ids, labelled(own[0], rng), number, reader.tokenizer, rng)
        order = np.argsort(-(vectors @ embedder.embed_question(row["question"])))[:NEAR].tolist()
        other = next((place for place in order if titles[place] != row["title"]), None)
        if other is not None:
            for tokens in _tokens(reader, titles, texts, other)[:1]:
                yield nothing(ids, labelled(tokens, rng), number, reader.tokenizer, rng)


def _tokens(reader: TextReader, titles: dict[int, str], texts: Sequence[str], place: int) -> list[TextTokens]:
    return [piece.tokens for piece in reader.pieces(titles[place], texts[place])]


def _vectors(texts: Sequence[str], embedder: SentenceTransformerEmbedder) -> FloatArray:
    batches = (texts[first : first + BATCH] for first in range(0, len(texts), BATCH))
    return np.concatenate([embedder.embed_short([text[:EMBEDDED] for text in batch]) for batch in batches])
