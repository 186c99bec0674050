"""The day a document says it is from, and the document that replaces it."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import docx
import pytest
from fpdf import FPDF

from index.parsing.parse import parse_bytes


@pytest.mark.parametrize(
    ("name", "source", "date"),
    [
        ("a.md", "---\ndate: 2024-05-01\n---\nwords", "2024-05-01"),
        ("a.md", "---\ndate: 2020-05-01\nupdated: 2024-06-02T10:00:00Z\n---\nwords", "2024-06-02"),
        ("a.md", "---\ndate: May 3rd, 2024\n---\nwords", "2024-05-03"),
        ("a.md", "---\ndate: 2024\n---\nwords", "2024"),
        ("a.md", "---\ndate: soon\n---\nwords", None),
        ("a.md", "+++\ntitle = 'T'\ndate = 2024-05-01\n+++\nwords", "2024-05-01"),
        ("minutes-2023-01-01.md", "---\ndate: 2024-05-01\n---\nwords", "2024-05-01"),
        ("minutes/2025-03-minutes.md", "words", "2025-03"),
        ("2025_03_04 minutes.txt", "words", "2025-03-04"),
        ("20250304.txt", "words", "2025-03-04"),
        ("refund-policy_2024.txt", "words", "2024"),
        ("a2024.txt", "words", "2024"),
        ("call 0712 2045550142.txt", "words", None),
        ("a.md", "# Minutes of 3 May 2023\n\nwords", "2023-05-03"),
        ("a.md", "# Minutes\n\nLast updated: June 1, 2024\n\nwords", "2024-06-01"),
        ("a.txt", "Minutes of the board\n12 March 2025\n\nwords", "2025-03-12"),
        ("a.txt", "The treaty was signed on 3 May 1990 in a railway carriage near the old harbour of the town.", None),
        ("a.md", "# Notes of May\n\nwords of 2024", None),
        ("a.html", '<meta property="article:published_time" content="2024-05-01T08:00"><p>words</p>', "2024-05-01"),
        ("a.adoc", "= Title\n:revdate: 2024-05-01\n\nwords", "2024-05-01"),
    ],
)
def test_the_date_of_a_document(name: str, source: str, date: str | None) -> None:
    assert parse_bytes(name, source.encode()).date == date


def test_the_date_in_the_properties_of_a_word_document_and_a_pdf() -> None:
    word = docx.Document()
    word.add_paragraph("words")
    stream = BytesIO()
    word.save(stream)
    assert parse_bytes("a.docx", stream.getvalue()).date is None
    word.core_properties.modified = datetime(2024, 5, 1)  # noqa: DTZ001 - python-docx wants it without a zone
    stream = BytesIO()
    word.save(stream)
    assert parse_bytes("a.docx", stream.getvalue()).date == "2024-05-01"
    pdf = FPDF()
    pdf.set_creation_date(datetime(2024, 5, 1))  # noqa: DTZ001
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.cell(0, 6, "words")
    assert parse_bytes("a.pdf", bytes(pdf.output())).date == "2024-05-01"


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("new.md", "policies/new.md"),
        ("../terms/new.md#top", "terms/new.md"),
        ("/terms/new.md", "terms/new.md"),
        ("../../outside.md", None),
        ("https://x.example/new", None),
        ("''", None),
    ],
)
def test_the_document_that_replaces_another(written: str, path: str | None) -> None:
    document = parse_bytes("policies/old.md", f"---\nsuperseded_by: {written}\n---\nwords".encode())
    assert document.superseded_by == path


def test_front_matter_in_json() -> None:
    document = parse_bytes("a.md", b'{\n  "title": "Herons",\n  "date": "2024-05-01"\n}\n\nThey stand.\n')
    assert (document.title, document.date, document.text) == ("Herons", "2024-05-01", "They stand.")
    assert document.line_at(0) == 6
    assert parse_bytes("a.md", b'{"a": 1} is an object.\n').text == '{"a": 1} is an object.'
