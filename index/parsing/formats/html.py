"""HTML → the text of its article, without the navigation around it."""

from __future__ import annotations

import re
from typing import Any

from index.parsing.formats.text import Parsed, TextBuilder, clean, clean_layout, decode, one_line

Element = Any  # an element of lxml, which ships no types

LEAST_SHARE = 0.25  # an article shorter than this part of the page's own words is taken for a failure to find it

_CHARSET = re.compile(rb"(?:<meta[^>]+charset|<\?xml[^>]+encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_CANONICAL = ("//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href", "//meta[@property='og:url']/@content")
_TITLES = ("//meta[@property='og:title']/@content", "//title/text()")
_UNSEEN = frozenset("script style noscript template head svg iframe select button dialog".split())
_AROUND = frozenset("nav footer aside".split())
_AROUND_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|cookies?|consent|footer|sidebar|sphinxsidebar|share|sharing|"
    r"social|adverts?|ads|newsletter|related|popup|modal)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form header "
    "html legend main nav ol p section summary table tbody td tfoot th thead ul".split()
)
_BLOCKS_IN_CELLS = "p|div|ul|ol|table|h1|h2|h3|h4|h5|h6|pre|blockquote"
_HTML_NAMES = {"item": "li", "row": "tr", "cell": "td", "lb": "br", "quote": "blockquote", "comments": "template"}
_HEADING = re.compile(r"h([1-6])")
_WHITE_SPACE = re.compile(r"\s+")


def parse_html(data: bytes) -> Parsed:
    """Parse a page: its article as trafilatura finds it, or all but its navigation where it finds none.

    Blocks are separated by blank lines; the items of a list and the rows of a table stand on a line each.
    """
    import trafilatura
    from lxml import etree, html  # type: ignore[import-untyped]

    declared = _CHARSET.search(data[:4096])
    source = _XML_DECLARATION.sub("", clean(decode(data, declared[1].decode() if declared else None)))
    if not source.strip():
        return Parsed("")
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    page = html.document_fromstring(source, parser=parser)
    headlines = [_words(headline) for headline in page.iter("h1")]
    title = _first(page, _TITLES) or next(filter(None, headlines), None)
    if len(headlines) == 1 and headlines[0] and title and headlines[0] in title:
        title = headlines[0]  # "Refunds | The Shop" is the page's title for the window, "Refunds" for its readers
    article = trafilatura.extract(
        page, output_format="xml", include_comments=False, include_tables=True, deduplicate=False, favor_recall=True
    )
    found, everything = _HtmlWalk(), _HtmlWalk(leave_out_surroundings=True)
    if article:
        parser = etree.XMLParser(huge_tree=True, resolve_entities=False, recover=True)
        found.walk(_as_html(etree.fromstring(article.encode(), parser)))
    everything.walk(page)
    # On short pages trafilatura's last resort is all words of the page as a single paragraph.
    failed = found.blocks == 1 < everything.blocks or found.builder.length < LEAST_SHARE * everything.builder.length
    best = everything if failed and everything.blocks else found
    if not best.blocks:
        best = _HtmlWalk()
        best.walk(page)
    return best.builder.build(title, _first(page, _CANONICAL, pattern=re.compile(r"https?://\S+")))


def _first(page: Element, paths: tuple[str, ...], pattern: re.Pattern[str] = re.compile(".+")) -> str | None:
    """The first non-empty text at any of the `paths` that is all of the `pattern`."""
    texts = (one_line(str(text)) for path in paths for text in page.xpath(path))
    return next((text for text in texts if pattern.fullmatch(text)), None)


def _words(element: Element) -> str:
    """All words of an element in one line, without the sign that links to a heading."""
    return one_line(" ".join(element.itertext())).removesuffix("¶").strip()


def _as_html(tree: Element) -> Element:
    """trafilatura's XML with the names that HTML has for its elements (its own HTML loses the numbers of lists)."""
    for element in tree.iter():
        if element.tag == "head":
            level = _HEADING.fullmatch(element.get("rend", ""))
            element.tag = level[0] if level else "h3"
        elif element.tag == "list":
            element.tag = element.get("rend") if element.get("rend") in ("ol", "dl") else "ul"
        elif element.tag == "code":
            in_sentence = element.getparent().tag in ("p", "li", "td") and "\n" not in "".join(element.itertext())
            element.tag = "code" if in_sentence else "pre"
        else:
            element.tag = _HTML_NAMES.get(element.tag, element.tag)
    return tree


