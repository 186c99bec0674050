"""A file → a Document: gives it to the parser of its format, and says why where it can't be read.

    parse(seeds, file) -> Document          parse_bytes(path, data) -> Document

Each format has its parser in a module of `formats/`, which turns bytes into `Parsed`: text, blocks, marks, title. What
else a Document needs (title, language, checks) is added here, the same for all.
"""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

from index.errors import UnreadableDocument, is_storage_full
from index.parsing.dates import date_of, superseded_by
from index.parsing.including.expand import Expanded, expanded
from index.parsing.known_formats import format_of, no_parser, refuse_disguised
from index.parsing.language import detect_language
from index.parsing.questions import with_question_sections
from index.parsing.reasons import in_words, not_regular
from index.parsing.silence import silence
from index.parsing.sites.site import Site, address_of, anchored, key_of
from index.parsing.text.cleaning import one_line
from index.parsing.titles import reads_like_words, telling_title, title_from_name
from index.types import Document, SourceFile

PARSER_VERSION = 5  # part of the index's fingerprint: raise it whenever a parser gives other text for the same file
LARGEST_FILE = 200_000_000  # bytes


_ONE_AT_A_TIME = threading.Lock()  # PDFium is not thread-safe, nor is silencing warnings


def parse(seeds: Path, file: SourceFile) -> Document:
    """Read and parse a file that `find_files` found. Raises UnreadableDocument with the reason, whatever it is."""
    return parse_source(file.path, read(seeds, file))


def read(seeds: Path, file: SourceFile) -> Expanded:
    """Return a file that `find_files` found, with the code that it includes. Raises UnreadableDocument."""
    location = seeds / file.path
    try:
        with open(location, "rb", opener=_without_waiting) as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableDocument(not_regular(status.st_mode))
            _refuse_large(status.st_size)
            # Since the folder was listed, it may have become a link that leaves the folder.
            target = location.resolve(strict=True)
            if not target.is_relative_to(seeds.resolve()) or not os.path.samestat(status, target.stat()):
                raise UnreadableDocument("was exchanged while the folder was read; index it again")
            data = opened.read(LARGEST_FILE + 1)  # it may be growing
        _refuse_large(len(data))
        return _expanded(file.path, data, seeds)
    except OSError as error:
        raise UnreadableDocument(in_words(error)) from error


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; one that has become a pipe is opened without waiting for somebody to write to it."""
    return os.open(path, flags | os.O_NONBLOCK)


def parse_bytes(path: str, data: bytes) -> Document:
    """Parse the content of a file; the suffix of `path` tells its format. Raises UnreadableDocument with the reason.

    No other file is included.
    """
    return parse_source(path, _expanded(path, data, None))


def parse_source(path: str, source: Expanded, *, site: Site | None = None) -> Document:
    """Parse what `read` returned. Raises UnreadableDocument with the reason.

    `site` is where the document's folder is published.
    """
    data = source.data
    known = format_of(path)
    if known is None:
        raise UnreadableDocument(no_parser(path))
    if not data.strip():
        raise UnreadableDocument("is empty")
    _refuse_large(len(data))
    refuse_disguised(data, known)
    with _ONE_AT_A_TIME, silence():
        try:
            parsed = anchored(known.parse(data), known.name, site)
            parsed = source.in_file(with_question_sections(parsed))
            if not any(map(str.isalnum, parsed.text)):
                raise UnreadableDocument("holds no words")
            language = detect_language(parsed.text)
        except UnreadableDocument:
            raise
        except MemoryError as error:
            raise UnreadableDocument("needs more memory to parse than there is; split it into smaller files") from error
        except RecursionError as error:
            raise UnreadableDocument("is nested too deeply to be parsed") from error
        except OSError as error:
            if is_storage_full(error):  # a library's temporary file: nothing is wrong with the document
                raise
            raise UnreadableDocument(in_words(error)) from error
        except Exception as error:  # parsers raise whatever comes to them on damaged files
            said = one_line(str(error))[:200]
            reason = f"is damaged: it can't be parsed as {known.label} ({type(error).__name__}{said and ': ' + said})"
            raise UnreadableDocument(reason) from error
    own_title = telling_title(parsed.title)
    title = own_title or title_from_name(path)
    return Document(
        path=path,
        title=title,
        text=parsed.text,
        format=known.name,
        title_is_telling=own_title is not None or reads_like_words(title),
        url=address_of(path, parsed, site),
        site=key_of(site) if site else "",
        language=language,
        pages=parsed.pages,
        headings=parsed.headings,
        lines=parsed.lines,
        blocks=parsed.blocks,
        marks=parsed.marks,
        date=date_of(path, parsed),
        superseded_by=superseded_by(path, parsed.superseded_by),
        includes=source.includes,
    )


def _expanded(path: str, data: bytes, seeds: Path | None) -> Expanded:
    known = format_of(path)
    return expanded(known.name if known and len(data) <= LARGEST_FILE else "", path, data, seeds)


def _refuse_large(size: int) -> None:
    if size > LARGEST_FILE:
        most = LARGEST_FILE // 1_000_000
        raise UnreadableDocument(f"is larger than {most} MB ({size / 1e6:,.0f} MB); split it into smaller files")
