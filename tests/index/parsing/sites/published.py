"""Folders of documents with their configuration, and the addresses that their documents get."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from index.parsing.finding import find_files
from index.parsing.parse import parse_source, read
from index.parsing.sites.configured import read_sites
from index.types import Document

PAGE = "# The page\n\nIts first words.\n\n## Set it up\n\nDo this, then that.\n"


def published(folder: Path, files: Mapping[str, str]) -> dict[str, Document]:
    """Write files below a folder, and return the documents among them by their paths."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = find_files(folder)
    sites = read_sites(folder, found.configurations)
    return {file.path: parse_source(file.path, read(folder, file), site=sites.of(file.path)) for file in found.files}


def addresses(folder: Path, configuration: Mapping[str, str], *paths: str) -> list[str | None]:
    """Return the addresses of pages at `paths`, next to a configuration."""
    documents = published(folder, {**dict.fromkeys(paths, PAGE), **configuration})
    return [documents[path].url for path in paths]