class _HtmlWalk:
    """Writes a tree of elements block by block; inline text is collected until a block ends."""

    def __init__(self, leave_out_surroundings: bool = False) -> None:
        self.builder = TextBuilder()
        self.blocks = 0
        self._leave_out_surroundings = leave_out_surroundings
        self._inline: list[str] = []
        self._lists: list[int | None] = []  # of the lists we are in, the next item's number; None in bulleted ones
        self._prefix = ""  # what the next block begins with: the mark of its list item
        self._continues = False  # the next block belongs to a list or table that has begun: no blank line before it

    def walk(self, element: Element) -> None:
        """Write all of an element, without its tail."""
        self._walk(element)
        self._flush()

    def _walk(self, element: Element) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in _UNSEEN or (self._leave_out_surroundings and _is_around(element)):
            return
        if heading := _HEADING.fullmatch(tag):
            self._write_heading(int(heading[1]), _words(element))
        elif tag == "pre":
            self._flush()
            self._write(clean_layout("".join(element.itertext())).strip("\n").rstrip())
        elif tag == "tr" and not element.xpath(f"./*/*[self::{_BLOCKS_IN_CELLS.replace('|', ' or self::')}]"):
            self._write_row(element)
        elif tag in ("ul", "ol"):
            self._write_list(element, 1 if tag == "ol" else None)
        elif tag == "li":
            self._write_item(element)
        elif tag == "br":
            self._inline.append("\n")
        elif tag in _BLOCKS:
            self._flush()
            self._walk_inside(element)
            self._flush()
            self._continues = self._continues and tag != "table"
        else:
            self._walk_inside(element)

    def _walk_inside(self, element: Element) -> None:
        self._inline.append(_WHITE_SPACE.sub(" ", element.text or ""))
        for child in element:
            self._walk(child)
            self._inline.append(_WHITE_SPACE.sub(" ", child.tail or ""))

    def _write_heading(self, level: int, text: str) -> None:
        self._flush()
        if text:
            self.builder.write_heading(level, text)
            self.blocks += 1

    def _write_row(self, element: Element) -> None:
        self._flush()
        row = " | ".join(_words(cell) for cell in element if isinstance(cell.tag, str))
        if row.strip(" |"):
            self._write(row)
            self._continues = True

    def _write_list(self, element: Element, first_number: int | None) -> None:
        self._flush()
        self._lists.append(first_number)
        self._walk_inside(element)
        self._flush()
        self._lists.pop()
        self._prefix = ""
        self._continues = bool(self._lists)

    def _write_item(self, element: Element) -> None:
        self._flush()
        if self._lists:
            number = self._lists[-1]
            self._prefix = "  " * (len(self._lists) - 1) + ("- " if number is None else f"{number}. ")
            self._lists[-1] = None if number is None else number + 1
        self._walk_inside(element)
        self._flush()

    def _flush(self) -> None:
        """Write the inline text collected so far as a block."""
        lines = map(one_line, "".join(self._inline).split("\n"))
        self._inline.clear()
        self._write("\n".join(filter(None, lines)))

    def _write(self, text: str) -> None:
        if not text:
            return
        self.builder.separate("\n" if self._continues else "\n\n")
        self.builder.write(self._prefix + text)
        self._prefix = "  " * len(self._lists)  # of further blocks in the same item
        self._continues = bool(self._lists)
        self.blocks += 1


def _is_around(element: Element) -> bool:
    """Whether an element is navigation, a banner or the like by its tag, its names, or for being mostly links."""
    if element.tag in _AROUND or element.get("hidden") is not None:
        return True
    if element.tag in ("body", "html", "main", "article"):
        return False
    if _AROUND_NAMES.search(f"{element.get('class', '')} {element.get('id', '')} {element.get('role', '')}"):
        return True
    if element.tag not in ("ul", "ol", "div", "header"):
        return False
    links = element.findall(".//a")
    linked = sum(len(_words(link)) for link in links)
    return len(links) > 1 and linked > 0.8 * len(_words(element))
