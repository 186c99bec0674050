"""The tree of errors: one root, drawn as it is, and texts of one line."""

from __future__ import annotations

import ast
import builtins
import errno
from pathlib import Path

import pytest

import bot.errors
import index.errors
from index.errors import DerivedIndexError, FootnoteError, StorageFull, derived_index_error, is_storage_full
from tests.architecture import parsed, sources


def drawn(text: str) -> dict[str, str]:
    """Return the parent of each error in the drawing at the top of `index/errors.py`."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in text.splitlines():
        words = line.replace("│", " ").replace("├──", "   ").replace("└──", "   ")
        if words.strip() and words.split()[0].isidentifier() and line[:1] in ("F", "├", "└", "│"):
            depth = (len(words) - len(words.lstrip())) // 4
            path[depth:] = [words.split()[0]]
            parents[path[-1]] = path[depth - 1] if depth else "Exception"
    return parents


def test_the_drawing_shows_every_error_under_its_parent() -> None:
    assert index.errors.__doc__ is not None
    errors = {
        name: value
        for module in (index.errors, bot.errors)
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert drawn(index.errors.__doc__) == {name: error.__mro__[1].__name__ for name, error in errors.items()}


def test_every_error_of_both_packages_is_a_footnote_error() -> None:
    """The command line turns a `FootnoteError` into one line; any other error is reported as an internal one."""
    strangers = [
        f"{module}.{node.name}"
        for module, path in sources().items()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and node.name != "FootnoteError"
        for base in node.bases
        if isinstance(kind := getattr(builtins, ast.unparse(base), None), type) and issubclass(kind, BaseException)
    ]
    assert strangers == []


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), OSError(errno.EDQUOT, "full"), RuntimeError("Disk is FULL (code: 13)")]
)
def test_a_full_disk_is_recognised_whoever_reports_it(error: Exception) -> None:
    assert is_storage_full(error)
    assert isinstance(derived_index_error(error, "vectors", Path("data")), StorageFull)


def test_any_other_error_of_a_library_is_one_line_about_the_derived_index() -> None:
    error = derived_index_error(ValueError("line one\nline two"), "vectors", Path("data"))
    assert isinstance(error, DerivedIndexError)
    assert isinstance(error, FootnoteError)
    assert str(error) == "the vectors in data can't be used (line one)"
