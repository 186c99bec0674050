"""Answers as JSON, and passages as JSON and as text for a terminal."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.sources import SURROUNDINGS
from bot.blocks import AnswerBlock, Link
from bot.cli import rendering
from bot.types import Disagreement, More
from index.types import Document
from tests.bot.cli.answers import CITATION, EVIDENCE, NOTHING, PASSAGE, TEXT, answer_of, paragraphs


@given(
    st.recursive(
        st.text() | st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_says_the_same_but_a_terminal_obeys_nothing_of_it(value: object) -> None:
    for ascii_only in (False, True):
        written = rendering.json_text(value, ascii_only)
        assert json.loads(written) == value
        assert not any((ord(sign) < 32 and sign != "\n") or 0x7F <= ord(sign) < 0xA0 for sign in written)
        assert written.isascii() or not ascii_only


def test_a_passage_is_ranked_and_the_words_of_the_question_are_highlighted() -> None:
    text = rendering.passage_text(2, PASSAGE, "Do HERONS fish?")
    assert text.plain == f" 2. 0.750  On birds, birds/herons.md, “Wading”, line 7\n    {TEXT}"
    bold = {text.plain[span.start : span.end] for span in text.spans if span.style == "bold yellow"}
    assert bold == {"Herons", "fish"}
    read = rendering.passage_text(2, PASSAGE, "Do HERONS fish?", (0.8125, "They fish\nat dawn.")).plain
    assert read.split("\n")[1:] == ["    reader 0.812: “They fish at dawn.”", f"    {TEXT}"]
    assert rendering.found_as_json(PASSAGE, (0.5, "They fish."))["best_sentence"] == "They fish."
    assert rendering.found_as_json(PASSAGE, None)["reader_score"] is None


def test_an_explanation() -> None:
    lines = list(rendering.explanation_lines(NOTHING))
    assert lines[0] == "searched: Who fishes at noon?"
    assert lines[2] == (
        "   1. 0.750  birds/herons.md:100–143  search 0.700 = meaning #1 (cosine 0.500) + words – (BM25 0.00)"
    )
    assert lines[4] == "  0.310 left   birds/herons.md: They fish at dawn."
    assert lines[5] == "read: 1 of 1 passages found, by the reader trained"
    assert lines[6] == "abstained: the best evidence has 0.210, below the threshold 0.50"
    assert lines[7] == "seconds: retrieve 0.010, read 0.200, write 0.001, total 0.250"
    cited = replace(CITATION, start=125, end=143)
    shown = list(rendering.explanation_lines(replace(paragraphs(TEXT), citations=(cited,))))
    assert shown[4].startswith("  0.310 shown  ")
    assert not any(line.startswith("abstained") for line in shown)


def test_an_explanation_says_how_far_behind_the_next_best_is_and_who_disagrees() -> None:
    answer = replace(
        paragraphs(TEXT),
        evidence=(replace(EVIDENCE, probability=0.91), replace(EVIDENCE, probability=0.7)),
        disagreements=(Disagreement((1, 2), ("dawn", "noon")),),
    )
    assert list(rendering.explanation_lines(answer))[-5:-1] == [
        "read: 1 of 1 passages found, by the reader trained",
        "answered: the best evidence has 0.910, the threshold is 0.50",
        "runner-up: 0.700, 0.210 behind",
        "The documents disagree: [1] says “dawn”, [2] says “noon”.",
    ]


# The object of `ask --json`


def test_an_answer_as_json() -> None:
    item = AnswerBlock("item", "Run acme up", 1, "2.", 1, ((0, 3),), ((4, 11),), (Link(4, 8, "https://acme.example"),))
    answer = replace(answer_of(item), form="steps", more=More("item", 4))
    found = rendering.as_json(answer)
    assert (found["outcome"], found["abstained"], found["form"]) == ("answered", False, "steps")
    assert found["answer"] == "  2. Run acme up [1]"
    assert found["more"] == {"kind": "item", "count": 4}
    assert found["blocks"] == [
        {
            "kind": "item",
            "text": "Run acme up",
            "citation": 1,
            "label": "2.",
            "depth": 1,
            "strong": ((0, 3),),
            "code": ((4, 11),),
            "links": ({"start": 4, "end": 8, "url": "https://acme.example"},),
        }
    ]
    assert [one["number"] for one in found["citations"]] == [1]
    assert found["closest"] == []
    assert json.loads(rendering.json_line(found)) == json.loads(rendering.json_text(found))


def test_what_comes_closest_as_json() -> None:
    found = rendering.as_json(replace(paragraphs(TEXT), outcome="closest", confidence=0.4))
    assert (found["outcome"], found["abstained"]) == ("closest", True)
    assert (found["answer"], found["citations"]) == ("", [])
    (closest,) = found["closest"]
    assert (closest["document"], closest["quote"]) == (CITATION.document, CITATION.quote)
    assert [block["text"] for block in found["blocks"]] == [TEXT]


def test_nothing_as_json() -> None:
    found = rendering.as_json(NOTHING)
    assert (found["outcome"], found["abstained"], found["form"], found["more"]) == ("nothing", True, None, None)
    assert (found["answer"], found["citations"], found["closest"], found["blocks"]) == ("", [], [], [])
    assert [one["document"] for one in found["passages"]] == [PASSAGE.document]
    assert (found["note"], found["unanswered"]) == (None, [])
    assert rendering.as_json(replace(NOTHING, note="greeting"))["note"] == "greeting"


def test_disagreements_as_json() -> None:
    disagreeing = replace(paragraphs(TEXT), disagreements=(Disagreement((1, 2, 3), ("18\x1b46", "1848", "1850")),))
    assert rendering.as_json(disagreeing)["disagreements"] == [
        {"citations": (1, 2, 3), "values": ("18\x1b46", "1848", "1850"), "dates": ()}
    ]
    assert rendering.as_json(paragraphs(TEXT))["disagreements"] == []


@given(st.text())
def test_json_on_a_line_is_one_line_that_no_terminal_obeys(text: str) -> None:
    written = rendering.json_line({"question": text})
    assert json.loads(written) == {"question": text}
    assert not any(ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 for sign in written)


def test_the_surroundings_of_a_quote_begin_and_end_at_words() -> None:
    quote = "Herons stand on one leg."
    text = "Storks clatter \x1b[1m loudly. " * 40 + quote + " Egrets are white birds." * 40
    start = text.index(quote)
    citation = replace(CITATION, start=start, end=start + len(quote), quote=quote)
    document = Document(citation.document, citation.title, text, "text")
    shown = rendering.surroundings_text(citation, document)
    where, before_and_after = shown.plain.split("\n\n")
    assert where == "[1] On birds, birds/herons.md, “Wading”, line 7"
    words = before_and_after.split()
    assert (words[0], words[-1]) == ("…", "…")
    assert words[1] in text.split()
    assert words[-2] in text.split()
    assert len(before_and_after) < 2 * SURROUNDINGS + len(quote) + 10
    (highlighted,) = [span for span in shown.spans if "reverse" in str(span.style)]
    assert shown.plain[highlighted.start : highlighted.end] == quote
    assert f">>>{quote}<<<" in rendering.surroundings_text(citation, document, marked=True).plain
    assert "\x1b" not in shown.plain


def test_a_short_document_is_its_own_surroundings() -> None:
    shown = rendering.surroundings_text(CITATION, Document(CITATION.document, CITATION.title, TEXT, "text")).plain
    assert shown.endswith(f"\n\n{TEXT}")


@given(st.text(alphabet="ab \n", min_size=1, max_size=1500), st.data())
def test_surroundings_hold_the_quote_whatever_is_around_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    citation = replace(CITATION, start=start, end=end, quote=text[start:end])
    shown = rendering.surroundings_text(citation, Document("a.txt", "A", text, "text"), marked=True).plain
    assert f">>>{text[start:end]}<<<" in shown
