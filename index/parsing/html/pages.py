"""Write a whole page of HTML or XHTML, without looking for its article: the pages of books and the bodies of mails."""

from __future__ import annotations

import html
import re

from index.parsing.html.preparing import prepare
from index.parsing.html.walk import Element, HtmlWalk
from index.parsing.text.writer import BlockWriter

_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)\w+;")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def page_of(source: str) -> Element | None:
    """Return the page as HTML elements, None if there is nothing in it.

    What is well-formed XML is read as XHTML: HTML does not know `<title/>`, and would take the rest for the title.
    """
    from lxml import etree  # type: ignore[import-untyped]
    from lxml import html as lxml_html

    source = _XML_DECLARATION.sub("", source).strip()
    options = {"remove_comments": True, "remove_pis": True, "huge_tree": True}
    try:
        # XML itself knows five entities.
        known = _ENTITY.sub(lambda found: html.unescape(found[0]), source)
        page = etree.fromstring(known.encode(), lxml_html.XHTMLParser(resolve_entities=False, **options))
    except etree.XMLSyntaxError:
        try:
            return lxml_html.document_fromstring(source, parser=lxml_html.HTMLParser(**options))
        except etree.ParserError:  # empty
            return None
    for element in page.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return page


def write_page(writer: BlockWriter, page: Element) -> None:
    """Write a page's blocks."""
    prepare(page)
    HtmlWalk(writer).walk(page)
