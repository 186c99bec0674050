"""What is learnt from `help`: sections that answer a question, and passages of the same project that do not.

The headings are hidden in the documents (`help_sets.py`), and mostly left out of what is read, because a question that
is made of a heading teaches the heading and nothing else.
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
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.errors import UnreadableDocument
from index.parsing.parse import parse_bytes
from index.reader.pair_tokens import PairTokenizer, TextTokens
from index.reader.training.data.as_typed import as_typed
from index.reader.training.data.examples import Example, nothing
from index.reader.training.data.help_sets import HelpQuestion, Project, projects
from index.reader.training.data.word_runs import FOUND, word_runs
from index.storage.generation.lexical import LexicalIndex

AS_TYPED = 0.6
LABEL_SHOWN = 0.2  # how often title and headings are read
FIRST_WINDOW = 0.6  # how often a long section is read at its beginning
WINDOW = (60, 130)  # tokens
OTHERS = 2  # passages that do not answer, of each question
OTHERS_FROM = 5  # the best so many by their words that they are drawn from


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk of a project's documents: its words, its runs of words, and its tokens."""

    text: str
    runs: frozenset[tuple[str, ...]]
    tokens: TextTokens


def help_examples(folder: Path, tokenizer: PairTokenizer, rng: random.Random, *, skipped: int) -> Iterator[Example]:
    """Yield what is learnt from the training projects, without the first `skipped` ones."""
    embedder = SentenceTransformerEmbedder()
    config = IndexConfig()
    splitter = Splitter(embedder.tokenize, config.chunk_tokens, config.overlap_tokens)
    for project in islice(projects(folder, random.Random(0)), skipped, None):
        pieces = list(pieces_of(project, embedder, splitter, tokenizer))
        found = 0
        with tempfile.TemporaryDirectory() as temporary:
            index = LexicalIndex(Path(temporary))
            index.change([], ((number, "", piece.text) for number, piece in enumerate(pieces)))
            for number, question in enumerate(project.questions):
                for example in of_question(number, question, pieces, index, tokenizer, rng):
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
            yield Piece(chunk.text, word_runs(chunk.text), TextTokens(first, others))


def of_question(
    number: int,
    question: HelpQuestion,
    pieces: Sequence[Piece],
    index: LexicalIndex,
    tokenizer: PairTokenizer,
    rng: random.Random,
) -> Iterator[Example]:
    """Yield a passage that answers, if there is one, and others that share the question's words."""
    text = as_typed(question.text, rng) if rng.random() < AS_TYPED else question.text
    (ids,) = tokenizer.ids([text])
    wanted = word_runs(question.section) if question.section is not None else frozenset()
    right = [
        place
        for place, piece in enumerate(pieces)
        if wanted and len(piece.runs & wanted) >= FOUND * min(len(piece.runs), len(wanted))
    ]
    if right:
        chosen = right[0] if rng.random() < FIRST_WINDOW else rng.choice(right)
        tokens = labelled(pieces[chosen].tokens, rng)
        windows = tokens.windows(rng.randint(*WINDOW))
        first, last = windows[0] if rng.random() < FIRST_WINDOW else rng.choice(windows)
        pair = tokenizer.pair(ids, tokens.between(first, last))
        yield Example(pair, (1,) * (last - first), (), number)
    alike = [hit.chunk_id for hit in index.search(text, OTHERS_FROM + len(right)) if hit.chunk_id not in right]
    for other in rng.sample(alike[:OTHERS_FROM], min(OTHERS, len(alike[:OTHERS_FROM]))):
        yield nothing(ids, labelled(pieces[other].tokens, rng), number, tokenizer, rng)


def labelled(tokens: TextTokens, rng: random.Random) -> TextTokens:
    """Return a passage's tokens, mostly without title and headings."""
    return tokens if rng.random() < LABEL_SHOWN else TextTokens([], tokens.sentences)
