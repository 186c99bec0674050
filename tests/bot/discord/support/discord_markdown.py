"""A small model of how Discord renders Markdown, written independently of the code that it checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

# In the order in which they are tried. `inner` is parsed again, `shown` is shown as it is.
INLINE = [
    ("escape", re.compile(r"\\(?P<shown>[^0-9A-Za-z\s])")),
    ("fence", re.compile(r"```(?:[\w+.#-]*\n)?(?P<shown>[\s\S]*?)```")),
    ("code", re.compile(r"(?P<ticks>`+)(?P<shown>[\s\S]*?[^`])(?P=ticks)(?!`)")),
    ("address", re.compile(r"<(?:https?://[^ >]+)>|(?:https?|steam|discord)://[^\s<]+[^<.,:;\"')\]\s]")),
    (
        "link",
        re.compile(
            r"\[(?P<inner>(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]"
            r"\(\s*<?(?P<url>(?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['\"][\s\S]*?['\"])?\s*\)"
        ),
    ),
    ("mention", re.compile(r"<@[!&]?\d+>|<#\d+>|</[^:<>]+:\d+>|<a?:\w+:\d+>|<id:[\w-]+>|@everyone|@here")),
    ("moment", re.compile(r"<t:-?\d+(?::[tTdDfFR])?>")),
    ("bold", re.compile(r"\*\*(?P<inner>(?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")),
    ("underlined", re.compile(r"__(?P<inner>(?:\\[\s\S]|[^\\])+?)__(?!_)")),
    ("italic", re.compile(r"\b_(?P<inner>(?:__|\\[\s\S]|[^\\_])+?)_\b")),
    (
        "italic",
        re.compile(r"\*(?=\S)(?P<inner>(?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)"),
    ),
    ("struck", re.compile(r"~~(?P<inner>[\s\S]+?)~~(?!_)")),
    ("spoiler", re.compile(r"\|\|(?P<inner>[\s\S]+?)\|\|")),
    ("emoji", re.compile(r":[\w+-]*[A-Za-z][\w+-]*:")),  # an unknown name is shown as it is
]
AT_LINE_START = [
    ("heading", re.compile(r" *#{1,3} +")),
    ("small", re.compile(r"-# +")),
    ("quote", re.compile(r" *>(?:>>)? +")),
    ("list", re.compile(r" *(?:[-*+]|\d+\.) +")),
]
PLAIN = re.compile(r"[^\\`<hsd\[@*_~|:]*")
# Found by Discord's server in the raw text, where backslashes don't count.
RAW = re.compile(
    r"<@[!&]?\d+>|@everyone|@here|(?:discord\.gg|discord(?:app)?\.com/invite|discord\.gift)/", re.IGNORECASE
)


@dataclass(frozen=True)
class Part:
    """A part of a message: "text" or the name of a rule, its visible text, its parts, and the URL of a link."""

    kind: str
    shown: str
    parts: tuple[Part, ...] = ()
    url: str = ""


@lru_cache(maxsize=8)  # a message is asked for its rules, links, code and bold text, one after the other
def read(message: str) -> tuple[Part, ...]:
    """Return the parts of a message."""
    return tuple(_blocks(message))


def shown(message: str) -> str:
    """Return the visible text of a message."""
    return "".join(part.shown for part in read(message))


def rules(message: str) -> set[str]:
    """Return the rules that apply anywhere in a message, except plain text and escapes."""
    return {part.kind for part in _all(read(message))} - {"text", "escape"}


def links(message: str) -> list[str]:
    """Return the URLs of a message's links."""
    return [part.url for part in _all(read(message)) if part.kind == "link"]


def code(message: str) -> list[str]:
    """Return the texts that are shown as code, in blocks and in sentences."""
    return [part.shown for part in _all(read(message)) if part.kind in ("fence", "code")]


def in_bold(message: str) -> list[str]:
    """Return the texts that are shown in bold."""
    return [part.shown for part in _all(read(message)) if part.kind == "bold"]


def _all(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        yield from _all(part.parts)


def _blocks(message: str) -> Iterator[Part]:
    """Yield the parts line by line; only code blocks extend over several lines."""
    place = 0
    for fence in re.finditer(r"(?<!\\)```[\s\S]*?```", message):
        yield from _lines(message[place : fence.start()])
        yield from _inline(fence.group())
        place = fence.end()
    yield from _lines(message[place:])


def _lines(message: str) -> Iterator[Part]:
    for line in message.splitlines(keepends=True):
        place = 0
        while match := next((m for _, pattern in AT_LINE_START if (m := pattern.match(line, place))), None):
            yield Part(next(kind for kind, pattern in AT_LINE_START if pattern.match(line, place)), "")
            place = match.end()
        yield from _inline(line[place:])


def _inline(text: str) -> Iterator[Part]:
    place = 0
    while place < len(text):
        plain = PLAIN.match(text, place)
        if plain is not None and plain.end() > place:
            yield Part("text", plain.group())
            place = plain.end()
            continue
        kind, match = next(((kind, m) for kind, rule in INLINE if (m := rule.match(text, place))), ("text", None))
        if match is None:
            yield Part("text", text[place])
            place += 1
            continue
        found = match.groupdict()
        inner = tuple(_inline(found["inner"])) if found.get("inner") else ()
        seen = "".join(part.shown for part in inner) if inner else found.get("shown") or match.group()
        yield Part(kind, seen, inner, (found.get("url") or "").rstrip(">"))
        place = match.end()
