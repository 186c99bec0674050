"""Rendered Markdown cut to the lengths that Discord takes. Pure.

Lengths are counted in UTF-16 code units: never less than what Discord counts, whichever way it does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from bot.discord.text.markdown import escaped

SHORTEST_LIMIT = 40
EXAMINED = 4  # times as many characters as may be shown: some can't be seen
_ROOM_FOR_SIGNS = 28  # what may be added to a piece: the signs that end and begin again what was cut

# What no cut may go through. A bold span, a quotation or a block of code may, where it is longer than a whole message.
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
_MARKER = r"\*\*(?:\[\d+\]|\[\[\d+\]\]\(<[^<>\s]*>\))+\*\*"  # the numbers of footnotes; see `footnotes.markers`
_SENTENCE_END = re.compile(
    rf"(?:[.!?…][)\]\"”’»*]*(?:\s?{_MARKER})*+\s++|[。！？][」』”’）]*(?:\s?{_MARKER})*+\s*+)(?!{_MARKER})"
)
_GAP = re.compile(rf"\s++(?!{_MARKER})")
_SIGN_OF_LINE = re.compile(r"(\d+(?=\.\s)|)(?:#{1,3}|-#?|[*+]|>{1,3}|\.)\s")

PARAGRAPH, LINE, SENTENCE, WORD = range(4)
_WITHIN = 4  # added for a place within something that had better stay together


@dataclass(frozen=True, slots=True)
class _Span:
    """Bold text or code, from `start` to `end`, that is too long for one message.

    Where it is cut, `closer` ends it and `opener` begins it again.
    """

    start: int
    end: int
    opener: str
    closer: str
    is_code: bool


@dataclass(frozen=True, slots=True)
class _Cut:
    """What comes before `end` goes into one message, what comes from `start` on into the next."""

    end: int
    start: int
    kind: int


def length(text: str) -> int:
    """How long a text is in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int) -> list[str]:
    """Rendered text in pieces of at most `limit`, cut at paragraphs where they are near enough, at lines, sentences
    or words.

    Nothing is cut within a link, an escape, a bold span or a quotation; of those that are longer than `limit`, bold and
    code are closed and opened again, links reduced to their text. A footnote's number stays with its sentence. No piece
    is empty; of a text that is empty there are none. Raises ValueError for a limit below `SHORTEST_LIMIT`.
    """
    if limit < SHORTEST_LIMIT:
        raise ValueError(f"a limit of {limit} is below {SHORTEST_LIMIT}")
    whole = text.strip()
    if length(whole) <= limit and "```" not in whole:
        return [whole] if whole else []
    return list(_Text(text, limit).pieces())


def cut(text: str, limit: int, ending: str = " …") -> str:
    """Rendered text, cut at a word and with `ending` where it is longer than `limit` (at least `SHORTEST_LIMIT`)."""
    if length(text) <= limit:
        return text
    pieces = _Text(text, limit - length(ending), by_words=True).pieces()
    return next(pieces, "") + ending


def excerpt(text: str, limit: int, ending: str = " …") -> str:
    """Text of a document or a person, escaped, and cut like `cut`. However long it is, only its beginning is read."""
    beginning = text[: EXAMINED * limit]
    shown = escaped(beginning)[: limit + 2]  # enough to see that it is too long
    if len(beginning) == len(text):
        return cut(shown, limit, ending)
    return (cut(shown, limit - length(ending), "") + ending).strip()


