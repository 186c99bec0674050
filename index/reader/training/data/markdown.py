"""Texts of question sets as Markdown files, so that the product's own path indexes them."""

from __future__ import annotations

import json
import re

# Characters that Markdown would read as markup.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:=])")


def as_markdown(title: str, text: str) -> str:
    """Return a Markdown file that a parser turns back into exactly this title and text (lines stripped)."""
    lines = (_MARKUP.sub(r"\\\1", line.strip()) for line in text.split("\n"))
    front = f"---\ntitle: {json.dumps(' '.join(title.split()), ensure_ascii=False)}\n---\n" if title.strip() else ""
    return f"{front}\n" + "\n".join(lines) + "\n"
