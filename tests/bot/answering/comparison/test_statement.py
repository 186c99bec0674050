"""The clauses of a sentence, each as a text that stands alone."""

from __future__ import annotations

import pytest

from bot.answering.comparison.statement import clause_around, clauses_of


@pytest.mark.parametrize(
    ("sentence", "clauses"),
    [
        ("She said that 15 houses had burned down and that she would help.",
         ["She said", "15 houses had burned down", "she would help"]),
        ("It closed in March 1987, and its chimney was pulled down.",
         ["It closed in March 1987", "its chimney was pulled down"]),
        ("The path ends at the Carrow lighthouse, which is 36 metres high.",
         ["The path ends at the Carrow lighthouse", "the Carrow lighthouse which is 36 metres high"]),
        ("The committee thanks the 210 volunteers who helped.",
         ["The committee thanks the 210 volunteers", "the 210 volunteers who helped"]),
        ("Ada Crane (14 June 1877 – 3 October 1941) was a poet.",
         ["Ada Crane was born on 14 June 1877", "Ada Crane died on 3 October 1941", "Ada Crane was a poet"]),
        ("The grave of Maddern, the explorer, is in Penzance, Cornwall.",
         ["The grave of Maddern", "the explorer", "The grave of Maddern is in Penzance, Cornwall"]),
        ("Founded in June 1846, the Associated Press is an agency.",
         ["the Associated Press founded in June 1846", "the Associated Press is an agency"]),
        ("In summer, the library opens at 9 am.", ["In summer the library opens at 9 am"]),
        ("A ticket is 54 euros this winter.", ["A ticket is 54 euros"]),
        ("It was opened on May 3, 1881.", ["It was opened on May 3, 1881"]),
        ("He was the editor until 2015.", ["He was the editor until 2015"]),
        ("", []),
    ],
)  # fmt: skip
def test_clauses_stand_alone(sentence: str, clauses: list[str]) -> None:
    assert list(clauses_of(sentence)) == clauses


def test_the_clause_around_a_span_ends_at_commas_and_conjunctions() -> None:
    sentence = "Leaks were common until Olaf Bremer invented the valve, a clever one."
    start, end = clause_around(sentence, sentence.index("Olaf"), sentence.index("invented"))
    assert sentence[start:end] == "Olaf Bremer invented the valve"
