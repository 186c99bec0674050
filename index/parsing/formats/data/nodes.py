"""Make PyYAML's nodes of the values of other formats, so that one walk writes them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yaml import MappingNode, Mark, Node, ScalarNode, SequenceNode


def scalar(text: str, line: int, end: int, *, style: str = "") -> ScalarNode:
    """Return a value that stands from `line` to before `end`, both counted from 0."""
    from yaml import ScalarNode

    return ScalarNode("", text, _mark(line, 0), _mark(end - 1, 1), style)


def mapping(pairs: Sequence[tuple[Node, Node]], line: int, end: int) -> MappingNode:
    """Return keys with their values; `line` and `end` are those of the whole."""
    from yaml import MappingNode

    return MappingNode("", list(pairs), _mark(line, 0), _mark(end - 1, 1), flow_style=True)


def sequence(items: Sequence[Node], line: int, end: int) -> SequenceNode:
    """Return a list; `line` and `end` are those of the whole."""
    from yaml import SequenceNode

    return SequenceNode("", list(items), _mark(line, 0), _mark(end - 1, 1), flow_style=True)


def _mark(line: int, column: int) -> Mark:
    from yaml import Mark

    return Mark("", 0, line, column, None, 0)
