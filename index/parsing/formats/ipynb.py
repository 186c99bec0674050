"""Jupyter notebook → its text cells as Markdown, its code cells as code; outputs are left out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from index.errors import UnreadableDocument
from index.parsing.markdown.tokens import markdown_tokens
from index.parsing.markdown.walk import MarkdownWalk
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean
from index.parsing.text.decoding import decode
from index.parsing.text.writer import BlockWriter


def parse_ipynb(data: bytes) -> Parsed:
    """Parse a notebook of any version from 3 on. Raises UnreadableDocument for a file that is no notebook."""
    try:
        notebook = json.loads(decode(data))
    except ValueError as error:
        raise UnreadableDocument("is not a Jupyter notebook: it is no valid JSON; save it again") from error
    cells = _cells(notebook)
    if cells is None:
        raise UnreadableDocument("is not a Jupyter notebook: it has no cells")
    builder = TextBuilder()
    writer = BlockWriter(builder)
    language = _language(notebook)
    for cell in cells:
        source = clean(_text(cell.get("source", cell.get("input", ""))))
        if cell.get("cell_type") in ("markdown", "heading"):
            marks = "#" * int(cell.get("level", 0) or 0)
            tokens = markdown_tokens(f"{marks} {source}" if marks else source, is_jsx=False)
            MarkdownWalk(writer, first_line=1).walk(tokens)
        elif cell.get("cell_type") == "code":
            writer.code(source.split("\n"), language=language)
    parsed = builder.build(title=builder.first_heading(level=1))
    return replace(parsed, lines=())  # lines of a cell are no lines of the file


def _cells(notebook: Any) -> list[dict[str, Any]] | None:
    """The cells of a notebook; those of version 3 stand in worksheets."""
    if not isinstance(notebook, dict):
        return None
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):
        cells = [cell for sheet in notebook["worksheets"] if isinstance(sheet, dict) for cell in sheet.get("cells", [])]
    if not isinstance(cells, list):
        return None
    return [cell for cell in cells if isinstance(cell, dict)]


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    if isinstance(metadata, dict):
        for key, name in (("language_info", "name"), ("kernelspec", "language")):
            if isinstance(metadata.get(key), dict) and isinstance(metadata[key].get(name), str):
                return str(metadata[key][name])
    return ""


def _text(source: Any) -> str:
    """The text of a cell, which is a string or a list of lines."""
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
