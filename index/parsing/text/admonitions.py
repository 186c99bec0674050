"""The kinds of admonitions, the same in every format: note, info, tip, important, example, warning, danger."""

from __future__ import annotations

import re

LABELS = {  # the label of an admonition by what tools call it
    "abstract": "note",
    "attention": "warning",
    "bug": "warning",
    "caution": "warning",
    "check": "tip",
    "danger": "danger",
    "critical": "danger",
    "deprecated": "warning",
    "error": "danger",
    "example": "example",
    "failure": "danger",
    "hint": "tip",
    "important": "important",
    "info": "info",
    "information": "info",
    "note": "note",
    "primary": "note",
    "quote": "",
    "secondary": "note",
    "seealso": "note",
    "success": "tip",
    "summary": "note",
    "tip": "tip",
    "tldr": "note",
    "todo": "note",
    "versionadded": "note",
    "versionchanged": "note",
    "versionremoved": "warning",
    "warn": "warning",
    "warning": "warning",
}
# Classes of HTML that make an admonition of an element, whatever its kind is.
_CONTAINERS = frozenset(
    "admonition admonitionblock alert callout custom-block hint-container infobox markdown-alert notice "
    "starlight-aside theme-admonition".split()
)
_ON_THEIR_OWN = frozenset("attention caution danger hint important note tip warning".split())
_WITH_KIND = re.compile(
    r"(?:(?:theme-)?admonition|alert|(?:b[ds]-)?callout|markdown-alert|starlight-aside|hint|notice)-{1,2}([a-z]+)"
)
VERSIONS = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "versionremoved": "Removed in version",
    "deprecated": "Deprecated since version",
}


def label_of_classes(classes: str) -> str | None:
    """Return the label of the admonition that an element is by its classes; None if it is none."""
    names = classes.lower().split()
    named = (found[1] for name in names if (found := _WITH_KIND.fullmatch(name)))
    kinds = [*(kind for kind in named if kind in LABELS), *names]
    is_container = not _CONTAINERS.isdisjoint(names) or len(kinds) > len(names)
    if not is_container and _ON_THEIR_OWN.isdisjoint(names):
        return None
    return next((LABELS[kind] for kind in kinds if LABELS.get(kind)), "note")
