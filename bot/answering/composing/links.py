"""Addresses of the links inside documents: other documents as they are published, and the rest of the web. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urljoin

from index.types import Document, Mark, address_with_anchor

# Sources of pages: an address that ends with one of these is not published by any tool.
_SOURCES = (".md", ".markdown", ".mdx", ".rst", ".adoc", ".asciidoc")


def linked_paths(documents: Iterable[Document]) -> set[str]:
    """Return the paths, relative to the seeds folder, that links of these documents may lead to."""
    return {
        path
        for document in documents
        for mark in document.marks
        if mark.kind == "link" and (path := _path_of(document, mark.target)) is not None
    }


def address_of_link(document: Document, mark: Mark, addresses: Mapping[str, str | None]) -> str | None:
    """Return the absolute address of a link; None where it has none that can be told.

    `addresses` are those of other documents by their paths.
    """
    if mark.kind != "link":
        return None
    path = _path_of(document, mark.target)
    anchor = mark.target.partition("#")[2]
    if path is not None and path in addresses:
        address = addresses[path]
        return address_with_anchor(address, anchor) if address else None
    if document.site and _leads_nowhere(document, mark.target):
        return None
    url = urljoin(document.url, mark.target) if document.url else mark.target
    return url if url.startswith(("http://", "https://")) else None


def _leads_nowhere(document: Document, target: str) -> bool:
    """True if a relative link leads to the source of a page, which is not published.

    Where the sources themselves are the pages, as on GitHub, links from the top of a site are meant for another site.
    """
    written = target.partition("#")[0].lower()
    if ":" in written.split("/", 1)[0]:
        return False
    shows_sources = document.url is not None and document.url.lower().endswith(_SOURCES)
    return written.startswith("/") if shows_sources else written.endswith(_SOURCES)


def _path_of(document: Document, target: str) -> str | None:
    """Return the path that a relative link leads to; None for an address, an anchor, or a path out of the folder."""
    written = unquote(target.partition("#")[0].partition("?")[0])
    if not written or written.startswith("/") or ":" in written.split("/", 1)[0]:
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(document.path), written))
    return None if path.startswith("..") else path
