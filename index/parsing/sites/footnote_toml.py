"""Read `footnote.toml`: the site that its folder is published as, as the owner of the documents says.

[site]
url = "https://example.org/docs/"
tool = "mkdocs"
"""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from index.errors import UnreadableDocument
from index.parsing.sites.addresses import base_address, page_address, public_address
from index.parsing.sites.anchors import ANCHOR_STYLES
from index.parsing.sites.site import Ending, Rules, Site
from index.parsing.sites.tools import TOOLS
from index.types import address_with_anchor

FILE_NAME = "footnote.toml"

_DEFAULT = Rules(files=True, aliases=True)
_ENDINGS: dict[str, Ending] = {"drop": "/", "html": ".html", "keep": "kept"}


def site_in(text: str, folder: str) -> Site:
    """Return the site that a `footnote.toml` in `folder` describes. Raises `UnreadableDocument`."""
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnreadableDocument(f"is no valid TOML ({str(error)[:200]}); correct it") from error
    if set(tables) != {"site"} or not isinstance(tables["site"], dict):
        raise UnreadableDocument('must hold one table, [site], such as: [site] url = "https://example.org/docs/"')
    return _site(tables["site"], folder)


def _site(values: dict[str, Any], folder: str) -> Site:
    unknown = sorted(set(values) - set(_CHECKS))
    if unknown:
        raise UnreadableDocument(f"has an unknown key, {unknown[0][:60]!r}; those of [site] are {', '.join(_CHECKS)}")
    for key, value in values.items():
        is_right, expected = _CHECKS[key]
        if not is_right(value):
            raise UnreadableDocument(f"gives {key} = {str(value)[:100]!r}, which must be {expected}; correct it")
    if "url" not in values:
        raise UnreadableDocument(
            'lacks url, the address of its folder, such as url = "https://example.org/docs/"; add it'
        )
    rules = TOOLS[values["tool"]] if "tool" in values else _DEFAULT
    ending = _ENDINGS[values["extension"]] if "extension" in values else rules.ending
    if ending in ("/", "") and "trailing_slash" in values:
        ending = "/" if values["trailing_slash"] else ""
    content = posixpath.normpath(values.get("content", ".").strip("/") or ".")
    root = posixpath.normpath(posixpath.join(folder, content))
    rules = replace(
        rules,
        ending=ending,
        index=tuple(name.lower() for name in values.get("index", rules.index)),
        anchors=values.get("anchors", rules.anchors),
        aliases=values.get("aliases", rules.aliases),
    )
    base = base_address(values["url"]) or ""
    return Site("" if root == "." else root, base, rules, _pages(values.get("pages", {}), folder, base))


def _pages(values: dict[str, str], folder: str, base: str) -> tuple[tuple[str, str], ...]:
    """Return the paths of files, relative to the seeds folder, with the addresses of the pages that show them."""
    found = []
    for path, page in values.items():
        place, _, anchor = page.partition("#")
        address = public_address(place) or page_address(base, place, is_quoted=True)
        if address:
            found.append((posixpath.join(folder, posixpath.normpath(path)), address_with_anchor(address, anchor)))
    return tuple(found)


def _is_folder(value: object) -> bool:
    return isinstance(value, str) and ".." not in value.split("/") and "\\" not in value


def _is_table_of_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(page, str) and " " not in page for page in value.values())


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool)


def _is_one_of(values: object) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in values  # type: ignore[operator]


_CHECKS: dict[str, tuple[Callable[[object], bool], str]] = {
    "url": (
        lambda value: value == "" or base_address(value) is not None,
        'an address that begins with https:// or http://, or "" for a folder that is not published',
    ),
    "tool": (_is_one_of(TOOLS), f"one of {', '.join(TOOLS)}"),
    "content": (_is_folder, "a folder below this one, with / between its parts"),
    "extension": (_is_one_of(_ENDINGS), f"one of {', '.join(_ENDINGS)}"),
    "trailing_slash": (_is_boolean, "true or false"),
    "index": (_is_list_of_texts, 'a list of file names without suffix, such as ["index", "README"]'),
    "anchors": (_is_one_of(ANCHOR_STYLES), f"one of {', '.join(ANCHOR_STYLES)}"),
    "aliases": (_is_boolean, "true or false"),
    "pages": (
        _is_table_of_texts,
        'a table of files and paths of pages, such as {"settings.yml" = "reference/settings/"}',
    ),
}
