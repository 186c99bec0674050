"""`footnote.toml`: where a folder is published, in the words of its owner."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.parsing.finding import find_files
from index.parsing.sites.anchors import ANCHOR_STYLES
from index.parsing.sites.configured import read_sites
from tests.index.parsing.sites.published import PAGE, addresses, published

URL = '[site]\nurl = "https://acme.example/docs"\n'


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", ["", "guide/", "guide/a/", "guide/form.html"]),
        ("trailing_slash = false", ["", "guide", "guide/a", "guide/form.html"]),
        ('extension = "html"', ["", "guide/", "guide/a.html", "guide/form.html"]),
        ('extension = "keep"', ["index.md", "guide/Home.md", "guide/a.md", "guide/form.html"]),
        ('index = ["index"]', ["", "guide/Home/", "guide/a/", "guide/form.html"]),
        ('tool = "sphinx"', ["", "guide/Home.html", "guide/a.html", None]),
        ('tool = "github"', ["index.md", "guide/Home.md", "guide/a.md", "guide/form.html"]),
        ('content = "guide/"', [None, "", "a/", "form.html"]),
    ],
)
def test_addresses_of_a_folder(tmp_path: Path, more: str, expected: list[str | None]) -> None:
    text = URL + ("" if "index" in more or "tool" in more else 'index = ["index", "home"]\n') + more
    found = addresses(
        tmp_path, {"x/footnote.toml": text}, "x/index.md", "x/guide/Home.md", "x/guide/a.md", "x/guide/form.html"
    )
    assert found == [None if path is None else f"https://acme.example/docs/{path}" for path in expected]


def test_the_documentation_names_every_key_tool_and_style() -> None:
    page = (Path(__file__).parents[4] / "docs" / "addresses.md").read_text(encoding="utf-8")
    for name in (*KEYS.split(", "), *TOOLS.split(", "), *ANCHOR_STYLES):
        assert f"`{name}`" in page


def test_the_nearest_file_counts_and_comes_before_what_is_detected(tmp_path: Path) -> None:
    files = {
        "footnote.toml": URL,
        "a/b/footnote.toml": '[site]\nurl = "http://other.example"\n',
        "a/b/private/footnote.toml": '[site]\nurl = ""\n',
        "a/mkdocs.yml": "site_url: https://detected.example\n",
    }
    assert addresses(tmp_path, files, "x.md", "a/docs/y.md", "a/b/c/z.md", "a/b/private/w.md") == [
        "https://acme.example/docs/x/",
        "https://acme.example/docs/a/docs/y/",
        "http://other.example/c/z/",
        None,
    ]


@pytest.mark.parametrize(
    ("front_matter", "address"),
    [
        ("url: https://elsewhere.example/x", "https://elsewhere.example/x"),
        ("canonical_url: https://elsewhere.example/x\npermalink: /y/", "https://elsewhere.example/x"),
        ("url: /x", "https://acme.example/docs/x"),
        ("permalink: /about/us.html\nslug: other", "https://acme.example/docs/about/us.html"),
        ("permalink: https://elsewhere.example/x", "https://elsewhere.example/x"),
        ("permalink: /:year/:title/", "https://acme.example/docs/a/"),
        ("permalink: '/{{ page.fileSlug }}/'", "https://acme.example/docs/a/"),
        ("permalink: /../../evil/", None),
        ("slug: b", "https://acme.example/docs/b/"),
        ("slug: b\nredirect_from: /old/", "https://acme.example/docs/b/"),
        ("redirect_from:\n  - /first/\n  - /second/", "https://acme.example/docs/first/"),
        ("redirect_from: /first\npermalink: /then", "https://acme.example/docs/then"),
        ("redirect_from: []", "https://acme.example/docs/a/"),
    ],
)
def test_front_matter_wins(tmp_path: Path, front_matter: str, address: str | None) -> None:
    document = published(tmp_path, {"footnote.toml": URL, "a.md": f"---\n{front_matter}\n---\n{PAGE}"})["a.md"]
    assert document.url == address


def test_files_that_a_page_shows_can_be_listed(tmp_path: Path) -> None:
    text = f"""{URL}content = "docs"
