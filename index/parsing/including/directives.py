"""Includes of reStructuredText (`literalinclude`, `include` with `:code:`) and of AsciiDoc (`include::file[]`)."""

from __future__ import annotations

import re

from index.parsing.including.files import Files
from index.parsing.including.rewriting import Lines, indented, language_of
from index.parsing.including.selection import between, dedented, numbered, section, without_marks

RST_MARKS = ("literalinclude::", "include::")
ADOC_MARKS = ("include::",)

_RST = re.compile(
    r"([ \t]*(?:[-*+][ \t]+|\d{1,4}\.[ \t]+|#\.[ \t]+)?)\.\.[ \t]+(literalinclude|include)::[ \t]+(\S+)\s*\Z"
)
_RST_LITERAL = re.compile(r"(?:^|[^.:])::\s*\Z|^\s*\.\. (?:code-block|code|sourcecode|parsed-literal)::")
_OPTION = re.compile(r"[ \t]+:([\w-]+):[ \t]*(.*)")
_ADOC = re.compile(r"include::([^\[\]\s]+)\[(.*)\]\s*\Z")
_ADOC_ENTRY = re.compile(r":([A-Za-z][\w-]*):[ \t]+(\S.*)")
_ADOC_LISTING = re.compile(r"(-{4,}|\.{4,}|```+[\w+#.-]*)\s*\Z")
_ADOC_HEAD = re.compile(r"\[[^\[\]]*\]\s*\Z|\.[^\s.].*")
_REFERENCE = re.compile(r"\{([A-Za-z][\w-]*)\}")


def include_in_rst(source: str, files: Files) -> Lines:
    """Return the lines of a reStructuredText file with the code that it includes; what is not there leaves nothing."""
    out = Lines()
    lines = source.split("\n")
    number = 0
    literal: int | None = None  # the indentation of the line that begins a literal block, in which nothing is included
    while number < len(lines):
        out.at = number + 1
        line = lines[number]
        indent = len(line) - len(line.lstrip())
        if line.strip() and (literal is None or indent <= literal):
            literal = indent if _RST_LITERAL.search(line) else None
        found = _RST.match(line) if literal is None else None
        number += 1
        if found is None:
            out.write(lines[number - 1])
            continue
        options: dict[str, str] = {}
        while number < len(lines) and (option := _OPTION.match(lines[number])):
            options[option[1]] = option[2].strip()
            number += 1
        is_code = found[2] == "literalinclude" or not options.keys().isdisjoint(("code", "literal"))
        text = files.text_of(found[3]) if is_code else None
        code = between(text.split("\n"), options) if text is not None else None
        if code is not None and any(line.strip() for line in code):
            language = options.get("language") or options.get("code") or language_of(found[3])
            rest = " " * len(found[1].expandtabs())
            out.write(f"{found[1]}.. code-block:: {language}".rstrip(), "")
            out.write(*indented(dedented(code), f"{rest}   "), "")
        else:
            out.write(found[1].rstrip())
            if is_code:
                out.drop_announcement()
        out.at = number
        out.write("")
    return out


def include_in_adoc(source: str, files: Files) -> Lines:
    """Return the lines of an AsciiDoc file with the code that it includes; what is not there leaves nothing."""
    return _Adoc(files).rewritten(source)


class _Adoc:
    """`closing` is the line that ends the listing that is being read; empty outside of one."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._out = Lines()
        self._attributes: dict[str, str] = {}
        self._closing = ""
        self._begin = 0
        self._has_code = self._is_missing = False

    def rewritten(self, source: str) -> Lines:
        for self._out.at, line in enumerate(source.split("\n"), 1):
            if found := _ADOC.match(line):
                self._include(found)
            elif self._closing and line.rstrip() == self._closing:
                self._close(line)
            elif self._closing:
                self._has_code |= bool(line.strip())
                self._out.write(line)
            else:
                self._read_line(line)
        return self._out

    def _include(self, found: re.Match[str]) -> None:
        code = _adoc_code(found, self._attributes, self._files)
        self._is_missing |= code is None
        self._has_code |= code is not None
        language = language_of(found[1])
        if self._closing:
            self._out.write(*(code or []))
        elif code:
            self._out.write(f"[source,{language}]", "----", *code, "----")
        elif language not in ("adoc", "asciidoc"):
            _drop_head(self._out)

    def _close(self, line: str) -> None:
        self._closing = ""
        if self._is_missing and not self._has_code:
            self._out.cut_to(self._begin)
            _drop_head(self._out)
        else:
            self._out.write(line)

    def _read_line(self, line: str) -> None:
        if entry := _ADOC_ENTRY.match(line):
            self._attributes[entry[1].lower()] = entry[2].strip()
        if listing := _ADOC_LISTING.match(line):
            marks = listing[1]
            self._closing = "`" * (len(marks) - len(marks.lstrip("`"))) if marks.startswith("`") else marks
            self._begin, self._has_code, self._is_missing = len(self._out.texts), False, False
        self._out.write(line)


def _adoc_code(found: re.Match[str], attributes: dict[str, str], files: Files) -> list[str] | None:
    path = found[1]
    for _ in range(3):  # an attribute may be defined by another
        path = _REFERENCE.sub(lambda name: attributes.get(name[1].lower(), name[0])[:200], path)
    text = files.text_of(path)
    if text is None:
        return None
    lines: list[str] = text.split("\n")
    options = dict(re.findall(r"(\w+)=(\"[^\"]*\"|[^,\]]*)", found[2]))
    if ranges := options.get("lines"):
        lines = numbered(lines, ranges) or []
    elif tags := (options.get("tag") or options.get("tags")):
        names = [name for name in re.split(r"[;,]", tags.strip('"')) if not name.startswith(("!", "*"))]
        parts = [section(lines, name) or [] for name in names]
        lines = [line for part in parts for line in part] if names else lines
    code = dedented(without_marks(lines))
    return code if any(line.strip() for line in code) else None


def _drop_head(out: Lines) -> None:
    """Drop the attributes and the title of a block that is not there, and the sentence that announces it."""
    while out.texts and _ADOC_HEAD.match(out.texts[-1]):
        out.cut_to(len(out.texts) - 1)
    out.drop_announcement()
