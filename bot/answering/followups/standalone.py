"""Follow-up questions made to stand alone, by rules: pure functions, no model, well under a millisecond.

A question that stands alone comes back exactly as it was asked; every rule below needs a sign in the question itself
(a pronoun, a missing verb, a fragment) that it leans on what was said before. Where the sign is there but what it
points to isn't clear, the topic is added in parentheses, which searches well and reads honestly. English only: other
languages show none of the signs.

The rules for fragments and whole questions are here, and end with `stand_alone`; what pronouns mean is in
`references.py`, what English is made of in `english.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answering.followups.grammar import (
    ACTORS,
    AUXILIARIES,
    BE,
    DATE,
    DETERMINERS,
    ENGLISH_SIGNS,
    FUNCTION_WORDS,
    LINKS,
    MONTHS,
    PERSONS,
    PREPOSITIONS,
    QUESTION_WORDS,
    RELATIONAL,
    VERB_FORMS,
    Phrase,
    Word,
    noun_phrases,
    words_of,
)
from bot.answering.followups.references import (
    OPENING,
    Talk,
    definite,
    heard,
    pronouns_resolved,
    with_topic,
)
from bot.types import Turn

LONGEST_FOLLOW_UP = 400  # characters; a longer question brings its own words
LONGEST_FRAGMENT = 6  # words of "what about …"

# The shapes of follow-ups.
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
CODE = re.compile(r"```|[{};]\s*$|\n\s*\n|=>|\w\(\)|</|^\s*(?:def|class|import|from \S+ import|SELECT)\b", re.MULTILINE)


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
