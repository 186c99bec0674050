"""Which pieces of a section are shown: all where they fit, else a window that is cut only between pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.composing.excerpt import LONGEST, SHORT_LEAD, Excerpt, own_pieces, whole_or_window, window
from bot.answering.composing.pieces import section_at
from tests.bot.answering.composing.documents import MANUAL, markdown, section_with, shown

SENTENCE = "The heron stands in the shallow water of the lake and waits for a fish to come near to it."


def paragraphs(count: int) -> str:
    """Return a source of numbered paragraphs of about a hundred characters."""
    return "\n\n".join(f"Number {place}. {SENTENCE}" for place in range(count))


def steps(count: int) -> str:
    """Return a source of a list with numbered steps of about a hundred characters."""
    return "\n".join(f"{place}. Step {place}. {SENTENCE}" for place in range(1, count + 1))


def window_at(source: str, words: str) -> Excerpt:
    """Return the window around words of a source."""
    section = section_with(markdown(source), words, nested=True)
    start = section.document.text.index(words)
    anchor = section.place_of(start, start + len(words))
    assert anchor is not None
    return window(section, anchor)


def whole_at(source: str, words: str) -> Excerpt:
    """Return the section of words of a source, whole or a window."""
    section = section_with(markdown(source), words, nested=True)
    start = section.document.text.index(words)
    anchor = section.place_of(start, start + len(words))
    assert anchor is not None
    return whole_or_window(section, anchor)


# Whole


def test_a_short_section_is_shown_whole_whatever_answers() -> None:
    for words in ("Install Acme with", "docker pull", "Open the first"):
        found = whole_at(MANUAL, words)
        assert found.pieces == found.section.pieces
        assert found.left_out == ()
        assert found.length == sum(map(len, shown(found)))


def test_a_section_with_subsections_is_shown_with_them_where_there_is_room() -> None:
    found = whole_at(MANUAL, "You need a server")
    assert "With Docker" in shown(found)
    assert shown(found)[-1] == "Then start it as above."
    assert found.length <= LONGEST


def test_a_section_of_some_length_is_shown_without_the_long_subsections() -> None:
    source = f"# Install\n\n{paragraphs(4)}\n\n## Docker\n\n{paragraphs(8)}\n"
    found = whole_at(source, "Number 0.")
    assert [text[:9] for text in shown(found)] == [f"Number {place}." for place in range(4)]
    assert found.left_out == ()


def test_a_short_lead_is_shown_with_what_fits_of_the_subsections() -> None:
    source = f"# Install\n\nThere are two ways.\n\n## Docker\n\n{paragraphs(8)}\n"
    found = whole_at(source, "There are two ways.")
    assert len("There are two ways.") < SHORT_LEAD
    assert shown(found)[:2] == ["There are two ways.", "Docker"]
    assert found.length <= LONGEST
    assert len(found.pieces) > 4


def test_a_subsection_is_shown_where_the_answer_stands_there() -> None:
    source = f"# Install\n\n{paragraphs(9)}\n\n## Docker\n\nPull the image.\n"
    assert shown(whole_at(source, "Pull the image.")) == ["Pull the image."]


def test_of_a_long_section_a_window_is_shown() -> None:
    found = whole_at(f"# Birds\n\n{paragraphs(20)}\n", "Number 7.")
    assert shown(found)[0].startswith("Number 7.")
    assert found.length <= LONGEST
    assert found.left_out


# Windows


def test_a_list_begins_at_its_first_step_where_there_is_room() -> None:
    found = window_at(f"Do this:\n\n{steps(30)}\n", "Step 3.")
    assert shown(found)[0] == "Do this:"
    assert [text.split(".")[0] for text in shown(found)[1:]] == [str(n) for n in range(1, len(found.pieces))]
    assert found.length <= LONGEST


def test_the_steps_that_are_left_out_are_counted() -> None:
    found = window_at(f"Do this:\n\n{steps(30)}\n\nThat was it.\n", "Step 3.")
    assert len(found.pieces) - 1 + len(found.left_out) == 30
    assert all(piece.kind == "item" for piece in found.left_out)


def test_a_step_far_down_a_long_list_is_shown_from_there() -> None:
    found = window_at(f"Do this:\n\n{steps(30)}\n", "Step 25.")
    assert shown(found)[0].startswith("25. Step 25.")
    assert len(found.pieces) == 6
    assert found.left_out == ()


def test_code_brings_the_sentence_that_introduces_it() -> None:
    source = f"# A\n\n{paragraphs(9)}\n\nRun this command.\n\n```\nmake\n```\n\n{paragraphs(9)}\n"
    assert shown(window_at(source, "make"))[:2] == ["Run this command.", "make"]


def test_code_after_code_brings_only_what_announces_it() -> None:
    source = f"# A\n\n{paragraphs(9)}\n\nRun:\n\n```\nfirst\n```\n\nThen:\n\n```\nsecond\n```\n"
    assert shown(window_at(source, "second")) == ["Then:", "second"]


def test_code_inside_a_step_brings_the_step() -> None:
    source = f"{steps(12)}\n13. Pull it:\n\n    ```\n    docker pull\n    ```\n\n14. Done.\n"
    assert shown(window_at(source, "docker pull")) == ["13. Pull it:", "docker pull", "14. Done."]


def test_no_line_is_left_that_only_announces_what_is_not_shown() -> None:
    code = "\n".join(f"line {place} of a long listing" for place in range(30))
    source = f"{paragraphs(3)}\n\nDo the following:\n\n```\n{code}\n```\n"
    found = window_at(source, "Number 0.")
    assert shown(found)[-1].startswith("Number 2.")
    assert found.left_out[0].kind == "paragraph"


def test_no_heading_is_left_without_what_stands_below_it() -> None:
    code = "\n".join(f"line {place} of a long listing" for place in range(30))
    source = f"# A\n\n{paragraphs(3)}\n\n## B\n\n```\n{code}\n```\n"
    found = window_at(source, "Number 0.")
    assert "B" not in shown(found)
    assert shown(found)[-1].startswith("Number 2.")


def test_a_paragraph_that_is_longer_than_the_limit_is_cut_at_a_sentence() -> None:
    found = window_at(" ".join([SENTENCE] * 20), "The heron")
    (text,) = shown(found)
    assert len(text) <= LONGEST
    assert text.endswith("near to it.")
    assert found.left_out[0].start == found.pieces[0].end


def test_code_that_is_longer_than_the_limit_is_cut_at_a_line() -> None:
    code = "\n".join(f"line {place} of a long listing" for place in range(60))
    found = window_at(f"```python\n{code}\n```\n", "line 0")
    (text,) = shown(found)
    assert text.split("\n") == code.split("\n")[: text.count("\n") + 1]
    assert 0.9 * LONGEST < len(text) <= LONGEST
    assert found.left_out[0].kind == "code"


def test_long_code_keeps_the_line_that_announces_it() -> None:
    code = "\n".join(f"line {place} of a long listing" for place in range(60))
    found = window_at(f"Use this configuration:\n\n```yaml\n{code}\n```\n", "line 0")
    announcement, listing = shown(found)
    assert announcement == "Use this configuration:"
    assert code.startswith(listing)
    assert found.length <= LONGEST


@pytest.mark.parametrize("text", ["x" * 3000, "word" * 800])
def test_text_without_any_end_is_cut_all_the_same(text: str) -> None:
    found = window_at(text, text[:100])
    assert found.length == LONGEST


def test_an_item_that_is_longer_than_the_limit_is_cut_at_a_sentence() -> None:
    found = window_at(f"1. {' '.join([SENTENCE] * 20)}\n2. Done.\n", "The heron")
    assert found.length <= LONGEST
    assert shown(found)[0].startswith("1. The heron")
    assert shown(found)[0].endswith("near to it.")


def test_own_pieces_are_those_before_the_first_subsection() -> None:
    section = section_with(markdown(MANUAL), "You need a server", nested=True)
    assert own_pieces(section) == 1
    assert own_pieces(section_with(markdown(MANUAL), "Write to", nested=True)) == 1


BLOCKS = st.sampled_from(
    [
        SENTENCE,
        "Do the following:",
        "Note:",
        "- a\n- b\n  - c\n- d",
        "1. One:\n\n   ```\n   code\n   ```\n\n2. Two",
        "```\n" + "some code\n" * 40 + "```",
        "```sh\nmake\n```",
        "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |",
        "> Take care.",
        "## Below",
        "### Deeper",
        "# Another",
        "**Does it work?**\n\nYes.",
        " ".join([SENTENCE] * 15),
        "<details><summary>More?</summary>\n\nNo.\n\n</details>",
    ]
)


@given(st.lists(BLOCKS, min_size=1, max_size=12), st.data())
def test_whatever_the_section_the_window_is_whole_pieces_in_order_around_the_anchor(
    blocks: list[str], data: st.DataObject
) -> None:
    document = markdown("\n\n".join(blocks))
    offset = data.draw(st.integers(0, len(document.text) - 1))
    section = section_at(document, offset, nested=True)
    if not section.pieces:
        return
    anchor = data.draw(st.integers(0, len(section.pieces) - 1))
    for found in (window(section, anchor), whole_or_window(section, anchor)):
        assert found.pieces
        assert found.length <= LONGEST
        starts = [piece.start for piece in found.pieces]
        assert starts == sorted(set(starts))
        for piece, following in pairwise(found.pieces):
            assert piece.end <= following.start
        # Each piece is one of the section's, except the last, which may be cut.
        assert all(piece in section.pieces for piece in found.pieces[:-1])
        wanted = section.pieces[anchor]
        assert any(piece.start <= wanted.start < piece.end for piece in found.pieces)


@pytest.mark.parametrize("step", [15, 22, 30])
def test_a_part_of_long_code_begins_with_a_line_that_is_not_indented(step: int) -> None:
    code = "\n".join(f"def step_{n}(queue):\n    return queue.copy({n})  # part {n}\n" for n in range(40))
    document = markdown(f"# Backup\n\nRun this:\n\n```python\n{code}\n```\n")
    section = section_at(document, document.text.index("Run this"))
    found = window(section, 1, within=document.text.index(f"    return queue.copy({step})"), limit=300)
    assert shown(found)[0].startswith(f"def step_{step}(queue):\n")


@pytest.mark.parametrize("limit", [60, 90, 150])
def test_no_label_is_left_without_what_it_names(limit: int) -> None:
    tabs = "".join(f'=== "System {n}"\n\n    ```sh\n    install --system {n}\n    ```\n\n' for n in range(6))
    document = markdown(f"# Install\n\nChoose yours.\n\n{tabs}Done.\n\n## More\n\nWait.\n")
    section = section_at(document, document.text.index("Choose"), nested=True)
    words = shown(window(section, 0, limit=limit))
    assert not words[-1].startswith("System")
    assert len(words) > 1


@pytest.mark.parametrize("step", [15, 22, 30])
def test_a_part_of_code_keeps_its_language(step: int) -> None:
    code = "\n".join(f"a{n} = b{n} + c{n}" for n in range(60))
    document = markdown(f"# Sum\n\n```python\n{code}\n```\n")
    section = section_at(document, document.text.index("a0"))
    (piece,) = window(section, 0, within=document.text.index(f"a{step} ="), limit=200).pieces
    assert piece.label == "python"


@pytest.mark.parametrize("title", ["1. **Liability**", "- **Liability.**", "What is covered:"])
def test_a_title_is_never_shown_without_the_beginning_of_what_follows(title: str) -> None:
    indent = "   " if title[0] in "1-" else ""
    source = f"# Terms\n\n{paragraphs(9)}\n\n{title}\n\n{indent}{' '.join([SENTENCE] * 20)}\n\nThe end."
    words = " ".join(shown(window_at(source, "Liability" if "Liability" in title else "What is covered")))
    assert SENTENCE in words
    assert len(words) <= LONGEST + 50


def test_a_sentence_that_begins_in_bold_is_no_title() -> None:
    source = f"# Terms\n\n{paragraphs(9)}\n\n**Never** feed the herons.\n\n{' '.join([SENTENCE] * 20)}"
    assert shown(window_at(source, "feed the herons"))[-1].endswith("feed the herons.")
