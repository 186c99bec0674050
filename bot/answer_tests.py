"""Answer cases: questions, what their answers must look like, the run over them, and the report.

A file of cases is YAML, a mapping whose only key `cases` is a list of

    - name: bolton-purpose                     # unique over all files; small letters, digits and hyphens
      question: What did Bolton say the talks were about?
      conversation:                            # instead of `question`; the expectations are about the last answer
        - What did Bolton say the talks were about?
        - And what did Trump say?
      cites: [talks.md, [a.md, b.md]]          # documents that must be cited; a list within the list: any one of them
      contains: [free elections]               # texts that must occur in the answer; lists within, as above
      lacks: [Macron]                          # texts that must not
      searched_contains: [Bolton, talks]       # texts that must occur in the question as it was searched
      abstains: true                           # there must be no answer; excludes `cites`, `contains` and `lacks`

Texts are compared without regard to case and white space. The caller gives the callable that answers the questions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from bot.types import Answer, Turn
from index.types import Evidence

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from yaml import Node

AnswerQuestion = Callable[[str, Sequence[Turn]], Answer]

CASE_KEYS = ("name", "question", "conversation", "cites", "contains", "lacks", "searched_contains", "abstains")
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
EVIDENCE_SHOWN = 5
SIDE_BY_SIDE_WIDTH = 80
# What XML 1.0 forbids, and the control characters that could drive a terminal; line feeds and tabs stay.
UNPRINTABLE = re.compile(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class CasesError(Exception):
    """A file of cases can't be used. Its text is one line: file, line, case, what is wrong, what to do."""


@dataclass(frozen=True, slots=True)
class AnswerCase:
    """One case. `questions` is the conversation, at least one; the expectations are about the answer to the last.

    Each item of `cites`, `contains` and `searched_contains` is a tuple of alternatives, any one of which will do.
    `file` and `line` (from 1) say where the case is written.
    """

    name: str
    questions: tuple[str, ...]
    cites: tuple[tuple[str, ...], ...] = ()
    contains: tuple[tuple[str, ...], ...] = ()
    lacks: tuple[str, ...] = ()
    searched_contains: tuple[tuple[str, ...], ...] = ()
    abstains: bool = False
    file: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of a case: `failures` says in words what was missed, `seconds` is for the whole conversation."""

    case: AnswerCase
    passed: bool
    failures: tuple[str, ...]
    answer: Answer
    seconds: float


# Loading


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the cases we are, for the messages of errors."""

    file: Path
    case: str | None = None

    def error(self, problem: str, line: int | None = None) -> CasesError:
        where = [str(self.file)]
        if line is not None:
            where.append(f"line {line}")
        if self.case is not None:
            where.append(self.case)
        return CasesError(_printable(" ".join(f"{', '.join(where)}: {problem}".split())))


def load_cases(paths: Iterable[Path]) -> tuple[AnswerCase, ...]:
    """The cases of all files, in order; a folder stands for the `*.yaml` and `*.yml` files directly in it.

    Raises CasesError where a file is missing or one of its cases can't be understood.
    """
    cases: dict[str, AnswerCase] = {}
    for file in _case_files(paths):
        for case in _read_cases(file):
            if earlier := cases.get(case.name):
                problem = f"this name is already taken at {earlier.file}, line {earlier.line}; rename one of the two"
                raise _Place(file, f"case {case.name}").error(problem, case.line)
            cases[case.name] = case
    return tuple(cases.values())


def _case_files(paths: Iterable[Path]) -> list[Path]:
    """The files meant by `paths`, each once, however often it is named."""
    files: dict[Path, Path] = {}
    for path in paths:
        found = [path]
        if path.is_dir():
            found = sorted(file for file in path.iterdir() if file.suffix in {".yaml", ".yml"} and file.is_file())
            if not found:
                raise _Place(path).error("this folder has no *.yaml or *.yml file; name one that has")
        for file in found:
            files.setdefault(file.resolve(), file)
    return list(files.values())


def _read_cases(file: Path) -> Iterator[AnswerCase]:
    place = _Place(file)
    root = _yaml_tree(file)
    if root is None:
        raise place.error("the file is empty; begin it with `cases:` and list the cases below", 1)
    entries = _entries(root, place, ("cases",), "the file")
    if "cases" not in entries:
        raise place.error("the key `cases` is missing; begin the file with `cases:` and list the cases below", 1)
    for position, node in enumerate(_items(entries["cases"], place, "cases"), start=1):
        yield _read_case(node, file, position)


