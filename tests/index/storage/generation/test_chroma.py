"""Vectors in Chroma: nearest first, folders searched separately, errors of one line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.errors import DerivedIndexError
from index.storage.generation.chroma import VectorStore
from index.storage.generation.collections import assign_collections
from index.types import FloatArray

DIRECTIONS = np.eye(8, dtype=np.float32)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VectorStore]:
    """Open a store of eight chunks: odd ids in the folder `reports`, even ids at the top."""
    store = VectorStore(tmp_path / "chroma")
    store.add("", [2, 4, 6, 8], DIRECTIONS[1::2])
    store.add("reports", [1, 3, 5, 7], DIRECTIONS[::2])
    yield store
    store.close()


def towards(*weights: float) -> FloatArray:
    """Return a vector of length 1 whose first components are proportional to these."""
    vector = np.zeros(8, np.float32)
    vector[: len(weights)] = weights
    found: FloatArray = vector / np.linalg.norm(vector)
    return found


def test_the_nearest_chunks_of_all_folders_come_first(store: VectorStore) -> None:
    hits = store.search(towards(3, 2, 1), 3)
    assert [hit.chunk_id for hit in hits] == [1, 2, 3]
    assert [hit.similarity for hit in hits] == pytest.approx(towards(3, 2, 1)[:3].tolist(), abs=1e-5)
    assert store.count() == 8


def test_a_search_can_be_limited_to_folders(store: VectorStore) -> None:
    assert [hit.chunk_id for hit in store.search(towards(3, 2, 1), 2, folders=["reports"])] == [1, 3]
    assert [hit.chunk_id for hit in store.search(towards(3, 2, 1), 1, folders=[""])] == [2]
    assert len(store.search(towards(3, 2, 1), 10, folders=["", "reports"])) == 8
    assert store.search(towards(1), 10, folders=["none"]) == []
    assert store.search(towards(1), 10, folders=[]) == []


def test_a_search_can_be_limited_to_folders_of_a_shared_collection(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "shared")
    store.collection_of = assign_collections({"a": 2, "b": 3, "": 1}, {})
    assert len(set(store.collection_of.values())) == 1
    for folder, numbers in (("a", [1, 2]), ("b", [3, 4, 5]), ("", [6])):
        store.add(folder, numbers, DIRECTIONS[numbers])
    store.save_collection_names()
    store.close()
    store = VectorStore(tmp_path / "shared")
    assert [hit.chunk_id for hit in store.search(towards(0, 3, 2, 1, 1), 3)][:2] == [1, 2]
    assert [hit.chunk_id for hit in store.search(towards(0, 3, 2, 1), 3, folders=["b"])][:1] == [3]
    assert {hit.chunk_id for hit in store.search(towards(1), 9, folders=["b", ""])} == {3, 4, 5, 6}
    assert {hit.chunk_id for hit in store.search(towards(1), 9, folders=["a", "b", ""])} == {1, 2, 3, 4, 5, 6}
    assert store.search(towards(1), 9, folders=["none"]) == []
    assert {folder: numbers for folder, numbers, _ in store.entries()} == {"": [6], "a": [1, 2], "b": [3, 4, 5]}
    store.delete("b", [4])
    assert {hit.chunk_id for hit in store.search(towards(1), 9, folders=["b"])} == {3, 5}
    store.close()


def test_a_limited_search_of_a_shared_collection_is_exact(tmp_path: Path) -> None:
    """With many, few or none of the nearest chunks in the folders."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(1200, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[:40] = towards(1, 1) + 0.01 * vectors[:40]  # folder 0 is close together, far from the others
    vectors[:40] /= np.linalg.norm(vectors[:40], axis=1, keepdims=True)
    folders = [0] * 40 + [1 + place % 9 for place in range(1160)]
    store = VectorStore(tmp_path / "shared")
    store.collection_of = assign_collections({str(folder): folders.count(folder) for folder in range(10)}, {})
    for folder in range(10):
        chosen = [place for place, one in enumerate(folders) if one == folder]
        store.add(str(folder), chosen, vectors[chosen])
    for question in (towards(1, 1), towards(-1, -1), towards(0, 0, 1)):
        for scope in (["0"], ["1"], ["1", "2", "3"], ["0", "5"]):
            own = [place for place, one in enumerate(folders) if str(one) in scope]
            nearest = sorted(own, key=lambda place: -float(vectors[place] @ question))[:10]
            found = [hit.chunk_id for hit in store.search(question, 10, folders=scope)]
            assert len(set(found) & set(nearest)) >= 9
    store.close()


def test_the_limit_may_exceed_the_number_of_chunks(store: VectorStore) -> None:
    assert len(store.search(towards(1), 1000)) == 8


def test_deleted_chunks_stay_deleted_after_reopening(store: VectorStore, tmp_path: Path) -> None:
    store.delete("reports", [1, 3, 5, 7])
    store.add("other", [9], DIRECTIONS[:1])
    store.save_collection_names()
    store.close()
    again = VectorStore(tmp_path / "chroma")
    assert {hit.chunk_id for hit in again.search(towards(1, 1, 1), 10)} == {2, 4, 6, 8, 9}
    assert again.search(towards(1), 10, folders=["reports"]) == []
    assert again.count() == 5
    again.close()


def test_errors_of_chroma_become_one_line(store: VectorStore, tmp_path: Path) -> None:
    with pytest.raises(DerivedIndexError) as caught:
        store.add("", [10], np.ones((1, 5), np.float32))
    assert "\n" not in str(caught.value)
    store.close()
    with pytest.raises(DerivedIndexError, match=r"places.json does not list all collections"):  # they were not saved
        VectorStore(tmp_path / "chroma")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "chroma.sqlite3").write_bytes(b"not a database" * 1000)
    with pytest.raises(DerivedIndexError) as caught:
        VectorStore(broken)
    assert "\n" not in str(caught.value)
