"""Cut rendered Markdown to the lengths that Discord accepts. Pure.

Lengths are in UTF-16 code units: Discord never counts more than that, whether it counts those or code points.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from bot.discord.text.markdown import escaped

SHORTEST_LIMIT = 40
EXAMINED = 4  # how many times the limit is read of a text, since some characters are invisible
_ROOM_FOR_SIGNS = 28  # characters that may be added to a piece, to close and reopen what was cut

# Spans that are never cut, except for bold, quotations and code that are longer than a message.
_LINK = r"\[(?:\\.|\[[^\[\]\n]{0,200}\]|[^\[\]\\\n]){0,500}\]\(<[^<>\s]*>\)"
_SPANS = re.compile(
    r"(?P<escape>\\[\s\S])"
    r"|(?P<fence>```(?P<language>[\w+#.-]{0,20}\n)?(?P<code>[\s\S]*?)(?:```|\Z))"
    r"|(?P<inline>``(?:[^`\n]|`(?!`))+``|`[^`\n]+`)"
    r"|(?P<bold>\*\*(?:\\[\s\S]|[^\\*])+\*\*)"
    rf"|(?P<link>{_LINK})"
    r"|(?P<quotation>“[^“”]*”)"
    r"|(?P<mention><[^<>\s]{1,100}>)"
)
_MARKER = r"\*\*(?:\[\d+\]|\[\[\d+\]\]\(<[^<>\s]*>\))+\*\*"  # numbers of footnotes; see `footnotes.markers`
_SENTENCE_END = re.compile(
    rf"(?:[.!?…][)\]\"”’»*]*(?:\s?{_MARKER})*+\s++|[。！？][」』”’）]*(?:\s?{_MARKER})*+\s*+)(?!{_MARKER})"
)
_GAP = re.compile(rf"\s++(?!{_MARKER})")
_SIGN_OF_LINE = re.compile(r"(\d+(?=\.\s)|)(?:#{1,3}|-#?|[*+]|>{1,3}|\.)\s")

PARAGRAPH, LINE, SENTENCE, WORD = range(4)
_WITHIN = 4  # added to the kind of a cut inside a span that should stay together


@dataclass(frozen=True, slots=True)
class _Span:
    """Bold text or code, from `start` to `end`, that is too long for one message.

    A cut inside it adds `closer` before the cut and `opener` after it.
    """

    start: int
    end: int
    opener: str
    closer: str
    is_code: bool


@dataclass(frozen=True, slots=True)
class _Cut:
    """A cut: text before `end` goes into one message, text from `start` into the next."""

    end: int
    start: int
    kind: int


def length(text: str) -> int:
    """Return the length of a text in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int) -> list[str]:
    """Return rendered text in pieces of at most `limit`, cut at paragraphs if possible, else lines, sentences, words.

    Links, escapes, bold spans and quotations are not cut. If one is longer than `limit`, bold and code are closed and
    reopened, and a link is reduced to its text. The number of a footnote stays with its sentence. No piece is empty; an
    empty text has no pieces. Raises ValueError for a limit below `SHORTEST_LIMIT`.
    """
    if limit < SHORTEST_LIMIT:
        raise ValueError(f"a limit of {limit} is below {SHORTEST_LIMIT}")
    whole = text.strip()
    if length(whole) <= limit and "```" not in whole:
        return [whole] if whole else []
    return list(_Text(text, limit).pieces())


def cut(text: str, limit: int, *, ending: str = " …") -> str:
    """Return rendered text; if it is longer than `limit` (at least `SHORTEST_LIMIT`), cut at a word, with `ending`."""
    if length(text) <= limit:
        return text
    pieces = _Text(text, limit - length(ending), by_words=True).pieces()
    return next(pieces, "") + ending


def excerpt(text: str, limit: int, *, ending: str = " …") -> str:
    """Return text of a document or a person, escaped, and cut like `cut`. Only the beginning of a long text is read."""
    beginning = text[: EXAMINED * limit]
    shown = escaped(beginning)[: limit + 2]  # two more than fit, so that `cut` sees that it is too long
    if len(beginning) == len(text):
        return cut(shown, limit, ending=ending)
    return (cut(shown, limit - length(ending), ending="") + ending).strip()


def packed(units: Iterable[tuple[str, str]], limit: int) -> list[str]:
    """Return units of rendered text, joined into as few texts of at most `limit` as possible.

    Each unit is a pair of a separator, which precedes it unless a text begins with it, and its text. A unit is split
    only if it is longer than `limit` by itself. Empty units are left out.
    """
    texts: list[str] = []
    for separator, unit in units:
        for piece in split(unit, limit):
            if texts and length(texts[-1] + separator + piece) <= limit:
                texts[-1] += separator + piece
            else:
                texts.append(piece)
    return texts


