"""What was said before, and what the words of a question that point to it mean: "he", "it", "that policy".

`heard` takes in the turns of a conversation; `pronouns_resolved` puts what they say in the place of a question's
pronouns. Where what is meant isn't clear, `with_topic` names what was talked about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.answering.followups.grammar import (
    ADJECTIVES,
    ANYONE,
    AUXILIARIES,
    BE,
    CLAUSE_OPENERS,
    DATE,
    DEMONSTRATIVES,
    DETERMINERS,
    FUNCTION_WORDS,
    HERE,
    MONTHS_AND_DAYS,
    NEVER_OWNED,
    PERSONS,
    PLACE_PREPOSITIONS,
    PLACES,
    PREPOSITIONS,
    QUESTION_WORDS,
    RELATIONAL,
    ROLES,
    SPEECH_VERBS,
    SUBORDINATORS,
    TIMES,
    VERB_FORMS,
    Phrase,
    Word,
    noun_phrases,
    words_of,
)
from bot.types import Turn

LONGEST_HEARD = 400  # characters of an earlier question that are looked at
ANSWER_READ = 600  # characters of an answer that are looked at
TURNS_REMEMBERED = 6
TOPIC_PHRASES = 4  # at most so many are named in parentheses
TELLING = 8  # content words from which on "it" and "that" are taken to be explained by the question itself

# Asides and joints that a question opens with.
ASIDE = (
    r"thanks(?: a lot| so much)?|thank you(?: very much)?|thx|ok(?:ay)?|hmm+|wow|lol|yes|yeah|yep|nope|oh|ah|alright"
    r"|hello|hi"
)
REMARK = (
    rf"{ASIDE}|ty|k|no|well|right|sure|cool|great|good|nice|perfect|awesome|interesting|sorry|i see|got it|actually|bye"
)
OPENING = re.compile(  # "no, " is an aside, the "no" of "no pets allowed" isn't
    rf"^(?:(?:{ASIDE})\b[\s,.!;:—-]+|(?:{REMARK})\s*[,.!;:—-]+\s*)*(?:(?P<joint>and|but|or)\b[\s,]+|(?:so"
    rf"|then)\b[\s,]+)?",
    re.IGNORECASE,
)
ONLY_REMARKS = re.compile(rf"^(?:(?:{REMARK})\b[\s,.!?;:—-]*)+$", re.IGNORECASE)

ANSWERED_BY_NAME = ("who", "which", "what group", "what company", "what is the name")
EVALUATIVE = (
    "true|possible|ok|okay|fine|allowed|legal|illegal|safe|necessary|worth|better|required|important|mandatory"
    "|permitted"
    "|forbidden|likely|easy|hard|difficult|good|bad|normal|common|correct|right|wrong"
)
EMPTY_IT = re.compile(  # "is it true that …", "does it take long to …"
    rf"^it(?:['’]s)?(?: (?:is|was|be|still|also|not|really|ever))*(?: (?:{EVALUATIVE})\b.*?\b(?:to|that|if|when)\b"
    r"| (?:takes?|took|costs?|matters?|hurts?|helps?|means?|makes? sense)\b.*\b(?:to|if|that|when)\b"
    r"| (?:seems|appears|turns out|looks like|rain|snow|going))"
)
ABOUT_ALL_OF_IT = re.compile(  # "is it allowed?", "why did that happen": what was said, not a thing that was named
    rf"^(?:it|this|that)(?: (?:{EVALUATIVE})(?: t?here)?$| (?:happen|occur|mean|affect|matter|help|surprise|change)\b)"
)


@dataclass(frozen=True, slots=True)
class Source:
    """A question or the first sentence of an answer, to find in it what a pronoun means."""

    text: str
    is_answer: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said before: `previous` is the last question without its end mark, `note` its topic in parentheses."""

    sources: tuple[Source, ...]  # those likelier to be meant first
    previous: str
    note: str
    known: Mapping[str, str]  # names by their lower case, to recognise them however they are typed
    places: frozenset[str]
    phrases: tuple[Phrase, ...]  # of the previous question

    def is_place(self, phrase: Phrase) -> bool:
        return phrase.lower in self.places or phrase.before in {"in", "at", "near"}


