"""Follow-up questions made to stand alone, by rules: pure functions, no model, well under a millisecond.

A question that stands alone comes back exactly as it was asked; every rule below needs a sign in the question itself
(a pronoun, a missing verb, a fragment) that it leans on what was said before. Where the sign is there but what it
points to isn't clear, the topic is added in parentheses, which searches well and reads honestly. English only: other
languages show none of the signs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.types import Turn

LONGEST_FOLLOW_UP = 400  # characters; a longer question brings its own words
AUXILIARIES = frozenset(
    "do does did is are was were am be been being has have had can could will would shall should may might must"
    " don't doesn't didn't isn't aren't wasn't weren't hasn't haven't hadn't can't couldn't won't wouldn't".split()
)
BE = frozenset("is are was were 's 're be been isn't aren't wasn't weren't".split())
DETERMINERS = frozenset("the a an my your our their his her its this that these those any some".split())
PREPOSITIONS = frozenset(
    "in on at to of for from by with about against between under over into after before during since until"
    " without within through as than near like among per via behind".split()
)
LINKS = frozenset("of for between with against on about".split())  # prepositions that a noun phrase goes on after
QUESTION_WORDS = frozenset("what which who whom whose when where why how".split())
SUBORDINATORS = frozenset("when if before after while since although because once though as until unless".split())
CLAUSE_OPENERS = SUBORDINATORS | frozenset("and but or so that which who".split())
OTHER_FUNCTION_WORDS = frozenset(
    "and or but if then so because while although though than not no nor yes i me we us you he she it they him them"
    " there here else other another also too just only ever never still already again now later next first both all"
    " each every more most much many few less least very really actually exactly together away back up out off down"
    " 's 're 've 'll 'd 'm please let long often far old ago anyone someone everyone anything something everything"
    " nothing nobody always early often sometimes usually once himself herself itself themselves mine ours hers theirs today tomorrow yesterday".split()
)
FUNCTION_WORDS = (
    AUXILIARIES | DETERMINERS | PREPOSITIONS | QUESTION_WORDS | SUBORDINATORS | OTHER_FUNCTION_WORDS | BE
)  # fmt: skip
SPEECH_VERBS = frozenset(
    "say said tell told think thought believe believed want wanted announce announced claim claimed deny denied"
    " confirm confirmed propose proposed write wrote ask asked marry married resign resigned argue argued".split()
)
# Base forms; `is_verb` knows their endings. Words that are as often nouns (talk, vote, plan, order) are left out.
VERBS = SPEECH_VERBS | frozenset(
    "mean do make get take give go come need use find know see try feel leave become seem happen start begin stop end"
    " finish last cover apply include cost pay buy sell open close change cancel return ship deliver receive send"
    " contact reset install update delete remove add set create join ban mute invite play win lose meet sign agree"
    " describe reject accept die live release perform appear move build develop lead serve run hold keep cause affect"
    " allow require expire count contain mention offer provide support disband break tour occur react respond learn"
    " went took gave got made left became began won lost met kept held led ran paid bought sold sent broke came found"
    " saw knew felt meant wore grow grew mean work help attend earn retire succeed fail end explain define recycle"
    " suggest protect clarify invent discover treat prevent increase refer help handle store".split()
)
ADJECTIVES = frozenset(
    "open free available allowed good bad true false possible ok okay fine legal illegal safe necessary worth better"
    " best worse required important mandatory permitted forbidden likely unlikely easy hard difficult normal common"
    " successful popular famous controversial sure certain enough big expensive cheap married alive dead right"
    " wrong real serious new useful clear included active public private only".split()
)
ROLES = frozenset(
    "president minister moderator admin administrator manager owner member user employee customer senator governor"
    " director author mayor chairman ceo king queen player singer doctor teacher officer man woman boy girl guy person"
    " spokesman spokeswoman leader candidate judge lawyer ambassador adviser advisor host wife husband father"
    " mother brother sister son daughter founder secretary pope writer actor actress driver tenant".split()
)
# Nouns that always belong to something: "What was the outcome?" can only mean the outcome of what was talked about.
RELATIONAL = frozenset(
    "reaction response outcome result results consequence consequences exception exceptions example examples details"
    " reason reasons alternative alternatives downside downsides risks benefits advantages disadvantages difference"
    " differences deadline cause effect effects impact cost costs price title release".split()
)
PLACE_PREPOSITIONS = frozenset("in at near from to".split())
HERE = frozenset("article server channel discord bot chat group community site page document week month year morning".split())
TIMES = frozenset("year day month week season decade date".split())
ACKNOWLEDGEMENT = (
    r"thanks(?: a lot| so much)?|thank you(?: very much)?|thx|ty|ok(?:ay)?|cool|great|nice|interesting|i see|got it|"
    r"hmm+|wow|lol|right|sure|no|nope|yes|yeah|yep|well|oh|ah|alright|sorry|good|perfect|awesome|hello|hi|bye|k"
)
MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"

WORD = re.compile(r"['’](?:s|re|ve|ll|d|m)\b|(?:[^\W\d_]\.){2,}|[#@$€£]?\w+(?:[-.&/]\w+|['’](?!(?:s|re|ve|ll|d|m)\b)\w+)*")
DATE = re.compile(
    rf"\b(?:(?:{MONTHS}) (?:\d{{1,2}},? )?\d{{4}}|\d{{1,2}} (?:{MONTHS})(?: \d{{4}})?|(?:1[5-9]|20)\d\d|(?:{WEEKDAYS})s?"
    rf"|(?:{MONTHS.replace('may|', '').replace('march|', '')}|(?<=in )may|(?<=in )march)|today|tomorrow|yesterday"
    r"|(?:last|next|this) (?:year|month|week|summer|winter|spring|autumn|season))\b",
    re.IGNORECASE,
)
OPENING = re.compile(rf"^(?:(?:{ACKNOWLEDGEMENT})\b[\s,.!;:—-]+)*(?:(?P<joint>and|but|or|so|then)\b[\s,]+)?", re.IGNORECASE)
ONLY_ACKNOWLEDGEMENT = re.compile(rf"^(?:(?:{ACKNOWLEDGEMENT})\b[\s,.!?;:—-]*)+$", re.IGNORECASE)
ABOUT = re.compile(r"^(?:(?:so|and|but|then) )?(?:what|how|wbt|hbu)(?: |['’]s )about\s+(?P<rest>.+)$", re.IGNORECASE)
MEANT = re.compile(
    r"^(?:actually,? )?i (?:meant|mean)(?: to (?:say|ask))?(?: about)?,? (?P<rest>.+?)(?:,? not (?P<wrong>.+))?$", re.IGNORECASE
)
BARE = re.compile(
    r"^(?P<lead>(?:(?:since|until|till|from|to|by|for|in|at|on|with|about|of|against|under) )?(?:why(?: not)?|when|where"
    r"|who|whom|how(?: (?:long|many|much|often|far|come|soon|so|exactly))?|(?:which|what) [a-z]+)(?: exactly)?)"
    r"(?: (?:(?:was|were) (?:that|this)|(?:did|does) (?:that|this|it) (?:happen|occur)|(?<=why )is (?:that|this)))?$",
    re.IGNORECASE,
)
ADVERBIAL = re.compile(r"^(?:(?:since|until|till|from|by) )?(?:why|when|where|how(?: (?:long|often|soon|come))?)$", re.IGNORECASE)
OPEN_ENDED = re.compile(
    r"^(?:(?:can|could) you )?(?:please )?(?:tell me more|more details?|go on|elaborate|explain|explain (?:that|this|more)"
    r"|anything else|what else|any others?|for example|such as|like what|what happened(?: next| then| afterwards| after that)?|(?:and )?then|how so|says who|according to whom?"
    r"|who (?:said|says) (?:so|that|this)|are you sure|really|source|sources)(?: please)?$",
    re.IGNORECASE,
)

VERB_FORMS = VERBS | frozenset(
    form
    for verb in VERBS
    for stem in (verb, verb[:-1] if verb.endswith("e") else verb + verb[-1])
    for form in (verb + "s", verb + "es", stem + "ing", stem + "ed", verb + "ing", verb + "ed")
)
PLACES = frozenset(
    "america argentina asia australia brazil britain brussels canada caracas china colombia cuba england europe france"
    " germany india iran iraq israel italy japan london mexico moscow paris peru russia spain turkey ukraine venezuela"
    " washington africa texas california florida york berlin beijing bogota madrid rome tokyo us usa uk u.s.".split()
)
ACTORS = frozenset("i you we they he she it to".split())
LINKED = r" (?:of|for|between|with|against|on|about) "
NEVER_OWNED = PREPOSITIONS | AUXILIARIES | CLAUSE_OPENERS | QUESTION_WORDS | frozenset("again now too then there".split())
PERSONS = frozenset("he she him his her hers".split())
ANYONE = frozenset("someone anyone everyone somebody anybody everybody people nobody".split())
PARTICLES = frozenset("de van von der la al bin da".split())
ENGLISH_SIGNS = QUESTION_WORDS | frozenset("the and about did does can could should would are were have".split())
TURNS_REMEMBERED, ANSWER_READ, LONGEST_FRAGMENT, TOPIC_PHRASES, TELLING = 6, 600, 6, 4, 8
QUESTION = re.compile(
    r"^(?:(?P<asking>(?:what|who|whom|which|when|where|why|how)(?: \w+){0,3}?) )?(?P<aux>do|does|did|is|are|was|were|has|have"
    r"|had|can|could|will|would|shall|should|may|might|must)\b (?P<rest>.+)$",
    re.IGNORECASE,
)
EVALUATIVE = (
    "true|possible|ok|okay|fine|allowed|legal|illegal|safe|necessary|worth|better|required|important|mandatory|permitted"
    "|forbidden|likely|easy|hard|difficult|good|bad|normal|common|correct|right|wrong"
)
DUMMY_IT = re.compile(
    rf"^it(?:['’]s)?(?: (?:is|was|be|still|also|not|really|ever))*(?: (?:{EVALUATIVE})\b.*?\b(?:to|that|if|when)\b"
    r"| (?:takes?|took|costs?|matters?|hurts?|helps?|means?|makes? sense)\b.*\b(?:to|if|that|when)\b"
    r"| (?:seems|appears|turns out|looks like|rain|snow))"
)
CLAUSAL = re.compile(
    rf"^(?:it|this|that)(?: (?:{EVALUATIVE})(?: t?here)?$| (?:happen|occur|mean|affect|matter|help|surprise|change)\b)"
)
POINTER = re.compile(
    r"\b(?:(?:which|that|this|another|(?:the )?(?:other|first|second|third|last|same|latter|former)) ones?|the (?:latter|former"
    r"|same|others?|first|second))$|^which ones? \w+ \w+$|^(?:do|does|is|are) the same (?:\w+ ?){2,3}$",
    re.IGNORECASE,
)
CODE = re.compile(r"```|[{};]\s*$|[{};]\s*\n|\n\s*\n|=>|\w\(\)|</|^\s*(?:def|class|import|from \S+ import|SELECT)\b", re.MULTILINE)
VERBAL = "happened|happens|changed|matters|now|if|for|else|about|counts|works|next|is|was|are|were|do|does|did|can|will"
MONTHS_AND_DAYS = frozenset(f"{MONTHS}|{WEEKDAYS}".split("|"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its character offsets; a clitic ('s, 're) is a word of its own."""

    text: str
    start: int
    end: int
    apart: bool  # something other than spaces stands before it
    lower: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: its text, its words' indexes and offsets, whether it is a subject."""

    text: str
    first: int
    last: int
    start: int
    end: int
    subject: bool
    name: bool
    before: str  # the word that stands before it, in lower case

    @property
    def head(self) -> str:
        """Its main noun: the word before the first preposition."""
        words = [word.lower for word in words_of(self.text)]
        cut = next((index for index, word in enumerate(words) if index and word in PREPOSITIONS), len(words))
        return words[cut - 1]


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said before. `previous` is the last question without its end mark and `note` its topic in parentheses."""

    sources: tuple[tuple[str, bool], ...]  # questions and (True) answers, the likeliest to be meant first
    previous: str
    note: str
    known: Mapping[str, str]  # names by their lower case, to recognise them however they are typed
    places: frozenset[str]
    phrases: tuple[Phrase, ...]  # of the previous question


def words_of(text: str) -> list[Word]:
    """The words of a text."""
    words: list[Word] = []
    for match in WORD.finditer(text):
        gap = text[words[-1].end if words else 0 : match.start()]
        words.append(Word(match[0], match.start(), match.end(), bool(gap.strip(" ")), match[0].lower().replace("’", "'")))
    return words


def is_name(words: Sequence[Word], index: int, known: Mapping[str, str]) -> bool:
    """Whether this word is (part of) a name: capitalised where English has no other reason to, or known as one."""
    word, after = words[index], words[index + 1 : index + 2]
    if word.lower in FUNCTION_WORDS or not word.text[0].isalpha():
        return False
    if index and not word.apart or word.lower in known:
        return word.text[0].isupper() or word.lower in known
    opens_a_name = any(
        next_word.text[0].isupper() or next_word.lower in VERB_FORMS or next_word.lower in AUXILIARIES for next_word in after
    )
    return word.text[0].isupper() and opens_a_name and word.lower not in VERB_FORMS


def run_end(words: Sequence[Word], start: int, determined: bool, known: Mapping[str, str]) -> int:
    """The index after the last of the nouns, adjectives and names that begin at `start`."""
    index = start
    while index < len(words) and (index == start or not words[index].apart):
        word, named = words[index], is_name(words, index, known)
        if word.lower in FUNCTION_WORDS or (word.lower in VERB_FORMS and not named and not (determined and index == start)):
            break
        if index > start and not determined and not named and is_name(words, index - 1, known):
            if word.lower not in PARTICLES:
                break
        index += 1
    return index


def noun_phrases(text: str, known: Mapping[str, str]) -> tuple[Phrase, ...]:
    """The noun phrases of a text in order, without those that ask ("which year") and without dates."""
    words, found, index = words_of(text), [], 0
    while index < len(words):
        determined = words[index].lower in DETERMINERS
        start = index + determined
        before = words[index - 1].lower if index else ""
        if before in ACTORS and not (determined or is_name(words, start, known) or words[start].lower.endswith("s")):
            index += 1  # a verb, listed or not: "how do I | reset", "need to | purchase"
            continue
        end = run_end(words, start, determined, known)
        if end > start + 1 and before in AUXILIARIES and (end == len(words) or words[end].lower not in VERB_FORMS):
            last = words[end - 1]
            if before not in BE and not is_name(words, end - 1, known) or last.lower in ADJECTIVES or last.text.endswith("ed"):
                end -= 1  # "does the trial | last", "is the library | open"
        if end == start:
            index = start + (not determined)
            continue
        name = is_name(words, end - 1, known)
        subject = before in AUXILIARIES or (end < len(words) and words[end].lower in VERB_FORMS | AUXILIARIES)
        end = extended(words, end, name, known)
        phrase_text = text[words[index].start : words[end - 1].end]
        asking = before in QUESTION_WORDS | {"many", "much"} and not name
        asking = asking or words[end - 1].lower in ADJECTIVES
        if not asking and not DATE.fullmatch(phrase_text) and not phrase_text.isdigit():
            found.append(Phrase(phrase_text, index, end - 1, words[index].start, words[end - 1].end, subject, name, before))
        index = end
    return tuple(found)


def extended(words: Sequence[Word], end: int, name: bool, known: Mapping[str, str]) -> int:
    """Where a noun phrase that has reached `end` stops, with what hangs on it: "the talks | between A and B"."""
    links = {"of", "and"} if name else LINKS
    while end + 1 < len(words) and words[end].lower in links and not words[end + 1].apart:
        determined = words[end + 1].lower in DETERMINERS
        start = end + 1 + determined
        stop = run_end(words, start, determined, known)
        if stop == start or DATE.fullmatch(words[start].text) or (name and not is_name(words, start, known)):
            break
        if words[end].lower == "between":
            links = links | {"and"}
        end = stop
    return end


def heard(turns: Sequence[Turn]) -> Talk:
    """What was said before, with the last question that had a topic as the previous one."""
    recent = [turn for turn in turns if turn.searched.strip() and not ONLY_ACKNOWLEDGEMENT.match(turn.searched.strip())]
    sources: list[tuple[str, bool]] = []
    for turn in reversed(recent[-TURNS_REMEMBERED:]):
        answer = re.split(r"(?<=[.!?])\s", turn.answer[:ANSWER_READ].strip(), maxsplit=1)[0]
        pair = [(turn.searched[:LONGEST_FOLLOW_UP], False), (answer, True)]
        sources += pair[::-1] if "'s" not in pair[0][0] and turn.searched.lower().startswith(("who", "which", "what group", "what company", "what is the name")) else pair
    answers = " . ".join(turn.answer[:ANSWER_READ] for turn in recent[-TURNS_REMEMBERED:])
    said = " . ".join([*(source for source, _ in sources), answers])
    common = FUNCTION_WORDS | VERB_FORMS | set(re.findall(r"\b[a-z][\w-]+", answers)) | MONTHS_AND_DAYS
    known = {name.lower(): name for name in re.findall(r"(?<=[\w,] )[A-Z][\w-]+", said) if name.lower() not in common}
    previous, _, topic = (recent[-1].searched[:LONGEST_FOLLOW_UP] if recent else "").strip().partition(" (")
    previous = OPENING.sub("", re.sub(r"[\s?!.]+$", "", previous))
    return Talk(
        sources=tuple(source for source in sources if source[0]),
        previous=previous,
        note=f" ({topic}" if topic else "",
        known=known,
        places=PLACES | {name.lower() for name in re.findall(r"\b(?:in|near|from) ([A-Z]\w+)", said)},
        phrases=noun_phrases(previous, known),
    )


def definite(phrase: str) -> str:
    """The phrase as one refers back to it: "a refund" is "the refund" the second time."""
    return re.sub(r"^(?:an?|any|some)\b", "the", phrase, flags=re.IGNORECASE)


def with_topic(asked: str, talk: Talk) -> str:
    """The question with what was talked about in parentheses; as it was if nothing was."""
    for source in (talk.previous + talk.note, *(source for source, is_answer in talk.sources if not is_answer)):
        found = [phrase.text for phrase in noun_phrases(source, talk.known) if phrase.text.lower() not in asked.lower()]
        if found:
            bare = [re.sub(rf"^(?:{'|'.join(DETERMINERS)}) ", "", text, flags=re.IGNORECASE) for text in found]
            return f"{asked} ({', '.join(dict.fromkeys(bare[:TOPIC_PHRASES]))})"
    return asked


def person_meant(talk: Talk, asked: str) -> str | None:
    """Whom "he" or "she" means: the name, else the office, that was last the subject of what was said."""
    for source, is_answer in talk.sources:
        phrases = noun_phrases(source, talk.known)
        people = [
            phrase
            for phrase in (phrases[:1] if is_answer else phrases)
            if (phrase.name and phrase.text.split()[0].lower() not in DETERMINERS or phrase.head in ROLES)
            and not (phrase.before in PLACE_PREPOSITIONS and (phrase.before != "to" or phrase.text.lower() in talk.places))
            and phrase.text.lower() not in asked.lower()
        ]
        if people:
            best = min(people, key=lambda phrase: (not phrase.name, phrase.text.lower() in talk.places, not phrase.subject))
            return definite(best.text.split(" and ")[0])
    return None


def is_plural(phrase: Phrase) -> bool:
    """Whether "they" fits the phrase."""
    return " and " in phrase.text or (phrase.head.endswith("s") and not phrase.head.endswith(("ss", "us", "is")))


def thing_meant(talk: Talk, plural: bool) -> str | None:
    """What "it" or "they" means: what the previous question is about, None where that isn't clear."""
    fitting = [
        phrase
        for phrase in talk.phrases
        if phrase.head not in ROLES | RELATIONAL or plural
        if plural or phrase.before not in {"in", "at"}
        if (is_plural(phrase) or phrase.name if plural else not is_plural(phrase) or phrase.name)
    ]
    speaking = re.search(rf"\b(?:{'|'.join(SPEECH_VERBS)})s?\b", talk.previous.lower())
    best = min(fitting, key=lambda phrase: (phrase.name and bool(speaking), not phrase.subject), default=None)
    if best is None and talk.sources[0][1]:  # "Which band broke up?" is answered by what "they" are
        named = noun_phrases(talk.sources[0][0], talk.known)[:1]
        return named[0].text if named and named[0].name else None
    return definite(best.text) if best and not (best.name and speaking) else None


