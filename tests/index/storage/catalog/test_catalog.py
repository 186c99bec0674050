"""The catalog: changes are atomic, and errors name the file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

from index.errors import CatalogError, DamagedCatalog
from index.storage.catalog.catalog import Catalog
from index.storage.catalog.rows import Generation
from index.types import Chunk, Document, Heading, Line, Page, SourceFile, Span, Unreadable

DOCUMENT = Document(
    "a/b.pdf",
    "Títle",
    "One sentence. Another.",
    "pdf",
    title_is_telling=False,
    url="https://example.org/b",
    language="en",
    pages=(Page(1, 0), Page(2, 14)),
    headings=(Heading(0, 1, "One"), Heading(14, 2, "Two")),
    lines=(Line(1, 0),),
)
CHUNK = Chunk(0, 22, DOCUMENT.text, "One", 1, None, (Span(0, 13), Span(14, 22)))
FILE = SourceFile(DOCUMENT.path, 100, 123456789)
GENERATION = Generation(1, "print", "model", 2, frozenset({"en"}), "/seeds", 1.5, 1, 1)


def filled(path: Path) -> Catalog:
    """Return a catalog with one published document of one chunk."""
    catalog = Catalog(path)
    (chunk_id,) = catalog.reserve_chunks(1)
    with catalog.writing():
        number = catalog.insert_document(DOCUMENT, FILE, b"hash")
        catalog.insert_chunk(chunk_id, number, 0, CHUNK, b"key")
        catalog.insert_vectors([b"key"], np.asarray([[0.6, 0.8]], np.float32))
        catalog.publish(GENERATION)
    return catalog


def test_everything_stored_is_read_back_unchanged(tmp_path: Path) -> None:
    filled(tmp_path / "catalog.sqlite").close()
    catalog = Catalog(tmp_path / "catalog.sqlite")
    assert catalog.active() == GENERATION
    assert catalog.document(DOCUMENT.path) == DOCUMENT
    assert catalog.document("none.md") is None
    [stored] = catalog.files().values()
    assert (stored.file, stored.content_hash, stored.folder) == (FILE, b"hash", "a")
    assert catalog.documents([stored.document_id, 99]) == {stored.document_id: DOCUMENT}
    [chunk] = catalog.chunks_of(stored.document_id)
    assert (chunk.chunk, chunk.vector_key, chunk.document_id) == (CHUNK, b"key", stored.document_id)
    assert catalog.chunks([chunk.chunk_id, 99]) == {chunk.chunk_id: chunk}
    assert list(catalog.everything()) == [(stored.document_id, DOCUMENT, [chunk])]
    assert catalog.vectors([b"key", b"key"], 2).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)]] * 2
    assert catalog.missing_vectors([b"key", b"other"]) == {b"other"}
    label = catalog.labels([stored.document_id])[stored.document_id]
    assert (label.path, label.title, label.url) == (DOCUMENT.path, DOCUMENT.title, DOCUMENT.url)
    [summary] = catalog.summaries()
    assert (summary.path, summary.characters, summary.chunks) == (DOCUMENT.path, 22, 1)
    catalog.close()


def test_a_second_connection_sees_all_of_a_change_or_nothing(tmp_path: Path) -> None:
    writer, reader = filled(tmp_path / "c.sqlite"), Catalog(tmp_path / "c.sqlite")
    with reader.reading():
        assert reader.document_count() == 1
        with writer.writing():
            writer.insert_document(Document("new.md", "New", "New.", "text"), FILE, b"new")
            assert reader.document_count() == 1
            [stored] = [one for path, one in writer.files().items() if path == DOCUMENT.path]
            writer.delete_document(stored.document_id)
        assert list(reader.files()) == [DOCUMENT.path], "a snapshot stays as it was"
        assert reader.chunk_count() == 1
    assert list(reader.files()) == ["new.md"]
    assert reader.chunk_count() == 0, "a document's chunks go with it"
    writer.close()
    reader.close()


def test_a_failed_change_is_rolled_back(tmp_path: Path) -> None:
    catalog = filled(tmp_path / "c.sqlite")

    def change() -> None:
        with catalog.writing():
            catalog.insert_document(Document("new.md", "New", "New.", "text"), FILE, b"new")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        change()
    assert list(catalog.files()) == [DOCUMENT.path]
    with catalog.reading(), catalog.reading():
        assert catalog.document_count() == 1
    catalog.close()


def test_ids_are_never_reused(tmp_path: Path) -> None:
    catalog = filled(tmp_path / "c.sqlite")
    [stored] = catalog.files().values()
    [chunk] = catalog.chunks_of(stored.document_id)
    with catalog.writing():
        catalog.delete_document(stored.document_id)
        number = catalog.insert_document(DOCUMENT, FILE, b"hash")
        assert number > stored.document_id
    assert list(catalog.reserve_chunks(2)) == [chunk.chunk_id + 1, chunk.chunk_id + 2]
    assert list(catalog.reserve_chunks(1)) == [chunk.chunk_id + 3], "also where the first two were not used"
    assert catalog.next_generation() == 2
    catalog.close()


def test_vectors_without_a_chunk_are_deleted(tmp_path: Path) -> None:
    catalog = filled(tmp_path / "c.sqlite")
    with catalog.writing():
        catalog.insert_vectors([b"other"], np.ones((1, 2), np.float32))
        catalog.delete_unused_vectors()
    assert catalog.missing_vectors([b"key", b"other"]) == {b"other"}
    with pytest.raises(DamagedCatalog, match="lacks the vector"):
        catalog.vectors([b"other"], 2)
    catalog.close()


def test_the_list_of_unreadable_files_is_replaced(tmp_path: Path) -> None:
    catalog = filled(tmp_path / "c.sqlite")
    file = SourceFile("bad.pdf", 3, 4)
    with catalog.writing():
        catalog.set_unreadable([(SourceFile("worse.pdf", 1, 2), Unreadable("worse.pdf", "is empty"))])
        catalog.set_unreadable([(file, Unreadable("bad.pdf", "is damaged"))])
    assert catalog.unreadable() == {"bad.pdf": (file, "is damaged")}
    catalog.close()


def test_two_documents_can_swap_their_paths(tmp_path: Path) -> None:
    catalog = filled(tmp_path / "c.sqlite")
    other = Document("other.md", "Other", "Other.", "text")
    with catalog.writing():
        second = catalog.insert_document(other, SourceFile("other.md", 1, 1), b"other")
        first = catalog.files()[DOCUMENT.path].document_id
        catalog.free_path(first)
        catalog.free_path(second)
        catalog.update_document(second, DOCUMENT, FILE, b"hash")
        catalog.update_document(first, other, SourceFile("other.md", 1, 1), b"other")
    assert {path: stored.document_id for path, stored in catalog.files().items()} == {
        DOCUMENT.path: second,
        "other.md": first,
    }
    catalog.close()


def test_a_file_that_is_not_a_database_is_reported_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(DamagedCatalog, match=r"c\.sqlite is damaged"):
        Catalog(path)


def test_a_damaged_page_is_reported_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    filled(path).close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with closing(Catalog(path)) as catalog, pytest.raises(DamagedCatalog, match="is damaged"):
        catalog.document(DOCUMENT.path)


def test_a_catalog_of_another_schema_version_is_refused(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "c.sqlite"
    filled(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CatalogError, match="another version"):
        Catalog(path)


def test_a_data_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CatalogError, match="set DATA_DIR or --data"):
        Catalog(tmp_path / "file" / "data" / "c.sqlite")


def test_many_processes_can_create_the_same_catalog_at_once(tmp_path: Path) -> None:
    together = Barrier(8)

    def make(number: int) -> int:
        together.wait()
        catalog = Catalog(tmp_path / "data" / "catalog.sqlite")
        try:
            return number if catalog.active() is None else -1
        finally:
            catalog.close()

    with ThreadPoolExecutor(8) as makers:
        assert list(makers.map(make, range(8))) == list(range(8))