def sources_of(turn: Turn) -> list[Source]:
    """The question and the answer of a turn; the answer first if it names what the question asks for."""
    question = Source(turn.searched.strip()[:LONGEST_HEARD], is_answer=False)
    answer = Source(re.split(r"(?<=[.!?])\s", turn.answer[:ANSWER_READ].strip(), maxsplit=1)[0], is_answer=True)
    answer_first = question.text.lower().startswith(ANSWERED_BY_NAME) and "'s" not in question.text
    return [source for source in ((answer, question) if answer_first else (question, answer)) if source.text]


def heard(turns: Sequence[Turn]) -> Talk:
    """What was said before; thanks and the like are passed over."""
    recent = [turn for turn in turns if turn.searched.strip() and not ONLY_REMARKS.match(turn.searched.strip()[:99])]
    recent = recent[-TURNS_REMEMBERED:]
    sources = tuple(source for turn in reversed(recent) for source in sources_of(turn))
    answers = " . ".join(turn.answer[:ANSWER_READ] for turn in recent)
    said = " . ".join([*(source.text for source in sources), answers])
    common = FUNCTION_WORDS | VERB_FORMS | MONTHS_AND_DAYS | set(re.findall(r"\b[a-z][\w-]+", answers))
    known = {name.lower(): name for name in re.findall(r"(?<=[\w,] )[A-Z][\w-]+", said) if name.lower() not in common}
    previous, _, note = (recent[-1].searched.strip()[:LONGEST_HEARD] if recent else "").partition(" (")
    previous = OPENING.sub("", re.sub(r"[\s?!.]+$", "", previous))
    places = PLACES | {name.lower() for name in re.findall(r"\b(?:in|near|from) ([A-Z]\w+)", said)}
    return Talk(sources, previous, f" ({note}" if note else "", known, places, noun_phrases(previous, known))


def definite(phrase: str) -> str:
    """The phrase as one refers back to it: "a refund" is "the refund" the second time."""
    return re.sub(r"^(?:an?|any|some)\b", "the", phrase, flags=re.IGNORECASE)


def referred_to(phrase: Phrase) -> str:
    """A phrase of the previous question as one refers back to it, "which rules" as "the rules"."""
    return f"the {phrase.text}" if phrase.is_asked else definite(phrase.text)


def with_topic(asked: str, talk: Talk) -> str:
    """The question with what was talked about in parentheses; as it was if nothing was."""
    for text in (talk.previous + talk.note, *(source.text for source in talk.sources if not source.is_answer)):
        found = [phrase.text for phrase in noun_phrases(text, talk.known) if phrase.lower not in asked.lower()]
        if found:
            bare = [re.sub(rf"^(?:{'|'.join(DETERMINERS)}) ", "", phrase, flags=re.IGNORECASE) for phrase in found]
            return f"{asked} ({', '.join(dict.fromkeys(bare[:TOPIC_PHRASES]))})"
    return asked


def person_meant(talk: Talk, asked: str) -> str | None:
    """Whom "he" or "she" means: the name, else the office, that was last the subject of what was said."""
    for source in talk.sources:
        phrases = noun_phrases(source.text, talk.known)
        people = [
            phrase
            for phrase in (phrases[:1] if source.is_answer else phrases)
            if (phrase.is_name and phrase.lower.split()[0] not in DETERMINERS) or phrase.head in ROLES
            if phrase.before not in PLACE_PREPOSITIONS or (phrase.before == "to" and not talk.is_place(phrase))
            if phrase.lower not in asked.lower()
        ]
        if people:
            best = min(people, key=lambda each: (not each.is_name, each.lower in talk.places, not each.is_subject))
            return definite(best.text.split(" and ")[0])
    return None


