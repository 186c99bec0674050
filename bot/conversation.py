"""Follow-up questions made to stand alone, by rules: pure functions, no model, well under a millisecond.

A question that stands alone comes back exactly as it was asked; every rule below needs a sign in the question itself
(a pronoun, a missing verb, a fragment) that it leans on what was said before. Where the sign is there but what it
points to isn't clear, the topic is added in parentheses, which searches well and reads honestly. English only: other
languages show none of the signs.

The upper half tells words, names and noun phrases apart; the lower half has the rules, and ends with `stand_alone`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.types import Turn

LONGEST_FOLLOW_UP = 400  # characters; a longer question brings its own words
ANSWER_READ = 600  # characters of an answer that are looked at
TURNS_REMEMBERED = 6
LONGEST_FRAGMENT = 6  # words of "what about …"
TOPIC_PHRASES = 4  # at most so many are named in parentheses
TELLING = 8  # content words from which on "it" and "that" are taken to be explained by the question itself


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

# The shapes of follow-ups.
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
ABOUT = re.compile(r"^(?:what|how) about\s+(?P<rest>.+)$", re.IGNORECASE)
MEANT = re.compile(
    r"^i (?:meant|mean)(?: to (?:say|ask))?(?: about)?,? (?P<rest>.+?)(?:,? not (?P<wrong>.+))?$", re.IGNORECASE
)
BARE = re.compile(
    r"^(?P<lead>(?:(?:since|until|till|from|to|by|for|in|at|on|with|about|of|against|under) )?(?:why(?: not)?"
    r"|when|where"
    r"|who|whom|how(?: (?:long|many|much|often|far|come|soon|so))?|(?:which|what) (?!happen|is\b|was\b|are\b"
    r"|were\b|do\b"
    r"|does\b|did\b|can\b|will\b|if\b|for\b|else\b|about\b|now\b|next\b|changed\b|ones?\b)[a-z]+)(?: exactly)?)"
    r"(?: (?:(?:was|were) (?:that|this)|(?:did|does) (?:that|this|it) (?:happen|occur)|(?<=why )is (?:that|this)))?$",
    re.IGNORECASE,
)
ADVERBIAL = re.compile(
    r"^(?:(?:since|until|till|from|by) )?(?:why|when|where|how(?: (?:long|often|soon|come))?)$", re.IGNORECASE
)
QUESTION = re.compile(
    r"^(?:(?P<asking>(?:what|who|whom|which|when|where|why|how)(?: \w+){0,3}?) )?(?P<auxiliary>do|does|did|is|are"
    r"|was|were"
    r"|has|have|had|can|could|will|would|shall|should|may|might|must)\b (?P<rest>.+)$",
    re.IGNORECASE,
)
SHORT_QUESTION = re.compile(r"^(?:did|does|do|can|is|was|will|are|were|has|have) (?P<subject>\S+)$", re.IGNORECASE)
OPEN_ENDED = re.compile(
    r"^(?:(?:can|could) you )?(?:please )?(?:tell me more|more details?|go on|elaborate|explain(?: (?:that|this|more))?"
    r"|anything else|what else|any others?|for example|such as|like what|what happened(?: next| then| afterwards"
    r"| after that)?|then|how so|says who|according to whom?|who (?:said|says) (?:so|that|this)|are you sure|really"
    r"|sources?)(?: please)?$"
    r"|\b(?:(?:which|that|this|another|(?:the )?(?:other|first|second|third|last|same|latter|former)) ones?|the"
    r" (?:latter"
    r"|former|same|others?|first|second))$|^which ones? \w+ \w+$|^(?:do|does|is|are) the same (?:\w+ ?){2,3}$",
    re.IGNORECASE,
)
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
CODE = re.compile(r"```|[{};]\s*$|\n\s*\n|=>|\w\(\)|</|^\s*(?:def|class|import|from \S+ import|SELECT)\b", re.MULTILINE)


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
    question = Source(turn.searched.strip()[:LONGEST_FOLLOW_UP], is_answer=False)
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
    previous, _, note = (recent[-1].searched.strip()[:LONGEST_FOLLOW_UP] if recent else "").partition(" (")
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

    "plural" is for things or people. `own` is true for "his", "its", "their"; `noun` is the one after "that" or"
    " "these".
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


def phrases_completed(asked: str, talk: Talk) -> str:
    """Writes "the talks" as "the talks between Washington and Caracas" where those were talked about."""
    for phrase in reversed(noun_phrases(asked, talk.known)):
        words = phrase.lower.split()
        if len(words) == 2 and words[0] == "the" and not re.match(r" (?:of|for|between|with)\b", asked[phrase.end :]):
            fuller = next((option.text for option in talk.phrases if option.head == words[1]), "")
            if len(fuller.split()) > 2:
                return asked[: phrase.start] + definite(fuller) + asked[phrase.end :]
    return asked


def question_again(lead: str, talk: Talk) -> str:
    """The previous question asked with another question word: "Why did …?", or "…, and who?"."""
    match = QUESTION.match(talk.previous)
    if match and ADVERBIAL.match(lead):
        asking, auxiliary, rest = (match["asking"] or "").lower(), match["auxiliary"].lower(), match["rest"]
        if not asking or asking in {"when", "where", "why", "how"}:
            return f"{lead} {auxiliary} {rest}?"
        verb = next((word for word in words_of(rest)[1:] if word.lower in VERB_FORMS), None)
        if verb and asking in {"what", "who", "whom"} and auxiliary not in BE:
            tail = rest[verb.end :]
            if not tail or tail.split()[0].lower() in PREPOSITIONS:
                return f"{lead} {auxiliary} {rest[: verb.end]} that{tail}?"
    return f"{talk.previous}, and {lead[0].lower()}{lead[1:]}?"


def swapped(said: str, talk: Talk) -> str | None:
    """The previous question with `said` in the place of what is of the same kind in it, None where nothing is."""
    preposition, _, body = said.partition(" ") if said.split(" ", 1)[0].lower() in PREPOSITIONS else ("", "", said)
    body = " ".join(talk.known.get(word.lower(), word) for word in body.split())
    words = words_of(body)
    if not words or body.lower() in talk.previous.lower():
        return None
    if DATE.fullmatch(body):
        return date_swapped(preposition, body, talk.previous)
    if preposition:
        return tail_swapped(preposition, body, talk)
    if all(word.text[0].isupper() for word in words):
        is_place = body.lower() in talk.places
        names = [phrase for phrase in talk.phrases if phrase.is_name and talk.is_place(phrase) == is_place]
        old = min(names, key=lambda phrase: not phrase.is_subject, default=None)
        return f"{talk.previous[: old.start]}{body}{talk.previous[old.end :]}?" if old else None
    return noun_swapped(body, words, talk)


def date_swapped(preposition: str, date: str, previous: str) -> str:
    """The previous question with its date replaced, or with a date if it had none."""
    dates = list(DATE.finditer(previous))
    if dates:
        return f"{previous[: dates[-1].start()]}{date}{previous[dates[-1].end() :]}?"
    usual = "in" if date.isdigit() or date.lower().split()[0] in MONTHS.split("|") else ""
    return f"{previous} {preposition or usual} {date}?"


def tail_swapped(preposition: str, body: str, talk: Talk) -> str:
    """The previous question with what stood after the same preposition replaced, or with such a tail if it had none."""
    for phrase in reversed(talk.phrases):
        if phrase.before == preposition.lower():
            return f"{talk.previous[: phrase.start]}{body}{talk.previous[phrase.end :]}?"
        kept = phrase.lower.find(f" {preposition.lower()} ")
        if kept > 0:
            return f"{talk.previous[: phrase.start + kept]} {preposition} {body}{talk.previous[phrase.end :]}?"
    return f"{talk.previous} {preposition} {body}?"


def noun_swapped(body: str, words: Sequence[Word], talk: Talk) -> str | None:
    """The previous question with a noun phrase of the same kind replaced: "digital goods" by "physical goods"."""
    first, head, previous = words[0].lower, words[-1].lower, talk.previous
    if len(words) > 3 or any(word.lower in PREPOSITIONS for word in words):
        return None
    same = re.search(rf"\b([^\W\d_]+) {re.escape(head)}\b", previous) if len(words) == 2 else None
    if same and first not in DETERMINERS and same[1].lower() not in FUNCTION_WORDS:
        return f"{previous[: same.start()]}{body}{previous[same.end() :]}?"
    fitting = [phrase for phrase in talk.phrases if not phrase.is_name and not phrase.is_asked]
    fitting = [phrase for phrase in fitting if are_of_one_kind(first, head, phrase)]
    if not fitting and len(words) == 1 and not head.endswith("s"):  # a name, typed in lower case
        fitting = [phrase for phrase in talk.phrases if phrase.is_name][:1]
    if not fitting:
        return None
    kept = re.split(rf" (?:{'|'.join(LINKS)}) ", fitting[-1].text)[0]  # "of France" stays when the minister replaces
    return f"{previous[: fitting[-1].start]}{body}{previous[fitting[-1].start + len(kept) :]}?"


def are_of_one_kind(first: str, head: str, phrase: Phrase) -> bool:
    """Whether a noun phrase with this first word and head may take the other's place: "my order", "my invoice"."""
    other = phrase.lower.split()[0]
    if first in DETERMINERS or other in DETERMINERS:
        return first == other or head == phrase.head
    return head.endswith("s") == phrase.head.endswith("s")


