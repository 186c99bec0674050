"""The site that a folder is published as, and the address of a document on it."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from index.parsing.sites.addresses import page_address, public_address
from index.parsing.sites.anchors import AnchorStyle, github_slug, with_anchors
from index.parsing.text.builder import Parsed, StatedAddress

# Raise it if addresses or anchors change for the same site: its documents are then read again.
ADDRESSING_VERSION = 1

Ending = Literal["/", "", ".html", "kept"]
Naming = Literal["as they are", "lower case", "slugs", "without numbers"]

_PAGES = frozenset(".md .markdown .mdx .rst .adoc .asciidoc .ipynb".split())
_WITH_ANCHORS = frozenset(("markdown", "mdx", "rst"))  # formats whose headings get ids when they are published
_HTML = frozenset(".html .htm .xhtml".split())
_IS_TEMPLATE = re.compile(r"[{}<>\\\s]|(?:^|/):")
# Docusaurus drops "02-" of "02-setup.md", but not the beginning of a date or a version.
_NUMBER = re.compile(r"\A(?!\d+[-_.]\d)\d+\s*[-_.]+\s*(?=[^-_.\s])")
_NOT_IN_HUGO_NAMES = re.compile(r"[^\w\s.+~-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a tool makes addresses of paths.

    - `ending`: what stands after a page's name: a slash, nothing, ".html", or its suffix ("kept").
    - `index`: names, in lower case and without suffix, of files that are the page of their folder.
    - `names`: how the names of files and folders change.
    - `folder_named`: a file that is named like its folder is the folder's page, too.
    - `page_ids`: `id:` in the front matter takes the place of a file's name.
    - `partials`: files and folders whose names begin with an underscore are no pages.
    - `files`: what is no page (PDF, HTML, text) is published under its own path.
    - `slug_is_path`: `slug:` in the front matter is the whole path, not only the last part.
    - `aliases`: `redirect_from:` names an address of the page.
    - `anchors`: the style of the ids of headings.
    """

    ending: Ending = "/"
    index: tuple[str, ...] = ("index", "readme")
    names: Naming = "as they are"
    folder_named: bool = False
    page_ids: bool = False
    partials: bool = False
    files: bool = False
    slug_is_path: bool = False
    aliases: bool = False
    anchors: AnchorStyle = "github"


@dataclass(frozen=True, slots=True)
class Site:
    """A published folder.

    `root` is the folder of its pages, relative to the seeds folder; `base` the address of `root` with a slash at its
    end, empty for a folder whose documents have no address. `pages` are pairs of a path, relative to the seeds folder,
    and the address of the page that shows the file, wherever it lies. `unknown` are folders below `root` whose pages
    have addresses that can't be told from their paths.
    """

    root: str
    base: str
    rules: Rules
    pages: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()

    def address_of(self, path: str, stated: StatedAddress, url: str | None = None) -> str | None:
        """Return the address of the document at `path`, relative to the seeds folder; None if it has none.

        `stated` and `url` are what its front matter says.
        """
        inside = relative_to(self.root, path)
        if not self.base or stated.permalink == "False":  # neither the folder nor the page is published
            return None
        own = url or stated.permalink or (stated.alias if self.rules.aliases and not stated.slug else None)
        if own and _is_path(own) and self.rules.ending != "kept":
            return page_address(self.base, own, is_quoted=True)
        listed = next((address for listed, address in self.pages if listed == path), None)
        if listed or inside is None or any(relative_to(folder, inside) is not None for folder in self.unknown):
            return listed
        published = _published(self.rules, inside, stated)
        return None if published is None else page_address(self.base, published)


@lru_cache(maxsize=1024)
def key_of(site: Site) -> str:
    """Return a short name of a site that changes if any of its addresses may change."""
    return hashlib.sha256(repr((ADDRESSING_VERSION, site)).encode()).hexdigest()[:16]


def address_of(path: str, parsed: Parsed, site: Site | None) -> str | None:
    """Return the address of a document: the one that it states, else its place on the site."""
    absolute = public_address(parsed.url) or public_address(parsed.address.permalink)
    return absolute or (site and site.address_of(path, parsed.address, parsed.url)) or None


def anchored(parsed: Parsed, format_name: str, site: Site | None) -> Parsed:
    """Return what was parsed with the anchors that the tool of its site gives to headings."""
    if site is None or format_name not in _WITH_ANCHORS:
        return parsed
    return replace(parsed, headings=with_anchors(parsed.headings, site.rules.anchors))


def relative_to(folder: str, path: str) -> str | None:
    """Return `path` relative to a folder; None if it does not lie in it."""
    if not folder:
        return path
    return path[len(folder) + 1 :] if path.startswith(f"{folder}/") else None


def _is_path(written: str) -> bool:
    """True for "/about/" and "about.html"; false for a style such as "pretty", and for a template."""
    return ("/" in written or written.endswith(".html")) and "://" not in written and not _IS_TEMPLATE.search(written)


def _published(rules: Rules, path: str, stated: StatedAddress) -> str | None:
    """Return the path of a page below the address of its site."""
    folder, name = posixpath.split(path)
    stem, suffix = posixpath.splitext(name)
    if suffix.lower() not in _PAGES:
        return _published_file(rules, folder, stem, suffix) if rules.files else None
    if rules.ending == "kept":
        return path
    parts = folder.split("/") if folder else []
    is_index = stem.lower() in rules.index
    if rules.partials and any(part.startswith("_") for part in (*parts, "" if is_index else stem)):
        return None
    renamed = _NAMINGS[rules.names]
    parts = list(map(renamed, parts))
    stem = (rules.page_ids and stated.page_id) or renamed(stem)
    if stated.slug:
        parts, stem, is_index = _with_slug(rules, parts, stated.slug)
    elif rules.folder_named and parts and stem.lower() == parts[-1].lower():
        is_index = True
    if not is_index:
        return "/".join([*parts, stem]) + rules.ending
    return "/".join(parts) + ("" if rules.ending == "" else "/")


def _with_slug(rules: Rules, parts: list[str], slug: str) -> tuple[list[str], str, bool]:
    """Return the folders and the name that a slug gives a page, and True for the page of a folder."""
    is_path = rules.slug_is_path or slug.startswith("/")
    joined = posixpath.normpath("/".join([*([] if is_path else parts), slug.strip("/")]))
    *folders, name = joined.split("/")
    return ([], "", True) if name == "." else (folders, name, False)


def _published_file(rules: Rules, folder: str, stem: str, suffix: str) -> str:
    if suffix.lower() in _HTML and stem.lower() == "index" and rules.ending != "kept":
        return f"{folder}/"
    return posixpath.join(folder, stem + suffix)


def _hugo_name(name: str) -> str:
    return re.sub(r"\s+", "-", _NOT_IN_HUGO_NAMES.sub("", name).strip()).lower()


def _without_number(name: str) -> str:
    return _NUMBER.sub("", name)


_NAMINGS: Mapping[Naming, Callable[[str], str]] = MappingProxyType(
    {"as they are": str, "lower case": _hugo_name, "slugs": github_slug, "without numbers": _without_number}
)
