"""What the documentation names exists: commands, options, settings, files, anchors, make targets and JSON keys."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields
from functools import cache
from pathlib import Path

import click
import pytest
from discord import app_commands
from discord.ext import commands

from bot.cli.main import footnote
from bot.config.settings import SETTINGS
from bot.discord.connection import assembly
from bot.types import Citation, Timings
from index.parsing.known_formats import FORMATS
from index.types import Passage

REPOSITORY = Path(__file__).resolve().parents[1]
LARGEST_README = 6144  # bytes

SETTING_NAMES = frozenset(setting.name for setting in SETTINGS)
# Names in capitals that are no settings.
OTHER_VARIABLES = frozenset(
    "GOMP_SPINCOUNT LRU_CACHE_CAPACITY ONEDNN_PRIMITIVE_CACHE_CAPACITY PIP_EXTRA_INDEX_URL PARSER_VERSION FORMATS "
    "APPLICATION_ID MY_DOCUMENTS TORCH_INDEX".split()
)


def pages() -> list[Path]:
    """Return every Markdown file of the repository that people read."""
    top = [REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
    return [*top, *sorted((REPOSITORY / "docs").rglob("*.md")), REPOSITORY / "index/reader/weights/README.md"]


CURRENT = [path for path in pages() if path.name != "CHANGELOG.md"]  # the changelog also names what is gone


def name_of(path: Path) -> str:
    """Return a page's path below the repository, for the names of tests."""
    return path.relative_to(REPOSITORY).as_posix()


@cache
def text_of(path: Path) -> str:
    """Return the text of a page."""
    return path.read_text(encoding="utf-8")


@cache
def anchors_of(path: Path) -> frozenset[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    found: list[str] = []
    for title in re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text_of(path), flags=re.DOTALL), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()
        anchor = re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")
        earlier = sum(one == anchor or one.startswith(f"{anchor}-") for one in found)
        found.append(f"{anchor}-{earlier}" if anchor in found else anchor)
    return frozenset(found)


def command_line() -> dict[str, click.Command]:
    """Return every command by its full name, such as "index check", and the program itself as ""."""
    found: dict[str, click.Command] = {}

    def add(name: str, command: click.Command) -> None:
        found[name] = command
        if isinstance(command, click.Group):
            for part, sub in command.commands.items():
                add(f"{name} {part}".strip(), sub)

    add("", footnote)
    return found


COMMANDS = command_line()


def options_of(command: click.Command) -> set[str]:
    """Return the flags that a command shows in its help, all spellings."""
    shown = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    return {flag for one in shown for flag in (*one.opts, *one.secondary_opts)}


def code_in(text: str) -> list[str]:
    """Return the code of a page: each `span`, and each indented line without its comment."""
    lines = [line.partition(" #")[0] for line in re.findall(r"^ {4}(.*)$", text, re.MULTILINE)]
    return [*re.findall(r"`([^`]+)`", re.sub(r"^ {4}.*$", "", text, flags=re.MULTILINE)), *lines]


def calls_in(text: str) -> list[tuple[str, str]]:
    """Return each `footnote …` of a page as the longest command that it names, and what follows."""
    calls = []
    for code in code_in(text):
        for rest in re.findall(r"(?:^|/|(?<!-u)\s)footnote +(.*)", code):
            # The options before the command take a folder each.
            words = re.sub(r"^(?:--(?:seeds|data) \S+ +)+", "", rest).split()
            if words and re.fullmatch(r"[a-z][a-z-]*", words[0]) and words[0] != "footnote":
                length = max((count for count in (1, 2) if " ".join(words[:count]) in COMMANDS), default=1)
                calls.append((" ".join(words[:length]), " ".join(words[length:])))
    return calls