def fragment_completed(asked: str, joined: bool, talk: Talk) -> str | None:
    """A question without a verb, "and Trump?", "what about 2018?", completed from the previous one."""
    short = SHORT_QUESTION.match(asked)
    if short and (short["subject"][0].isupper() or short["subject"].lower() in talk.known):
        return swapped(short["subject"], talk)
    about = ABOUT.match(asked)
    said = re.sub(r"\s+(?:then|though|too|instead)$", "", about["rest"] if about else asked, flags=re.IGNORECASE)
    words = words_of(said)
    asking = AUXILIARIES | QUESTION_WORDS | VERB_FORMS | PERSONS | ACTORS - {"to"} | {"them", "there"}
    if (
        not words
        or len(words) > LONGEST_FRAGMENT
        or any(word.lower in asking and not (about and word.lower.endswith("ing")) for word in words)
    ):
        return None
    leads = bool(about) or joined
    undated = words_of(DATE.sub("", said))
    sure = all(word.lower in talk.known or word.lower in PREPOSITIONS for word in undated)
    sure = sure or (len(words) < 4 and words[0].lower in PREPOSITIONS and words[-1].text[0].isupper())
    completed = swapped(said, talk) if leads or sure else None
    if completed:
        return completed + talk.note
    return with_topic(f"{asked}?", talk) if leads and len(words) < 4 else None


