"""Chunks are spans of whole sentences that fit the embedder's window, and nothing worth finding is in none of them."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.embedding.chunking import PreparedChunk, Splitter, embedded_text, label_of
from index.embedding.interface import Tokens
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.parsing.finding import find_files
from index.parsing.parse import parse
from index.types import Chunk, Document, Heading

SHARED_SEEDS = Path(__file__).parents[4] / "shared" / "seeds"
ROOM, OVERLAP = 64, 16

EMBEDDER = SentenceTransformerEmbedder()  # nothing is loaded yet


@cache
def splitter(room: int = ROOM, overlap: int = OVERLAP) -> Splitter:
    return Splitter(EMBEDDER.tokenize, room, overlap)


def tokens_of(text: str) -> Tokens:
    return EMBEDDER.tokenize([text])[0]


def document(text: str, *headings: str, title: str = "", language: str | None = None) -> Document:
    """A document whose headings are these lines of its text."""
    places, cursor = [], 0
    for heading in headings:
        cursor = text.index(heading, cursor)
        places.append(Heading(cursor, heading.count("#") or 1, heading.lstrip("# ")))
        cursor += len(heading)
    telling = bool(title)
    return Document(
        "a.md", title or "a", text, "text", title_is_telling=telling, language=language, headings=tuple(places)
    )


def split(one: Document, room: int = ROOM, overlap: int = OVERLAP) -> list[Chunk]:
    """The chunks of a document, after the checks that hold for every one."""
    prepared = splitter(room, overlap).split(one, tokens_of(one.text))
    for before, chunk in zip([None, *prepared], prepared, strict=False):
        check(one, chunk, room)
        if before is not None:
            check_neighbours(one, before.chunk, chunk.chunk, overlap)
    return [chunk.chunk for chunk in prepared]


def check(one: Document, prepared: PreparedChunk, room: int) -> None:
    chunk = prepared.chunk
    assert chunk.text == one.text[chunk.start : chunk.end]
    assert chunk.text == chunk.text.strip() != ""
    assert (chunk.sentences[0].start, chunk.sentences[-1].end) == (chunk.start, chunk.end)
    cursor = chunk.start
    for sentence in chunk.sentences:
        assert cursor <= sentence.start < sentence.end <= chunk.end
        assert not one.text[cursor : sentence.start].strip(), "between two sentences there is only white space"
        cursor = sentence.end
    assert 0 < len(prepared.embedding_input.ids) <= room
    assert prepared.embedding_input.text == embedded_text(one, chunk)
    assert not any(chunk.start < heading.start < chunk.end for heading in one.headings)


def check_neighbours(one: Document, before: Chunk, chunk: Chunk, overlap: int) -> None:
    assert chunk.start > before.start
    assert chunk.end > before.end
    if chunk.start < before.end:
        assert len(tokens_of(one.text[chunk.start : before.end]).ids) <= overlap


def covered(one: Document, chunks: list[Chunk]) -> str:
    """The text with what no chunk holds left out, and without white space."""
    kept = bytearray(len(one.text))
    for chunk in chunks:
        kept[chunk.start : chunk.end] = b"\1" * (chunk.end - chunk.start)
    letters = (letter for place, letter in enumerate(one.text) if kept[place] and not letter.isspace())
    return "".join(letters)


LONG = " ".join(f"Sentence number {number} says that Mr. Bolton left the U.S. at noon." for number in range(60))


def test_chunks_are_whole_sentences_of_about_equal_length() -> None:
    one = document(LONG)
    chunks = split(one)
    assert len(chunks) > 10
    assert covered(one, chunks) == "".join(LONG.split())
    for chunk in chunks:
        for sentence in chunk.sentences:
            assert one.text[sentence.start : sentence.end].startswith("Sentence number ")
            assert one.text[sentence.start : sentence.end].endswith("at noon.")
    lengths = [len(tokens_of(chunk.text).ids) for chunk in chunks]
    assert min(lengths) > max(lengths) / 2


def test_a_chunk_repeats_the_end_of_the_one_before_it() -> None:
    chunks = split(document(LONG), overlap=24)
    overlaps = [before.end - chunk.start for before, chunk in pairwise(chunks)]
    assert min(overlaps) > 0
    without = split(document(LONG), overlap=0)
    assert all(chunk.start >= before.end for before, chunk in pairwise(without))


def test_no_chunk_crosses_a_heading_and_each_knows_its_own() -> None:
    text = "Before all.\n\n# One\n\nUnder one.\n\n## Inner\n\nUnder inner.\n\n# Two\n\nUnder two."
    chunks = split(document(text, "# One", "## Inner", "# Two"))
    assert [(chunk.text, chunk.heading) for chunk in chunks] == [
        ("Before all.", None),
        ("Under one.", "One"),
        ("Under inner.", "One › Inner"),
        ("Under two.", "Two"),
    ]


def test_headings_without_text_are_chunks_only_where_they_are_all_there_is() -> None:
    title = "# The title\n\n## Empty\n\n## Full\n\nWords stand here."
    assert [chunk.text for chunk in split(document(title, "# The title", "## Empty", "## Full"))] == [
        "Words stand here."
    ]
    bare = "# The title\n\n## First\n\n## Second"
    assert [chunk.text for chunk in split(document(bare, "# The title", "## First", "## Second"))] == [
        "# The title",
        "## First",
        "## Second",
    ]


def test_what_share_buttons_leave_behind_is_in_no_chunk() -> None:
    text = (
        "Talks have begun.\n\n  • Tweeter\n  • Partager\n\nNobody knows when they end.\n\n  • republish\n"
        "  • print\n\nThe twitter account was shared by email.\n\nAdvertisement"
    )
    chunks = split(document(text))
    assert [chunk.text for chunk in chunks] == [
        "Talks have begun.",
        "Nobody knows when they end.",
        "The twitter account was shared by email.",
    ]


def test_list_items_and_short_lines_end_sentences_but_wrapped_lines_do_not() -> None:
    text = (
        "Open hours:\nMonday 9 to 5\nTuesday closed\n\n- eggs and\n- milk\n\n"
        "This line was wrapped by an editor at some column\nand goes on here to its end."
    )
    [chunk] = split(document(text))
    assert [text[sentence.start : sentence.end] for sentence in chunk.sentences] == [
        "Open hours:",
        "Monday 9 to 5",
        "Tuesday closed",
        "- eggs and",
        "- milk",
        "This line was wrapped by an editor at some column\nand goes on here to its end.",
    ]


@pytest.mark.parametrize("marker", ["1.", "12)", "b."])
def test_the_number_of_a_point_is_no_sentence(marker: str) -> None:
    [chunk] = split(document(f"{marker} They fish at dawn. They sleep at noon."))
    assert [chunk.text[one.start : one.end] for one in chunk.sentences] == [
        f"{marker} They fish at dawn.",
        "They sleep at noon.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "word other thing " * 6_000,
        "abcdefghij" * 5_000,
        "Before it. " + "abcdefghij" * 5_000 + " After it. " * 40,
        "委内瑞拉的总统是谁我们不知道他在哪里。" * 200,
        "委内瑞拉的总统是谁我们不知道他在哪里" * 200,
        "ประเทศไทยมีประชากรจำนวนมาก" * 200,
        "🙂 " * 2_000,
        "👩‍👩‍👧" * 500,
        "a\u0301" * 3_000,
        "| a | b |\n" * 1_000,
        "\u200b" * 500 + " x " + "\u0301" * 500,
    ],
    ids=["no full stop", "one word", "word within", "Chinese", "Chinese unstopped", "Thai", "emoji", "joined emoji",
         "accents", "table", "nothing to see"],
)  # fmt: skip
def test_whatever_is_written_is_cut_to_fit(text: str) -> None:
    one = document(text)
    chunks = split(one)
    assert covered(one, chunks) == "".join(text.split())
    assert max(len(chunk.text) for chunk in chunks) < 3_000


def test_a_label_as_long_as_a_page_does_not_squeeze_out_the_text() -> None:
    one = document(LONG, title="A title that goes on and on " * 30)
    chunks = split(one, overlap=0)
    assert covered(one, chunks) == "".join(LONG.split())
    assert len(chunks) < 40


def test_the_label_says_what_the_text_does_not() -> None:
    one = document("# Talks\n\nIt began.", "# Talks", title="Week")
    assert label_of(one, "Talks › Bolton") == "Week\nTalks › Bolton"
    assert label_of(one, "Week › Bolton") == "Week\nBolton"
    assert label_of(document("It began."), "Talks") == "Talks"
    assert label_of(document("It began."), None) == ""


@pytest.mark.parametrize("text", ["", " ", "\n\n", "  • Tweeter  ", "\u00a0\u2003"])
def test_a_document_without_words_has_no_chunk(text: str) -> None:
    assert split(document(text)) == []


WORDS = st.sampled_from(
    "the talks began Mr. U.S. 1. e.g. Bolton, said: “why?” — no! 委内瑞拉。 naïve (yes) 🙂 ; a".split()
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=40).map(" ".join)
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=5).map("\n".join) | st.text(max_size=120)
TEXTS = st.lists(PARAGRAPHS, max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(paragraphs=TEXTS, has_heading=st.lists(st.integers(0, 3), min_size=8, max_size=8), overlap=st.integers(0, 30))
def test_any_document_is_split_into_sound_chunks(paragraphs: list[str], has_heading: list[int], overlap: int) -> None:
    text = ""
    headings: list[Heading] = []
    for paragraph, level in zip(paragraphs, has_heading, strict=False):
        if level:
            headings.append(Heading(len(text), level, f"part {len(headings)}"))
            text += f"part {len(headings) - 1}\n"
        text += paragraph + "\n\n"
    one = Document("a.md", "A title", text, "markdown", headings=tuple(headings))
    chunks = split(one, overlap=overlap)
    assert chunks == split(one, overlap=overlap)
    if not headings:
        # Nothing that these words make up is furniture.
        assert covered(one, chunks) == "".join(text.split())


@pytest.mark.skipif(not SHARED_SEEDS.is_dir(), reason="the shared seeds are not there")
def test_the_shared_seeds_are_split_into_sound_chunks() -> None:
    count = 0
    for file in find_files(SHARED_SEEDS).files:
        one = parse(SHARED_SEEDS, file)
        chunks = split(one, room=254, overlap=32)
        assert "• Tweeter" not in "\n".join(chunk.text for chunk in chunks)
        assert "  • republish" not in "\n".join(chunk.text for chunk in chunks)
        count += len(chunks)
    assert count > 0
