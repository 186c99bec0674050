"""The rules that keep the code legible: who may import what, and when. Read from the source, nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatch

import pytest

from tests.architecture import PACKAGES, REPOSITORY, circles, edges, imports_of, parsed, room_of, sources, upward

MODELS = (
    "index/embedding/sentence_transformer.py",
    "index/embedding/bert_encoder.py",
    "index/embedding/runtime.py",
    "index/reader/*",
)

# Where a library may be imported. `fnmatch` patterns of paths; `*` matches across folders too.
PLACES = {
    "chromadb": ("index/storage/generation/chroma.py", "index/storage/server/connection.py"),
    "tantivy": ("index/storage/generation/lexical.py", "index/english/stemming.py"),
    "discord": ("bot/discord/*",),
    "torch": MODELS,
    "sentence_transformers": MODELS,
    "transformers": MODELS,
    "llama_index": ("index/embedding/chunking.py", "index/retrieval/llama_index.py"),
}

# Slow to import: only inside functions, so that `footnote --help` answers at once.
HEAVY = frozenset({*PLACES, "trafilatura", "docx", "pptx", "python_calamine", "xlrd", "pypdfium2"})
# They define subclasses of the libraries' classes and are themselves imported on demand.
MAY_IMPORT_HEAVY_AT_TOP = ("index/retrieval/llama_index.py", "bot/discord/*", "index/reader/training/*")

# Libraries that phone home or ask the network unless a variable tells them not to.
MAY_TOUCH_ENVIRONMENT = (
    "index/embedding/sentence_transformer.py",
    "index/storage/generation/chroma.py",
    "index/embedding/bert_encoder.py",
)

LONGEST_MODULE = 300  # lines
MOST_ENTRIES = 12  # Python files in a folder, `__init__.py` not counted

MODULES = sources()
SOURCES = [path.relative_to(REPOSITORY).as_posix() for path in MODULES.values()]


def is_one_of(source: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(source, pattern) for pattern in patterns)


@pytest.mark.parametrize("source", SOURCES)
def test_a_library_is_imported_only_in_its_place(source: str) -> None:
    misplaced = [
        f"{source}:{found.line} imports {found.library}; it belongs in {' or '.join(PLACES[found.library])}"
        for found in imports_of(parsed(REPOSITORY / source))
        if found.library in PLACES and not is_one_of(source, PLACES[found.library])
    ]
    assert misplaced == []


@pytest.mark.parametrize("source", SOURCES)
def test_heavy_libraries_are_imported_on_first_use(source: str) -> None:
    if is_one_of(source, MAY_IMPORT_HEAVY_AT_TOP):
        return
    early = [
        f"{source}:{found.line} imports {found.library}; move it into the function that uses it"
        for found in imports_of(parsed(REPOSITORY / source))
        if found.at_top and found.library in HEAVY
    ]
    assert early == []


def test_every_module_has_a_room() -> None:
    assert [module for module in MODULES if room_of(module) is None and module not in PACKAGES] == []


def test_a_room_imports_only_from_itself_and_the_floors_below() -> None:
    assert upward(edges(MODULES)) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(edges(MODULES)) == []


def test_folders_and_modules_stay_small() -> None:
    long = [module for module, path in MODULES.items() if path.read_text(encoding="utf-8").count("\n") > LONGEST_MODULE]
    crowded = [
        folder.relative_to(REPOSITORY).as_posix()
        for folder in {path.parent for path in MODULES.values()}
        if len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) > MOST_ENTRIES
    ]
    assert (long, crowded) == ([], [])


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
    tree = parsed(REPOSITORY / source)
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


def test_the_floors_and_circles_are_seen() -> None:
    graph = {
        "index.parsing.parse": {"index.ingestion.report": 3, "index.types": 4},
        "index.types": {"bot.types": 1},
        "index.a": {"index.b": 1},
        "index.b": {"index.c": 1},
        "index.c": {"index.a": 1},
    }
    assert [line.split(" imports ")[0] for line in upward(graph)] == ["index.parsing.parse:3", "index.types:1"]
    assert circles(graph) == [["index.a", "index.b", "index.c"]]
