"""Markdown of documentation tools: their syntax is never shown; what it stands for is, at its line of the file."""

from __future__ import annotations

import re

import pytest

from index.parsing.parse import parse_bytes
from index.types import Document


def parsed(source: str, name: str = "a.md") -> Document:
    return parse_bytes(name, source.encode())


def blocks(document: Document) -> list[tuple[int, str, str, str]]:
    """Return (depth, kind, label, text) of every block."""
    return [(one.depth, one.kind, one.label, document.text[one.start : one.end]) for one in document.blocks]


NOTE = [
    (0, "paragraph", "", "before"),
    (0, "quote", "note", "Take care\n\nFirst line second line.\n\n- an item\n\nx = 1"),
    (1, "paragraph", "", "Take care"),
    (1, "paragraph", "", "First line second line."),
    (1, "list", "", "- an item"),
    (2, "item", "-", "- an item"),
    (3, "paragraph", "", "an item"),
    (1, "code", "python", "x = 1"),
    (0, "paragraph", "", "after"),
]
BODY = "First line\nsecond line.\n\n- an item\n\n```python\nx = 1\n```\n"
INDENTED = re.sub(r"(?m)^(?=.)", "    ", BODY)
QUOTED = re.sub(r"(?m)^", "> ", BODY.rstrip())


@pytest.mark.parametrize(
    "container",
    [
        f'!!! note "Take care"\n\n{INDENTED}',
        f'!!! note "Take care"\n{INDENTED}',
        f'??? note "Take care"\n{INDENTED}',
        f'???+ note inline end "Take care"\n{INDENTED}',
        f"/// note | Take care\n\n{BODY}\n///",
        f":::note[Take care]\n{BODY}:::",
        f":::note Take care\n\n{BODY}\n:::",
        f"::: note Take care\n{BODY}:::",
        f":::{{note}} Take care\n:class: dropdown\n\n{BODY}:::",
        f'::: {{.callout-note title="Take care"}}\n{BODY}:::',
        f"::: {{.callout-note}}\n**Take care**\n\n{BODY}:::",
        f"````{{note}} Take care\n{BODY}````",
        f"> [!NOTE] Take care\n{QUOTED}",
        f'<Aside type="note" title="Take care">\n{BODY}</Aside>',
        f'<Note title="Take care">\n\n{BODY}\n</Note>',
        f'<Callout\n  type="note"\n  title={{"Take care"}}\n>\n{BODY}\n</Callout>',
        f'{{% hint style="note" title="Take care" %}}\n{BODY}{{% endhint %}}',
        f'{{{{< callout context="note" title="Take care" icon="x" >}}}}\n\n{BODY}\n{{{{< /callout >}}}}',
        f'{{{{% alert title="Take care" color="primary" %}}}}\n{BODY}{{{{% /alert %}}}}',
    ],
)
def test_admonitions_become_quotes_with_a_label(container: str) -> None:
    document = parsed(f"before\n\n{container}\n\nafter\n")
    assert blocks(document) == NOTE


@pytest.mark.parametrize(
    ("container", "name"),
    [
        ('??? question "Is it free?"\n\n    Yes, it is.\n', "a.md"),
        ("/// details | Is it free?\n\nYes, it is.\n\n///\n", "a.md"),
        (":::details Is it free?\nYes, it is.\n:::\n", "a.md"),
        ("<details>\n<summary>Is it free?</summary>\n\nYes, it is.\n\n</details>\n", "a.md"),
        ("<details><summary><b>Is it free?</b></summary>Yes, it is.</details>\n", "a.md"),
        ("<details>\n  <summary>\n    Is it free?\n  </summary>\n\n    Yes, it is.\n\n</details>\n", "a.mdx"),
        ('<Accordion title="Is it free?">\n  Yes, it is.\n</Accordion>\n', "a.mdx"),
        (
            '<AccordionGroup>\n<Accordion title="Is it free?" icon="x">Yes, it is.</Accordion>\n</AccordionGroup>\n',
            "a.md",
        ),
        ('{{< details "Is it free?" >}}\nYes, it is.\n{{< /details >}}\n', "a.md"),
        ("```{dropdown} Is it free?\nYes, it is.\n```\n", "a.md"),
        ("> [!question]- Is it free?\n> Yes, it is.\n", "a.md"),
    ],
)
def test_titles_that_ask_become_headings(container: str, name: str) -> None:
    document = parsed(f"# FAQ\n\n{container}\n# End\n\nwords\n", name)
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (1, "FAQ"),
        (2, "Is it free?"),
        (1, "End"),
    ]
    assert ("paragraph", "Yes, it is.") in [(kind, text) for _, kind, _, text in blocks(document)]


