"""The content of one message in Discord, and lists over several messages. Pure; `sending/messages.py` makes embeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bot.discord.text.splitting import length, packed

# Limits of Discord, in UTF-16 code units.
LONGEST_CONTENT = 2000
LONGEST_TITLE = 256
LONGEST_DESCRIPTION = 4096
MOST_FIELDS = 25
LONGEST_NAME = 256
LONGEST_VALUE = 1024
LONGEST_FOOTER = 2048
LARGEST_EMBED = 6000


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an embed, rendered: `name` of 1 to 256, `value` of 1 to 1024 code units."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """One rendered message: `content` of up to 2000 code units, and an embed of all the rest.

    The embed has a `title` of up to 256, a `description` of up to 4096, a `footer` of up to 2048 and up to 25 `fields`,
    together up to 6000 code units. Footers have no Markdown, and never contain text of documents or people.
    """

    content: str = ""
    title: str = ""
    description: str = ""
    fields: tuple[Field, ...] = ()
    footer: str = ""

    @property
    def has_embed(self) -> bool:
        """True if there is more than `content`."""
        return bool(self.title or self.description or self.fields or self.footer)

    @property
    def embed_length(self) -> int:
        """Return the length that counts towards the limit of 6000."""
        texts = [self.title, self.description, self.footer]
        return sum(map(length, texts)) + sum(length(field.name) + length(field.value) for field in self.fields)


def list_pages(title: str, head: str, units: Sequence[str], most: int, *, separator: str = "\n") -> list[Page]:
    """Return a list below `head` with at most `most` units a page, on at least one page.

    `head` and `title` must come from Footnote itself.
    """
    texts: list[str] = []
    rest = iter(units)
    while together := list(islice(rest, most)):
        first = [("", head)] if not texts else []
        texts += packed([*first, *_separated(together, separator)], LONGEST_DESCRIPTION)
    pages = [Page(title=title, description=text) for text in texts or [head]]
    if len(pages) == 1:
        return pages
    return [replace(page, footer=f"page {number} of {len(pages)}") for number, page in enumerate(pages, 1)]


def _separated(units: Iterable[str], separator: str) -> Iterable[tuple[str, str]]:
    """Yield the units of a page with their separators; the first is set off from what may be above."""
    for number, unit in enumerate(units):
        yield separator if number else "\n\n", unit
