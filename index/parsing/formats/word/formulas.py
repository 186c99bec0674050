"""The formulas of Word (OMML) as plain text: "x^2", "(a + b)/2", "√(2)"."""

from __future__ import annotations

import re
from typing import Any

Element = Any  # an element of lxml, which ships no types

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
FORMULA = f"{_M}oMath"
DEEPEST = 50  # formulas inside each other
_SIMPLE = re.compile(r"-?\w*(?:[.,]\w+)?|.|\([^()]*\)", re.DOTALL)
# What an element is made of, and how its parts are written: `%` marks those that get brackets unless they are simple.
_WRITTEN = {
    "f": ("num", "%", "/", "den", "%"),
    "sSup": ("e", "", "^", "sup", "%"),
    "sSub": ("e", "", "_", "sub", "%"),
}


def formula_text(element: Element, *, depth: int = 0) -> str:
    """Return a formula as one line of text; what is nested deeper than `DEEPEST` is left out."""
    if depth > DEEPEST:
        return ""

    def part(name: str) -> str:
        found = element.find(f"{_M}{name}")
        return "" if found is None else formula_text(found, depth=depth + 1)

    kind = element.tag.removeprefix(_M) if isinstance(element.tag, str) else ""
    if kind == "t":
        return element.text or ""
    if kind in _WRITTEN:
        first, brackets, between, second, others = _WRITTEN[kind]
        return f"{_bracketed(part(first), brackets)}{between}{_bracketed(part(second), others)}"
    if kind == "sSubSup":
        return f"{part('e')}_{_bracketed(part('sub'), '%')}^{_bracketed(part('sup'), '%')}"
    if kind == "rad":
        degree = part("deg").strip()
        return f"√({part('e')})" if not degree else f"{degree}√({part('e')})"
    if kind == "nary":
        sign = element.find(f"{_M}naryPr/{_M}chr")
        limits = "".join(
            f"{mark}{_bracketed(part(name), '%')}" for mark, name in (("_", "sub"), ("^", "sup")) if part(name)
        )
        return f"{'∫' if sign is None else sign.get(f'{_M}val') or ''}{limits} {part('e')}"
    if kind == "d":
        return "(" + ", ".join(formula_text(one, depth=depth + 1) for one in element.iterchildren(f"{_M}e")) + ")"
    return "".join(formula_text(child, depth=depth + 1) for child in element.iterchildren())


def _bracketed(text: str, brackets: str) -> str:
    text = text.strip()
    return text if not brackets or _SIMPLE.fullmatch(text) else f"({text})"
