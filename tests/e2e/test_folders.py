"""`--folder`: ask, search and chat within first-level folders of the documents."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from tests.support.command import Footnote

FILES = {
    "seeds/birds/herons.md": "# Herons\n\nHerons stand on one leg while they sleep.\n",
    "seeds/beasts/wolves.md": "# Wolves\n\nWolves sleep in the open, curled up in the snow.\n",
    "seeds/beasts/deep/bears.md": "# Bears\n\nBears sleep in caves all winter.\n",
    "seeds/top.md": "# Keepers\n\nKeepers sleep in the lodge at the gate.\n",
}
SLEEP = "Where do they sleep in winter?"


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder) -> Path:
    """A folder with the documents of a zoo and their index. Not to be changed."""
    folder = tmp_path_factory.mktemp("zoo")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    Ingestion(folder / ".footnote", folder / "seeds", IndexConfig(), embedder).run()
    return folder


@pytest.fixture
def visit(zoo: Path, footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> Footnote:
    """`footnote` at the zoo."""
    monkeypatch.chdir(zoo)
    return footnote


def folders_of(output: str) -> set[str]:
    """Return the first-level folders of the passages in a JSON output."""
    found = json.loads(output)
    passages = found["passages"] if isinstance(found, dict) else found
    return {one["document"].split("/")[0] for one in passages}


def test_ask_and_search_see_only_the_named_folder(visit: Footnote) -> None:
    everywhere = {"birds", "beasts", "top.md"}
    assert folders_of(visit("ask", "--json", SLEEP).output) == everywhere
    assert folders_of(visit("search", "--json", SLEEP).output) == everywhere
    for folder in ("birds", "beasts"):
        assert folders_of(visit("ask", "--json", "--folder", folder, SLEEP).output) == {folder}
        assert folders_of(visit("search", "--json", "--folder", folder, SLEEP).output) == {folder}


def test_several_folders_may_be_named(visit: Footnote) -> None:
    both = ["--folder", "birds", "--folder", "beasts"]
    assert folders_of(visit("ask", "--json", *both, SLEEP).output) == {"birds", "beasts"}
    assert folders_of(visit("search", "--json", *both, SLEEP).output) == {"birds", "beasts"}


def test_what_another_folder_answers_is_not_answered(visit: Footnote) -> None:
    question = "Who stands on one leg?"
    assert visit("ask", question).code == 0
    assert visit("ask", "--folder", "birds", question).code == 0
    elsewhere = visit("ask", "--folder", "beasts", question)
    assert elsewhere.code == 3
    assert "herons" not in elsewhere.output.lower()


def test_chat_stays_in_the_folder(visit: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("Where do wolves sleep?\nWho stands on one leg?\n"))
    chatted = visit("chat", "--folder", "beasts")
    assert chatted.code == 0
    assert "curled up in the snow" in chatted.output
    assert "Herons" not in chatted.output


@pytest.mark.parametrize("command", [["ask", SLEEP], ["search", SLEEP], ["chat"]])
@pytest.mark.parametrize("folder", ["fish", "Birds", "birds/herons.md", "beasts/deep", "\x1b[31m"])
def test_a_folder_that_is_not_there_is_named_with_those_that_are(
    visit: Footnote, command: list[str], folder: str
) -> None:
    stopped = visit(*command, "--folder", "birds", "--folder", folder)
    assert (stopped.code, stopped.output) == (2, "")
    assert stopped.line.startswith("footnote: there is no folder ")
    assert stopped.line.endswith("in the documents; known: beasts, birds")
    assert "\x1b" not in stopped.line
