"""Assignment of folders to collections: few collections, large folders on their own, and stable."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from index.storage.generation.collections import assign_collections, is_shared

FOLDERS = st.dictionaries(st.text(max_size=5), st.integers(1, 40_000), max_size=80)


def test_large_folders_have_their_own_collection_and_small_ones_share() -> None:
    names = assign_collections({"a": 999, "b": 1_000, "": 3, "c": 20}, {})
    assert not is_shared(names["b"])
    assert {names["a"], names[""], names["c"]} == {"shared-0"}


def test_a_thousand_folders_need_few_collections() -> None:
    names = assign_collections({f"day {number}": 10 for number in range(1000)}, {})
    assert len(set(names.values())) == 1
    names = assign_collections({f"day {number}": 1000 for number in range(1000)}, {})
    assert len(set(names.values())) == 33


def test_new_folders_join_a_collection_with_room() -> None:
    before = assign_collections({"a": 500, "b": 600}, {})
    names = assign_collections({"a": 500, "b": 600, "c": 10, "d": 50_000}, before)
    assert names == {**before, "c": "shared-0", "d": names["d"]}
    assert not is_shared(names["d"])
    full = assign_collections({"a": 15_000, "b": 4_000, "c": 900, "d": 900}, {"a": "shared-0", "b": "shared-0"})
    assert full == {"a": "shared-0", "b": "shared-0", "c": "shared-0", "d": "shared-1"}


@given(FOLDERS, FOLDERS)
def test_every_folder_has_one_collection_and_keeps_it(first: dict[str, int], second: dict[str, int]) -> None:
    before = assign_collections(first, {})
    assert before.keys() == first.keys()
    after = assign_collections({**first, **second}, before)
    assert after.keys() == first.keys() | second.keys()
    assert all(after[folder] == name for folder, name in before.items())
    assert sum(not is_shared(name) for name in before.values()) <= 16
    assert all(count == 1 for name, count in Counter(after.values()).items() if not is_shared(name))
