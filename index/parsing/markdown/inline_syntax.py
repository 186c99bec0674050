"""Take the inline syntax of documentation tools out of a paragraph, leaving code spans and line ends as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from index.parsing.markdown.dialects.tags import scan_tag, string_in_braces

_CODE_MARK = re.compile("\ue000(\\d+)\ue001")
_BACKTICKS = re.compile("`+")
_ATTRIBUTE = r"(?:#[^\s{}]+|\.[\w:-]+|[A-Za-z][\w:-]+=(?:\"[^\"{}]*\"|'[^'{}]*'|[^\s{}\"']+)|data-preview|\.\s)"
_ATTRIBUTES = re.compile(
    rf"(?<![_^{{\\])\{{(?::?[ ]?{_ATTRIBUTE}(?:[ ]+{_ATTRIBUTE})*[ ]*|:[\w .#:-]*|::?/?[\w ]*/?)\}}(?!\}})"
)
_TOC_ITEM = re.compile(r"\A(?:toc|contents|table of contents)[ \t\n]*\{:?[ ]*\.?toc[^}]*\}\Z", re.IGNORECASE)
_EMOJI = re.compile(r"(?<![\w:/.-]):([a-z][a-z0-9_+-]{0,60}):(?![\w:/])")
_EMOJI_SIGNS = {
    "bangbang": "‼",
    "check": "✓",
    "heavy_check_mark": "✔",
    "heavy_multiplication_x": "✖",
    "o": "⭕",
    "star": "⭐",
    "warning": "⚠",
    "white_check_mark": "✅",
    "x": "❌",
}
_FOOTNOTE = re.compile(r"\[\^[^\]\[\s]{1,60}\]:?")
_LINK = re.compile(r"(\[[^\[\]]{0,500}\])\(([^()<>\n]{0,500})\)")
_EMPTY_LINK = re.compile(r"(?<!!)\[\]\(([^()<>\s]{1,300})\)")
_DESTINATION = re.compile(r"\s*\S*(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\Z")
_REFERENCE = re.compile(r"\[([^\[\]]{1,300})\]\[([^\[\]]{0,200})\]")
_EMPTY_DEFINITION = re.compile(r"^[ \t]*\[[^\[\]\n]{1,200}\]:[ \t]*(?:#[\w-]*|\?[\w=&-]*)?[ \t]*$", re.MULTILINE)
_TEMPLATE_DEFINITION = re.compile(r"^[ \t]*\[([^\[\]\n]{1,200})\]:[ \t]*(\{[%{].*[%}]\})\S*[ \t]*$", re.MULTILINE)
_DOCFX = re.compile(
    r":::[a-z-]+ text=\"([^\"\n]*)\":::|\[!(?:div|INCLUDE)\b[^\[\]\n]*\](?:\([^()\n]*\))?|\[!VIDEO [^\[\]\n]*\]"
)
_WIKI_LINK = re.compile(r"(!?)\[\[([^\[\]\n|\s][^\[\]\n|]{0,200})(?:\|([^\[\]\n]{1,200}))?\]\]")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp|mp4|webm|mp3|canvas)$", re.IGNORECASE)
_ROLE = re.compile(r"\{[a-z][\w:-]{0,40}\}(?=\ue000)")
_KEYS = re.compile(r"\+\+([\w\"-]+(?:\+[\w\"-]+)*)\+\+")
_HIGHLIGHT = re.compile(r"(?<![=\w])==([^\s=](?:[^=\n]{0,200}[^\s=])?)==(?![=\w])")
_STRONG = re.compile(r"(?<!\*)\*\*[ ]?([^\s*](?:[^*\n]{0,200}[^\s*])?)[ ]?\*\*(?!\*)")
_CHANNEL = re.compile(r"\w*channel\s+[\"']#?([\w-]+)[\"']")
_PATH = re.compile(r"[\"']([^\"'\n]*/[^\"'\n]*)[\"']")


def clean_inline(text: str, *, is_jsx: bool, references: Mapping[str, object]) -> str:
    """Return a paragraph's source with the syntax of documentation tools taken out; it keeps its number of lines.

    `references` are the link definitions that the document has. In JSX, expressions in braces go as well.
    """
    if not any(sign in text for sign in "{[<:*=+"):
        return text
    shielded, spans = _without_code(text)
    cleaned = shielded
    for sign, clean in _CLEANERS:
        if sign in cleaned:
            cleaned = clean(cleaned)
    if is_jsx and "{" in cleaned:
        cleaned = _without_expressions(cleaned)
    if "][" in cleaned:
        cleaned = _REFERENCE.sub(lambda found: _undefined(found, references), cleaned)
    if not spans:
        return cleaned
    return _CODE_MARK.sub(lambda found: spans[int(found[1])] if int(found[1]) < len(spans) else found[0], cleaned)


def definitions_in_templates(text: str) -> dict[str, str]:
    """Return the addresses of link definitions that a template tag gives, by the name of the link."""
    if "]:" not in text or "{" not in text:
        return {}
    found = {}
    for name, tag in _TEMPLATE_DEFINITION.findall(text):
        path = _PATH.search(tag)
        if path:
            found[name] = path[1]
    return found


def _without_code(text: str) -> tuple[str, list[str]]:
    """The text with a mark instead of each code span, and the spans."""
    runs = [(found.start(), found.end()) for found in _BACKTICKS.finditer(text)]
    if not runs:
        return text, []
    following: dict[int, list[int]] = {}  # the runs by their length, the first one last
    for place in range(len(runs) - 1, -1, -1):
        following.setdefault(runs[place][1] - runs[place][0], []).append(place)
    parts: list[str] = []
    spans: list[str] = []
    position = place = 0
    while place < len(runs):
        start, end = runs[place]
        same = following[end - start]
        while same and same[-1] <= place:
            same.pop()
        if same:
            close = same[-1]
            parts += [text[position:start], f"\ue000{len(spans)}\ue001"]
            spans.append(text[start : runs[close][1]])
            position, place = runs[close][1], close
        place += 1
    return "".join([*parts, text[position:]]), spans


def _without_template_tags(text: str) -> str:
    """Liquid, Jinja and Hugo: a path inside a link's address stays, and the name of a channel."""
    for begin, end in (
        ("{{<", ">}}"),
        ("{{%", "%}}"),
        ("{%", "%}"),
        ("{{", "}}"),
        ("{*", "*}"),
        ("{/*", "*/}"),
        ("{#", "#}"),
    ):
        text = _replace_between(text, begin, end, _shown_of_template_tag)
    return text


