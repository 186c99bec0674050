"""Formulas of Word documents as text."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from docx.oxml import parse_xml

from index.parsing.parse import parse_bytes

MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def text_of(formula: str) -> str:
    """Return what is read of a paragraph with a formula between two words."""
    document = docx.Document()
    paragraph = document.add_paragraph("So ")
    paragraph._p.append(parse_xml(f"<m:oMath {MATH}>{formula}</m:oMath>"))
    paragraph.add_run(" holds.")
    file = BytesIO()
    document.save(file)
    return parse_bytes("a.docx", file.getvalue()).text.removeprefix("So ").removesuffix(" holds.")


def run(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def of(kind: str, **parts: str) -> str:
    inside = "".join(f"<m:{name}>{part}</m:{name}>" for name, part in parts.items())
    return f"<m:{kind}>{inside}</m:{kind}>"


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (run("m = 1"), "m = 1"),
        (of("sSup", e=run("x"), sup=run("2")), "x^2"),
        (of("sSup", e=run("x"), sup=run("n+1")), "x^(n+1)"),
        (of("sSub", e=run("a"), sub=run("i")), "a_i"),
        (of("sSubSup", e=run("a"), sub=run("i"), sup=run("2")), "a_i^2"),
        (of("f", num=run("a+b"), den=run("2")), "(a+b)/2"),
        (of("f", num=run("1"), den=of("rad", deg="", e=run("x"))), "1/(√(x))"),
        (of("rad", deg=run("3"), e=run("x")), "3√(x)"),
        (of("d", e=run("a+b")), "(a+b)"),
        ("<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr>" + of("x", sub=run("i=1"))[5:-6] + "</m:nary>", "∑_(i=1) "),
    ],
)
def test_formulas(formula: str, text: str) -> None:
    assert text_of(formula) == text


def test_formulas_inside_each_other_have_an_end() -> None:
    formula = run("x")
    for _ in range(60):
        formula = of("d", e=formula)
    assert text_of(formula).startswith("((((")
