"""Every command does what docs/commands.md says, on the example documents."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import Generation
from index.storage.paths import CATALOG
from tests.support.command import QUESTION, REPOSITORY, Footnote, in_a_process

WORLD_CUP = "Who won the World Cup?"


def documented_keys(opening: str) -> set[str]:
    """Return the keys that docs/json.md names for the object or list that begins with `opening`."""
    page = (REPOSITORY / "docs" / "json.md").read_text(encoding="utf-8")
    found = re.search(re.escape(opening) + r"(.*?)\}", page, re.DOTALL)
    assert found is not None, opening
    return set(re.findall(r'"(\w+)"', found[1]))


def test_index_reports_what_it_did(project: Path, footnote: Footnote) -> None:
    (project / "seeds" / "talks.md").unlink()
    (project / "seeds" / "week.txt").rename(project / "seeds" / "days.txt")
    (project / "seeds" / "two-readings.html").write_text("<h1>Goats</h1><p>Goats climb trees in Morocco.</p>")
    (project / "seeds" / "new.md").write_text("# Herons\n\nHerons stand on one leg.\n")
    (project / "seeds" / "photo.pdf").write_bytes(b"\x89PNG\r\n")
    done = footnote("index")
    assert done.code == 0
    names, counts, *rest = done.output.splitlines()
    assert dict(zip(names.split(), map(int, counts.split()), strict=True)) == {
        "added": 1,
        "changed": 1,
        "renamed": 1,
        "removed": 1,
        "unchanged": 2,
        "unreadable": 1,
    }
    assert rest[0].startswith("  unreadable: photo.pdf is not a PDF")
    assert re.fullmatch(rf"\d+ chunks of {project / 'seeds'} in the index, [1-9] embedded now, in [\d.]+ s", rest[1])
    again = footnote("index")
    assert again.output.splitlines()[1].split() == ["0", "0", "0", "0", "5", "1"]
    assert "unreadable as before: 1; `footnote status --unread`" in again.output
    assert " 0 embedded now" in again.output
    assert footnote("status", "--unread").output.startswith("photo.pdf is not a PDF")
    assert footnote("status", "--unread", "--json").code == 2


def test_an_emptied_folder_is_refused_without_prune(project: Path, footnote: Footnote) -> None:
    (project / "seeds").rename(project / "elsewhere")
    (project / "seeds").mkdir()
    refused = footnote("index")
    assert refused.code == 2
    assert "5 are indexed: is its disk mounted? `footnote index --prune` removes them from the index" in refused.line
    pruned = footnote("index", "--prune")
    assert pruned.code == 0
    assert pruned.output.splitlines()[1].split() == ["0", "0", "0", "5", "0", "0"]
    asked = footnote("ask", QUESTION)
    assert asked.code == 3
    assert "I found nothing" in asked.output


def test_ask_answers_with_footnotes(example: Footnote) -> None:
    asked = example("ask", QUESTION)
    assert (asked.code, asked.notices) == (0, "")
    *answer, where = [line for line in asked.output.splitlines() if line]
    assert answer[0].startswith("John Bolton, the national security adviser")
    assert "Maduro's departure and free elections." in answer[0]
    assert answer[-1].endswith(" [1]")
    assert where.startswith("[1] ")
    assert "talks.md" in where


def test_ask_says_in_one_line_that_there_is_no_answer(example: Footnote) -> None:
    asked = example("ask", WORLD_CUP)
    assert (asked.code, asked.notices) == (3, "")
    assert asked.output == f"I found no answer to “{WORLD_CUP}” in the documents.\n"


def test_ask_marks_what_only_comes_closest(example: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    sure = json.loads(example("ask", "--json", QUESTION).output)
    monkeypatch.setenv("ANSWER_THRESHOLD", str(min(0.9999, sure["confidence"] * 1.2)))
    asked = example("ask", QUESTION)
    assert (asked.code, asked.notices) == (3, "")
    assert asked.output.startswith("This is the closest I found in the documents:\n\nJohn Bolton")
    found = json.loads(example("ask", "--json", QUESTION).output)
    assert (found["outcome"], found["abstained"], found["answer"], found["citations"]) == ("closest", True, "", [])
    assert found["closest"] == sure["citations"]
    assert found["blocks"] == sure["blocks"]


def test_small_talk_gets_a_friendly_line(example: Footnote) -> None:
    for said, reply in {"hi!": "Hi! Ask me", "thanks a lot": "You're welcome!", "what can you do?": "I answer"}.items():
        asked = example("ask", said)
        assert asked.code == 3
        assert asked.output.startswith(reply)
        assert asked.output.count("\n") == 1


def test_ask_json_is_the_documented_object(example: Footnote) -> None:
    asked = example("ask", "--json", QUESTION)
    assert (asked.code, asked.notices) == (0, "")
    found = json.loads(asked.output)
    assert set(found) == {
        "question",
        "searched",
        "outcome",
        "abstained",
        "form",
        "answer",
        "blocks",
        "more",
        "note",
        "unanswered",
        "citations",
        "closest",
        "disagreements",
        "passages",
        "confidence",
        "threshold",
        "timings",
    }
    assert set(found["blocks"][0]) == documented_keys('"blocks": [{')
    assert set(found["citations"][0]) == documented_keys('"citations": [{')
    assert set(found["passages"][0]) == documented_keys('"passages": [{')
    assert set(found["timings"]) == documented_keys('"timings": {')
    assert found["question"] == found["searched"] == QUESTION
    assert (found["outcome"], found["abstained"], found["closest"], found["unanswered"]) == ("answered", False, [], [])
    assert found["confidence"] >= found["threshold"]
    assert found["answer"].endswith("[1]")


@pytest.mark.parametrize(
    "question",
    [
        QUESTION,
        "What did Maduro say about the purpose of the talks?",
        "when was the associated press founded",
        "Who is Diosdado Cabello? And who is John Bolton?",
        WORLD_CUP,
    ],
)
def test_every_block_is_cited_and_every_quote_stands_at_its_offsets(example: Footnote, question: str) -> None:
    found = json.loads(example("ask", "--json", question).output)
    shown = found["citations"] or found["closest"]
    numbers = [citation["number"] for citation in shown]
    assert numbers == list(range(1, len(numbers) + 1))
    assert (found["outcome"] == "nothing") == (not found["blocks"])
    assert {block["citation"] for block in found["blocks"]} == set(numbers)
    for block in found["blocks"]:
        (quote,) = [citation["quote"] for citation in shown if citation["number"] == block["citation"]]
        assert block["text"] in quote
        assert all(0 <= start < end <= len(block["text"]) for start, end in block["strong"] + block["code"])
    for piece in (*shown, *found["passages"]):
        text = example("documents", "--text", piece["document"]).output
        assert text[piece["start"] : piece["end"]] == piece.get("quote", piece.get("text"))


def test_ask_explains(example: Footnote) -> None:
    asked = example("ask", "--explain", WORLD_CUP)
    assert asked.code == 3
    assert f"searched: {WORLD_CUP}\n" in asked.output
    assert re.search(r"   1\. \d\.\d{3}  \S+:\d+–\d+  search \d\.\d{3} = meaning #\d+ \(cosine", asked.output)
    assert "evidence (shown from 0.50 on):" in asked.output
    assert re.search(r"abstained: the best evidence has 0\.\d{3}, below the threshold 0\.50\n", asked.output)
    assert re.search(r"seconds: retrieve [\d.]+, read [\d.]+, write [\d.]+, total [\d.]+\n", asked.output)


def test_search_ranks_passages(example: Footnote) -> None:
    found = example("search", "secret talks", "--limit", "3")
    assert (found.code, found.notices) == (0, "")
    ranks = re.findall(r"^ ?(\d+)\. (\d\.\d{3})  ", found.output, re.MULTILINE)
    assert [rank for rank, _ in ranks] == ["1", "2", "3"]
    as_json = json.loads(example("search", "secret talks", "--limit", "3", "--json").output)
    assert [round(one["score"], 3) for one in as_json] == [float(score) for _, score in ranks]
    assert [one["reader_score"] for one in as_json] == [one["score"] for one in as_json]
    assert set(as_json[0]) == documented_keys('"passages": [{') | {"reader_score", "best_sentence"}
    without_reading = json.loads(example("search", "secret talks", "--no-rerank", "--json").output)
    assert [one["score"] for one in without_reading] == [one["fused_score"] for one in without_reading]


def test_documents_lists_what_is_indexed(example: Footnote) -> None:
    header, *rows = example("documents").output.splitlines()
    assert header.split() == ["document", "title", "format", "language", "characters", "chunks"]
    assert [row.split()[0] for row in rows] == [
        "profiles/caracas.md",
        "profiles/washington.md",
        "talks.md",
        "two-readings.html",
        "week.txt",
    ]
    as_json = json.loads(example("documents", "--json").output)
    assert set(as_json[0]) == {"document", "title", "format", "language", "url", "characters", "chunks"}
    for one in as_json:
        assert len(example("documents", "--text", one["document"]).output) == one["characters"]


def test_a_missing_document_is_reported_with_the_most_similar_name(example: Footnote) -> None:
    assert example("documents", "--text", "talk.md").line == (
        "footnote: there is no document 'talk.md' in the index; did you mean 'talks.md'?"
    )
    far = example("documents", "--text", "recipes/soup.docx")
    assert far.line.endswith("in the index; `footnote documents` lists all of them")
    assert far.code == 2


def test_status_shows_whether_the_index_is_behind(project: Path, footnote: Footnote) -> None:
    assert "is up to date" in footnote("status").output
    (project / "seeds" / "new.md").write_text("# Herons\n\nHerons stand on one leg.\n")
    (project / "seeds" / "week.txt").write_text("Nothing happened this week.\n")
    (project / "seeds" / "talks.md").unlink()
    assert "the index is behind: 1 new, 1 changed, 1 gone; run `footnote index`" in footnote("status").output
    # Until then the old index answers, and every footnote is true to it.
    asked = footnote("ask", "--json", QUESTION)
    assert asked.line == f"Files in {project / 'seeds'} have changed since they were indexed: run `footnote index`."
    (citation,) = json.loads(asked.output)["citations"]
    text = footnote("documents", "--text", "talks.md").output
    assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_status_as_json(example: Footnote, indexed: Path) -> None:
    state = json.loads(example("status", "--json").output)
    assert state["behind"] == {"new": 0, "changed": 0, "gone": 0}
    assert state["seeds"] == str(indexed / "seeds")
    assert state["data"] == str(indexed / ".footnote")
    assert (state["documents"], state["embedder"], state["dimension"]) == (5, "all-MiniLM-L6-v2", 384)
    assert state["bytes"] > 100_000
    assert state["unreadable"] == []
    assert state["unknown_languages"] == {}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", state["published"])


def test_status_lists_documents_in_languages_unknown_to_the_embedder(project: Path, footnote: Footnote) -> None:
    (project / "seeds" / "honig.txt").write_text(
        "Die Bienen sammeln im Frühling den Nektar der Obstbäume. Aus dem Nektar machen sie im Stock den Honig, von "
        "dem das ganze Volk im Winter lebt. Der Imker nimmt nur so viel davon, wie die Bienen entbehren können.\n"
    )
    footnote("index")
    shown = footnote("status").output
    assert "de: honig.txt" in shown
    assert "set EMBED_MODEL to one that knows them" in shown
    assert json.loads(footnote("status", "--json").output)["unknown_languages"] == {"de": ["honig.txt"]}


def test_an_index_is_searched_with_the_embedder_that_built_it(
    project: Path, footnote: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBED_MODEL", "./another-model")
    assert f"EMBED_MODEL is now {project / 'another-model'}" in footnote("status").output
    assert footnote("ask", QUESTION).code == 0


def test_an_index_of_another_folder_is_reported(project: Path, footnote: Footnote) -> None:
    (project / "herons").mkdir()
    (project / "herons" / "herons.txt").write_text("Herons stand on one leg.\n")
    asked = footnote("--seeds", "herons", "ask", QUESTION)
    assert asked.code == 0
    assert f"was built from {active(project).seeds}, not from {project / 'herons'}: run `footnote index`" in asked.line
    shown = footnote("--seeds", "herons", "status").output
    assert f"; SEEDS_DIR is now {project / 'herons'}\n" in shown
    assert "the index is behind: 1 new, 0 changed, 5 gone" in shown
    # A folder that merely moved is the same folder.
    (project / "seeds").rename(project / "moved")
    assert footnote("--seeds", "moved", "ask", QUESTION).notices == ""


def active(project: Path) -> Generation:
    """Return the active generation of a project."""
    catalog = Catalog(project / ".footnote" / CATALOG)
    try:
        found = catalog.active()
        assert found is not None
        return found
    finally:
        catalog.close()


def test_answer_cases(example: Footnote, tmp_path: Path) -> None:
    cases = tmp_path / "cases.yaml"
    cases.write_text(
        f"cases:\n  - {{name: known, question: '{QUESTION}', cites: [talks.md], contains: [free elections]}}\n"
        f"  - {{name: unknown, question: '{WORLD_CUP}', abstains: true}}\n"
    )
    passed = example("test", str(cases), "--junit", str(tmp_path / "results.xml"))
    assert passed.code == 0
    assert "2 of 2 cases passed" in passed.output
    assert 'tests="2" failures="0"' in (tmp_path / "results.xml").read_text()
    cases.write_text(f"cases:\n  - {{name: wrong, question: '{WORLD_CUP}', contains: [Uruguay]}}\n")
    failed = example("test", str(cases))
    assert failed.code == 1
    assert "evidence considered" in failed.output
    assert "0 of 1 cases passed, 1 failed" in failed.output
    nowhere = example("test", str(tmp_path / "nowhere.yaml"))
    assert (nowhere.code, nowhere.line.count("there is no such file")) == (2, 1)
    unwritable = example("test", str(cases), "--junit", str(tmp_path / "no" / "folder.xml"))
    assert (unwritable.code, "can't be written" in unwritable.line) == (2, True)


def test_the_first_question_builds_the_index_and_reports_it(project: Path) -> None:
    (project / ".footnote").rename(project / "old")
    asked = in_a_process("ask", "-", folder=project, text=f"  {QUESTION}\n\n")
    assert asked.code == 0
    assert asked.line == (
        f"There is no index yet. I read the documents in {project / 'seeds'} first; later only what changed is read."
    )
    assert "[1]" in asked.output


def test_settings_come_from_a_parent_folder_and_paths_from_there(project: Path) -> None:
    (project / "seeds").rename(project / "papers")
    (project / ".footnote").rename(project / "kept")
    (project / ".env").write_text("SEEDS_DIR=papers\nDATA_DIR=./kept\nANSWER_THRESHOLD=0.9999\n")
    deep = project / "a" / "b"
    deep.mkdir(parents=True)
    shown = in_a_process("status", "--json", folder=deep)
    state = json.loads(shown.output)
    assert state["behind"] == {"new": 0, "changed": 0, "gone": 0}
    assert state["data"] == str(project / "kept")
    assert state["settings_from"] == str(project / ".env")
    assert state["answer_threshold"] == 0.9999


def test_a_question_can_begin_with_a_dash(example: Footnote) -> None:
    asked = example("ask", "--", "-what did Bolton say the talks were about?")
    assert (asked.code in (0, 3), asked.notices) == (True, "")
    refused = example("ask", "-what did Bolton say?")
    assert refused.code == 2
    assert "No such option" in refused.notices


def test_unknown_flags_and_commands_are_reported_with_a_suggestion(footnote: Footnote) -> None:
    for arguments, expected in (
        (["aks", "x"], "No such command 'aks'. Did you mean 'ask'?"),
        (["ask", "--jsn", "x"], "No such option '--jsn'. Did you mean '--json'?"),
        (["ask"], "Give either a QUESTION or --batch FILE."),
        (["search", "x", "--limit", "0"], "0 is not in the range 1<=x<=50."),
        (["ask", "two", "words"], "Got unexpected extra argument (words)"),
    ):
        refused = footnote(*arguments)
        assert refused.code == 2
        assert expected in refused.notices


HEAVY = {
    "torch",
    "chromadb",
    "llama_index",
    "sentence_transformers",
    "transformers",
    "trafilatura",
    "tantivy",
    "docx",
    "pptx",
    "python_calamine",
    "xlrd",
    "pypdfium2",
    "prompt_toolkit",
}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["ask", "--help"], ["status"], ["documents"], ["documents", "--json"]]
)
def test_commands_without_a_search_import_no_heavy_library(indexed: Path, arguments: list[str]) -> None:
    program = (
        "import sys; from bot.cli.main import run; code = run(sys.argv[1:]); "
        "print(code, *{name.split('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = in_a_process(*arguments, folder=indexed, program=[sys.executable, "-c", program])
    code, *modules = done.notices.split()
    assert code == "0"
    assert done.output
    assert HEAVY.isdisjoint(modules)


def test_a_dry_run_lists_changes_and_makes_none(project: Path, footnote: Footnote) -> None:
    (project / "seeds" / "week.txt").rename(project / "seeds" / "days.txt")
    (project / "seeds" / "new.txt").write_text("The ferry leaves at nine.")
    seen = footnote("index", "--dry-run")
    assert seen.code == 0
    assert seen.output.splitlines()[1:3] == ["  add new.txt", "  rename days.txt"]
    assert seen.output.splitlines()[4].split() == ["1", "0", "1", "0", "4", "0"]
    assert "would be in the index" in seen.output
    assert footnote("documents").output.count("week.txt") == 1
    for path in (project / "seeds").glob("*.*"):
        path.unlink()
    assert "only with --prune" in footnote("index", "--dry-run").output


def test_rollback_returns_to_the_previous_build(project: Path, footnote: Footnote) -> None:
    assert (project / ".footnote").is_dir()
    assert footnote("index", "rollback").line.endswith("there is nothing to return to")
    footnote("index", "--full")
    assert [one["generation"] for one in json.loads(footnote("status", "--json").output)["kept"]] == [1]
    assert "generation 1, 21 chunks by all-MiniLM-L6-v2" in footnote("status").output
    back = footnote("index", "rollback")
    assert (back.code, back.output.startswith("Generation 1 is active again: 5 documents, 21 chunks")) == (0, True)
    assert json.loads(footnote("status", "--json").output)["generation"] == 1


def test_check_reports_and_repairs_faults(project: Path, footnote: Footnote) -> None:
    assert footnote("index", "check").output == "The index is sound: 5 documents, 21 chunks.\n"
    shutil.rmtree(project / ".footnote" / "generations" / "1" / "lexical")
    checked = footnote("index", "check").output.splitlines()
    assert checked[0].startswith("repaired: ")
    assert checked[-1] == "The index is sound: 5 documents, 21 chunks."
    connection = sqlite3.connect(project / ".footnote" / "catalog.sqlite")
    with connection:
        connection.execute("UPDATE chunk SET end = end - 1 WHERE id = 1")
    connection.close()
    ill = footnote("index", "check")
    assert (ill.code, ill.line) == (2, "footnote: the index has faults; see above")
    assert "that differs from the text at its offsets" in ill.output
    assert footnote("index").code == 0
    assert footnote("index", "check").code == 0


@pytest.mark.parametrize(
    ("flag", "subcommand"),
    [("--check", "check"), ("--watch", "watch"), ("--rollback", "rollback"), ("--take-over", "take-over")],
)
def test_a_flag_of_version_0_1_names_its_subcommand(footnote: Footnote, flag: str, subcommand: str) -> None:
    for arguments in ([flag], ["--full", flag], [flag, "--wait"]):
        refused = footnote("index", *arguments)
        assert (refused.code, refused.line) == (
            2,
            f"footnote: `footnote index {flag}` is now `footnote index {subcommand}`",
        )
    assert flag not in footnote("index", "--help").output
    assert f"\n  {subcommand} " in footnote("index", "--help").output


def test_a_flag_in_front_of_a_subcommand_is_refused(footnote: Footnote) -> None:
    for flags in (["--full"], ["--keep", "3"], ["--wait"], ["--dry-run"], ["--prune"]):
        refused = footnote("index", *flags, "check")
        assert refused.code == 2
        assert f"{flags[0]} before 'check' has no effect; see `footnote index check --help`." in refused.notices
    assert "No such option '--full'" in footnote("index", "rollback", "--full").notices
    assert "--dry-run cannot be combined with --prune." in footnote("index", "--dry-run", "--prune").notices


def test_a_missing_folder_is_refused_without_prune(project: Path, footnote: Footnote) -> None:
    (project / "seeds").rename(project / "elsewhere")
    refused = footnote("index")
    assert refused.code == 2
    assert (
        "but 5 of its documents are indexed: is its disk mounted? `footnote index --prune` removes them" in refused.line
    )
    assert footnote("index", "--prune").output.splitlines()[1].split() == ["0", "0", "0", "5", "0", "0"]
