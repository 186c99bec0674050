"""What is learnt from `help`: sections that answer a question, and passages of the same project that do not.

The headings of the sections are hidden in the documents (`help_sets.py`), because a question that is made of a heading
teaches the heading and nothing else. The passages that do not answer are those that the product would take first.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from index.config import IndexConfig
from index.embedding.chunking import Splitter
from index.embedding.interface import EmbeddingInput
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.english.stemming import stems, telling_stems
from index.errors import UnreadableDocument
from index.parsing.parse import parse_bytes
from index.reader.answers.coverage import QuestionWords
from index.reader.answers.relevance import COVERAGE_WEIGHT
from index.reader.pair_tokens import PairTokenizer, TextTokens
from index.reader.training.data.as_typed import as_typed
from index.reader.training.data.examples import Example, nothing
from index.reader.training.data.help_sets import HelpQuestion, Project, projects
from index.reader.training.data.word_runs import FOUND, word_runs
from index.storage.generation.lexical import LexicalIndex
from index.types import FloatArray

AS_TYPED = 0.75
WORD_LEFT_OUT = 0.3  # share of the questions with many telling words that lose one
MANY_WORDS = 4
VERSIONS = 2  # of each question, roughened differently
LABEL_SHOWN = 0.6  # how often title and headings are read
FIRST_WINDOW = 0.7  # how often a long section is read at its beginning
WINDOW = (70, 130)  # tokens
OTHERS = 2  # passages that do not answer, of each question: the best, and one of the next
OTHERS_FROM = 8
CANDIDATES = 40  # of each search


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk of a project's documents; `text` and `stems` are with title and headings, `runs` are runs of words."""

    text: str
    stems: frozenset[str]
    runs: frozenset[tuple[str, ...]]
    tokens: TextTokens
    embedding_input: EmbeddingInput


def help_examples(folder: Path, tokenizer: PairTokenizer, rng: random.Random, *, skipped: int) -> Iterator[Example]:
    """Yield what is learnt from the training projects, without the first `skipped` ones."""
    embedder = SentenceTransformerEmbedder()
    config = IndexConfig()
    splitter = Splitter(embedder.tokenize, config.chunk_tokens, config.overlap_tokens)
    for project in islice(projects(folder, random.Random(0)), skipped, None):
        pieces = list(pieces_of(project, embedder, splitter, tokenizer))
        if not pieces:
            continue
        vectors = embedder.embed_passages([piece.embedding_input for piece in pieces])
        found = 0
        with tempfile.TemporaryDirectory() as temporary:
            index = LexicalIndex(Path(temporary))
            index.change([], ((number, "", piece.text) for number, piece in enumerate(pieces)))
            for number, question in enumerate(project.questions):
                for _ in range(VERSIONS):
                    text = roughened(question.text, rng)
                    likely = ranked(text, pieces, vectors @ embedder.embed_question(text), index)
                    for example in of_question(number, question, text, pieces, likely, tokenizer, rng):
                        found += 1
                        yield example
        print(f"{project.name}: {len(project.questions)} questions, {found} examples", file=sys.stderr, flush=True)


def pieces_of(
    project: Project, embedder: SentenceTransformerEmbedder, splitter: Splitter, tokenizer: PairTokenizer
) -> Iterator[Piece]:
    """Yield the chunks of a project's documents as the index has them."""
    for path, raw in project.files.items():
        try:
            document = parse_bytes(path, raw.encode())
        except UnreadableDocument:
            continue
        (tokens,) = embedder.tokenize([document.text])
        for prepared in splitter.split(document, tokens):
            chunk = prepared.chunk
            label = f"{document.title}: {chunk.heading}" if chunk.heading else document.title
            sentences = [chunk.text[span.start - chunk.start : span.end - chunk.start] for span in chunk.sentences]
            first, *others = tokenizer.ids([label, *sentences])
            text = f"{label}\n{chunk.text}"
            words = frozenset(stems(text))
            yield Piece(text, words, word_runs(chunk.text), TextTokens(first, others), prepared.embedding_input)


def roughened(question: str, rng: random.Random) -> str:
    """Return a question, mostly as people type it, at times without one of its telling words."""
    words = (as_typed(question, rng) if rng.random() < AS_TYPED else question).split()
    telling = [place for place, word in enumerate(words) if telling_stems(word)]
    if len(telling) >= MANY_WORDS and rng.random() < WORD_LEFT_OUT:
        del words[rng.choice(telling)]
    return " ".join(words)


def ranked(text: str, pieces: Sequence[Piece], cosines: FloatArray, index: LexicalIndex) -> list[int]:
    """Return the numbers of the pieces that the product finds for a question, best first."""
    asked = QuestionWords.of(text)
    near = (-cosines).argsort()[:CANDIDATES].tolist()
    found = {*near, *(hit.chunk_id for hit in index.search(text, CANDIDATES))}
    return sorted(
        found, key=lambda place: -float(cosines[place]) - COVERAGE_WEIGHT * asked.covered(pieces[place].stems)
    )


def of_question(
    number: int,
    question: HelpQuestion,
    text: str,
    pieces: Sequence[Piece],
    likely: Sequence[int],
    tokenizer: PairTokenizer,
    rng: random.Random,
) -> Iterator[Example]:
    """Yield a passage that answers, if there is one, and others that look as if they did; `likely` are in order."""
    (ids,) = tokenizer.ids([text])
    wanted = word_runs(question.section) if question.section is not None else frozenset()
    right = {
        place
        for place, piece in enumerate(pieces)
        if wanted and len(piece.runs & wanted) >= FOUND * min(len(piece.runs), len(wanted))
    }
    best = next((place for place in likely if place in right), min(right, default=None))
    if best is not None:
        yield answering(ids, labelled(pieces[best].tokens, rng), number, tokenizer, rng)
    others = [place for place in likely if place not in right][:OTHERS_FROM]
    for other in (*others[:1], *rng.sample(others[1:], min(OTHERS - 1, len(others[1:])))):
        yield nothing(ids, labelled(pieces[other].tokens, rng), number, tokenizer, rng)


def answering(
    ids: Sequence[int], text: TextTokens, number: int, tokenizer: PairTokenizer, rng: random.Random
) -> Example:
    """Return an example of which every sentence answers: a window of a passage, mostly its first."""
    windows = text.windows(rng.randint(*WINDOW))
    first, last = windows[0] if rng.random() < FIRST_WINDOW else rng.choice(windows)
    return Example(tokenizer.pair(ids, text.between(first, last)), (1,) * (last - first), (), number)


def labelled(tokens: TextTokens, rng: random.Random) -> TextTokens:
    """Return a passage's tokens, at times without title and headings."""
    return tokens if rng.random() < LABEL_SHOWN else TextTokens([], tokens.sentences)
