"""Show code in Discord: as a block, or inside a sentence. Pure.

Code is shown as in the document, except for four things into which a zero-width space is inserted, because backslashes
have no effect in code: backticks that would end it, mentions, invitations, and the end of a link that precedes it.
"""

from __future__ import annotations

import re

from bot.discord.text.markdown import visible, visible_as_written

LONGEST_LANGUAGE = 20

_FENCE = "```"
_NO_WIDTH = "\u200b"
_LANGUAGE = re.compile(rf"[A-Za-z0-9_+#.-]{{1,{LONGEST_LANGUAGE}}}")
# Discord finds these in the text of a message, even in code.
_FOUND_IN_CODE = re.compile(
    r"(?<=@)(?=everyone|here)|(?<=<)(?=@[!&]?\d)|(?<=discord)(?=\.(?:gg|gift|com/invite)/)"
    r"|(?<=discordapp)(?=\.com/invite/)",
    re.IGNORECASE,
)
# Discord searches for the end of a link's text before it searches for code: "[open](<…>) `](<…>)`" would be one link.
# It does not search beyond another "[", so "handlers[0](event)" does not end a link.
_END_OF_LINK = re.compile(r"(?<=\])(?=\()")


def code_block(text: str, language: str = "") -> str:
    """Return code as a fenced block, with its language if Discord can parse that; empty if nothing is visible."""
    shown = _defused("\n".join(visible_as_written(line) for line in text.splitlines()).strip("\n"))
    shown = re.sub("`(?=``)", f"`{_NO_WIDTH}", shown)
    if not shown.strip():
        return ""
    return f"{_FENCE}{language if _LANGUAGE.fullmatch(language) else ''}\n{shown}\n{_FENCE}"


def inline_code(text: str) -> str:
    """Return code inside a sentence, on one line; empty if nothing is visible."""
    shown = _defused(visible(text))
    if "`" not in shown:
        return f"`{shown}`" if shown else ""
    # Two backticks around it allow single ones inside. Three would start a block.
    shown = re.sub("`(?=`)", f"`{_NO_WIDTH}", shown)
    return f"`` {shown} ``" if shown.startswith("`") or shown.endswith("`") else f"``{shown}``"


def _defused(code: str) -> str:
    shown = _FOUND_IN_CODE.sub(_NO_WIDTH, code)
    before, bracket, after = shown.partition("[")
    return _END_OF_LINK.sub(_NO_WIDTH, before) + bracket + after