def test_the_readme_is_short() -> None:
    assert len((REPOSITORY / "README.md").read_bytes()) <= LARGEST_README


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_relative_link_leads_to_a_file_and_an_anchor(page: Path) -> None:
    text = re.sub(r"^(?: {4}|\t).*$|`[^`\n]*`", "", text_of(page), flags=re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        linked = (page.parent / file).resolve() if file else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors_of(linked), target


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [REPOSITORY / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        targets = [one for one in re.findall(r"\]\(([^)\s#]+)", text_of(page)) if not re.match(r"[a-z]+:", one)]
        waiting += [(page.parent / target).resolve() for target in targets]
    assert {name_of(page) for page in pages()} - {name_of(page) for page in reached} == set()


@pytest.mark.parametrize("page", CURRENT, ids=name_of)
def test_every_command_and_option_that_is_named_exists(page: Path) -> None:
    for name, rest in calls_in(text_of(page)):
        assert name in COMMANDS, f"footnote {name}"
        named = set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", rest))
        assert named <= options_of(COMMANDS[name]) | {"--help"}, f"footnote {name} {rest}"


@pytest.mark.parametrize("name", sorted(name for name in COMMANDS if name))
def test_every_command_is_described_with_its_options(name: str) -> None:
    text = text_of(REPOSITORY / "docs" / "commands.md")
    section = re.search(rf"^#+ footnote {name}\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    assert section is not None
    described = set(re.findall(r"`(--[a-z][a-z-]*)", section[1]))
    assert described == {flag for flag in options_of(COMMANDS[name]) if flag.startswith("--")} - {"--help"}


@pytest.mark.parametrize("page", CURRENT, ids=name_of)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"(?<![\w$.])([A-Z][A-Z]+(?:_[A-Z]+)+)\b", text_of(page)))
    assert named <= SETTING_NAMES | OTHER_VARIABLES


@pytest.mark.parametrize("setting", sorted(SETTING_NAMES))
def test_every_setting_is_described(setting: str) -> None:
    assert f"`{setting}`" in text_of(REPOSITORY / "docs" / "settings.md")


@pytest.mark.parametrize("page", CURRENT, ids=name_of)
def test_every_source_file_that_is_named_exists(page: Path) -> None:
    for path in re.findall(r"`((?:bot|index|tests|docs|deploy|prompts|seeds|\.github|\.ci)/[\w./-]*)`", text_of(page)):
        assert (REPOSITORY / path.replace("NAME.py", "")).exists(), path


@pytest.mark.parametrize("page", CURRENT, ids=name_of)
def test_every_make_target_and_benchmark_that_is_named_exists(page: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    lines = [line.strip() for line in text_of(page).splitlines() if line.startswith("    make ")]
    for call in (*re.findall(r"`make ([^`]+)`", text_of(page)), *(line.removeprefix("make ") for line in lines)):
        assert call.split()[0].rstrip(",") in targets, call
        if benchmark := re.search(r'BENCH="?(\w+)((?: [^"]*)?)', call):
            check_benchmark(benchmark[1], benchmark[2])


def test_every_benchmark_behind_a_figure_exists() -> None:
    text = text_of(REPOSITORY / "docs" / "benchmarks.md")
    calls = [call for call in re.findall(r"`([a-z_]+(?: --[^`]+)?)`", text) if "NAME" not in call]
    named = [call for call in calls if (REPOSITORY / "tests/benchmarks" / f"{call.split()[0]}.py").exists()]
    assert len(named) >= 8
    for call in named:
        check_benchmark(call.split()[0], call)


def check_benchmark(name: str, arguments: str) -> None:
    """Fail unless a benchmark exists and has the options that are named."""
    if name == "NAME":
        return
    source = REPOSITORY / "tests" / "benchmarks" / f"{name}.py"
    assert source.is_file(), name
    for option in set(re.findall(r"--[a-z][a-z-]*", arguments)) - {"--help"}:
        assert f'"{option}"' in source.read_text(encoding="utf-8"), f"{name} {option}"


def slash_commands() -> dict[str, set[str]]:
    """Return the names of the parameters of every Discord command, by the command's full name."""
    cogs = [one for one in vars(assembly).values() if isinstance(one, type) and issubclass(one, commands.Cog)]
    found: dict[str, set[str]] = {}
    for command in (command for cog in cogs for command in cog.__cog_app_commands__):
        parts = command.walk_commands() if isinstance(command, app_commands.Group) else [command]
        for one in parts:
            assert isinstance(one, app_commands.Command)
            found[one.qualified_name] = {parameter.display_name for parameter in one.parameters}
    return found


def test_every_discord_command_is_described_with_its_parameters() -> None:
    known = slash_commands()
    described: dict[str, set[str]] = {}
    for call in re.findall(r"`/([^`]+)`", text_of(REPOSITORY / "docs" / "discord.md")):
        words = call.replace("[", "").replace("]", "").split()
        name = next((" ".join(words[:count]) for count in (2, 1) if " ".join(words[:count]) in known), call)
        described.setdefault(name, set()).update(words[len(name.split()) :])
    assert described == known


@pytest.mark.parametrize("page", CURRENT, ids=name_of)
def test_the_version_of_torch_that_is_named_is_the_required_one(page: Path) -> None:
    required = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    for named in re.findall(r"torch==[\d.]+\d", text_of(page)):
        assert f'"{named}"' in required


def test_every_file_format_is_described_with_its_suffixes() -> None:
    described = text_of(REPOSITORY / "docs" / "indexing.md")
    for suffix in (suffix for known in FORMATS for suffix in known.suffixes if suffix):
        assert f"`{suffix}`" in described


def test_every_key_of_the_json_output_is_described() -> None:
    described = set(re.findall(r'["`](\w+)["`]', text_of(REPOSITORY / "docs" / "json.md")))
    hidden = {"chunk_id", "sentences"}
    for kind in (Citation, Timings, Passage):
        assert {field.name for field in fields(kind)} - hidden <= described


def test_the_decisions_are_numbered_and_listed() -> None:
    folder = REPOSITORY / "docs" / "decisions"
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert len({name[:4] for name in records}) == len(records)
    for name in records:
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name)
        title = text_of(folder / name).splitlines()[0]
        assert title.startswith(f"# {int(name[:4])}. ")
        assert f"- [{name[:4]}]({name}) {title.partition('. ')[2]}\n" in text_of(folder / "README.md")


def test_no_tracked_text_names_a_path_or_host_of_one_machine() -> None:
    """Personal folders and private addresses, apart from examples that documentation reserves."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    folders = r"/(?:work|root|tmp/wt|mnt|Users)/\w|/home/(?!footnote\b)\w"
    personal = re.compile(rf"{folders}|\b(?:192\.168|10\.\d+)\.\d+\.\d+\b")
    found = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = REPOSITORY / name
        if not path.is_file() or path == Path(__file__).resolve():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {match[0]}" for match in personal.finditer(text)]
    assert found == []
