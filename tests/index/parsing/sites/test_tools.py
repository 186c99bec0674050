"""The addresses that documentation tools give their pages, by the configuration in the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.index.parsing.sites.published import PAGE, addresses, published

MKDOCS = """\
site_name: Acme
site_url: https://acme.example/docs
plugins:
  - search: !ENV [SEARCH, true]
markdown_extensions:
  - toc: {permalink: true}
"""
DOCUSAURUS = """\
// @ts-check
/* url: 'https://comment.example' */
const config = {
  title: "Acme: the 'docs'",
  url: 'https://acme.example', // not "https://other.example"
  baseUrl: '/acme/',
  presets: [['classic', {docs: {sidebarPath: './sidebars.js', editUrl: 'https://git.example/edit'}, blog: false}]],
  themeConfig: {docs: {sidebar: {hideable: true}}, footer: {links: [{url: 'https://footer.example', baseUrl: '/x/'}]}},
};
export default config;
"""
STARLIGHT = """\
import { defineConfig } from 'astro/config';
export default defineConfig({
  site: "https://acme.example",
  base: `/help`,
  integrations: [starlight({ title: 'Acme', editLink: { baseUrl: 'https://git.example' } })],
});
"""


def test_mkdocs(tmp_path: Path) -> None:
    paths = ["docs/index.md", "docs/guide/README.md", "docs/guide/set up.md", "docs/guide/plan.txt", "README.md"]
    assert addresses(tmp_path, {"mkdocs.yml": MKDOCS}, *paths) == [
        "https://acme.example/docs/",
        "https://acme.example/docs/guide/",
        "https://acme.example/docs/guide/set%20up/",
        "https://acme.example/docs/guide/plan.txt",
        None,
    ]


def test_mkdocs_with_another_folder_and_without_folders_for_pages(tmp_path: Path) -> None:
    configuration = f"{MKDOCS}docs_dir: ../pages\nuse_directory_urls: false\n"
    paths = ["acme/pages/index.md", "acme/pages/guide/start.md", "acme/docs/other.md"]
    assert addresses(tmp_path, {"acme/site/mkdocs.yml": configuration}, *paths) == [
        "https://acme.example/docs/",
        "https://acme.example/docs/guide/start.html",
        None,
    ]


@pytest.mark.parametrize(
    ("more", "address"),
    [
        ("extra: {version: {provider: mike, default: stable}}\n", "https://acme.example/stable/a/"),
        ("plugins: [search, mike: {canonical_version: latest}]\n", "https://acme.example/latest/a/"),
        ("plugins: [search, mike]\n", None),
    ],
)
def test_mkdocs_in_several_versions(tmp_path: Path, more: str, address: str | None) -> None:
    assert addresses(tmp_path, {"mkdocs.yml": f"site_url: https://acme.example/\n{more}"}, "docs/a.md") == [address]


def test_a_configuration_among_the_pages(tmp_path: Path) -> None:
    """As in a folder that is a copy of the pages and of the configuration next to them."""
    assert addresses(tmp_path, {"mkdocs.yml": MKDOCS}, "guide/start.md") == ["https://acme.example/docs/guide/start/"]
    assert published(tmp_path, {})["mkdocs.yml"].url is None


def test_docusaurus(tmp_path: Path) -> None:
    paths = [
        "docs/01-intro.md",
        "docs/02. Basics/index.md",
        "docs/02. Basics/Basics.mdx",
        "docs/2023-04-01-notes.md",
        "docs/1.2-changes.md",
        "docs/_partial.mdx",
        "blog/news.md",
    ]
    assert addresses(tmp_path, {"docusaurus.config.js": DOCUSAURUS}, *paths) == [
        "https://acme.example/acme/docs/intro",
        "https://acme.example/acme/docs/Basics",
        "https://acme.example/acme/docs/Basics",
        "https://acme.example/acme/docs/2023-04-01-notes",
        "https://acme.example/acme/docs/1.2-changes",
        None,
        None,
    ]


def test_docusaurus_with_several_folders_of_documents(tmp_path: Path) -> None:
    configuration = """\
    import type {Config} from '@docusaurus/types';
    export default {
      "url": "https://acme.example", "baseUrl": "/", trailingSlash: true,
      presets: [["classic", {docs: {path: "../manual", routeBasePath: "/", numberPrefixParser: false}}]],
      plugins: [['@docusaurus/plugin-content-docs', {id: 'api', path: 'api', routeBasePath: 'reference'}]],
    } satisfies Config;
    """
    paths = ["manual/01-intro.md", "website/api/errors.md"]
    assert addresses(tmp_path, {"website/docusaurus.config.ts": configuration}, *paths) == [
        "https://acme.example/01-intro/",
        "https://acme.example/reference/errors/",
    ]


def test_docusaurus_in_several_versions(tmp_path: Path) -> None:
    files = {"docusaurus.config.js": DOCUSAURUS}
    assert addresses(tmp_path, files, "docs/a.md", "versioned_docs/version-2/a.md") == [
        "https://acme.example/acme/docs/next/a",
        None,
    ]


@pytest.mark.parametrize(
    ("front_matter", "address"),
    [
        ("slug: /start", "https://acme.example/acme/docs/start"),
        ("slug: start", "https://acme.example/acme/docs/guide/start"),
        ("slug: ../start", "https://acme.example/acme/docs/start"),
        ("slug: /", "https://acme.example/acme/docs/"),
        ("slug: ../../../../evil", None),
        ("id: begin", "https://acme.example/acme/docs/guide/begin"),
    ],
)
def test_docusaurus_front_matter(tmp_path: Path, front_matter: str, address: str | None) -> None:
    page = f"---\n{front_matter}\n---\n{PAGE}"
    files = {"docusaurus.config.js": DOCUSAURUS, "docs/guide/a.md": page}
    assert published(tmp_path, files)["docs/guide/a.md"].url == address


def test_starlight(tmp_path: Path) -> None:
    paths = [
        "src/content/docs/index.mdx",
        "src/content/docs/Guides/Set Up.md",
        "src/content/docs/v1.2/_part.md",
        "a.md",
    ]
    assert addresses(tmp_path, {"astro.config.mjs": STARLIGHT}, *paths) == [
        "https://acme.example/help/",
        "https://acme.example/help/guides/set-up/",
        None,
        None,
    ]
    page = f"---\nslug: start/here\n---\n{PAGE}"
    found = published(tmp_path, {"src/content/docs/Guides/other.md": page})
    assert found["src/content/docs/Guides/other.md"].url == "https://acme.example/help/start/here/"


@pytest.mark.parametrize(
    ("name", "configuration"),
    [
        ("hugo.toml", 'baseURL = "https://acme.example/x/"\ntitle = "Acme"\n[permalinks]\nposts = "/:year/:slug/"\n'),
        ("config.yaml", "baseurl: https://acme.example/x\npermalinks: {posts: /:year/:slug/}\n"),
        ("config/_default/hugo.toml", 'baseURL = "https://acme.example/x/"\n[permalinks.page]\nposts = "/:slug/"\n'),
    ],
)
def test_hugo(tmp_path: Path, name: str, configuration: str) -> None:
    paths = [
        "content/_index.md",
        "content/docs/_index.md",
        "content/docs/Set Up, then.md",
        "content/posts/a.md",
        "a.md",
    ]
    assert addresses(tmp_path, {name: configuration}, *paths) == [
        "https://acme.example/x/",
        "https://acme.example/x/docs/",
        "https://acme.example/x/docs/set-up-then/",
        None,
        None,
    ]
    assert published(tmp_path, {"content/docs/b.md": f'+++\nurl = "/other/place/"\n+++\n{PAGE}'})[
        "content/docs/b.md"
    ].url == ("https://acme.example/x/other/place/")


def test_hugo_in_several_languages(tmp_path: Path) -> None:
    configuration = """\
