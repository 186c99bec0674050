"""Show the words of a block with formatting: the words that answer in bold, code, and links. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from urllib.parse import urlsplit

from bot.blocks import AnswerBlock
from bot.discord.text.code import inline_code
from bot.discord.text.markdown import bold, escaped, link, safe_url, visible

LONGEST_CODE = 300  # characters; longer code inside a sentence is shown as words, so that a message can be cut in it
LONGEST_LINK_TEXT = 200
WHOLE = 0.9  # share of a block from which bold is left out, because nearly all of it answers

_NO_WIDTH = "\u200b"
# "[1]" in a document: it is neither bold nor a link, unlike Footnote's own numbers.
_NUMBER = re.compile(r"\[[^\[\]\w]*\d+[^\[\]\w]*\]")
_ADDRESS = re.compile(r"[a-z]+:/|www\.", re.IGNORECASE)
_CODE_IN_LINK = re.compile(r"[\w .,:;/+=@#%&!?()'\"{}-]*")  # characters that Discord does not interpret before the link


def words(block: AnswerBlock) -> str:
    """Return the words of a block on one line: escaped, with code, links, and the words that answer in bold.

    Headings, terms of definitions and labels are bold as a whole. A link to an unsafe address is shown as words.
    """
    if block.is_title:
        return bold_words(block)
    is_whole = any(end - start >= WHOLE * len(block.text) for start, end in block.strong)
    return _rendered(block, () if is_whole else block.strong)


def bold_words(block: AnswerBlock) -> str:
    """Return all words of a block in bold, except code, which Discord can't always show in bold."""
    return _rendered(block, [(0, len(block.text))])


def part_of(block: AnswerBlock, start: int, end: int) -> AnswerBlock:
    """Return the characters from `start` to `end` of a block as a block."""

    def inside(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        cut = ((max(first, start) - start, min(last, end) - start) for first, last in spans)
        return tuple((first, last) for first, last in cut if first < last)

    return replace(
        block,
        text=block.text[start:end],
        strong=inside(block.strong),
        code=inside(block.code),
        links=tuple(
            replace(one, start=first, end=last) for one in block.links for first, last in inside([(one.start, one.end)])
        ),
    )


def _rendered(block: AnswerBlock, strong: Iterable[tuple[int, int]]) -> str:
    styles = _Styles(block, strong)
    parts = []
    for is_bold, run in groupby(range(len(block.text)), key=styles.is_strong.__getitem__):
        rendered = _joined(styles.rendered(run))
        if is_bold and rendered.strip():
            rendered = " " * (rendered[0] == " ") + bold(rendered.strip()) + " " * (rendered[-1] == " ")
        parts.append(rendered)
    return re.sub(" {2,}", " ", _joined(parts)).strip()


class _Styles:
    """The style of each character of a block: `is_strong`, `is_code`, and the index of its link (`link_at`) or -1."""

    def __init__(self, block: AnswerBlock, strong: Iterable[tuple[int, int]]) -> None:
        self._block = block
        self.is_strong = [False] * len(block.text)
        self.is_code = [False] * len(block.text)
        self.link_at = [-1] * len(block.text)
        for start, end in strong:
            self._set(self.is_strong, range(start, end))
        for start, end in block.code:
            if end - start <= LONGEST_CODE:
                self._set(self.is_code, range(start, end))
        for number, one in enumerate(block.links):
            self._add_link(number, range(one.start, one.end))
        for place, (is_code, number) in enumerate(zip(self.is_code, self.link_at, strict=True)):
            if is_code and number < 0:  # a "**" in the code would end the bold text
                self.is_strong[place] = False
        for found in _NUMBER.finditer(block.text):
            self._set(self.is_strong, range(*found.span()), value=False)
        self._clear_unseen(self.is_code)
        self._clear_unseen(self.is_strong)

    def _set(self, flags: list[bool], places: range, *, value: bool = True) -> None:
        for place in places:
            flags[place] = value

    def _clear_unseen(self, flags: list[bool]) -> None:
        """Remove the style of runs without a visible character: the text around them is escaped in one piece."""
        for _, run in groupby(range(len(flags)), key=lambda place: (flags[place], self.link_at[place])):
            places = list(run)
            if flags[places[0]] and not visible(self._text_at(places)):
                self._set(flags, range(places[0], places[-1] + 1), value=False)

    def _add_link(self, number: int, places: range) -> None:
        text = self._block.text[places.start : places.stop]
        is_taken = any(self.link_at[place] >= 0 for place in places)
        is_number = not any(map(str.isalpha, text))  # which might be taken for a footnote's
        if is_taken or is_number or len(text) > LONGEST_LINK_TEXT or "[" in text or "]" in text:
            return
        if not _is_honest(visible(text), self._block.links[number].url):
            return
        is_strong = any(self.is_strong[place] for place in places)
        for place in places:
            self.link_at[place] = number
            self.is_strong[place] = is_strong
            self.is_code[place] = self.is_code[place] and _CODE_IN_LINK.fullmatch(text) is not None

    def rendered(self, places: Iterable[int]) -> Iterator[str]:
        """Yield the parts of a run of characters, rendered except for bold."""
        for number, linked in groupby(places, key=self.link_at.__getitem__):
            run = list(linked)
            inner = _joined(
                self._leaf(list(leaf), is_code=is_code) for is_code, leaf in groupby(run, key=self.is_code.__getitem__)
            )
            if number >= 0 and inner.strip():
                text = self._text_at(run)
                inner = _spaced(text, _linked(text, inner.strip(), self._block.links[number].url))
            yield inner

    def _leaf(self, places: Sequence[int], *, is_code: bool) -> str:
        text = self._text_at(places)
        return _spaced(text, inline_code(text) if is_code else escaped(text))

    def _text_at(self, places: Sequence[int]) -> str:
        return self._block.text[places[0] : places[-1] + 1]


def _is_honest(text: str, url: str) -> bool:
    """True if a link leads to a safe address, and to the same host as its text if that is itself an address."""
    meant = safe_url(url)
    if meant is None or not _ADDRESS.match(text):
        return meant is not None
    said = safe_url(text if "://" in text else f"https://{text}")
    return said is not None and urlsplit(said).netloc == urlsplit(meant).netloc


def _linked(text: str, rendered: str, url: str) -> str:
    """Return a link with `rendered` as its text, or the address if the text is one, which Discord does not link."""
    return f"<{safe_url(url)}>" if _ADDRESS.match(visible(text)) else link(rendered, url)


def _spaced(text: str, rendered: str) -> str:
    """Return rendered text with the spaces at the ends of the text."""
    if not rendered:
        return " " if any(map(str.isspace, text)) else ""
    return " " * text[0].isspace() + rendered + " " * text[-1].isspace()


def _joined(parts: Iterable[str]) -> str:
    """Return the parts joined, so that the signs of one do not merge with those of the next."""
    whole = ""
    for part in parts:
        sign = part[:1]
        if sign in ("*", "`") and whole.endswith(sign) and not whole.endswith("\\" + sign):
            whole += _NO_WIDTH
        whole += part
    return whole