class _Text:
    """A text with the offsets at which it may be cut."""

    def __init__(self, text: str, limit: int, *, by_words: bool = False) -> None:
        self._limit = limit
        self._by_words = by_words
        self._text = text = _closed(_without_long_links(text.strip(), limit))
        self._lengths = [0, *accumulate(map(_units, text))]
        self._whole: list[tuple[int, int]] = []  # starts and ends, in order
        self._breakable: list[_Span] = []
        self._find_spans(0, len(text))
        self._whole_starts = [start for start, _ in self._whole]
        self._closing = max((len(span.closer) for span in self._breakable), default=0)

    def pieces(self) -> Iterator[str]:
        """Yield the pieces, in order."""
        start = 0
        prefix = ""
        while start < len(self._text):
            if length(prefix) + self._length(start, len(self._text)) <= self._limit:
                yield prefix + self._text[start:]
                return
            room = self._limit - length(prefix) - self._closing
            best = self._cut(start, room)
            within = self._breakable_at(best.end)
            piece = self._text[start : best.end].rstrip()
            if piece:
                yield prefix + piece + (within.closer if within else "")
            start, prefix = best.start, within.opener if within else ""
            if not (within and within.is_code):
                start, guard = self._line_start(best)
                prefix += guard

    def _line_start(self, cut_at: _Cut) -> tuple[int, str]:
        """Return where the next piece starts, and a prefix that keeps it from becoming a heading or a list."""
        start = cut_at.start
        while start < len(self._text) and self._text[start].isspace():
            start += 1
        sign = _SIGN_OF_LINE.match(self._text, start)
        if sign is None or cut_at.kind % _WITHIN < SENTENCE:
            return start, ""
        return start + len(sign.group(1)), sign.group(1) + "\\"

    def _length(self, start: int, end: int) -> int:
        return self._lengths[end] - self._lengths[start]

    def _find_spans(self, start: int, end: int) -> None:
        for match in _SPANS.finditer(self._text, start, end):
            first, last = match.span()
            if self._length(first, last) <= self._limit - _ROOM_FOR_SIGNS:
                self._keep_whole(first, last)
            elif match["fence"]:
                inner, outer = match.span("code")
                self._keep_whole(first, inner + 1)
                self._breakable.append(_Span(inner, outer, "```" + (match["language"] or "\n"), "\n```", is_code=True))
                self._keep_whole(outer - 1, last)
            elif match["bold"]:
                self._keep_whole(first, first + 3)
                self._breakable.append(_Span(first, last, "**", "**", is_code=False))
                self._find_spans(first + 2, last - 2)
                self._keep_whole(last - 3, last)
            else:
                self._find_spans(first + 1, last - 1)

    def _keep_whole(self, start: int, end: int) -> None:
        self._whole.append((start, end))

    def _cut(self, start: int, room: int) -> _Cut:
        """Return the best cut within `room` after `start`."""
        end = max(start + 1, bisect_right(self._lengths, self._lengths[start] + room) - 1)
        furthest: dict[int, _Cut] = {}
        for candidate in self._cuts(start, end):
            furthest[candidate.kind] = candidate
        for kind in sorted(furthest):
            # A better cut is worth a message that is not full, if it is at least a third full.
            if self._length(start, furthest[kind].end) * 3 >= room:
                return furthest[kind]
        if furthest:
            return max(furthest.values(), key=lambda candidate: candidate.end)
        return self._last_resort(start, end)

    def _cuts(self, start: int, end: int) -> Iterator[_Cut]:
        """Yield every possible cut after `start` and up to `end`: after sentences and at white space."""
        for match in () if self._by_words else _SENTENCE_END.finditer(self._text, start):
            last = match.start() + len(match.group().rstrip())
            if last > end:
                break
            yield from self._allowed(_Cut(last, match.end(), SENTENCE))
        for match in _GAP.finditer(self._text, start + 1):
            if match.start() > end:
                break
            lines = 0 if self._by_words else match.group().count("\n")
            kind = PARAGRAPH if lines > 1 else LINE if lines else WORD
            yield from self._allowed(_Cut(match.start(), match.end(), kind))

    def _allowed(self, candidate: _Cut) -> Iterator[_Cut]:
        """Yield the cut, adapted to the span that it is in; nothing if the text must not be cut there."""
        within = self._breakable_at(candidate.end)
        if self._is_within_whole(candidate.end):
            return
        if within is None:
            yield candidate
        elif not within.is_code:
            yield _Cut(candidate.end, candidate.start, candidate.kind + _WITHIN)
        elif (newline := self._text.find("\n", candidate.end, candidate.start)) >= 0 and newline + 1 < within.end:
            yield _Cut(newline, newline + 1, LINE + _WITHIN)  # indentation belongs to the code

    def _last_resort(self, start: int, end: int) -> _Cut:
        """Return a cut inside a word: before a span that must stay whole, else between two graphemes."""
        from wcwidth import grapheme_boundary_before

        offset = end
        while self._is_within_whole(offset):
            offset -= 1
        if offset == end < len(self._text):
            # The next character decides whether `end` is between two graphemes.
            ahead = self._text[start : end + 1]
            offset = start + grapheme_boundary_before(ahead, len(ahead))
        offset = offset if offset > start else end
        return _Cut(offset, offset, WORD)

    def _is_within_whole(self, offset: int) -> bool:
        """True if `offset` is inside a span that must stay whole."""
        index = bisect_right(self._whole_starts, offset - 1) - 1
        return index >= 0 and offset < self._whole[index][1]

    def _breakable_at(self, offset: int) -> _Span | None:
        return next((span for span in self._breakable if span.start < offset < span.end), None)


def _units(character: str) -> int:
    return 2 if character > "\uffff" else 1


def _closed(text: str) -> str:
    """Return the text with its last block of code closed: it may still be open while text is being written."""
    spans = [match for match in _SPANS.finditer(text) if match["fence"]]
    is_open = spans and (len(spans[-1].group()) < 6 or not spans[-1].group().endswith("```"))
    return f"{text}\n```" if is_open else text


def _without_long_links(text: str, limit: int) -> str:
    """Return the text with links that are longer than a message reduced to their text."""

    def shortened(match: re.Match[str]) -> str:
        whole = match.group()
        return whole if length(whole) <= limit - _ROOM_FOR_SIGNS else whole[1 : whole.rindex("](<")]

    return re.sub(_LINK, shortened, text) if "](<" in text else text
