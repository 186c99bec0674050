"""Arrange the block tokens of a Markdown file: expand directives in fences, name alerts, pair what opens and closes."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from index.parsing.markdown.dialects.elements import split_closing_tags
from index.parsing.markdown.dialects.emit import push_close, push_open
from index.parsing.markdown.dialects.kinds import is_known, kind_of
from index.parsing.markdown.inline_syntax import clean_inline, definitions_in_templates

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

MOST_DIRECTIVES = 5  # directives inside directives

_DIRECTIVE = re.compile(r"\{([A-Za-z][\w:.-]*)\}[ \t]*(.*)\Z")
_OPTIONS = re.compile(r"(?:(?:[ \t]*:[\w-]+:.*(?:\n|\Z))+|---\n(?:.*\n){0,40}?---(?:\n|\Z))\n*")
_CODE = frozenset(
    "code code-block code-cell console doctest ipython parsed-literal prompt sourcecode terminal testcode testoutput "
    "jupyter-execute exec_code math".split()
)
_CONTAINERS = frozenset(
    "card card-carousel carousel container csv-table div epigraph figure-md glossary grid grid-item grid-item-card "
    "list-table margin rubric sidebar tab-set table tabs topic".split()
)
_LEFT_OUT = frozenset(
    "bibliography contents currentmodule eval-rst highlight image include index literalinclude mermaid only "
    "program-output raw raw-cell testcleanup testsetup toctree youtube".split()
)
_HEADING_ID = re.compile(  # the second form is that of Docusaurus in MDX
    r"(?<!\{)\{:?[ ]*(?:[.\w][^{}\s]*[ ]+)*#([\w.:~-]+)(?:[ ][^{}\n]*)?\}[ \t]*\Z"
    r"|\{/\*[ ]*#([\w.:~-]+)[ ]*\*/\}[ \t]*\Z"
)
_ALERT = re.compile(r"\[!([\w-]+)(?:\|[^\]\n]*)?\][+-]?[ \t]*(.*?)[ \t]*(?:\n|\Z)")
_BOLD_KIND = re.compile(r"\*\*(Note|Tip|Hint|Info|Important|Warning|Caution|Danger)\b[ !:]*\*\*", re.IGNORECASE)


def arrange(state: StateCore) -> None:
    """Rewrite the tokens of all blocks; a core rule of markdown-it, between blocks and inline text."""
    state.tokens = _with_directives(state, state.tokens, 0)
    state.tokens = _with_alerts(_with_closing_tags(state.tokens))
    _pair(state.tokens)
    _demote_titles(state.tokens)
    references = _references(state)
    is_jsx = bool(state.env.get("is_jsx"))
    for before, token in pairwise(state.tokens):
        if token.type == "inline":
            if before.type == "heading_open":
                _note_id(token)
            token.content = clean_inline(token.content, is_jsx=is_jsx, references=references)


def _note_id(heading: Token) -> None:
    """Note the id at the end of a heading, as in `{#id}`, in its meta data."""
    found = _HEADING_ID.search(heading.content)
    if found:
        heading.meta["anchor"] = found[1] or found[2]
        if found[2]:
            heading.content = heading.content[: found.start()].rstrip()


def _references(state: StateCore) -> dict[str, object]:
    """The document's link definitions, with those whose address a template tag gives."""
    from markdown_it.common.utils import normalizeReference

    references: dict[str, object] = state.env.setdefault("references", {})
    for token in state.tokens:
        if token.type == "inline":
            for name, address in definitions_in_templates(token.content).items():
                references.setdefault(normalizeReference(name), {"title": "", "href": address})
    return references


def _with_directives(state: StateCore, tokens: list[Token], depth: int) -> list[Token]:
    """The tokens with fences such as ```{note} made containers of the Markdown inside."""
    found: list[Token] = []
    for token in tokens:
        directive = _DIRECTIVE.match(token.info) if token.type == "fence" else None
        name = directive[1].lower().rpartition(":")[2] if directive else ""
        if directive is None or depth == MOST_DIRECTIVES:
            found.append(token)
        elif name in _CODE:
            token.info = directive[2]
            found.append(_without_options(token))
        elif name in _LEFT_OUT:
            pass
        elif not is_known(name) and name not in _CONTAINERS:
            token.info = name
            found.append(token)
        else:
            found += _expanded(state, _without_options(token), directive, depth)
    return found


def _without_options(token: Token) -> Token:
    """The fence without the options that stand at its top."""
    options = _OPTIONS.match(token.content)
    if options and token.map:
        token.content = token.content[options.end() :]
        token.meta["skipped"] = options[0].count("\n")
    return token


