"""Why a file can't be read, as the rest of a sentence that begins with its name."""

from __future__ import annotations

import stat


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
