"""Whether two sentences that answer a question speak of the same thing at the same time. Pure.

Two documents may give 1846 and 1848 and both be right: of a bridge and of its tower, as planned and as built, for
adults and for children. To be told of a disagreement where there is none is worse than to be told of none: any doubt
here is a no.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

from index.english.calendar import SEASONS
from index.english.function_words import BE, DETERMINERS, HAVE, word_set
from index.english.names import Name, is_named, names
from index.english.negations import negations
from index.english.quantities.extract import quantities
from index.english.quantities.number_words import NUMBER_WORDS
from index.english.quantities.quantity import Quantity, compared
from index.english.questions import leans_back
from index.english.words import Word, content_words, words_of
from index.reader.claims.denials import opposed

LEAST_SHARED = 0.5  # share of the shorter statement's telling words that the other one has too
MANY_ASKED = 4  # telling words of a question from which a statement may lack one

# In each line words that ask for, or tell, the same.
_SYNONYMS = """
found founded founder founding establish established set create created form formed
build built construct constructed construction erect erected
die died death
born birth
cost price fee charge
inhabitant resident people population live
start started begin beginning commence
end ended finish conclude
win winner victory
marry married wed marriage
publish release
invent inventor invention
discover discoverer discovery
write author
direct director
lead leader head
employ employee staff worker
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
# What a question asks for, said behind "which" or "what": no statement needs to repeat it.
_ASKED_KINDS = word_set(
    "year date day month century decade time number amount percent percentage share proportion fraction age rate "
    "person people man woman country city state place town region continent location name"
)
_ASKING = word_set("many number amount name")
# Words that say of which of several, when, how surely or under what condition: both statements have them, or neither.
_SCOPING = frozenset(SEASONS) | word_set(
    "new old former previous current original next last rebuilt again second later earlier plan planned schedule "
    "scheduled expected expect supposed propose proposed intend intended estimated due originally initially season "
    "weekday weekend daily weekly monthly annual annually yearly ago if unless until except without minimum maximum "
    "average half part partly would should may might could net gross legend myth rumour fictional approved announced "
    "almost temporarily provisional draft"
)
_RESTRICTING = word_set("for per without with if unless when while during except among between")
_CONTRASTING = _RESTRICTING | word_set("in on at by from to as")
_JOINING = word_set("of in at near from behind beside")
# "The town of Ashford" is Ashford; "the abbey of Ashford" is not.
_APPOSED = word_set("town city village municipality country state county republic kingdom river lake island")
_COMMANDS = word_set("stop begin start see look visit turn go walk note meet")  # where they open a sentence
_OPENS_OWNED = re.compile(r"[\W_]*(?:its|his|her|their)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """Sentences that follow each other, of which the last one answers; `label` is the title and headings above."""

    sentences: tuple[str, ...]
    label: str

    @property
    def text(self) -> str:
        """The sentences as one text."""
        return " ".join(self.sentences)

    @property
    def last(self) -> str:
        """The sentence that answers."""
        return self.sentences[-1]

    @property
    def whole(self) -> str:
        """The sentences below what stands above them."""
        return f"{self.label}\n{self.text}"


def is_same_matter(question: str, one: Statement, other: Statement, values: tuple[Collection[int], ...]) -> bool:
    """Whether both statements say what the question asks, of the same and of the same time.

    `values` are, for each of them, the offsets in its last sentence of what it answers with.
    """
    statements = (one, other)
    asked = asked_words(question)
    return (
        all(_is_about(question, asked, statement) for statement in statements)
        and _has_same_dimension(question, one, other)
        and not any(negations(statement.last) for statement in statements)
        and not _are_scoped_apart(question, one, other)
        and not opposed(one.last, other.last)
        and _is_of_one_time(one, other, values)
        and not _names_another(question, one, other, values[0])
        and not _names_another(question, other, one, values[1])
        and not any(_is_of_a_part(question, asked, statement) for statement in statements)
        and _modifiers(question, asked, one.last) == _modifiers(question, asked, other.last)
        and not _are_told_apart(question, one, other, values)
        and shared(question, one, other, values) >= LEAST_SHARED
    )


@lru_cache(maxsize=256)
def asked_words(question: str) -> frozenset[str]:
    """The telling words of a question that a statement needs to have: no names, numbers, dimensions, nor its kind."""
    taken = [(one.start, one.end) for one in names(question)]
    taken += [(one.start, one.end) for one in quantities(question)]
    asked = set()
    known = words_of(question)
    for place, word in enumerate(known):
        before = known[place - 1].lower if place else ""
        is_kind = before in ("which", "what") and word.lower in _ASKED_KINDS
        is_taken = any(start <= word.start < end for start, end in taken)
        if word.is_content and not (is_kind or is_taken or word.lower in _ASKING or word.stem in dimensions()):
            asked.add(canonical(word))
    return frozenset(asked)


def canonical(word: Word) -> str:
    """A word's stem, or that of the first word of those that mean the same."""
    return _table(_SYNONYMS).get(word.stem) or dimensions().get(word.stem, word.stem)


def dimensions() -> dict[str, str]:
    """For the stem of each word that names a dimension the stem of the first such word."""
    return _table(_DIMENSIONS)


def shared(question: str, one: Statement, other: Statement, values: tuple[Collection[int], ...]) -> float:
    """The share (0 to 1) of the shorter statement's telling words, without the values, that the other one has too.

    A name of the question counts as one word, however it is written.
    """
    first, second = (_compared_words(question, *pair) for pair in zip((one, other), values, strict=True))
    return len(first & second) / max(1, min(len(first), len(second)))


def _compared_words(question: str, statement: Statement, values: Collection[int]) -> set[str]:
    asked = [name for name in names(question) if is_named(name, statement.whole)]
    named = [name for name in names(statement.text) if any(is_named(name, one.text) for one in asked)]
    offset = len(statement.text) - len(statement.last)
    return {name.text for name in asked} | {
        canonical(word)
        for word in content_words(statement.text)
        if word.start - offset not in values and not any(name.start <= word.start < name.end for name in named)
    }


@lru_cache(maxsize=2)
def _table(lines: str) -> dict[str, str]:
    groups = [[word.stem for word in words_of(line)] for line in lines.strip().splitlines()]
    return {stem: group[0] for group in groups for stem in group}


def _is_about(question: str, asked: frozenset[str], statement: Statement) -> bool:
    """Whether what the question names, dates and asks stands in a statement; names may stand above it."""
    said = quantities(statement.whole)
    if not all(any(compared(wanted, one) == "same" for one in said) for wanted in quantities(question)):
        return False
    wanted_names = names(question)
    if not all(is_named(name, statement.whole) for name in wanted_names):
        return False
    here = {canonical(word) for word in content_words(statement.text)}
    if len(asked - here) > (len(asked) >= MANY_ASKED):
        return False
    owned = _OPENS_OWNED.match(statement.last)
    if owned is not None:  # "Its rival was founded in 1846" is said of the rival
        head = next((word for word in words_of(statement.last) if word.start >= owned.end()), None)
        return head is not None and canonical(head) in asked
    if leans_back(statement.last) and not any(is_named(name, statement.last) for name in wanted_names):
        subject = next(iter(names(statement.text)), None)
        return subject is None or is_named(subject, question) or is_named(subject, statement.label)
    return True


def _has_same_dimension(question: str, one: Statement, other: Statement) -> bool:
    """Whether both say the dimension that is asked for, or none of them any."""
    wanted, first, second = (
        {dimensions()[word.stem] for word in words_of(text) if word.stem in dimensions()}
        for text in (question, one.last, other.last)
    )
    return first == second and (not first or not wanted or bool(wanted & first))


def _are_scoped_apart(question: str, one: Statement, other: Statement) -> bool:
    """Whether one of two statements has a word that narrows it, and the other has not."""
    first, second = (
        {
            word.lower
            for word in _uncounted(statement.last)
            if not any(
                name.start <= word.start < name.end for name in names(statement.last) if _is_other(name, question)
            )
        }
        & _SCOPING
        for statement in (one, other)
    )
    return bool((first ^ second) - {word.lower for word in words_of(question)})


def _is_other(name: Name, question: str) -> bool:
    """Whether a name of several words is none of the question's: the "new" of "New York" says of nothing that it is."""
    return len(name.parts) > 1 and not is_named(name, question)


def _uncounted(text: str) -> list[Word]:
    """The words of a text outside its quantities: "may" is none of "May 1846"."""
    counted = [(said.start, said.end) for said in quantities(text)]
    return [word for word in words_of(text) if not any(start <= word.start < end for start, end in counted)]


def _is_of_one_time(one: Statement, other: Statement, values: tuple[Collection[int], ...]) -> bool:
    """Whether the other dates and ordinals of two statements, besides what they answer with, are the same."""
    first, second = (
        [said for said in quantities(statement.last) if said.start not in taken and _is_context(said)]
        for statement, taken in zip((one, other), values, strict=True)
    )
    kinds = {
        said.kind
        for statement, taken in zip((one, other), values, strict=True)
        for said in quantities(statement.last)
        if said.start in taken
    }
    if "date" in kinds:  # "on Tuesday, 4 May 2016, at noon"
        first, second = ([said for said in context if said.kind == "ordinal"] for context in (first, second))
    above = [[said for said in quantities(statement.label) if said.kind == "date"] for statement in (one, other)]
    if any(compared(left, right) == "differs" for left, right in product(*above)):
        return False
    return _are_met(first, second) and _are_met(second, first)


def _is_context(said: Quantity) -> bool:
    return said.kind in ("date", "weekday", "time", "ordinal")


def _are_met(these: Collection[Quantity], those: Collection[Quantity]) -> bool:
    return all(any(compared(one, other) == "same" for other in those) for one in these)


def _names_another(question: str, one: Statement, other: Statement, values: Collection[int]) -> bool:
    """Whether a statement says it of somebody whom neither the question nor the other statement names.

    Without a name in the question, whatever is named tells things apart.
    """
    if not names(question):
        known = {word.stem for text in (question, other.whole) for word in words_of(text)}
        named = [name for name in names(one.last) if name.start not in values]
        return any(not known.issuperset(word.stem for word in words_of(name.text)) for name in named)
    strangers = [
        name
        for name in names(one.last)
        if name.start not in values and not is_named(name, question) and not is_named(name, other.whole)
    ]
    return any(_stands_as_subject(question, one.last, name) for name in strangers)


def _stands_as_subject(question: str, text: str, name: Name) -> bool:
    """Whether a name may be what a sentence speaks of: it is not behind a preposition, nor before a comma."""
    before = words_of(text[: name.start])
    follower = text[name.end : name.end + 1]
    is_command = not before and name.text.lower() in _COMMANDS
    if is_command or follower == "," or (before and before[-1].lower in _CONTRASTING | {"of"}):
        return False
    subject = next((one for one in names(text[: name.start]) if is_named(one, question)), None)
    if subject is not None and any(word.lower in BE | HAVE for word in before if word.start > subject.end):
        return False
    return all(not word.is_content or word.text[0].isdigit() or word.is_capitalised for word in before)


def _is_of_a_part(question: str, asked: frozenset[str], statement: Statement) -> bool:
    """Whether it is said of something of what is asked about: "Acme's daughter", "the tower of the bridge"."""
    text = statement.last
    wanted = {word.stem for word in words_of(question)} | asked
    known = words_of(text)
    asked_names = [name for name in names(text) if any(is_named(name, one.text) for one in names(question))]
    for place, word in enumerate(known):
        is_asked = word.stem in wanted or any(name.start <= word.start < name.end for name in asked_names)
        if not is_asked or not word.is_content:
            continue
        following = known[place + 1] if place + 1 < len(known) else None
        if following is not None and following.lower == "'s":
            following = known[place + 2] if place + 2 < len(known) else None
            is_owner = True
        else:
            is_owner = text[word.end - 1 : word.end + 1] in ("s'", "s’")
        if is_owner and following is not None and not _is_wanted(following, wanted):
            return True
        head = _joined_head(text, known[:place])
        if head is not None and not _is_wanted(head, wanted) and head.lower not in _APPOSED:
            return True
    return False


def _is_wanted(word: Word, wanted: Collection[str]) -> bool:
    return word.stem in wanted or canonical(word) in wanted or word.text[0].isdigit()


def _joined_head(text: str, before: tuple[Word, ...]) -> Word | None:
    """The word that "of the", "in" or the like joins to what follows `before`, where it opens the sentence."""
    rest = list(before)
    while rest and (rest[-1].lower in ("the", "a", "an", "this") or rest[-1].is_capitalised) and len(rest) > 1:
        rest.pop()
    if len(rest) < 2 or rest[-1].lower not in _JOINING or not rest[-2].is_content:
        return None
    head = rest[-2]
    earlier = [word for word in rest[:-2] if word.is_content and text[head.start - 1] == " "]
    is_command = not earlier and head.lower in _COMMANDS
    return head if len(earlier) <= 1 and not is_command and not head.text[0].isdigit() else None


def _modifiers(question: str, asked: frozenset[str], text: str) -> frozenset[str]:
    """The words right before those asked for that tell which of several is meant: "wooden bridge", "east wing"."""
    wanted = {word.stem for word in words_of(question)} | asked
    found = set()
    known = _uncounted(text)
    for word, following in pairwise(known):
        is_beside = text[word.end : following.start] in (" ", "-")
        if is_beside and word.is_content and following.is_content and _is_wanted(following, wanted):
            is_number = word.text[0].isdigit() or word.lower in NUMBER_WORDS
            is_doer = following.lower.endswith("ed")  # "the mayor opened"
            is_other = is_number or is_doer or word.is_capitalised or word.lower.endswith("ly")
            if not (is_other or _is_wanted(word, wanted)):
                found.add(word.stem)
    return frozenset(found)


def _are_told_apart(question: str, one: Statement, other: Statement, values: tuple[Collection[int], ...]) -> bool:
    """Whether what one has and the other has not restricts it, or stands in the place of what the other has not."""
    first, second = _beside(one, other, question, values[0]), _beside(other, one, question, values[1])
    return bool((first | second) & _RESTRICTING or first & second & _CONTRASTING)


def _beside(one: Statement, other: Statement, question: str, values: Collection[int]) -> set[str]:
    """The words that open the phrases in which a statement has words that neither the other nor the question has."""
    known = {canonical(word) for text in (other.whole, question) for word in words_of(text)}
    opening = ""
    found = set()
    for word in words_of(one.last):
        if word.is_function:
            opening = word.lower if word.lower in _CONTRASTING or not _is_article(word) else opening
        elif word.is_content and word.start not in values and canonical(word) not in known:
            is_of_value = any(said.start <= word.start < said.end for said in quantities(one.last))
            if not is_of_value:
                found.add(opening)
    return found


def _is_article(word: Word) -> bool:
    return word.lower in DETERMINERS | {"all", "each"}
