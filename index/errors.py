"""What can go wrong between a folder of documents and a passage.

IndexingError                    every error of this package; one line that says what, where, and what to do
├── ConfigurationError           a value in IndexConfig can't be used
├── SeedsError                   the seeds folder is missing, empty, or can't be read
├── UnreadableDocument           one file can't be parsed: reported, never fatal to the rest
├── EmbedderError                the embedding model can't be loaded or gave unusable vectors
├── ReaderError                  the reader's model or weights can't be loaded or used
├── CatalogError                 the catalog can't be opened, read or written
│   ├── DamagedCatalog           its file is not (or no longer) a whole database
│   └── StorageFull              the disk has no room left
├── DerivedIndexError            Chroma's or tantivy's files are missing or damaged: rebuilt from the catalog
├── ServerError                  the Chroma server is away, refuses, or is too old
│   └── NotOnServer              it does not have what was put there
├── IndexElsewhere               the index on the Chroma server is another machine's to write
├── WriterBusy                   another process is writing this index
├── NotIndexed                   there is no index yet
└── QuestionError                a question that can't be searched (empty, too long, only punctuation)
"""

from __future__ import annotations

import errno
from pathlib import Path


class FootnoteError(Exception):
    """Base of every error that Footnote raises on purpose. Its text is one line that may be shown to a user."""


class IndexingError(FootnoteError):
    """Base of every error that `index/` raises on purpose."""


class ConfigurationError(IndexingError):
    """A value of `IndexConfig` is out of its range."""


class SeedsError(IndexingError):
    """The seeds folder is missing, empty, or can't be read."""


class UnreadableDocument(IndexingError):
    """One file can't be turned into text; the message is the reason alone, without the file's name."""


class EmbedderError(IndexingError):
    """The embedding model can't be loaded, or returned vectors that are not finite or of the wrong length."""


class ReaderError(IndexingError):
    """The reader's model or weights can't be loaded, or give no scores that can be used."""


class CatalogError(IndexingError):
    """The catalog can't be opened, read or written."""


class DamagedCatalog(CatalogError):
    """The catalog's file is damaged; only the documents themselves can bring it back."""


class StorageFull(CatalogError):
    """The disk that holds the data folder is full. What was committed before is intact."""


class DerivedIndexError(IndexingError):
    """Files of a published generation are missing or damaged; the catalog can rebuild them."""


_FULL_NUMBERS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# The last is SQLite's number for a write that failed, as Chroma reports it.
_FULL_WORDS = ("no space left", "disk is full", "file too large", "quota exceeded", "(code: 778)")


def is_storage_full(error: BaseException) -> bool:
    """Whether an error of the operating system, of Chroma or of tantivy says that no room is left."""
    if isinstance(error, OSError) and error.errno in _FULL_NUMBERS:
        return True
    return any(words in str(error).lower() for words in _FULL_WORDS)


def derived_index_error(error: BaseException, what: str, folder: Path) -> IndexingError:
    """What Chroma or tantivy said of its files, in one line: `StorageFull` or `DerivedIndexError`."""
    if is_storage_full(error):
        return StorageFull(f"no room left on the disk of {folder}; free some and run it again")
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return DerivedIndexError(f"the {what} in {folder} can't be used ({lines[0][:200]})")


class ServerError(IndexingError):
    """The Chroma server can't be used; the message says why. `may_pass`: the same request may succeed later."""

    def __init__(self, message: str, may_pass: bool = False) -> None:
        super().__init__(message)
        self.may_pass = may_pass


class NotOnServer(ServerError):
    """The Chroma server does not have, or no longer has, what was put there."""


class IndexElsewhere(IndexingError):
    """The index that is meant is written by another machine, or from another data folder."""


class WriterBusy(IndexingError):
    """Another process holds the writer's lock of this data folder."""


class NotIndexed(IndexingError):
    """No generation has been published in this data folder yet."""


class QuestionError(IndexingError):
    """The question can't be searched: empty, longer than `index.retrieval.LONGEST_QUESTION`, or without a word."""
