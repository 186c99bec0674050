"""What was written onto the page of a PDF."""

from __future__ import annotations

from index.parsing.parse import parse_bytes


def page(*annotations: bytes, contents: bytes) -> bytes:
    """Return a PDF of one page with this content and these annotations, the first of which is object 6."""
    places = b" ".join(b"%d 0 R" % number for number in range(6, 6 + len(annotations)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [" + places + b"] >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Contents 4 0 R /Annots [" + places + b"]"
        b" /Resources << /Font << /A 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(contents), contents),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *annotations,
    ]
    written = b"%PDF-1.7\n"
    for number, one in enumerate(objects, 1):
        written += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    return written + b"trailer\n<< /Size %d /Root 1 0 R >>\n%%%%EOF\n" % (len(objects) + 1)


def field(place: bytes, value: bytes, more: bytes = b"") -> bytes:
    return b"<< /Type /Annot /Subtype /Widget /FT /Tx /Rect [" + place + b"] /T (f) /V " + value + more + b" >>"


FORM = (
    b"BT /A 11 Tf 40 350 Td (Name:) Tj ET BT /A 11 Tf 40 320 Td (Boat:) Tj ET "
    b"BT /A 11 Tf 40 280 Td (Hand this in at the kiosk before noon.) Tj ET"
)


def test_values_of_a_form_stand_behind_their_labels() -> None:
    data = page(
        field(b"80 345 200 360", b"(Ada Falk)"),
        field(b"80 315 200 330", b"<FEFF004300610073006300e9>"),
        field(b"80 290 95 300", b"/Yes"),
        field(b"80 260 200 270", b"(secret)", b" /F 2"),
        contents=FORM,
    )
    text = parse_bytes("form.pdf", data).text
    assert " ".join(text.split()) == "Name: Ada Falk Boat: Cascé Hand this in at the kiosk before noon."


def test_free_text_is_read_where_it_stands() -> None:
    note = b"<< /Type /Annot /Subtype /FreeText /Rect [40 300 300 312] /Contents (Only two are left.) >>"
    popup = b"<< /Type /Annot /Subtype /Text /Rect [300 300 320 320] /Contents (A comment that is folded away.) >>"
    text = parse_bytes("form.pdf", page(note, popup, contents=FORM)).text
    assert text.index("Boat:") < text.index("Only two are left.") < text.index("Hand this in")
    assert "folded" not in text


def test_a_page_that_holds_nothing_but_a_form_is_no_scan() -> None:
    assert parse_bytes("form.pdf", page(field(b"80 345 200 360", b"(Ada Falk)"), contents=b"")).text == "Ada Falk"
