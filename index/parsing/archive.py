"""Open the zip archives that office documents and books are, unless unpacking them would fill the memory."""

from __future__ import annotations

import io
import zipfile

from index.errors import UnreadableDocument

LARGEST_UNPACKED = 400_000_000  # bytes of all parts of the archive together
LARGEST_PART = 100_000_000  # bytes of one XML part

_MARKUP = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx")


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Return the archive. Raises UnreadableDocument if it is damaged, or too large when unpacked (a "zip bomb")."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except Exception as error:  # zipfile raises many kinds on damaged archives
        raise UnreadableDocument("is damaged or cut short: its archive can't be opened; copy it again") from error
    largest_markup = max((part.file_size for part in parts if part.filename.lower().endswith(_MARKUP)), default=0)
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED or largest_markup > LARGEST_PART:
        raise UnreadableDocument(
            f"unpacks to more than {LARGEST_UNPACKED // 1_000_000} MB; split it into smaller files"
        )
    return archive
