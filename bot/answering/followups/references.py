"""The pronouns of a follow-up question, and what they mean in the turns before it: "he", "it", "that policy"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.followups.context import Context, definite, referred_to
from bot.answering.followups.grammar import (
    ADJECTIVES,
    ANYONE,
    AUXILIARIES,
    BE,
    CLAUSE_OPENERS,
    DATE,
    HERE,
    NEVER_OWNED,
    OUTSIDE_PHRASES,
    PLACE_PREPOSITIONS,
    PREPOSITIONS,
    RELATIONAL,
    ROLES,
    SPEECH_VERBS,
    TIMES,
    VERB_FORMS,
)
from bot.answering.followups.phrases import Phrase, noun_phrases
from index.english.function_words import DEMONSTRATIVES, DETERMINERS, INTERROGATIVES, PERSONS, SUBORDINATORS
from index.english.words import Word, compounds_of

SELF_EXPLAINING = 8  # words besides function words from which on a question is assumed to explain its "it" and "that"

_EVALUATIVE = (
    "true|possible|ok|okay|fine|allowed|legal|illegal|safe|necessary|worth|better|required|important|mandatory"
    "|permitted"
    "|forbidden|likely|easy|hard|difficult|good|bad|normal|common|correct|right|wrong"
)
_EMPTY_IT = re.compile(  # "is it true that …", "does it take long to …"
    rf"^it(?:['’]s)?(?: (?:is|was|be|still|also|not|really|ever))*(?: (?:{_EVALUATIVE})\b.*?\b(?:to|that|if|when)\b"
    r"| (?:takes?|took|costs?|matters?|hurts?|helps?|means?|makes? sense)\b.*\b(?:to|if|that|when)\b"
    r"| (?:seems|appears|turns out|looks like|rain|snow|going))"
)
_WHOLE_STATEMENT = re.compile(  # "is it allowed?", "why did that happen": a statement, not a thing that was named
    rf"^(?:it|this|that)(?: (?:{_EVALUATIVE})(?: t?here)?$| (?:happen|occur|mean|affect|matter|help|surprise|change)\b)"
)


@dataclass(frozen=True, slots=True)
class Pointer:
    """A word of a question that refers to something earlier.

    `kind` is "person", "plural" (things or people), "thing", "clause", "place" or "named thing". `index` is that of the
    word among the compounds of the question, `start` and `end` are offsets. `own` is true for "his", "its", "their";
    `noun` is the one after "that" or "these".
    """

    kind: str
    index: int
    start: int
    end: int
    own: bool = False
    noun: str = ""


def resolve_pronouns(question: str, context: Context) -> tuple[str, bool]:
    """Return the question with its pronouns replaced by what they mean, and true if it still needs its topic."""
    edits: list[tuple[Pointer, str]] = []
    seen, unclear = set[str](), False
    for pointer in _pointers_of(question):
        if pointer.kind in seen or _is_explained(pointer, question, context):
            continue
        seen.add(pointer.kind)
        meant = _meaning_of(pointer, question, context)
        if meant is None:
            unclear = True
        elif meant.lower() not in question.lower() and meant not in (earlier for _, earlier in edits):
            edits.append((pointer, meant))
            unclear = unclear or any(phrase.is_asked and meant == f"the {phrase.text}" for phrase in context.phrases)
    for pointer, meant in reversed(edits):
        before = question[: pointer.start]
        preceded = before.split()[-1:] and before.split()[-1].lower() in PREPOSITIONS
        inserted = meant.removeprefix("in ") if preceded else meant
        question = before + inserted + "'s" * pointer.own + question[pointer.end :]
    content = sum(word.lower not in OUTSIDE_PHRASES for word in compounds_of(question))
    return question, unclear and content < (4 if edits else 5)


def _pointers_of(question: str) -> list[Pointer]:
    words, found = compounds_of(question), list[Pointer]()
    for index, word in enumerate(words):
        kind = _kind_of(words, index, question[word.start :].lower())
        following = words[index + 1] if index + 1 < len(words) and not words[index + 1].is_apart else None
        if kind == "named thing" and following:
            found.append(Pointer(kind, index, word.start, following.end, noun=following.lower))
        elif kind:
            of_hers = word.lower == "her" and following is not None and following.lower not in NEVER_OWNED
            own = word.lower in {"his", "its", "their", "hers", "theirs"} or of_hers
            found.append(Pointer(kind, index, word.start, word.end, own))
    return found


def _kind_of(words: Sequence[Word], index: int, rest: str) -> str | None:
    """Return the kind of thing that a word refers to, or None; `rest` is the question from that word on."""
    word, before = words[index].lower, words[index - 1].lower if index else ""
    after = words[index + 1].lower if index + 1 < len(words) else ""
    if word in PERSONS:
        return "person"
    if word in {"they", "them", "their", "theirs"}:
        return "plural"
    if word == "there":
        return None if {before, after} & (BE | {"any", "be", "exist", "'ll"}) else "place"
    if word in {"it", "its"}:
        empty = _EMPTY_IT.match(rest) or "time" in (word.lower for word in words[max(index - 2, 0) : index])
        return None if empty else "clause" if _WHOLE_STATEMENT.match(rest) else "thing"
    return _demonstrative_kind(words, index, rest, before, after) if word in DEMONSTRATIVES else None


def _demonstrative_kind(words: Sequence[Word], index: int, rest: str, before: str, after: str) -> str | None:
    """Return the kind that "this", "that", "these" or "those" refers to; None for "said that …", "the rule that …"."""
    if after in TIMES:
        return "named thing"
    if re.search(r"[:\"“]", rest):  # 'What does this mean: "…"'
        return None
    refers = before in AUXILIARIES | PREPOSITIONS | INTERROGATIVES | CLAUSE_OPENERS
    if words[index].lower == "that" and index and not refers and after and after not in PREPOSITIONS | SUBORDINATORS:
        return None
    if not after or words[index + 1].is_apart or after in OUTSIDE_PHRASES | VERB_FORMS | ADJECTIVES:
        plural = words[index].lower in {"these", "those"}
        return "plural" if plural else "clause" if _WHOLE_STATEMENT.match(rest) else "thing"
    return None if after in HERE or after == "days" or words[index + 1].text[0].isupper() else "named thing"


def _is_explained(pointer: Pointer, question: str, context: Context) -> bool:
    """True if the question itself says what a pronoun means: "When Trump spoke, whom did he mean?"

    A subject and an object of one clause are never the same ("Did Bolton meet him?"), so that a boundary between
    clauses must lie between, except for "his", "its", "their".
    """
    words, index = compounds_of(question), pointer.index
    if pointer.kind in ("person", "plural") and any(word.lower in ANYONE for word in words[:index]):
        return True
    if pointer.kind != "person" and sum(word.lower not in OUTSIDE_PHRASES for word in words) >= SELF_EXPLAINING:
        return True
    comma = next((later for later in range(index + 1, len(words)) if words[later].is_apart), len(words))
    for phrase in noun_phrases(question, context.known):
        if not _may_explain(phrase, pointer, context):
            continue
        between = words[phrase.last + 1 : index]
        bounded = words[index].is_apart or any(word.is_apart or word.lower in CLAUSE_OPENERS for word in between)
        if phrase.last < index and (pointer.own or bounded):
            return True
        if phrase.first >= comma and words[0].lower in SUBORDINATORS:
            return True
    return False


def _may_explain(phrase: Phrase, pointer: Pointer, context: Context) -> bool:
    """True if a phrase is of the kind that a pronoun of the same question could mean."""
    if pointer.kind == "person":
        return (phrase.is_name and phrase.lower not in context.places) or phrase.head in ROLES
    return phrase.head not in RELATIONAL and (pointer.kind != "thing" or phrase.head not in ROLES)


def _meaning_of(pointer: Pointer, question: str, context: Context) -> str | None:
    """Return what a pronoun means in the earlier turns, or None if that is unclear."""
    if pointer.kind == "person":
        return _person_meant(context, question)
    if pointer.kind == "named thing":
        return _named_thing_meant(pointer.noun, context)
    if pointer.kind == "place":
        places = (f"{phrase.before} {phrase.text}" for phrase in context.phrases if phrase.before in {"in", "at"})
        return next(places, None)
    if pointer.kind == "clause":
        return None
    meant = _thing_meant(context, plural=pointer.kind == "plural")
    is_that = question[pointer.start : pointer.end].lower() in {"this", "that"}  # a name is "it", never "that"
    return None if meant and is_that and not meant.startswith(("the ", "my ")) else meant


def _person_meant(context: Context, question: str) -> str | None:
    """Return the name, or else the office, that was last the subject of a question or answer."""
    for source in context.sources:
        phrases = noun_phrases(source.text, context.known)
        people = [
            phrase
            for phrase in (phrases[:1] if source.is_answer else phrases)
            if (phrase.is_name and phrase.lower.split()[0] not in DETERMINERS) or phrase.head in ROLES
            if phrase.before not in PLACE_PREPOSITIONS or (phrase.before == "to" and not context.is_place(phrase))
            if phrase.lower not in question.lower()
        ]
        if people:
            best = min(people, key=lambda one: (not one.is_name, one.lower in context.places, not one.is_subject))
            return definite(best.text.split(" and ")[0])
    return None


def _thing_meant(context: Context, *, plural: bool) -> str | None:
    """Return what the previous question is about, or None if that is unclear."""
    speaking = any(word.lower in SPEECH_VERBS for word in compounds_of(context.previous))  # its subject is a person
    fitting = [
        phrase
        for phrase in context.phrases
        if phrase.is_name or phrase.is_plural == plural
        if plural or (phrase.head not in ROLES | RELATIONAL and phrase.before not in {"in", "at"})
        if not (phrase.is_name and (speaking or (context.is_place(phrase) and phrase.before in PLACE_PREPOSITIONS)))
    ]
    if fitting:
        best = min(fitting, key=lambda phrase: (not phrase.is_asked, not phrase.is_subject))
        return referred_to(best)
    if context.sources[0].is_answer:  # "Which band broke up?" is answered by what "they" are
        named = noun_phrases(context.sources[0].text, context.known)[:1]
        return named[0].text if named and named[0].is_name else None
    return None


def _named_thing_meant(noun: str, context: Context) -> str | None:
    """Return the last phrase with a noun ("that policy"), or the last date ("that year"); None if there is none."""
    if noun in TIMES:
        dates = [match[0] for source in context.sources[:2] for match in DATE.finditer(source.text)]
        return ("in " * dates[-1].isdigit() + dates[-1]) if len(set(dates)) == 1 else None
    found = next((phrase for phrase in context.phrases if phrase.head.rstrip("s") == noun.rstrip("s")), None)
    return referred_to(found) if found else None
