"""Words that ask for, or state, the same."""

from __future__ import annotations

from functools import lru_cache

from index.english.function_words import word_set
from index.english.words import Word, words_of

# Each line has words of one meaning; the first is the one that the others count as.
_SYNONYMS = """
found founded founder founding establish established set create created form formed
build built construct constructed construction erect erected
die died death
born birth
cost price fee charge
inhabitant resident people population live
start started begin beginning commence
end ended finish conclude
win winner victory champion
marry married wed marriage
publish release
invent inventor invention
discover discoverer discovery
write author
direct director
lead leader head
employ employee staff worker
leave depart departure
burn burned burnt
paint painter
edit editor
invest investor
supply supplier
volunteer volunteers
chair chairman chairwoman chairperson
"""
_DIMENSIONS = """
high height tall
long length
wide width broad
deep depth
heavy weigh weight
old age aged
fast speed
far distance away
"""
# Verbs that say only that something is there, has parts, or takes place.
_LIGHT = word_set(
    "belong belongs consist consists contain contains comprise comprises include includes count counts counted number "
    "numbers take takes took taken place happen happened occur occurred hold held locate located situated lie lies "
    "stand stands base based last lasts lasted"
)


def canonical(word: Word) -> str:
    """Return the stem of a word, or that of the first word of its meaning."""
    return _table(_SYNONYMS).get(word.stem) or dimensions().get(word.stem, word.stem)


def dimensions() -> dict[str, str]:
    """Return, for the stem of each word that names a dimension, the stem of the first such word."""
    return _table(_DIMENSIONS)


def is_light(word: Word) -> bool:
    """True for a verb that adds nothing to what is counted or located: "consists of", "takes place"."""
    return word.lower in _LIGHT


@lru_cache(maxsize=2)
def _table(lines: str) -> dict[str, str]:
    groups = [[word.stem for word in words_of(line)] for line in lines.strip().splitlines()]
    return {stem: group[0] for group in groups for stem in group}
