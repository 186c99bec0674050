"""The parts of a footnote in Discord: its number, its title, its place, its quote. Pure.

Numbers are bold, and links if the document has an address: `**[1]**`, `**[[1]](<https://…>)**`. Text of a document
can't look like that, because everything that would make it bold or a link is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.discord.text.markdown import bold, link
from bot.discord.text.splitting import SHORTEST_LIMIT, cut, excerpt, length
from bot.types import Citation
from bot.wording import place_of, plain

LONGEST_SHOWN_TITLE = 150
LONGEST_PLACE = 300
LINK_TEXT = "open"
UNTITLED = "untitled"  # a document whose title and path have no visible character


def markers(numbers: Mapping[int, str | None]) -> str:
    """Return the numbers of footnotes, each linked to its document's address, if any; empty for none.

    All are in one bold span: two adjacent spans would show their asterisks.
    """
    return bold("".join(link(f"[{number}]", url) for number, url in numbers.items()))


def name_of(title: str, path: str, limit: int) -> str:
    """Return a document's title, or its path if the title has no visible character."""
    return excerpt(title, limit) or excerpt(path, limit) or UNTITLED


def title_of(citation: Citation) -> str:
    """Return the title of the document that is cited."""
    return name_of(citation.title, citation.document, LONGEST_SHOWN_TITLE)


def place(citation: Citation) -> str:
    """Return the place of a citation: file, heading, page or line, without the title."""
    where = _place_of(citation).removeprefix(f"{plain(citation.title)}, ")
    return excerpt(where, LONGEST_PLACE) or UNTITLED


def titled_place(citation: Citation) -> str:
    """Return the place of a citation, with the document's title unless the file name says the same."""
    return excerpt(_place_of(citation), LONGEST_PLACE) or UNTITLED


def quotation(text: str, limit: int) -> str:
    """Return words of a document in quotation marks; empty if there is no room, or nothing visible."""
    shown = excerpt(text, limit - 2) if limit >= SHORTEST_LIMIT + 4 else ""
    return f"“{shown}”" if shown else ""


def footnote_lines(citation: Citation, quote: str, longest_quote: int, limit: int) -> str:
    """Return place, quote and link, a line each, within `limit` (at least 140).

    If there is too little room, the quote is shortened first, then the link is left out.
    """
    where = cut(place(citation), limit // 2)
    linked = link(LINK_TEXT, citation.url)
    if linked == LINK_TEXT or length(where) + 1 + length(linked) > limit:
        linked = ""
    room = limit - length(where) - length(linked) - 2
    return "\n".join(line for line in (where, quotation(quote, min(longest_quote, room)), linked) if line)


def _place_of(citation: Citation) -> str:
    return place_of(
        citation.document, citation.title, citation.page, citation.heading, citation.line, date=citation.date
    )