def explained(words: Sequence[Word], index: int, kind: str, own: bool, phrases: Sequence[Phrase], talk: Talk) -> bool:
    """Whether the question itself says what the pronoun at `index` means: "When Trump spoke, whom did he mean?"

    A subject and an object of one clause are never the same ("Did Bolton meet him?"), so that a boundary between
    clauses must lie between, except for "his", "its", "their".
    """
    if kind in ("person", "plural") and any(word.lower in ANYONE for word in words[:index]):
        return True
    if kind != "person" and any(word.apart for word in words[1 : index + 1]) and len(words) > 12:
        return True  # what came before in a long question explains it
    comma = next((later for later in range(index + 1, len(words)) if words[later].apart), len(words))
    for phrase in phrases:
        person = (phrase.name and phrase.text.lower() not in talk.places) or phrase.head in ROLES
        if not (person if kind == "person" else phrase.head not in RELATIONAL | (ROLES if kind == "thing" else set())):
            continue
        between = words[phrase.last + 1 : index + 1]
        if phrase.last < index and (own or any(word.apart or word.lower in CLAUSE_OPENERS for word in between)):
            return True
        if phrase.first >= comma and words[0].lower in SUBORDINATORS:
            return True
    return False


def kind_of(words: Sequence[Word], index: int, asked: str) -> str | None:
    """What the word at `index` leans on: "person", "thing", "plural", "clause" or "place"; None if on nothing."""
    word, rest = words[index].lower, asked[words[index].start :].lower()
    before = words[index - 1].lower if index else ""
    after = words[index + 1].lower if index + 1 < len(words) else ""
    if word in PERSONS:
        return "person"
    if word in {"they", "them", "their", "theirs"}:
        return "plural"
    if word == "its":
        return "thing"
    if word == "there":
        return None if {before, after} & (BE | {"any", "be", "exist", "'ll"}) else "place"
    if word == "it":
        return None if DUMMY_IT.match(rest) or before == "time" else "clause" if CLAUSAL.match(rest) else "thing"
    if word not in {"this", "that", "these", "those"}:
        return None
    if after in TIMES:
        return "demonstrative"
    if word == "that" and index and before not in AUXILIARIES | PREPOSITIONS | QUESTION_WORDS | CLAUSE_OPENERS:
        if after and after not in PREPOSITIONS | SUBORDINATORS:
            return None  # "said that he …", "the rule that says …"
    if not after or after in FUNCTION_WORDS | VERB_FORMS | ADJECTIVES or words[index + 1].apart:
        return "plural" if word in {"these", "those"} else "clause" if CLAUSAL.match(rest) else "thing"
    if is_name(words, index + 1, {}) or after in HERE or (word == "these" and after == "days"):
        return None
    return "demonstrative"


