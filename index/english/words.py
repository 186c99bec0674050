"""The words of a claim and of what it is compared with: their offsets, their stems, and which of them say something."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.english.stemming import stems

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[’'][^\W_]+)*")
_CLITIC = re.compile(r"'(?:s|re|ve|ll|d|m)$")

# Words that hold a sentence together and say nothing by themselves; negations are looked at elsewhere.
FUNCTION_WORDS = frozenset(
    """
    a about above after again against all also although am among an and any are as at be because been before being
    below between both but by can could did do does doing done down during each either else ever every few for from
    further had has have having he hence her here hers herself him himself his how however i if in indeed into is it its
    itself just like may me might more most much must my myself of off on once onto or other our ours out over own per
    quite rather really same shall she should since so some such than that the their theirs them themselves then there
    therefore these they this those though through thus to too under until up upon us very via was we were what when
    where whether which while who whom whose why will with within without would yes yet you your yours
    """.split()
)
NEGATIONS = frozenset(
    """
    not no never none nobody nothing nowhere neither nor cannot cant dont doesnt didnt isnt arent wasnt werent
    hasnt havent hadnt wont wouldnt shouldnt couldnt hardly barely
    """.split()
)

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
    """A word as written, in lower case, as a stem (the lexical index's, irregular forms put in order); its offsets.

    `is_function` words say nothing by themselves.
    """

    text: str
    lower: str
    stem: str
    start: int
    end: int
    is_function: bool

    @property
    def is_negation(self) -> bool:
        """Whether the word by itself says no: "not", "never", "didn't"; not where a name is made of it."""
        return self.lower in NEGATIONS or self.lower.endswith("n't")

    @property
    def is_capitalised(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[0].isupper()

    @property
    def is_telling(self) -> bool:
        """Whether it says something."""
        return not (self.is_function or self.is_negation)


@lru_cache(maxsize=1024)
def words(text: str) -> tuple[Word, ...]:
    """The words of a text in order."""
    return tuple(_word(found) for found in _WORD.finditer(text))


@lru_cache(maxsize=1024)
def telling(text: str) -> tuple[Word, ...]:
    """The words of a text that say something: neither function words nor negations."""
    return tuple(word for word in words(text) if word.is_telling)


def _word(found: re.Match[str]) -> Word:
    text = found.group()
    lower = text.lower().replace("’", "'").replace(".", "")
    lower = lower if lower.endswith("n't") else _CLITIC.sub("", lower)
    stem = "".join(stems(lower.replace("'", ""))) or lower
    is_function = lower in FUNCTION_WORDS and not (text.isupper() and len(text) > 1)  # "US" is no pronoun
    return Word(text, lower, _irregular().get(stem, stem), found.start(), found.end(), is_function)


@lru_cache(maxsize=1)
def _irregular() -> dict[str, str]:
    table = {}
    for line in _IRREGULAR.split(";"):
        base, *forms = line.split()
        (base_stem,) = stems(base)
        table.update({stem: base_stem for form in forms for stem in stems(form)})
    return table
