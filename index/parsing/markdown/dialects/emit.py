"""Push the tokens that stand for the containers, titles and code of documentation tools onto markdown-it's stream."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from index.parsing.markdown.dialects.kinds import ContainerKind, kind_of, title_in
from index.parsing.text.admonitions import VERSIONS

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

_ATTRIBUTE = re.compile(r"([\w:-]+)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'}]+))|\"([^\"]*)\"|'([^']*)'|([.#]?)([\w-]+)")


def attributes_in(text: str) -> dict[str, str]:
    """Return the attributes of a shortcode or directive: key="value", .class, a quoted title, a bare word as type."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text[:2_000]):
        key, double, single, plain, double_title, single_title, sign, word = match.groups()
        if key:
            found.setdefault(key.lower(), double or single or plain or "")
        elif word and sign != "#":
            found["class"] = f"{found.get('class', '')} {word}".strip()
        elif double_title or single_title:
            found.setdefault("title", double_title or single_title)
    return found


def push_open(
    state: StateBlock,
    line: int,
    key: str,
    name: str,
    *,
    attributes: Mapping[str, str],
    title: str = "",
    title_line: int | None = None,
) -> None:
    """Push the beginning of a container and its title. `key` is what the end of the container will name.

    The title stands at `title_line`, if given, else at `line`.
    """
    kind = kind_of(name, attributes)
    title = (title or title_in(name, attributes)).strip()
    if name.lower() in VERSIONS and title:
        title = f"{VERSIONS[name.lower()]} {title}"
    if title.endswith("?"):
        kind = ContainerKind(is_collapsed=True)
    token = state.push("container_open", "", 0)
    token.map = [line, line + 1]
    token.meta = {"key": key, "label": kind.label}
    if title:
        push_paragraph(
            state, line if title_line is None else title_line, title, role="question" if kind.is_collapsed else "title"
        )


def push_close(state: StateBlock, line: int, key: str) -> None:
    """Push the end of the container that was opened with `key`."""
    token = state.push("container_close", "", 0)
    token.map = [line, line + 1]
    token.meta = {"key": key}


def push_paragraph(state: StateBlock, line: int, content: str, *, role: str = "") -> None:
    """Push a paragraph that begins at `line`; its role is "title" or "question" of what follows, or empty."""
    _push_inline(state, line, content, "paragraph", "p", role)


def push_heading(state: StateBlock, line: int, content: str, level: int) -> None:
    """Push a heading."""
    _push_inline(state, line, content, "heading", f"h{level}", "")


def push_code(state: StateBlock, line: int, end: int, content: str, language: str) -> None:
    """Push code that stands between a line that opens it and one that closes it."""
    token = state.push("fence", "code", 0)
    token.map = [line, end]
    token.info = language
    token.content = content


def _push_inline(state: StateBlock, line: int, content: str, name: str, tag: str, role: str) -> None:
    lines = [line, line + content.count("\n") + 1]
    state.push(f"{name}_open", tag, 1).map = lines
    token = state.push("inline", "", 0)
    token.content = content.strip(" \t")
    token.map = lines
    token.children = []
    token.meta = {"role": role}
    state.push(f"{name}_close", tag, -1)
