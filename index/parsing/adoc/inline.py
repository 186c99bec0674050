"""Read the inline syntax of AsciiDoc: code, bold words, links, cross-references, keys and attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from index.parsing.text.inline import InlineText

_SYNTAX = re.compile(
    r"(?P<code>(?<!\w)`\+?(?P<code_text>[^`]{1,300}?)\+?`(?!\w)|``(?P<code_inner>[^`]{1,300}?)``)"
    r"|(?P<strong>\*\*(?P<strong_inner>[^*]{1,400}?)\*\*"
    r"|(?<![\w*])\*(?P<strong_text>[^\s*](?:[^*]{0,400}[^\s*])?)\*(?![\w*]))"
    r"|(?P<plain>__(?P<plain_inner>[^_]{1,400}?)__|(?<![\w_])_(?P<plain_text>[^\s_](?:[^_]{0,400}[^\s_])?)_(?![\w_])"
    r"|(?<![\w#])(?:\[[^\]\n]{0,100}\])?#(?P<marked>[^\s#](?:[^#]{0,400}[^\s#])?)#(?![\w#])"
    r"|(?<!\+)\+\+\+(?P<passed>[^+]{1,400})\+\+\+|(?<![\w+])\+(?P<literal>[^\s+](?:[^+]{0,400}[^\s+])?)\+(?![\w+])"
    r"|(?:kbd|btn|pass|stem|latexmath):[a-z,]*\[(?P<key>[^\]]{0,400})\])"
    r"|(?P<script>\^(?P<raised>[^\s^]{1,50})\^|~(?P<lowered>[^\s~]{1,50})~)"
    r"|(?P<link>(?:link:|(?=https?://|mailto:))(?P<address>[^\s\[\]<>]{1,500})\[(?P<link_text>[^\]]{0,400})\])"
    r"|(?P<xref>xref:(?P<xref_target>[^\s\[\]]{1,300})\[(?P<xref_text>[^\]]{0,400})\]"
    r"|<<(?P<anchor>[^<>,\n]{1,200})(?:,\s*(?P<anchor_text>[^<>]{1,400}))?>>)"
    r"|(?P<menu>menu:(?P<menu_name>[^\[\]\n]{1,100})\[(?P<menu_items>[^\]]{0,200})\])"
    r"|(?P<bare>https?://[^\s\[\]<>]{0,500}[\w/])"
    r"|(?P<attribute>(?<!\\)\{(?P<attribute_name>[A-Za-z][\w-]{0,100})\})"
    r"|(?P<gone>(?:image|icon|footnote|indexterm2?|anchor|counter2?):[^\s\[\]]{0,300}\[[^\]]{0,400}\]"
    r"|\[\[[\w:., -]{1,100}\]\]|\(\(\([^()]{0,200}\)\)\)|(?<=\S) \+$|<\d+>(?=\s*$))",
    re.MULTILINE,
)
_SHOWN_PLAIN = ("plain_inner", "plain_text", "marked", "passed", "literal", "key")
_BUILT_IN = {"nbsp": " ", "zwsp": "", "empty": "", "sp": " ", "plus": "+", "asterisk": "*", "backtick": "`"}
_BUILT_IN |= {"lt": "<", "gt": ">", "amp": "&", "startsb": "[", "endsb": "]", "vbar": "|", "tilde": "~", "cpp": "C++"}


def inline_of(text: str, attributes: Mapping[str, str], *, line: int) -> InlineText:
    """Return the text of some lines, of which the first is number `line` of the file.

    Attributes that are not defined are left out.
    """
    walk = _InlineWalk(attributes, line)
    walk.add(text)
    walk.inline.rstrip()
    return walk.inline


class _InlineWalk:
    """Adds pieces of text and syntax to a paragraph, counting lines on the way."""

    def __init__(self, attributes: Mapping[str, str], line: int) -> None:
        self.inline = InlineText()
        self._attributes = attributes
        self._line = line
        self._depth = 0

    def add(self, text: str) -> None:
        """Add text with its syntax."""
        position = 0
        for found in _SYNTAX.finditer(text):
            self._add_plain(_unescaped(text[position : found.start()]))
            position = found.end()
            self._add_match(found)
        self._add_plain(_unescaped(text[position:]))

    def _add_plain(self, text: str) -> None:
        for number, piece in enumerate(text.split("\n")):
            if number:
                self._line += 1
                self.inline.add(" ")
            if piece.strip():
                self.inline.begin_line(self._line)
            self.inline.add(piece)

    def _add_nested(self, text: str) -> None:
        self._depth += 1
        if self._depth < 5:
            self.add(text)
        else:
            self._add_plain(text)
        self._depth -= 1

    def _add_match(self, found: re.Match[str]) -> None:
        """Add what is shown of one piece of syntax."""
        groups = found.groupdict()
        if groups["code"]:
            self.inline.open("code")
            self._add_plain(_with_attributes(_first(groups, "code_text", "code_inner"), self._attributes))
            self.inline.close("code")
        elif groups["strong"]:
            self.inline.open("strong")
            self._add_nested(_first(groups, "strong_inner", "strong_text"))
            self.inline.close("strong")
        elif groups["script"]:
            self.inline.open_script(is_raised=groups["raised"] is not None)
            self._add_nested(_first(groups, "raised", "lowered"))
            self.inline.close_script()
        elif groups["plain"]:
            self._add_nested(_first(groups, *_SHOWN_PLAIN))
        elif groups["link"] or groups["xref"] or groups["bare"]:
            self._add_link(groups)
        elif groups["menu"]:
            self._add_plain(" > ".join(filter(None, (groups["menu_name"], groups["menu_items"]))))
        elif groups["attribute"]:
            self._add_plain(_value(groups["attribute_name"], self._attributes))

    def _add_link(self, groups: Mapping[str, str | None]) -> None:
        address = groups["bare"] or groups["address"] or groups["xref_target"] or groups["anchor"] or ""
        address = _with_attributes(address, self._attributes)
        if groups["xref"]:
            shown = _first(groups, "xref_text", "anchor_text") or address.rpartition("#")[2].rpartition("/")[2]
        else:
            shown = (groups["link_text"] or "").partition(",window=")[0].strip('^"') or address.removeprefix("mailto:")
        self.inline.open("link", address)
        if shown == address:
            self._add_plain(shown)
        else:
            self._add_nested(shown)
        self.inline.close("link")


def _first(groups: Mapping[str, str | None], *names: str) -> str:
    """The first of the groups that matched."""
    return next((text for name in names if (text := groups[name])), "")


def _with_attributes(text: str, attributes: Mapping[str, str]) -> str:
    """Code with the attributes that the document defines; others stay, they may be its own."""
    return re.sub(r"\{([A-Za-z][\w-]*)\}", lambda found: attributes.get(found[1].lower(), found[0]), text)


def _value(name: str, attributes: Mapping[str, str]) -> str:
    return attributes.get(name.lower(), _BUILT_IN.get(name.lower(), ""))


def _unescaped(text: str) -> str:
    return re.sub(r"\\(?=[{`*_#<\[])", "", text)
