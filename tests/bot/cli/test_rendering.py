"""Answers and passages as text for a terminal, and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.sources import SURROUNDINGS
from bot.cli import rendering
from bot.config.prompts import load_prompts
from bot.types import Answer, Citation, Disagreement, Sentence, Timings
from index.types import Document, Evidence, Passage, Span

TEXT = "Herons stand on one leg. They fish at dawn."
CITATION = Citation(1, "birds/herons.md", "On birds", None, None, "Wading", 7, 0, 24, TEXT[:24], 0.91)
PASSAGE = Passage(
    chunk_id=5,
    document="birds/herons.md",
    title="On birds",
    url=None,
    start=100,
    end=100 + len(TEXT),
    text=TEXT,
    heading="Wading",
    page=None,
    line=7,
    sentences=(Span(100, 124), Span(125, 100 + len(TEXT))),
    score=0.75,
    dense_rank=1,
    lexical_rank=None,
    dense_score=0.5,
    lexical_score=0.0,
    fused_score=0.7,
)
EVIDENCE = Evidence(PASSAGE, (Span(125, 100 + len(TEXT)),), 0.31)
ABSTENTION = Answer(
    question="Who fishes?",
    searched="Who fishes at noon?",
    abstained=True,
    sentences=(),
    citations=(),
    passages=(PASSAGE,),
    evidence=(EVIDENCE,),
    confidence=0.31,
    threshold=0.5,
    timings=Timings(0.01, 0.2, 0.001, 0.25),
    reader="similarity",
    passages_read=1,
)
ANSWER = replace(
    ABSTENTION,
    searched="Who fishes?",
    abstained=False,
    sentences=(Sentence(TEXT[:24], (1,)), Sentence("They\nfish.", (1, 2))),
    citations=(CITATION, replace(CITATION, number=2, url="https://example.org/h", page=3, line=None, heading=None)),
)


def test_an_answer() -> None:
    assert rendering.whole_answer_text(ANSWER, load_prompts(None)).plain == (
        "Herons stand on one leg. [1] They fish. [1][2]\n"
        "\n"
        "[1] On birds, birds/herons.md, “Wading”, line 7\n"
        "    “Herons stand on one leg.”\n"
        "\n"
        "[2] On birds, birds/herons.md, page 3\n"
        "    https://example.org/h\n"
        "    “Herons stand on one leg.”"
    )
    assert ANSWER.text == "Herons stand on one leg. [1] They fish. [1][2]"


def test_an_abstention_shows_what_was_searched_and_the_nearest_passages_from_their_nearest_sentence() -> None:
    lines = rendering.whole_answer_text(ABSTENTION, load_prompts(None)).plain.splitlines()
    assert lines[0] == "searched: Who fishes at noon?"
    assert "“Who fishes at noon?”" in lines[2]
    assert lines[-2:] == ["  · On birds, birds/herons.md, “Wading”, line 7", "    … They fish at dawn."]
    assert ABSTENTION.text == ""
    nothing = rendering.whole_answer_text(replace(ABSTENTION, passages=(), evidence=()), load_prompts(None)).plain
    assert "I found nothing" in nothing


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
    lines = list(rendering.explanation_lines(ABSTENTION))
    assert lines[0] == "searched: Who fishes at noon?"
    assert lines[2] == (
        "   1. 0.750  birds/herons.md:100–143  search 0.700 = meaning #1 (cosine 0.500) + words – (BM25 0.00)"
    )
    assert lines[4] == "  0.310 left   birds/herons.md: They fish at dawn."
    assert lines[5] == "read: 1 of 1 passages found, by the reader similarity"
    assert lines[6] == "abstained: the best evidence has 0.310, below the threshold 0.50"
    assert lines[7] == "seconds: retrieve 0.010, read 0.200, write 0.001, total 0.250"
    cited = replace(CITATION, start=125, end=143)
    shown = list(rendering.explanation_lines(replace(ABSTENTION, abstained=False, citations=(cited,))))
    assert shown[4].startswith("  0.310 shown  ")
    assert not any(line.startswith("abstained") for line in shown)


def test_an_explanation_says_how_far_behind_the_next_best_is_and_who_disagrees() -> None:
    answer = replace(
        ANSWER,
        confidence=0.91,
        evidence=(replace(EVIDENCE, probability=0.91), replace(EVIDENCE, probability=0.7)),
        disagreements=(Disagreement((1, 2), ("dawn", "noon")),),
    )
    assert list(rendering.explanation_lines(answer))[-5:-1] == [
        "read: 1 of 1 passages found, by the reader similarity",
        "answered: the best evidence has 0.910, the threshold is 0.50",
        "runner-up: 0.700, 0.210 behind",
        "The documents disagree: [1] says “dawn”, [2] says “noon”.",
    ]


def test_a_disagreement_is_said_between_the_answer_and_its_footnotes() -> None:
    disagreeing = replace(ANSWER, disagreements=(Disagreement((1, 2, 3), ("18\x1b46", "1848", "1850")),))
    said, told, *footnotes = rendering.whole_answer_text(disagreeing, load_prompts(None)).plain.split("\n\n")
    assert said.endswith("[1][2]")
    assert told == "The documents disagree: [1] says “1846”, [2] says “1848”, [3] says “1850”."
    assert [one[:3] for one in footnotes] == ["[1]", "[2]"]
    assert rendering.as_json(disagreeing)["disagreements"] == [
        {"citations": (1, 2, 3), "values": ("18\x1b46", "1848", "1850")}
    ]
    assert rendering.as_json(ANSWER)["disagreements"] == []


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
