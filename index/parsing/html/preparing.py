"""Prepare a page for reading: admonitions become quotes, and what trafilatura would lose is written down as text.

trafilatura drops the classes of elements, and the white space between two of them. Signs keep both: `⟦warning⟧` at the
beginning of a quote is the kind of an admonition, `⟦⟧` a space.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from index.parsing.text.admonitions import LABELS, label_of_classes

Element = Any  # an element of lxml, which ships no types

LABEL = "data-admonition"  # the attribute of a blockquote that names its kind
SPACE = "⟦⟧"
LONGEST_ADMONITION = 3_000  # characters; what is longer is a part of the page

_MAY_BE_ADMONITIONS = ("div", "aside", "section", "p", "blockquote", "td")
_TITLE = re.compile(r"(?:^|[\s_-])(?:title|heading|admonitionheading_\w+|icon)(?:$|[\s_-])", re.IGNORECASE)
_SCRIPT = re.compile(r"vertical-align\s*:\s*(?:super|sub)\b|(?<![\w-])(?:super|sub)script(?![\w-])", re.IGNORECASE)
_INLINE = frozenset("a abbr b code em i kbd mark samp small span strong sub sup tt u var".split())
_STRUCK = frozenset("del s strike".split())
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SHOWN_BY_CLICK = re.compile(
    r"tab|panel|accordion|collaps|dropdown|expand|faq|answer|toggle|slide|spoiler", re.IGNORECASE
)
_KIND = re.compile(r"\s*⟦([a-z]+)⟧\s*")


def prepare(page: Element) -> None:
    """Make quotes of a page's admonitions, name scripts by their tags, drop what nobody sees or what is struck out."""
    for element in page.xpath("//del | //s | //strike | //*[@hidden] | //*[@style]"):
        if element.tag in _STRUCK or _is_hidden(element):
            element.drop_tree()
    for element in page.iter("span"):
        script = _SCRIPT.search(f"{element.get('style', '')};{element.get('class', '')};")
        if script:
            element.tag = "sup" if "sup" in script[0].lower() else "sub"
    for element in list(page.iter(*_MAY_BE_ADMONITIONS)):
        label = label_of_classes(element.get("class", ""))
        if label is not None and _is_admonition(element):
            _make_quote(element, label)
    for link in page.xpath("//h1//a | //h2//a | //h3//a | //h4//a | //h5//a | //h6//a"):
        if "".join(link.itertext()).strip() in ("#", "¶", "🔗", "§"):
            link.drop_tree()


def signed_copy(page: Element) -> Element:
    """Return a copy of the page with signs for what trafilatura loses."""
    copy = deepcopy(page)
    for element in copy.iter(*_INLINE):
        following = element.getnext()
        is_gap = element.tail and not element.tail.strip() and element.getparent().tag != "pre"
        if is_gap and following is not None and following.tag in _INLINE and not element.xpath("ancestor::pre"):
            element.tail = SPACE
    for quote in copy.iter("blockquote"):
        if label := quote.get(LABEL):
            quote.text = f"⟦{label}⟧{quote.text or ''}"
    return copy


def take_label(quote: Element) -> str:
    """Return the kind of the admonition that a quote is, and take its sign out of the quote's text; else empty."""
    for element in quote.iter():
        found = _KIND.match(element.text or "")
        if found and found[1] in LABELS.values():
            element.text = element.text[found.end() :]
            return found[1]
        if (element.text or "").strip():
            break
    return str(quote.get(LABEL, ""))


def _is_hidden(element: Element) -> bool:
    """True if nobody sees it, whatever is clicked: what tabs and accordions hide at first is a part of the page."""
    if element.get("hidden") is None and not _INVISIBLE.search(element.get("style", "")):
        return False
    return not any(
        _SHOWN_BY_CLICK.search(f"{one.get('class', '')} {one.get('role', '')}") or one.tag == "details"
        for one in (element, *element.iterancestors())
    )


def _is_admonition(element: Element) -> bool:
    words = "".join(element.itertext())
    within = element.xpath("ancestor::blockquote | .//h1 | .//h2")
    return bool(words.strip()) and len(words) <= LONGEST_ADMONITION and not within


def _make_quote(element: Element, label: str) -> None:
    """Make a quote of an element; a title that is no more than the kind goes, and any other becomes a paragraph."""
    for child in element.xpath("./* | ./table//td | ./table//td/*"):
        if _TITLE.search(child.get("class", "")):
            words = " ".join("".join(child.itertext()).split())
            if not words or words.lower().rstrip(":!") in LABELS:
                child.drop_tree()
            else:
                child.tag = "p"
    for cell in element.xpath("./table//*[self::td or self::tr or self::tbody] | ./table"):
        cell.drop_tag()
    element.tag = "blockquote"
    element.attrib.clear()
    element.set(LABEL, label)
