"""Compare the folder with the catalog: sizes and times first, then contents."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from index.errors import UnreadableDocument
from index.parsing import parse as parsing
from index.parsing.finding import Found, find_files
from index.parsing.including.files import changed
from index.parsing.isolated.limits import DEFAULT_LIMITS, ParsingLimits
from index.parsing.isolated.process import parse_apart
from index.parsing.sites.configured import read_sites
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import StoredFile
from index.types import Document, SourceFile, Unreadable, folder_of


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A file that was read and parsed. `stored` is the same file in the catalog, under this or another path."""

    document: Document
    file: SourceFile
    content_hash: bytes
    stored: StoredFile | None


@dataclass(frozen=True, slots=True)
class Difference:
    """The differences between the folder and the catalog.

    `touched` are files whose time changed but not their content; `reported_before` are the paths of unreadable files
    that the run before reported with the same reason.
    """

    added: tuple[ReadDocument, ...]
    changed: tuple[ReadDocument, ...]
    renamed: tuple[ReadDocument, ...]
    removed: tuple[StoredFile, ...]
    touched: tuple[tuple[StoredFile, SourceFile], ...]
    unchanged: tuple[StoredFile, ...]
    unreadable: tuple[tuple[SourceFile, Unreadable], ...]
    reported_before: frozenset[str] = frozenset()

    @property
    def to_split(self) -> tuple[ReadDocument, ...]:
        """Return the documents that have to be split into chunks."""
        return (*self.added, *self.changed, *self.renamed)

    @property
    def loses_most(self) -> bool:
        """True if more than half of the known documents are gone."""
        remaining = len(self.changed) + len(self.renamed) + len(self.touched) + len(self.unchanged)
        return len(self.removed) > remaining

    @property
    def is_empty(self) -> bool:
        """True if nothing that is searched has changed."""
        return not (self.to_split or self.removed)


@dataclass(frozen=True, slots=True)
class Lag:
    """The number of files that are new, seem changed, or are gone since the last run."""

    new: int
    changed: int
    gone: int

    @property
    def is_behind(self) -> bool:
        """True if a run would have something to do."""
        return bool(self.new or self.changed or self.gone)


def lag(seeds: Path, catalog: Catalog, *, folders: Collection[str] | None = None) -> Lag:
    """Compare sizes, times and sites without reading any document, in the given first-level folders (None: all).

    Raises `SeedsError`.
    """
    documents = catalog.files()
    known = {path: stored.file for path, stored in documents.items()}
    known |= {path: file for path, (file, _) in catalog.unreadable().items()}
    found = find_files(seeds)
    files = {file.path: file for file in found.files}
    sites = read_sites(seeds, found.configurations)
    files |= {refused.path: SourceFile(refused.path, 0, 0) for refused in (*found.refused, *sites.faults)}
    keys = catalog.sites()
    moved = {path for path in documents if keys.get(path, "") != sites.key_of(path)}
    if folders is not None:
        known = {path: file for path, file in known.items() if folder_of(path) in folders}
        files = {path: file for path, file in files.items() if folder_of(path) in folders}
    return Lag(
        new=len(files.keys() - known.keys()),
        changed=sum(known[path] != files[path] or path in moved for path in files.keys() & known.keys()),
        gone=len(known.keys() - files.keys()),
    )


def compare(
    seeds: Path,
    found: Found,
    catalog: Catalog,
    *,
    everything: bool,
    on_file: Callable[[int, int], None],
    limits: ParsingLimits = DEFAULT_LIMITS,
) -> Difference:
    """Compare the files found in the folder with the catalog.

    `everything` reads known files again even if they seem unchanged. `on_file` is called after each file with the
    number of files done and their total. `limits` are for parsing one file.
    """
    known = catalog.files()
    failed_before = catalog.unreadable()
    includes = catalog.includes()
    sites, site_keys = read_sites(seeds, found.configurations), catalog.sites()
    read: list[ReadDocument] = []
    touched: list[tuple[StoredFile, SourceFile]] = []
    unchanged: list[StoredFile] = []
    refused = sorted((*found.refused, *sites.faults), key=lambda one: one.path)
    unreadable = [(SourceFile(one.path, 0, 0), one) for one in refused]
    for number, file in enumerate(found.files, 1):
        stored = known.get(file.path)
        before = failed_before.get(file.path)
        # Where the site has changed, the file is read again for its address and anchors; nothing is embedded for that.
        has_moved = site_keys.get(file.path, "") != sites.key_of(file.path)
        is_same = stored is not None and stored.file == file and not changed(seeds, includes.get(file.path, ()))
        if stored is not None and is_same and not has_moved and not everything:
            unchanged.append(stored)
        elif before is not None and before[0] == file and limits.confirm(before[1]) and not everything:
            unreadable.append((file, Unreadable(file.path, before[1])))
        else:
            try:
                source = parsing.read(seeds, file)
                content_hash = hashlib.sha256(source.data).digest()
                if stored is not None and stored.content_hash == content_hash and not has_moved and not everything:
                    touched.append((stored, file))
                else:
                    document = parse_apart(file.path, source, limits=limits, site=sites.of(file.path))
                    read.append(ReadDocument(document, file, content_hash, stored))
            except UnreadableDocument as error:
                unreadable.append((file, Unreadable(file.path, str(error))))
        on_file(number, len(found.files))
    before_now = {path: reason for path, (_, reason) in failed_before.items()}
    reported_before = frozenset(one.path for _, one in unreadable if before_now.get(one.path) == one.reason)
    return replace(_difference(known, read, touched, unchanged, unreadable), reported_before=reported_before)


def _difference(
    known: dict[str, StoredFile],
    read: list[ReadDocument],
    touched: list[tuple[StoredFile, SourceFile]],
    unchanged: list[StoredFile],
    unreadable: list[tuple[SourceFile, Unreadable]],
) -> Difference:
    """Recognise renamed files by their content, and sort all files by what happened to them."""
    kept_ids = {stored.document_id for stored in unchanged} | {stored.document_id for stored, _ in touched}
    kept_ids |= {file.stored.document_id for file in read if file.stored is not None}
    gone = {stored.content_hash: stored for stored in known.values() if stored.document_id not in kept_ids}
    added, renamed = [], []
    for file in read:
        if file.stored is None:
            before = gone.pop(file.content_hash, None)
            if before is None:
                added.append(file)
            else:
                renamed.append(replace(file, stored=before))
    moved_ids = {file.stored.document_id for file in renamed if file.stored is not None}
    removed = [stored for stored in known.values() if stored.document_id not in kept_ids | moved_ids]
    return Difference(
        added=tuple(added),
        changed=tuple(file for file in read if file.stored is not None),
        renamed=tuple(renamed),
        removed=tuple(removed),
        touched=tuple(touched),
        unchanged=tuple(unchanged),
        unreadable=tuple(unreadable),
    )
