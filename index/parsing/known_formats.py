"""The file formats that Footnote reads: each with its suffixes, its parser, and what its first bytes look like.

A new format is a line in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from index.errors import UnreadableDocument
from index.parsing.formats.adoc import parse_adoc
from index.parsing.formats.data.csv import parse_csv
from index.parsing.formats.data.json import parse_json
from index.parsing.formats.data.toml import parse_toml
from index.parsing.formats.data.yaml import parse_yaml
from index.parsing.formats.epub import parse_epub
from index.parsing.formats.html import parse_html
from index.parsing.formats.ipynb import parse_ipynb
from index.parsing.formats.mail import parse_eml, parse_mbox
from index.parsing.formats.markdown import parse_markdown, parse_mdx
from index.parsing.formats.office.opendocument import parse_opendocument
from index.parsing.formats.office.pptx import parse_pptx
from index.parsing.formats.office.rtf import parse_rtf
from index.parsing.formats.office.xls import parse_xls
from index.parsing.formats.office.xlsx import parse_xlsx
from index.parsing.formats.pdf import parse_pdf
from index.parsing.formats.rst import parse_rst
from index.parsing.formats.subtitles import parse_subtitles
from index.parsing.formats.text import parse_text
from index.parsing.formats.word.docx import parse_docx
from index.parsing.reasons import NO_PARSER
from index.parsing.signatures import DAMAGED_ZIP, looks_like
from index.parsing.text.builder import Parsed
from index.parsing.titles import suffix_of


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its name in `Document.format`, its name for people, what its files end in, and its parser.

    `has_signature` is true if `looks_like` returns the `label` of every file of this format.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    parse: Callable[[bytes], Parsed]
    has_signature: bool = False


FORMATS = (
    Format("text", "a text file", (".txt", ".text", ".log", ""), parse_text),
    Format("markdown", "a Markdown file", (".md", ".markdown"), parse_markdown),
    Format("mdx", "an MDX file", (".mdx",), parse_mdx),
    Format("rst", "a reStructuredText file", (".rst",), parse_rst),
    Format("adoc", "an AsciiDoc file", (".adoc", ".asciidoc"), parse_adoc),
    Format("yaml", "a YAML file", (".yml", ".yaml"), parse_yaml),
    Format("json", "a JSON file", (".json", ".jsonl", ".ndjson"), parse_json),
    Format("toml", "a TOML file", (".toml",), parse_toml),
    Format("subtitles", "a file of subtitles", (".srt", ".vtt"), parse_subtitles),
    Format("ipynb", "a Jupyter notebook", (".ipynb",), parse_ipynb),
    Format("html", "an HTML page", (".html", ".htm", ".xhtml"), parse_html),
    Format("pdf", "a PDF", (".pdf",), parse_pdf, has_signature=True),
    Format("docx", "a Word document (.docx)", (".docx",), parse_docx, has_signature=True),
    Format("pptx", "a PowerPoint presentation (.pptx)", (".pptx",), parse_pptx, has_signature=True),
    Format("csv", "a table of separated values", (".csv", ".tsv"), parse_csv),
    Format("xlsx", "an Excel workbook (.xlsx)", (".xlsx", ".xlsm"), parse_xlsx, has_signature=True),
    Format("xls", "an old Excel workbook (.xls)", (".xls",), parse_xls, has_signature=True),
    Format("odt", "an OpenDocument text (.odt)", (".odt",), parse_opendocument, has_signature=True),
    Format("ods", "an OpenDocument spreadsheet (.ods)", (".ods",), parse_opendocument, has_signature=True),
    Format("odp", "an OpenDocument presentation (.odp)", (".odp",), parse_opendocument, has_signature=True),
    Format("rtf", "an RTF document", (".rtf",), parse_rtf, has_signature=True),
    Format("epub", "an EPUB book", (".epub",), parse_epub, has_signature=True),
    Format("eml", "a mail", (".eml",), parse_eml),
    Format("mbox", "a mailbox", (".mbox",), parse_mbox),
)
READS = "Footnote reads " + " ".join(known.suffixes[0] for known in FORMATS)

_BY_SUFFIX = {suffix: known for known in FORMATS for suffix in known.suffixes}
_BY_LABEL = {known.label: known for known in FORMATS}
_ZIPPED = frozenset(("docx", "pptx", "xlsx", "odt", "ods", "odp", "epub"))


def format_of(path: str) -> Format | None:
    """Return the format of a file by its suffix; None if Footnote does not read it."""
    return _BY_SUFFIX.get(suffix_of(path))


def no_parser(path: str) -> str:
    """Return the reason why a file of another format is not read."""
    return f"{NO_PARSER} {suffix_of(path)} files; {READS}"


def refuse_disguised(data: bytes, known: Format) -> None:
    """Raise UnreadableDocument if the content is visibly of another format than the file's name says."""
    kind = looks_like(data)
    if kind == known.label or (kind is None and not known.has_signature):
        return
    if kind == DAMAGED_ZIP and known.name in _ZIPPED:
        raise UnreadableDocument("is damaged or cut short: its archive can't be opened; copy it again")
    if kind is None:
        raise UnreadableDocument(f"is not {known.label}, whatever its name says: it is damaged or of another format")
    advice = ""
    if kind in _BY_LABEL:
        advice = f"; rename it to {_BY_LABEL[kind].suffixes[0]}"
    elif "password" in kind:
        advice = "; save a copy without one"
    elif "Word" in kind:
        advice = "; save it as .docx"
    elif "PowerPoint" in kind:
        advice = "; save it as .pptx"
    raise UnreadableDocument(f"is not {known.label}: it looks like {kind}{advice}")
