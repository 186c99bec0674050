"""Word documents, written by python-docx."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from index.errors import UnreadableDocument
from index.parsing import archive as archives
from index.parsing.parse import parse_bytes
from index.types import Document

if TYPE_CHECKING:
    from docx.document import Document as WordDocument


def parsed(document: WordDocument) -> Document:
    return parse_bytes("some-file.docx", saved(document))


def saved(document: WordDocument) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_blocks_in_the_order_of_the_page() -> None:
    word = docx.Document()
    word.add_heading("Handbook", 0)
    word.add_heading("Returns", 1)
    word.add_paragraph("Refunds are paid within fourteen days.")
    word.add_paragraph("Gift cards: never", style="List Bullet")
    word.add_paragraph("Food: never", style="List Bullet")
    word.add_paragraph("Write to us", style="List Number")
    word.add_paragraph("Wait", style="List Number")
    table = word.add_table(2, 2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ("Country", "Days", "Malta", "30"), strict=True
    ):
        cell.text = text
    word.add_heading("Exceptions", 2)
    word.add_paragraph("One\tline\nanother")
    document = parsed(word)
    assert document.text == (
        "Handbook\n\nReturns\n\nRefunds are paid within fourteen days.\n\n- Gift cards: never\n- Food: never\n"
        "1. Write to us\n2. Wait\n\nCountry | Days\nMalta | 30\n\nExceptions\n\nOne\tline\nanother"
    )
    assert document.title == "Handbook"
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (1, "Handbook"),
        (1, "Returns"),
        (2, "Exceptions"),
    ]
    assert document.heading_at(document.text.index("another")) == "Returns › Exceptions"


def test_the_title_of_the_properties_wins_unless_a_program_left_it_there() -> None:
    word = docx.Document()
    word.add_heading("First heading", 1)
    assert parsed(word).title == "First heading"
    word.core_properties.title = "Terms of trade"
    assert parsed(word).title == "Terms of trade"
    word.core_properties.title = "Microsoft Word - terms_v3.doc"
    assert parsed(word).title == "some file"


def test_headings_of_styles_that_users_made() -> None:
    word = docx.Document()
    style = word.styles.add_style("Kapitel", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = word.styles["Heading 2"]
    word.add_paragraph("Inherited", style="Kapitel")
    outlined = word.add_paragraph("Outlined")
    outlined._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="2"/>'))
    assert [(heading.level, heading.text) for heading in parsed(word).headings] == [(2, "Inherited"), (3, "Outlined")]


def test_tracked_changes_and_content_controls() -> None:
    word = docx.Document()
    for xml in (
        (
            "<w:p {}><w:r><w:t>kept </w:t></w:r><w:ins><w:r><w:t>inserted</w:t></w:r></w:ins>"
            "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del></w:p>"
        ),
        "<w:sdt {}><w:sdtContent><w:p><w:r><w:t>controlled</w:t></w:r></w:p></w:sdtContent></w:sdt>",
    ):
        word.element.body.append(parse_xml(xml.format(nsdecls("w"))))
    assert parsed(word).text == "kept inserted\n\ncontrolled"


def test_footnotes_stand_below_their_paragraph() -> None:
    word = docx.Document()
    paragraphs = [word.add_paragraph("Sold 25"), word.add_paragraph("First", style="List Number")]
    paragraphs.append(word.add_table(1, 1).cell(0, 0).paragraphs[0])
    for number, paragraph in enumerate(paragraphs, 1):
        kind = "endnote" if number == 2 else "footnote"
        paragraph.add_run("!")._r.append(parse_xml(f'<w:{kind}Reference {nsdecls("w")} w:id="{number}"/>'))
        paragraph.add_run(" times")
    for kind in ("footnote", "endnote"):
        notes = "".join(
            f'<w:{kind} w:id="{number}"><w:p><w:r><w:{kind}Ref/><w:t>{kind} {number}</w:t></w:r></w:p></w:{kind}>'
            for number in range(4)
        )
        content = f"<w:{kind}s {nsdecls('w')}>{notes}</w:{kind}s>"
        part = Part(PackURI(f"/word/{kind}s.xml"), "application/xml", content.encode(), word.part.package)
        word.part.relate_to(part, f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}s")
    assert parsed(word).text == (
        "Sold 25[1]! times\n\n[1] footnote 1\n\n1. First[2]! times\n\n[2] endnote 2\n\n[3]! times\n\n[3] footnote 3"
    )


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_document_cut_short(share: float) -> None:
    word = docx.Document()
    word.add_paragraph("Words")
    data = saved(word)
    with pytest.raises(UnreadableDocument, match="damaged or cut short"):
        parse_bytes("a.docx", data[: int(share * len(data))])


def test_a_damaged_part_and_no_words() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<broken")
    with pytest.raises(UnreadableDocument, match=r"is damaged: it can't be parsed as a Word document"):
        parse_bytes("a.docx", stream.getvalue())
    with pytest.raises(UnreadableDocument, match="holds no words"):
        parsed(docx.Document())


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        ("EncryptedPackage", "locked with a password; save a copy without one"),
        ("WordDocument", r"old \.doc format; save it as \.docx"),
        ("Workbook", r"old Excel workbook \(\.xls\); rename it to \.xls"),
        ("PowerPoint Document", r"old \.ppt format; save it as \.pptx"),
        ("Contents", "old Office format"),
    ],
)
def test_the_containers_of_old_and_of_encrypted_documents(stream: str, reason: str) -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(632) + stream.encode("utf-16-le") + bytes(100)
    with pytest.raises(UnreadableDocument, match=reason):
        parse_bytes("a.docx", data)


def test_a_zip_bomb_is_not_unpacked() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(archives.LARGEST_PART + 1))
    assert len(stream.getvalue()) < 1_000_000
    with pytest.raises(UnreadableDocument, match=r"unpacks to more than \d+ MB"):
        parse_bytes("a.docx", stream.getvalue())


def test_a_table_inside_a_cell_is_read_once() -> None:
    document = docx.Document()
    table = document.add_table(2, 2)
    for place, text in enumerate(("a", "b", "c", "d")):
        table.cell(place // 2, place % 2).text = text
    inner = table.cell(1, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "e", "f"
    assert parsed(document).text.split("\n") == ["a | b", "c | d e f"]


def test_rows_and_cells_in_content_controls_are_read() -> None:
    document = docx.Document()
    table = document.add_table(2, 2)
    for place, text in enumerate(("a", "b", "c", "d")):
        table.cell(place // 2, place % 2).text = text
    row, cell = table.rows[1]._tr, table.cell(0, 1)._tc
    for element in (row, cell):
        control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent/></w:sdt>")
        element.addprevious(control)
        control[0].append(element)
    assert parsed(document).text.split("\n") == ["a | b", "c | d"]
