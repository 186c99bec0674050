"""Links inside documents lead to published pages, or nowhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering.composing.links import address_of_link
from index.types import Mark
from tests.bot.answering.composing.documents import markdown

PAGE = "https://docs.example/manual/guide/install/"
SOURCE = "https://git.example/blob/main/guide/install.md"


@pytest.mark.parametrize(
    ("url", "target", "address"),
    [
        (PAGE, "upgrade.md", "https://docs.example/manual/guide/renamed/"),
        (PAGE, "./upgrade.md#from-v1", "https://docs.example/manual/guide/renamed/#from-v1"),
        (PAGE, "../a%20b.md", "https://docs.example/manual/a-b/"),
        (PAGE, "unpublished.md", None),
        (PAGE, "missing.md", None),
        (PAGE, "/guide/missing.md#x", None),
        (PAGE, "../../../out.md", None),
        (PAGE, "#part", f"{PAGE}#part"),
        (PAGE, "../upgrade/", "https://docs.example/manual/guide/upgrade/"),
        (PAGE, "/start", "https://docs.example/start"),
        (PAGE, "guide/upgrade/", "https://docs.example/manual/guide/renamed/"),
        (PAGE, "/faq/#why", "https://docs.example/manual/faq/#why"),
        (PAGE, "https://hub.example/a.md", "https://hub.example/a.md"),
        (PAGE, "mailto:help@docs.example", None),
        (SOURCE, "upgrade.md", "https://docs.example/manual/guide/renamed/"),
        (SOURCE, "other.md", "https://git.example/blob/main/guide/other.md"),
        (SOURCE, "/start", None),
        (SOURCE, "#part", f"{SOURCE}#part"),
    ],
)
def test_addresses_of_links(url: str, target: str, address: str | None) -> None:
    document = replace(markdown("Words.\n", name="guide/install.md"), url=url, site="a site")
    addresses = {
        "guide/upgrade.md": "https://docs.example/manual/guide/renamed/",
        "faq/index.md": "https://docs.example/manual/faq/",
        "a b.md": "https://docs.example/manual/a-b/",
        "guide/unpublished.md": None,
    }
    assert address_of_link(document, Mark("link", 0, 5, target), lambda _: addresses) == address
