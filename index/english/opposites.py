"""Words that say the opposite of each other."""

from __future__ import annotations

from functools import lru_cache

from index.english.words import Word, words_of

# Each line has words of one meaning, a slash, and words of the opposite meaning.
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

# Prefixes that make a word its opposite, and the letters that must be left: "inform" is not the opposite of "form".
_PREFIXES = {"un": 4, "non": 4, "dis": 6, "im": 6, "ir": 5, "il": 5, "in": 5}


def are_opposite(one: Word, other: Word) -> bool:
    """True if two words say the opposite of each other: "accepted" and "refused", "accurate" and "inaccurate"."""
    if other.stem in _opposites().get(one.stem, frozenset()):
        return True
    shorter, longer = sorted((one.stem, other.stem), key=len)
    return any(longer == prefix + shorter and len(shorter) >= least for prefix, least in _PREFIXES.items())


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    """Return, for each stem, the stems of the words that say the opposite."""
    table: dict[str, set[str]] = {}
    for line in filter(None, _OPPOSITES.splitlines()):
        one, other = (frozenset(word.stem for word in words_of(side)) for side in line.split("/"))
        for stem in one:
            table.setdefault(stem, set()).update(other - one)
        for stem in other:
            table.setdefault(stem, set()).update(one - other)
    return {stem: frozenset(others) for stem, others in table.items()}
