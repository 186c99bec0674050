"""The words of a generation in tantivy: BM25 over the same chunks, derived from the catalog like the vectors.

Words are lower-cased, stripped of accents and stemmed as English. Queries are built from terms, because tantivy's query
parser raises on quotes, brackets and colons.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.english.stemming import analyzer, segmented, telling_stems
from index.errors import derived_index_error

if TYPE_CHECKING:
    import tantivy

ANALYZER = "footnote"
WRITER_MEMORY = 128_000_000  # bytes


@dataclass(frozen=True, slots=True)
class WordHit:
    """A chunk found by its words. `score` is the BM25 score (above 0)."""

    chunk_id: int
    score: float


class LexicalIndex:
    """The words of one generation. Reading needs no lock, because a published folder is never written again.

    Raises `StorageFull` if the disk is full, `DerivedIndexError` for any other error of tantivy.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with _translated_errors(folder):
            import tantivy

            folder.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(_schema(), path=str(folder))
            self._index.register_tokenizer(ANALYZER, analyzer())

    def change(self, removed: Iterable[int], added: Iterable[tuple[int, str, str]]) -> None:
        """Delete chunks by id and add others as (chunk id, folder, text), in one commit."""
        import tantivy

        with _translated_errors(self._folder):
            writer = self._index.writer(WRITER_MEMORY, 1)
            for chunk_id in removed:
                writer.delete_documents_by_query(tantivy.Query.term_query(self._index.schema, "chunk", chunk_id))
            for chunk_id, folder, text in added:
                document = tantivy.Document()
                document.add_unsigned("chunk", chunk_id)
                document.add_text("folder", folder)
                document.add_text("text", segmented(text))
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()

    def count(self) -> int:
        """Return the number of chunks."""
        with _translated_errors(self._folder):
            return self._index.searcher().num_docs

    def chunk_ids(self) -> list[int]:
        """Return the ids of all chunks."""
        import tantivy

        with _translated_errors(self._folder):
            searcher = self._index.searcher()
            if not searcher.num_docs:
                return []
            found = searcher.search(tantivy.Query.all_query(), searcher.num_docs, count=False).hits
            return [
                int(chunk_id or 0)
                for chunk_id in searcher.fast_field_values("chunk", [address for _, address in found])
            ]

    def holds(self, stem: str) -> bool:
        """True if any chunk holds a word with this stem."""
        import tantivy

        with _translated_errors(self._folder):
            query = tantivy.Query.term_query(self._index.schema, "text", stem, "basic")
            return bool(self._index.searcher().search(query, 1, count=False).hits)

    def similar(self, stem: str, errors: int, limit: int) -> list[int]:
        """Return the numbers of up to `limit` chunks that hold a stem with at most so many (1 or 2) other letters."""
        import tantivy

        with _translated_errors(self._folder):
            query = tantivy.Query.fuzzy_term_query(self._index.schema, "text", stem, errors, True)
            searcher = self._index.searcher()
            found = searcher.search(query, limit, count=False).hits
            return [int(one or 0) for one in searcher.fast_field_values("chunk", [address for _, address in found])]

    def search(self, question: str, limit: int, *, folders: Collection[str] | None = None) -> list[WordHit]:
        """Return the `limit` chunks that share the question's words best, in the given folders (None: all of them)."""
        import tantivy

        terms = telling_stems(question)
        if not terms:
            return []
        with _translated_errors(self._folder):
            schema = self._index.schema
            clauses = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", term, "freq")) for term in terms]
            query = tantivy.Query.boolean_query(clauses)
            if folders is not None:
                clauses_of_folders = [
                    (tantivy.Occur.Should, tantivy.Query.term_query(schema, "folder", folder)) for folder in folders
                ]
                in_folders = tantivy.Query.const_score_query(tantivy.Query.boolean_query(clauses_of_folders), 0.0)
                query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, in_folders)])
            searcher = self._index.searcher()
            found = searcher.search(query, limit, count=False).hits
            ids = searcher.fast_field_values("chunk", [address for _, address in found])
            return [WordHit(int(chunk_id or 0), float(score)) for chunk_id, (score, _) in zip(ids, found, strict=True)]


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("chunk", indexed=True, fast=True)
    builder.add_text_field("folder", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name=ANALYZER, index_option="freq")
    return builder.build()


@contextmanager
def _translated_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, RuntimeError, OSError) as error:
        raise derived_index_error(error, "words", folder) from error
