"""Read the files that documents include: only code, only inside the folder, never what is hidden or ignored."""

from __future__ import annotations

import posixpath
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from index.errors import UnreadableDocument
from index.parsing.ignore_rules import Ignoring
from index.parsing.text.cleaning import clean
from index.parsing.text.decoding import decode
from index.types import SourceFile, folder_of

LARGEST_SNIPPET = 100_000  # bytes of an included file
MOST_SNIPPETS = 200  # files that one document includes
LONGEST_ALTOGETHER = 500_000  # bytes of all files that one document includes
LONGEST_PATH = 300

# Documents, which are answered from on their own.
_DOCUMENTS = frozenset(
    ".md .markdown .mdx .rst .adoc .asciidoc .html .htm .xhtml .ipynb .pdf .docx .pptx .xlsx .xlsm .xls "
    ".srt .vtt .odt .ods .odp .rtf .epub .eml .mbox".split()
)
# Files that are code here and documents elsewhere: a document includes them only from its own first-level folder.
_SOMETIMES_DOCUMENTS = frozenset(".txt .text .log .yml .yaml .json .jsonl .ndjson .toml .csv .tsv".split()) | {""}
_NO_PATH = re.compile(r"[\x00-\x1f\\]|\A[a-z][a-z0-9+.-]*://", re.IGNORECASE)


@dataclass(slots=True)
class Files:
    """The folder as one document sees it. `used` are the files that it included; missing ones have a size of -1."""

    seeds: Path | None
    document: str
    used: dict[str, SourceFile] = field(default_factory=dict)
    _texts: dict[str, str | None] = field(default_factory=dict)
    _left: int = LONGEST_ALTOGETHER

    def text_of(self, written: str) -> str | None:
        """Return the text of the file that a document calls `written`; None if it can't be included."""
        if self.seeds is None or _NO_PATH.search(written) or len(written) > LONGEST_PATH:
            return None
        if written not in self._texts:
            self._texts[written] = self._find(self.seeds, written) if len(self._texts) < MOST_SNIPPETS else None
            if self._texts[written] is None:
                self.used[written] = SourceFile(written, -1, 0)
        return self._texts[written]

    def _find(self, seeds: Path, written: str) -> str | None:
        tree = _Tree(seeds)
        for path in _candidates(self.document, written):
            file = tree.file(path)
            suffix = posixpath.splitext(path)[1].lower()
            is_foreign = suffix in _SOMETIMES_DOCUMENTS and folder_of(path) != folder_of(self.document)
            if file is None or suffix in _DOCUMENTS or is_foreign:
                continue
            if file.size > min(LARGEST_SNIPPET, self._left):
                return None
            try:
                text = clean(decode((seeds / path).read_bytes()))
            except (OSError, UnreadableDocument):
                return None
            self._left -= file.size
            self.used[path] = file
            return text
        return None


class _Tree:
    """The files of the folder that may be read."""

    def __init__(self, seeds: Path) -> None:
        self._seeds = seeds

    @cached_property
    def _root(self) -> Path:
        return self._seeds.resolve(strict=True)

    @cached_property
    def _ignoring(self) -> Ignoring:
        return Ignoring(self._root)

    def file(self, path: str) -> SourceFile | None:
        """Return the file at a path; None if there is none, it is ignored, or it is a link out of the folder."""
        try:
            target = (self._seeds / path).resolve(strict=True)
            if not target.is_relative_to(self._root):
                return None
            status = target.stat()
        except (OSError, RuntimeError, ValueError):  # RuntimeError: links in a circle
            return None
        names = {path, target.relative_to(self._root).as_posix()}
        if not stat.S_ISREG(status.st_mode) or not all(map(self._ignoring.matters, names)):
            return None
        return SourceFile(path, status.st_size, status.st_mtime_ns)


def changed(seeds: Path, used: tuple[SourceFile, ...]) -> bool:
    """True if files that a document includes may have changed since."""
    if not used:
        return False
    tree = _Tree(seeds)
    return any(file.size < 0 or tree.file(file.path) != file for file in used)


def _candidates(document: str, written: str) -> Iterator[str]:
    """Yield the paths that a name may mean: tools take it from the document's folder or from one above it."""
    name = written.strip().removeprefix("@/").removeprefix("~/").lstrip("/")
    bare = name
    while bare.startswith(("../", "./")):
        bare = bare.split("/", 1)[1]
    folder = posixpath.dirname(document)
    while True:
        for one in dict.fromkeys((name, bare)):
            path = posixpath.normpath(posixpath.join(folder, one))
            if path != "." and not path.startswith(".."):
                yield path
        if not folder:
            return
        folder = posixpath.dirname(folder)
