"""Read answer cases from YAML: questions, and what is expected of their answers.

A file of cases is YAML, a mapping whose only key `cases` is a list of

    - name: bolton-purpose                     # unique in all files; small letters, digits and hyphens
      question: What did Bolton say the talks were about?
      conversation:                            # instead of `question`; the expectations concern the last answer
        - What did Bolton say the talks were about?
        - And what did Trump say?
      cites: [talks.md, [a.md, b.md]]          # documents that must be cited; a list within the list: any one of them
      contains: [free elections]               # texts that must be in the answer; lists as above
      lacks: [Macron]                          # texts that must not be in the answer
      searched_contains: [Bolton, talks]       # texts that must be in the question as it was searched
      abstains: true                           # there must be no answer; excludes `cites`, `contains` and `lacks`

Texts are compared without regard to case and white space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import CasesError

if TYPE_CHECKING:
    from yaml import Node

CASE_KEYS = ("name", "question", "conversation", "cites", "contains", "lacks", "searched_contains", "abstains")
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Characters that XML 1.0 forbids, and control characters except line feeds and tabs.
UNPRINTABLE = re.compile(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class AnswerCase:
    """One case.

    `questions` is the conversation, at least one question; the expectations concern the last answer. Each item of
    `cites`, `contains` and `searched_contains` is a tuple of alternatives, one of which must be met. `file` and `line`
    (from 1) are the position of the case.
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


def printable(text: str) -> str:
    """Return the text without control characters and others that XML forbids."""
    return UNPRINTABLE.sub("", text)


@dataclass(frozen=True, slots=True)
class _Location:
    """A location in the files of cases, for error messages."""

    file: Path
    case: str | None = None

    def error(self, problem: str, line: int | None = None) -> CasesError:
        where = [str(self.file)]
        if line is not None:
            where.append(f"line {line}")
        if self.case is not None:
            where.append(self.case)
        return CasesError(printable(" ".join(f"{', '.join(where)}: {problem}".split())))


def load_cases(paths: Iterable[Path]) -> tuple[AnswerCase, ...]:
    """Return the cases of all files in order. A folder stands for the `*.yaml` and `*.yml` files directly in it.

    Raises `CasesError` if a file is missing or a case is invalid.
    """
    cases: dict[str, AnswerCase] = {}
    for file in _case_files(paths):
        for case in _read_cases(file):
            if earlier := cases.get(case.name):
                problem = f"this name is already taken at {earlier.file}, line {earlier.line}; rename one of the two"
                raise _Location(file, f"case {case.name}").error(problem, case.line)
            cases[case.name] = case
    return tuple(cases.values())