def thing_meant(talk: Talk, plural: bool) -> str | None:
    """What "it" or "they" means: what the previous question is about, None where that isn't clear."""
    speaking = any(word.lower in SPEECH_VERBS for word in words_of(talk.previous))  # its subject is a person
    fitting = [
        phrase
        for phrase in talk.phrases
        if phrase.is_name or phrase.is_plural == plural
        if plural or (phrase.head not in ROLES | RELATIONAL and phrase.before not in {"in", "at"})
        if not (phrase.is_name and (speaking or (talk.is_place(phrase) and phrase.before in PLACE_PREPOSITIONS)))
    ]
    if fitting:
        best = min(fitting, key=lambda phrase: (not phrase.is_asked, not phrase.is_subject))
        return referred_to(best)
    if talk.sources[0].is_answer:  # "Which band broke up?" is answered by what "they" are
        named = noun_phrases(talk.sources[0].text, talk.known)[:1]
        return named[0].text if named and named[0].is_name else None
    return None


def pointed_at(noun: str, talk: Talk) -> str | None:
    """What "that policy" or "that year" means: the phrase with that noun, or the date, said last."""
    if noun in TIMES:
        dates = [match[0] for source in talk.sources[:2] for match in DATE.finditer(source.text)]
        return ("in " * dates[-1].isdigit() + dates[-1]) if len(set(dates)) == 1 else None
    found = next((phrase for phrase in talk.phrases if phrase.head.rstrip("s") == noun.rstrip("s")), None)
    return referred_to(found) if found else None


@dataclass(frozen=True, slots=True)
class Pointer:
    """A word of a question that points elsewhere: to a "person", "thing", "clause", "place" or "named thing", …

    "plural" is for things or people. `own` is true for "his", "its", "their"; `noun` is the one after "that" or
    "these".
    """

    kind: str
    index: int
    start: int
    end: int
    own: bool = False
    noun: str = ""


def kind_of(words: Sequence[Word], index: int, rest: str) -> str | None:
    """What kind of thing the word at `index` points to, None if it points to nothing; `rest` begins with that word."""
    word, before = words[index].lower, words[index - 1].lower if index else ""
    after = words[index + 1].lower if index + 1 < len(words) else ""
    if word in PERSONS:
        return "person"
    if word in {"they", "them", "their", "theirs"}:
        return "plural"
    if word == "there":
        return None if {before, after} & (BE | {"any", "be", "exist", "'ll"}) else "place"
    if word in {"it", "its"}:
        empty = EMPTY_IT.match(rest) or "time" in (word.lower for word in words[max(index - 2, 0) : index])
        return None if empty else "clause" if ABOUT_ALL_OF_IT.match(rest) else "thing"
    return demonstrative_kind(words, index, rest, before, after) if word in DEMONSTRATIVES else None


def demonstrative_kind(words: Sequence[Word], index: int, rest: str, before: str, after: str) -> str | None:
    """What kind of thing "this", "that", "these" or "those" points to, None for "said that …", "the rule that …"."""
    if after in TIMES:
        return "named thing"
    if re.search(r"[:\"“]", rest):  # 'What does this mean: "…"'
        return None
    points = before in AUXILIARIES | PREPOSITIONS | QUESTION_WORDS | CLAUSE_OPENERS
    if words[index].lower == "that" and index and not points and after and after not in PREPOSITIONS | SUBORDINATORS:
        return None
    if not after or words[index + 1].apart or after in FUNCTION_WORDS | VERB_FORMS | ADJECTIVES:
        plural = words[index].lower in {"these", "those"}
        return "plural" if plural else "clause" if ABOUT_ALL_OF_IT.match(rest) else "thing"
    return None if after in HERE or after == "days" or words[index + 1].text[0].isupper() else "named thing"


