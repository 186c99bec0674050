"""Names that documentation tools give to the containers of a page: admonitions, collapsed answers, tabs, cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from index.parsing.text.admonitions import LABELS, label_of_classes

_SAY_THEIR_KIND = frozenset(
    "admonition alert aside callout box hint infobox inlinecallout message notice panel".split()
)
_PLAIN_ELEMENTS = frozenset("div section p".split())  # elements of HTML, which are admonitions by their class
_KIND_ATTRIBUTES = tuple("type kind severity status style context variant color class theme intent level".split())
_COLLAPSED = frozenset(
    "accordion accordionitem accordion-item collapse collapsible details dropdown expand expandable expander faq "
    "faqitem question spoiler toggle va-accordion-item".split()
)
_TABS = frozenset("tab tabitem tab-item group-tab tabpane tabpanel vtab hfoption".split())
_TITLE_ATTRIBUTES = ("title", "header", "heading", "label", "summary", "question", "caption")
_TAB_ATTRIBUTES = ("name", "value", "id")


@dataclass(frozen=True, slots=True)
class ContainerKind:
    """What a container is to a reader: an admonition with its label, or a collapsed answer to its title, or neither."""

    label: str | None = None  # of an admonition; None for every other container
    is_collapsed: bool = False


def kind_of(name: str, attributes: Mapping[str, str]) -> ContainerKind:
    """Return the kind of a container from the name of its tag or directive and its attributes."""
    plain = plain_name(name)
    if plain in _COLLAPSED:
        return ContainerKind(is_collapsed=True)
    if plain in _SAY_THEIR_KIND:
        for key in _KIND_ATTRIBUTES:
            for value in attributes.get(key, "").lower().replace("callout-", "").split():
                if value in LABELS:
                    return ContainerKind(LABELS[value])
        return ContainerKind(LABELS.get(plain, "note"))
    label = label_of_classes(attributes.get("class", "")) if plain in _PLAIN_ELEMENTS else LABELS.get(plain)
    return ContainerKind(label)


def plain_name(name: str) -> str:
    """Return a container's name in lower case, without the prefixes that tools put before it."""
    lowered = name.lower().lstrip(".")
    for prefix in ("callout-", "bs-callout-", "docs-", "blocks/"):
        lowered = lowered.removeprefix(prefix)
    return lowered


def is_known(name: str) -> bool:
    """True for the name of an admonition, a collapsed answer or a tab."""
    plain = plain_name(name)
    return plain in LABELS or plain in _SAY_THEIR_KIND or plain in _COLLAPSED or plain in _TABS


def title_in(name: str, attributes: Mapping[str, str]) -> str:
    """Return the title that a container's attributes give it; empty if there is none."""
    keys = (*_TITLE_ATTRIBUTES, *_TAB_ATTRIBUTES) if plain_name(name) in _TABS else _TITLE_ATTRIBUTES
    return next((attributes[key] for key in keys if attributes.get(key, "").strip()), "")
