"""Answer cases: questions and what their answers must look like, read from YAML.

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
# What XML 1.0 forbids, and the control characters that could drive a terminal; line feeds and tabs stay.
UNPRINTABLE = re.compile(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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


def printable(text: str) -> str:
    """The text without the characters that a terminal would obey or XML forbids."""
    return UNPRINTABLE.sub("", text)


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
        return CasesError(printable(" ".join(f"{', '.join(where)}: {problem}".split())))


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
