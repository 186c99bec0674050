"""Files that can't be read, as few lines: those of formats that Footnote does not know are counted, images last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from index.parsing.titles import suffix_of
from index.types import Unreadable

NO_PARSER = "no parser for"
MOST_NAMED = 2  # files of unknown formats that are named one by one

# What no words can be expected of: at the end of a list, so that it does not hide the pages that were not read.
_PICTURES = frozenset(".png .jpg .jpeg .gif .webp .svg .ico .bmp .tif .tiff .avif .heic .mp4 .webm .mov .mp3".split())


def grouped(unread: Iterable[Unreadable]) -> list[Unreadable]:
    """Return the files with their reasons; more than `MOST_NAMED` of unknown formats are one entry, "15 files"."""
    unread = list(unread)
    unknown = [one for one in unread if one.reason.startswith(NO_PARSER)]
    if len(unknown) <= MOST_NAMED:
        return unread
    known = [one for one in unread if not one.reason.startswith(NO_PARSER)]
    counts = Counter(suffix_of(one.path) or "no ending" for one in unknown)
    pages = ", ".join(f"{count} {suffix}" for suffix, count in counts.most_common() if suffix not in _PICTURES)
    pictures = ", ".join(f"{count} {suffix}" for suffix, count in counts.most_common() if suffix in _PICTURES)
    kinds = "; ".join(part for part in (pages, pictures and f"images and the like: {pictures}") if part)
    _, _, advice = unknown[0].reason.partition("; ")
    return [*known, Unreadable(f"{len(unknown)} files", f"of other formats ({kinds}); {advice}")]
