"""The lexical index: any question is accepted, and folders are searched separately."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import DerivedIndexError
from index.storage.generation.lexical import LexicalIndex

TEXTS = [
    (1, "", "Bolton said that the talks were about Maduro's exit."),
    (2, "reports", "The café in Zürich serves naïve drinks."),
    (3, "reports", "Sanctions were imposed on PDVSA; talks failed."),
    (4, "a folder: with (signs)", "Nobody talks here. C++ and C# are languages. 委内瑞拉"),
]


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    """Index four chunks in three folders."""
    index = LexicalIndex(tmp_path_factory.mktemp("words"))
    index.change([], TEXTS)
    return index


def found(words: LexicalIndex, question: str, folders: list[str] | None = None) -> set[int]:
    return {hit.chunk_id for hit in words.search(question, 10, folders=folders)}


def test_words_match_in_other_forms_and_spellings(words: LexicalIndex) -> None:
    assert found(words, "who was talking?") == {1, 3, 4}
    assert found(words, "CAFE ZURICH") == {2}
    assert found(words, "What did Bolton say?") == {1}


def test_rarer_words_score_higher(words: LexicalIndex) -> None:
    hits = words.search("talks about sanctions", 10)
    assert hits[0].chunk_id == 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[-1].score > 0


def test_a_search_can_be_limited_to_folders(words: LexicalIndex) -> None:
    assert found(words, "talks", ["reports"]) == {3}
    assert found(words, "talks", [""]) == {1}
    assert found(words, "talks", ["", "reports"]) == {1, 3}
    assert found(words, "talks", ["a folder: with (signs)"]) == {4}
    assert found(words, "talks", ["none"]) == set()
    assert found(words, "talks", []) == set()


def test_limiting_a_search_to_a_folder_keeps_the_scores(words: LexicalIndex) -> None:
    everywhere = {hit.chunk_id: hit.score for hit in words.search("talks failed", 10)}
    assert {hit.chunk_id: hit.score for hit in words.search("talks failed", 10, folders=["reports"])} == {
        3: pytest.approx(everywhere[3])
    }


@pytest.mark.parametrize(
    "question",
    "talks\" \"talks talks) (talks text:talks talks^2 talks~ [talks talks🙂 \\talks +-talks 'talks' talks\x00".split(
        " "
    ),
)
def test_operators_of_query_languages_have_no_meaning(words: LexicalIndex, question: str) -> None:
    assert {1, 3, 4} <= found(words, question)


@pytest.mark.parametrize("question", ["", " ", "?!", "🙂", "()[]{}", ":", "zzz"])
def test_questions_without_a_known_word_find_nothing(words: LexicalIndex, question: str) -> None:
    assert found(words, question) == set()


def test_function_words_count_only_if_there_are_no_others(words: LexicalIndex) -> None:
    assert found(words, "What were the drinks about?") == {2}
    assert 1 in found(words, "What is it about?")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(max_size=200))
def test_any_text_is_accepted_as_a_question(words: LexicalIndex, question: str) -> None:
    words.search(question, 10)


def test_removed_chunks_are_no_longer_found(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    index.change([], TEXTS)
    index.change([1, 99], [(5, "", "More talks.")])
    assert index.count() == 4
    assert found(index, "talks") == {3, 4, 5}
    assert found(LexicalIndex(tmp_path), "talks") == {3, 4, 5}


def test_damaged_files_raise_an_error_of_one_line(tmp_path: Path) -> None:
    LexicalIndex(tmp_path).change([], TEXTS)
    (tmp_path / "meta.json").write_text("{")
    with pytest.raises(DerivedIndexError) as caught:
        LexicalIndex(tmp_path).search("talks", 10)
    assert "\n" not in str(caught.value)