def packed(units: Iterable[tuple[str, str]], limit: int) -> list[str]:
    """Units of rendered text, each with what separates it from the one before, in as few texts of `limit` as hold them.

    A unit is only split where it is longer than `limit` by itself. Those that are empty are left out.
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
    """A text with the places at which it may be cut."""

    def __init__(self, text: str, limit: int, by_words: bool = False) -> None:
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
        """The pieces, in order."""
        start = 0
        prefix = ""
        while start < len(self._text):
            if length(prefix) + self._length(start, len(self._text)) <= self._limit:
                yield prefix + self._text[start:]
                return
            room = self._limit - length(prefix) - self._closing
            place = self._cut(start, room)
            within = self._breakable_at(place.end)
            piece = self._text[start : place.end].rstrip()
            if piece:
                yield prefix + piece + (within.closer if within else "")
            start, prefix = place.start, within.opener if within else ""
            if not (within and within.is_code):
                start, guard = self._line_start(place)
                prefix += guard

    def _line_start(self, place: _Cut) -> tuple[int, str]:
        """Where the next piece goes on, and what has to come before so that it is no heading or list that it wasn't."""
        start = place.start
        while start < len(self._text) and self._text[start].isspace():
            start += 1
        sign = _SIGN_OF_LINE.match(self._text, start)
        if sign is None or place.kind % _WITHIN < SENTENCE:
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
                self._breakable.append(_Span(inner, outer, "```" + (match["language"] or "\n"), "\n```", True))
                self._keep_whole(outer - 1, last)
            elif match["bold"]:
                self._keep_whole(first, first + 3)
                self._breakable.append(_Span(first, last, "**", "**", False))
                self._find_spans(first + 2, last - 2)
                self._keep_whole(last - 3, last)
            else:
                self._find_spans(first + 1, last - 1)

    def _keep_whole(self, start: int, end: int) -> None:
        self._whole.append((start, end))

    def _cut(self, start: int, room: int) -> _Cut:
        """The best place to cut within `room` from `start` on."""
        end = max(start + 1, bisect_right(self._lengths, self._lengths[start] + room) - 1)
        furthest: dict[int, _Cut] = {}
        for place in self._places(start, end):
            furthest[place.kind] = place
        for kind in sorted(furthest):
            # Anything better than a word is worth a message that is not full, if it is not nearly empty.
            if self._length(start, furthest[kind].end) * 3 >= room:
                return furthest[kind]
        if furthest:
            return max(furthest.values(), key=lambda place: place.end)
        return self._last_resort(start, end)

    def _places(self, start: int, end: int) -> Iterator[_Cut]:
        """Every place after `start` and up to `end` where text is set apart from text."""
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

    def _allowed(self, place: _Cut) -> Iterator[_Cut]:
        """The place, as far as text may be cut there."""
        within = self._breakable_at(place.end)
        if self._is_within_whole(place.end):
            return
        if within is None:
            yield place
        elif not within.is_code:
            yield _Cut(place.end, place.start, place.kind + _WITHIN)
        elif (newline := self._text.find("\n", place.end, place.start)) >= 0 and newline + 1 < within.end:
            yield _Cut(newline, newline + 1, LINE + _WITHIN)  # indentation belongs to the code

    def _last_resort(self, start: int, end: int) -> _Cut:
        """A place in a word: before what must stay whole, else between two characters as a reader sees them."""
        from wcwidth import grapheme_boundary_before

        place = end
        while self._is_within_whole(place):
            place -= 1
        if place == end < len(self._text):
            # Whether `end` itself lies between two of them depends on what follows.
            ahead = self._text[start : end + 1]
            place = start + grapheme_boundary_before(ahead, len(ahead))
        place = place if place > start else end
        return _Cut(place, place, WORD)

    def _is_within_whole(self, place: int) -> bool:
        """Whether a cut at `place` would go through something."""
        number = bisect_right(self._whole_starts, place - 1) - 1
        return number >= 0 and place < self._whole[number][1]

    def _breakable_at(self, place: int) -> _Span | None:
        return next((span for span in self._breakable if span.start < place < span.end), None)


def _units(character: str) -> int:
    return 2 if character > "\uffff" else 1


def _closed(text: str) -> str:
    """Text in which the last block of code ends, as it does not while it is still being written."""
    spans = [match for match in _SPANS.finditer(text) if match["fence"]]
    is_open = spans and (len(spans[-1].group()) < 6 or not spans[-1].group().endswith("```"))
    return f"{text}\n```" if is_open else text


def _without_long_links(text: str, limit: int) -> str:
    """Text with the links that are longer than a message reduced to their text."""

    def shortened(match: re.Match[str]) -> str:
        whole = match.group()
        return whole if length(whole) <= limit - _ROOM_FOR_SIGNS else whole[1 : whole.rindex("](<")]

    return re.sub(_LINK, shortened, text) if "](<" in text else text