[site.pages]
"config/settings.yml" = "reference/settings/#all"
"config/more.yml" = "https://other.example/more"
"config/evil.yml" = "../../evil"
"docs/a.md" = "b/"
"""
    files = {"x/footnote.toml": text, "x/docs/a.md": PAGE, "x/docs/c.md": PAGE}
    files |= dict.fromkeys((f"x/config/{name}.yml" for name in ("settings", "more", "evil", "rest")), "a: 1  # One.\n")
    assert {path: document.url for path, document in published(tmp_path, files).items()} == {
        "x/config/settings.yml": "https://acme.example/docs/reference/settings/#all",
        "x/config/more.yml": "https://other.example/more",
        "x/config/evil.yml": None,
        "x/config/rest.yml": None,
        "x/docs/a.md": "https://acme.example/docs/b/",
        "x/docs/c.md": "https://acme.example/docs/c/",
    }


def test_aliases_can_be_turned_off(tmp_path: Path) -> None:
    page = f"---\nredirect_from: /old/\n---\n{PAGE}"
    files = {"footnote.toml": f"{URL}aliases = false\n", "a.md": page}
    assert published(tmp_path, files)["a.md"].url == "https://acme.example/docs/a/"


def test_anchors_are_in_the_style_that_is_asked_for(tmp_path: Path) -> None:
    page = "# Top\n\nWords.\n\n## A & B\n\nWords.\n"
    for style, anchor in [("github", "a--b"), ("python-markdown", "a-b"), ("docutils", "a-b"), ("none", "")]:
        files = {"footnote.toml": f'{URL}anchors = "{style}"\n', "a.md": page}
        assert [one.anchor for one in published(tmp_path, files)["a.md"].headings] == ["", anchor]


NO_TABLE = 'must hold one table, [site], such as: [site] url = "https://example.org/docs/"'
NO_TOML = "is no valid TOML (Expected ']' at the end of a table declaration (at line 1, column 6)); correct it"
ADDRESS = 'an address that begins with https:// or http://, or "" for a folder that is not published'
TOOLS = "mkdocs, docusaurus, starlight, hugo, jekyll, sphinx, github"
KEYS = "url, tool, content, extension, trailing_slash, index, anchors, aliases, pages"
PAGES = 'a table of files and paths of pages, such as {"settings.yml" = "reference/settings/"}'
FOLDER = "a folder below this one, with / between its parts"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[site\n", NO_TOML),
        ("", NO_TABLE),
        ("[page]\n", NO_TABLE),
        ("[site]\n", 'lacks url, the address of its folder, such as url = "https://example.org/docs/"; add it'),
        ('[site]\nurl = "ftp://a.example"\n', f"gives url = 'ftp://a.example', which must be {ADDRESS}; correct it"),
        (f'{URL}tool = "gitbook"\n', f"gives tool = 'gitbook', which must be one of {TOOLS}; correct it"),
        (f"{URL}trailing_slash = 1\n", "gives trailing_slash = '1', which must be true or false; correct it"),
        (f'{URL}content = "../docs"\n', f"gives content = '../docs', which must be {FOLDER}; correct it"),
        (f"{URL}pages = {{'a.yml' = 1}}\n", f"gives pages = \"{{'a.yml': 1}}\", which must be {PAGES}; correct it"),
        (f"{URL}adress = 1\n", f"has an unknown key, 'adress'; those of [site] are {KEYS}"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "footnote.toml").write_text(text)
    (tmp_path / "x" / "mkdocs.yml").write_text("site_url: https://detected.example\n")
    (tmp_path / "x" / "a.md").write_text(PAGE)
    found = find_files(tmp_path)
    assert [file.path for file in found.files] == ["x/a.md", "x/mkdocs.yml"]
    assert found.refused == ()
    sites = read_sites(tmp_path, found.configurations)
    assert [(one.path, one.reason) for one in sites.faults] == [("x/footnote.toml", reason)]
    assert published(tmp_path, {})["x/a.md"].url is None
