"""Subtitles (SRT, WebVTT) → what is said as running text, with the time as a heading about every minute."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.parsing.formats.text import parse_text
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean, one_line, space_between
from index.parsing.text.decoding import decode
from index.parsing.text.inline import InlineText
from index.parsing.text.writer import BlockWriter

SECTION = 60  # seconds under one heading; it ends with the sentence
LONGEST_SECTION = 90  # seconds, whether the sentence has ended or not
PAUSE = 5  # seconds of silence between two paragraphs

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?\s+([^<>]{1,200})>")
_TAG = re.compile(r"</?(?:[biucsv]|lang|ruby|rt|font)(?:[.\s][^<>]{0,200})?>|\{\\[^{}]{0,200}\}", re.IGNORECASE)
_TIMED_WORD = re.compile(r"<(?:\d+:)?\d{1,2}:\d{2}\.\d{3}>")
_ENDED = re.compile(r".*[.!?…♪。！？][\"”’»)\]]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Line:
    """A spoken line: from when to when, in seconds, by whom, and at which line of the file it stands."""

    start: float
    end: float
    speaker: str
    text: str
    number: int


def parse_subtitles(data: bytes) -> Parsed:
    """Parse subtitles: their lines joined to sentences, with the names of speakers, without positions and colours.

    What has no times is read as plain text.
    """
    lines = list(_lines(clean(decode(data)).split("\n")))
    if not lines:
        return parse_text(data)
    builder = TextBuilder()
    _write(BlockWriter(builder), lines)
    return builder.build()


def _lines(source: list[str]) -> Iterator[_Line]:
    """Yield the lines of all cues. In automatic captions, that show every line twice, the second time is left out."""
    rolls = any(_TIMED_WORD.search(line) for line in source)
    shown: list[str] = []  # by the cue before
    position = 0
    while position < len(source):
        times = _TIMES.fullmatch(source[position])
        position += 1
        if not times:
            continue
        first = position
        while position < len(source) and source[position] and not _TIMES.fullmatch(source[position]):
            position += 1
        last = position
        if position < len(source) and source[position] and source[position - 1].strip().isdigit():
            last -= 1  # the number of the next cue
        before, shown, speaker = shown, [], ""
        for number in range(first, last):
            if voice := _VOICE.search(source[number]):
                speaker = one_line(html.unescape(voice[1]))
            text = one_line(html.unescape(_TAG.sub("", _TIMED_WORD.sub("", _VOICE.sub("", source[number])))))
            shown.append(text)
            if text and not (rolls and text in before):
                yield _Line(_seconds(times, 1), _seconds(times, 5), speaker, text, number + 1)


def _write(writer: BlockWriter, lines: list[_Line]) -> None:
    """Write sections of about a minute, in which a pause or another speaker begins a new paragraph."""
    is_long = lines[-1].start >= 3600
    inline, before = InlineText(), None
    section = 0.0
    for line in lines:
        ended = before is None or _ENDED.fullmatch(before.text)
        passed = line.start - section
        begins_section = before is None or passed >= LONGEST_SECTION or (passed >= SECTION and ended)
        paused = before is not None and line.start - before.end >= PAUSE
        if begins_section or paused or before is None or line.speaker != before.speaker:
            writer.paragraph(inline)
            inline = InlineText()
            if begins_section:
                section = line.start
                writer.heading(2, _heading(line, is_long=is_long))
            inline.begin_line(line.number)
            inline.add(f"{line.speaker}: " if line.speaker else "")
        elif line.text.startswith(("- ", "– ", "— ")):  # somebody else
            inline.break_line()
        elif before is not None:
            inline.add(space_between(before.text, line.text))
        inline.begin_line(line.number)
        inline.add(line.text)
        before = line
    writer.paragraph(inline)


def _heading(line: _Line, *, is_long: bool) -> InlineText:
    minutes, seconds = divmod(int(line.start), 60)
    inline = InlineText()
    inline.begin_line(line.number)
    inline.add(f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if is_long else f"{minutes}:{seconds:02}")
    return inline


def _seconds(times: re.Match[str], group: int) -> float:
    hours, minutes, seconds, fraction = times.group(group, group + 1, group + 2, group + 3)
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")
