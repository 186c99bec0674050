"""reStructuredText → reading text with blocks, as docutils reads it, and what Sphinx adds as far as it can be shown."""

from __future__ import annotations

from index.parsing.formats.text import parse_text
from index.parsing.rst.sphinx import Node, register_unknown
from index.parsing.rst.walk import RstWalk
from index.parsing.text.builder import Parsed, TextBuilder
from index.parsing.text.cleaning import clean, one_line
from index.parsing.text.decoding import decode
from index.parsing.text.front_matter import stated
from index.parsing.text.writer import BlockWriter

LONGEST_LINE = 50_000  # characters; what has longer ones is read as plain text

_SETTINGS = {
    "_disable_config": True,
    "doctitle_xform": False,
    "docinfo_xform": False,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,  # none
    "halt_level": 6,  # never
    "line_length_limit": LONGEST_LINE,
    "smart_quotes": False,
    "syntax_highlight": "none",
    "warning_stream": False,
}


def parse_rst(data: bytes) -> Parsed:
    """Parse reStructuredText; no file is included and nothing raw is read. Unknown directives show their content."""
    from docutils.core import publish_doctree

    source = clean(decode(data))
    if max(map(len, source.split("\n"))) > LONGEST_LINE:
        return parse_text(data)
    register_unknown(source)
    tree = publish_doctree(source, settings_overrides=_SETTINGS)
    builder = TextBuilder()
    RstWalk(BlockWriter(builder), source).walk(tree)
    fields = _fields(tree)
    return stated(builder.build(title=fields.get("title") or builder.first_heading(level=1)), fields)


def _fields(tree: Node) -> dict[str, str]:
    """The fields at the top of a document, by their names in lower case."""
    for node in tree.children[:3]:
        for child in [node, *node.children[:2]]:
            if type(child).__name__ == "field_list":
                return {
                    field.children[0].astext().lower(): one_line(field.children[1].astext()) for field in child.children
                }
    return {}
