"""Checking answers against cases, and reporting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from xml.etree import ElementTree

import pytest
from rich.console import Console

from bot.cli.answer_cases.cases import AnswerCase
from bot.cli.answer_cases.report import CaseResult, junit_xml, report, run_cases
from bot.errors import CasesError
from bot.types import Answer, Turn
from index.errors import QuestionError
from index.types import Evidence, Span
from tests.bot.cli import answers

TEXT = "The mill was built in 1820.\nIt burned down twice."
PASSAGE = replace(
    answers.PASSAGE,
    document="mill.md",
    text=TEXT,
    end=100 + len(TEXT),
    sentences=(Span(100, 127), Span(128, 149)),
)
EVIDENCE = Evidence(PASSAGE, (Span(100, 127),), 0.83)


def cited(question: str, *texts: str, searched: str | None = None) -> Answer:
    """Return an answer whose paragraphs all cite the mill."""
    answer = answers.paragraphs(*texts)
    return replace(
        answer,
        question=question,
        searched=searched or question,
        citations=tuple(replace(citation, document="mill.md") for citation in answer.citations),
        evidence=(EVIDENCE,),
        confidence=0.83,
    )


def abstention(question: str) -> Answer:
    """Return an abstention with the mill as the nearest passage."""
    return replace(answers.NOTHING, question=question, searched=question, passages=(PASSAGE,), evidence=(EVIDENCE,))


def result_of(case: AnswerCase, answer: Answer) -> CaseResult:
    """Run a case in which every question gets the same answer."""

    def always(question: str, *, turns: Sequence[Turn] = ()) -> Answer:  # noqa: ARG001 (the interface)
        return answer

    [result] = run_cases([case], always)
    return result


# Running


def test_an_answer_that_meets_every_expectation_passes() -> None:
    case = AnswerCase(
        name="mill",
        questions=("When?",),
        cites=(("mill.md",), ("other.md", "mill.md")),
        contains=(("built in 1820",), ("erected", "TWICE. it")),
        lacks=("1920",),
        searched_contains=(("the Mill", "nothing"),),
    )
    answer = cited(
        "When?", "The mill was built\nin 1820, and burned twice.", "It stands.", searched="When was the mill?"
    )
    result = result_of(case, answer)
    assert (result.passed, result.failures, result.answer, result.case) == (True, (), answer, case)
    assert result.seconds >= 0


def test_every_missed_expectation_is_reported() -> None:
    case = AnswerCase(
        name="mill",
        questions=("When?",),
        cites=(("a.md", "b.md"),),
        contains=(("1920", "nineteen"), ("mill",)),
        lacks=("BUILT",),
        searched_contains=(("tower",),),
    )
    result = result_of(case, cited("When?", "The mill was built in 1820."))
    assert not result.passed
    assert result.failures == (
        'the searched question lacks "tower": When?',
        "a.md or b.md is not cited, but mill.md is",
        'the answer lacks "1920" or "nineteen"',
        'the answer contains "BUILT"',
    )


def test_an_unexpected_abstention_is_the_only_failure() -> None:
    refused = AnswerCase("refused", ("Who?",), abstains=True)
    assert result_of(refused, abstention("Who?")).passed
    assert result_of(refused, cited("Who?", "A mill.")).failures == (
        "there is an answer, but an abstention was expected",
    )
    closest = replace(cited("Who?", "A mill."), outcome="closest", confidence=0.4)
    assert result_of(refused, closest).passed
    wanted = AnswerCase("wanted", ("Who?",), cites=(("mill.md",),), contains=(("mill",),), lacks=("tower",))
    assert result_of(wanted, abstention("Who?")).failures == ("abstained: confidence 0.21, threshold 0.50",)
    assert result_of(wanted, closest).failures == ("abstained: confidence 0.40, threshold 0.50",)
    assert result_of(AnswerCase("any", ("Who?",)), cited("Who?", "A mill.")).passed


def test_markers_are_not_part_of_the_compared_text() -> None:
    case = AnswerCase("mill", ("When?",), contains=(("in 1820. It burned",),), lacks=("[1]",))
    assert result_of(case, cited("When?", "Built in 1820.", "It burned.")).passed


def test_a_conversation_is_answered_question_by_question() -> None:
    asked: list[tuple[str, tuple[Turn, ...]]] = []

    def answer(question: str, *, turns: Sequence[Turn] = ()) -> Answer:
        asked.append((question, tuple(turns)))
        if question == "Who?":
            return abstention(question)
        return cited(question, "The mill.", "It\nburned.", searched=f"{question} (the mill)")

    case = AnswerCase("mill", ("What?", "Who?", "Why?"), searched_contains=(("why? (the mill)",),))
    [result] = run_cases([case], answer)
    what, who = Turn("What?", "What? (the mill)", "The mill. It burned."), Turn("Who?", "Who?", "")
    assert asked == [("What?", ()), ("Who?", (what,)), ("Why?", (what, who))]
    assert result.passed


def test_cases_are_run_one_at_a_time() -> None:
    asked: list[str] = []

    def answer(question: str, *, turns: Sequence[Turn] = ()) -> Answer:  # noqa: ARG001 (the interface)
        asked.append(question)
        return abstention(question)

    results = run_cases([AnswerCase("a", ("A?",)), AnswerCase("b", ("B?",))], answer)
    assert (next(results).case.name, asked) == ("a", ["A?"])
    assert (next(results).case.name, asked) == ("b", ["A?", "B?"])


def test_an_error_while_answering_is_raised() -> None:
    def answer(question: str, *, turns: Sequence[Turn] = ()) -> Answer:  # noqa: ARG001 (the interface)
        raise TimeoutError(question)

    with pytest.raises(TimeoutError, match="When"):
        list(run_cases([AnswerCase("mill", ("When?",))], answer))


# Reporting


def some_results() -> list[CaseResult]:
    """Two that passed and one that failed, from two files; the failed answer has characters that XML forbids."""
    good = AnswerCase("good", ("When?",), file="tests/facts.yaml", line=2)
    refused = AnswerCase("refused", ("Who?",), abstains=True, file="tests/refusals.yaml", line=2)
    bad = AnswerCase("bad", ("When?", "Why?"), contains=(("a [red] flood",),), file="tests/facts.yaml", line=5)
    odd = cited("Why?", "A fire\x1b[31m & <smoke>\x00\ud800\ufffe.", searched="Why did the mill burn?")
    return [
        CaseResult(good, True, (), cited("When?", "In 1820."), 0.25),
        CaseResult(refused, True, (), abstention("Who?"), 0.5),
        CaseResult(bad, False, ('the answer lacks "a [red] flood"', "and\x07 more"), odd, 1.0),
    ]


def test_the_junit_document_counts_and_names_the_failures() -> None:
    text = junit_xml(some_results())
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n<testsuites ')
    root = ElementTree.fromstring(text.encode("utf-8"))
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped", "time")} == {
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
        "time": "1.750",
    }
    facts, refusals = root.findall("testsuite")
    assert (facts.get("name"), facts.get("tests"), facts.get("failures")) == ("tests/facts.yaml", "2", "1")
    assert (refusals.get("name"), refusals.get("tests"), refusals.get("failures")) == ("tests/refusals.yaml", "1", "0")
    good, bad = facts.findall("testcase")
    assert (good.get("classname"), good.get("name"), good.get("time")) == ("facts", "good", "0.250")
    assert good.find("failure") is None
    failure = bad.find("failure")
    assert failure is not None
    assert failure.get("message") == 'the answer lacks "a [red] flood"; and more'
    assert "A fire[31m & <smoke>. [1]" in (failure.text or "")
    properties = {element.get("name"): element.get("value") for element in bad.iter("property")}
    assert properties["searched"] == "Why did the mill burn?"
    assert properties["confidence"] == "0.8300"


def test_a_junit_document_without_results_is_valid() -> None:
    root = ElementTree.fromstring(junit_xml([]).encode("utf-8"))
    assert (root.tag, root.get("tests"), len(root)) == ("testsuites", "0", 0)


def printed(results: Sequence[CaseResult], width: int) -> str:
    """Return the report as a terminal without colours shows it."""
    console = Console(file=StringIO(), width=width, color_system=None, force_terminal=False)
    console.print(report(results, width))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_report_shows_the_expectation_the_answer_and_the_evidence(width: int) -> None:
    text = printed(some_results(), width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert lines[-1].startswith("2 of 3 cases passed, 1 failed")
    assert "\x1b" not in text
    assert "\x00" not in text
    words = " ".join(text.replace("│", " ").split())
    for expected in ("bad (tests/facts.yaml, line 5)", "> Why?", '- the answer lacks "a [red] flood"', "0.83"):
        assert expected in words
    side_by_side = [line for line in lines if "expected" in line and "got" in line]
    assert len(side_by_side) == (1 if width >= 80 else 0)


def test_the_report_shows_evidence_with_its_position_and_quote() -> None:
    text = printed(some_results(), 120)
    [row] = [line for line in text.splitlines() if "mill.md:7" in line and "0.83" in line]
    assert "The mill was built in 1820." in row
    assert "It burned down" not in row


def test_the_report_shows_the_best_evidence_and_counts_the_rest() -> None:
    answer = cited("When?", "In 1820.")
    many = replace(answer, evidence=(EVIDENCE,) * 8)
    text = printed([CaseResult(AnswerCase("bad", ("When?",)), False, ("no",), many, 0.1)], 100)
    assert text.count("0.83 │") == 5
    assert "and 3 more" in text


def test_the_report_of_passed_cases_is_their_table() -> None:
    text = printed(some_results()[:2], 80)
    assert "expected" not in text
    assert text.rstrip().endswith("2 of 2 cases passed, 0 failed, in 0.8 s")


def test_a_question_that_cannot_be_asked_is_named_with_its_case() -> None:
    def refuse(question: str, *, turns: Sequence[Turn] = ()) -> Answer:  # noqa: ARG001 (the interface)
        raise QuestionError("the question holds no word to search for; ask it in words")

    case = AnswerCase(name="dots", questions=("…",), abstains=True, file="cases.yaml", line=3)
    with pytest.raises(CasesError, match=r"cases\.yaml, line 3: case dots: the question holds no word"):
        list(run_cases([case], refuse))
