"""Numbers in words, months, and units of measurement: what the quantities of a sentence are written with."""

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
    "both": 2.0,
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
WEEKDAYS = {
    name: number for number, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split(), 1)
}
_MONTH_NAMES = "january february march april may june july august september october november december".split()
MONTHS = {
    **{name: number for number, name in enumerate(_MONTH_NAMES, 1)},
    **{name[:3]: number for number, name in enumerate(_MONTH_NAMES, 1)},
    "sept": 9,
}

# Units of one kind, each with how many of the kind's first unit it is.
_KINDS: dict[str, dict[str, float]] = {
    "length": {
        "metre meter metres meters m": 1,
        "kilometre kilometer kilometres kilometers km kms": 1000,
        "centimetre centimeter centimetres centimeters cm": 0.01,
        "millimetre millimeter millimetres millimeters mm": 0.001,
        "mile miles mi": 1609.34,
        "foot feet ft": 0.3048,
        "inch inches": 0.0254,
        "yard yards": 0.9144,
    },
    "mass": {
        "kilogram kilograms kilogramme kilogrammes kg kgs kilo kilos": 1,
        "gram grams gramme grammes g": 0.001,
        "milligram milligrams mg": 1e-6,
        "tonne tonnes ton tons": 1000,
        "pound pounds lb lbs": 0.4536,
    },
    "duration": {
        "second seconds sec secs": 1,
        "minute minutes min mins": 60,
        "hour hours hr hrs": 3600,
        "day days": 86400,
        "week weeks": 604800,
        "month months": 2629800,
        "year years yr yrs": 31557600,
        "decade decades": 315576000,
        "century centuries": 3155760000,
    },
    "share": {"% percent pct": 1},
    "area": {"hectare hectares ha": 1, "acre acres": 0.4047},
    "volume": {"litre liter litres liters l": 1, "millilitre milliliter millilitres milliliters ml": 0.001},
    "dollars": {"$ dollar dollars usd": 1, "cent cents": 0.01},
    "euros": {"€ euro euros eur": 1},
    "pounds": {"£ gbp": 1},
}
_UNITS = {
    word: (kind, size) for kind, units in _KINDS.items() for names, size in units.items() for word in names.split()
}
_ONLY_BEHIND_DIGITS = frozenset({"m", "g", "l", "ha", "mi", "min", "second", "sec"})  # "a second", "I'm"


def unit(name: str, behind_digits: bool) -> tuple[str, float]:
    """The kind of unit that a word in lower case names, and its size; an empty kind and 1 where it names none."""
    if not behind_digits and name in _ONLY_BEHIND_DIGITS:
        return "", 1.0
    return _UNITS.get(name, ("", 1.0))
