"""PowerPoint presentations, written by python-pptx."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from pptx import Presentation
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.util import Inches

from index.errors import UnreadableDocument
from index.parsing import archive as archives
from index.parsing.parse import parse_bytes
from index.types import Document

if TYPE_CHECKING:
    from pptx.presentation import Presentation as Deck
    from pptx.slide import Slide

TITLE, CONTENT, COMPARISON, TITLE_ONLY, BLANK = 0, 1, 4, 5, 6
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"


def saved(deck: Deck) -> bytes:
    stream = BytesIO()
    deck.save(stream)
    return stream.getvalue()


def parsed(deck: Deck) -> Document:
    return parse_bytes("some-file.pptx", saved(deck))


def add_slide(deck: Deck, layout: int, *texts: str) -> Slide:
    """Add a slide with texts for its placeholders, in their order; lines are paragraphs, tabs their levels."""
    slide: Slide = deck.slides.add_slide(deck.slide_layouts[layout])
    for placeholder, text in zip(slide.placeholders, texts, strict=False):
        frame: Any = placeholder
        frame.text_frame.text = text.replace("\t", "")
        for paragraph, line in zip(frame.text_frame.paragraphs, text.split("\n"), strict=True):
            paragraph.level = line.count("\t")
    return slide


def add_box(slide: Slide, text: str, left: float, top: float) -> Any:
    box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(0.5))
    box.text_frame.text = text
    return box


def test_slides_are_headings_and_pages_with_lists_and_notes() -> None:
    deck = Presentation()
    add_slide(deck, TITLE, "Summer plan", "by the board")
    slide = add_slide(deck, CONTENT, "Steps", "Book a hall\n\twith chairs\n\tand tables\nInvite everybody")
    notes = slide.notes_slide.notes_text_frame
    assert notes is not None
    notes.text = "The hall costs 80 euros."
    document = parsed(deck)
    assert document.text == (
        "Summer plan\n\nby the board\n\n"
        "Steps\n\n- Book a hall\n  - with chairs\n  - and tables\n- Invite everybody\n\n"
        "Notes\n\nThe hall costs 80 euros."
    )
    offset = document.text.index("The hall")
    assert (document.heading_at(offset), document.page_at(offset)) == ("Steps › Notes", 2)
    assert (document.title, document.date) == ("Summer plan", None)
    assert [block.kind for block in document.blocks].count("item") == 4


def test_a_hidden_slide_is_left_out_and_still_counted() -> None:
    deck = Presentation()
    add_slide(deck, TITLE_ONLY, "One")
    add_slide(deck, TITLE_ONLY, "Secret").element.set("show", "0")
    add_box(add_slide(deck, BLANK), "Words", 1, 1)
    document = parsed(deck)
    assert document.text == "One\n\nSlide 3\n\nWords"
    assert document.page_at(len(document.text) - 1) == 3


def test_shapes_are_read_from_top_to_bottom_and_left_to_right() -> None:
    deck = Presentation()
    slide = add_slide(deck, TITLE_ONLY, "Map")
    add_box(slide, "below", 1, 5)
    group = slide.shapes.add_group_shape()
    for text, left in (("right", 6.0), ("middle", 4.0)):
        group.shapes.add_textbox(Inches(left), Inches(2), Inches(1), Inches(1)).text_frame.text = text
    add_box(slide, "left", 1, 2.01)
    assert parsed(deck).text == "Map\n\nleft\n\nmiddle\n\nright\n\nbelow"


def test_the_parts_of_a_layout_are_read_in_its_order() -> None:
    deck = Presentation()
    add_slide(deck, COMPARISON, "Compared", "Before", "slow", "After", "fast")
    assert parsed(deck).text == "Compared\n\nBefore\n\n- slow\n\nAfter\n\n- fast"


def test_bullets_that_a_paragraph_has_or_has_not() -> None:
    deck = Presentation()
    box = add_box(add_slide(deck, BLANK), "Do this\nfirst\nsecond\nas said", 1, 1)
    plain, *items, last = [paragraph._p.get_or_add_pPr() for paragraph in box.text_frame.paragraphs]
    for item in items:
        item.append(parse_xml(f'<a:buAutoNum {A} type="arabicPeriod"/>'))
    last.append(parse_xml(f"<a:buNone {A}/>"))
    assert plain.getchildren() == []
    assert parsed(deck).text == "Slide 1\n\nDo this\n\n1. first\n2. second\n\nas said"


def test_a_table_has_a_header_and_merged_cells_are_written_once() -> None:
    deck = Presentation()
    slide = add_slide(deck, TITLE_ONLY, "Prices")
    table = slide.shapes.add_table(3, 2, Inches(1), Inches(2), Inches(4), Inches(2)).table
    for number, cells in enumerate((("Item", "Price"), ("Bolt", "4\nor 5"), ("Free", ""))):
        for column, text in enumerate(cells):
            table.cell(number, column).text = text
    table.cell(2, 0).merge(table.cell(2, 1))
    document = parsed(deck)
    assert document.text == "Prices\n\nItem | Price\nBolt | 4 or 5\nFree |"
    assert [block.label for block in document.blocks if block.kind == "row"] == ["header", "", ""]


def test_links_and_bold_words_are_marked_and_lines_are_kept() -> None:
    deck = Presentation()
    paragraph = add_box(add_slide(deck, BLANK), "", 1, 1).text_frame.paragraphs[0]
    for text, address in (("See ", ""), ("the guide", "https://example.org/guide")):
        run = paragraph.add_run()
        run.text = text
        if address:
            run.font.bold = True
            run.hyperlink.address = address
    paragraph.add_line_break()
    paragraph.add_run().text = "today"
    document = parsed(deck)
    assert document.text == "Slide 1\n\nSee the guide\ntoday"
    marks = [(mark.kind, mark.target, document.text[mark.start : mark.end]) for mark in document.marks]
    assert sorted(marks) == [("link", "https://example.org/guide", "the guide"), ("strong", "", "the guide")]


def test_the_texts_of_a_diagram() -> None:
    deck = Presentation()
    slide = add_slide(deck, TITLE_ONLY, "Cycle")
    points = "".join(
        f'<d:pt type="{kind}"><d:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></d:t></d:pt>'
        for kind, text in (("node", "Plan"), ("pres", "unseen"), ("node", "Act"))
    )
    content = f'<d:dataModel xmlns:d="{DIAGRAM}" {A}><d:ptLst>{points}</d:ptLst></d:dataModel>'
    part = Part(PackURI("/ppt/diagrams/data1.xml"), "application/xml", slide.part.package, content.encode())
    frame = slide.shapes.add_table(1, 1, *4 * [Inches(1)])._element
    data = frame.find(".//{*}graphicData")
    data.set("uri", DIAGRAM)
    data.remove(data[0])
    relation = slide.part.relate_to(part, "http://example.org/diagram")
    names = f'xmlns:d="{DIAGRAM}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    data.append(parse_xml(f'<d:relIds {names} r:dm="{relation}"/>'))
    assert parsed(deck).text == "Cycle\n\n- Plan\n- Act"


def test_properties() -> None:
    deck = Presentation()
    add_slide(deck, TITLE_ONLY, "First")
    deck.core_properties.title = "Annual report"
    assert parsed(deck).title == "Annual report"
    deck.core_properties.title = "PowerPoint Presentation"
    assert parsed(deck).title == "First"


def test_damaged_oversized_and_empty_presentations() -> None:
    deck = Presentation()
    add_slide(deck, TITLE_ONLY, "First")
    with pytest.raises(UnreadableDocument, match="damaged or cut short"):
        parse_bytes("a.pptx", saved(deck)[:-50])
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ppt/presentation.xml", bytes(archives.LARGEST_PART + 1))
    with pytest.raises(UnreadableDocument, match=r"unpacks to more than \d+ MB"):
        parse_bytes("a.pptx", stream.getvalue())
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("ppt/presentation.xml", "<broken")
    with pytest.raises(UnreadableDocument, match="is damaged: it can't be parsed as a PowerPoint presentation"):
        parse_bytes("a.pptx", stream.getvalue())
    with pytest.raises(UnreadableDocument, match="holds no words"):
        parsed(Presentation())