def pointed_at(word: str, talk: Talk) -> str | None:
    """What "that policy" or "that year" means: the phrase with that noun, the date, said last."""
    if word in TIMES:
        dates = [match[0] for source, _ in talk.sources[:2] for match in DATE.finditer(source)]
        return (f"in {dates[-1]}" if dates[-1].isdigit() else dates[-1]) if len(set(dates)) == 1 else None
    stem = word.rstrip("s")
    return next((definite(phrase.text) for phrase in talk.phrases if phrase.head.rstrip("s") == stem), None)


def pronouns_resolved(asked: str, talk: Talk) -> tuple[str, bool]:
    """The question with its pronouns replaced by what they mean, and whether some remain whose meaning isn't clear."""
    words, seen, unclear = words_of(asked), set[str](), False
    edits: list[tuple[int, int, str]] = []
    content = [word for word in words if word.lower not in FUNCTION_WORDS]
    phrases = noun_phrases(asked, talk.known)
    for index, word in enumerate(words):
        kind = kind_of(words, index, asked)
        following = words[index + 1] if index + 1 < len(words) else None
        noun_follows = following is not None and not following.apart and following.lower not in NEVER_OWNED
        own = word.lower in {"his", "its", "their", "hers", "theirs"} or (word.lower == "her" and noun_follows)
        if kind is None or kind in seen or (kind != "person" and len(content) >= TELLING) or explained(words, index, kind, own, phrases, talk):
            continue
        seen.add(kind)
        end, meant = word.end, None
        if kind == "person":
            meant = person_meant(talk, asked)
        elif kind in ("thing", "plural"):
            meant = thing_meant(talk, kind == "plural")
            if meant and word.lower in {"this", "that"} and not meant.startswith(("the ", "my ")):
                meant = None  # a name is "it", never "that"
        elif kind == "demonstrative" and following:
            meant, end = pointed_at(following.lower, talk), following.end
        elif kind == "place":
            meant = next((f"{phrase.before} {phrase.text}" for phrase in talk.phrases if phrase.before in {"in", "at"}), None)
        if meant is None or meant.lower() in asked.lower() or meant in (edit[2] for edit in edits):
            unclear = unclear or meant is None
            continue
        if meant.startswith("in ") and index and words[index - 1].lower in PREPOSITIONS:
            meant = meant[3:]
        edits.append((word.start, end, meant + "'s" * own))
    result = asked
    for start, end, meant in reversed(edits):
        result = result[:start] + meant + result[end:]
    return result, unclear and len(content) < (3 if edits else 5)


