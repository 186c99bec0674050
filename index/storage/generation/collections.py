"""Which Chroma collection holds the chunks of a folder of the seeds.

A search of everything costs one query for each collection. A search of some folders in a shared collection costs a
filter. So a large folder has a collection of its own and is searched without a filter; small folders share one, with
few enough chunks to be filtered in milliseconds. There are never more than some dozens of collections.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.storage.catalog.catalog import Catalog
    from index.storage.catalog.change import Change

# A folder has a collection of its own from this number of chunks on, or from this share (1/16) of all chunks.
MIN_OWN_CHUNKS, OWN_SHARE = 1_000, 16
# The most chunks that share a collection, unless this share (1/32) of all chunks is more.
MAX_SHARED_CHUNKS, SHARED_SHARE = 20_000, 32

_SHARED = "shared-"


def assign_collections(sizes: Mapping[str, int], known: Mapping[str, str]) -> dict[str, str]:
    """Return the name of the collection of each folder. Folders in `known` keep theirs.

    `sizes` is the number of chunks by folder.
    """
    total = sum(sizes.values())
    min_own, max_shared = max(MIN_OWN_CHUNKS, total // OWN_SHARE), max(MAX_SHARED_CHUNKS, total // SHARED_SHARE)
    names = dict(known)
    shared_sizes: defaultdict[int, int] = defaultdict(int)  # chunks by number of the shared collection
    for folder, name in known.items():
        if is_shared(name):
            shared_sizes[int(name.removeprefix(_SHARED))] += sizes.get(folder, 0)
    number = 0
    for folder in sorted(sizes.keys() - known.keys()):
        if sizes[folder] >= min_own:
            names[folder] = own_name(folder)
            continue
        while shared_sizes[number] and shared_sizes[number] + sizes[folder] > max_shared:
            number += 1
        shared_sizes[number] += sizes[folder]
        names[folder] = f"{_SHARED}{number}"
    return names


def reassign_collections(catalog: Catalog, known: Mapping[str, str], change: Change | None) -> dict[str, str]:
    """Return the collection of each folder of a changed catalog; `known` as it is if no folder is new."""
    if change is not None and all(document.folder in known for document, _ in change.added):
        return dict(known)
    return assign_collections(catalog.chunks_by_folder(), known)


def own_name(folder: str) -> str:
    """Return the name of a folder's own collection. It is a hash, because Chroma allows few characters."""
    return f"own-{hashlib.sha256(folder.encode()).hexdigest()[:16]}"


def is_shared(name: str) -> bool:
    """True if several folders share the collection of this name."""
    return name.startswith(_SHARED)
