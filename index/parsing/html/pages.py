"""Write a whole page of HTML or XHTML, without looking for its article: the pages of books and the bodies of mails."""

from __future__ import annotations

import html
import re

from index.parsing.html.preparing import prepare
from index.parsing.html.walk import Element, HtmlWalk
from index.parsing.text.writer import BlockWriter

_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)\w+;")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def page_of(source: str, *, is_xhtml: bool = False) -> Element | None:
    """Return the page as HTML elements; None if there is nothing in it."""
    from lxml import html as lxml_html  # type: ignore[import-untyped]

    source = _XML_DECLARATION.sub("", source).strip()
    if not source:
        return None
    if not is_xhtml:
        parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
        return lxml_html.document_fromstring(source, parser=parser) if re.search(r"[^\s<>]", source) else None
    # XML knows five entities, and HTML closes no element for being empty: `<title/>` would hide the rest.
    source = _ENTITY.sub(lambda found: html.unescape(found[0]), source)
    parser = lxml_html.XHTMLParser(
        remove_comments=True, remove_pis=True, huge_tree=True, recover=True, resolve_entities=False
    )
    page = lxml_html.fromstring(source.encode(), parser=parser)
    for element in page.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return page


def write_page(writer: BlockWriter, page: Element) -> None:
    """Write a page's blocks."""
    prepare(page)
    HtmlWalk(writer).walk(page)