def phrases_completed(asked: str, talk: Talk) -> str:
    """ "the talks" as "the talks between Washington and Caracas" where those were talked about."""
    for phrase in reversed(noun_phrases(asked, talk.known)):
        words = phrase.text.lower().split()
        if len(words) == 2 and words[0] == "the" and not re.match(r" (?:of|for|between|with)\b", asked[phrase.end :]):
            fuller = next((option.text for option in talk.phrases if option.head == words[1]), "")
            if len(fuller.split()) > 2:
                return asked[: phrase.start] + definite(fuller) + asked[phrase.end :]
    return asked


def question_again(lead: str, talk: Talk) -> str:
    """The previous question asked with another question word: "Why did …?", or "…, and who?"."""
    match = QUESTION.match(talk.previous)
    if match and ADVERBIAL.match(lead):
        asking, rest = (match["asking"] or "").lower(), match["rest"]
        words = words_of(rest)
        verb = next((word for word in words[1:] if word.lower in VERB_FORMS), None)
        tail = rest[verb.end :].split() if verb else []
        if not asking or asking in {"when", "where", "why", "how"}:
            return f"{lead} {match['aux'].lower()} {rest}?"
        if asking in {"what", "who", "whom"} and match["aux"].lower() not in BE and verb:
            if not tail or tail[0].lower() in PREPOSITIONS:
                return f"{lead} {match['aux'].lower()} {rest[: verb.end]} that{rest[verb.end :]}?"
    return f"{talk.previous}, and {lead[0].lower()}{lead[1:]}?"