def test_a_collapsed_part_in_the_middle_of_a_section_takes_in_nothing_below_it() -> None:
    source = "# Setup\n\n<details>\n<summary>More on this</summary>\n\nDetails.\n\n</details>\n\nThe setup goes on.\n"
    document = parsed(source)
    assert document.heading_at(document.text.index("goes on")) == "Setup"
    assert document.text == "Setup\n\nMore on this\n\nDetails.\n\nThe setup goes on."


@pytest.mark.parametrize(
    ("tabs", "name"),
    [
        ('=== "Linux"\n\n    ```sh\n    apt\n    ```\n\n=== "Windows"\n\n    ```sh\n    winget\n    ```\n', "a.md"),
        (
            """<Tabs>
  <TabItem value="linux" label="Linux">
    ```sh
    apt
    ```
  </TabItem>
  <TabItem value="windows" label="Windows">

```sh
winget
```

  </TabItem>
</Tabs>""",
            "a.mdx",
        ),
        (
            "{% tabs %}\n{% tab 'Linux' %}\n```sh\napt\n```\n{% endtab %}\n{% tab 'Windows' %}\n```sh\nwinget\n```\n",
            "a.md",
        ),
        (
            """{% tabs id class=x %}{% tab "Linux" for=a %}
{% highlight sh %}
apt
{% endhighlight %}
{% endtab %}
{% tab title="Windows" %}
```sh
winget
```
{% endtab %}
{% endtabs %}""",
            "a.md",
        ),
        (
            "::::{tab-set}\n:::{tab-item} Linux\n```sh\napt\n```\n:::\n:::{tab-item} Windows\n```sh\nwinget\n```",
            "a.md",
        ),
    ],
)
def test_tabs_show_their_label_and_code(tabs: str, name: str) -> None:
    document = parsed(f"# Install\n\n{tabs}\n", name)
    assert [(kind, label, text) for _, kind, label, text in blocks(document)] == [
        ("heading", "", "Install"),
        ("heading", "", "Linux"),
        ("code", "sh", "apt"),
        ("heading", "", "Windows"),
        ("code", "sh", "winget"),
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# Heading { #its-id }", "Heading"),
        ("# Heading {#EXPECT.id-(x)}", "Heading"),
        ("Words.\n{: .note }", "Words."),
        ("[A link](https://x.example){:target=\"_blank\"}{:rel='x'} here", "A link here"),
        ("1. One\n{ .annotate }", "1. One"),
        ("* TOC\n{:toc}\n\nwords", "words"),
        ("{* ../../docs_src/x.py hl[1,3:5] *}\n\nwords", "words"),
        ('--8<-- "snippet.md"\n\nwords', "words"),
        ("words\n\n<<< @/snippets/x.js{2}", "words"),
        ("[[toc]]\n\nwords", "words"),
        ("words[^1] here.\n\n[^1]: A note.", "words here.\n\nA note."),
        ('See [the page]({% page "/x/" %}) and [that]({{ site.baseurl }}/y).', "See the page and that."),
        ('See [the\npage][page].\n\n[page]: {% page "/x/" %}', "See the page."),
        ("See [the page][nowhere].", "See the page."),
        ('Ask {% slack_channel "help" %} first.', "Ask #help first."),
        ("{% include nav.html %}\n{{ page.date }}\nwords", "words"),
        ("{% comment %}\nunseen\n\nunseen\n{% endcomment %}\nwords", "words"),
        ("{% raw %}\nwords\n{% endraw %}", "words"),
        ('{{ npm_tabs({\n  packages: ["x"],\n\n  args: []\n}) }}\n\nwords', "words"),
        ("{# unseen #}\n\nwords", "words"),
        ("<!-- unseen\n\nunseen -->\nwords", "words"),
        (":material-star: words :white_check_mark: and 10:30:45", "words ✅ and 10:30:45"),
        ("Press ++ctrl+c++ or <kbd>Esc</kbd>.", "Press ctrl+c or Esc."),
        ("[![badge](https://x.example/b.svg)](https://x.example)\n\nwords", "words"),
        ("[[Page|the page]] and [[Other]]", "the page and Other"),
        ('> [!div class="checklist"]\n> words', "words"),
        ('press :::no-loc text="Win"::: now', "press Win now"),
        ("(target)=\n# Heading", "Heading"),
        ("A ==marked== word, a == b", "A marked word, a == b"),
        ("```{toctree}\none\ntwo\n```\n\nwords", "words"),
        ("```{code-block} python\n:caption: x\n\nx = 1\n```", "x = 1"),
        ("{py:func}`print` and {ref}`here`", "print and here"),
    ],
)
def test_no_residue_of_inline_syntax(source: str, text: str) -> None:
    assert parsed(source).text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("import X from './x'\nimport { Y } from \"y\"\n\nexport const z = {\n  a: 1,\n}\n\nwords", "words"),
        ("{/* unseen\n\nunseen */}\n\nwords", "words"),
        ('words {props.version} here {"and"} there', "words here and there"),
        ("GET /guilds/{guild.id}", "GET /guilds/{guild.id}"),
        ('words <Badge text={`x`} style={{ color: "red" }} /> here', "words here"),
        ('See <Link to="/x">this page</Link>.', "See this page."),
        ('<Card title="Start" icon="x">\n  Read **this**.\n</Card>', "Start\n\nRead this."),
        ('<LinkCard title="Start" href="/x" description="Read this." />\n\nwords', "Start\n\nRead this.\n\nwords"),
        ("<Steps>\n1. One\n2. Two\n</Steps>", "1. One\n2. Two"),
        ('<Tabs>\n    <TabItem label="A">\n        Deep **words**.\n    </TabItem>\n</Tabs>', "A\n\nDeep words."),
        ('<Heading as="h2" id="x">Title</Heading>\n\nwords', "Title\n\nwords"),
        ("<>\nwords\n</>", "words"),
        ("    indented words", "indented words"),
    ],
)
def test_no_residue_of_jsx(source: str, text: str) -> None:
    assert parsed(source, "a.mdx").text == text


