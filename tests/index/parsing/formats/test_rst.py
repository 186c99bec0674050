"""reStructuredText: what docutils reads, what Sphinx adds, and nothing of their syntax."""

from __future__ import annotations

import pytest

from index.errors import UnreadableDocument
from index.parsing.parse import parse_bytes
from index.types import Document

SOURCE = """\
:date: 2024-03-01
:orphan:

.. _target:

Install
=======

Use :ref:`the guide <guide>` or ``pip``, **not** :func:`~acme.tools.build`; see `the hub`_
and |product|.

.. |product| replace:: Acme
.. _the hub: https://hub.example

.. note:: Keep your data,
   twice.

.. versionadded:: 3.2
   The ``--fast`` option.

1. Pull it:

   .. code-block:: bash
      :caption: unseen

      docker pull acme
        --quiet

2. Run it::

      acme up

Options
-------

.. contents::

.. option:: --fast

   Goes faster.

.. confval:: limit
   :type: int

   The limit.

Seat
   One person.

=====  =====
Plan   Price
=====  =====
Team   $12
=====  =====

.. list-table::
   :header-rows: 1

   * - Key
     - Value
   * - a
     - b

.. tabs::

   .. tab:: Linux

      Use apt.

.. toctree::

   unseen

.. unknown-thing:: argument

   Its content.

.. raw:: html

   <b>unseen</b>

.. image:: unseen.png
"""


def parsed(source: str) -> Document:
    return parse_bytes("guide.rst", source.encode())


def blocks(document: Document) -> list[tuple[int, str, str, str]]:
    """Return (depth, kind, label, text) of every block."""
    return [(one.depth, one.kind, one.label, document.text[one.start : one.end]) for one in document.blocks]


def test_blocks_of_docutils_and_sphinx() -> None:
    document = parsed(SOURCE)
    assert blocks(document) == [
        (0, "heading", "", "Install"),
        (0, "paragraph", "", "Use the guide or pip, not build; see the hub and Acme."),
        (0, "quote", "note", "Keep your data, twice."),
        (1, "paragraph", "", "Keep your data, twice."),
        (0, "quote", "note", "New in version 3.2: The --fast option."),
        (1, "paragraph", "", "New in version 3.2: The --fast option."),
        (0, "list", "", "1. Pull it:\n  docker pull acme\n  --quiet\n2. Run it:\n  acme up"),
        (1, "item", "1.", "1. Pull it:\n  docker pull acme\n  --quiet"),
        (2, "paragraph", "", "Pull it:"),
        (2, "code", "bash", "docker pull acme\n  --quiet"),
        (1, "item", "2.", "2. Run it:\n  acme up"),
        (2, "paragraph", "", "Run it:"),
        (2, "code", "", "acme up"),
        (0, "heading", "", "Options"),
        (0, "definition", "--fast", "--fast\n\nGoes faster."),
        (1, "paragraph", "", "--fast"),
        (1, "paragraph", "", "Goes faster."),
        (0, "definition", "limit", "limit\n\nThe limit."),
        (1, "paragraph", "", "limit"),
        (1, "paragraph", "", "The limit."),
        (0, "definition", "Seat", "Seat\n\nOne person."),
        (1, "paragraph", "", "Seat"),
        (1, "paragraph", "", "One person."),
        (0, "table", "", "Plan | Price\nTeam | $12"),
        (1, "row", "header", "Plan | Price"),
        (1, "row", "", "Team | $12"),
        (0, "table", "", "Key | Value\na | b"),
        (1, "row", "header", "Key | Value"),
        (1, "row", "", "a | b"),
        (0, "heading", "", "Linux"),
        (0, "paragraph", "", "Use apt."),
        (0, "paragraph", "", "Its content."),
    ]
    assert [(mark.kind, mark.target, document.text[mark.start : mark.end]) for mark in document.marks][:5] == [
        ("link", "guide", "the guide"),
        ("code", "", "pip"),
        ("strong", "", "not"),
        ("code", "", "build"),
        ("link", "https://hub.example", "the hub"),
    ]
    assert (document.title, document.date, document.format) == ("Install", "2024-03-01", "rst")
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (1, "Install"),
        (2, "Options"),
        (3, "Linux"),
    ]


def test_lines_of_headings_paragraphs_and_code() -> None:
    document = parsed(SOURCE)
    lines = SOURCE.split("\n")
    for word in ("Install", "guide", "Keep", "Pull", "docker", "acme up", "Options", "Goes", "Its content"):
        expected = next(number for number, line in enumerate(lines, start=1) if word in line)
        assert document.line_at(document.text.index(word)) == expected, word


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("See :doc:`/install`, :pep:`8` and :pep:`the style <8#x>`.", "See /install, 8 and the style."),
        ("Press :kbd:`Ctrl+C`, :guilabel:`&File`.", "Press Ctrl+C, &File."),
        (":raw-html:`<br>` words |nowhere| and `broken", "words nowhere and broken"),
        (".. include:: /etc/passwd\n\nwords", "words"),
        (".. csv-table::\n   :file: /etc/passwd\n\nwords", "words"),
        ("words [1]_\n\n.. [1] A note.", "words\n\nA note."),
        (".. comment\n\nwords", "words"),
        (".. unclosed::\n\nwords", "words"),
        ("| one\n| two", "one\ntwo"),
        ("- a\n  - b\n c\n***\nd", None),
        ("*a **b* `c ``d| e_\n", None),
    ],
)
def test_what_is_broken_or_elsewhere_degrades(source: str, text: str | None) -> None:
    shown = parsed(source).text
    assert text is None or shown == text
    assert "System Message" not in shown


def test_a_line_that_is_too_long_for_docutils_is_read_as_it_stands() -> None:
    source = "word " * 20_000
    assert parsed(source).text == source


@pytest.mark.parametrize(
    "piece", ["*", "`", "``", "|", "[", "<", ":a:`", "_", ".. a::\n", ".. |a| b::\n", "=\n", "::\n\n x\n"]
)
def test_repeated_syntax_is_parsed_in_time_that_grows_with_its_length(piece: str) -> None:
    parsed("words\n\n" + piece * (5_000 // len(piece)))


def test_lists_inside_lists_without_end_are_refused() -> None:
    with pytest.raises(UnreadableDocument, match="nested too deeply"):
        parsed("- " * 5_000 + "words")
