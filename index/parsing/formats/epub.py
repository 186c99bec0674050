"""EPUB books → their chapters in reading order, each as the HTML page that it is."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from index.errors import UnreadableDocument
from index.parsing.archive import open_archive
from index.parsing.html.pages import page_of, write_page
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean, one_line
from index.parsing.text.decoding import decode
from index.parsing.text.inline import InlineText
from index.parsing.text.writer import BlockWriter

Element = Any  # an element of lxml, which ships no types

_ALGORITHM = re.compile(rb"Algorithm\s*=\s*[\"']([^\"']*)")
_FONTS_ONLY = frozenset((b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC"))
_HEADINGS = "//h1 | //h2 | //h3 | //h4 | //h5 | //h6"


def parse_epub(data: bytes) -> Parsed:
    """Parse a book. A chapter without a heading of its own has the one of the table of contents."""
    archive = open_archive(data)
    names = set(archive.namelist())
    if "META-INF/encryption.xml" in names:
        methods = set(_ALGORITHM.findall(archive.read("META-INF/encryption.xml")))
        if not methods <= _FONTS_ONLY:
            raise UnreadableDocument("is protected against copying (DRM); ask its publisher for a copy without that")
    container = _tree(archive, "META-INF/container.xml")
    path = next((one.get("full-path", "") for one in container.iter("{*}rootfile")), "")
    package = _tree(archive, path)
    items = {item.get("id"): item for item in package.iterfind("{*}manifest/{*}item")}
    titles = _titles(archive, path, items)
    builder = TextBuilder()
    writer = BlockWriter(builder)
    for chapter in dict.fromkeys(one.get("idref") for one in package.iterfind("{*}spine/{*}itemref")):
        item = items.get(chapter)
        target = "" if item is None else _path(path, item.get("href", ""))
        if item is None or target not in names or "nav" in item.get("properties", "").split():
            continue
        page = page_of(clean(decode(archive.read(target))))
        if page is None:
            continue
        if target in titles and not page.xpath(_HEADINGS):
            title = InlineText()
            title.add(titles[target])
            writer.heading(1, title)
        write_page(writer, page)
    parsed = builder.build(title=package.findtext("{*}metadata/{http://purl.org/dc/elements/1.1/}title"))
    return replace(parsed, date=package.findtext("{*}metadata/{http://purl.org/dc/elements/1.1/}date"))


def _titles(archive: zipfile.ZipFile, package: str, items: dict[str, Element]) -> dict[str, str]:
    """Return the titles of chapters, by their paths, as the table of contents has them."""
    found: dict[str, str] = {}
    for item in items.values():
        path = _path(package, item.get("href", ""))
        if path not in archive.namelist():
            continue
        if "nav" in item.get("properties", "").split():
            for link in _tree(archive, path).iterfind(".//{*}nav//{*}a"):
                found.setdefault(_path(path, link.get("href", "")), one_line(" ".join(link.itertext())))
        elif item.get("media-type") == "application/x-dtbncx+xml":
            for point in _tree(archive, path).iter("{*}navPoint"):
                source = point.find("{*}content")
                title = one_line(point.findtext("{*}navLabel/{*}text") or "")
                found.setdefault(_path(path, "" if source is None else source.get("src", "")), title)
    return found


def _path(base: str, address: str) -> str:
    """Return the path inside the archive that a file names, without the place inside the target."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(address.partition("#")[0])))


def _tree(archive: zipfile.ZipFile, part: str) -> Element:
    from lxml import etree  # type: ignore[import-untyped]

    parser = etree.XMLParser(resolve_entities=False, huge_tree=True, recover=True)
    tree = etree.fromstring(archive.read(part), parser) if part in archive.namelist() else None
    if tree is None:
        raise UnreadableDocument("is damaged: the list of its chapters is missing or broken; copy it again")
    return tree
