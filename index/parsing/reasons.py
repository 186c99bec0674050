"""Why a file can't be read, as the rest of a sentence that begins with its name; the reasons of many, in few lines."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterable

from index.parsing.titles import suffix_of
from index.types import Unreadable

NO_PARSER = "no parser for"
MOST_NAMED = 2  # files of unknown formats that are named one by one

# What no words can be expected of: at the end of a list, so that it does not hide the pages that were not read.
_PICTURES = frozenset(".png .jpg .jpeg .gif .webp .svg .ico .bmp .tif .tiff .avif .heic .mp4 .webm .mov .mp3".split())


def in_words(error: OSError) -> str:
    """Return a file system error as the rest of a sentence that begins with the file's name."""
    if isinstance(error, FileNotFoundError):
        return "has vanished since the folder was listed"
    if isinstance(error, PermissionError):
        return "can't be opened: permission denied"
    if isinstance(error, IsADirectoryError):
        return "is a folder"
    return f"can't be opened: {(error.strerror or str(error) or type(error).__name__).lower()}"


def not_regular(mode: int) -> str:
    """Return what a file is that is no regular one, as the rest of a sentence that begins with its name."""
    return "is a folder" if stat.S_ISDIR(mode) else "is no regular file (a pipe, a socket or a device)"


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
