"""Write a chat: a heading a day, a paragraph a message, and answers as a list below the message that they answer."""

from __future__ import annotations

import re
from collections import defaultdict

from index.parsing.formats.data.chats import Chat, Message
from index.parsing.markdown.tokens import markdown_tokens
from index.parsing.markdown.walk import MarkdownWalk
from index.parsing.text.cleaning import clean, one_line
from index.parsing.text.inline import InlineText
from index.parsing.text.writer import BlockWriter

_FENCE = re.compile(r"(```.*?(?:```|\Z))", re.DOTALL)
_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")
_HEADING = re.compile(r"^(\s{0,3})(?=#{1,6}\s|=+\s*$|-+\s*$)", re.MULTILINE)
_BEGINS_BLOCK = re.compile(r"\s*(?:```|>|[-*+] |\d{1,3}[.)] )")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~!&])")


def write_chat(writer: BlockWriter, chat: Chat) -> None:
    """Write the messages of a chat; those without words, such as pictures, are left out."""
    written = [message for message in chat.messages if any(map(str.isalnum, message.text))]
    messages = {message.id: message for message in written if message.id}
    answers: defaultdict[int, list[Message]] = defaultdict(list)  # by the message at the top
    tops: list[Message] = []
    known: dict[str, Message] = {}
    for message in written:
        top = _top(message, messages, known)
        (tops if top is message else answers[id(top)]).append(message)
    day = ""
    for message in tops:
        if message.day != day:
            day = message.day
            heading = InlineText()
            heading.add(one_line(day))
            writer.heading(2, heading)
        _write_message(writer, message, message.time)
        if id(message) not in answers:
            continue
        writer.open_list(None)
        for answer in answers[id(message)]:
            when = answer.time if answer.day == day else f"{answer.day} {answer.time}"
            to = messages[answer.answers]
            writer.open_item()
            _write_message(writer, answer, when if to is message else f"{when}, to {to.author}")
            writer.close_item()
        writer.close_list()


def _top(message: Message, messages: dict[str, Message], known: dict[str, Message]) -> Message:
    """Return the message at the top of those that a message answers; itself where they answer each other.

    `known` holds the results for the messages before.
    """
    top, passed = message, {message.id}
    while top.answers in messages:
        if top.answers in passed:
            top = message
            break
        if top.answers in known:
            top = known[top.answers]
            break
        top = messages[top.answers]
        passed.add(top.id)
    known[message.id] = top
    return top


def _write_message(writer: BlockWriter, message: Message, when: str) -> None:
    author = _SPECIAL.sub(r"\\\1", one_line(message.author))
    label = f"{author} ({one_line(when)}):" if when else f"{author}:"
    text = clean(message.text).strip()
    parts = _FENCE.split(text)  # every other part is code; the ends of other lines are meant
    text = "".join(part if number % 2 else _as_shown(part) for number, part in enumerate(parts))
    gap = "\n\n" if _BEGINS_BLOCK.match(text) else " "
    MarkdownWalk(writer, first_line=1).walk(markdown_tokens(f"{label}{gap}{text}", is_jsx=False))


def _as_shown(text: str) -> str:
    """Return Markdown whose line ends stay, and whose headings are lines: the messages below do not belong to them."""
    return _LINE_END.sub("  \n", _HEADING.sub(r"\1\\", text))
