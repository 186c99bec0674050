"""Run answer cases, and report the results on the terminal and as JUnit XML.

Texts are compared without regard to case and white space.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from bot.blocks import plain_text_of
from bot.cli.answer_cases.cases import AnswerCase, printable
from bot.errors import CasesError
from bot.types import Answer, Turn
from index.errors import QuestionError
from index.types import Evidence

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


class AnswerQuestion(Protocol):
    """Answers a question, which may follow on earlier turns."""

    def __call__(self, question: str, *, turns: Sequence[Turn] = ()) -> Answer:
        """Return the answer."""


EVIDENCE_SHOWN = 5
SIDE_BY_SIDE_WIDTH = 80


@dataclass(frozen=True, slots=True)
class CaseResult:
    """Result of a case. `failures` are the missed expectations, `seconds` the time of the whole conversation."""

    case: AnswerCase
    passed: bool
    failures: tuple[str, ...]
    answer: Answer
    seconds: float


# Running


def run_cases(cases: Iterable[AnswerCase], answer: AnswerQuestion) -> Iterator[CaseResult]:
    """Ask the questions of each case, and check the last answer.

    Raises `CasesError` for a question that cannot be searched, and any other error of `answer`.
    """
    for case in cases:
        started = perf_counter()
        turns: list[Turn] = []
        try:
            for question in case.questions[:-1]:
                earlier = answer(question, turns=tuple(turns))
                turns.append(Turn(question, earlier.searched, _plain_text(earlier)))
            last = answer(case.questions[-1], turns=tuple(turns))
        except QuestionError as error:
            raise CasesError(f"{case.file}, line {case.line}: case {case.name}: {error}") from error
        failures = tuple(_failures(case, last))
        yield CaseResult(case, not failures, failures, last, perf_counter() - started)


def _failures(case: AnswerCase, answer: Answer) -> Iterator[str]:
    searched = _comparable(answer.searched)
    for choices in case.searched_contains:
        if not any(_comparable(choice) in searched for choice in choices):
            yield f"the searched question lacks {_either(choices)}: {answer.searched}"
    if case.abstains and not answer.abstained:
        yield "there is an answer, but an abstention was expected"
    elif answer.abstained and not case.abstains:
        yield f"abstained: confidence {answer.confidence:.2f}, threshold {answer.threshold:.2f}"
    elif not answer.abstained:
        yield from _failures_of_text(case, answer)


def _failures_of_text(case: AnswerCase, answer: Answer) -> Iterator[str]:
    """Yield the expectations that an answer (not an abstention) misses."""
    text = _comparable(_plain_text(answer))
    cited = {citation.document for citation in answer.citations}
    for documents in case.cites:
        if cited.isdisjoint(documents):
            yield f"{' or '.join(documents)} is not cited, but {', '.join(sorted(cited)) or 'nothing'} is"
    for choices in case.contains:
        if not any(_comparable(choice) in text for choice in choices):
            yield f"the answer lacks {_either(choices)}"
    for unwanted in case.lacks:
        if _comparable(unwanted) in text:
            yield f'the answer contains "{unwanted}"'


def _plain_text(answer: Answer) -> str:
    """Return the words of an answer without markers."""
    return " ".join(plain_text_of(answer.blocks).split())


def _comparable(text: str) -> str:
    return " ".join(text.casefold().split())


def _either(choices: Sequence[str]) -> str:
    return " or ".join(f'"{choice}"' for choice in choices)


# Reporting


def junit_xml(results: Iterable[CaseResult]) -> str:
    """Return the results as a JUnit document with one test suite for each file of cases. Times are in seconds."""
    from xml.etree import ElementTree

    by_file: dict[str, list[CaseResult]] = {}
    for result in results:
        by_file.setdefault(result.case.file, []).append(result)
    root = ElementTree.Element("testsuites", _totals([result for some in by_file.values() for result in some]))
    for file, some in by_file.items():
        suite = ElementTree.SubElement(root, "testsuite", {"name": printable(file), **_totals(some)})
        for result in some:
            names = {"classname": printable(Path(file).stem), "name": result.case.name}
            element = ElementTree.SubElement(suite, "testcase", {**names, "time": f"{result.seconds:.3f}"})
            properties = ElementTree.SubElement(element, "properties")
            for name, value in _properties(result).items():
                ElementTree.SubElement(properties, "property", {"name": name, "value": printable(value)})
            if not result.passed:
                message = {"message": printable("; ".join(result.failures)), "type": "failed expectation"}
                ElementTree.SubElement(element, "failure", message).text = printable(_got(result.answer))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _totals(results: Sequence[CaseResult]) -> dict[str, str]:
    failed = sum(not result.passed for result in results)
    seconds = sum(result.seconds for result in results)
    counts = {"tests": len(results), "failures": failed, "errors": 0, "skipped": 0}
    return {**{name: str(count) for name, count in counts.items()}, "time": f"{seconds:.3f}"}


def _properties(result: CaseResult) -> dict[str, str]:
    return {
        "line": str(result.case.line),
        "searched": result.answer.searched,
        "confidence": f"{result.answer.confidence:.4f}",
        "threshold": f"{result.answer.threshold:.4f}",
    }


def report(results: Sequence[CaseResult], width: int) -> RenderableType:
    """Return a table of all cases, then for each failure what was expected, the answer and the evidence.

    `width` is in columns.
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(width=width)
    table.add_column("case", ratio=1)
    table.add_column("outcome")
    table.add_column("seconds", justify="right")
    for result in results:
        outcome = Text("passed", "green") if result.passed else Text("failed", "red")
        table.add_row(Text(result.case.name), outcome, f"{result.seconds:.2f}")
    failed = [result for result in results if not result.passed]
    passed, seconds = len(results) - len(failed), sum(result.seconds for result in results)
    summary = Text(f"{passed} of {len(results)} cases passed, {len(failed)} failed, in {seconds:.1f} s")
    return Group(table, *(_failure(result, width) for result in failed), summary)


