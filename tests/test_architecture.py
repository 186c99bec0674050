"""The rules that keep the code legible: who may import what, and when. Read from the source, nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
MODELS = ("index/embedding.py", "index/encoder.py", "index/reader/*")

# Where a library may be imported. `fnmatch` patterns of paths; `*` matches across folders too.
PLACES = {
    "chromadb": ("index/store.py", "index/chroma_server.py"),
    "tantivy": ("index/lexical.py",),
    "discord": ("bot/discord/*",),
    "torch": MODELS,
    "sentence_transformers": MODELS,
    "transformers": MODELS,
    "llama_index": ("index/chunking.py", "index/llama_index_retriever.py"),
}

# Slow to import: only inside functions, so that `footnote --help` answers at once.
HEAVY = frozenset({*PLACES, "trafilatura", "docx", "pypdfium2"})
# They define subclasses of the libraries' classes and are themselves imported on demand.
MAY_IMPORT_HEAVY_AT_TOP = ("index/llama_index_retriever.py", "bot/discord/*", "index/reader/training/*")

# Libraries that phone home or ask the network unless a variable tells them not to.
MAY_TOUCH_ENVIRONMENT = ("index/embedding.py", "index/store.py", "index/encoder.py")

SOURCES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for package in ("bot", "index")
    for path in (REPOSITORY / package).rglob("*.py")
)


@dataclass(frozen=True)
class Import:
    """An import: the first part of the module's name, its line, and whether it happens when the file is imported."""

    library: str
    line: int
    at_top: bool


def imports_of(tree: ast.AST, at_top: bool = True) -> Iterator[Import]:
    """Every import of a file but those that only a type checker sees."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(name.name.split(".")[0], node.lineno, at_top)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write imports in full, not relative"
            yield Import((node.module or "").split(".")[0], node.lineno, at_top)
        elif isinstance(node, ast.If) and is_for_type_checkers(node.test):
            for branch in node.orelse:
                yield from imports_of(ast.Module([branch], []), at_top)
        else:
            in_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from imports_of(node, at_top and not in_function)


def is_for_type_checkers(test: ast.expr) -> bool:
    return ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def parsed(source: str) -> ast.Module:
    return ast.parse((REPOSITORY / source).read_text(encoding="utf-8"), source)


def is_one_of(source: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(source, pattern) for pattern in patterns)


@pytest.mark.parametrize("source", SOURCES)
def test_a_library_is_imported_only_in_its_place(source: str) -> None:
    misplaced = [
        f"{source}:{found.line} imports {found.library}; it belongs in {' or '.join(PLACES[found.library])}"
        for found in imports_of(parsed(source))
        if found.library in PLACES and not is_one_of(source, PLACES[found.library])
    ]
    assert misplaced == []


@pytest.mark.parametrize("source", SOURCES)
def test_heavy_libraries_are_imported_on_first_use(source: str) -> None:
    if is_one_of(source, MAY_IMPORT_HEAVY_AT_TOP):
        return
    early = [
        f"{source}:{found.line} imports {found.library}; move it into the function that uses it"
        for found in imports_of(parsed(source))
        if found.at_top and found.library in HEAVY
    ]
    assert early == []


@pytest.mark.parametrize("source", [source for source in SOURCES if source.startswith("index/")])
def test_the_index_knows_nothing_of_the_bot(source: str) -> None:
    assert [f"{source}:{found.line}" for found in imports_of(parsed(source)) if found.library == "bot"] == []


def environment_uses(tree: ast.AST) -> Iterator[int]:
    """The lines that touch environment variables: `os.environ`, `os.getenv`, or these imported from `os`."""
    names = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
    for node in ast.walk(tree):
        from_os = isinstance(node, ast.ImportFrom) and node.module == "os"
        if isinstance(node, ast.ImportFrom) and from_os and names & {name.name for name in node.names}:
            yield node.lineno
        if isinstance(node, ast.Attribute) and node.attr in names and ast.unparse(node.value) == "os":
            yield node.lineno


def environment_writes(tree: ast.AST) -> set[int]:
    """The lines that set a switch: `os.environ["NAME"] = …` or `os.environ.setdefault("NAME", …)` on its own."""
    lines = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and all(
            isinstance(target, ast.Subscript) and ast.unparse(target.value) == "os.environ" for target in node.targets
        ):
            lines.add(node.lineno)
        if isinstance(node, ast.Expr) and ast.unparse(node).startswith("os.environ.setdefault("):
            lines.add(node.lineno)
    return lines


@pytest.mark.parametrize("source", [source for source in SOURCES if source.startswith("index/")])
def test_the_index_reads_no_environment_variable(source: str) -> None:
    """All that it needs is in `IndexConfig`; it may only tell libraries to stay offline and quiet."""
    tree = parsed(source)
    allowed = environment_writes(tree) if is_one_of(source, MAY_TOUCH_ENVIRONMENT) else set()
    assert [f"{source}:{line}" for line in environment_uses(tree) if line not in allowed] == []


def test_the_rules_see_what_they_should() -> None:
    tree = ast.parse(
        "import os, torch.nn\n"
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import chromadb\n"
        "else:\n    import tantivy\n"
        "class Model:\n    import docx\n    def load(self):\n        from transformers import AutoModel\n"
        "os.environ['OFFLINE'] = '1'\nos.environ.setdefault('QUIET', '1')\nos.environ.get('HOME')\n"
    )
    found = [(found.library, found.line, found.at_top) for found in imports_of(tree)]
    assert found == [
        ("os", 1, True),
        ("torch", 1, True),
        ("typing", 2, True),
        ("tantivy", 6, True),
        ("docx", 8, True),
        ("transformers", 10, False),
    ]
    assert sorted(environment_uses(tree)) == [11, 12, 13]
    assert environment_writes(tree) == {11, 12}
