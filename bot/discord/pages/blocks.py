"""Show the blocks of an answer in Discord: lists, code, tables and quotes as in the document. Pure.

The number of a citation follows the last of its blocks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bot.blocks import AnswerBlock
from bot.discord.pages.lists import ListMarks
from bot.discord.pages.table import table_parts
from bot.discord.text.code import code_block
from bot.discord.text.footnotes import markers
from bot.discord.text.inline import part_of, words
from bot.discord.text.markdown import bold
from bot.discord.text.splitting import split
from bot.types import Source

LONGEST_BLOCK = 3000  # characters of the document
LONGEST_ROW = 1000
LONGEST_QUOTE = 1500  # rendered; a longer quotation is split, so that each message begins with the mark ">"

CUT_SHORT = "… (complete under Sources)"

# The separator before a text, and the rendered text.
Unit = tuple[str, str]


def block_units(blocks: Sequence[AnswerBlock], sources: Sequence[Source]) -> Iterator[Unit]:
    """Yield the blocks of an answer, each in one or more units. `sources` are its footnotes."""
    urls = {source.citation.number: source.citation.url for source in sources}
    left = Counter(block.citation for block in blocks)
    layout = _Layout()
    for group in _tables_together(block.displayed() for block in blocks):
        units = layout.units(group)
        number = group[-1].citation
        left[number] -= len(group)
        if number > 0 and not left[number]:
            separator, text = units[-1]
            units[-1] = separator, text + _below(text) + markers({number: urls.get(number)})
        yield from units


def _tables_together(blocks: Iterable[AnswerBlock]) -> Iterator[list[AnswerBlock]]:
    """Yield the rows of each table together, any other block alone."""
    group: list[AnswerBlock] = []
    for block in blocks:
        is_next_row = block.kind == "row" and block.label != "header"
        if group and not (is_next_row and (group[-1].kind, group[-1].citation) == ("row", block.citation)):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


class _Layout:
    """Renders blocks in their order: the separator of a block depends on the block before it."""

    def __init__(self) -> None:
        self._marks = ListMarks()
        self._before: AnswerBlock | None = None

    def units(self, group: Sequence[AnswerBlock]) -> list[Unit]:
        """Return a block, or the rows of a table, as units; at least one."""
        blocks = [_shortened(block) for block in group]
        block = blocks[0]
        separator = "\n" if self._is_close(block) else "\n\n"
        if block.kind == "item":
            indent, mark = self._marks.mark(block)
            separator += indent
            texts = [f"{mark} {words(block) or '…'}"]
        else:
            self._marks.end_list()
            texts = table_parts(blocks) if block.kind == "row" else self._texts(block)
        self._before = block
        if any(len(shown.text) < len(whole.text) for shown, whole in zip(blocks, group, strict=True)):
            texts[-1] += f"{_below(texts[-1])}{CUT_SHORT}"
        return [(separator if number == 0 else "\n", text) for number, text in enumerate(texts)]

    def _is_close(self, block: AnswerBlock) -> bool:
        """True if there is no empty line between a block and the one before it."""
        before = self._before
        if before is None or before.citation != block.citation:
            return False
        if block.kind == "item":
            return before.kind in ("item", "paragraph", "heading", "code") and not self._marks.leaves_list(block)
        if before.kind == "item":  # otherwise Discord shows it as a part of the item
            return False
        return before.is_title or block.kind == "code" or (before.kind == block.kind == "quote" and not block.label)

    def _texts(self, block: AnswerBlock) -> list[str]:
        if block.kind == "code":
            return [code_block(block.text, block.label) or "…"]
        text = words(block) or "…"
        if block.kind == "quote":
            kind = bold(f"{block.admonition}:") + " " if block.admonition else ""
            return [f"> {line}" for line in split(kind + text, LONGEST_QUOTE)]
        return [text]


def _shortened(block: AnswerBlock) -> AnswerBlock:
    """Return a block without its end if it is too long: code is cut at a line, other blocks at a word."""
    longest = LONGEST_ROW if block.kind == "row" else LONGEST_BLOCK
    if len(block.text) <= longest:
        return block
    end = block.text.rfind("\n" if block.kind == "code" else " ", 0, longest)
    return part_of(block, 0, end if end > 0 else longest)


def _below(text: str) -> str:
    """Return the separator before a footnote number: nothing may follow the end of a fence on its line."""
    return "\n" if text.endswith("```") else " "
