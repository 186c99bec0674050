"""What one message of Discord holds, and how long lists become several. Pure; `messages.py` makes embeds of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bot.discord.text.splitting import length, packed

# What Discord takes, in UTF-16 code units.
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
    """A field of an embed, rendered: `name` of 1 to 256, `value` of 1 to 1024."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """One message, rendered, within Discord's limits: `content` of up to 2000, and an embed of all the rest.

    Of that, `title` is up to 256, `description` up to 4096, `footer` up to 2048, all together up to 6000, with up to 25
    `fields`. There is no Markdown in footers: they are plain text, and only ever ours.
    """

    content: str = ""
    title: str = ""
    description: str = ""
    fields: tuple[Field, ...] = ()
    footer: str = ""

    @property
    def has_embed(self) -> bool:
        """Whether there is more than `content`."""
        return bool(self.title or self.description or self.fields or self.footer)

    @property
    def embed_length(self) -> int:
        """What counts towards the 6000."""
        texts = [self.title, self.description, self.footer]
        return sum(map(length, texts)) + sum(length(field.name) + length(field.value) for field in self.fields)


def list_pages(title: str, head: str, units: Sequence[str], most: int, separator: str = "\n") -> list[Page]:
    """A list with `head` above it, at most `most` units a page; at least one page. `head` and `title` must be ours."""
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
    """The units of a page, the first of them set off from what may be above."""
    for number, unit in enumerate(units):
        yield separator if number else "\n\n", unit
