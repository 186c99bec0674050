"""What has changed between the catalog and the folder: by size and time first, then by content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from index.errors import UnreadableDocument
from index.parsing import parse as parsing
from index.parsing.parse import Found
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import StoredFile
from index.types import Document, SourceFile, Unreadable, folder_of


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A file that was read and parsed, and what is stored of it if it was known (under this or another path)."""

    document: Document
    file: SourceFile
    content_hash: bytes
    stored: StoredFile | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that one look at the folder found."""

    added: tuple[ReadDocument, ...]
    changed: tuple[ReadDocument, ...]
    renamed: tuple[ReadDocument, ...]
    removed: tuple[StoredFile, ...]
    touched: tuple[tuple[StoredFile, SourceFile], ...]
    unchanged: tuple[StoredFile, ...]
    unreadable: tuple[tuple[SourceFile, Unreadable], ...]

    @property
    def to_split(self) -> tuple[ReadDocument, ...]:
        """The documents whose chunks have to be made."""
        return (*self.added, *self.changed, *self.renamed)

    @property
    def loses_most(self) -> bool:
        """Whether more than half of the documents that were known are gone."""
        stayed = len(self.changed) + len(self.renamed) + len(self.touched) + len(self.unchanged)
        return len(self.removed) > stayed

    @property
    def is_empty(self) -> bool:
        """Whether nothing that is searched has changed."""
        return not (self.to_split or self.removed)


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the index is behind its folder: files that are new, look changed, or are gone."""

    new: int
    changed: int
    gone: int

    @property
    def is_behind(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.new or self.changed or self.gone)


def lag(seeds: Path, catalog: Catalog, folders: Collection[str] | None = None) -> Lag:
    """Compare sizes and times alone; nothing is read. Only the given first-level folders count (all of them for None).

    Raises `SeedsError`.
    """
    known = {path: stored.file for path, stored in catalog.files().items()}
    known |= {path: file for path, (file, _) in catalog.unreadable().items()}
    found = parsing.find_files(seeds)
    files = {file.path: file for file in found.files}
    files |= {refused.path: SourceFile(refused.path, 0, 0) for refused in found.refused}
    if folders is not None:
        known = {path: file for path, file in known.items() if folder_of(path) in folders}
        files = {path: file for path, file in files.items() if folder_of(path) in folders}
    return Lag(
        new=len(files.keys() - known.keys()),
        changed=sum(known[path] != files[path] for path in files.keys() & known.keys()),
        gone=len(known.keys() - files.keys()),
    )


def compare(
    seeds: Path, found: Found, catalog: Catalog, everything: bool, looked_at: Callable[[int, int], None]
) -> Difference:
    """Compare what was found in the folder; `everything` reads known files again even if they seem unchanged.

    `looked_at` is told after each file how many of how many have been looked at.
    """
    known = catalog.files()
    failed_before = catalog.unreadable()
    read: list[ReadDocument] = []
    touched: list[tuple[StoredFile, SourceFile]] = []
    unchanged: list[StoredFile] = []
    unreadable = [(SourceFile(refused.path, 0, 0), refused) for refused in found.refused]
    for number, file in enumerate(found.files, 1):
        stored = known.get(file.path)
        before = failed_before.get(file.path)
        if stored is not None and stored.file == file and not everything:
            unchanged.append(stored)
        elif before is not None and before[0] == file and not everything:
            unreadable.append((file, Unreadable(file.path, before[1])))
        else:
            try:
                data = parsing.read(seeds, file)
                content_hash = hashlib.sha256(data).digest()
                if stored is not None and stored.content_hash == content_hash and not everything:
                    touched.append((stored, file))
                else:
                    read.append(ReadDocument(parsing.parse_bytes(file.path, data), file, content_hash, stored))
            except UnreadableDocument as error:
                unreadable.append((file, Unreadable(file.path, str(error))))
        looked_at(number, len(found.files))
    return _sorted_out(known, read, touched, unchanged, unreadable)


def _sorted_out(
    known: dict[str, StoredFile],
    read: list[ReadDocument],
    touched: list[tuple[StoredFile, SourceFile]],
    unchanged: list[StoredFile],
    unreadable: list[tuple[SourceFile, Unreadable]],
) -> Difference:
    kept = {one.document_id for one in unchanged} | {stored.document_id for stored, _ in touched}
    kept |= {one.stored.document_id for one in read if one.stored is not None}
    gone = {stored.content_hash: stored for stored in known.values() if stored.document_id not in kept}
    added, renamed = [], []
    for one in read:
        if one.stored is None:
            before = gone.pop(one.content_hash, None)
            if before is None:
                added.append(one)
            else:
                renamed.append(ReadDocument(one.document, one.file, one.content_hash, before))
    moved = {one.stored.document_id for one in renamed if one.stored is not None}
    removed = [one for one in known.values() if one.document_id not in kept | moved]
    return Difference(
        added=tuple(added),
        changed=tuple(one for one in read if one.stored is not None),
        renamed=tuple(renamed),
        removed=tuple(removed),
        touched=tuple(touched),
        unchanged=tuple(unchanged),
        unreadable=tuple(unreadable),
    )
