"""The words of a text, with their offsets and stems; and which of them carry content."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from index.english.function_words import FUNCTION_WORDS, NEGATIONS
from index.english.stemming import stems

_CLITIC = r"['’](?:s|re|ve|ll|d|m)\b"
_WORD = re.compile(
    rf"(?:[^\W\d_]\.){{2,}}|(?<=\w){_CLITIC}|[^\W_]+(?:(?!{_CLITIC})['’][^\W_]+)*",
    re.IGNORECASE,
)
_JOINER = re.compile(r"[-.&/_]")
_SIGN = frozenset("#@$€£")
_NAMES_IN_CAPITALS = frozenset({"US", "IT", "WHO"})  # else pronouns

# The stemmer does not know that these belong together; the first of each line is what the others count as.
_IRREGULAR = """
give gave given; take took taken; say said; tell told; meet met; hold held; lead led; win won; lose lost; begin
began begun; become became; buy bought; sell sold; build built; write wrote written; speak spoke spoken; break broke
broken; choose chose chosen; come came; go went gone; know knew known; grow grew grown; show shown; see seen; get
got gotten; make made; pay paid; send sent; spend spent; think thought; bring brought; teach taught; catch caught;
fight fought; fall fell fallen; rise rose risen; run ran; sing sang sung; swim swam swum; drive drove driven; ride
rode ridden; fly flew flown; draw drew drawn; throw threw thrown; wear wore worn; tear tore torn; bear bore; steal
stole stolen; eat ate eaten; drink drank drunk; sit sat; stand stood; understand understood; keep kept; sleep slept;
feel felt; mean meant; deal dealt; hear heard; lay laid; lie lied lying lies; sink sank sunk; hide hid hidden;
forbid forbade forbidden; forget forgot forgotten; shoot shot; strike struck; stick stuck; feed fed; breed bred; man
men; woman women; child children; person people; foot feet; mouse mice; wolf wolves; life lives; wife wives
"""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, the same in lower case, and its offsets.

    `lower` has a straight apostrophe, and no dots in acronyms: "A.P." is "ap". Those that would be function words have
    dots: "US" and "U.S." are "u.s.". `is_apart` is true where something other than spaces stands between it and the
    word before it.
    """

    text: str
    lower: str
    start: int
    end: int
    is_apart: bool

    @property
    def stem(self) -> str:
        """Return the stem of the lexical index, the same for all forms of an irregular word."""
        return _stem_of(self.lower)

    @property
    def is_function(self) -> bool:
        """True for a word that holds a sentence together and says nothing by itself."""
        return self.lower in FUNCTION_WORDS

    @property
    def is_negation(self) -> bool:
        """True for a word that says no by itself: "not", "never", "didn't"."""
        return self.lower in NEGATIONS

    @property
    def is_content(self) -> bool:
        """True for a word that says something: neither a function word nor a negation."""
        return not (self.is_function or self.is_negation)

    @property
    def is_capitalised(self) -> bool:
        """True if it begins with a capital."""
        return self.text[0].isupper()


@lru_cache(maxsize=1024)
def words_of(text: str) -> tuple[Word, ...]:
    """Return the words of a text in order.

    A clitic ("'s", "'re") is a word of its own, and so is each part of a compound ("twenty-one", "co_founder").
    """
    found: list[Word] = []
    for match in _WORD.finditer(text):
        gap = text[found[-1].end if found else 0 : match.start()]
        found.append(Word(match[0], _lower(match, text), *match.span(), bool(gap.strip(" "))))
    return tuple(found)


@lru_cache(maxsize=1024)
def content_words(text: str) -> tuple[Word, ...]:
    """Return the words of a text that say something, in order: neither function words nor negations."""
    return tuple(word for word in words_of(text) if word.is_content)


def compounds_of(text: str) -> list[Word]:
    """Return the words of a text in order, with what is written together as one: "co-founder", "R&B", "#general"."""
    found: list[Word] = []
    for word in words_of(text):
        sign = text[word.start - 1 : word.start]
        start = word.start - (sign in _SIGN)
        last = found[-1] if found else None
        if last is not None and _JOINER.fullmatch(text[last.end : word.start]) and word.text[0] not in "'’":
            written = text[last.start : word.end]
            found[-1] = replace(last, text=written, lower=written.lower().replace("’", "'"), end=word.end)
        elif sign and start < word.start:
            gap = text[last.end if last else 0 : start]
            is_apart = bool(gap.strip(" "))
            found.append(
                replace(word, text=text[start : word.end], lower=sign + word.lower, start=start, is_apart=is_apart)
            )
        else:
            found.append(word)
    return found


def _lower(match: re.Match[str], text: str) -> str:
    """Return a word in lower case. In a text all in capitals, and where it opens a question, "WHO" is the pronoun."""
    written = match[0].replace(".", "")
    lower = written.lower().replace("’", "'")
    if lower not in FUNCTION_WORDS:
        return lower
    opens_question = match.start() == 0 and text.rstrip().endswith("?")
    is_name = written in _NAMES_IN_CAPITALS and not text.isupper() and not opens_question
    return "".join(f"{letter}." for letter in lower) if is_name or written != match[0] else lower


@lru_cache(maxsize=8192)
def _stem_of(lower: str) -> str:
    stem = "".join(stems(lower.replace("'", ""))) or lower
    return _irregular().get(stem, stem)


@lru_cache(maxsize=1)
def _irregular() -> dict[str, str]:
    table = {}
    for line in _IRREGULAR.split(";"):
        base, *forms = line.split()
        (base_stem,) = stems(base)
        table.update({stem: base_stem for form in forms for stem in stems(form)})
    return table