def _failure(result: CaseResult, width: int) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    title = Text(printable(f"\n{result.case.name} ({result.case.file}, line {result.case.line})"), "bold")
    questions = Text(printable("\n".join(f"> {question}" for question in result.case.questions)))
    failures = Text(printable("\n".join(f"- {failure}" for failure in result.failures)), "red")
    expected, got = Text(printable(_expected(result.case))), Text(printable(_got(result.answer)))
    if width >= SIDE_BY_SIDE_WIDTH:
        comparison = Table(width=width)
        comparison.add_column("expected", ratio=1)
        comparison.add_column("got", ratio=1)
        comparison.add_row(expected, got)
    else:
        comparison = Table(show_header=False, show_lines=True, width=width)
        comparison.add_row("expected", expected)
        comparison.add_row("got", got)
    return Group(title, questions, failures, comparison, _evidence_table(result.answer.evidence, width))


def _evidence_table(evidence: Sequence[Evidence], width: int) -> Table:
    """Return a table of the best evidence that was considered, whether the answer shows it or not."""
    from rich.table import Table
    from rich.text import Text

    hidden = len(evidence) - EVIDENCE_SHOWN
    caption = f"and {hidden} more" if hidden > 0 else None if evidence else "none"
    table = Table(title="evidence considered", caption=caption, width=width)
    table.add_column("probability", justify="right")
    table.add_column("passage")
    table.add_column("quote", ratio=1)
    for item in evidence[:EVIDENCE_SHOWN]:
        passage = item.passage
        location = passage.document
        if passage.line is not None or passage.page is not None:
            location += f":{passage.line}" if passage.line is not None else f", page {passage.page}"
        start, end = item.spans[0].start - passage.start, item.spans[-1].end - passage.start
        quote = " ".join(passage.text[start:end].split())
        table.add_row(f"{item.probability:.2f}", Text(printable(location)), Text(printable(quote)))
    return table


def _expected(case: AnswerCase) -> str:
    lines = [f"searched with {_either(choices)}" for choices in case.searched_contains]
    lines += ["an abstention" if case.abstains else "an answer"]
    lines += [f"citing {' or '.join(documents)}" for documents in case.cites]
    lines += [f"with {_either(choices)}" for choices in case.contains]
    lines += [f'without "{unwanted}"' for unwanted in case.lacks]
    return "\n".join(lines)


def _got(answer: Answer) -> str:
    """Return the answer, its confidence, and the question as it was searched if it was rewritten."""
    numbers = f"(confidence {answer.confidence:.2f}, threshold {answer.threshold:.2f})"
    rewritten = [f"searched: {answer.searched}"] if answer.searched != answer.question else []
    places = [f"[{c.number}] {c.document}" + (f":{c.line}" if c.line else "") for c in answer.citations]
    return "\n".join([*rewritten, answer.text or "an abstention", *places, numbers])
