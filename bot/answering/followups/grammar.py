"""The word classes that follow-up questions are analysed with, in addition to those of `index.english`."""

from __future__ import annotations

import re

from index.english.calendar import AMBIGUOUS_MONTHS, MONTH_NAMES, SEASONS, WEEKDAYS, any_of
from index.english.function_words import BE as FORMS_OF_BE
from index.english.function_words import (
    CONTRACTED_NOT,
    COORDINATORS,
    DO,
    FUNCTION_WORDS,
    HAVE,
    INTERROGATIVES,
    MODALS,
    NEGATIONS,
    PERSONS,
    SUBORDINATORS,
    word_set,
)
from index.english.function_words import PREPOSITIONS as ALL_PREPOSITIONS

AUXILIARIES = (FORMS_OF_BE | HAVE | DO | MODALS | CONTRACTED_NOT) - {"doing", "done"}
BE = FORMS_OF_BE | word_set("'s 're isn't aren't wasn't weren't")
PREPOSITIONS = (ALL_PREPOSITIONS | word_set("near behind than")) - word_set("above down off out up")
LINKS = word_set("of for between with against on about")  # prepositions that a noun phrase continues after
PLACE_PREPOSITIONS = word_set("in at near from to")
CLAUSE_OPENERS = (SUBORDINATORS | COORDINATORS | word_set("that which who")) - {"yet"}
ANYONE = word_set("someone anyone everyone somebody anybody everybody people nobody")
ACTORS = word_set("i you we they he she it to")
# Words that a noun phrase never contains.
OUTSIDE_PHRASES = (
    (FUNCTION_WORDS | NEGATIONS | AUXILIARIES | PREPOSITIONS | PERSONS | ANYONE | ACTORS)
    | word_set("yes another just only still already now later next first many less least actually exactly together")
    | word_set("away back up out off down please let long often far old ago anything something everything nothing")
    | word_set("always early sometimes usually mine today tomorrow yesterday")
)
VERB_COMES_AFTER = ACTORS | word_set("who when where why")  # unless a name does
NEVER_OWNED = PREPOSITIONS | AUXILIARIES | CLAUSE_OPENERS | INTERROGATIVES | word_set("again now too then there")
ENGLISH_SIGNS = INTERROGATIVES | word_set("the and about did does can could should would are were have")

# Verbs and adjectives, so that a noun phrase ends where it should. Words that are as often nouns (talk, vote, plan,
# order) are left out.
SPEECH_VERBS = word_set(
    "say said tell told think thought believe believed want wanted announce announced claim claimed deny denied confirm"
    " confirmed propose proposed write wrote ask asked marry married resign resigned argue argued"
)
VERBS = SPEECH_VERBS | word_set(
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
ADJECTIVES = word_set(
    "open free available allowed good bad true false possible ok okay fine legal illegal safe necessary worth"
    " better best"
    " worse required important mandatory permitted forbidden likely unlikely easy hard difficult normal common"
    " successful"
    " popular famous controversial sure certain enough big expensive cheap married alive dead right wrong real serious"
    " new useful clear included active public private"
)

# Nouns that name people by their office or relation.
ROLES = word_set(
    "president minister moderator admin administrator manager owner member user employee customer senator governor"
    " director author mayor chairman ceo king queen player singer doctor teacher officer man woman boy girl guy person"
    " spokesman spokeswoman leader candidate judge lawyer ambassador adviser advisor host wife husband father mother"
    " brother sister son daughter founder secretary pope writer actor actress driver tenant"
)
# Nouns that always belong to something: "What was the outcome?" can only mean that of the earlier question.
RELATIONAL = word_set(
    "reaction response outcome result results consequence consequences exception exceptions example examples details"
    " reason reasons alternative alternatives downside downsides risks benefits advantages disadvantages difference"
    " differences deadline cause effect effects impact cost costs price"
)
HERE = word_set("article server channel discord bot chat group community site page document morning")
TIMES = word_set("year day month week season decade date")
PARTICLES = word_set("de van von der la al bin da")  # within a name
PLACES = word_set(
    "america argentina asia australia brazil britain brussels canada caracas china colombia cuba england europe france"
    " germany india iran iraq israel italy japan london mexico moscow paris peru russia spain turkey ukraine venezuela"
    " washington africa texas california florida york berlin beijing bogota madrid rome tokyo u.s. usa uk"
)
MONTHS_AND_DAYS = frozenset({*MONTH_NAMES, *WEEKDAYS})

_MONTH = any_of(MONTH_NAMES)
_CLEAR_MONTH = any_of(tuple(name for name in MONTH_NAMES if name not in AMBIGUOUS_MONTHS))
DATE = re.compile(
    rf"\b(?:(?:{_MONTH}) (?:\d{{1,2}},? )?\d{{4}}|\d{{1,2}} (?:{_MONTH})(?: \d{{4}})?|(?:1[5-9]|20)\d\d"
    rf"|(?:{any_of(WEEKDAYS)})s?|(?:{_CLEAR_MONTH})|(?<=in )(?:{any_of(tuple(AMBIGUOUS_MONTHS))})"
    rf"|today|tomorrow|yesterday|(?:last|next|this) (?:year|month|week|season|{any_of(SEASONS)}))\b",
    re.IGNORECASE,
)
