"""Prompts: the wording of Footnote, one Markdown file for each message, with `$placeholders`.

They are checked when they are loaded, so that a mistake in a file is found at start-up and not by someone who asks a
question. A folder of your own (`PROMPTS_DIR`) may contain any of them; the others come with Footnote.
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
    """A prompt in the file `name`.md. `required` are those of its `placeholders` that must be used."""

    name: str
    help: str
    placeholders: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()

    @property
    def file_name(self) -> str:
        return f"{self.name}.md"


PROMPTS = (
    Prompt("abstention", "Shown if nothing answers.", frozenset({"question"})),
    Prompt("abstention_empty", "Shown if not even a similar passage was found.", frozenset({"question"})),
    Prompt("closest", "Shown above the closest section, if no answer is certain enough."),
    Prompt("greeting", "Reply to a greeting."),
    Prompt("thanks", "Reply to thanks."),
    Prompt("capabilities", "Reply to a request for help, or to 'what can you do?'."),
    Prompt("vague", "Reply to a message with nothing to search for."),
    Prompt("chat_welcome", "The greeting of `footnote chat`.", frozenset({"documents", "chunks"})),
    Prompt("chat_help", "Output of /help in `footnote chat`."),
    Prompt("discord_help", "Output of /help in Discord.", frozenset({"days"})),
    Prompt(
        "building_index",
        "Shown before the first question builds the missing index.",
        frozenset({"seeds"}),
        # Reading the wrong folder for minutes is the most likely mistake of a first run, so the folder must be shown.
        required=frozenset({"seeds"}),
    ),
)


@dataclass(frozen=True, slots=True)
class Prompts:
    """Every prompt of `PROMPTS`, loaded and checked."""

    templates: Mapping[str, Template]

    def fill(self, name: str, **values: object) -> str:
        """Return the text of a prompt with its placeholders filled in, without a line break at its end."""
        return self.templates[name].substitute(values)


def load_prompts(folder: Path | None) -> Prompts:
    """Load the prompts in `folder`, and from Footnote those that it lacks (None: all of them). Raises `PromptError`."""
    own = bundled("prompts")
    custom = _files_in(folder) if folder is not None else {}
    return Prompts(
        {prompt.name: _load(prompt, custom.get(prompt.file_name, own / prompt.file_name)) for prompt in PROMPTS}
    )


def bundled(name: str) -> Path:
    """Return a folder that comes with Footnote ("prompts", "seeds").

    It is inside the package if Footnote is installed, next to it in the repository. Raises `FootnoteError`.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_bundled" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise FootnoteError(f"the {name} that come with Footnote are missing from {package}; reinstall Footnote")


def _files_in(folder: Path) -> dict[str, Path]:
    """Return the files of a folder by name. Raises `PromptError` for one that is not a prompt: it may be misspelt."""
    known = {prompt.file_name for prompt in PROMPTS}
    try:
        entries = sorted(entry for entry in folder.iterdir() if entry.name in known or not entry.is_dir())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PromptError(f"the folder of prompts {folder} can't be read ({reason}); correct PROMPTS_DIR") from error
    for entry in entries:
        if entry.name not in known and not _is_ignored(entry.name):
            raise PromptError(f"{entry}: no prompt has this name; {_suggestion(entry.name, known)}")
    return {entry.name: entry for entry in entries if entry.name in known}


def _is_ignored(file_name: str) -> bool:
    """True for files that may be among prompts: hidden files, backups of editors, a README."""
    return file_name.startswith(".") or file_name.endswith("~") or file_name.upper() == "README.MD"


def _load(prompt: Prompt, file: Path) -> Template:
    text = _text_of(file)
    if not text.strip():
        raise PromptError(f"{file} is empty; write its text, or remove the file to use Footnote's own")
    used = _placeholders(prompt, file, text)
    missing = sorted(prompt.required - used)
    if missing:
        raise PromptError(f"{file} lacks the placeholder ${missing[0]}; write it where its value should appear")
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
    """Return the placeholders in a text. Raises `PromptError` for one that this prompt does not have."""
    used = set()
    for found in Template.pattern.finditer(text):
        if found["escaped"] is not None:
            continue
        location = f"{file}, line {text.count(chr(10), 0, found.start()) + 1}"
        name = found["named"] or found["braced"]
        if name is None:
            raise PromptError(f"{location}: a $ without the name of a placeholder; write $$ for a dollar sign")
        if name not in prompt.placeholders:
            advice = _suggestion(f"${name}", {f"${known}" for known in prompt.placeholders})
            raise PromptError(f"{location}: unknown placeholder ${name}; {advice}")
        used.add(name)
    return used


def _suggestion(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(name.lower(), names, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"known: {', '.join(names)}" if names else "this prompt has none (write $$ for a dollar sign)"
