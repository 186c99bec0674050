"""Answers as terminal text: blocks in their shape, what answers in bold, and the footnotes below. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from bot.answering.wording import introduction, more_text, unanswered_text
from bot.blocks import AnswerBlock
from bot.cli.table_text import table_lines
from bot.config.prompts import Prompts
from bot.types import Answer, Citation
from bot.wording import CONTROL_CHARACTERS, disagreement_text, place_of, plain

if TYPE_CHECKING:
    from rich.text import Text

MOST_ADDRESSES = 2  # links of a block whose addresses are shown; more would hide the words


def whole_answer_text(answer: Answer, prompts: Prompts, *, width: int | None = None) -> Text:
    """Return the answer, what comes closest, or the line that says there is nothing; after what was searched.

    Tables are at most `width` columns wide, if that is given.
    """
    from rich.text import Text

    text = Text()
    if plain(answer.searched) != plain(answer.question):
        text.append(f"searched: {plain(answer.searched)}\n\n", style="dim")
    line = introduction(
        answer.outcome,
        answer.note,
        prompts,
        question=plain(answer.searched),
        has_passages=bool(answer.passages),
    )
    if answer.outcome == "nothing":
        return text.append(line)
    if line:
        text.append(line + "\n\n", style="yellow")
    return text.append_text(answer_text(answer, width=width))


def answer_text(answer: Answer, *, width: int | None = None) -> Text:
    """Return the blocks with their numbers, what documents disagree about, what was left out, and the footnotes."""
    from rich.text import Text

    text = blocks_text(answer.blocks, width=width)
    if answer.more is not None:
        text.append(f"\n{more_text(answer.more)}", style="dim")
    if answer.unanswered:
        text.append(f"\n\n{unanswered_text(list(map(plain, answer.unanswered)))}", style="yellow")
    for disagreement in answer.disagreements:
        text.append("\n\n").append(disagreement_text(disagreement, "[{}]".format, plain), style="yellow")
    text.append("\n")
    for citation in answer.citations:
        text.append("\n").append_text(citation_text(citation, shown=answer.blocks))
    return text if answer.citations else Text()


def blocks_text(blocks: Sequence[AnswerBlock], *, width: int | None = None) -> Text:
    """Return blocks one below the other; a blank line between those that are not of the same list or table."""
    from rich.text import Text

    text = Text()
    blocks = [block.displayed() for block in blocks]
    last = {block.citation: block for block in blocks}
    before: AnswerBlock | None = None
    for kind, together in groupby(blocks, key=lambda block: "row" if block.kind == "row" else "other"):
        group = list(together)
        lines = table_lines(group, width=width) if kind == "row" else [block_text(block) for block in group]
        for block, line in zip(group, lines, strict=True):
            if before is not None:
                text.append("\n" if _close(before, block) else "\n\n")
            text.append_text(line)
            if last[block.citation] is block:
                text.append("\n" if block.kind == "code" else " ").append(f"[{block.citation}]", style="bold cyan")
            before = block
    return text


def _close(before: AnswerBlock, block: AnswerBlock) -> bool:
    """True if two blocks stand on neighbouring lines: those of a list, a table or a quote, and code below its step."""
    in_list = before.kind == "item" and (block.kind == "item" or block.depth > 0 or block.kind == "code")
    if before.kind == "definition" or (before.depth > 0 and block.depth > 0):
        return True
    in_quote = before.kind == block.kind == "quote" and not block.label
    return in_list or in_quote or before.kind == block.kind == "row" or (block.kind == "item" and before.depth > 0)


def block_text(block: AnswerBlock) -> Text:
    """Return one block."""
    from rich.text import Text

    indent = "  " * block.depth
    if block.kind == "code":
        lines = CONTROL_CHARACTERS.sub("", block.text.expandtabs(4)).split("\n")
        indent = "    " + "  " * max(0, block.depth - 1)
        return Text("\n".join(f"{indent}{line}".rstrip() for line in lines), style="cyan")
    text = Text(_one_line(block.text))
    if block.is_title:
        text.stylize("bold")
    if not _is_all(block):
        for start, end in block.strong:
            text.stylize("bold", start, end)
    for start, end in block.code:
        text.stylize("cyan", start, end)
    text = _with_addresses(text, block)
    mark = f"{block.label} " if block.kind == "item" else "│ " if block.kind == "quote" else ""
    kind = f"{block.admonition}: " if block.admonition else ""
    return Text(indent + mark).append(kind, style="bold").append_text(text)


def _with_addresses(text: Text, block: AnswerBlock) -> Text:
    """Return the words of a block with the addresses of its links behind them, where there are few."""
    from rich.text import Text

    if len(block.links) > MOST_ADDRESSES:
        return text
    for link in sorted(block.links, key=lambda link: -link.end):
        address = plain(link.url)
        if address not in block.text:
            text = text[: link.end].append_text(Text(f" <{address}>", style="dim")).append_text(text[link.end :])
    return text


def _one_line(text: str) -> str:
    """The text on one line of the same length, so that offsets into it stay right."""
    return "".join(" " if sign.isspace() else sign for sign in CONTROL_CHARACTERS.sub("\u00a0", text))


def _is_all(block: AnswerBlock) -> bool:
    """True if the words that answer are the whole block: then nothing is gained by setting them in bold."""
    return any(end - start >= 0.9 * len(block.text) for start, end in block.strong)


def citation_text(citation: Citation, *, shown: Iterable[AnswerBlock] = ()) -> Text:
    """Return a footnote: number, place, link; and the quote, unless blocks `shown` are its words."""
    from rich.text import Text

    where = place_of(
        citation.document, citation.title, citation.page, citation.heading, citation.line, date=citation.date
    )
    text = Text(f"[{citation.number}] ", style="bold cyan")
    text.append(where, style="not bold default")
    if citation.url:
        text.append(f"\n    {plain(citation.url)}", style="not bold dim")
    if not any(block.citation == citation.number for block in shown):
        text.append(f"\n    “{plain(citation.quote)}”", style="not bold italic default")
    return text
