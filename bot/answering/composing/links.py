"""Addresses of the links inside documents: other documents as they are published, and the rest of the web."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import unquote, urljoin

from index.types import Document, Mark, address_with_anchor

# Return the addresses of documents by their paths; paths of no document are left out.
AddressesOf = Callable[[Iterable[str]], Mapping[str, str | None]]

# Sources of pages: an address that ends with one of these is not published by any tool.
_SOURCES = (".md", ".markdown", ".mdx", ".rst", ".adoc", ".asciidoc")
_PAGE_FILES = (".md", ".mdx", ".rst", "/index.md", "/index.mdx", "/index.rst", "/README.md", "/_index.md")


def no_addresses(paths: Iterable[str]) -> dict[str, str | None]:  # noqa: ARG001 (the shape of `AddressesOf`)
    """Return no address, for documents that stand alone."""
    return {}


def address_of_link(document: Document, mark: Mark, addresses_of: AddressesOf) -> str | None:
    """Return the absolute address of a link; None where it can't be determined."""
    if mark.kind != "link":
        return None
    written, _, anchor = mark.target.partition("#")
    paths = list(_paths(document, unquote(written.partition("?")[0])))
    if paths:
        known = addresses_of(paths)
        path = next((path for path in paths if path in known), None)
        if path is not None:
            address = known[path]
            return address_with_anchor(address, anchor) if address else None
    if document.site and _leads_nowhere(document, written.lower()):
        return None
    url = urljoin(document.url, mark.target) if document.url else mark.target
    return url if url.startswith(("http://", "https://")) else None


def _leads_nowhere(document: Document, written: str) -> bool:
    """True if a relative link leads to the source of a page, which is not published.

    Where the sources themselves are the pages, as on GitHub, links from the top of a site are meant for another site.
    """
    if _is_absolute(written):
        return False
    shows_sources = document.url is not None and document.url.lower().endswith(_SOURCES)
    return written.startswith("/") if shows_sources else written.endswith(_SOURCES)


def _paths(document: Document, written: str) -> Iterator[str]:
    """Yield the paths of documents that a relative link may lead to, the likeliest first."""
    if not written.strip("/") or _is_absolute(written):
        return
    folder = posixpath.dirname(document.path)
    if not written.startswith("/"):
        path = posixpath.normpath(posixpath.join(folder, written))
        if not path.startswith(".."):
            yield path
    # Without a suffix, what begins with a dot is relative to the address of the page.
    if written.startswith(".") or posixpath.splitext(written)[1]:
        return
    folders = [folder]
    while folders[-1]:
        folders.append(posixpath.dirname(folders[-1]))
    for above in reversed(folders) if written.startswith("/") else folders:
        path = posixpath.normpath(posixpath.join(above, written.strip("/")))
        if not path.startswith(".."):
            yield from (path + ending for ending in _PAGE_FILES)


def _is_absolute(written: str) -> bool:
    return ":" in written.split("/", 1)[0] or written.startswith("//")
