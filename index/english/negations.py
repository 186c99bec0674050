"""What a sentence denies: its negations and the words that they reach; and words that are each other's opposites."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.english.words import Word, words

SCOPE = 3  # telling words that a negation reaches

# They hold a negation and deny nothing: "nothing but", "not only", "no more dangerous than".
_NO_DENIAL = re.compile(
    r"\b(?:nothing|nobody|no one|none|no(?: other)? \w+)\s+(?:but|except|other than|else than|besides)\b|"
    r"\bnot (?:only|just|merely|simply|least|necessarily|far|until|surprising\w*)\b|"
    r"\bno (?:doubt|less|fewer|more|longer than|later than|sooner|matter|wonder)\b|\b(?:whether|may) or (?:may )?not\b|"
    r"\bI(?:[’'](?:ve|m|d|ll)| have| am| do| did| would)? (?:not|never)\b|\bI \w+n[’']t\b|\bno\s*,|"
    r"\b(?:nothing|nobody|no one|never)\b(?: \w+){0,2} (?:more|better|greater|worse|less)\b|"
    r"\b(?:nobody|no one|none|never|not|n[’']t|no)\b[^.;!?]* without\b|"
    # What somebody doesn't know is not denied.
    r"(?:\bnot|n[’']t|\bdont) (?:sure|certain|know|remember|recall|care|mind|forget)\b|"
    r"\bcould(?: not|n[’']t) \w+ more\b",
    re.IGNORECASE,
)
# Words that deny what follows: "refused to give", "failed to win", "lack of".
_DENYING = re.compile(
    r"\b(?:(?:refus(?:e|es|ed|ing|al)|declin(?:e|es|ed|ing)|fail(?:s|ed|ing|ure)?|unable|unwilling|"
    r"neglect(?:s|ed)?) to|"
    r"lack(?:s|ed|ing)?(?: of)?|avoid(?:s|ed|ing)?|incapable of)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;:.!?()]")
_CLAUSE_OPENERS = frozenset("but and that which who because although while when if whether than unless so".split())


@dataclass(frozen=True, slots=True)
class Negation:
    """A negation: its offsets, and the words that it reaches, nearest first (at most `SCOPE`)."""

    start: int
    end: int
    reached: tuple[Word, ...]


@lru_cache(maxsize=1024)
def negations(text: str) -> tuple[Negation, ...]:
    """The negations of a text that deny something, in order."""
    excused = [found.span() for found in _NO_DENIAL.finditer(text)]
    cues = [(found.start(), found.end()) for found in _DENYING.finditer(text)]
    known = words(text)
    for place, word in enumerate(known):
        follower = known[place + 1] if place + 1 < len(known) else word
        in_name = word.is_capitalised and follower.is_capitalised and not word.text.isupper()  # "No Way Out"
        if word.is_negation and not in_name:
            cues.append((word.start, word.end))
    found = []
    for start, end in sorted(cues):
        if not any(first < end and start < last for first, last in excused):
            reached = _reached(text, end)
            if reached:
                found.append(Negation(start, end, reached))
    return tuple(found)


def _reached(text: str, start: int) -> tuple[Word, ...]:
    reached: list[Word] = []
    edge = start
    for word in words(text):
        if word.start < start:
            continue
        ended = _CLAUSE_END.search(text[edge : word.start]) or word.lower in _CLAUSE_OPENERS
        if ended or word.is_negation:
            break
        edge = word.end
        if word.is_telling:
            reached.append(word)
        if len(reached) == SCOPE:
            break
    return tuple(reached)


# In each line words of one meaning, and words of the opposite one.
_OPPOSITES = """
accept accepted agree agreed approve approved / reject rejected refuse refused decline declined oppose opposed
confirm confirmed admit admitted acknowledge acknowledged concede conceded / deny denied
allow allowed permit permitted legal authorise authorize / forbid forbidden prohibit prohibited ban banned illegal
increase rise grow grew climb raise / decrease fall shrink shrank decline drop reduce lower diminish
begin start open / end finish stop close cease
win winner victory / lose loser
succeed success successful / fail failure unsuccessful
true correct right / false untrue wrong incorrect
public publicly open openly / secret secretly private privately
before earlier / after later
early / late
first / last
old older oldest ancient / new newer newest young younger youngest modern
large larger largest big bigger biggest huge / small smaller smallest tiny little
high higher highest / low lower lowest
long longer longest / short shorter shortest brief
good better positive / bad worse negative
best / worst
rich / poor
hot warm / cold cool
north northern / south southern
east eastern / west western
left / right
buy bought purchase / sell sold
enter arrive / leave depart quit
love like / hate dislike
support supporter / oppose opponent
alive living / dead
inside indoors / outside outdoors
empty / full
same identical / different
married / unmarried divorced
guilty / innocent
always / never seldom rarely
improve improved / worsen worse deteriorate impair
rescue restore / worsen impair damage
enhance boost stimulate activate promote / inhibit suppress impair block prevent reduce decrease
upregulate / downregulate
cause / prevent
accelerate / slow delay
appear / disappear
gain / loss lose
add / remove
expand / contract shrink
protect / damage
beneficial benefit / harmful harm
superior / inferior
excess / deficiency
include included / exclude excluded
minimum / maximum
ally friend / enemy foe
import / export
borrow / lend
remember / forget
dry / wet
strong stronger / weak weaker
safe / dangerous unsafe
awake / asleep
sit / stand
wild / tame domesticated
domestic / foreign
temporary / permanent
voluntary optional / mandatory compulsory required
named identified / unnamed unidentified
known / unknown
formal / informal
liberal / conservative
friendly / hostile
"""


# What makes a word its opposite, and how many letters of its stem must be left: "inform" is not the opposite of "form".
_PREFIXES = {"un": 4, "non": 4, "dis": 6, "im": 6, "ir": 5, "il": 5, "in": 5}


def are_opposite(one: Word, other: Word) -> bool:
    """Whether two words say the opposite of each other: "accepted" and "refused", "accurate" and "inaccurate"."""
    if other.stem in _opposites().get(one.stem, frozenset()):
        return True
    shorter, longer = sorted((one.stem, other.stem), key=len)
    return any(longer == prefix + shorter and len(shorter) >= least for prefix, least in _PREFIXES.items())


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    """For each stem those of the words that say the opposite."""
    table: dict[str, set[str]] = {}
    for line in filter(None, _OPPOSITES.splitlines()):
        one, other = (frozenset(word.stem for word in words(side)) for side in line.split("/"))
        for stem in one:
            table.setdefault(stem, set()).update(other - one)
        for stem in other:
            table.setdefault(stem, set()).update(one - other)
    return {stem: frozenset(others) for stem, others in table.items()}
