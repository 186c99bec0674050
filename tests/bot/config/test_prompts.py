"""Prompts of Footnote, prompts of your own, and errors that say where and what to do."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import run

import pytest

from bot.config.prompts import PROMPTS, Prompt, bundled, load_prompts
from bot.errors import FootnoteError, PromptError


def refusal(folder: Path) -> str:
    """Return the message of the error, after checking that it has one line."""
    with pytest.raises(PromptError) as caught:
        load_prompts(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


def write_prompt(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_the_bundled_folder_contains_exactly_the_known_prompts() -> None:
    names = {file.name for file in bundled("prompts").iterdir()}
    assert names == {prompt.file_name for prompt in PROMPTS}


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt.name)
def test_a_bundled_prompt_uses_every_placeholder(prompt: Prompt) -> None:
    values = {name: f"(the {name})" for name in prompt.placeholders}
    text = load_prompts(None).fill(prompt.name, **values)
    assert text == text.rstrip()
    assert "$" not in text
    for value in values.values():
        assert value in text


def test_prompts_in_a_folder_of_your_own_replace_the_bundled_ones(tmp_path: Path) -> None:
    write_prompt(tmp_path, "abstention.md", "\ufeffNo idea about ${question}.\r\nIt costs $$5.\n\n")
    prompts = load_prompts(tmp_path)
    assert prompts.fill("abstention", question="$x and $$") == "No idea about $x and $$.\nIt costs $5."
    assert prompts.fill("chat_help") == load_prompts(None).fill("chat_help")


def test_a_placeholder_can_be_left_out_unless_it_is_required(tmp_path: Path) -> None:
    write_prompt(tmp_path, "abstention.md", "No idea.")
    assert load_prompts(tmp_path).fill("abstention", question="Who?") == "No idea."
    file = write_prompt(tmp_path, "building_index.md", "Wait.")
    assert refusal(tmp_path) == f"{file} lacks the placeholder $seeds; write it where its value should appear"


def test_an_unknown_placeholder_is_reported_with_its_line(tmp_path: Path) -> None:
    file = write_prompt(tmp_path, "abstention.md", "No idea\nabout $$1 and\n$Question.")
    assert refusal(tmp_path) == f"{file}, line 3: unknown placeholder $Question; did you mean $question?"
    write_prompt(tmp_path, "abstention.md", "${weather}")
    assert refusal(tmp_path) == f"{file}, line 1: unknown placeholder $weather; known: $question"
    file.unlink()
    file = write_prompt(tmp_path, "chat_help.md", "$question")
    assert refusal(tmp_path) == (
        f"{file}, line 1: unknown placeholder $question; this prompt has none (write $$ for a dollar sign)"
    )


@pytest.mark.parametrize("text", ["It costs $5", "Dollars: $", "${not closed", "${}"])
def test_a_dollar_without_a_name_is_refused(tmp_path: Path, text: str) -> None:
    file = write_prompt(tmp_path, "abstention.md", f"$question\n{text}")
    assert refusal(tmp_path) == (f"{file}, line 2: a $ without the name of a placeholder; write $$ for a dollar sign")


def test_a_file_that_is_not_a_prompt_is_reported_with_a_suggestion(tmp_path: Path) -> None:
    file = write_prompt(tmp_path, "abstension.md", "No idea.")
    assert refusal(tmp_path) == f"{file}: no prompt has this name; did you mean abstention.md?"
    file.unlink()
    file = write_prompt(tmp_path, "zzz.txt", "No idea.")
    assert refusal(tmp_path).startswith(f"{file}: no prompt has this name; known: abstention.md, ")


def test_hidden_files_backups_folders_and_a_readme_are_ignored(tmp_path: Path) -> None:
    for name in (".DS_Store", "abstention.md~", "README.md"):
        write_prompt(tmp_path, name, b"\xff")
    (tmp_path / "old").mkdir()
    assert load_prompts(tmp_path).templates.keys() == load_prompts(None).templates.keys()


def test_an_empty_prompt_is_refused(tmp_path: Path) -> None:
    file = write_prompt(tmp_path, "chat_help.md", " \n\n")
    assert refusal(tmp_path) == (f"{file} is empty; write its text, or remove the file to use Footnote's own")


def test_a_prompt_that_is_not_text_is_refused_with_its_line(tmp_path: Path) -> None:
    file = write_prompt(tmp_path, "chat_help.md", b"one\ntwo\ncaf\xe9\n")
    assert refusal(tmp_path) == f"{file}, line 3: not UTF-8 text; save the file as UTF-8"


def test_a_prompt_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert refusal(missing) == (
        f"the folder of prompts {missing} can't be read (No such file or directory); correct PROMPTS_DIR"
    )
    (tmp_path / "chat_help.md").mkdir()
    assert refusal(tmp_path).startswith(f"{tmp_path / 'chat_help.md'} can't be read (")


def test_a_broken_link_is_an_error_and_not_replaced_silently(tmp_path: Path) -> None:
    (tmp_path / "chat_help.md").symlink_to(tmp_path / "nowhere")
    assert "can't be read" in refusal(tmp_path)


def test_a_folder_that_is_not_bundled_is_an_error() -> None:
    with pytest.raises(FootnoteError, match="the nonsense that come with Footnote are missing"):
        bundled("nonsense")


def test_settings_and_prompts_import_only_the_standard_library() -> None:
    """`footnote --help` must be fast."""
    program = (
        "import sys; before = set(sys.modules); import bot.config.prompts, bot.config.settings; "
        "bot.config.prompts.load_prompts(None); "
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )
    finished = run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert finished.stdout.split() == ["bot", "index"]
