"""Numbers, ordinals and fractions in words, and the scales that multiply them."""

from __future__ import annotations

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBER_WORDS: dict[str, float] = {
    **{name: float(value) for value, name in enumerate(_SMALL)},
    **{name: float(value) for value, name in zip(range(20, 100, 10), _TENS, strict=True)},
    "dozen": 12.0,
}
SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "lakh": 1e5,
    "million": 1e6,
    "mn": 1e6,
    "crore": 1e7,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
}
ABBREVIATED_SCALES = frozenset({"k", "mn", "bn"})
ORDINALS = {
    name: float(value)
    for value, name in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
FRACTIONS = frozenset({"half", "quarter", "third"})
COUNTING_WORDS = frozenset({"once", "twice", "several", "both"})  # they answer "how many" as a number does