def _yaml_tree(file: Path) -> Node | None:
    """The YAML nodes of a file, which know their lines; None for a file without content."""
    import yaml

    place = _Place(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise place.error("there is no such file; check the path") from None
    except UnicodeDecodeError:
        raise place.error("the file is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise place.error(f"the file can't be read ({error.strerror}); check its permissions") from None
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        advice = "check the indentation, and put texts with signs such as : ? [ ] # in quotation marks"
        raise place.error(f"this is not YAML ({error.problem}); {advice}", mark.line + 1 if mark else None) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise place.error("a control character stands here that YAML forbids; delete it", line) from None


def _read_case(node: Node, file: Path, position: int) -> AnswerCase:
    place = _Place(file, f"case {_name_at_sight(node) or position}")
    entries = _entries(node, place, CASE_KEYS, "a case")
    if "name" not in entries:
        raise place.error("the case has no name; add `name: what-is-asked`", _line(node))
    name = _text(entries["name"], place, "name")
    if not NAME.fullmatch(name):
        advice = "use small letters, digits and hyphens, such as what-is-asked"
        raise place.error(f"the name {name!r} can't be used; {advice}", _line(entries["name"]))
    case = AnswerCase(
        name=name,
        questions=_questions(entries, place, _line(node)),
        cites=_alternatives(entries, place, "cites"),
        contains=_alternatives(entries, place, "contains"),
        lacks=_texts(entries["lacks"], place, "lacks") if "lacks" in entries else (),
        searched_contains=_alternatives(entries, place, "searched_contains"),
        abstains=_truth(entries["abstains"], place, "abstains") if "abstains" in entries else False,
        file=str(file),
        line=_line(node),
    )
    for key in ("cites", "contains", "lacks"):
        if case.abstains and key in entries:
            raise place.error(f"an abstention has no `{key}`; remove `{key}` or `abstains`", _line(entries[key]))
    return case


def _name_at_sight(node: Node) -> str | None:
    """The name of a case that isn't checked yet, so that every error can tell it; None where there is no good one."""
    from yaml import MappingNode

    pairs = node.value if isinstance(node, MappingNode) else []
    names = [str(value.value) for key, value in pairs if key.value == "name"]
    return names[0] if names and NAME.fullmatch(names[0]) else None


def _questions(entries: dict[str, Node], place: _Place, line: int) -> tuple[str, ...]:
    if "question" in entries and "conversation" in entries:
        raise place.error("both `question` and `conversation` are given; keep one of them", line)
    if "question" in entries:
        return (_text(entries["question"], place, "question"),)
    if "conversation" not in entries:
        raise place.error("nothing is asked; add `question: …`, or `conversation:` with a list of questions", line)
    questions = _texts(entries["conversation"], place, "conversation")
    if len(questions) < 2:
        advice = "add a follow-up, or write `question` instead"
        raise place.error(f"`conversation` has a single question; {advice}", _line(entries["conversation"]))
    return questions


def _entries(node: Node, place: _Place, known: Sequence[str], what: str) -> dict[str, Node]:
    """The values of a mapping by key; `what` names the mapping in messages."""
    from yaml import MappingNode

    if not isinstance(node, MappingNode):
        keys = ", ".join(f"`{key}:`" for key in known)
        raise place.error(f"{what} must be a mapping; write it with the keys {keys}", _line(node))
    entries: dict[str, Node] = {}
    for key_node, value in node.value:
        key = str(key_node.value)
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.5)
            advice = f"did you mean `{near[0]}`?" if near else f"use one of {', '.join(known)}"
            raise place.error(f"{what} has no key `{key}`; {advice}", _line(key_node))
        if key in entries:
            raise place.error(f"`{key}` is given twice; keep one of them", _line(key_node))
        entries[key] = value
    return entries


def _items(node: Node, place: _Place, key: str) -> list[Node]:
    from yaml import SequenceNode

    if not isinstance(node, SequenceNode) or not node.value:
        found = "empty" if not node.value else "not a list"
        raise place.error(f"`{key}` is {found}; write a list, `- …` on each line or `[…, …]`", _line(node))
    return list(node.value)


def _text(node: Node, place: _Place, key: str) -> str:
    """The text of a scalar as it is written, so that 2019 or `no` need no quotation marks."""
    from yaml import ScalarNode

    if not isinstance(node, ScalarNode):
        raise place.error(f"`{key}` wants a text here; write one, in quotation marks if need be", _line(node))
    text = " ".join(str(node.value).split())
    if not text or node.tag.endswith(":null"):
        raise place.error(f"`{key}` is empty here; write a text or remove it", _line(node))
    return text


def _texts(node: Node, place: _Place, key: str) -> tuple[str, ...]:
    return tuple(_text(item, place, key) for item in _items(node, place, key))


def _alternatives(entries: dict[str, Node], place: _Place, key: str) -> tuple[tuple[str, ...], ...]:
    from yaml import ScalarNode

    if key not in entries:
        return ()
    items = _items(entries[key], place, key)
    return tuple((_text(i, place, key),) if isinstance(i, ScalarNode) else _texts(i, place, key) for i in items)


def _truth(node: Node, place: _Place, key: str) -> bool:
    text = _text(node, place, key).lower()
    if text not in {"true", "false"}:
        raise place.error(f"`{key}` is {text!r}; write true or false", _line(node))
    return text == "true"


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


# Running


def run_cases(cases: Iterable[AnswerCase], answer: AnswerQuestion) -> Iterator[CaseResult]:
    """Ask every case's questions and check the last answer. Whatever `answer` raises passes through."""
    for case in cases:
        started = perf_counter()
        turns: list[Turn] = []
        for question in case.questions[:-1]:
            earlier = answer(question, tuple(turns))
            turns.append(Turn(question, earlier.searched, _plain_text(earlier)))
        last = answer(case.questions[-1], tuple(turns))
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
    """What an answer that is no abstention misses."""
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
    """The sentences of an answer without their markers."""
    return " ".join(" ".join(sentence.text.split()) for sentence in answer.sentences)


def _comparable(text: str) -> str:
    return " ".join(text.casefold().split())


def _either(choices: Sequence[str]) -> str:
    return " or ".join(f'"{choice}"' for choice in choices)


# Reporting


def junit_xml(results: Iterable[CaseResult]) -> str:
    """The results as a JUnit document, one test suite a file of cases; times in seconds."""
    from xml.etree import ElementTree

    by_file: dict[str, list[CaseResult]] = {}
    for result in results:
        by_file.setdefault(result.case.file, []).append(result)
    root = ElementTree.Element("testsuites", _totals([result for some in by_file.values() for result in some]))
    for file, some in by_file.items():
        suite = ElementTree.SubElement(root, "testsuite", {"name": _printable(file), **_totals(some)})
        for result in some:
            names = {"classname": _printable(Path(file).stem), "name": result.case.name}
            element = ElementTree.SubElement(suite, "testcase", {**names, "time": f"{result.seconds:.3f}"})
            properties = ElementTree.SubElement(element, "properties")
            for name, value in _properties(result).items():
                ElementTree.SubElement(properties, "property", {"name": name, "value": _printable(value)})
            if not result.passed:
                message = {"message": _printable("; ".join(result.failures)), "type": "failed expectation"}
                ElementTree.SubElement(element, "failure", message).text = _printable(_got(result.answer))
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
    """A table of all cases, then of each failure the expected, the answer and the evidence; `width` in columns."""
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

    title = Text(_printable(f"\n{result.case.name} ({result.case.file}, line {result.case.line})"), "bold")
    questions = Text(_printable("\n".join(f"> {question}" for question in result.case.questions)))
    failures = Text(_printable("\n".join(f"- {failure}" for failure in result.failures)), "red")
    expected, got = Text(_printable(_expected(result.case))), Text(_printable(_got(result.answer)))
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
    """The best evidence that was considered, shown in the answer or not."""
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
        place = passage.document
        if passage.line is not None or passage.page is not None:
            place += f":{passage.line}" if passage.line is not None else f", page {passage.page}"
        start, end = item.spans[0].start - passage.start, item.spans[-1].end - passage.start
        quote = " ".join(passage.text[start:end].split())
        table.add_row(f"{item.probability:.2f}", Text(_printable(place)), Text(_printable(quote)))
    return table


def _expected(case: AnswerCase) -> str:
    lines = [f"searched with {_either(choices)}" for choices in case.searched_contains]
    lines += ["an abstention" if case.abstains else "an answer"]
    lines += [f"citing {' or '.join(documents)}" for documents in case.cites]
    lines += [f"with {_either(choices)}" for choices in case.contains]
    lines += [f'without "{unwanted}"' for unwanted in case.lacks]
    return "\n".join(lines)


def _got(answer: Answer) -> str:
    """The answer as it was given, its confidence, and the question as it was searched, if that was rewritten."""
    numbers = f"(confidence {answer.confidence:.2f}, threshold {answer.threshold:.2f})"
    rewritten = [f"searched: {answer.searched}"] if answer.searched != answer.question else []
    places = [f"[{c.number}] {c.document}" + (f":{c.line}" if c.line else "") for c in answer.citations]
    return "\n".join([*rewritten, answer.text or "an abstention", *places, numbers])


def _printable(text: str) -> str:
    return UNPRINTABLE.sub("", text)