def swapped(rest: str, talk: Talk) -> str | None:
    """The previous question with `rest` in the place of what is of the same kind in it, None where nothing is."""
    preposition, _, body = rest.partition(" ") if rest.split(" ", 1)[0].lower() in PREPOSITIONS else ("", "", rest)
    body = " ".join(talk.known.get(word.lower(), word) for word in body.split())
    previous = talk.previous
    if not body or body.lower() in previous.lower():
        return None
    if DATE.fullmatch(body):
        dates = list(DATE.finditer(previous))
        if dates:
            return f"{previous[: dates[-1].start()]}{body}{previous[dates[-1].end() :]}?"
        return f"{previous} {preposition or ('in' if body[0].isdigit() or body.lower() in MONTHS else '')} {body}?"
    words, named = words_of(body), all(word.text[0].isupper() for word in words_of(body))
    first, head = words[0].lower if words else "", words[-1].lower if words else ""
    tail = next((phrase for phrase in talk.phrases if f" {preposition.lower()} " in phrase.text), None)
    same_head = re.search(rf"\b(?:[^\W\d_]+ )?{re.escape(head)}\b", previous) if len(words) == 2 else None
    if preposition:
        fitting = [phrase for phrase in talk.phrases if phrase.before == preposition.lower()]
        if not fitting and tail:
            kept = tail.start + tail.text.index(f" {preposition.lower()} ")
            return f"{previous[:kept]} {preposition} {body}{previous[tail.end :]}?"
    elif named:
        place = body.lower() in talk.places
        names = [phrase for phrase in talk.phrases if phrase.name]
        fitting = [phrase for phrase in names if (phrase.before in PLACE_PREPOSITIONS or phrase.text.lower() in talk.places) == place]
        fitting = sorted(fitting, key=lambda phrase: phrase.subject)
    elif same_head and first not in DETERMINERS and same_head[0].split()[0].lower() not in FUNCTION_WORDS:
        return f"{previous[: same_head.start()]}{body}{previous[same_head.end() :]}?"
    else:
        fitting = [phrase for phrase in talk.phrases if not phrase.name and of_one_kind(first, head, phrase)]
        if not fitting and len(words) == 1 and not head.endswith("s"):  # a name, typed in lower case
            fitting = [phrase for phrase in talk.phrases if phrase.name][:1]
        if len(words) > 3 or any(word.lower in PREPOSITIONS for word in words):
            return None
    if fitting:
        old = fitting[-1]
        end = old.end if preposition or named else old.start + len(re.split(LINKED, old.text)[0])
        return f"{previous[: old.start]}{body}{previous[end:]}?"
    return f"{previous} {preposition} {body}?" if preposition else None


