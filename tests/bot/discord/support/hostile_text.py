"""Documents that try to make the bot ping, impersonate or crash; the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from bot.types import Citation, Source

MENTIONS = "<@1> <@!23> <@&4> <#5> </ask:6> <:e:7> <a:e:8> <t:9:R> <id:home> @everyone @here @EVERYONE".split()
ADDRESSES = (
    "https://evil.example/a_b*c* http://x.y discord.gg/abc https://discord.com/invite/abc steam://run "
    "<https://evil.example> [click](https://evil.example) [1](<https://evil.example>) [https://good.example](https://evil.example)"
).split()
MARKDOWN = (
    "*a* **b** __c__ _d_ ~~e~~ ||spoiler|| `f` ``g`` ```py h``` ``` *** ___ | || ~~ \\ \\\\ \\* [ ] ( ) < > # ## ### "
    "- -# + * > >>> 1. 2. [1] [2] **[1]** [[1]](<https://evil.example>) :smile: ¯\\_(ツ)_/¯ -#[1] #heading"
).split()
LINES = [
    "\n# heading\n",
    "\n> quote\n",
    "\n>>> quote\n",
    "\n- item\n",
    "\n1. item\n",
    "\n-# small\n",
    "\n```\ncode\n```\n",
    "\n```\n",
]
UNSEEN = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u202e",
    "\u2066",
    "\u2069",
    "\ufeff",
    "\u00ad",
    "\x00",
    "\x1b[31m",
    "\U000e0041",
    "\u2028",
    "\x85",
]
SCRIPTS = [
    "שלום",
    "مرحبا",
    "می\u200cخواهم",
    "鷺は片足で立つ。",
    "क्\u200dष",
    "👨\u200d👩\u200d👧",
    "🏳️\u200d🌈",
    "🇩🇪",
    "Z" + "\u0301" * 30,
    "é",
    "ﬁ",
    "\ud800",
    "\udfff",
]
WORDS = "the heron wades in 1999. ponds and fishes at dawn (it said). “No” he “said. Why? e.g. §5 a_b x*y".split()
KINDS = (MENTIONS, ADDRESSES, MARKDOWN, LINES, UNSEEN, SCRIPTS, WORDS, WORDS)
URLS = (
    "https://example.org/a_b?c=d#e",
    "https://example.org/)**<@1>",
    "javascript:alert(1)",
    "https://a@evil.example",
    None,
    None,
)


@dataclass(frozen=True)
class HostileDocument:
    """A document that consists of hostile words."""

    path: str
    title: str
    heading: str
    text: str
    url: str | None


def hostile_text(chance: random.Random, words: int) -> str:
    """Return about so many words, some without spaces between them, now and then a huge one."""
    said = []
    for _ in range(words):
        said.append(chance.choice(chance.choice(KINDS)))
        said.append(chance.choice(("", " ", " ", " ", "\n")))
    if chance.random() < 0.02:
        said.insert(
            chance.randrange(len(said)),
            chance.choice(("w", "*", "💡", "@", "`", "“", "[")) * chance.randrange(300, 5000),
        )
    return "".join(said)


def hostile_document(chance: random.Random) -> HostileDocument:
    """Return a document of a few sentences; now and then its names are as long as its text."""
    long = 40 if chance.random() < 0.02 else 3
    return HostileDocument(
        path=f"{hostile_text(chance, long)}/{hostile_text(chance, 1)}",
        title=hostile_text(chance, long),
        heading=hostile_text(chance, long),
        text=hostile_text(chance, 14),
        url=chance.choice(URLS),
    )


def source_from(number: int, document: HostileDocument, chance: random.Random) -> Source:
    """Return words in the middle of a document as a source."""
    start, end = sorted(chance.sample(range(len(document.text) + 1), 2))
    citation = Citation(
        number=number,
        document=document.path,
        title=document.title,
        url=document.url,
        page=chance.choice((None, number)),
        heading=document.heading,
        line=chance.choice((None, number)),
        start=start,
        end=end,
        quote=document.text[start:end],
        score=chance.random(),
    )
    before, after = document.text[:start], document.text[end:]
    return Source(citation, before, after, chance.random() < 0.5, chance.random() < 0.5, "0" * 64)
