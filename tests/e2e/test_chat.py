"""The chat, with its questions piped in; `test_terminal.py` types them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from subprocess import DEVNULL, PIPE

from tests.support.command import QUESTION, Footnote, command, in_a_process, surroundings


def test_a_piped_chat(project: Path) -> None:
    asked = f"{QUESTION}\n\nAnd what did Trump say?\n/sources 1\nWho won the World Cup?\n/sources [1]\n"
    chatted = in_a_process("chat", folder=project, text=asked)
    assert (chatted.code, chatted.notices) == (0, "")
    parts = re.split(r"^\? (.*)$", chatted.output, flags=re.MULTILINE)[1:]
    said = list(zip(parts[::2], parts[1::2], strict=True))
    assert [question for question, _ in said] == [line for line in asked.splitlines() if line]
    assert "searched: What did Trump say the talks were about?" in said[1][1]
    assert ">>>" in said[2][1]
    assert "Donald Trump, for his part" in said[2][1]
    assert said[3][1].strip() == "I found no answer to “Who won the World Cup?” in the documents."
    assert said[4][1].strip() == said[2][1].strip()  # the footnotes above are still there to be looked at


def test_a_chat_follows_the_index_and_a_footnote_to_what_is_gone_is_still_shown(
    project: Path, footnote: Footnote
) -> None:
    process = subprocess.Popen(
        command("chat"), cwd=project, env=surroundings(), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, text=True
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{QUESTION}\n")
        process.stdin.flush()
        for line in process.stdout:
            if line.startswith("[1] "):
                break
        (project / "seeds" / "talks.md").write_text("# Talks\n\nThe herons talked about frogs.\n")
        assert footnote("index").code == 0
        output, _ = process.communicate("/sources 1\nWhat did the herons talk about?\n", timeout=600)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert "The document has changed since; these are the words as they were." in output
    assert "“John Bolton" in output
    assert "The herons talked about frogs. [1]" in output
