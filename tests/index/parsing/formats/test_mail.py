"""Mails and mailboxes, written by Python's own library."""

from __future__ import annotations

from base64 import b64encode
from email.message import EmailMessage

import pytest

from index.parsing.parse import parse_bytes
from index.types import Document

TEXT = """\
Dear all,

we meet on
Friday. Bring

- a pen
- paper

On Monday, Bob wrote:
> When do we meet?
>> And where?

Ada
"""


def mail(
    subject: str, *, text: str = "", html: str = "", date: str = "Wed, 01 May 2024 14:30:00 +0200"
) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Ada Lovelace <ada@example.org>"
    message["To"] = '"Board, the" <board@example.org>, bob@example.org'
    message["Date"] = date
    if text:
        message.set_content(text)
    if html and text:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    return message


def blocks(document: Document) -> list[tuple[int, str, str]]:
    return [(one.depth, one.kind, document.text[one.start : one.end]) for one in document.blocks]


def test_a_mail_with_a_quoted_question() -> None:
    document = parse_bytes("a.eml", mail("Übung am Freitag", text=TEXT, html="<p>not read</p>").as_bytes())
    assert (document.title, document.date, document.format) == ("Übung am Freitag", "2024-05-01", "eml")
    assert blocks(document) == [
        (0, "heading", "Übung am Freitag"),
        (0, "paragraph", "From: Ada Lovelace; To: Board, the, bob@example.org; Date: 2024-05-01 14:30"),
        (0, "paragraph", "Dear all,"),
        (0, "paragraph", "we meet on\nFriday. Bring"),
        (0, "list", "- a pen\n- paper"),
        (1, "item", "- a pen"),
        (2, "paragraph", "a pen"),
        (1, "item", "- paper"),
        (2, "paragraph", "paper"),
        (0, "paragraph", "On Monday, Bob wrote:"),
        (0, "quote", "When do we meet?\nAnd where?"),
        (1, "paragraph", "When do we meet?\nAnd where?"),
        (0, "paragraph", "Ada"),
    ]


def test_a_mail_in_html_without_its_attachment() -> None:
    message = mail("Menu", html="<html><body><p>We <b>eat</b> soup.</p><ul><li>Leek</li></ul></body></html>")
    message.add_attachment(b"%PDF-1.7 words", maintype="application", subtype="pdf", filename="menu.pdf")
    document = parse_bytes("a.eml", message.as_bytes())
    assert document.text.endswith("Date: 2024-05-01 14:30\n\nWe eat soup.\n\n- Leek")


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "koi8-r"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_encodings(charset: str, encoding: str) -> None:
    text = "Привет, мир, привет" if charset == "koi8-r" else "Größe: 3 mètres"
    message = mail("x")
    message.set_content(text, charset=charset, cte=encoding)
    assert parse_bytes("a.eml", message.as_bytes()).text.endswith(text)


def test_lines_that_flow_are_joined() -> None:
    data = b"Subject: x\nContent-Type: text/plain; format=flowed\n\nOne long \nline.\n\n-- \nAda\n"
    assert parse_bytes("a.eml", data).text == "x\n\nOne long line.\n\n-- \nAda"


def test_the_mails_of_a_mailbox() -> None:
    first, second = mail("First", text="Words\n\n>From here on\n"), mail("Second", text="More", date="no date")
    data = b"".join(b"From ada Wed May  1 14:30:00 2024\n" + one.as_bytes() + b"\n" for one in (first, second))
    document = parse_bytes("box.mbox", data)
    assert [heading.text for heading in document.headings] == ["First", "Second"]
    assert "Words\n\nFrom here on" in document.text
    assert document.text.endswith("To: Board, the, bob@example.org\n\nMore")
    assert (document.title, document.date) == ("box", "2024-05-01")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"just words\n", "(no subject)\n\njust words"),
        (b"Subject: =?utf-8?q?=FF?=\nDate: x\nFrom: <\n\nwords", "\ufffd\n\nwords"),
        (b"Subject: x\nContent-Type: text/plain; charset=unknown\n\nwords", "x\n\nwords"),
        (b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n", "x"),
        (b"Subject: x\nContent-Type: text/html\n\n<>", "x\n\n<>"),
        (b"Subject: x\nContent-Type: text/html\n\n<!-- words -->", "x"),
        (b"Subject: x\nContent-Transfer-Encoding: base64\n\n" + b64encode(bytes(range(256))), "x"),
    ],
)
def test_broken_mails(data: bytes, text: str) -> None:
    assert parse_bytes("a.eml", data).text == text