def test_links_of_tags_and_templates_are_marked() -> None:
    document = parsed('See <Link to="/x">this</Link>, <a href=\'/y\'>that</a> and [it]({% page "/z/" %}).', "a.mdx")
    assert [(mark.kind, mark.target, document.text[mark.start : mark.end]) for mark in document.marks] == [
        ("link", "/x", "this"),
        ("link", "/y", "that"),
        ("link", "/z/", "it"),
    ]


def test_definitions() -> None:
    source = "`--fast` option\n: Goes faster\n  than ever.\n: A second one.\n\nSeat\n\n:   One person.\n\n    Or two.\n"
    document = parsed(f"{source}\nwords\n: Not so\nfar.\n\n: alone\n\nIs it free?\n: Yes.\n")
    assert [found for found in blocks(document) if found[1] != "paragraph"] == [
        (0, "definition", "--fast option", "--fast option\n\nGoes faster than ever.\n\nA second one."),
        (0, "definition", "Seat", "Seat\n\nOne person.\n\nOr two."),
        (0, "definition", "words", "words\n\nNot so far.\n\nalone"),
        (0, "heading", "", "Is it free?"),
    ]
    assert [
        document.line_at(document.text.index(word)) for word in ("Goes", "than", "second", "One", "two", "Yes")
    ] == [
        *(2, 3, 4, 8, 10),
        19,
    ]
    assert parsed("words\n\n: alone at\n\n\n:not so").text == "words\n\nalone at\n\n:not so"


