"""HTML → the text of its article, without the navigation around it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from index.errors import UnreadableDocument
from index.parsing.html.preparing import SPACE, prepare, signed_copy
from index.parsing.html.walk import Element, HtmlWalk, words_of
from index.parsing.text.builder import Parsed
from index.parsing.text.cleaning import clean, one_line
from index.parsing.text.decoding import decode
from index.parsing.text.front_matter import split_front_matter, stated
from index.types import Heading

SHORT = 300  # characters
LEAST_SHARE = 0.25  # an article shorter than this part of the page's own words is taken for a failure to find it

_NEEDS_JAVASCRIPT = re.compile(
    r"(?:enabl|requir|need|turn on|without|activat)\w*\W+(?:\w+\W+){0,4}javascript"
    r"|javascript\W+(?:\w+\W+){0,3}(?:disabled|required)",
    re.IGNORECASE,
)
_TEMPLATE_TAGS = re.compile(  # those in code stay
    r"(<(pre|code|script|style|textarea)\b.{0,20000}?</\2\s*>)|\{%.{0,500}?%\}|\{\{[^.$].{0,500}?\}\}",
    re.DOTALL | re.IGNORECASE,
)
_CHARSET = re.compile(rb"(?:<meta[^>]+charset|<\?xml[^>]+encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_CANONICAL = ("//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href", "//meta[@property='og:url']/@content")
_TITLES = ("//meta[@property='og:title']/@content", "//title/text()")
_DATES = tuple(
    f"//meta[translate(@{key}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')='{name}']/@content"
    for key, name in (
        ("property", "article:modified_time"),
        ("property", "article:published_time"),
        *(("name", name) for name in ("last-modified", "dcterms.modified", "date", "dcterms.date", "dc.date")),
    )
)
_AROUND = frozenset("nav footer aside".split())
_AROUND_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|cookies?|consent|footer|sidebar|sphinxsidebar|share|sharing|"
    r"social|adverts?|ads|newsletter|related|popup|modal)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HTML_NAMES = {"item": "li", "row": "tr", "cell": "td", "lb": "br", "quote": "blockquote", "comments": "template"}
_HIGHLIGHTS = {"#b": "strong", "#t": "code", "#sup": "sup", "#sub": "sub"}
_OF_SENTENCES = frozenset("a dd dt em h1 h2 h3 h4 h5 h6 li p strong td".split())
_HEADING_TAGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_HEADING = re.compile(r"h([1-6])")


def parse_html(data: bytes) -> Parsed:
    """Parse a page: its article as trafilatura finds it, or all but its navigation where it finds none.

    Blocks are separated by blank lines; the items of a list and the rows of a table stand on a line each.
    """
    import trafilatura
    from lxml import etree, html  # type: ignore[import-untyped]

    declared = _CHARSET.search(data[:4096])
    source = _XML_DECLARATION.sub("", clean(decode(data, declared[1].decode() if declared else None)))
    metadata, source, _ = split_front_matter(source.lstrip())
    if not source.strip():
        return Parsed("")
    source = _TEMPLATE_TAGS.sub(lambda found: found[0] if found[1] else "", source)
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    page = html.document_fromstring(source, parser=parser)
    headlines = [words_of(headline) for headline in page.iter("h1")]
    title = metadata.get("title") or _first(page, _TITLES) or next(filter(None, headlines), None)
    if len(headlines) == 1 and headlines[0] and title and headlines[0] in title:
        title = headlines[0]  # "Refunds | The Shop" is the page's title for the window, "Refunds" for its readers
    prepare(page)
    article = trafilatura.extract(
        signed_copy(page),
        output_format="xml",
        include_comments=False,
        include_tables=True,
        include_links=True,
        include_formatting=True,
        deduplicate=False,
        favor_recall=True,
    )
    found, everything = HtmlWalk(), HtmlWalk(is_left_out=_is_around)
    if article:
        parser = etree.XMLParser(huge_tree=True, resolve_entities=False, recover=True)
        found.walk(_as_html(etree.fromstring(article.replace(SPACE, " ").encode(), parser)))
    everything.walk(page)
    # On short pages trafilatura's last resort is all words of the page as a single paragraph.
    failed = found.writer.blocks == 1 < everything.writer.blocks or (
        found.writer.builder.length < LEAST_SHARE * everything.writer.builder.length
    )
    best = everything if failed and everything.writer.blocks else found
    if not best.writer.blocks:
        best = HtmlWalk()
        best.walk(page)
    parsed = best.writer.builder.build(title=title, url=_first(page, _CANONICAL, pattern=re.compile(r"https?://\S+")))
    if len(parsed.text) < SHORT and _NEEDS_JAVASCRIPT.search(parsed.text):
        raise UnreadableDocument("says only that it needs JavaScript; save the page as the browser shows it")
    said = stated(parsed, metadata)
    headings = _with_ids(said.headings, page)
    return replace(said, url=said.url or parsed.url, date=said.date or _first(page, _DATES), headings=headings)


def _with_ids(headings: Iterable[Heading], page: Element) -> tuple[Heading, ...]:
    """Return the headings with the ids that the page gives them; the headline at the top needs none."""
    ids: dict[str, str] = {}
    for element in page.iter(*_HEADING_TAGS):
        words = "".join(words_of(element).split())
        ids[words] = "" if words in ids else _id_of(element)  # of two headings with the same words, none is known
    return tuple(
        replace(heading, anchor="" if not place and heading.level == 1 else ids.get("".join(heading.text.split()), ""))
        for place, heading in enumerate(headings)
    )


def _id_of(heading: Element) -> str:
    """The id of a heading, or of the section that it begins."""
    parent = heading.getparent()
    begins = parent is not None and parent.tag in ("section", "div") and parent[0] is heading
    return heading.get("id") or (parent.get("id", "") if begins else "")


def _first(page: Element, paths: tuple[str, ...], pattern: re.Pattern[str] = re.compile(".+")) -> str | None:
    """The first non-empty text at any of the `paths` that is all of the `pattern`."""
    texts = (one_line(str(text)) for path in paths for text in page.xpath(path))
    return next((text for text in texts if pattern.fullmatch(text)), None)


def _as_html(tree: Element) -> Element:
    """trafilatura's XML with the names that HTML has for its elements (its own HTML loses the numbers of lists)."""
    for element in tree.iter():
        if element.tag == "head":
            level = _HEADING.fullmatch(element.get("rend", ""))
            element.tag = level[0] if level else "h3"
        elif element.tag == "list":
            element.tag = element.get("rend") if element.get("rend") in ("ol", "dl") else "ul"
        elif element.tag == "code":
            in_sentence = element.getparent().tag in _OF_SENTENCES and "\n" not in "".join(element.itertext())
            element.tag = "code" if in_sentence else "pre"
        elif element.tag == "ref":
            element.tag = "a"
            element.set("href", element.get("target", ""))
        elif element.tag == "hi":
            element.tag = _HIGHLIGHTS.get(element.get("rend", ""), "em")
        elif element.tag == "item" and element.get("rend", "").startswith(("dt", "dd")):
            element.tag = element.get("rend")[:2]
        else:
            element.tag = _HTML_NAMES.get(element.tag, element.tag)
    return tree


def _is_around(element: Element) -> bool:
    """True if an element is navigation, a banner or the like by its tag, its names, or for being mostly links."""
    if element.tag in _AROUND or element.get("hidden") is not None:
        return True
    if element.tag in ("body", "html", "main", "article"):
        return False
    if _AROUND_NAMES.search(f"{element.get('class', '')} {element.get('id', '')} {element.get('role', '')}"):
        return True
    if element.tag not in ("ul", "ol", "div", "header"):
        return False
    links = element.findall(".//a")
    linked = sum(len(words_of(link)) for link in links)
    return len(links) > 1 and linked > 0.8 * len(words_of(element))