def pointers_of(asked: str) -> list[Pointer]:
    """The words of a question that point elsewhere."""
    words, found = words_of(asked), list[Pointer]()
    for index, word in enumerate(words):
        kind = kind_of(words, index, asked[word.start :].lower())
        following = words[index + 1] if index + 1 < len(words) and not words[index + 1].apart else None
        if kind == "named thing" and following:
            found.append(Pointer(kind, index, word.start, following.end, noun=following.lower))
        elif kind:
            of_hers = word.lower == "her" and following is not None and following.lower not in NEVER_OWNED
            own = word.lower in {"his", "its", "their", "hers", "theirs"} or of_hers
            found.append(Pointer(kind, index, word.start, word.end, own))
    return found


def is_explained(pointer: Pointer, asked: str, talk: Talk) -> bool:
    """Whether the question itself says what a pronoun means: "When Trump spoke, whom did he mean?"

    A subject and an object of one clause are never the same ("Did Bolton meet him?"), so that a boundary between
    clauses must lie between, except for "his", "its", "their".
    """
    words, index = words_of(asked), pointer.index
    if pointer.kind in ("person", "plural") and any(word.lower in ANYONE for word in words[:index]):
        return True
    if pointer.kind != "person" and sum(word.lower not in FUNCTION_WORDS for word in words) >= TELLING:
        return True
    comma = next((later for later in range(index + 1, len(words)) if words[later].apart), len(words))
    for phrase in noun_phrases(asked, talk.known):
        if not may_explain(phrase, pointer, talk):
            continue
        between = words[phrase.last + 1 : index]
        bounded = words[index].apart or any(word.apart or word.lower in CLAUSE_OPENERS for word in between)
        if phrase.last < index and (pointer.own or bounded):
            return True
        if phrase.first >= comma and words[0].lower in SUBORDINATORS:
            return True
    return False


def may_explain(phrase: Phrase, pointer: Pointer, talk: Talk) -> bool:
    """Whether a phrase is of the kind that a pronoun of the same question could mean."""
    if pointer.kind == "person":
        return (phrase.is_name and phrase.lower not in talk.places) or phrase.head in ROLES
    return phrase.head not in RELATIONAL and (pointer.kind != "thing" or phrase.head not in ROLES)


def meaning_of(pointer: Pointer, asked: str, talk: Talk) -> str | None:
    """What a pronoun means in what was said before, None where that isn't clear."""
    if pointer.kind == "person":
        return person_meant(talk, asked)
    if pointer.kind == "named thing":
        return pointed_at(pointer.noun, talk)
    if pointer.kind == "place":
        places = (f"{phrase.before} {phrase.text}" for phrase in talk.phrases if phrase.before in {"in", "at"})
        return next(places, None)
    if pointer.kind == "clause":
        return None
    meant = thing_meant(talk, pointer.kind == "plural")
    says_that = asked[pointer.start : pointer.end].lower() in {"this", "that"}  # a name is "it", never "that"
    return None if meant and says_that and not meant.startswith(("the ", "my ")) else meant


def pronouns_resolved(asked: str, talk: Talk) -> tuple[str, bool]:
    """The question with its pronouns replaced by what they mean, and whether the rest need the topic added."""
    edits: list[tuple[Pointer, str]] = []
    seen, unclear = set[str](), False
    for pointer in pointers_of(asked):
        if pointer.kind in seen or is_explained(pointer, asked, talk):
            continue
        seen.add(pointer.kind)
        meant = meaning_of(pointer, asked, talk)
        if meant is None:
            unclear = True
        elif meant.lower() not in asked.lower() and meant not in (earlier for _, earlier in edits):
            edits.append((pointer, meant))
            unclear = unclear or any(phrase.is_asked and meant == f"the {phrase.text}" for phrase in talk.phrases)
    for pointer, meant in reversed(edits):
        before = asked[: pointer.start]
        preceded = before.split()[-1:] and before.split()[-1].lower() in PREPOSITIONS
        placed = meant.removeprefix("in ") if preceded else meant
        asked = before + placed + "'s" * pointer.own + asked[pointer.end :]
    telling = sum(word.lower not in FUNCTION_WORDS for word in words_of(asked))
    return asked, unclear and telling < (4 if edits else 5)
