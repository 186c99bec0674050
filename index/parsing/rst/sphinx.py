"""Directives and roles that docutils does not know, as stand-ins that show their content."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from index.parsing.text.admonitions import VERSIONS

Node = Any  # a node of docutils, which ships no types

_DIRECTIVE = re.compile(r"^[ \t]*(?:[-*+|] +)*\.\. +([A-Za-z][\w:+.-]*?)::(?=\s|$)", re.MULTILINE)
_ROLE = re.compile(r":([A-Za-z][\w:+.-]{0,60}):(?=`)|(?<=`):([A-Za-z][\w:+.-]{0,60}):")
_CODE = frozenset("code-block sourcecode code prompt testcode doctest console terminal ipython code-cell".split())
_LEFT_OUT = frozenset(
    """
    autoattribute autoclass autodata autoenum autoexception autofunction automethod automodule autoproperty autosummary
    bibliography contents currentmodule default-domain default-role digraph graph graphviz highlight image include index
    inheritance-diagram literalinclude mermaid meta module moduleauthor plantuml program program-output raw rst-class
    sectionauthor tabularcolumns testcleanup testoutput testsetup toctree uml video youtube
    """.split()
)
_NOTES = {
    "seealso": "note",
    "todo": "note",
    "versionadded": "note",
    "versionchanged": "note",
    "versionremoved": "note",
    "deprecated": "warning",
    "legacy": "warning",
    "info": "info",
}
_TABS = frozenset("tab tab-item group-tab code-tab".split())
_COLLAPSED = frozenset("dropdown details collapse toggle faq question".split())
_OBJECTS = frozenset(
    """
    attribute class cmdoption command confval data describe directive envvar event exception function hook macro member
    method object option property role setting signal staticmethod struct type var variable
    """.split()
)
_REPLACED = frozenset(("code", "sourcecode", "code-block"))  # docutils would ask Pygments about their language
_REPLACED_ROLES = frozenset(("pep", "rfc"))  # those of docutils take no text of their own
_TARGETED = re.compile(r"(.*?)\s*<([^<>]*)>\Z", re.DOTALL)
_PLAIN = frozenset(
    "ref doc term numref any abbr guilabel menuselection pep rfc issue pr user download link_to_translation".split()
)


def register_unknown(source: str) -> None:
    """Register a stand-in for every directive and role in `source` that docutils does not know."""
    from docutils.parsers.rst import directives, roles
    from docutils.parsers.rst.languages import en

    known = {*en.directives, *directives._directives}
    for name in {found.lower() for found in _DIRECTIVE.findall(source)} - known | _REPLACED:
        directives.register_directive(name, _stand_in(name))
    known_roles = {*en.roles, *roles._roles, *roles._role_registry}
    for name in {(one or other).lower() for one, other in _ROLE.findall(source)} - known_roles | _REPLACED_ROLES:
        roles.register_local_role(name, _role(name))


@cache
def _stand_in(name: str) -> type:
    """The class of a directive that shows its content the way its name tells."""
    from docutils.parsers.rst import Directive

    class AnyOption(dict[str, Callable[[str | None], str | None]]):
        """Takes every option of a directive as it is."""

        def __missing__(self, key: str) -> Callable[[str | None], str | None]:
            return lambda value: value

    class StandIn(Directive):  # type: ignore[misc]
        optional_arguments = 1
        final_argument_whitespace = True
        has_content = True
        option_spec = AnyOption(name=str)

        def run(self) -> list[Node]:
            nodes = _shown(self, name.rpartition(":")[2])
            for node in nodes:
                node.line = node.line or self.lineno
            return nodes

    return StandIn


def _shown(directive: Node, name: str) -> list[Node]:
    """The nodes that stand for a directive."""
    from docutils import nodes

    argument = directive.arguments[0].strip() if directive.arguments else ""
    if name in _LEFT_OUT:
        return []
    if name in _CODE or (name == "code-tab" and argument):
        code = nodes.literal_block("", "\n".join(directive.content), classes=["code", *argument.split()[:1]])
        code.line = directive.content_offset + 1
        return [code] if directive.content else []
    container = nodes.container()
    if name in _NOTES:
        container["label"] = _NOTES[name]
        container += _paragraph(directive, _with_version(name, argument))
    elif name in _TABS or name in _COLLAPSED:
        title = _paragraph(directive, argument)
        for paragraph in title:
            paragraph["role"] = "question" if name in _COLLAPSED else "title"
        container += title
    elif name in _OBJECTS and argument:
        container["term"] = " ".join(argument.split())
        term = nodes.paragraph("", "", nodes.literal("", container["term"]))
        container += term
    elif not directive.content:
        return _paragraph(directive, argument) if name == "centered" else []
    directive.state.nested_parse(directive.content, directive.content_offset, container)
    return [container]


def _with_version(name: str, argument: str) -> str:
    """The argument of a directive that names a version, with the words for it: "Deprecated since version 2.0"."""
    if name not in VERSIONS or not argument:
        return argument
    version, *rest = argument.split(maxsplit=1)
    return f"{VERSIONS[name]} {version}: {rest[0]}" if rest else f"{VERSIONS[name]} {version}."


def _paragraph(directive: Node, text: str) -> list[Node]:
    """A paragraph of one line of inline text; none if it is empty."""
    from docutils import nodes

    if not text:
        return []
    children, _ = directive.state.inline_text(text, directive.lineno)
    return [nodes.paragraph("", "", *children)]


@cache
def _role(name: str) -> Callable[..., tuple[list[Node], list[Node]]]:
    """The function of a role that shows its text: as code for names of a program's parts, else as it is."""
    base = name.rpartition(":")[2]

    def show(_: str, __: str, text: str, *___: Any, **____: Any) -> tuple[list[Node], list[Node]]:
        from docutils import nodes
        from docutils.utils import unescape

        if base.startswith("raw"):
            return [], []
        plain = unescape(text)
        found = _TARGETED.match(plain)
        shown, target = (found[1], found[2]) if found and found[1] else (plain.lstrip("!"), "")
        if shown.startswith("~"):
            shown = shown.lstrip("~").rpartition(".")[2]
        if target.startswith(("http://", "https://")) or (target and base in ("ref", "doc", "download")):
            return [nodes.reference("", shown, refuri=target)], []
        return [nodes.inline("", shown) if base in _PLAIN else nodes.literal("", shown)], []

    return show
