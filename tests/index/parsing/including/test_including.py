"""Code that documents include: in the text where the file lies in the folder, and no trace of it where it does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.parsing.finding import find_files
from index.parsing.including.files import LARGEST_SNIPPET, MOST_SNIPPETS, Files, changed
from index.parsing.parse import parse, parse_bytes
from index.types import Document

CODE = """\
import os
# --8<-- [start:greet]
def greet():
    return "Hello"
# --8<-- [end:greet]
# tag::run[]
greet()
# end::run[]
"""
GREET = 'def greet():\n    return "Hello"'


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    (tmp_path / "guide/code").mkdir(parents=True)
    (tmp_path / "guide/code/hello.py").write_text(CODE)
    (tmp_path / "guide/code/run.sh").write_text("make\nmake test\nmake install\n")
    return tmp_path


def document_of(seeds: Path, source: str, name: str = "guide/intro.md") -> Document:
    (seeds / name).write_text(source)
    return parse(seeds, next(file for file in find_files(seeds).files if file.path == name))


def code_in(document: Document) -> list[tuple[str, str]]:
    return [(one.label, document.text[one.start : one.end]) for one in document.blocks if one.kind == "code"]


@pytest.mark.parametrize(
    ("include", "code"),
    [
        ('--8<-- "code/hello.py:greet"', ("py", GREET)),
        ('--8<-- "guide/code/run.sh:2:3"', ("sh", "make test\nmake install")),
        ('``` python title="hello.py"\n--8<-- "code/hello.py:greet"\n```', ("python", GREET)),
        ("--8<--\ncode/run.sh:1\n--8<--", ("sh", "make")),
        ("{* ../guide/code/run.sh ln[2:3] hl[2] *}", ("sh", "make test\nmake install")),
        ("```Python\n{!../../guide/code/run.sh!}\n```", ("Python", "make\nmake test\nmake install")),
        ("<<< @/code/run.sh{2}", ("sh", "make\nmake test\nmake install")),
        ("@[code{2-3} sh](./code/run.sh)", ("sh", "make test\nmake install")),
        ("```{literalinclude} code/hello.py\n:pyobject: greet\n:language: python\n```", ("python", GREET)),
    ],
)
def test_markdown(seeds: Path, include: str, code: tuple[str, str]) -> None:
    document = document_of(seeds, f"# Intro\n\nIt looks like this:\n\n{include}\n\nThat is all.\n")
    assert document.text == f"Intro\n\nIt looks like this:\n\n{code[1]}\n\nThat is all."
    assert code_in(document) == [code]
    assert [file.size > 0 for file in document.includes] == [True]


@pytest.mark.parametrize(
    ("include", "code"),
    [
        (".. literalinclude:: code/run.sh\n   :lines: 2-", ("sh", "make test\nmake install")),
        (".. literalinclude:: /guide/code/hello.py\n   :pyobject: greet\n   :language: python3", ("python3", GREET)),
        (".. include:: code/run.sh\n   :code: bash\n   :end-before: test", ("bash", "make")),
    ],
)
def test_restructuredtext(seeds: Path, include: str, code: tuple[str, str]) -> None:
    source = f"Intro\n=====\n\nIt looks like this:\n\n{include}\n\nThat is all.\n"
    document = document_of(seeds, source, "guide/intro.rst")
    assert document.text == f"Intro\n\nIt looks like this:\n\n{code[1]}\n\nThat is all."
    assert code_in(document) == [code]


@pytest.mark.parametrize(
    ("include", "code"),
    [
        ("[source,python]\n----\ninclude::{code}/hello.py[tag=run]\n----", ("python", "greet()")),
        ("include::code/run.sh[lines=2..3]", ("sh", "make test\nmake install")),
        ("----\ninclude::code/run.sh[]\n----", ("", "make\nmake test\nmake install")),
    ],
)
def test_asciidoc(seeds: Path, include: str, code: tuple[str, str]) -> None:
    source = f"= Intro\n:code: code\n\nIt looks like this:\n\n{include}\n\nThat is all.\n"
    document = document_of(seeds, source, "guide/intro.adoc")
    assert document.text == f"Intro\n\nIt looks like this:\n\n{code[1]}\n\nThat is all."
    assert code_in(document) == [code]


@pytest.mark.parametrize(
    ("name", "include"),
    [
        ("guide/intro.md", '--8<-- "code/gone.py"'),
        ("guide/intro.md", '``` py\n--8<-- "code/gone.py"\n```'),
        ("guide/intro.md", "{* ../../docs_src/gone.py hl[3] *}"),
        ("guide/intro.md", '=== "Python"\n\n    ``` py\n    --8<-- "code/gone.py"\n    ```'),
        ("guide/intro.md", "```{literalinclude} gone.py\n```"),
        ("guide/intro.rst", ".. literalinclude:: gone.py\n   :lines: 1-3"),
        ("guide/intro.adoc", ".Gone\n[source,python]\n----\ninclude::gone.py[]\n----"),
        ("guide/intro.adoc", "include::gone.py[tag=x]"),
    ],
)
def test_what_is_missing_leaves_nothing_and_nothing_announces_it(seeds: Path, name: str, include: str) -> None:
    document = document_of(seeds, f"You can also wait. It looks\nlike this:\n\n{include}\n\nThat is all.\n", name)
    assert document.text == "You can also wait.\n\nThat is all."
    assert parse_bytes(name, (seeds / name).read_bytes()).text == document.text
    assert [file.size for file in document.includes] == [-1]


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        ("Create a file:", ""),
        ("- Open it. Then write:", "- Open it."),
        ("1. Create a file:", "1. Create a file:"),  # a step is counted
        ("It is short.", "It is short."),
        ("## Like this:", "Like this:"),
    ],
)
def test_only_the_sentence_that_announces_goes(seeds: Path, before: str, kept: str) -> None:
    document = document_of(seeds, f'Words.\n\n{before}\n\n    --8<-- "gone.py"\n\nThat is all.\n')
    assert document.text.split("\n\n")[1:-1] == ([kept] if kept else [])


def test_lines_are_those_of_the_file(seeds: Path) -> None:
    source = '# Intro\n\nLike this:\n\n--8<-- "code/run.sh"\n\nThat is all.\n'
    document = document_of(seeds, source)
    assert [document.line_at(document.text.index(words)) for words in ("Intro", "make install", "That")] == [1, 5, 7]


@pytest.mark.parametrize(
    "path",
    [
        "../outside.py",
        "/etc/passwd",
        "../../../../../../etc/passwd",
        "code/link.py",
        "code/hidden-link.py",
        ".secret/key.py",
        "code/pipe.py",
        "code/large.py",
        "code/ignored.py",
        "code",
        "code/binary.py",
        "https://example.org/x.py",
        "other.md",
        "../private/list.yml",
        "code/loop.py",
    ],
)
def test_no_other_file_is_read(seeds: Path, path: str) -> None:
    root = seeds / "seeds"
    root.mkdir()
    (seeds / "guide").rename(root / "guide")
    (seeds / "outside.py").write_text("secret = 1\n")
    (root / ".secret").mkdir()
    (root / "private").mkdir()
    (root / "private/list.yml").write_text("secret: 1\n")
    (root / ".secret/key.py").write_text("secret = 1\n")
    (root / ".footnoteignore").write_text("ignored.py\n")
    (root / "guide/other.md").write_text("secret = 1\n")
    code = root / "guide/code"
    (code / "ignored.py").write_text("secret = 1\n")
    (code / "large.py").write_text("secret = 1\n" * LARGEST_SNIPPET)
    (code / "binary.py").write_bytes(b"secret\x00\x01\x02\x03\x04" * 50)
    (code / "link.py").symlink_to(seeds / "outside.py")
    (code / "hidden-link.py").symlink_to(root / ".secret/key.py")
    (code / "loop.py").symlink_to(code / "loop.py")
    os.mkfifo(code / "pipe.py")
    document = document_of(root, f'# Intro\n\nSee. Like this:\n\n--8<-- "{path}"\n\nThat is all.\n')
    assert document.text == "Intro\n\nSee.\n\nThat is all."


def test_an_included_file_includes_no_other(seeds: Path) -> None:
    (seeds / "guide/code/again.py").write_text('x = 1\n--8<-- "code/again.py"\n')
    document = document_of(seeds, '# Intro\n\n``` py\n--8<-- "code/again.py"\n```\n')
    assert document.text == 'Intro\n\nx = 1\n--8<-- "code/again.py"'


def test_one_document_includes_a_limited_number_of_files(seeds: Path) -> None:
    files = Files(seeds, "guide/intro.md")
    for number in range(MOST_SNIPPETS):
        files.text_of(f"gone-{number}.py")
    assert files.text_of("code/run.sh") is None


@pytest.mark.parametrize(
    "source",
    [
        '```\n;--8<-- "code/run.sh"\n```',
        "`--8<--` includes a file.",
        "<<<<<<< HEAD\n\nwords",
    ],
)
def test_what_only_looks_like_an_include_stays(seeds: Path, source: str) -> None:
    document = document_of(seeds, f"# Intro\n\n{source}\n")
    assert document.includes == ()
    assert any(words in document.text for words in ('--8<-- "code/run.sh"', "--8<-- includes", "<<<<<<< HEAD"))


def test_an_example_of_restructuredtext_stays(seeds: Path) -> None:
    source = "Intro\n=====\n\nWrite::\n\n    .. literalinclude:: code/run.sh\n\nThat is all.\n"
    assert ".. literalinclude:: code/run.sh" in document_of(seeds, source, "guide/intro.rst").text


def test_a_change_of_an_included_file_is_noticed(seeds: Path) -> None:
    document = document_of(seeds, '# Intro\n\n--8<-- "code/run.sh"\n')
    assert not changed(seeds, document.includes)
    (seeds / "guide/code/run.sh").write_text("make\n")
    assert changed(seeds, document.includes)
    assert not changed(seeds, ())
    assert changed(seeds, document_of(seeds, '# Intro\n\nWords.\n\n--8<-- "gone.py"\n').includes)
