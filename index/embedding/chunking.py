"""A document to chunks: whole sentences with exact offsets, up to the embedder's real window.

sentencex (Wikimedia) finds sentences by their language's rules; llama-index's `SentenceSplitter` packs them, paragraph
by paragraph where they fit. Its own sentence finder is not used: it ends sentences at "Mr." and "U.S.", which is no
matter for a chunk but ruins a quote. Token counts come from one tokenisation of the document, whose ids are then
embedded: nothing is tokenised twice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import sub

from index.embedding.interface import EmbeddingInput, Tokens
from index.embedding.sentences import runs
from index.types import HEADING_SEPARATOR, Chunk, Document, Span

_PARAGRAPH = "\n\n"

_LONGEST_WORD = 100  # characters; WordPiece has one and the same token for any longer one


@dataclass(frozen=True, slots=True)
class PreparedChunk:
    """A chunk and what is embedded of it."""

    chunk: Chunk
    embedding_input: EmbeddingInput


@dataclass(frozen=True, slots=True)
class _Section:
    """The text under one heading, without the heading's own line."""

    start: int
    end: int
    heading: str | None


class Splitter:
    """Cuts documents for one embedder.

    `chunk_tokens` is the longest chunk with its title and heading, `overlap_tokens` the most that a chunk repeats of
    the sentences before it, both in tokens of `tokenize` (special ones not counted).
    """

    def __init__(
        self, tokenize: Callable[[Sequence[str]], list[Tokens]], chunk_tokens: int, overlap_tokens: int
    ) -> None:
        self._tokenize = tokenize
        self._chunk_tokens = chunk_tokens
        self._overlap_tokens = overlap_tokens
        self._label_ids = lru_cache(maxsize=4096)(lambda label: tokenize([label])[0].ids if label else [])

    def split(self, document: Document, tokens: Tokens) -> list[PreparedChunk]:
        """Return the document's chunks in order; `tokens` are those of `document.text`.

        A sentence longer than a chunk is cut at its commas or words.
        """
        tokens = _unrolled(tokens)
        prepared = []
        for section in _sections(document):
            # A label as long as a page must not squeeze out the text.
            label_ids = self._label_ids(label_of(document, section.heading))[: self._chunk_tokens // 3]
            room = self._chunk_tokens - len(label_ids)
            for run in runs(document, section.start, section.end):
                for sentences in self._packed(document.text, run, tokens, room):
                    start, end = sentences[0].start, sentences[-1].end
                    text = document.text[start:end]
                    page, line = document.page_at(start), document.line_at(start)
                    chunk = Chunk(start, end, text, section.heading, page, line, sentences)
                    first, last = _token_range(tokens, start, end)
                    ids = [*label_ids, *tokens.ids[first:last]][: self._chunk_tokens]
                    prepared.append(PreparedChunk(chunk, EmbeddingInput(embedded_text(document, chunk), ids)))
        return prepared

    def _packed(self, text: str, run: Sequence[Span], tokens: Tokens, room: int) -> Iterator[tuple[Span, ...]]:
        """The sentences of each chunk of a run of sentences."""
        total = _count(tokens, run[0].start, run[-1].end)
        if total <= room:
            yield tuple(run)
            return
        # Chunks of about equal length: the last one is otherwise often a stub that says little by itself.
        limit = room - self._overlap_tokens
        pieces = -(-total // limit)
        limit = min(limit, total // pieces + self._overlap_tokens)
        start_before = -1
        for span in self._cut(text, run, tokens, limit):
            before = bisect_right(run, span.start, key=lambda one: one.end)
            after = bisect_left(run, span.end, key=lambda one: one.start)
            inside = [Span(max(one.start, span.start), min(one.end, span.end)) for one in run[before:after]]
            while inside[0].start == run[before].start and before > 0:
                earlier = run[before - 1]
                if (
                    earlier.start <= start_before  # repeating all of the chunk before would make that one superfluous
                    or _count(tokens, earlier.start, span.start) > self._overlap_tokens
                    or _count(tokens, earlier.start, span.end) > room
                ):
                    break
                inside.insert(0, earlier)
                before -= 1
            start_before = inside[0].start
            yield tuple(inside)

    def _cut(self, text: str, run: Sequence[Span], tokens: Tokens, limit: int) -> Iterator[Span]:
        """The run in pieces of at most `limit` tokens, packed by llama-index.

        Its pieces follow each other in the text with only whitespace between them: their places are counted up, not
        searched for.
        """
        from llama_index.core.node_parser import SentenceSplitter

        start, end = run[0].start, run[-1].end
        whole = text[start:end]
        counts = {whole: _count(tokens, start, end)}
        parts: dict[str, list[str]] = {}
        cursor = start
        for number, body in enumerate(whole.split(_PARAGRAPH)):
            paragraph = _PARAGRAPH + body if number else body
            first = bisect_right(run, cursor, key=lambda one: one.start)
            after = bisect_left(run, cursor + len(paragraph), lo=first, key=lambda one: one.start)
            inside = [one.start for one in run[first:after]]
            edges = [cursor, *(inside[1:] if number and inside else inside), cursor + len(paragraph)]
            counts[paragraph] = _count(tokens, cursor, cursor + len(paragraph))
            counts.update((text[a:b], _count(tokens, a, b)) for a, b in pairwise(edges))
            parts[paragraph] = [text[a:b] for a, b in pairwise(edges)]
            cursor += len(paragraph)

        def tokens_in(piece: str) -> range:
            if piece not in counts:
                counts[piece] = len(_unrolled(self._tokenize([piece])[0]).ids)
            # Between 1 and what fits: llama-index repeats pieces of no tokens, and refuses letters of too many.
            count = max(1, counts[piece])
            return range(min(count, limit) if len(piece) == 1 else count)

        splitter = SentenceSplitter(
            chunk_size=limit,
            chunk_overlap=0,
            paragraph_separator=_PARAGRAPH,
            tokenizer=tokens_in,
            chunking_tokenizer_fn=lambda part: parts.get(part, [part]),
        )
        cursor = start
        for piece in splitter.split_text(whole):
            while text[cursor].isspace():
                cursor += 1
            span = Span(cursor, cursor + len(piece))
            if text[span.start : span.end] != piece:
                raise AssertionError("a chunk is not a span of its document")
            yield span
            cursor = span.end


def label_of(document: Document, heading: str | None) -> str:
    """Return what a chunk's text doesn't say of itself: the document's title, if telling, and the headings."""
    title = document.title if document.title_is_telling else ""
    parts = [part for part in (heading or "").split(HEADING_SEPARATOR) if part and part != title]
    return "\n".join(filter(None, [title, HEADING_SEPARATOR.join(parts)]))


def embedded_text(document: Document, chunk: Chunk) -> str:
    """Return the text of a chunk that is embedded and indexed by words."""
    label = label_of(document, chunk.heading)
    return f"{label}\n{chunk.text}" if label else chunk.text


def _sections(document: Document) -> list[_Section]:
    """The document cut at its headings.

    Headings with nothing under them are text themselves where they are all there is: elsewhere they are the label of
    what follows, or lead nowhere.
    """
    starts = [0, *(heading.start for heading in document.headings)]
    ends = [*(heading.start for heading in document.headings), len(document.text)]
    sections, bare = [], []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        body = start
        if number:
            line_end = document.text.find("\n", start, end)
            body = end if line_end < 0 else line_end
        if document.text[body:end].strip():
            sections.append(_Section(body, end, document.heading_at(body)))
        elif number and document.text[start:end].strip():
            bare.append(_Section(start, end, None))
    return sections or bare


def _unrolled(tokens: Tokens) -> Tokens:
    """The tokens with one for each character of what is too long for a word, so that it is cut like other text."""
    lengths = map(sub, tokens.ends, tokens.starts)
    if not tokens.ids or max(lengths) <= _LONGEST_WORD:
        return tokens
    unrolled = Tokens([], [], [])
    for number, start, end in zip(tokens.ids, tokens.starts, tokens.ends, strict=True):
        places = range(start, end) if end - start > _LONGEST_WORD else (start,)
        unrolled.ids.extend(number for _ in places)
        unrolled.starts.extend(places)
        unrolled.ends.extend([*places[1:], end])
    return unrolled


def _token_range(tokens: Tokens, start: int, end: int) -> tuple[int, int]:
    """The first token that begins at `start` or later, and the first that begins at `end` or later."""
    return bisect_left(tokens.starts, start), bisect_left(tokens.starts, end)


def _count(tokens: Tokens, start: int, end: int) -> int:
    first, last = _token_range(tokens, start, end)
    return last - first
