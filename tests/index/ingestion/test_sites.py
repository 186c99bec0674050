"""Addresses of documents follow the configuration of their site, without embedding anything."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from index.ingestion.difference import lag
from index.storage.catalog.catalog import Catalog
from index.storage.paths import CATALOG
from tests.support.library import Library

GUIDE = "# Guide\n\nThe mill was built in 1820.\n\n## Fires & floods\n\nIt burned down twice, in 1851 and in 1903.\n"
FILES = {"docs/guide.md": GUIDE, "docs/tower.md": "# Tower\n\nThe tower is forty metres high.\n"}
CONFIGURATION = "site_name: Town\nsite_url: https://town.example/\n"


@pytest.fixture
def town(library: Library) -> Library:
    library.write({**FILES, "footnote.toml": '[site]\nurl = "https://old.example/"\ncontent = "docs"\n'})
    library.ingest()
    return library


def places(library: Library) -> list[tuple[str | None, list[str]]]:
    """Return address and anchors of every document, by path; check that a new look at the folder finds no change."""
    with closing(Catalog(library.data / CATALOG)) as catalog:
        assert not lag(library.seeds, catalog).is_behind
        documents = catalog.documents(catalog.document_ids()).values()
        ordered = sorted(documents, key=lambda document: document.path)
        return [(document.url, [heading.anchor for heading in document.headings]) for document in ordered]


def is_behind(library: Library) -> bool:
    with closing(Catalog(library.data / CATALOG)) as catalog:
        return lag(library.seeds, catalog).is_behind


def test_a_changed_configuration_changes_addresses_and_embeds_nothing(town: Library) -> None:
    assert places(town) == [
        ("https://old.example/guide/", ["", "fires--floods"]),
        ("https://old.example/tower/", [""]),
    ]
    town.write({"footnote.toml": '[site]\nurl = "https://new.example/"\ncontent = "docs"\ntool = "sphinx"\n'})
    assert is_behind(town)
    report = town.ingest()
    assert (report.changed, report.embedded, report.unreadable) == (("docs/guide.md", "docs/tower.md"), 0, ())
    assert places(town) == [
        ("https://new.example/guide.html", ["", "fires-floods"]),
        ("https://new.example/tower.html", [""]),
    ]
    assert town.ingest().changed == ()


def test_a_configuration_that_comes_or_goes_is_noticed(town: Library) -> None:
    (town.seeds / "footnote.toml").unlink()
    assert is_behind(town)
    assert town.ingest().embedded == 0
    assert [url for url, _ in places(town)] == [None, None]
    town.write({"docs/conf.py": 'html_baseurl = "https://town.example"\n'})
    assert is_behind(town)
    assert (town.ingest().embedded, next(url for url, _ in places(town))) == (0, "https://town.example/guide.html")


def test_a_wrong_footnote_toml_is_reported_until_it_is_corrected(town: Library) -> None:
    town.write({"footnote.toml": '[site]\nurl = "town.example"\n'})
    assert is_behind(town)
    for _ in range(2):
        report = town.ingest()
        [fault] = report.unreadable
        assert fault.path == "footnote.toml"
        assert fault.reason.startswith("gives url = 'town.example', which must be an address that begins with https://")
        assert [url for url, _ in places(town)] == [None, None]
    town.write({"footnote.toml": '[site]\nurl = "https://town.example"\n'})
    assert is_behind(town)
    assert town.ingest().unreadable == ()
    assert next(url for url, _ in places(town)) == "https://town.example/docs/guide/"


def test_an_index_of_an_earlier_version_gets_addresses_without_embedding(town: Library) -> None:
    with closing(sqlite3.connect(town.data / CATALOG)) as catalog, catalog:
        for number, places_before in catalog.execute("SELECT id, places FROM document").fetchall():
            known = json.loads(places_before)
            known.pop("site")
            known["headings"] = [heading[:3] for heading in known["headings"]]
            catalog.execute("UPDATE document SET url = NULL, places = ? WHERE id = ?", (json.dumps(known), number))
    assert is_behind(town)
    report = town.ingest()
    assert (len(report.changed), report.embedded) == (2, 0)
    assert places(town)[0] == ("https://old.example/guide/", ["", "fires--floods"])
