"""Code in Discord's Markdown: in a block of its own, or among words. Pure.

Code is shown as it stands in the document. Four things are broken by a space of no width, because backslashes do not
work in code: backticks that would end it, mentions, invitations, and what would end a link of Footnote's before it.
"""

from __future__ import annotations

import re

from bot.discord.text.markdown import visible, visible_as_written

LONGEST_LANGUAGE = 20

_FENCE = "```"
_NO_WIDTH = "\u200b"
_LANGUAGE = re.compile(rf"[A-Za-z0-9_+#.-]{{1,{LONGEST_LANGUAGE}}}")
# Discord finds these in the text of a message, whether they are in code or not.
_FOUND_IN_CODE = re.compile(
    r"(?<=@)(?=everyone|here)|(?<=<)(?=@[!&]?\d)|(?<=discord)(?=\.(?:gg|gift|com/invite)/)"
    r"|(?<=discordapp)(?=\.com/invite/)",
    re.IGNORECASE,
)
# Discord looks for the end of a link's text before it looks for code: "[open](<…>) `](<…>)`" would be one link. It
# does not look beyond another "[", so "handlers[0](event)" ends none.
_END_OF_LINK = re.compile(r"(?<=\])(?=\()")


def code_block(text: str, language: str = "") -> str:
    """Return code as a fenced block, with its language if Discord can read that; empty if nothing can be seen of it."""
    shown = _defused("\n".join(visible_as_written(line) for line in text.splitlines()).strip("\n"))
    shown = re.sub("`(?=``)", f"`{_NO_WIDTH}", shown)
    if not shown.strip():
        return ""
    return f"{_FENCE}{language if _LANGUAGE.fullmatch(language) else ''}\n{shown}\n{_FENCE}"


def inline_code(text: str) -> str:
    """Return code as it stands among words, on one line; empty if nothing can be seen of it."""
    shown = _defused(visible(text))
    if "`" not in shown:
        return f"`{shown}`" if shown else ""
    # Two backticks around it allow single ones in it. Three would begin a block.
    shown = re.sub("`(?=`)", f"`{_NO_WIDTH}", shown)
    return f"`` {shown} ``" if shown.startswith("`") or shown.endswith("`") else f"``{shown}``"


def _defused(code: str) -> str:
    shown = _FOUND_IN_CODE.sub(_NO_WIDTH, code)
    before, bracket, after = shown.partition("[")
    return _END_OF_LINK.sub(_NO_WIDTH, before) + bracket + after