def _case_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files that `paths` name, each of them once."""
    files: dict[Path, Path] = {}
    for path in paths:
        found = [path]
        if path.is_dir():
            found = sorted(file for file in path.iterdir() if file.suffix in {".yaml", ".yml"} and file.is_file())
            if not found:
                raise _Location(path).error("this folder has no *.yaml or *.yml file; name one that has")
        for file in found:
            files.setdefault(file.resolve(), file)
    return list(files.values())


def _read_cases(file: Path) -> Iterator[AnswerCase]:
    location = _Location(file)
    root = _yaml_tree(file)
    if root is None:
        raise location.error("the file is empty; begin it with `cases:` and list the cases below", 1)
    entries = _entries(root, location, ("cases",), "the file")
    if "cases" not in entries:
        raise location.error("the key `cases` is missing; begin the file with `cases:` and list the cases below", 1)
    for number, node in enumerate(_items(entries["cases"], location, "cases"), start=1):
        yield _read_case(node, file, number)


def _yaml_tree(file: Path) -> Node | None:
    """Return the YAML nodes of a file, which have line numbers; None for an empty file."""
    import yaml

    location = _Location(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise location.error("there is no such file; check the path") from None
    except UnicodeDecodeError:
        raise location.error("the file is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise location.error(f"the file can't be read ({error.strerror}); check its permissions") from None
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        advice = "check the indentation, and put texts with signs such as : ? [ ] # in quotation marks"
        raise location.error(f"this is not YAML ({error.problem}); {advice}", mark.line + 1 if mark else None) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise location.error("YAML forbids the control character here; delete it", line) from None


def _read_case(node: Node, file: Path, number: int) -> AnswerCase:
    location = _Location(file, f"case {_unchecked_name(node) or number}")
    entries = _entries(node, location, CASE_KEYS, "a case")
    if "name" not in entries:
        raise location.error("the case has no name; add one, such as `name: who-signed`", _line(node))
    name = _text(entries["name"], location, "name")
    if not NAME.fullmatch(name):
        advice = "use small letters, digits and hyphens, such as who-signed"
        raise location.error(f"the name {name!r} can't be used; {advice}", _line(entries["name"]))
    case = AnswerCase(
        name=name,
        questions=_questions(entries, location, _line(node)),
        cites=_alternatives(entries, location, "cites"),
        contains=_alternatives(entries, location, "contains"),
        lacks=_texts(entries["lacks"], location, "lacks") if "lacks" in entries else (),
        searched_contains=_alternatives(entries, location, "searched_contains"),
        abstains=_truth(entries["abstains"], location, "abstains") if "abstains" in entries else False,
        file=str(file),
        line=_line(node),
    )
    for key in ("cites", "contains", "lacks"):
        if case.abstains and key in entries:
            raise location.error(f"an abstention has no `{key}`; remove `{key}` or `abstains`", _line(entries[key]))
    return case


def _unchecked_name(node: Node) -> str | None:
    """Return the name of a case that is not checked yet, for error messages; None if it has no valid one."""
    from yaml import MappingNode

    pairs = node.value if isinstance(node, MappingNode) else []
    names = [str(value.value) for key, value in pairs if key.value == "name"]
    return names[0] if names and NAME.fullmatch(names[0]) else None


def _questions(entries: dict[str, Node], location: _Location, line: int) -> tuple[str, ...]:
    if "question" in entries and "conversation" in entries:
        raise location.error("both `question` and `conversation` are given; remove one of them", line)
    if "question" in entries:
        return (_text(entries["question"], location, "question"),)
    if "conversation" not in entries:
        raise location.error(
            "there is no question; add `question: …`, or `conversation:` with a list of questions", line
        )
    questions = _texts(entries["conversation"], location, "conversation")
    if len(questions) < 2:
        advice = "add a follow-up, or write `question` instead"
        raise location.error(f"`conversation` has a single question; {advice}", _line(entries["conversation"]))
    return questions


def _entries(node: Node, location: _Location, known: Sequence[str], what: str) -> dict[str, Node]:
    """Return the values of a mapping by key. `what` names the mapping in error messages."""
    from yaml import MappingNode

    if not isinstance(node, MappingNode):
        keys = ", ".join(f"`{key}:`" for key in known)
        raise location.error(f"{what} must be a mapping; write it with the keys {keys}", _line(node))
    entries: dict[str, Node] = {}
    for key_node, value in node.value:
        key = str(key_node.value)
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.5)
            advice = f"did you mean `{near[0]}`?" if near else f"use one of {', '.join(known)}"
            raise location.error(f"{what} has no key `{key}`; {advice}", _line(key_node))
        if key in entries:
            raise location.error(f"`{key}` is given twice; remove one of them", _line(key_node))
        entries[key] = value
    return entries


def _items(node: Node, location: _Location, key: str) -> list[Node]:
    from yaml import SequenceNode

    if not isinstance(node, SequenceNode) or not node.value:
        found = "empty" if not node.value else "not a list"
        raise location.error(f"`{key}` is {found}; write a list, `- …` on each line or `[…, …]`", _line(node))
    return list(node.value)


def _text(node: Node, location: _Location, key: str) -> str:
    """Return a scalar as it is written, so that 2019 and `no` need no quotation marks."""
    from yaml import ScalarNode

    if not isinstance(node, ScalarNode):
        raise location.error(f"`{key}` must be a text; put it in quotation marks if necessary", _line(node))
    text = " ".join(str(node.value).split())
    if not text or node.tag.endswith(":null"):
        raise location.error(f"`{key}` is empty; write a text or remove the key", _line(node))
    return text


def _texts(node: Node, location: _Location, key: str) -> tuple[str, ...]:
    return tuple(_text(item, location, key) for item in _items(node, location, key))


def _alternatives(entries: dict[str, Node], location: _Location, key: str) -> tuple[tuple[str, ...], ...]:
    from yaml import ScalarNode

    if key not in entries:
        return ()
    items = _items(entries[key], location, key)
    return tuple((_text(i, location, key),) if isinstance(i, ScalarNode) else _texts(i, location, key) for i in items)


def _truth(node: Node, location: _Location, key: str) -> bool:
    text = _text(node, location, key).lower()
    if text not in {"true", "false"}:
        raise location.error(f"`{key}` is {text!r}; write true or false", _line(node))
    return text == "true"


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
