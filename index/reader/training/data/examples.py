"""Training examples: pairs of a question and a passage, with a label for each sentence.

Each passage that answers comes with passages that only look as if they did: the best matches by words without an
accepted answer, the passage itself without the sentence that answers, and the same passage with a question in which a
name or number was exchanged.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.reader.pair_tokens import PairTokenizer, TextTokens, TokenPair
from index.reader.training.data.question_sets import Asked, normalised
from index.reader.training.data.texts import Text, TextReader
from index.storage.generation.lexical import LexicalIndex

OTHERS_SEARCHED = 12
OTHERS_FROM = 6  # one is drawn from the best so many without an answer
OTHER_PASSAGE = {"squad2": 0.6}  # share of questions that also come with another passage
OTHER_PASSAGE_ELSE = 0.45
WITHOUT_ANSWER = 0.15  # share of passages that also come without the sentence that answers
EXCHANGED = {"squad2": 0.0}  # share of questions with an exchanged name or number; squad2 has such questions itself
EXCHANGED_ELSE = 0.12
LONGEST_ANSWER = 160  # characters; the tokens of longer answers are not labelled
# Share of examples that have only a part of a passage, and its length in tokens: the reader reads such windows.
PART = 0.95
PART_TOKENS = (60, 130)

# A name inside a question, or a number.
_EXCHANGEABLE = re.compile(r"(?<=\s)(?:[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)*|\d[\d,.]*\d|\d)(?=[\s?,.]|$)")


@dataclass(frozen=True, slots=True)
class Example:
    """A pair of question and passage. `labels` has 1 (answers), 0 (does not) or -1 (unknown) for each sentence.

    `answer` has the positions of the answer's tokens in the pair. `group` is the number of its question.
    """

    pair: TokenPair
    labels: tuple[int, ...]
    answer: tuple[int, ...]
    group: int


class Corpus:
    """All texts in pieces, and a search by words over them."""

    def __init__(self, reader: TextReader, asked: Iterable[Asked], folder: Path) -> None:
        self._places: dict[tuple[str, str], range] = {}
        self.pieces: list[Text] = []
        for one in asked:
            key = (one.title, one.text)
            if key not in self._places:
                first = len(self.pieces)
                self.pieces += reader.pieces(one.title, one.text, sentences=one.sentences)
                self._places[key] = range(first, len(self.pieces))
        self._index = LexicalIndex(folder)
        self._index.change([], ((number, "", piece.words) for number, piece in enumerate(self.pieces)))

    def places(self, asked: Asked) -> range:
        """Return the numbers of the pieces of a question's own text."""
        return self._places[(asked.title, asked.text)]

    def search(self, question: str, limit: int) -> list[int]:
        """Return the numbers of the pieces that match a question's words, best first."""
        return [hit.chunk_id for hit in self._index.search(question, limit)]

    def others(self, asked: Asked) -> list[int]:
        """Return the numbers of other pieces that match a question's words but hold no accepted answer, best first."""
        wanted = [f" {normalised(one)} " for one in asked.words]
        own = self.places(asked)
        found = []
        for number in self.search(asked.question, OTHERS_SEARCHED):
            text = f" {normalised(self.pieces[number].words)} "
            if number not in own and not any(one in text for one in wanted):
                found.append(number)
        return found


