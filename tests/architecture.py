"""The rooms of the code and who may import whom, read from the source. `python -m tests.architecture` prints a report.

A room may import from itself and from the rooms listed below it, never from those above. `index` never imports `bot`.
"""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGES = ("index", "bot")

# Highest floor first. A module belongs to the longest name that it starts with.
FLOORS = {
    "index": (
        # Not shipped: it makes the weights with the whole product.
        "index.reader.training",
        "index.reader.training.fitting",
        "index.reader.training.data",
        "index.opening",
        "index.ingestion",
        "index.retrieval",
        "index.reader.choice",
        "index.reader.claims",
        "index.reader.answers",
        "index.reader",
        "index.storage",
        "index.storage.server",
        "index.storage.generation",
        "index.storage.catalog",
        "index.storage.writer_lock",
        "index.storage.paths",
        "index.embedding",
        "index.parsing.isolated",
        "index.parsing.isolated.limits",
        "index.parsing",
        "index.parsing.formats",
        "index.parsing.markdown",
        "index.parsing.markdown.dialects",
        "index.parsing.adoc",
        "index.parsing.rst",
        "index.parsing.html",
        "index.parsing.pdf",
        "index.parsing.including",
        "index.parsing.ignore_rules",
        "index.parsing.sites",
        "index.parsing.archive",
        "index.parsing.text",
        "index.parsing.language",
        "index.english",
        "index.english.quantities",
        "index.english.words",
        "index.english.stemming",
        "index.english.function_words",
        "index.english.calendar",
        "index.memory",
        "index.config",
        "index.errors",
        "index.types",
    ),
    "bot": (
        "bot.__main__",
        "bot.cli",
        "bot.discord",
        "bot.discord.connection.startup",
        "bot.discord.connection",
        "bot.discord.cogs",
        "bot.discord.client",
        "bot.discord.actions.answer_button",
        "bot.discord.actions.page_button",
        "bot.discord.actions",
        "bot.discord.actions.id_button",
        "bot.discord.actions.stored_entry",
        "bot.discord.asking",
        "bot.discord.asking.conversations",
        "bot.discord.sending",
        "bot.discord.sending.messages",
        "bot.discord.access",
        "bot.discord.access.scopes",
        "bot.discord.parts",
        "bot.discord.queue",
        "bot.discord.errors",
        "bot.discord.pages",
        "bot.discord.pages.page",
        "bot.discord.text",
        "bot.discord.text.lines",
        "bot.discord.text.footnotes",
        "bot.discord.text.splitting",
        "bot.discord.text.markdown",
        "bot.discord.text.amounts",
        "bot.runtime.following",
        "bot.runtime",
        "bot.runtime.open_generation",
        "bot.runtime.wiring",
        "bot.runtime.notices",
        "bot.journal",
        "bot.journal.writer",
        "bot.journal.pending",
        "bot.journal.sqlite_file",
        "bot.journal.rows",
        "bot.answering",
        "bot.config",
        "bot.wording",
        "bot.errors",
        "bot.types",
        "bot.blocks",
    ),
}


@dataclass(frozen=True)
class Import:
    """An import of a module: its full name, the line, and whether it happens when the file is imported."""

    module: str
    line: int
    at_top: bool

    @property
    def library(self) -> str:
        """The first part of the module's name."""
        return self.module.split(".")[0]


def sources() -> dict[str, Path]:
    """Return every module of both packages by its dotted name."""
    return {
        ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__"): path
        for package in PACKAGES
        for path in sorted((REPOSITORY / package).rglob("*.py"))
    }


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports_of(tree: ast.AST, *, at_top: bool = True, for_type_checkers: bool = False) -> Iterator[Import]:
    """Yield every import of a file; those that only a type checker sees only where `for_type_checkers` is set."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(name.name, node.lineno, at_top)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write imports in full, not relative"
            for name in node.names:
                yield Import(f"{node.module}.{name.name}", node.lineno, at_top)
        elif isinstance(node, ast.If) and is_for_type_checkers(node.test):
            branches = [*node.orelse, *(node.body if for_type_checkers else [])]
            for branch in branches:
                wrapped = ast.Module([branch], [])
                yield from imports_of(wrapped, at_top=at_top, for_type_checkers=for_type_checkers)
        else:
            in_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from imports_of(node, at_top=at_top and not in_function, for_type_checkers=for_type_checkers)


def is_for_type_checkers(test: ast.expr) -> bool:
    """True for the test of `if TYPE_CHECKING:`."""
    return ast.unparse(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def edges(modules: Mapping[str, Path]) -> dict[str, dict[str, int]]:
    """Return, for each module, the modules of both packages that it imports, and the line."""
    found: dict[str, dict[str, int]] = {}
    for module, path in modules.items():
        found[module] = {}
        for one in imports_of(parsed(path), for_type_checkers=True):
            target = one.module if one.module in modules else one.module.rpartition(".")[0]
            if target in modules and target != module:
                found[module].setdefault(target, one.line)
    return found


def room_of(module: str) -> str | None:
    """Return the room of a module; None for a package itself, whose public names may come from any room."""
    rooms = [
        room for room in FLOORS[module.split(".", maxsplit=1)[0]] if module == room or module.startswith(f"{room}.")
    ]
    return max(rooms, key=len, default=None)


def upward(graph: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return a line for each import from a room above, or from `bot` into `index`."""
    found = []
    for module, targets in graph.items():
        for target, line in targets.items():
            package, room, other = module.split(".")[0], room_of(module), room_of(target)
            if package == "index" and target.split(".")[0] == "bot":
                found.append(f"{module}:{line} imports {target}; the index knows nothing of the bot")
            elif room and other and package == target.split(".")[0]:
                floors = FLOORS[package]
                if floors.index(other) < floors.index(room):
                    found.append(f"{module}:{line} imports {target}, which is on a floor above {room}")
    return found


def circles(graph: Mapping[str, Mapping[str, int]]) -> list[list[str]]:
    """Return every group of modules that import each other in a circle (Tarjan's algorithm)."""
    index: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        index[module] = lowest[module] = len(index)
        stack.append(module)
        for target in graph.get(module, ()):
            if target not in index:
                visit(target)
            if target in stack:
                lowest[module] = min(lowest[module], lowest[target])
        if lowest[module] == index[module]:
            place = stack.index(module)
            if len(stack) - place > 1:
                found.append(sorted(stack[place:]))
            del stack[place:]

    for module in graph:
        if module not in index:
            visit(module)
    return found


def report() -> str:
    """Return the rooms with their sizes, and what breaks the rules, as text."""
    modules = sources()
    graph = edges(modules)
    lines = {module: path.read_text(encoding="utf-8").count("\n") for module, path in modules.items()}
    functions = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in modules.values()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    shown = []
    for package in PACKAGES:
        shown.append(package)
        for room in FLOORS[package]:
            sizes = [size for module, size in lines.items() if room_of(module) == room]
            shown.append(f"  {room:<32}{len(sizes):>4} files {sum(sizes):>6} lines")
    longest = max(lines, key=lambda module: lines[module])
    shown += [
        f"files {len(lines)}, lines {sum(lines.values())}",
        f"median module {statistics.median(lines.values()):.0f}, longest {lines[longest]} ({longest})",
        f"median function {statistics.median(functions):.0f}",
        f"upward imports: {len(upward(graph))}",
        *(f"  {line}" for line in upward(graph)),
        f"import circles: {len(circles(graph))}",
        *(f"  {' '.join(circle)}" for circle in circles(graph)),
    ]
    return "\n".join(shown)


if __name__ == "__main__":
    print(report())