def of_one_kind(first: str, head: str, phrase: Phrase) -> bool:
    """Whether a noun phrase with this first word and head may take the other's place: "my order", "my invoice"."""
    other = phrase.text.split()[0].lower()
    if first in DETERMINERS or other in DETERMINERS:
        return first == other or head == phrase.head
    return head.endswith("s") == phrase.head.endswith("s")


def fragment_completed(asked: str, joint: bool, talk: Talk) -> str | None:
    """A question without a verb, "and Trump?", "what about 2018?", completed from the previous one."""
    about = ABOUT.match(asked)
    rest = re.sub(r"\s+(?:then|though|too|instead)$", "", about["rest"] if about else asked, flags=re.IGNORECASE)
    words = words_of(rest)
    short_question = re.match(r"(?:did|does|do|can|is|was|will|are|were|has|have) (?P<subject>[^\s]+)$", rest, re.IGNORECASE)
    if short_question and short_question["subject"].lower() not in FUNCTION_WORDS:
        return swapped(short_question["subject"], talk)
    asking = AUXILIARIES | QUESTION_WORDS | VERB_FORMS | PERSONS | {"it", "they", "them", "i", "there", "you", "we"}
    if not words or len(words) > LONGEST_FRAGMENT or any(word.lower in asking for word in words):
        return None
    plain = DATE.sub("", rest)
    sure = all(word.lower in talk.known or word.lower in PREPOSITIONS for word in words_of(plain)) or (
        len(words) < 4 and words[-1].text[0].isupper() and words[0].lower in PREPOSITIONS
    )
    if not (about or joint or sure):
        return None
    completed = swapped(rest, talk)
    if completed or not (about or joint):
        return completed + talk.note if completed else None
    return with_topic(f"{asked}?", talk) if len(words) < 4 else None


