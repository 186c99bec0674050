"""Which collection of Chroma the chunks of a folder of the seeds lie in.

A search of all costs a query for each collection, one of a shared collection's folders a filter. So a large folder has
a collection of its own, and is searched without a filter; small ones share, few enough chunks to be filtered in
milliseconds; and there are never more than some dozens of collections, however many folders there are.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping

LEAST_OWN, OWN_SHARE = 1_000, 16  # a folder of so many chunks, or of such a part of all, has a collection of its own
MOST_SHARED, SHARED_SHARE = 20_000, 32  # chunks that share one, unless a part of all is more

_SHARED = "shared-"


def arranged(sizes: Mapping[str, int], known: Mapping[str, str]) -> dict[str, str]:
    """The collection's name for each folder: of those that are `known` the same as before.

    `sizes` are the chunks of each folder.
    """
    total = sum(sizes.values())
    least_own, most_shared = max(LEAST_OWN, total // OWN_SHARE), max(MOST_SHARED, total // SHARED_SHARE)
    names = dict(known)
    shared: defaultdict[int, int] = defaultdict(int)  # chunks by the collection's number
    for folder, name in known.items():
        if is_shared(name):
            shared[int(name.removeprefix(_SHARED))] += sizes.get(folder, 0)
    place = 0
    for folder in sorted(sizes.keys() - known.keys()):
        if sizes[folder] >= least_own:
            names[folder] = own_name(folder)
            continue
        while shared[place] and shared[place] + sizes[folder] > most_shared:
            place += 1
        shared[place] += sizes[folder]
        names[folder] = f"{_SHARED}{place}"
    return names


def own_name(folder: str) -> str:
    """The name of a folder's own collection: Chroma allows few characters."""
    return f"own-{hashlib.sha256(folder.encode()).hexdigest()[:16]}"


def is_shared(name: str) -> bool:
    """Whether folders share a collection of this name."""
    return name.startswith(_SHARED)
