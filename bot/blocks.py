"""The blocks of an answer, and their words as plain text. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import indent

from index.types import BlockKind

# A number, or several, that a document has in brackets: "[1]", "[2, 3]". Footnotes never have four digits.
_BRACKETED = re.compile(r"\[(\s*\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s*)\](?!\.?[A-Za-z_(]|\s?=)")


@dataclass(frozen=True, slots=True)
class Link:
    """Characters of a block, as offsets into its text, that the document links to an address (http or https)."""

    start: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class AnswerBlock:
    """A part of an answer as it stands in the document, with the number of the citation that covers it.

    `text` is verbatim, without the mark of a list item, which `label` holds ("1.", "-"); of code `label` is the
    language, of a table's header row "header", of the first paragraph of an admonition its kind. `depth` is how many
    lists are around it: 0 for the items of the outermost, 1 for what belongs to these. `strong` are the words that
    answer, `code` those that the document sets as code: (start, end) offsets into `text`.
    """

    kind: BlockKind
    text: str
    citation: int
    label: str = ""
    depth: int = 0
    strong: tuple[tuple[int, int], ...] = ()
    code: tuple[tuple[int, int], ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def is_title(self) -> bool:
        """True for a heading, the term of a definition, and the label of what follows: "macOS" above its command."""
        return self.kind in ("heading", "definition") or (self.kind == "paragraph" and self.label == "label")

    @property
    def admonition(self) -> str:
        """The kind of admonition that begins here ("Warning"), unless the text says it; else empty."""
        is_said = self.text.lower().startswith(self.label.lower())
        return "" if self.kind != "quote" or is_said or not self.label.isalpha() else self.label.capitalize()

    def displayed(self) -> AnswerBlock:
        """Return the block as it is shown: "(1)" where the document has "[1]", which would look like a footnote.

        Code stays as it is, and all offsets remain right.
        """
        if self.kind == "code" or "[" not in self.text:
            return self

        def shown(found: re.Match[str]) -> str:
            in_code = any(start < found.end() and found.start() < end for start, end in self.code)
            return found[0] if in_code else f"({found[1]})"

        return replace(self, text=_BRACKETED.sub(shown, self.text))


def plain_text_of(blocks: Sequence[AnswerBlock]) -> str:
    """Return the words of blocks, a line each, without markers."""
    return "\n".join(block.text for block in blocks)


def answering_words_of(blocks: Sequence[AnswerBlock]) -> str:
    """Return the words of blocks that answer, a line for each run of them; all words if none are marked."""
    runs = [block.text[start:end] for block in blocks for start, end in block.strong]
    return "\n".join(runs) or plain_text_of(blocks)


def text_of(blocks: Sequence[AnswerBlock]) -> str:
    """Return blocks as plain text, a line each, with the `[number]` marker behind the last block of each citation.

    Code is indented by four spaces. No other words look like a marker; see `AnswerBlock.displayed`.
    """
    last = {block.citation: place for place, block in enumerate(blocks)}
    lines = []
    for place, block in enumerate(map(AnswerBlock.displayed, blocks)):
        text = indent(block.text, "    ") if block.kind == "code" else " ".join(block.text.split())
        mark = f"{block.admonition}: " if block.admonition else ""
        mark = f"{'  ' * block.depth}{block.label} " if block.kind == "item" and block.label else mark
        ends = "\n" if block.kind == "code" else " "
        lines.append(mark + text + (f"{ends}[{block.citation}]" if last[block.citation] == place else ""))
    return "\n".join(lines)
