"""What English words and phrases a question is made of: word lists, words, names, noun phrases. Pure, no model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


def these(words: str) -> frozenset[str]:
    """The words of a list written with spaces."""
    return frozenset(words.split())


# What English is made of, apart from nouns.
AUXILIARIES = these(
    "do does did is are was were am be been being has have had can could will would shall should may might must don't"
    " doesn't didn't isn't aren't wasn't weren't hasn't haven't hadn't can't couldn't won't wouldn't"
)
BE = these("is are was were 's 're be been isn't aren't wasn't weren't")
DETERMINERS = these("the a an my your our their his her its this that these those any some")
PREPOSITIONS = these(
    "in on at to of for from by with about against between under over into after before during since until without"
    " within through as than near like among per via behind"
)
LINKS = these("of for between with against on about")  # prepositions that a noun phrase goes on after
PLACE_PREPOSITIONS = these("in at near from to")
QUESTION_WORDS = these("what which who whom whose when where why how")
SUBORDINATORS = these("when if before after while since although because once though as until unless")
CLAUSE_OPENERS = SUBORDINATORS | these("and but or so that which who")
DEMONSTRATIVES = these("this that these those")
PERSONS = these("he she him his her hers")
ANYONE = these("someone anyone everyone somebody anybody everybody people nobody")
ACTORS = these("i you we they he she it to")
FUNCTION_WORDS = these(
    "then than not no nor yes me us them there here else other another also too just only ever never still"
    " already again"
    " now later next first both all each every more most much many few less least very really actually exactly together"
    " away back up out off down 's 're 've 'll 'd 'm please let long often far old ago anything something everything"
    " nothing always early sometimes usually himself herself itself themselves mine ours theirs today tomorrow"
    " yesterday"
).union(AUXILIARIES, BE, DETERMINERS, PREPOSITIONS, QUESTION_WORDS, CLAUSE_OPENERS, PERSONS, ANYONE, ACTORS)
VERB_COMES_AFTER = ACTORS | these("who when where why")  # unless a name does
NEVER_OWNED = PREPOSITIONS | AUXILIARIES | CLAUSE_OPENERS | QUESTION_WORDS | these("again now too then there")
ENGLISH_SIGNS = QUESTION_WORDS | these("the and about did does can could should would are were have")

# Verbs and adjectives, so that a noun phrase ends where it should. Words that are as often nouns (talk, vote, plan,
# order) are left out.
SPEECH_VERBS = these(
    "say said tell told think thought believe believed want wanted announce announced claim claimed deny denied confirm"
    " confirmed propose proposed write wrote ask asked marry married resign resigned argue argued"
)
VERBS = SPEECH_VERBS | these(
    "mean do make get take give go come need use find know see try feel leave become seem happen start begin stop end"
    " finish last cover apply include cost pay buy sell open close change cancel return ship deliver receive send"
    " contact reset install update delete remove add set create join ban mute invite play win lose meet sign agree"
    " describe reject accept die live release perform appear move build develop lead serve run hold keep cause affect"
    " allow require expire count contain mention offer provide support disband break tour occur react respond learn"
    " went took gave got made left became began won lost met kept held led ran paid bought sold sent broke came found"
    " saw knew felt meant wore grow grew work help attend earn retire succeed fail explain define recycle suggest"
    " protect clarify invent discover treat prevent increase refer store bans impose lift elect appoint order demand"
)
VERB_FORMS = VERBS | frozenset(
    form
    for verb in VERBS
    for stem in (verb, verb[:-1] if verb.endswith("e") else verb + verb[-1])
    for form in (verb + "s", verb + "es", stem + "ing", stem + "ed")
)
ADJECTIVES = these(
    "open free available allowed good bad true false possible ok okay fine legal illegal safe necessary worth"
    " better best"
    " worse required important mandatory permitted forbidden likely unlikely easy hard difficult normal common"
    " successful"
    " popular famous controversial sure certain enough big expensive cheap married alive dead right wrong real serious"
    " new useful clear included active public private"
)

# Nouns with a part to play.
ROLES = these(
    "president minister moderator admin administrator manager owner member user employee customer senator governor"
    " director author mayor chairman ceo king queen player singer doctor teacher officer man woman boy girl guy person"
    " spokesman spokeswoman leader candidate judge lawyer ambassador adviser advisor host wife husband father mother"
    " brother sister son daughter founder secretary pope writer actor actress driver tenant"
)
# These always belong to something: "What was the outcome?" can only mean the outcome of what was talked about.
RELATIONAL = these(
    "reaction response outcome result results consequence consequences exception exceptions example examples details"
    " reason reasons alternative alternatives downside downsides risks benefits advantages disadvantages difference"
    " differences deadline cause effect effects impact cost costs price"
)
HERE = these("article server channel discord bot chat group community site page document morning")
TIMES = these("year day month week season decade date")
PARTICLES = these("de van von der la al bin da")  # within a name
PLACES = these(
    "america argentina asia australia brazil britain brussels canada caracas china colombia cuba england europe france"
    " germany india iran iraq israel italy japan london mexico moscow paris peru russia spain turkey ukraine venezuela"
    " washington africa texas california florida york berlin beijing bogota madrid rome tokyo us usa uk u.s."
)
MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
MONTHS_AND_DAYS = frozenset(f"{MONTHS}|{WEEKDAYS}".split("|"))

WORD = re.compile(
    r"['’](?:s|re|ve|ll|d|m)\b|(?:[^\W\d_]\.){2,}|[#@$€£]?\w+(?:[-.&/]\w+|['’](?!(?:s|re|ve|ll|d|m)\b)\w+)*"
)
DATE = re.compile(
    rf"\b(?:(?:{MONTHS}) (?:\d{{1,2}},? )?\d{{4}}|\d{{1,2}} (?:{MONTHS})(?: \d{{4}})?|(?:1[5-9]|20)\d\d"
    rf"|(?:{WEEKDAYS})s?"
    rf"|(?:{MONTHS.replace('may|', '').replace('march|', '')}|(?<=in )may|(?<=in )march)|today|tomorrow|yesterday"
    r"|(?:last|next|this) (?:year|month|week|summer|winter|spring|autumn|season))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its character offsets; a clitic ('s, 're) is a word of its own."""

    text: str
    lower: str
    start: int
    end: int
    apart: bool  # something other than spaces stands before it


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: the indexes of its first and last word, its offsets, its main noun and the word before it."""

    text: str
    first: int
    last: int
    start: int
    end: int
    head: str
    before: str
    is_subject: bool
    is_name: bool
    is_asked: bool  # "which rules", "how many members"

    @property
    def lower(self) -> str:
        return self.text.lower()

    @property
    def is_plural(self) -> bool:
        return " and " in self.text or (self.head.endswith("s") and not self.head.endswith(("ss", "us", "is")))


def words_of(text: str) -> list[Word]:
    """The words of a text."""
    words: list[Word] = []
    for match in WORD.finditer(text):
        gap = text[words[-1].end if words else 0 : match.start()]
        acronym = match[0] in {"US", "IT"} and not text.isupper()  # not the pronouns
        lower = ".".join(match[0]).lower() if acronym else match[0].lower().replace("’", "'")
        words.append(Word(match[0], lower, match.start(), match.end(), bool(gap.strip(" "))))
    return words


def is_name(words: Sequence[Word], index: int, known: Mapping[str, str]) -> bool:
    """Whether this word is (part of) a name: capitalised where English has no other reason to, or known as one."""
    word = words[index]
    if word.lower in FUNCTION_WORDS or not word.text[0].isalpha():
        return False
    if word.lower in known or (index and not word.apart):
        return word.lower in known or word.text[0].isupper()
    following = words[index + 1] if index + 1 < len(words) else None
    if following is None or not word.text[0].isupper() or word.lower in VERB_FORMS:
        return False
    return following.text[0].isupper() or following.lower in VERB_FORMS or following.lower in AUXILIARIES


def is_gerund_subject(words: Sequence[Word], index: int) -> bool:
    """Whether the word is one like "shipping" in "How long is shipping to Canada?"."""
    begins = index > 0 and words[index - 1].lower in {"is", "was", "does", "did"}
    return begins and words[index].lower.endswith("ing") and words[index].lower not in {"going", "happening", "doing"}


def run_end(words: Sequence[Word], start: int, determined: bool, known: Mapping[str, str]) -> int:
    """The index after the last of the nouns, adjectives and names that begin at `start`."""
    index = start
    while index < len(words) and (index == start or not words[index].apart):
        word, named = words[index], is_name(words, index, known)
        if word.lower in FUNCTION_WORDS:
            break
        noun_after_all = index == start and (determined or is_gerund_subject(words, index))
        if word.lower in VERB_FORMS and not named and not noun_after_all:
            break
        after_name = index > start and not determined and not named and is_name(words, index - 1, known)
        if after_name and word.lower not in PARTICLES:
            break
        index += 1
    return index


def without_predicate(words: Sequence[Word], start: int, end: int, before: str, known: Mapping[str, str]) -> int:
    """Where a subject after an auxiliary ends: "does the trial | last", "is the library | open"."""
    if before not in AUXILIARIES or end <= start + 1 or (end < len(words) and words[end].lower in VERB_FORMS):
        return end
    last = words[end - 1]
    unlisted_verb = before not in BE and not is_name(words, end - 1, known)
    return end - 1 if unlisted_verb or last.lower in ADJECTIVES or last.lower.endswith("ed") else end


def with_links(words: Sequence[Word], end: int, named: bool, known: Mapping[str, str]) -> int:
    """Where a noun phrase that has reached `end` stops, with what hangs on it: "the talks | between A and B"."""
    links = {"of", "and"} if named else LINKS
    while end + 1 < len(words) and words[end].lower in links and not words[end + 1].apart:
        determined = words[end + 1].lower in DETERMINERS
        start = end + 1 + determined
        stop = run_end(words, start, determined, known)
        if stop == start or DATE.fullmatch(words[start].text) or (named and not is_name(words, start, known)):
            break
        if words[end].lower == "between":
            links = links | {"and"}
        end = stop
    return end


def noun_phrases(text: str, known: Mapping[str, str]) -> tuple[Phrase, ...]:
    """The noun phrases of a text in order, without dates."""
    words, found, index = words_of(text), list[Phrase](), 0
    while index < len(words):
        before = words[index - 1].lower if index else ""
        determined = words[index].lower in DETERMINERS
        start = index + determined
        noun_after_to = before == "to" and words[index].lower.endswith("s")
        if before in VERB_COMES_AFTER and not (determined or noun_after_to or is_name(words, index, known)):
            index += 1  # a verb, listed or not: "how do I | reset", "need to | purchase"
            continue
        end = without_predicate(words, start, run_end(words, start, determined, known), before, known)
        if end == start:
            index = start + (not determined)
            continue
        named, head = is_name(words, end - 1, known), words[end - 1].lower
        is_subject = before in AUXILIARIES or (end < len(words) and words[end].lower in VERB_FORMS | AUXILIARIES)
        end = with_links(words, end, named, known)
        first, last = words[index], words[end - 1]
        phrase = text[first.start : last.end]
        if last.lower not in ADJECTIVES and head not in TIMES and not DATE.fullmatch(phrase) and not phrase.isdigit():
            asked = before in QUESTION_WORDS | {"many", "much"} and not named
            offsets = (index, end - 1, first.start, last.end)
            found.append(Phrase(phrase, *offsets, head, before, is_subject, named, asked))
        index = end
    return tuple(found)
