"""Recognise a file's real format from its first bytes, for files whose names are wrong."""

from __future__ import annotations

import io
import re
import zipfile

_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh9", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"ID3", "an MP3 recording"),
    (b"OggS\x00", "an Ogg recording"),
)
_IN_ZIPS = (  # a file that only this kind of zip archive holds
    ("word/document.xml", "a Word document (.docx)"),
    ("xl/workbook.xml", "an Excel workbook (.xlsx)"),
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)"),
    ("ppt/presentation.xml", "a PowerPoint presentation (.pptx)"),
    ("META-INF/container.xml", "an EPUB book"),
    ("content.xml", "an OpenDocument file"),
)
_MIME_TYPES = {  # that OpenDocument names in a part of its own
    b"application/vnd.oasis.opendocument.text": "an OpenDocument text (.odt)",
    b"application/vnd.oasis.opendocument.spreadsheet": "an OpenDocument spreadsheet (.ods)",
    b"application/vnd.oasis.opendocument.presentation": "an OpenDocument presentation (.odp)",
}
_IN_COMPOUND_FILES = (
    ("WordDocument", "a Word document of the old .doc format"),
    ("PowerPoint Document", "a PowerPoint presentation of the old .ppt format"),
    ("Workbook", "an old Excel workbook (.xls)"),
    ("Book", "an old Excel workbook (.xls)"),
)
DAMAGED_ZIP = "a damaged zip archive"


def looks_like(data: bytes) -> str | None:
    """Return the format of `data` by its first bytes, as "a PNG image"; None if they don't tell, as in plain text."""
    if b"%PDF-" in data[:1024]:
        return "a PDF"
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_zip(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _kind_of_compound_file(data)
    if data[:4] == b"RIFF" and len(data) > 12:
        return {b"WEBP": "a WebP image", b"WAVE": "a WAV recording"}.get(data[8:12], "a RIFF media file")
    if data[4:8] == b"ftyp":
        return "a video or an image (MP4, HEIC)"
    if data.startswith(b"MZ") and b"\x00" in data[:512]:
        return "a program"
    if _HTML.match(data[:4096]):
        return "an HTML page"
    return next((kind for signature, kind in _SIGNATURES if data.startswith(signature)), None)


def _kind_of_zip(data: bytes) -> str:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = set(archive.namelist())
        if "mimetype" in names:
            with archive.open("mimetype") as part:
                mime_type = part.read(100).strip()
            if mime_type in _MIME_TYPES:
                return _MIME_TYPES[mime_type]
    except Exception:  # noqa: BLE001 - zipfile raises many kinds on damaged archives
        return DAMAGED_ZIP
    return next((kind for name, kind in _IN_ZIPS if name in names), "a zip archive")


def _kind_of_compound_file(data: bytes) -> str:
    """The container of Office before 2007, which also wraps encrypted documents of today's."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "an Office document locked with a password"
    places = ((_place_in_directory(data, name), kind) for name, kind in _IN_COMPOUND_FILES)
    found = min(((place, kind) for place, kind in places if place >= 0), default=None)  # what is embedded comes later
    return found[1] if found else "a document of an old Office format"


def _place_in_directory(data: bytes, name: str) -> int:
    """Return the offset of the entry of a compound file's directory with that name; -1 if there is none."""
    written = name.encode("utf-16-le") + b"\x00\x00"
    place = data.find(written)
    while place >= 0 and place % 128:  # the length of an entry
        place = data.find(written, place + 1)
    return place
