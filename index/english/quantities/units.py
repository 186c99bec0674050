"""Units of measurement and of money."""

from __future__ import annotations

# Units by kind, each with its size in the kind's first unit.
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
    "data": {
        "byte bytes": 1,
        "kilobyte kilobytes kb": 1e3,
        "megabyte megabytes mb": 1e6,
        "gigabyte gigabytes gb": 1e9,
        "terabyte terabytes tb": 1e12,
    },
    "dollars": {"$ dollar dollars usd": 1, "cent cents": 0.01},
    "euros": {"€ euro euros eur": 1},
    "pounds": {"£ gbp": 1},
}
_UNITS = {
    word: (kind, size) for kind, units in _KINDS.items() for names, size in units.items() for word in names.split()
}
_ONLY_BEHIND_DIGITS = frozenset({"m", "g", "l", "ha", "mi", "min", "second", "sec"})  # "a second", "I'm"


def unit(name: str, *, in_words: bool = False) -> tuple[str, float]:
    """Return the kind and the size of the unit that a word in lower case names; an empty kind and 1 if it names none.

    Behind a number `in_words`, "m" and the like are not units: "one m".
    """
    if in_words and name in _ONLY_BEHIND_DIGITS:
        return "", 1.0
    return _UNITS.get(name, ("", 1.0))