def tail_filled(asked: str, talk: Talk) -> str:
    """ "What did Trump say" with the tail of "What did Bolton say the talks were about"."""
    words, before = words_of(asked), words_of(talk.previous)
    if len(words) > 2 and words[-1].lower in VERB_FORMS:
        for earlier in before[1:-1]:
            if earlier.lower == words[-1].lower and words[0].lower in QUESTION_WORDS | AUXILIARIES:
                return asked + talk.previous[earlier.end :] + talk.note
    return asked


def corrected(asked: str, talk: Talk) -> str | None:
    """ "I meant Bolton": the previous question with the name put right."""
    match = MEANT.match(asked)
    if not match:
        return None
    if match["wrong"] and match["wrong"].lower() in talk.previous.lower():
        return re.sub(re.escape(match["wrong"]), lambda _: match["rest"], talk.previous, flags=re.IGNORECASE) + "?"
    if words_of(match["rest"])[:1] and words_of(match["rest"])[0].lower in QUESTION_WORDS | AUXILIARIES:
        return pronouns_resolved(match["rest"], talk)[0] + "?"
    return swapped(match["rest"], talk) or with_topic(match["rest"], talk)


def stand_alone(question: str, turns: Sequence[Turn]) -> str:
    """The question as it should be searched: itself if it stands alone, else completed from the turns (oldest first)."""
    stripped = question.strip()
    if not turns or not stripped or len(stripped) > LONGEST_FOLLOW_UP or CODE.search(stripped):
        return question
    talk, opening = heard(turns), OPENING.match(stripped)
    joint, asked = bool(opening and opening["joint"]), stripped[opening.end() if opening else 0 :]
    mark = asked[len(asked.rstrip(" ?!.…")) :].strip()
    asked = asked[: len(asked) - len(mark)].strip() if mark else asked
    if not talk.previous or not words_of(asked):
        return question
    completed = corrected(asked, talk)
    if not completed and (bare := BARE.match(asked)) and not re.fullmatch(rf"(?:what|which) (?:{VERBAL})", asked.lower()):
        completed = question_again(bare["lead"], talk) + talk.note
    completed = completed or fragment_completed(asked, joint, talk)
    if not completed:
        about_someone = bool(ABOUT.match(asked))
        if OPEN_ENDED.match(asked) or POINTER.search(asked) or only_relational(asked, talk):
            completed = with_topic(asked + mark, talk)
        else:
            filled = tail_filled(asked, talk) if joint or " else " in asked else asked
            filled, unclear = pronouns_resolved(filled, talk) if is_english(asked) else (asked, False)
            filled = phrases_completed(filled, talk)
            if filled == asked and not unclear:
                return question
            filled += mark or ("?" if words_of(asked)[0].lower in QUESTION_WORDS | AUXILIARIES else "")
            completed = with_topic(filled, talk) if unclear or about_someone else filled
    completed = " ".join(completed.split())
    return completed[0].upper() + completed[1:]


def only_relational(asked: str, talk: Talk) -> bool:
    """Whether all that is asked for belongs to something that isn't named: "What was the outcome?"."""
    phrases = noun_phrases(asked, talk.known)
    return bool(phrases) and all(phrase.head in RELATIONAL and phrase.text.lower().split()[-1] == phrase.head for phrase in phrases)


def is_english(asked: str) -> bool:
    """Whether the question is English, as far as its small words tell."""
    words = [word.lower for word in words_of(asked)]
    return bool(ENGLISH_SIGNS & set(words)) or 2 * sum(word in FUNCTION_WORDS for word in words) >= len(words)
