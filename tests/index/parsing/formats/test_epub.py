"""EPUB books: chapters in reading order, with the headings of the book or of its table of contents."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from index.errors import UnreadableDocument
from index.parsing import archive as archives
from index.parsing.parse import parse_bytes

CONTAINER = """<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>Gardens</dc:title><dc:date>2019-03-01</dc:date></metadata><manifest>
<item id="two" href="two%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>
<spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/><itemref idref="one"/><itemref idref="gone"/>
</spine></package>"""
PAGE = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head>{}</html>'
PARTS = {
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": PACKAGE,
    "OEBPS/text/one.xhtml": PAGE.format(
        "<body><h2>Soil</h2><p>Dig&nbsp;deep<a id='x'/>, é.</p><ul><li>Sand</li></ul></body>"
    ),
    "OEBPS/two b.xhtml": PAGE.format("<body><p>Water &amp; sun.</p></body>"),
    "OEBPS/nav.xhtml": PAGE.format("<body><nav><ol><li><a href='two%20b.xhtml#top'>Weather</a></li></ol></nav></body>"),
    "OEBPS/toc.ncx": "<ncx/>",
}


def book(**changed: str) -> bytes:
    """Return a book; parts are named by their last words."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        for name, content in PARTS.items():
            archive.writestr(name, changed.pop(name.rpartition("/")[2].partition(".")[0], content))
        for name, content in changed.items():
            archive.writestr(f"META-INF/{name}.xml", content)
    return stream.getvalue()


def test_chapters_stand_in_reading_order_under_headings() -> None:
    document = parse_bytes("a.epub", book())
    assert document.text == "Soil\n\nDig deep, é.\n\n- Sand\n\nWeather\n\nWater & sun."
    assert (document.title, document.date) == ("Gardens", "2019-03-01")
    assert document.heading_at(document.text.index("sun")) == "Weather"


def test_a_chapter_that_is_no_valid_xml() -> None:
    page = "<html><body><h1>Soil</h1><p>One<br>two &amp three<ul><li>Sand<li>Clay</ul>"
    assert parse_bytes("a.epub", book(one=page)).text.startswith("Soil\n\nOne\ntwo & three\n\n- Sand\n- Clay\n\n")


def test_titles_of_an_older_table_of_contents() -> None:
    point = "<navPoint><navLabel><text>The sky</text></navLabel><content src='two b.xhtml'/></navPoint>"
    document = parse_bytes("a.epub", book(nav="<html/>", toc=f"<ncx><navMap>{point}</navMap></ncx>"))
    assert [heading.text for heading in document.headings] == ["Soil", "The sky"]


def test_a_protected_book() -> None:
    method = "<encryption><EncryptionMethod Algorithm='{}'/></encryption>"
    with pytest.raises(UnreadableDocument, match=r"is protected against copying \(DRM\)"):
        parse_bytes("a.epub", book(encryption=method.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")))
    fonts = method.format("http://www.idpf.org/2008/embedding")
    assert parse_bytes("a.epub", book(encryption=fonts)).text.startswith("Soil")


def test_damaged_and_oversized_books() -> None:
    with pytest.raises(UnreadableDocument, match="damaged or cut short"):
        parse_bytes("a.epub", book()[:-40])
    with pytest.raises(UnreadableDocument, match=r"unpacks to more than \d+ MB"):
        parse_bytes("a.epub", book(one=" " * (archives.LARGEST_PART + 1)))
    for part, content in (("container", "<x/>"), ("container", "&"), ("book", "&")):
        with pytest.raises(UnreadableDocument, match="is damaged: the list of its chapters is missing or broken"):
            parse_bytes("a.epub", book(**{part: content}))
    with pytest.raises(UnreadableDocument, match="holds no words"):
        parse_bytes("a.epub", book(**{"one": "", "two b": ""}))
