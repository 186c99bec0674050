"""Show what the documents say about each sentence of a message. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import get_args

from bot.discord.pages.page import Page, list_pages
from bot.discord.text.footnotes import LINK_TEXT, quotation, titled_place
from bot.discord.text.markdown import link
from bot.discord.text.splitting import excerpt
from bot.types import CheckedSentence, Verdict

LONGEST_SENTENCE = 200
LONGEST_QUOTE = 600
LONGEST_REASON = 200
SENTENCES_A_PAGE = 10

TITLE = "Checked against the documents"
SIGNS: dict[Verdict, str] = {"supported": "✅", "contradicted": "❌", "not mentioned": "➖", "not checked": "·"}
NOTHING = "There is no sentence in this message that I can check."


def check_pages(checked: Sequence[CheckedSentence]) -> list[Page]:
    """Return pages with the verdict on each sentence, the quote behind it, and the reason. At least one page."""
    if not checked:
        return [Page(title=TITLE, description=NOTHING)]
    return list_pages(TITLE, summary(checked), [_sentence(one) for one in checked], SENTENCES_A_PAGE, separator="\n\n")


def summary(checked: Sequence[CheckedSentence]) -> str:
    """Return how many sentences got each verdict: "2 supported, 1 contradicted"."""
    counts = Counter(one.verdict for one in checked)
    verdicts: tuple[Verdict, ...] = get_args(Verdict)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in verdicts if counts[verdict])


def _sentence(one: CheckedSentence) -> str:
    return "\n".join([f"{SIGNS[one.verdict]} “{excerpt(one.text, LONGEST_SENTENCE) or '…'}”", *_verdict(one)])


def _verdict(one: CheckedSentence) -> Iterator[str]:
    """Yield the verdict and the quote behind it. If the documents say nothing, only the nearest place is named."""
    reason = excerpt(one.reason, LONGEST_REASON)
    yield f"**{one.verdict.capitalize()}**" + (f": {reason}" if reason else "")
    if one.source is None:
        return
    citation = one.source.citation
    linked = link(LINK_TEXT, citation.url)
    where = titled_place(citation) + (f" · {linked}" if linked != LINK_TEXT else "")
    if one.verdict in ("supported", "contradicted"):
        quote = quotation(citation.quote, LONGEST_QUOTE)
        if quote:
            yield f"> {quote}"
        yield f"-# {where}"
    else:
        yield f"-# nearest: {where}"
