"""Prompts: the wording of Footnote, one Markdown file each, with `$placeholders`.

They are checked when they are loaded, so that a slip in a file is found at start-up and not in front of someone with a
question. A folder of one's own (`PROMPTS_DIR`) may hold any of them; those that it lacks are the ones that come with
Footnote.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from bot.errors import FootnoteError, PromptError


@dataclass(frozen=True, slots=True)
class Prompt:
    """A known prompt, in the file `name`.md. `required` are those of its `placeholders` that it can't do without."""

    name: str
    help: str
    placeholders: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()

    @property
    def file_name(self) -> str:
        return f"{self.name}.md"


PROMPTS = (
    Prompt("abstention", "Said when nothing answers.", frozenset({"question"})),
    Prompt("abstention_empty", "Said when there is not even a near passage.", frozenset({"question"})),
    Prompt("closest", "Said above the section that comes closest, where nothing answers for sure."),
    Prompt("greeting", "Said to a greeting."),
    Prompt("thanks", "Said to thanks."),
    Prompt("capabilities", "Said to somebody who asks for help, or what the bot can do."),
    Prompt("vague", "Said to a message that holds nothing to search for."),
    Prompt("chat_welcome", "The greeting of `footnote chat`.", frozenset({"documents", "chunks"})),
    Prompt("chat_help", "What /help says in `footnote chat`."),
    Prompt("discord_help", "What /help says in Discord.", frozenset({"days"})),
    Prompt(
        "building_index",
        "Said before the first question builds a missing index.",
        frozenset({"seeds"}),
        # Reading the wrong folder for minutes is the likeliest slip of a first run: it has to be named.
        required=frozenset({"seeds"}),
    ),
)


@dataclass(frozen=True, slots=True)
class Prompts:
    """Every prompt of `PROMPTS`, loaded and checked."""

    templates: Mapping[str, Template]

    def fill(self, name: str, **values: object) -> str:
        """The text of a prompt with its placeholders filled in, without the line end at its end."""
        return self.templates[name].substitute(values)


def load_prompts(folder: Path | None) -> Prompts:
    """The prompts in `folder`, completed by (or, without a folder, all of) those of Footnote. Raises PromptError."""
    own = bundled("prompts")
    custom = _files_in(folder) if folder is not None else {}
    return Prompts(
        {prompt.name: _load(prompt, custom.get(prompt.file_name, own / prompt.file_name)) for prompt in PROMPTS}
    )


def bundled(name: str) -> Path:
    """A folder that comes with Footnote ("prompts", "seeds"): inside the package once installed, else beside it."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_bundled" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise FootnoteError(f"the {name} that come with Footnote are missing from {package}; install Footnote again")


def _files_in(folder: Path) -> dict[str, Path]:
    """The files of a folder by name, each of them a prompt: a misspelt one would be passed over in silence."""
    known = {prompt.file_name for prompt in PROMPTS}
    try:
        entries = sorted(entry for entry in folder.iterdir() if entry.name in known or not entry.is_dir())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PromptError(f"the folder of prompts {folder} can't be read ({reason}); correct PROMPTS_DIR") from error
    for entry in entries:
        if entry.name not in known and not _is_no_prompt(entry.name):
            raise PromptError(f"{entry}: no prompt has this name; {_suggestion(entry.name, known)}")
    return {entry.name: entry for entry in entries if entry.name in known}


def _is_no_prompt(file_name: str) -> bool:
    """Whether a file may lie among prompts: hidden ones, backups of editors, a README."""
    return file_name.startswith(".") or file_name.endswith("~") or file_name.upper() == "README.MD"


def _load(prompt: Prompt, file: Path) -> Template:
    text = _text_of(file)
    if not text.strip():
        raise PromptError(f"{file} is empty; write its text, or remove it to have the one that comes with Footnote")
    used = _placeholders(prompt, file, text)
    missing = sorted(prompt.required - used)
    if missing:
        raise PromptError(f"{file} lacks the placeholder ${missing[0]}; write it where its value should stand")
    return Template(text.rstrip())


def _text_of(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PromptError(f"{file} can't be read ({reason}); make it readable or remove it") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PromptError(f"{file}, line {line}: not UTF-8 text; save the file as UTF-8") from error


def _placeholders(prompt: Prompt, file: Path, text: str) -> set[str]:
    """The placeholders in a text, each of them allowed in this prompt."""
    used = set()
    for found in Template.pattern.finditer(text):
        if found["escaped"] is not None:
            continue
        place = f"{file}, line {text.count(chr(10), 0, found.start()) + 1}"
        name = found["named"] or found["braced"]
        if name is None:
            raise PromptError(f"{place}: a $ without the name of a placeholder; write $$ for a dollar sign")
        if name not in prompt.placeholders:
            advice = _suggestion(f"${name}", {f"${known}" for known in prompt.placeholders})
            raise PromptError(f"{place}: unknown placeholder ${name}; {advice}")
        used.add(name)
    return used


def _suggestion(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(name.lower(), names, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"known here: {', '.join(names)}" if names else "this prompt has none (write $$ for a dollar sign)"