baseURL = "https://acme.example/"
defaultContentLanguage = "en"
[languages.en]
contentDir = "content/en"
[languages.de]
contentDir = "content/de"
"""
    assert addresses(tmp_path, {"hugo.toml": configuration}, "content/en/docs/a.md", "content/de/docs/a.md") == [
        "https://acme.example/docs/a/",
        "https://acme.example/de/docs/a/",
    ]


def test_jekyll(tmp_path: Path) -> None:
    configuration = """\
url: "https://acme.example"
baseurl: /help
collections:
  manual: {output: true, permalink: "/:collection/:path/"}
  notes: {output: true}
  drafts: {output: false}
"""
    paths = ["index.md", "guide/start.md", "_manual/a/b.md", "_notes/c.md", "_drafts/d.md", "_posts/2020-01-02-e.md"]
    assert addresses(tmp_path, {"_config.yml": configuration}, *paths) == [
        "https://acme.example/help/",
        "https://acme.example/help/guide/start.html",
        "https://acme.example/help/manual/a/b/",
        "https://acme.example/help/notes/c.html",
        None,
        None,
    ]
    files = {"about.md": f"---\npermalink: /about-us/\nredirect_from: /old/\n---\n{PAGE}"}
    assert published(tmp_path, files)["about.md"].url == "https://acme.example/help/about-us/"
    files = {"about.md": f"---\npermalink: false\n---\n{PAGE}", "_config.yml": f"{configuration}permalink: pretty\n"}
    documents = published(tmp_path, files)
    assert documents["about.md"].url is None
    assert documents["guide/start.md"].url == "https://acme.example/help/guide/start/"


def test_sphinx(tmp_path: Path) -> None:
    configuration = 'import os\nproject = "Acme"\nhtml_baseurl = "https://acme.example/en/latest"  # stable\n'
    page = "Acme\n====\n\nWords.\n\nSet up & run\n------------\n\nDo this.\n\nSet up & run\n------------\n\nAgain.\n"
    files = {"docs/conf.py": configuration, "docs/guide/start.rst": page, "docs/index.rst": page, "README.rst": page}
    documents = published(tmp_path, files)
    assert documents["docs/index.rst"].url == "https://acme.example/en/latest/"
    assert documents["docs/guide/start.rst"].url == "https://acme.example/en/latest/guide/start.html"
    assert [one.anchor for one in documents["docs/guide/start.rst"].headings] == ["", "set-up-run", "id1"]
    assert documents["README.rst"].url is None


@pytest.mark.parametrize(
    ("name", "configuration"),
    [
        ("mkdocs.yml", "site_url: !ENV [SITE_URL, 'https://acme.example']\n"),
        ("mkdocs.yml", "site_url: javascript:alert(1)\n"),
        ("mkdocs.yml", "site_url: https://user:secret@acme.example/\n"),
        ("mkdocs.yml", "site_url: https://acme.example/?page=\n"),
        ("mkdocs.yml", "site_url: ''\n"),
        ("mkdocs.yml", "site_url: [\n"),
        ("mkdocs.yml", "- site_url\n"),
        ("docusaurus.config.js", "module.exports = {url: process.env.URL ?? 'https://a.example', baseUrl: '/'}"),
        ("docusaurus.config.js", "const url = 'https://a.example'; module.exports = {url, baseUrl: '/'}"),
        ("docusaurus.config.js", "module.exports = {url: `https://${host}`, baseUrl: '/'}"),
        ("docusaurus.config.js", "module.exports = {url: 'https://a.example' + x, baseUrl: '/'}"),
        ("docusaurus.config.js", "module.exports = {url: 'https://a.example', baseUrl: isDev ? '/' : '/x/'}"),
        ("docusaurus.config.js", "module.exports = {" * 5000),
        ("astro.config.mjs", "export default defineConfig({ integrations: [x({ site: 'https://a.example' })] })"),
        ("astro.config.mjs", "export default defineConfig({ site: 'https://a.example', base: getBase() })"),
        ("config.toml", '[build]\ntarget = "https://a.example"\n'),
        ("hugo.toml", 'baseURL = "/"\n'),
        ("_config.yml", "url: http://yoursite.example\nroot: /\nsource_dir: source\n"),
        ("conf.py", 'import os\nhtml_baseurl = os.environ.get("URL", "https://a.example")\n'),
        ("conf.py", 'html_baseurl = "https://a.example"\nif beta:\n    html_baseurl = "https://b.example"\n'),
        ("conf.py", 'html_baseurl = f"https://{host}.example"\n'),
        ("conf.py", "(" * 10_000),
    ],
)
def test_what_is_no_plain_web_address_gives_none(tmp_path: Path, name: str, configuration: str) -> None:
    paths = ["docs/a.md", "src/content/docs/a.md", "content/a.md", "a.md"]
    assert addresses(tmp_path, {name: configuration}, *paths) == [None] * 4


def test_the_nearest_configuration_with_an_address_counts(tmp_path: Path) -> None:
    files = {
        "mkdocs.yml": "site_url: https://all.example/\n",
        "docs/project/conf.py": 'html_baseurl = "https://project.example/"\n',
        "docs/other/conf.py": 'project = "Other"\n',
    }
    assert addresses(tmp_path, files, "docs/a.md", "docs/project/b/c.md", "docs/other/d.md") == [
        "https://all.example/a/",
        "https://project.example/b/c.html",
        "https://all.example/other/d/",
    ]


def test_a_configuration_outside_of_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_url: https://acme.example\n")
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "mkdocs.yml").symlink_to(tmp_path / "mkdocs.yml")
    (seeds / "a.md").write_text(PAGE)
    from index.parsing.finding import find_files
    from index.parsing.sites.configured import read_sites

    found = find_files(seeds)
    assert found.configurations == ("mkdocs.yml",)
    assert read_sites(seeds, found.configurations).of("a.md") is None
