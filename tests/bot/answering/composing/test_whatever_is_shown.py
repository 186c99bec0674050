"""Whatever the document, the question and the sentence that answers: quotes are exact and cover all that is shown."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.citations import verify
from bot.answering.composing.compose import compose
from bot.answering.composing.excerpt import LONGEST
from bot.answering.composing.pieces import section_at
from bot.blocks import AnswerBlock
from bot.types import Citation
from index.embedding.sentences import runs
from index.types import Document, Evidence, Span
from tests.bot.answering.composing.documents import evidence_of, markdown

SENTENCES = [
    "The heron stands in the shallow water.",
    "See [1] and the [manual](https://acme.example/manual) first.",
    "Run `acme up` as **root**.",
    "It costs $12 a month.",
    "Do the following:",
    "Does it fly?",
    "PIV - Personal Identity Verification, a badge.",
    "Error: connection refused by peer",
    "鷺は魚を食べる。",
    "x" * 70,
    "They fish at dawn, and nobody who has seen them at it forgets how long they can stand on one leg. " * 4,
]
SENTENCE = st.sampled_from(SENTENCES)
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=6).map(" ".join)
ITEM = st.tuples(st.sampled_from(["- ", "1. ", "2. ", "   - ", "   ", "      - "]), SENTENCE).map("".join)
LIST = st.lists(ITEM, min_size=1, max_size=12).map("\n".join)
CODE = st.tuples(st.sampled_from(["bash", ""]), st.lists(SENTENCE, min_size=1, max_size=20)).map(
    lambda code: f"```{code[0]}\n" + "\n".join(code[1]) + "\n```"
)
TABLE = st.lists(st.tuples(SENTENCE, SENTENCE), min_size=1, max_size=12).map(
    lambda rows: "| Plan | Price |\n|---|---|\n" + "\n".join(f"| {one} | {other} |" for one, other in rows)
)
HEADING = st.tuples(st.sampled_from(["# ", "## ", "### ", "**Q:** "]), SENTENCE).map("".join)
QUOTE = PARAGRAPH.map(lambda text: f"> [!NOTE]\n> {text}")
DETAILS = st.tuples(SENTENCE, PARAGRAPH).map(
    lambda pair: f"<details><summary>{pair[0]}</summary>\n\n{pair[1]}\n\n</details>"
)
SOURCE = st.lists(st.one_of(PARAGRAPH, LIST, CODE, TABLE, HEADING, QUOTE, DETAILS), min_size=1, max_size=10).map(
    "\n\n".join
)
QUESTION = st.sampled_from(
    [
        "how do i run acme",
        "how much does it cost",
        "What is a PIV?",
        "does it fly?",
        "tell me about herons",
        "Error: connection refused by peer",
        "where do they fish",
        "acme up",
        "鷺",
        "x" * 70,
        "",
    ]
)


def sentences_of(document: Document) -> list[Span]:
    """Return every sentence of a document as chunks have them."""
    return [span for run in runs(document, 0, len(document.text)) for span in run]


def evidence_at(document: Document, span: Span, *, probability: float = 0.9) -> Evidence:
    """Return evidence of a span."""
    found = evidence_of(document, document.text[span.start : span.end], probability=probability)
    return replace(found, spans=(span,))


def place_of(block: AnswerBlock, citation: Citation, document: Document, after: int) -> int:
    """Return where a block's text stands inside its quote, at or behind an offset of the document."""
    start = document.text.find(block.text, max(after, citation.start), citation.end)
    assert start >= 0, (block.text, citation.quote)
    return start


@settings(deadline=None)
@given(SOURCE, QUESTION, st.data())
def test_footnotes_are_exact_and_cover_all_that_is_shown(source: str, question: str, data: st.DataObject) -> None:
    document = markdown(source)
    sentences = sentences_of(document)
    if not sentences:
        return
    first = data.draw(st.sampled_from(sentences))
    second = data.draw(st.sampled_from(sentences))
    besides = data.draw(st.lists(st.sampled_from(sentences), max_size=1))
    evidence = [evidence_at(document, first), evidence_at(document, second, probability=0.8)]
    found = compose(
        question,
        evidence,
        {document.path: document},
        besides=[evidence_at(document, span, probability=0.7) for span in besides],
    )

    assert found.blocks
    assert [one.number for one in found.citations] == list(range(1, len(found.citations) + 1))
    assert all(verify(one, document) for one in found.citations)
    numbers = [one.citation for one in found.blocks]
    assert numbers == sorted(numbers)
    assert set(numbers) == {one.number for one in found.citations}
    by_number = {one.number: one for one in found.citations}
    ends = dict.fromkeys(by_number, 0)
    for block in found.blocks:
        assert block.text
        start = place_of(block, by_number[block.citation], document, ends[block.citation])
        ends[block.citation] = start + len(block.text)
        for begin, end in (*block.strong, *block.code, *((link.start, link.end) for link in block.links)):
            assert 0 <= begin < end <= len(block.text)
        assert all(link.url.startswith(("http://", "https://")) for link in block.links)
    for span in besides:
        if section_at(document, span.start).place_of(span.start, span.end) is not None:
            assert any(one.start <= span.start and span.end <= one.end for one in found.citations)


@settings(deadline=None)
@given(SOURCE, QUESTION, st.data())
def test_one_section_is_shown_and_no_more_than_fits_into_a_first_message(
    source: str, question: str, data: st.DataObject
) -> None:
    document = markdown(source)
    sentences = sentences_of(document)
    if not sentences:
        return
    found = compose(question, [evidence_at(document, data.draw(st.sampled_from(sentences)))], {document.path: document})
    assert sum(len(block.text) for block in found.blocks) <= LONGEST or (
        found.form == "row" and sum(block.label != "header" for block in found.blocks) == 1
    )


@settings(deadline=None)
@given(st.text(max_size=400), QUESTION, st.data())
def test_any_text_at_all_can_be_shown(text: str, question: str, data: st.DataObject) -> None:
    document = Document("any.txt", "Any", text, "text")
    sentences = sentences_of(document)
    if not sentences:
        return
    found = compose(question, [evidence_at(document, data.draw(st.sampled_from(sentences)))], {document.path: document})
    assert found.blocks
    assert all(verify(one, document) for one in found.citations)
