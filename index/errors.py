"""The errors of both packages, and how errors of other libraries become one of them.

FootnoteError                    every error that Footnote raises on purpose
├── ConfigurationError           a value of `IndexConfig` is out of range
├── SeedsError                   the seeds folder is missing, empty or unreadable
├── UnreadableDocument           one file cannot be parsed; the other files are indexed
├── EmbedderError                the embedding model cannot be loaded, or returned unusable vectors
├── ReaderError                  the reader's model or weights cannot be loaded, or returned unusable scores
├── CatalogError                 the catalog cannot be opened, read or written
│   ├── DamagedCatalog           its file is damaged
│   └── StorageFull              the disk is full
├── DerivedIndexError            files of Chroma or tantivy are missing or damaged; the catalog can rebuild them
├── ChromaServerError            the Chroma server cannot be used
│   └── MissingOnChromaServer    it no longer has what was stored there
├── IndexElsewhere               another machine, or another data folder, writes this index
├── WriterBusy                   another process is writing this index
├── NotIndexed                   there is no index yet
├── QuestionError                the question cannot be searched
│
├── SettingsError                a setting, or the `.env` file with it, is invalid
├── PromptError                  a prompt file is missing, unreadable, or has the wrong placeholders
├── CasesError                   a file of answer cases is invalid
├── JournalError                 the journal cannot be opened, read or written
└── DiscordConnectionError       Discord cannot be reached, or refuses the bot

The last five are defined in `bot/errors.py`.
"""

from __future__ import annotations

import errno
from pathlib import Path


class FootnoteError(Exception):
    """Base of every error that Footnote raises on purpose.

    The text is one line that can be shown to a user: what is wrong, where, and what to do.
    """


class ConfigurationError(FootnoteError):
    """A value of `IndexConfig` is out of range."""


class SeedsError(FootnoteError):
    """The seeds folder is missing, empty or unreadable."""


class UnreadableDocument(FootnoteError):
    """One file cannot be parsed. The text is the reason alone, without the name of the file."""


class EmbedderError(FootnoteError):
    """The embedding model cannot be loaded, or returned vectors that are not finite or have the wrong length."""


class ReaderError(FootnoteError):
    """The reader's model or weights cannot be loaded, or returned unusable scores."""


class CatalogError(FootnoteError):
    """The catalog cannot be opened, read or written."""


class DamagedCatalog(CatalogError):
    """The file of the catalog is damaged. `footnote index` rebuilds it from the documents."""


class StorageFull(CatalogError):
    """The disk that holds the data folder is full. Everything that was committed before is intact."""


class DerivedIndexError(FootnoteError):
    """Files of a published generation are missing or damaged; the catalog can rebuild them."""


class ChromaServerError(FootnoteError):
    """The Chroma server cannot be used; the text says why.

    `is_transient` is true if the same request may succeed later.
    """

    def __init__(self, message: str, *, is_transient: bool = False) -> None:
        super().__init__(message)
        self.is_transient = is_transient


class MissingOnChromaServer(ChromaServerError):
    """The Chroma server does not have, or no longer has, what was stored there."""


class IndexElsewhere(FootnoteError):
    """Another machine, or another data folder, writes this index."""


class WriterBusy(FootnoteError):
    """Another process holds the writer lock of this data folder."""


class NotIndexed(FootnoteError):
    """No generation has been published in this data folder yet."""


class QuestionError(FootnoteError):
    """The question cannot be searched: it is empty, too long, or has no word."""


_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# 778 is SQLITE_IOERR_WRITE, as Chroma reports it.
_FULL_PHRASES = ("no space left", "disk is full", "file too large", "quota exceeded", "(code: 778)")


def is_storage_full(error: BaseException) -> bool:
    """True if an error of the operating system, of Chroma or of tantivy means that the disk is full."""
    if isinstance(error, OSError) and error.errno in _FULL_ERRNOS:
        return True
    return any(phrase in str(error).lower() for phrase in _FULL_PHRASES)


def disk_full(folder: Path) -> StorageFull:
    """Return the error for a full disk that holds `folder`."""
    return StorageFull(f"no room left on the disk of {folder}; free some space and run it again")


def derived_index_error(error: BaseException, content: str, folder: Path) -> FootnoteError:
    """Return `StorageFull` or `DerivedIndexError` for an error of Chroma or tantivy.

    `content` names what the files in `folder` hold, such as "vectors".
    """
    if is_storage_full(error):
        return disk_full(folder)
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return DerivedIndexError(f"the {content} in {folder} can't be used ({lines[0][:200]})")
