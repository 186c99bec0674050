"""Find the site of each document: the nearest `footnote.toml`, else the nearest configuration of a tool."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import UnreadableDocument
from index.parsing.sites.footnote_toml import FILE_NAME, site_in
from index.parsing.sites.site import Rules, Site, key_of
from index.parsing.sites.tools import CONFIGURATIONS, Configuration
from index.parsing.text.cleaning import clean
from index.parsing.text.decoding import decode
from index.types import Unreadable

LARGEST_CONFIGURATION = 500_000  # bytes

_NO_SITE = Rules(anchors="none")


@dataclass(slots=True)
class Sites:
    """The sites of a seeds folder. `faults` are the `footnote.toml` that can't be used, with the reason."""

    stated: dict[str, Site] = field(default_factory=dict)  # by the folder of the footnote.toml
    detected: dict[str, Site] = field(default_factory=dict)  # by the folder of the pages
    faults: list[Unreadable] = field(default_factory=list)

    def of(self, path: str) -> Site | None:
        """Return the site of a document; None if nothing is known of one. Tools' configurations belong to none."""
        if posixpath.basename(path) in CONFIGURATIONS:
            return None
        for sites in (self.stated, self.detected):
            if sites:
                for folder in _folders_above(path):
                    if folder in sites:
                        return sites[folder]
        return None

    def key_of(self, path: str) -> str:
        """Return the key of the site of a document; empty without one."""
        site = self.of(path)
        return key_of(site) if site else ""


def is_configuration(name: str) -> bool:
    """True for the name of a file that says where a folder is published."""
    return name == FILE_NAME or name in CONFIGURATIONS


def read_sites(seeds: Path, paths: Iterable[str]) -> Sites:
    """Return the sites that the configurations at `paths` describe. Only a bad `footnote.toml` is a fault."""
    sites = Sites()
    root = seeds.resolve()
    order = [FILE_NAME, *CONFIGURATIONS]
    for path in sorted(paths, key=lambda path: order.index(posixpath.basename(path))):
        folder, name = posixpath.split(path)
        try:
            text = _text_of(root, path)
            if name == FILE_NAME:
                sites.stated[folder] = site_in(text, folder)
                continue
        except (OSError, RuntimeError, UnreadableDocument) as error:
            if name == FILE_NAME:  # no address is better than one of a configuration that was to be replaced
                sites.stated[folder] = Site(folder, "", _NO_SITE)
                sites.faults.append(Unreadable(os.fsencode(path).decode(errors="replace"), _reason(error)))
            continue
        for site in CONFIGURATIONS[name](Configuration(folder, text, lambda inside: _is_folder(root, inside))):
            sites.detected.setdefault(site.root, site)
    return sites


def _text_of(root: Path, path: str) -> str:
    """Return the text of a configuration, which must not be a link that leaves the seeds folder."""
    location = (root / path).resolve(strict=True)
    if not location.is_relative_to(root) or not location.is_file():
        raise UnreadableDocument(
            "is no regular file of the seeds folder; copy what it leads to into the folder instead"
        )
    if location.stat().st_size > LARGEST_CONFIGURATION:
        raise UnreadableDocument(f"is larger than {LARGEST_CONFIGURATION // 1000} kB; shorten it")
    return clean(decode(location.read_bytes()))


def _is_folder(root: Path, path: str) -> bool:
    try:
        location = (root / path).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        return False
    return location.is_dir() and location.is_relative_to(root)


def _reason(error: Exception) -> str:
    if isinstance(error, UnreadableDocument):
        return str(error)
    return f"can't be read ({getattr(error, 'strerror', None) or error}); fix that"


def _folders_above(path: str) -> Iterator[str]:
    while path:
        path = posixpath.dirname(path)
        yield path
