"""The names of a text, and their other forms in another one."""

from __future__ import annotations

import pytest

from index.english.names import is_named, names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("John Bolton said that Maduro left the White House.", ["John Bolton", "Maduro", "White House"]),
        ("The AP was founded in New York on a Sunday in May 2018.", ["AP", "New York"]),
        ("Dr. Anna Berg-Meyer wrote to U.S. officials.", ["Dr. Anna Berg-Meyer", "U.S."]),
        ("He starred in Blade Runner 2049.", ["Blade Runner 2049"]),
        ("People say so. However, nothing came of it.", []),
        ("Maduro's people met.", ["Maduro"]),
        ("Apple's Worldwide Conference is in the US.", ["Apple", "Worldwide Conference", "US"]),
        ("The IT department asked the WHO.", ["IT", "WHO"]),
    ],
)
def test_names_are_found(text: str, found: list[str]) -> None:
    assert [name.text for name in names(text)] == found


@pytest.mark.parametrize(
    ("name", "text", "is_there"),
    [
        ("John Bolton", "Bolton chose Twitter.", True),
        ("Bolton", "john bolton chose twitter", True),
        ("Michael Bolton", "Michael Jordan sang.", False),
        ("AP", "The Associated Press said so.", True),
        ("Associated Press", "It was in the AP report.", True),
        ("Venezuela", "the Venezuelan leadership", True),
        ("France", "the French minister", True),
        ("United States", "an American agency", True),
        ("United States", "in the US", True),
        ("US", "in the United States", True),
        ("United States", "he told us", False),
        ("Nicolás Maduro", "nicolas maduro", True),
        ("Antartica", "everywhere but in Antarctica", True),
        ("Iran", "in Iraq", False),
        ("Blade Runner 2049", "the first Blade Runner", False),
    ],
)
def test_a_name_is_known_in_its_other_forms(name: str, text: str, is_there: bool) -> None:
    (found,) = names(f"It was {name}.")
    assert is_named(found, text) is is_there
