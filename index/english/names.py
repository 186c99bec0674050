"""The names of people, places and organisations in a text, and whether another text names the same."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from index.english.function_words import word_set
from index.english.quantities.extract import quantities
from index.english.stemming import stems
from index.english.words import Word, words_of

# Names whose other forms share too few letters with them.
_SAME = [
    word_set(group)
    for group in (
        "u.s. usa america american americans states",
        "uk britain british kingdom",
        "france french",
        "netherlands dutch holland",
        "spain spanish",
        "switzerland swiss",
        "poland polish",
        "denmark danish",
        "sweden swedish",
        "turkey turkish",
        "ireland irish",
        "scotland scottish",
        "wales welsh",
        "greece greek",
        "finland finnish",
        "china chinese",
        "japan japanese",
        "england english",
        "germany german",
        "eu european europe",
    )
]
# Titles before people's names, and words that organisations and places are named with: they do not tell names apart.
_TITLES = word_set(
    "mr mrs ms dr sir lord lady president minister king queen pope prince princess general senator professor judge "
    "captain"
)
_KINDS = word_set(
    "university institute college company corporation agency association party river lake mount city county street "
    "site national international inc ltd film tv series album band"
)
# Words that open sentences and are no names there, in addition to function words.
_OPENERS = word_set(
    "today yesterday tomorrow people according unfortunately fortunately actually additionally currently recently "
    "originally later soon everybody everyone someone somebody something everything anything many several some only "
    "even first last next following despite because now yes well"
)
_LEAST_COMMON_START = 4  # letters that "Venezuela" and "Venezuelan" must share
_LEAST_MISSPELT = 6  # letters that a name needs to be recognised with another letter in it
_MISSPELT = 0.85  # share of letters in common from which two names count as one, misspelt
_LONGEST_ENDING = 4  # letters that one of the two may have in addition


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written, with its offsets and its words in lower case.

    `is_sure` is false for a single capitalised word that opens a sentence, where any word has a capital.
    """

    text: str
    start: int
    end: int
    parts: tuple[str, ...]
    is_sure: bool


@lru_cache(maxsize=1024)
def names(text: str) -> tuple[Name, ...]:
    """Return the names in a text, in order.

    Months and weekdays are not names; a number is part of one only behind another part ("Blade Runner 2049").
    """
    dated = [(one.start, one.end) for one in quantities(text)]
    found: list[Name] = []
    run: list[Word] = []
    for word in words_of(text):
        is_dated = any(start <= word.start < end for start, end in dated)
        is_part = not is_dated and (_may_be_name(text, word) or (bool(run) and word.text.isdigit()))
        if run and not (is_part and _continues(text, run[-1], word)):
            found.append(_name(text, run))
            run = []
        if is_part and (run or not word.text.isdigit()):
            run.append(word)
    if run:
        found.append(_name(text, run))
    return tuple(found)


def is_named(name: Name, text: str) -> bool:
    """True if a text names the same: by the last distinctive word of the name, by its initials, or spelt out."""
    present = {word.lower for word in words_of(text)}
    distinctive = list(name.parts)
    while len(distinctive) > 1 and distinctive[0] in _TITLES:
        distinctive = distinctive[1:]
    while len(distinctive) > 1 and distinctive[-1] in _KINDS:
        distinctive = distinctive[:-1]
    wanted = distinctive[-2:] if distinctive[-1].isdigit() else distinctive[-1:]
    if all(any(is_same_word(part, word) for word in present) for part in wanted):
        return True
    return _is_abbreviated(name, text)


def is_same_word(one: str, other: str) -> bool:
    """True if two words of names, in lower case, are the same or forms of one: "venezuela" and "venezuelan"."""
    if one == other or "".join(stems(one)) == "".join(stems(other)):
        return True
    if _is_misspelt(one, other):
        return True
    shorter, longer = sorted((one, other), key=len)
    are_close = len(shorter) > _LEAST_COMMON_START and len(longer) - len(shorter) <= _LONGEST_ENDING
    if are_close and longer.startswith(shorter[:-1]):
        return True
    return any(one in group and other in group for group in _SAME)


def _is_misspelt(one: str, other: str) -> bool:
    """True if two words begin with the same letter and differ in little else."""
    if one[0] != other[0] or min(len(one), len(other)) < _LEAST_MISSPELT:
        return False
    matcher = SequenceMatcher(None, one, other)
    return matcher.quick_ratio() >= _MISSPELT and matcher.ratio() >= _MISSPELT


def _may_be_name(text: str, word: Word) -> bool:
    if not word.is_capitalised or not word.is_content:
        return False
    return not (_opens_sentence(text, word) and word.lower in _OPENERS)


def _continues(text: str, last: Word, word: Word) -> bool:
    """True if a name continues from one word to the next: across a space, a hyphen or the dot of an initial."""
    between = text[last.end : word.start]
    is_initial = len(last.text) == 1 or last.lower in _TITLES
    return between in (" ", "-", "–", "\n") or (between == ". " and is_initial)


def _name(text: str, run: list[Word]) -> Name:
    first, last = run[0], run[-1]
    is_sure = len(run) > 1 or not _opens_sentence(text, first) or (first.text.isupper() and len(first.text) > 1)
    written = text[first.start : last.end]
    return Name(written, first.start, last.end, tuple(word.lower for word in run), is_sure)


def _opens_sentence(text: str, word: Word) -> bool:
    before = text[: word.start].rstrip("\"'“‘«(* \n")
    return not before or before[-1] in ".!?:;\n"


def _is_abbreviated(name: Name, text: str) -> bool:
    """True if one of the two is the other's initials: "AP" and "Associated Press"."""
    if len(name.parts) == 1 and len(name.text) > 1 and name.text.isupper():
        letters = _letters(name.parts[0])
        return any(_initials(other) == letters for other in names(text))
    letters = _initials(name)
    return len(letters) > 1 and any(word.text.isupper() and _letters(word.lower) == letters for word in words_of(text))


def _letters(acronym: str) -> str:
    return acronym.replace(".", "")


def _initials(name: Name) -> str:
    return "".join(part[0] for part in name.parts)