def tail_filled(asked: str, talk: Talk) -> str:
    """Fills "What did Trump say" with the tail of "What did Bolton say the talks were about"."""
    words = words_of(asked)
    if len(words) > 2 and words[-1].lower in VERB_FORMS and words[0].lower in QUESTION_WORDS | AUXILIARIES:
        for earlier in words_of(talk.previous)[1:-1]:
            if earlier.lower == words[-1].lower:
                return asked + talk.previous[earlier.end :] + talk.note
    return asked


def corrected(asked: str, talk: Talk) -> str | None:
    """Takes "I meant Bolton" as the previous question with the name put right."""
    match = MEANT.match(asked)
    if not match:
        return None
    meant, wrong = match["rest"], match["wrong"]
    if wrong and wrong.lower() in talk.previous.lower():
        return re.sub(re.escape(wrong), lambda _: meant, talk.previous, flags=re.IGNORECASE) + "?"
    first = words_of(meant)[:1]
    if first and first[0].lower in QUESTION_WORDS | AUXILIARIES:
        return pronouns_resolved(meant, talk)[0] + "?"
    return swapped(meant, talk) or with_topic(meant, talk)


def only_relational(asked: str, talk: Talk) -> bool:
    """Whether all that is asked for belongs to something that isn't named: "What was the outcome?"."""
    phrases = noun_phrases(asked, talk.known)
    return bool(phrases) and all(phrase.head in RELATIONAL and phrase.lower.endswith(phrase.head) for phrase in phrases)


def is_english(asked: str) -> bool:
    """Whether the question is English, as far as its small words tell."""
    words = [word.lower for word in words_of(asked)]
    return bool(ENGLISH_SIGNS & set(words)) or 2 * sum(word in FUNCTION_WORDS for word in words) >= len(words)


def sentence_completed(asked: str, mark: str, joined: bool, talk: Talk) -> str | None:
    """A whole question with what it points to put in, None if it points to nothing."""
    if not is_english(asked):
        return None
    filled = tail_filled(asked, talk) if joined or " else " in asked else asked
    filled, unclear = pronouns_resolved(filled, talk)
    filled = phrases_completed(filled, talk)
    if filled == asked and not unclear:
        return None
    filled += mark or "?" * (words_of(asked)[0].lower in QUESTION_WORDS | AUXILIARIES)
    return with_topic(filled, talk) if unclear or ABOUT.match(asked) else filled


def stand_alone(question: str, turns: Sequence[Turn]) -> str:
    """The question as it should be searched: itself if it stands alone, else completed from the turns, oldest first."""
    stripped = question.strip()
    if not turns or not stripped or len(stripped) > LONGEST_FOLLOW_UP or CODE.search(stripped):
        return question
    talk = heard(turns)
    opening = OPENING.match(stripped)
    joined = bool(opening and opening["joint"])
    whole = stripped[opening.end() if opening else 0 :]
    asked = whole.rstrip(" ?!.…")
    mark = whole[len(asked) :].strip()
    if not talk.previous or not words_of(asked):
        return question
    bare = BARE.match(asked)
    completed = corrected(asked, talk)
    if not completed and bare:
        completed = question_again(bare["lead"], talk) + talk.note
    elif not completed and (OPEN_ENDED.search(asked) or only_relational(asked, talk)):
        completed = with_topic(asked + mark, talk)
    completed = completed or fragment_completed(asked, joined, talk) or sentence_completed(asked, mark, joined, talk)
    completed = " ".join((completed or "").split())
    if completed.lower() in ("", stripped.lower(), whole.lower()):
        return question
    return completed[0].upper() + completed[1:]