def examples_of(asked: Sequence[Asked], tokenizer: PairTokenizer, *, seed: int = 0) -> list[Example]:
    """Return the examples of all questions, always the same for a seed."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Corpus(TextReader(tokenizer), asked, Path(folder))
        names = _exchangeable(asked)
        questions = tokenizer.ids([one.question for one in asked])
        found: list[Example] = []
        for number, (one, ids) in enumerate(zip(asked, questions, strict=True)):
            if number % 5000 == 0:
                print(f"{number:,} of {len(asked):,} questions, {len(found):,} examples", file=sys.stderr, flush=True)
            found += _of_question(number, one, ids, corpus, names, tokenizer, rng)
    return found


def _of_question(
    number: int,
    asked: Asked,
    ids: Sequence[int],
    corpus: Corpus,
    names: Sequence[str],
    tokenizer: PairTokenizer,
    rng: random.Random,
) -> Iterator[Example]:
    places = corpus.places(asked)
    base = 0
    right: list[tuple[Text, tuple[int, ...], tuple[int, ...]]] = []
    for place in places:
        piece = corpus.pieces[place]
        base = asked.text.find(piece.words, base)
        labels, answer = _labels(piece, asked, base)
        if 1 in labels:
            right.append((piece, labels, answer))
    if not asked.answers and places:
        yield nothing(ids, corpus.pieces[rng.choice(places)].tokens, number, tokenizer, rng)
    for piece, labels, answer in right[:2]:
        yield something(ids, piece.tokens, labels, answer, number, tokenizer, rng)
        if rng.random() < WITHOUT_ANSWER and len(labels) > 2 and set(labels) == {0, 1}:
            rest = [sentence for sentence, label in zip(piece.tokens.sentences, labels, strict=True) if label == 0]
            yield nothing(ids, TextTokens(piece.tokens.label, rest), number, tokenizer, rng)
        if rng.random() < EXCHANGED.get(asked.source, EXCHANGED_ELSE):
            other = _with_another_name(asked.question, names, piece.words, rng)
            if other is not None:
                yield nothing(tokenizer.ids([other])[0], piece.tokens, number, tokenizer, rng)
    if rng.random() < OTHER_PASSAGE.get(asked.source, OTHER_PASSAGE_ELSE):
        others = corpus.others(asked)[:OTHERS_FROM]
        if others:
            yield nothing(ids, corpus.pieces[rng.choice(others)].tokens, number, tokenizer, rng)


def something(
    ids: Sequence[int],
    text: TextTokens,
    labels: tuple[int, ...],
    answer: Sequence[int],
    number: int,
    tokenizer: PairTokenizer,
    rng: random.Random,
) -> Example:
    """Return an example with a sentence that answers, or with a part of the passage around that sentence."""
    chosen = rng.choice([place for place, label in enumerate(labels) if label == 1])
    first, last = _part(text, chosen, rng)
    before = sum(len(one) for one in text.sentences[:first])
    pair = tokenizer.pair(ids, text.between(first, last))
    return Example(pair, labels[first:last], _in_pair(pair, [one - before for one in answer if one >= before]), number)


def nothing(ids: Sequence[int], text: TextTokens, number: int, tokenizer: PairTokenizer, rng: random.Random) -> Example:
    """Return an example without an answer, or with a part of the passage around the best match with the question."""
    asked = set(ids)
    shared = [len(asked.intersection(one)) for one in text.sentences]
    first, last = _part(text, shared.index(max(shared)), rng) if shared else (0, 0)
    return Example(tokenizer.pair(ids, text.between(first, last)), (0,) * (last - first), (), number)


def _part(text: TextTokens, chosen: int, rng: random.Random) -> tuple[int, int]:
    """Return the range (last exclusive) of some sentences around a chosen one, or of all sentences."""
    if rng.random() >= PART:
        return 0, len(text.sentences)
    room = rng.randint(*PART_TOKENS) - len(text.sentences[chosen])
    first, last = chosen, chosen + 1
    sides = [-1, 1]
    while sides:
        side = rng.choice(sides)
        place = first - 1 if side < 0 else last
        if not 0 <= place < len(text.sentences) or len(text.sentences[place]) > room:
            sides.remove(side)
            continue
        room -= len(text.sentences[place])
        first, last = (place, last) if side < 0 else (first, place + 1)
    return first, last


def _labels(piece: Text, asked: Asked, base: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return a label for each sentence, and the positions of the answer's tokens among all tokens of the piece."""
    spans = [(start - base, end - base) for start, end in asked.answers]
    words = [one.lower() for one in asked.words if len(one) > 2]
    labels, tokens, count = [], [], 0
    for (first, last), offsets in zip(piece.spans, piece.offsets, strict=True):
        holds = any(start < last and end > first for start, end in spans)
        repeats = any(one in piece.words[first:last].lower() for one in words)
        labels.append(1 if holds else -1 if repeats else 0)
        for start, end in offsets:
            if any(start < stop and end > begin and stop - begin <= LONGEST_ANSWER for begin, stop in spans):
                tokens.append(count)
            count += 1
    return tuple(labels), tuple(tokens)


def _in_pair(pair: TokenPair, answer: Sequence[int]) -> tuple[int, ...]:
    """Return the positions in the pair of tokens of the piece."""
    first = next((place for place, one in enumerate(pair.sentence_of) if one >= 0), len(pair.ids))
    return tuple(first + one for one in answer if first + one < len(pair.ids) - 1)


def _exchangeable(asked: Sequence[Asked]) -> list[str]:
    return sorted({name for one in asked for name in _EXCHANGEABLE.findall(one.question)})


def _with_another_name(question: str, names: Sequence[str], text: str, rng: random.Random) -> str | None:
    """Return the question with one name or number exchanged for another, or None if it has none."""
    found = list(_EXCHANGEABLE.finditer(question))
    if not found:
        return None
    chosen = rng.choice(found)
    if rng.random() < 0.5:  # a name from the passage looks most plausible
        candidates = [one for one in _EXCHANGEABLE.findall(text) if one not in question]
    else:
        candidates = [rng.choice(names) for _ in range(8)]
    of_kind = [one for one in candidates if one[0].isdigit() == chosen.group()[0].isdigit() and one not in question]
    return question[: chosen.start()] + rng.choice(of_kind) + question[chosen.end() :] if of_kind else None
