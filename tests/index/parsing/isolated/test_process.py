"""Files that kill, stop or starve what parses them: each is reported with its reason, and the next one is parsed."""

from __future__ import annotations

import os
import signal
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest

from index.errors import UnreadableDocument
from index.parsing.including.expand import Expanded
from index.parsing.isolated.limits import DEFAULT_LIMITS, ParsingLimits
from index.parsing.isolated.messages import receive, send
from index.parsing.isolated.process import parse_apart
from index.parsing.parse import parse_bytes
from index.parsing.sites.site import Rules, Site

HERONS = b"# Herons\n\nHerons stand on one leg.\n"
BRACKETS = b"[" * 40_000
LITTLE_TIME = ParsingLimits(seconds=1)
LITTLE_MEMORY = ParsingLimits(megabytes=256)


def refusal(path: str, data: bytes, limits: ParsingLimits) -> str:
    """Return why a file can't be parsed, and make sure that the next one can."""
    with pytest.raises(UnreadableDocument) as caught:
        parse_apart(path, Expanded(data), limits=limits)
    assert parse_apart("herons.md", Expanded(HERONS)) == parse_bytes("herons.md", HERONS)
    return str(caught.value)


def word_document(body: bytes) -> bytes:
    """Return a Word document with this body."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
            'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.document.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        head = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        archive.writestr("word/document.xml", head + body + b"</w:body></w:document>")
    return file.getvalue()


def pdf(contents: bytes, *objects: bytes) -> bytes:
    """Return a PDF of one page, which draws the object F, number 6; `objects` begin with that one."""
    resources = b"<< /XObject << /F 6 0 R >> /Font << /A 5 0 R >> >>"
    numbered = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources " + resources + b" >>",
        stream(contents),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *objects,
    ]
    written = b"%PDF-1.7\n"
    for number, one in enumerate(numbered, 1):
        written += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    return written + b"trailer\n<< /Size %d /Root 1 0 R >>\n%%%%EOF\n" % (len(numbered) + 1)


def stream(contents: bytes, dictionary: bytes = b"") -> bytes:
    """Return a stream of a PDF."""
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (dictionary, len(contents), contents)


def form(contents: bytes, drawn: int) -> bytes:
    """Return a form that can draw the object of this number as F."""
    resources = b"/BBox [0 0 300 300] /Resources << /XObject << /F %d 0 R >> >>" % drawn
    return stream(contents, b"/Type /XObject /Subtype /Form " + resources)


def drawn_twice(times: int) -> bytes:
    """Return a PDF whose forms draw the next one twice each."""
    forms = [form(b"/F Do /F Do", 7 + level) for level in range(times)]
    return pdf(b"/F Do", *forms, stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 300 300]"))


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("front-matter.md", b"---\ntitle: " + BRACKETS + b"\n---\n\n" + HERONS),
        ("brackets.yml", b"title: " + BRACKETS + b"\n"),
        ("draws-itself.pdf", pdf(b"/F Do", form(b"/F Do /F Do", 6))),
    ],
)
def test_a_file_that_kills_the_parser_is_reported(path: str, data: bytes) -> None:
    assert "ends the program that parses it" in refusal(path, data, LITTLE_MEMORY)


def test_a_file_that_takes_too_long_is_reported() -> None:
    assert "than 1 s (PARSE_SECONDS); split it" in refusal("forms.pdf", drawn_twice(22), LITTLE_TIME)


def test_a_file_that_needs_too_much_memory_is_reported() -> None:
    links = b"<p>Herons " + b"<a href='x'>stand</a> " * 200_000
    assert "256 MB (PARSE_MEMORY)" in refusal("links.html", links, LITTLE_MEMORY)


def test_millions_of_empty_paragraphs_are_survived() -> None:
    refusal("empty.docx", word_document(b"<w:p/>" * 3_000_000), LITTLE_MEMORY)


def test_reasons_of_the_parsers_arrive() -> None:
    assert refusal("empty.md", b" \n", DEFAULT_LIMITS) == "is empty"
    assert refusal("song.mp3", b"ID3", DEFAULT_LIMITS).startswith("no parser for .mp3 files")


def test_a_fault_of_the_program_stops_no_other_file() -> None:
    site: Any = Site("", "https://lake.example/", rules=cast("Rules", None))  # nothing that configurations can make
    with pytest.raises(UnreadableDocument, match=r"makes its parser fail \(AttributeError\)"):
        parse_apart("herons.txt", Expanded(b"Herons."), site=site)
    assert parse_apart("herons.md", Expanded(HERONS)).title == "Herons"


def test_another_limit_is_worth_another_try() -> None:
    assert LITTLE_TIME.confirm(LITTLE_TIME.too_long)
    assert not DEFAULT_LIMITS.confirm(LITTLE_TIME.too_long)
    assert not DEFAULT_LIMITS.confirm(LITTLE_MEMORY.deadly)
    assert DEFAULT_LIMITS.confirm(DEFAULT_LIMITS.too_large)
    assert DEFAULT_LIMITS.confirm("is empty")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds the process in /proc")
def test_a_process_that_was_killed_between_two_files_is_replaced() -> None:
    def children() -> set[int]:
        tasks = Path("/proc/self/task").iterdir()
        return {int(child) for task in tasks for child in (task / "children").read_text().split()}

    parse_apart("herons.md", Expanded(HERONS))
    [parser] = [child for child in children() if b"isolated.worker" in Path(f"/proc/{child}/cmdline").read_bytes()]
    os.kill(parser, signal.SIGKILL)
    assert parse_apart("herons.md", Expanded(HERONS)).title == "Herons"
    assert parser not in children()


def test_messages_of_any_size_arrive_and_a_closed_pipe_is_noticed() -> None:
    reading, writing = os.pipe()
    send(writing, {"herons": list(range(1000))})
    assert receive(reading, deadline=0.0) == {"herons": list(range(1000))}
    with pytest.raises(TimeoutError):
        receive(reading, deadline=0.0)
    os.close(writing)
    with pytest.raises(EOFError):
        receive(reading, deadline=0.0)
    os.close(reading)