def _expanded(state: StateCore, fence: Token, directive: re.Match[str], depth: int) -> list[Token]:
    from markdown_it.rules_block import StateBlock

    first = (fence.map[0] if fence.map else 0) + 1 + fence.meta.get("skipped", 0)
    env = {"references": state.env.setdefault("references", {}), "is_jsx": state.env.get("is_jsx")}
    tokens: list[Token] = []
    block_state = StateBlock(fence.content, state.md, env, tokens)
    key = f"directive {first} {depth}"
    push_open(block_state, -1 - fence.meta.get("skipped", 0), key, directive[1], attributes={}, title=directive[2])
    state.md.block.tokenize(block_state, 0, block_state.lineMax)
    push_close(block_state, block_state.lineMax, key)
    for token in tokens:
        token.level += fence.level
        if token.map:
            token.map = [token.map[0] + first, token.map[1] + first]
    return _with_directives(state, tokens, depth + 1)


def _with_closing_tags(tokens: list[Token]) -> list[Token]:
    """The tokens with tags that close at the end of a paragraph made tokens of their own."""
    found: list[Token] = []
    pending: list[Token] = []
    for token in tokens:
        found.append(token)
        if token.type == "inline" and "</" in token.content:
            token.content, names = split_closing_tags(token.content)
            pending = [_closing(token, name) for name in names]
        elif token.type == "paragraph_close":
            found += pending
            pending = []
    return found


def _closing(token: Token, name: str) -> Token:
    closing = token.copy(type="container_close", tag="", content="", children=None)
    closing.meta = {"key": f"<{name.lower()}"}
    return closing


def _with_alerts(tokens: list[Token]) -> list[Token]:
    """The tokens with quotes that begin with [!NOTE] or a bold "Note" labelled by their kind."""
    found: list[Token] = []
    quotes: list[Token] = []
    for token in tokens:
        found.append(token)
        if token.type == "blockquote_open":
            quotes.append(token)
        elif token.type == "blockquote_close" and quotes.pop().type != "blockquote_open":
            token.type, token.tag, token.meta = "container_close", "", {"key": ""}
        elif token.type == "inline" and found[-2].type == "paragraph_open":
            if found[-3:-2] == quotes[-1:] != []:
                _name_quote(found)
            elif token.content.startswith("[!"):
                token.content = _ALERT.sub(r"\2\n", token.content, count=1)
    return found


def _name_quote(found: list[Token]) -> None:
    """Label the quote whose first paragraph ends `found`; its title becomes a paragraph of its own."""
    quote, paragraph, inline = found[-3:]
    alert = _ALERT.match(inline.content)
    bold = None if alert else _BOLD_KIND.match(inline.content)
    kind = alert[1] if alert else bold[1] if bold else ""
    if kind:
        quote.meta["label"] = kind_of(kind, {}).label or "note"
    if alert and inline.map:
        inline.content = inline.content[alert.end() :]
        inline.map = [inline.map[0] + 1, inline.map[1]]
        asks = alert[2].endswith("?")
        if alert[2]:
            found[-2:-1] = _title(paragraph, inline, alert[2], "question" if asks else "title")
        if asks:  # what stands in the quote answers it
            quote.type, quote.tag, quote.meta = "container_open", "", {"key": "", "label": None}


def _title(paragraph: Token, inline: Token, text: str, role: str) -> list[Token]:
    """The paragraph of an alert's title, and the beginning of the next one."""
    title = inline.copy(content=text, children=[], meta={"role": role}, map=paragraph.map)
    close = paragraph.copy(type="paragraph_close", nesting=-1, map=None)
    return [paragraph, title, close, paragraph.copy()]


def _pair(tokens: list[Token]) -> None:
    """Note on the tokens of containers which have both a beginning and an end inside the same block."""
    opened: list[Token | None] = []  # None where a block begins that no container reaches out of
    for token in tokens:
        if token.type in ("blockquote_open", "list_item_open"):
            opened.append(None)
        elif token.type in ("blockquote_close", "list_item_close"):
            while opened.pop() is not None:
                pass
        elif token.type == "container_open":
            opened.append(token)
        elif token.type == "container_close":
            _pair_with_open(opened, token)


def _pair_with_open(opened: list[Token | None], closing: Token) -> None:
    for position in range(len(opened) - 1, -1, -1):
        token = opened[position]
        if token is None:
            return
        if token.meta["key"] == closing.meta["key"]:
            token.meta["paired"] = closing.meta["paired"] = True
            closing.meta["label"] = token.meta["label"]
            del opened[position:]
            return


def _demote_titles(tokens: list[Token]) -> None:
    """Make mere labels of the titles of containers after which the section around them goes on.

    A heading in their place would take in what stands below the container as well.
    """
    section_follows = True  # after the token that we are at, reading backwards
    endings: list[bool] = []
    title: Token | None = None
    for token in reversed(tokens):
        match token.type:
            case "inline":
                title = token if token.meta.get("role") else None
            case "container_close":
                if token.meta.get("paired"):
                    endings.append(section_follows)
            case "container_open" if token.meta.get("is_definition"):
                endings.pop()
                section_follows, title = False, None
            case "container_open":
                ends_section = endings.pop() if token.meta.get("paired") else True
                if title is not None and not ends_section and not title.content.endswith("?"):
                    title.meta["role"] = "label"
                section_follows = title is not None
                title = None
            case "paragraph_open" if title is not None:
                pass
            case _:
                section_follows = token.type == "heading_open"
                title = title if token.type == "paragraph_close" else None
