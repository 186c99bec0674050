"""OpenDocument texts, spreadsheets and presentations, written as LibreOffice writes them."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from index.errors import UnreadableDocument
from index.parsing import archive as archives
from index.parsing.formats.office.opendocument_text import NAMES
from index.parsing.parse import parse_bytes
from index.types import Document

KINDS = {".odt": "text", ".ods": "spreadsheet", ".odp": "presentation"}
SPACES = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in NAMES.items())
STYLES = """
<style:style style:name="P1" style:parent-style-name="Title"/>
<style:style style:name="T1"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>
<style:style style:name="dp2"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>
<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"/>
<text:list-level-style-bullet text:level="2"/></text:list-style>
"""


def archive(suffix: str, body: str, *, meta: str = "", manifest: str = "") -> bytes:
    kind = KINDS[suffix]
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        parts.writestr(
            "content.xml",
            f"<office:document-content {SPACES}><office:automatic-styles>{STYLES}</office:automatic-styles>"
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
        )
        parts.writestr(
            "meta.xml", f"<office:document-meta {SPACES}><office:meta>{meta}</office:meta></office:document-meta>"
        )
        parts.writestr("META-INF/manifest.xml", manifest)
    return stream.getvalue()


def parsed(suffix: str, body: str, *, meta: str = "") -> Document:
    return parse_bytes(f"some-file{suffix}", archive(suffix, body, meta=meta))


def test_a_text_in_the_order_of_the_page() -> None:
    document = parsed(
        ".odt",
        """<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>
        <text:p text:style-name="P1">Handbook</text:p>
        <text:table-of-content><text:p>Returns 1</text:p></text:table-of-content>
        <text:h text:outline-level="2">Returns</text:h>
        <text:p>Paid <text:span text:style-name="T1">within</text:span><text:s/>fourteen
          days<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Of a week.</text:p>
          </text:note-body></text:note>, see <text:a xlink:href="https://example.org/">our page</text:a>.</text:p>
        <text:list text:style-name="L1"><text:list-item><text:p>Write</text:p><text:list><text:list-item>
          <text:p>a letter</text:p></text:list-item></text:list></text:list-item></text:list>
        <text:list text:style-name="L1" text:continue-numbering="true"><text:list-item><text:p>Wait</text:p>
          </text:list-item></text:list>
        <text:list text:style-name="L1"><text:list-item><text:h text:outline-level="1">Prices</text:h>
          </text:list-item></text:list>
        <table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Land</text:p>
          </table:table-cell><table:table-cell><text:p>Days</text:p></table:table-cell></table:table-row>
          </table:table-header-rows><table:table-row><table:table-cell><text:p>Malta</text:p><text:p>Gozo</text:p>
          </table:table-cell><table:table-cell><text:p>30</text:p></table:table-cell></table:table-row></table:table>
        <text:p>One<text:line-break/>two<draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame>
        </text:p>""",
        meta="<dc:date>2024-05-01T10:00:00</dc:date>",
    )
    assert document.text == (
        "Handbook\n\nReturns\n\nPaid within fourteen days[1], see our page.\n\n[1] Of a week.\n\n"
        "1. Write\n  - a letter\n\n2. Wait\n\nPrices\n\nLand | Days\nMalta Gozo | 30\n\nOne\ntwo\n\nboxed"
    )
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (1, "Handbook"),
        (2, "Returns"),
        (1, "Prices"),
    ]
    marks = [(mark.kind, mark.target, document.text[mark.start : mark.end]) for mark in document.marks]
    assert marks == [("strong", "", "within"), ("link", "https://example.org/", "our page")]
    assert (document.title, document.date) == ("Handbook", "2024-05-01")


def cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def test_a_spreadsheet_shows_what_its_cells_show() -> None:
    gap = '<table:table-cell table:number-columns-repeated="16000"/>'
    day = 'office:value-type="date" office:date-value="2024-05-01"'
    moment = 'office:value-type="date" office:date-value="2024-05-01T14:30:00"'
    document = parsed(
        ".ods",
        '<table:table table:name="Prices">'
        + row(cell("Item"), cell("Price"), cell("From"), cell("Until"), gap)
        + row(cell("Bolt"), cell("1.250,00 €"), cell("1.5.24", day), cell("1.5.24 14:30", moment))
        + row(cell("same", 'table:number-columns-repeated="2"'), attributes='table:number-rows-repeated="2"')
        + row(gap, attributes='table:number-rows-repeated="1000000"')
        + '</table:table><table:table table:name="Secret" table:style-name="ta2">'
        + row(cell("Salary"))
        + "</table:table>",
    )
    assert document.text == (
        "Prices\n\nItem | Price | From | Until\nBolt | 1.250,00 € | 2024-05-01 | 2024-05-01 14:30\n"
        "same | same |  |\nsame | same |  |"
    )


def test_cells_that_repeat_without_end_are_refused() -> None:
    repeated = row(cell("x", 'table:number-columns-repeated="9000"'), attributes='table:number-rows-repeated="999999"')
    with pytest.raises(UnreadableDocument, match="has a sheet of more than 2,000,000 cells"):
        parsed(".ods", f"<table:table>{repeated}</table:table>")


def frame(kind: str, text: str) -> str:
    return (
        f'<draw:frame presentation:class="{kind}"><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>'
    )


def test_slides_are_headings_and_pages_with_notes() -> None:
    document = parsed(
        ".odp",
        f"<draw:page>{frame('title', 'Plan')}{frame('outline', 'Book a hall')}{frame('footer', 'Page 1')}"
        f"<presentation:notes>{frame('notes', 'It costs 80 euros.')}</presentation:notes></draw:page>"
        f'<draw:page draw:style-name="dp2">{frame("title", "Secret")}</draw:page>'
        "<draw:page><draw:g><draw:custom-shape><text:p>Words</text:p></draw:custom-shape></draw:g></draw:page>",
    )
    assert document.text == "Plan\n\nBook a hall\n\nNotes\n\nIt costs 80 euros.\n\nSlide 3\n\nWords"
    assert (document.page_at(len(document.text) - 1), document.title) == (3, "Plan")


@pytest.mark.parametrize("suffix", KINDS)
def test_damaged_locked_oversized_and_other_files(suffix: str) -> None:
    data = archive(suffix, "")
    with pytest.raises(UnreadableDocument, match="damaged or cut short"):
        parse_bytes(f"a{suffix}", data[:-30])
    with pytest.raises(UnreadableDocument, match="locked with a password; save a copy without one"):
        parse_bytes(f"a{suffix}", archive(suffix, "", manifest="<manifest:encryption-data/>"))
    with pytest.raises(UnreadableDocument, match="is damaged: it can't be parsed as an OpenDocument"):
        parse_bytes(f"a{suffix}", archive(suffix, "<broken"))
    with pytest.raises(UnreadableDocument, match=r"unpacks to more than \d+ MB"):
        parse_bytes(f"a{suffix}", archive(suffix, " " * archives.LARGEST_PART))
    with pytest.raises(UnreadableDocument, match=rf"looks like an OpenDocument \w+ \(\{suffix}\); rename it to"):
        parse_bytes("a.docx", data)
    with pytest.raises(UnreadableDocument, match="holds no words"):
        parse_bytes(f"a{suffix}", data)