def _shown_of_template_tag(tag: str, before: str) -> str:
    inner = tag.strip("{}%<>*- ")
    if tag.startswith("{{") and tag[2:3] not in "<%" and inner.startswith((".", "$")):
        return tag  # the text of a template that is explained
    if before.endswith("("):
        path = _PATH.search(inner)
        return path[1] if path else ""
    channel = _CHANNEL.match(inner)
    return "#" + channel[1] if channel else "\n" * tag.count("\n")


def _replace_between(text: str, begin: str, end: str, shown: Callable[[str, str], str]) -> str:
    """Replace what stands between two delimiters, them included, by what is shown of it."""
    parts, position = [], 0
    while (start := text.find(begin, position)) >= 0:
        close = text.find(end, start + len(begin))
        if close < 0:
            break
        close += len(end)
        parts += [text[position:start], shown(text[start:close], text[max(position, start - 1) : start])]
        position = close
    return "".join([*parts, text[position:]])


def _without_tags(text: str) -> str:
    """Tags with attributes that HTML does not know; a component that links becomes a link."""
    parts, position = [], 0
    while (start := text.find("<", position)) >= 0:
        tag = scan_tag(text, start)
        if tag is None or (tag.name.islower() and "{" not in text[start : tag.end]):
            end = start + 1
            parts.append(text[position:end])
        else:
            end = tag.end
            target = tag.attributes.get("href") or tag.attributes.get("to")
            is_link = tag.name.lower() in ("a", "link", "docslink", "sitelink")
            shown = "</a>" if is_link and tag.closes else f'<a href="{target}">' if is_link and target else ""
            parts += [text[position:start], shown + "\n" * text.count("\n", start, end)]
        position = end
    return "".join([*parts, text[position:]])


def _without_expressions(text: str) -> str:
    """JSX expressions: a string is shown, anything else goes."""
    opened: list[int] = []
    outer: list[tuple[int, int]] = []
    for found in re.finditer(r"(?<!\\)[{}]", text):
        if found[0] == "{":
            opened.append(found.start())
        elif opened:
            start = opened.pop()
            while outer and outer[-1][0] > start:
                outer.pop()
            outer.append((start, found.end()))
    parts, position = [], 0
    for start, end in outer:
        expression = text[start:end]
        shown = string_in_braces(expression)
        kept = expression if shown is None and _is_placeholder(text, start, end) else shown
        parts += [text[position:start], kept if kept is not None else "\n" * expression.count("\n")]
        position = end
    return "".join([*parts, text[position:]])


def _is_placeholder(text: str, start: int, end: int) -> bool:
    """True for braces inside a path or a word, as in /guilds/{guild.id}: they stand for something."""
    return (start > 0 and text[start - 1] in "/=-_.") or (end < len(text) and text[end] in "/-_")


def _without_attributes(text: str) -> str:
    return "" if _TOC_ITEM.match(text) else _ATTRIBUTES.sub("", text)


def _with_addresses(text: str) -> str:
    """Links whose address has spaces get the brackets that CommonMark asks for; those without a text show it."""
    text = _EMPTY_LINK.sub(r"[\1](\1)", text)
    return _LINK.sub(
        lambda found: found[0] if _DESTINATION.match(found[2]) else f"{found[1]}(<{found[2].strip()}>)", text
    )


def _without_footnotes(text: str) -> str:
    return _EMPTY_DEFINITION.sub("", _FOOTNOTE.sub("", text))


def _undefined(found: re.Match[str], references: Mapping[str, object]) -> str:
    """The text of a link whose definition the document does not have."""
    name = " ".join((found[2] or found[1]).split()).upper()
    return found[0] if name in references or name.lower() in references else found[1]


def _shown_of_wiki_link(found: re.Match[str]) -> str:
    """The text of a link between notes; nothing of a picture that is shown there."""
    if found[1]:
        return "" if _PICTURE.search(found[2]) else found[2]
    return found[3] or found[2]


def _with_emoji(text: str) -> str:
    return _EMOJI.sub(lambda found: _EMOJI_SIGNS.get(found[1], ""), text)


_CLEANERS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("{", _without_template_tags),
    ("{", _without_attributes),
    ("}", lambda text: _ROLE.sub("", text)),
    ("<", _without_tags),
    ("](", _with_addresses),
    ("[", _without_footnotes),
    (":::", lambda text: _DOCFX.sub(lambda found: found[1] or "", text)),
    ("[!", lambda text: _DOCFX.sub(lambda found: found[1] or "", text)),
    ("[[", lambda text: _WIKI_LINK.sub(_shown_of_wiki_link, text)),
    (":", _with_emoji),
    ("++", lambda text: _KEYS.sub(lambda found: found[1], text)),
    ("==", lambda text: _HIGHLIGHT.sub(lambda found: found[1], text)),
)
