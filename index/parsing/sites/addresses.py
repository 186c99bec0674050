"""Web addresses from untrusted text: only http and https, with a host and without a password."""

from __future__ import annotations

import posixpath
from urllib.parse import quote, urlsplit

_HARMLESS_IN_PATH = "/~@:+,;=!"


def public_address(url: str | None) -> str | None:
    """Return `url` if it is an absolute http or https address; None for "/refunds", "file:///..." and the like."""
    if not url or any(character.isspace() or ord(character) < 32 for character in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def base_address(value: object) -> str | None:
    """Return the address of a site with a slash at its end; None if `value` is no address that others can begin with.

    It may hold neither a query, nor a fragment, nor a user name.
    """
    url = public_address(value.strip()) if isinstance(value, str) else None
    if url is None or any(sign in url for sign in "?#@\\<>\"'`{}"):
        return None
    return url.rstrip("/") + "/"


def extended(base: str, path: object) -> str:
    """Return the address of a folder below `base`, which ends with a slash; `base` itself for no path."""
    name = path.strip("/") if isinstance(path, str) else ""
    return f"{base}{quote(name, safe=_HARMLESS_IN_PATH)}/" if name else base


def page_address(base: str, path: str, *, is_quoted: bool = False) -> str | None:
    """Return the address of a page by its path below `base`; None if the path leaves it.

    `is_quoted` says that `path` is already written as in an address, with percent signs.
    """
    clean = posixpath.normpath(path.strip("/") or ".")
    if clean.startswith(".."):
        return None
    ending = "/" if path.endswith("/") and clean != "." else ""
    safe = _HARMLESS_IN_PATH + ("%" if is_quoted else "")
    return base + quote("" if clean == "." else clean, safe=safe) + ending
