"""Includes of Markdown tools: PyMdown's snippets, mdx-include, markdown-include, VitePress, VuePress, MyST."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.parsing.including.files import Files
from index.parsing.including.rewriting import Lines, indented, language_of
from index.parsing.including.selection import between, dedented, numbered, section, without_marks

MARKS = ("--8<--", "{*", "{!", "<<<", "@[code", "literalinclude}")

_SNIPPET = re.compile(r"(\s*)(?:[#/*<!%-]*\s*)-+8<-+[ \t]+([\"'])(.+?)\2\s*(?:-->)?\s*\Z")
_SNIPPETS = re.compile(r"(\s*)-+8<-+\s*\Z")
_ESCAPED = re.compile(r"(\s*);(-+8<-+.*)")
_STARRED = re.compile(r"(\s*)\{\*\s*(\S+?\.\w+)\s*(.*?)\s*\*\}\s*\Z")
_BANGED = re.compile(r"(\s*)\{!>?\s*(\S+?\.\w+)\s*(?:!(.*))?!\}\s*\Z")
_VITEPRESS = re.compile(r"(\s*)<<<[ \t]*([@~./][^\s{#]*)(#[\w-]+)?[ \t]*(?:\{([^}]*)\})?.*\Z")
_VUEPRESS = re.compile(r"(\s*)@\[code(?:\{([^}]*)\})?([^\]]*)\]\(([^)\s]+)\)\s*\Z")
_FENCE = re.compile(r"([ \t>]*(?:[-*+][ \t]+|\d{1,4}[.)][ \t]+)?)(`{3,}|~{3,})[ \t]*([^`\n]*)\Z")
_LITERAL = re.compile(r"\{(?:literalinclude)\}[ \t]*(\S+)")
_OPTION = re.compile(r"[ \t]*:([\w-]+):[ \t]*(.*)")


@dataclass(frozen=True, slots=True)
class _Include:
    """A line that includes: its indentation, the file's name, and the lines or the section that are wanted of it."""

    indent: str
    path: str
    ranges: str = ""
    name: str = ""


@dataclass(slots=True)
class _Fence:
    """Code between two fences: the opening line's marks, where it stands among the lines written, and what is in it."""

    marks: str
    begin: int
    literal: str = ""  # the file that MyST's `literalinclude` names
    is_missing: bool = False
    has_code: bool = False


def include_in_markdown(source: str, files: Files) -> Lines:
    """Return the lines of a Markdown file with the code that it includes; what is not there leaves nothing."""
    return _Markdown(files).rewritten(source.split("\n"))


class _Markdown:
    def __init__(self, files: Files) -> None:
        self._files = files
        self._out = Lines()
        self._fence: _Fence | None = None
        self._in_snippets = False
        self._options: dict[str, str] = {}

    def rewritten(self, lines: list[str]) -> Lines:
        for self._out.at, line in enumerate(lines, 1):
            if self._fence is not None:
                self._read_code(self._fence, line)
            elif opening := _FENCE.match(line):
                literal = _LITERAL.match(opening[3])
                self._fence = _Fence(opening[2], len(self._out.texts), literal[1] if literal else "")
                self._options = {}
                self._out.write(line)
            else:
                self._read_line(line)
        return self._out

    def _read_code(self, fence: _Fence, line: str) -> None:
        bare = line.strip(" \t>")
        if bare.startswith(fence.marks) and not bare.strip(fence.marks[0]):
            self._close(fence, line)
        elif fence.literal:
            if option := _OPTION.match(line):
                self._options[option[1]] = option[2]
        elif include := _snippet(line) or _banged(line):
            code = self._code(include)
            fence.is_missing |= code is None
            fence.has_code |= code is not None
            self._out.write(*indented(code or [], include.indent))
        else:
            fence.has_code |= bool(bare)
            self._out.write(_unescaped(line))

    def _close(self, fence: _Fence, line: str) -> None:
        opening = _FENCE.match(self._out.texts[fence.begin])
        self._fence = None
        if fence.literal and opening:
            text = self._files.text_of(fence.literal)
            code = between(text.split("\n"), self._options) if text is not None else None
            if code is not None:
                language = self._options.get("language") or language_of(fence.literal)
                self._out.cut_to(fence.begin)
                self._write_fenced(opening[1], dedented(code), language)
                return
            fence.is_missing = True
        if fence.is_missing and not fence.has_code:
            self._out.cut_to(fence.begin)
            self._out.drop_announcement()
        else:
            self._out.write(line)

    def _read_line(self, line: str) -> None:
        if _SNIPPETS.match(line):
            self._in_snippets = not self._in_snippets
            return
        if self._in_snippets:  # a name a line
            name = line.strip().strip("\"'")
            include = (
                _named(line[: len(line) - len(line.lstrip())], name) if name and not name.startswith(";") else None
            )
        else:
            include = _snippet(line) or _starred(line) or _banged(line) or _vue(line)
        if include is not None:
            self._include(include)
        elif not self._in_snippets:
            self._out.write(_unescaped(line))

    def _include(self, include: _Include) -> None:
        code = self._code(include)
        if code is None:
            self._out.drop_announcement()
        else:
            self._write_fenced(include.indent, code, language_of(include.path))

    def _write_fenced(self, indent: str, code: list[str], language: str) -> None:
        longest = max((len(run) for line in code for run in re.findall("`+", line)), default=0)
        fence = "`" * max(3, longest + 1)
        rest = " " * len(indent) if indent.strip() else indent
        self._out.write(f"{indent}{fence}{language}", *indented(code, rest), f"{rest}{fence}")

    def _code(self, include: _Include) -> list[str] | None:
        text = self._files.text_of(include.path)
        if text is None:
            return None
        lines = text.split("\n")
        if include.name:
            lines = section(lines, include.name) or []
        elif include.ranges:
            lines = numbered(lines, include.ranges) or []
        code = dedented(without_marks(lines))
        return code if any(line.strip() for line in code) else None


def _snippet(line: str) -> _Include | None:
    found = _SNIPPET.match(line)
    return _named(found[1], found[3]) if found and "8<" in line else None


def _named(indent: str, name: str) -> _Include:
    """A snippet's name with its lines or section behind a colon: "a.py:4:8", "a.py:setup"."""
    path, _, rest = name.strip().partition(":")
    is_ranges = not rest or re.fullmatch(r"[\d:,\s-]+", rest) is not None
    if is_ranges:
        rest = re.sub(r"(\d*):(-?\d*)", r"\1-\2", rest)
    return _Include(indent, path, ranges=rest if is_ranges else "", name="" if is_ranges else rest)


def _starred(line: str) -> _Include | None:
    found = _STARRED.match(line)
    ranges = re.search(r"\bln\[([^\]]*)\]", found[3]) if found else None
    return _Include(found[1], found[2], ranges=ranges[1].replace(":", "-") if ranges else "") if found else None


def _banged(line: str) -> _Include | None:
    found = _BANGED.match(line)
    ranges = re.search(r"lines=([\d\s,:-]+)", found[3] or "") if found else None
    return _Include(found[1], found[2], ranges=ranges[1] if ranges else "") if found else None


def _vue(line: str) -> _Include | None:
    if found := _VITEPRESS.match(line):
        return _Include(found[1], found[2], name=(found[3] or "").removeprefix("#"))
    if found := _VUEPRESS.match(line):
        return _Include(found[1], found[4], ranges=found[2] or "")
    return None


def _unescaped(line: str) -> str:
    found = _ESCAPED.match(line)
    return found[1] + found[2] if found else line
