"""HTML → the text of its article, without the navigation around it."""

from __future__ import annotations

import re
from typing import Any

from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean, clean_layout, one_line
from index.parsing.text.decoding import decode
from index.parsing.text.inline import InlineText
from index.types import BlockKind, MarkKind

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
_CONTAINERS: dict[str, BlockKind] = {"table": "table", "blockquote": "quote"}
_MARKS: dict[str, MarkKind] = {"a": "link", "strong": "strong", "b": "strong", "code": "code"}
_LANGUAGE = re.compile(r"\b(?:lang(?:uage)?|highlight(?:-source)?|brush)[-:] ?([\w+#-]+)")
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
    return best.builder.build(title=title, url=_first(page, _CANONICAL, pattern=re.compile(r"https?://\S+")))


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
        elif element.tag == "item" and element.get("rend", "").startswith(("dt", "dd")):
            element.tag = element.get("rend")[:2]
        else:
            element.tag = _HTML_NAMES.get(element.tag, element.tag)
    return tree


class _HtmlWalk:
    """Writes a tree of elements block by block; inline text is collected until a block ends."""

    def __init__(self, *, leave_out_surroundings: bool = False) -> None:
        self.builder = TextBuilder()
        self.blocks = 0
        self._leave_out_surroundings = leave_out_surroundings
        self._inline = InlineText()
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
            self._write_code(element)
        elif tag == "tr" and not element.xpath(f"./*/*[self::{_BLOCKS_IN_CELLS.replace('|', ' or self::')}]"):
            self._write_row(element)
        elif tag in ("ul", "ol", "li", "dl"):
            self._write_list_or_item(element)
        elif tag == "br":
            self._inline.break_line()
        elif tag in _BLOCKS:
            self._write_container(element)
        elif kind := _MARKS.get(tag):
            self._inline.open(kind, element.get("href") or "")
            self._walk_inside(element)
            self._inline.close(kind)
        else:
            self._walk_inside(element)

    def _walk_inside(self, element: Element) -> None:
        self._inline.add(_spaced(element.text))
        for child in element:
            self._walk(child)
            self._inline.add(_spaced(child.tail))

    def _write_container(self, element: Element) -> None:
        """An element of blocks; tables and quotations are blocks themselves."""
        self._flush()
        kind: BlockKind | None = _CONTAINERS.get(element.tag)
        if kind:
            self.builder.open(kind)
        self._walk_inside(element)
        self._flush("question" if element.tag == "summary" else "")
        if kind:
            self.builder.close()
        self._continues = self._continues and element.tag != "table"

    def _write_heading(self, level: int, text: str) -> None:
        self._flush()
        if text:
            self.builder.write_heading(level, text)
            self.blocks += 1

    def _write_code(self, element: Element) -> None:
        self._flush()
        names = " ".join(one.get("class", "") for one in (element, *element.iter("code")))
        language = _LANGUAGE.search(names)
        text = clean_layout("".join(element.itertext())).strip("\n").rstrip()
        if text:
            self._begin_block()
            with self.builder.block("code", language[1] if language else ""):
                self.builder.write(text)

    def _write_row(self, element: Element) -> None:
        self._flush()
        cells = [cell for cell in element if isinstance(cell.tag, str)]
        row = " | ".join(map(_words, cells))
        is_header = all(cell.tag == "th" or cell.get("role") == "head" for cell in cells)
        if row.strip(" |"):
            self._begin_block()
            with self.builder.block("row", "header" if is_header else ""):
                self.builder.write(row)
            self._continues = True

    def _write_list_or_item(self, element: Element) -> None:
        match element.tag:
            case "li":
                self._write_item(element)
            case "dl":
                self._write_definitions(element)
            case _:
                self._write_list(element, 1 if element.tag == "ol" else None)

    def _write_list(self, element: Element, first_number: int | None) -> None:
        self._flush()
        self._lists.append(first_number)
        with self.builder.block("list"):
            self._walk_inside(element)
            self._flush()
        self._lists.pop()
        self._prefix = ""
        self._continues = bool(self._lists)

    def _write_item(self, element: Element) -> None:
        self._flush()
        mark = ""
        if self._lists:
            number = self._lists[-1]
            mark = "-" if number is None else f"{number}."
            self._prefix = "  " * (len(self._lists) - 1) + mark + " "
            self._lists[-1] = None if number is None else number + 1
            self.builder.open("item", mark)
        self._walk_inside(element)
        self._flush()
        if mark:
            self.builder.close()

    def _write_definitions(self, element: Element) -> None:
        """The terms of a list of definitions, each with what is said of it."""
        self._flush()
        is_open = False
        for child in element.xpath("./dt | ./dd | ./div/dt | ./div/dd"):
            if child.tag == "dt":
                if is_open:
                    self.builder.close()
                self.builder.open("definition", _words(child))
                is_open = True
            self._walk_inside(child)
            self._flush("question" if child.tag == "dt" else "")
        if is_open:
            self.builder.close()

    def _flush(self, label: str = "") -> None:
        """Write the inline text collected so far as a block."""
        inline, self._inline = self._inline, InlineText()
        inline.rstrip()
        if inline.length:
            self._begin_block()
            with self.builder.block("paragraph", label):
                self.builder.write_inline(inline)

    def _begin_block(self) -> None:
        """Write what stands between the last block and the next one, and the mark of a list item."""
        self.builder.separate("\n" if self._continues else "\n\n")
        self.builder.write(self._prefix)
        self._prefix = "  " * len(self._lists)  # of further blocks in the same item
        self._continues = bool(self._lists)
        self.blocks += 1


def _spaced(text: str | None) -> str:
    """The text with every run of white space made one space."""
    return clean_layout(_WHITE_SPACE.sub(" ", text or ""))


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