@pytest.mark.parametrize(
    ("source", "text", "level"),
    [("##Title ##\nwords", "Title\n\nwords", 2), ("#channel is\nwords", "#channel is words", None)],
)
def test_headings_without_a_space(source: str, text: str, level: int | None) -> None:
    document = parsed(source)
    assert document.text == text
    assert [heading.level for heading in document.headings] == ([level] if level else [])


CODE = """\
!!! note "x"
    {{ y }} {% z %} <Tab> :::tip
:::
import a from 'b'
{: .c } [^1] :smile:"""


@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_code_is_left_exactly_as_it_is(fence: str) -> None:
    assert parsed(f"words\n\n{fence}\n{CODE}\n{fence}\n").text == f"words\n\n{CODE}"
    assert parsed("words `{{ y }}` and ``{% z %} ` [^1]`` here").text == "words {{ y }} and {% z %} ` [^1] here"


def test_html_gives_tables_lists_and_headings() -> None:
    source = """\
<div align="center">
  <h2>Prices</h2>
</div>

<table>
  <tr><th>Plan</th><th>Price</th></tr>

  <tr>
    <td><code>Team</code></td>
    <td>$12</td>
  </tr>
</table>

<ul><li>one</li>
<li>two</li></ul>
"""
    document = parsed(source)
    assert document.text == "Prices\n\nPlan | Price\nTeam | $12\n\n- one\n- two"
    assert [kind for _, kind, _, _ in blocks(document)] == [
        *("heading", "table", "row", "row"),
        *("list", "item", "paragraph", "item", "paragraph"),
    ]
    assert [document.line_at(document.text.index(word)) for word in ("Prices", "Plan", "Team", "one", "two")] == [
        2,
        6,
        8,
        14,
        15,
    ]


DIALECTS = """\
---
title: Words
---
import X from 'x'

!!! note "alpha"

    bravo
    charlie

    ```text
    delta
    ```

=== "Echo"

    foxtrot {{ gone }}
    golf

:::tip[hotel]
india
:::

<Aside
  type="note"
  title="juliet"
>
kilo {% gone
gone %} lima
</Aside>

{% highlight text %}
mike
{% endhighlight %}

````{note} november
:class: gone

oscar

```{tip}
papa
```
````

> [!WARNING] quebec
> romeo
> sierra

<details>
<summary>
tango
</summary>
uniform
</details>

victor
"""


def test_every_word_stands_at_its_line_of_the_file_in_all_dialects() -> None:
    document = parsed(DIALECTS)
    lines = DIALECTS.split("\n")
    words = (
        "alpha bravo charlie delta Echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec "
        "romeo sierra tango uniform victor"
    )
    for word in words.split():
        (expected,) = (number for number, line in enumerate(lines, start=1) if word in line)
        assert document.line_at(document.text.index(word)) == expected, word
    assert "gone" not in document.text


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "{",
            "{{",
            "[",
            "[a](",
            "[a][b]",
            "[^a]:",
            "<",
            "<a ",
            "<A b={",
            '<A b="',
            "*",
            "**a ",
            ":::",
            ":a",
            "`a",
            "``a` ",
        ),
        *(":::note\n", "<div>\n", "<Tab>\n\n x\n", "<table>\n", "<summary>", "!!! note\n\n", "{% tab x %}\n", "=="),
        *(
            "{% highlight x %}\n",
            "[!NOTE]\n\n",
            "> [!NOTE]\n\n",
            "> ",
            "| a ",
            "Q: a?\n",
            "**Is it?**\n\n",
            "import {\n",
        ),
        *("{/*\n", "{: a", "--8<--\n", "```{note}\n", "[a]: {% x", "++a"),
    ],
)
@pytest.mark.parametrize("name", ["a.md", "a.mdx"])
def test_repeated_syntax_is_parsed_in_time_that_grows_with_its_length(piece: str, name: str) -> None:
    parsed("words\n\n" + piece * (20_000 // len(piece)), name)


def test_deep_nesting_is_parsed() -> None:
    parsed("".join(f"{' ' * (depth % 400)}- x\n" for depth in range(2_000)))
    parsed("<Tab>\n" * 2_000 + "words\n" + "</Tab>\n" * 2_000)
