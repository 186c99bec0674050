"""Subtitles: what is said as running text under the times at which it is said."""

from __future__ import annotations

import pytest

from index.parsing.parse import parse_bytes
from index.types import Document

SRT = """\
1
00:00:01,000 --> 00:00:03,500 X1:10 X2:20
<i>Welcome</i> to the {\\an8}show,
everybody.

2
00:00:04,000 --> 00:00:06,000
<font color="#fff">Today: 3 &lt; 4.</font>

3
00:00:58,000 --> 00:01:01,000
This sentence goes on

4
00:01:01,500 --> 00:01:04,000
to its end.
5
00:01:05,000 --> 00:01:07,000
- Really?
- Yes.
"""

VTT = """\
WEBVTT - a talk

STYLE
::cue { color: red }

NOTE not shown

intro
00:00.000 --> 00:04.000 position:10% align:left
<v Ada Lovelace>We begin
<v Ada Lovelace>at nine.</v>

00:04.000 --> 00:06.000
<v.loud Bob>At <c.blue>nine</c>?

02:00:00.000 --> 02:00:02.000
<v Bob>The end &amp; goodbye.
"""


def parsed(source: str, name: str = "a.vtt") -> Document:
    return parse_bytes(name, source.encode())


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_lines_are_joined_under_a_heading_a_minute(line_end: str) -> None:
    document = parsed(SRT.replace("\n", line_end), "a.srt")
    assert document.text == (
        "0:01\n\nWelcome to the show, everybody. Today: 3 < 4.\n\nThis sentence goes on to its end.\n\n"
        "1:05\n\n- Really?\n- Yes."
    )
    assert document.heading_at(document.text.index("Really")) == "1:05"
    assert [document.line_at(document.text.index(word)) for word in ("everybody", "Today", "Yes")] == [4, 8, 20]


def test_speakers_are_named_and_settings_left_out() -> None:
    assert parsed(VTT).text == (
        "0:00:00\n\nAda Lovelace: We begin at nine.\n\nBob: At nine?\n\n2:00:00\n\nBob: The end & goodbye."
    )


def test_a_sentence_without_end_does_not_hold_a_section_together() -> None:
    cues = [f"00:{n // 6:02}:{n % 6}0,000 --> 00:{n // 6:02}:{n % 6}9,000\nword{n},\n" for n in range(25)]
    assert [heading.text for heading in parsed("\n".join(cues), "a.srt").headings] == ["0:00", "1:30", "3:00"]


def test_automatic_captions_that_roll_up_say_everything_once() -> None:
    source = (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n \nso<00:00:00.500><c> here</c>\n\n"
        "00:00:02.000 --> 00:00:02.010\nso here\n \n\n"
        "00:00:02.010 --> 00:00:04.000\nso here\nwe<00:00:03.000><c> go</c>\n"
    )
    assert parsed(source).text == "0:00\n\nso here we go"
    assert parsed("00:01.000 --> 00:02.000\nNo.\n\n00:02.000 --> 00:03.000\nNo.\n").text == "0:01\n\nNo. No."


def test_lines_of_chinese_are_joined_without_a_space() -> None:
    assert parsed("00:01.000 --> 00:02.000\n今天天气\n很好。\n").text == "0:01\n\n今天天气很好。"


def test_what_has_no_times_is_read_as_text() -> None:
    assert parsed("WEBVTT\n\nOnly words.\n").text == "WEBVTT\n\nOnly words.\n"
