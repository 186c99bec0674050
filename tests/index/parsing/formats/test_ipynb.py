"""Jupyter notebooks: text cells as Markdown, code cells as code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from index.errors import UnreadableDocument
from index.parsing.parse import parse_bytes


def notebook(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def test_cells_in_their_order() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Refunds\n", "\n", "Paid **soon**."]},
        {"cell_type": "code", "source": "x = 1\n\nprint(x)", "outputs": [{"text": "unseen"}]},
        {"cell_type": "raw", "source": "unseen"},
        {"cell_type": "code", "source": ""},
    ]
    document = parse_bytes("a.ipynb", notebook(cells=cells, metadata={"language_info": {"name": "python"}}))
    assert document.text == "Refunds\n\nPaid soon.\n\nx = 1\n\nprint(x)"
    assert [(block.kind, block.label) for block in document.blocks] == [
        ("heading", ""),
        ("paragraph", ""),
        ("code", "python"),
    ]
    assert (document.title, document.format, document.lines) == ("Refunds", "ipynb", ())


def test_a_notebook_of_version_3() -> None:
    cells = [{"cell_type": "heading", "level": 2, "source": "Title"}, {"cell_type": "code", "input": "x = 1"}]
    assert parse_bytes("a.ipynb", notebook(worksheets=[{"cells": cells}])).text == "Title\n\nx = 1"


@pytest.mark.parametrize("data", [b"words", b"[1]", b'{"cells": 3}', b"{}", b"null", b"[" * 100_000])
def test_what_is_no_notebook(data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match=r"is not a Jupyter notebook|nested too deeply"):
        parse_bytes("a.ipynb", data)
