"""Citations link to the heading on the published page: on the command line and in Discord."""

from __future__ import annotations

import json
from pathlib import Path

from bot import load_settings, opened
from bot.config.prompts import load_prompts
from bot.discord.pages.answer import answer_pages
from bot.journal.entries import answer_question
from bot.types import Question
from tests.support.command import Footnote

FILES = {
    "acme/mkdocs.yml": "site_name: Acme\nsite_url: https://acme.example/docs/\n",
    "acme/docs/kilns/firing.md": """\
# Firing

Everything about firing a kiln.

## How hot does it get?

The kiln reaches 1280 degrees Celsius after nine hours. See [how it cools](../cooling.md#in-winter), and
[what it is made of](bricks.md).

## How hot does it get? {#glaze}

The glaze melts at 1230 degrees Celsius.
""",
    "acme/docs/cooling.md": "# Cooling\n\nIt cools for two days.\n\n## In winter\n\nOpen no door on the first day.\n",
}
QUESTION = "How hot does the kiln get?"
ADDRESS = "https://acme.example/docs/kilns/firing/#how-hot-does-it-get"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / "seeds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_a_citation_links_to_its_heading(footnote: Footnote, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert footnote("index").code == 0
    found = json.loads(footnote("ask", "--json", QUESTION).output)
    [citation] = found["citations"]
    assert citation["url"] == ADDRESS
    assert [link["url"] for block in found["blocks"] for link in block["links"]] == [
        "https://acme.example/docs/cooling/#in-winter"
    ]
    assert ADDRESS in footnote("ask", QUESTION).output

    with opened(load_settings()) as parts:
        entry = answer_question(Question(QUESTION, 1, 2, 3, "command"), parts.engine, parts.index, folders=None)
    shown = "\n".join(page.content for page in answer_pages(entry, load_prompts(None), embeds=False))
    assert f"[[1]](<{ADDRESS}>)" in shown


def test_a_wrong_footnote_toml_is_reported_and_stops_nothing(footnote: Footnote, tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "acme/footnote.toml": '[site]\nurl = "acme.example"\n'})
    indexed = footnote("index")
    assert indexed.code == 0
    words = " ".join(indexed.output.split())
    assert (
        "unreadable: acme/footnote.toml gives url = 'acme.example', which must be an address that begins with" in words
    )
    assert json.loads(footnote("status", "--json").output)["unreadable"][0]["document"] == "acme/footnote.toml"
    [citation] = json.loads(footnote("ask", "--json", QUESTION).output)["citations"]
    assert citation["url"] is None

    write(tmp_path, {"acme/footnote.toml": '[site]\nurl = "https://other.example"\ncontent = "docs"\n'})
    assert footnote("index").output.count("unreadable:") == 0
    [citation] = json.loads(footnote("ask", "--json", QUESTION).output)["citations"]
    assert citation["url"] == "https://other.example/kilns/firing/#how-hot-does-it-get"
