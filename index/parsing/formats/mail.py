"""Mails (.eml) and mailboxes (.mbox) → a heading for each subject, sender and date, the text, quotes as quotes."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from itertools import groupby

from index.errors import UnreadableDocument
from index.parsing.html.pages import page_of, write_page
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean, one_line
from index.parsing.text.decoding import decode
from index.parsing.text.inline import InlineText
from index.parsing.text.layout import write_by_layout
from index.parsing.text.writer import BlockWriter

_FIRST_LINE = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From [^\n]*\n")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_QUOTED = re.compile(r"(?:>[ \t]?)+")
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)


def parse_eml(data: bytes) -> Parsed:
    """Parse a mail. Attachments are left out."""
    return _parsed([data])


def parse_mbox(data: bytes) -> Parsed:
    """Parse a mailbox: its mails in the order of the file."""
    starts = [(found.start(), found.end()) for found in _FIRST_LINE.finditer(data)]
    ends = [start for start, _ in starts[1:]] + [len(data)]
    mails = [_ESCAPED.sub(rb"\1", data[start:end]) for (_, start), end in zip(starts, ends, strict=True)]
    return _parsed(mails or [data])


def _parsed(mails: list[bytes]) -> Parsed:
    builder = TextBuilder()
    writer = BlockWriter(builder)
    date = title = ""
    for mail in mails:
        message = message_from_bytes(mail, policy=policy.default)
        title = _header(message, "subject")
        date = _date(message) or date
        _write(writer, message, title)
    parsed = builder.build(title=title if len(mails) == 1 else None)
    return replace(parsed, date=date[:10] or None)


def _write(writer: BlockWriter, message: EmailMessage, subject: str) -> None:
    writer.heading(1, _inline(subject or "(no subject)"))
    facts = (("From", _people(message, "from")), ("To", _people(message, "to")), ("Date", _date(message)))
    writer.paragraph(_inline("; ".join(f"{name}: {value}" for name, value in facts if value)))
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return
    content = body.get_payload(decode=True)
    if not isinstance(content, bytes) or not content.strip():
        return
    is_html = body.get_content_subtype() == "html"
    named = _CHARSET.search(content[:4096]) if is_html else None
    try:
        text = clean(decode(content, body.get_content_charset() or (named[1].decode() if named else None)))
    except UnreadableDocument:  # the other mails of the mailbox can be read
        return
    if not is_html:
        _write_text(writer, text, flows=str(body.get_param("format", "")).lower() == "flowed")
    elif (page := page_of(text)) is not None:
        write_page(writer, page)


def _write_text(writer: BlockWriter, text: str, *, flows: bool) -> None:
    """Write a plain text; lines that answer others quote them. If it `flows`, a space at the end joins two lines."""
    lines = [(bool(found), line[found.end() if found else 0 :]) for line in text.split("\n") for found in [_mark(line)]]
    for is_quoted, group in groupby(lines, key=lambda line: line[0]):
        part = "\n".join(line for _, line in group)
        if flows:
            part = re.sub(r"(?<!^--) \n(?=\S)", " ", part, flags=re.MULTILINE)
        if not part.strip():
            continue
        writer.builder.separate()
        if is_quoted:
            with writer.builder.block("quote"):
                write_by_layout(writer.builder, part.strip("\n"))
        else:
            write_by_layout(writer.builder, part.strip("\n"))


def _mark(line: str) -> re.Match[str] | None:
    """The signs that a quoted line begins with."""
    return _QUOTED.match(line)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return one_line(str(message.get(name, "")))
    except Exception:  # noqa: BLE001 - the library raises many kinds on broken headers
        return ""


def _people(message: EmailMessage, name: str) -> str:
    """Return the names of people, the addresses of those without one."""
    return ", ".join(
        person or address for person, address in getaddresses([_header(message, name)]) if person or address
    )


def _date(message: EmailMessage) -> str:
    """Return the day and the time at the sender's place, as 2024-05-01 14:30; empty if there is none."""
    try:
        return parsedate_to_datetime(_header(message, "date")).strftime("%Y-%m-%d %H:%M")
    except (ValueError, IndexError, TypeError, OverflowError):
        return ""


def _inline(text: str) -> InlineText:
    inline = InlineText()
    inline.add(text)
    return inline
