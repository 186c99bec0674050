"""Small inputs, each a folder of its own: what stands in it is answered, in the shape it has there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.answering.engine import AnswerEngine
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.reader.answers.trained import TrainedReader
from index.retrieval.retriever import Retriever
from index.retrieval.search_index import SearchIndex
from tests.support.library import Library

# One folder a kind. What is retrieved depends on its folder alone, so one index serves them all.
FOLDERS = {
    "codes": {"codes.md": "# Codes\n\n## E1043\n\nThe token has expired; log in again.\n\n## E1044\n\nWrong place.\n"},
    "codes2": {"codes.md": "## ERR_77\n\nThe cartridge is empty. Put in a new one.\n\n## ERR_78\n\nPaper jam.\n"},
    "codes3": {"codes.md": "## 0x80070005\n\nThe account lacks the right to write. Run as administrator.\n"},
    "people": {"people.md": "# People\n\n- Treasurer: Ingrid Falk\n- Chair: Boris Amsel\n"},
    "people2": {"people.md": "The secretary of the choir is Ruth Ode. The conductor is Ivo Marek.\n"},
    "phone": {"contact.md": "# Contact\n\nPhone: 555-0142\n"},
    "phone2": {"contact.txt": "Emergency number: 555-0199\n\nOffice number: 555-0100\n"},
    "phone3": {"contact.md": "# Reach us\n\n- Fax: 555-0177\n- E-mail: oars@lock.example\n"},
    "harbour": {"lock.md": "The first harbour master was a clockmaker by trade. He was called Elias Brandt.\n"},
    "harbour2": {"mill.md": "The first miller was a deserter from the north. His name was Jon Wick.\n"},
    "piv": {"terms.md": "- **PIV** - Personal Identity Verification, a badge.\n- **CAC** - Common Access Card.\n"},
    "piv2": {"terms.md": "# Terms\n\n* **SLA**: the time in which we answer.\n* **SLO**: what we aim at.\n"},
    "piv3": {"terms.html": "<h1>Terms</h1><dl><dt>Slip</dt><dd>Clay thinned with water.</dd></dl>"},
    "role": {"roles.md": "# Roles\n\n## Getting the helper role\n\nAnswer questions for a month, then ask Mira.\n"},
    "role2": {"roles.md": "# Roles\n\n## How to become an artist\n\nPost three drawings in #gallery.\n"},
    "prices": {"prices.md": "# Plans\n\n| Plan | Price |\n|---|---|\n| Free | $0 |\n| Solo | $5 |\n| Team | $12 |\n"},
    "fence": {"errors.md": "# Errors\n\n```\nError: EADDRINUSE\n```\n\nThe port is taken. Choose another.\n"},
    "fence2": {"errors.md": "# Errors\n\n```\nKeyError: 'token'\n```\n\nSet the token in the settings file first.\n"},
    "marks": {"paper.md": "Water boils at 100 degrees (1). The kettle whistles then [2].\n"},
    "minutes": {
        "minutes-2023.md": "---\ndate: 2023-03-14\n---\n# Meeting\n\nHarriet Lund is the chair.\n",
        "minutes-2025.md": "---\ndate: 2025-03-11\n---\n# Meeting\n\nBoris Amsel is the chair.\n",
    },
    "server": {
        "welcome.md": "# Welcome\n\nThis is the server of potters.\n",
        "rules.md": "# Rules\n\n1. Be kind to all.\n2. Use English.\n3. No ads for pots.\n4. Nothing that glows.\n",
    },
    "east": {
        "zh.md": "# 退款\n\n您可以在十四天内申请退款。\n",
        "ja.md": "# 返金\n\n十四日以内に返金を申請できます。\n",
    },
}
WORD = "x" * 70


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder) -> Iterator[AnswerEngine]:
    """An engine over all folders."""
    folder = tmp_path_factory.mktemp("small")
    library = Library(folder / "seeds", folder / "data", embedder)
    library.write({f"{kind}/{name}": text for kind, files in FOLDERS.items() for name, text in files.items()})
    library.ingest()
    index = SearchIndex(library.data)
    yield AnswerEngine(index, Retriever(index, embedder, TrainedReader()), 0.5)
    index.close()


@pytest.mark.parametrize(
    ("folder", "question", "words", "lacks"),
    [
        ("codes", "What does E1043 mean?", "The token has expired", "Wrong place"),
        ("codes", "e1043", "The token has expired", "Wrong place"),
        ("codes2", "printer shows ERR_77", "The cartridge is empty", "Paper jam"),
        ("codes3", "0x80070005", "Run as administrator", ""),
        ("people", "who is teh tresurer", "Ingrid Falk", ""),
        ("people", "whos the chair", "Boris Amsel", ""),
        ("people2", "who is the secretray", "Ruth Ode", ""),
        ("phone", "What is the phone number?", "555-0142", ""),
        ("phone2", "What is the emergency number?", "555-0199", ""),
        ("phone3", "fax", "555-0177", ""),
        ("harbour", "Who was the first harbour master?", "Elias Brandt", ""),
        ("harbour2", "who was the first miller", "Jon Wick", ""),
        ("piv", "what is a PIV", "Personal Identity Verification", "Common Access"),
        ("piv2", "what does SLA stand for", "the time in which we answer", ""),
        ("piv3", "what is slip", "Clay thinned with water", ""),
        ("role", "how do i get the helper role", "Answer questions for a month", "Getting the helper role"),
        ("role2", "how do I become an artist", "Post three drawings", "How to become"),
        ("prices", "whats the cheapest paid plan", "Solo | $5", ""),
        ("prices", "price of the team plan", "Team | $12", ""),
        ("fence", "Error: EADDRINUSE", "The port is taken", "EADDRINUSE"),
        ("fence2", "KeyError: 'token'", "Set the token in the settings file", "KeyError"),
        ("marks", "at how many degrees does water boil", "100 degrees (1)", ""),
        ("minutes", "Who is the current chair?", "Boris Amsel", ""),
        ("east", "退款", "十四天内申请退款", "返金"),
        ("east", "返金", "返金を申請できます", "退款"),
    ],
)
def test_a_small_folder_answers(engine: AnswerEngine, folder: str, question: str, words: str, lacks: str) -> None:
    answer = engine.answer(question, folders=[folder])
    text = " ".join(answer.text.split())
    assert answer.outcome == "answered", (answer.outcome, answer.confidence, text)
    assert words in text
    assert not lacks or lacks not in text


@pytest.mark.parametrize("question", [WORD, f"what is {WORD}", "ab" * 500, "é" * 60, "¿", "?" * 10 + " x"])
def test_a_strange_question_is_no_crash(engine: AnswerEngine, question: str) -> None:
    if any(map(str.isalnum, question)):
        assert engine.answer(question).outcome in ("answered", "closest", "nothing")


@pytest.mark.parametrize("question", ["can i speak german here", "am i allowed to post memes", "may i sell my wheel"])
def test_the_rules_are_what_comes_closest_to_a_question_for_leave(engine: AnswerEngine, question: str) -> None:
    answer = engine.answer(question, folders=["server"])
    assert answer.outcome == "closest"
    assert [citation.document for citation in answer.citations] == ["server/rules.md"]
    assert "Use English" in " ".join(block.text for block in answer.blocks)
