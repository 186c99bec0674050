"""The quantities of a sentence, and the comparison of two of them."""

from __future__ import annotations

import pytest

from index.english.quantities.extract import quantities
from index.english.quantities.quantity import Quantity, compared


def one_quantity(text: str) -> Quantity:
    """Return the only quantity of a text."""
    (found,) = quantities(text)
    return found


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("The AP was founded in 1846 and has 3,200 employees in over 100 countries.", ["1846", "3,200", "100"]),
        ("It cost $1.2 million, about 5 km away.", ["$1.2 million", "5 km"]),
        ("On June 22, 2017 at 10:30 pm he met 22 people.", ["June 22, 2017", "10:30 pm", "22"]),
        ("Rye bread costs 4.20 euros and twenty-one cents.", ["4.20 euros", "twenty-one cents"]),
        ("Two hundred and five people paid $5bn, that is 12 percent or 50 %.",
         ["Two hundred and five", "$5bn", "12 percent", "50 %"]),
        ("From 2005 to 2006 it was on 5-10 km, in the 1990s on two dozen.",
         ["2005 to 2006", "5-10 km", "1990s", "two dozen"]),
        ("One of the two, each another one; no one came.", ["two"]),
        ("COVID-19, the F16 and Apollo 11 are names; Python 3.11.2 is a version.", ["3.11.2"]),
        ("On Tuesday 1500 people came, on May 5th none.", ["Tuesday", "1500", "May 5th"]),
        ("It may march on.", []),
        ("Painted 1491-1510, shown in 1999–2003.", ["1491-1510", "1999–2003"]),
        ("The 2020 coronavirus pandemic, the 1980 film and both of them.", ["2020", "1980"]),
        ("In Room 93, the 49ers and the 76th festival on Thursday.", ["76th", "Thursday"]),
    ],
)  # fmt: skip
def test_quantities_are_found(text: str, written: list[str]) -> None:
    found = quantities(text)
    assert [one.text for one in found] == written
    assert all(text[one.start : one.end] == one.text for one in found)


@pytest.mark.parametrize(
    ("claimed", "said", "comparison"),
    [
        ("in 1846", "in 1846", "same"),
        ("in 1846", "in 1856", "differs"),
        ("in 2017", "in June 2017", "same"),
        ("in June 2017", "in 2017", "unknown"),
        ("in June 2017", "on 22 June 2017", "same"),
        ("in May 2017", "on June 22, 2017", "differs"),
        ("on June 22", "on 22 June 2017", "same"),
        ("in the 1990s", "in 1994", "same"),
        ("in the 19th century", "in 1846", "same"),
        ("in the 18th century", "in 1846", "differs"),
        ("before 2005", "in 2001", "same"),
        ("after 2005", "in 2001", "differs"),
        ("from 2005 to 2006", "from 2005 to 2006", "same"),
        ("from 2005 to 2008", "from 2005 to 2006", "differs"),
        ("in 2005", "from 2004 to 2006", "same"),
        ("on Tuesday", "on Wednesday", "differs"),
        ("at 5 pm", "at 17:00", "same"),
        ("at 5 am", "at 17:00", "differs"),
        ("5 km", "5000 m", "same"),
        ("5 km", "5 miles", "differs"),
        ("five birds", "5 birds", "same"),
        ("a dozen birds", "12 birds", "same"),
        ("about 100 birds", "104 birds", "same"),
        ("about 100 birds", "150 birds", "differs"),
        ("more than 100 birds", "150 birds", "same"),
        ("more than 100 birds", "90 birds", "differs"),
        ("150 birds", "more than 100 birds", "unknown"),
        ("1.2 million birds", "1,204,000 birds", "same"),
        ("1.2 million birds", "1.3 million birds", "differs"),
        ("7 birds", "5 to 10 birds", "unknown"),
        ("$5", "€5", "unknown"),
        ("5 percent", "5 birds", "unknown"),
        ("the third bird", "the second bird", "differs"),
        ("version 3.11.2", "version 3.11.4", "differs"),
    ],
)
def test_quantities_are_compared_by_what_they_mean(claimed: str, said: str, comparison: str) -> None:
    assert compared(one_quantity(claimed), one_quantity(said)) == comparison
