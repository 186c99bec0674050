"""The example documents are in our own words, and the answer cases speak of documents that exist."""

from __future__ import annotations

import html
import re
import unicodedata
from pathlib import Path

import pytest

from bot.cli.answer_cases.cases import load_cases

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"
CASES = ROOT / "tests" / "answers"
ORIGINALS = ROOT.parent / "shared" / "seeds"
LONGEST_SHARED_RUN = 10
SHORTEST_SENTENCE = 5


def written_files() -> list[Path]:
    """Every file that we wrote: the seeds and the cases."""
    return sorted(path for folder in (SEEDS, CASES) for path in folder.rglob("*") if path.is_file())


def words_of(text: str) -> list[str]:
    """The words of a text without markup, accents, case and punctuation."""
    without_tags = html.unescape(re.sub(r"<[^>]*>", " ", text))
    letters = unicodedata.normalize("NFKD", without_tags).casefold()
    return re.findall(r"[a-z0-9]+", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def runs_of(words: list[str], length: int) -> set[tuple[str, ...]]:
    """Every run of `length` consecutive words."""
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


def originals() -> list[str]:
    """The texts that the seeds are about; the test is skipped where they are not at hand."""
    if not ORIGINALS.is_dir():
        pytest.skip("the original documents are not beside this checkout")
    return [path.read_text(encoding="utf-8") for path in sorted(ORIGINALS.rglob("*")) if path.is_file()]


def test_the_comparison_sees_through_markup_case_and_accents() -> None:
    assert words_of("<p>Nicol&aacute;s said:\n&ldquo;No.&rdquo;</p>") == words_of("NICOLAS said no")


def test_no_long_run_of_words_is_taken_from_the_originals() -> None:
    length = LONGEST_SHARED_RUN + 1
    taken = set[tuple[str, ...]]().union(*(runs_of(words_of(text), length) for text in originals()))
    for path in written_files():
        shared = taken & runs_of(words_of(path.read_text(encoding="utf-8")), length)
        assert not shared, f"{path.relative_to(ROOT)}: {' '.join(min(shared))}"


def test_no_sentence_is_taken_from_the_originals() -> None:
    sentences = [words_of(sentence) for text in originals() for sentence in re.split(r"(?<=[.?!:])[\s\"]+|\n", text)]
    for path in written_files():
        written = f" {' '.join(words_of(path.read_text(encoding='utf-8')))} "
        for sentence in sentences:
            taken = len(sentence) >= SHORTEST_SENTENCE and f" {' '.join(sentence)} " in written
            assert not taken, f"{path.relative_to(ROOT)}: {' '.join(sentence)}"


def test_there_are_documents_of_several_formats_and_a_folder() -> None:
    documents = [path for path in SEEDS.rglob("*") if path.is_file()]
    assert {path.suffix for path in documents} >= {".md", ".txt", ".html"}
    assert any(path.parent != SEEDS for path in documents)


def test_every_cited_document_exists() -> None:
    for case in load_cases([CASES]):
        for document in (document for alternatives in case.cites for document in alternatives):
            assert (SEEDS / document).is_file(), f"{case.file}, line {case.line}, {case.name}: {document}"


def test_every_expected_text_stands_in_a_document_that_may_be_cited() -> None:
    texts = {
        path.relative_to(SEEDS).as_posix(): " ".join(words_of(path.read_text(encoding="utf-8")))
        for path in SEEDS.rglob("*")
        if path.is_file()
    }
    for case in load_cases([CASES]):
        citable = [document for alternatives in case.cites for document in alternatives] or list(texts)
        for expected in (expected for alternatives in case.contains for expected in alternatives):
            wanted = " ".join(words_of(expected))
            assert any(wanted in texts[document] for document in citable), f"{case.name}: {expected}"


def test_the_cases_cover_every_kind() -> None:
    cases = load_cases([CASES])
    assert len(cases) >= 30
    assert sum(case.abstains for case in cases) >= 10
    assert sum(len(case.questions) > 1 for case in cases) >= 5
    assert {Path(case.file).stem for case in cases} == {"attributions", "dates", "facts", "follow_ups", "refusals"}
