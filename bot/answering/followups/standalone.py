"""Follow-up questions rewritten so that they stand alone: by rules, without a model, well under a millisecond.

A question that stands alone comes back exactly as it was asked; every rule needs a sign in the question itself (a
pronoun, a missing verb, a fragment) that it depends on the earlier turns. Where the sign is there but its meaning is
unclear, the topic is added in parentheses, which searches well and reads honestly. The rules know only English;
questions in other languages show none of the signs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answering.followups.context import OPENING, Context, context_of, definite, with_topic
from bot.answering.followups.grammar import (
    ACTORS,
    AUXILIARIES,
    BE,
    DATE,
    ENGLISH_SIGNS,
    LINKS,
    OUTSIDE_PHRASES,
    PREPOSITIONS,
    RELATIONAL,
    VERB_FORMS,
)
from bot.answering.followups.phrases import Phrase, noun_phrases
from bot.answering.followups.references import resolve_pronouns
from bot.types import Turn
from index.english.calendar import MONTH_NAMES
from index.english.function_words import DETERMINERS, INTERROGATIVES, PERSONS
from index.english.words import Word, compounds_of

LONGEST_FOLLOW_UP = 400  # characters; a longer question has words enough of its own
LONGEST_FRAGMENT = 6  # words of "what about …"

# The shapes of follow-ups.
_ABOUT = re.compile(r"^(?:what|how) about\s+(?P<rest>.+)$", re.IGNORECASE)
_MEANT = re.compile(
    r"^i (?:meant|mean)(?: to (?:say|ask))?(?: about)?,? (?P<rest>.+?)(?:,? not (?P<wrong>.+))?$", re.IGNORECASE
)
_BARE = re.compile(
    r"^(?P<lead>(?:(?:since|until|till|from|to|by|for|in|at|on|with|about|of|against|under) )?(?:why(?: not)?"
    r"|when|where"
    r"|who|whom|how(?: (?:long|many|much|often|far|come|soon|so))?|(?:which|what) (?!happen|is\b|was\b|are\b"
    r"|were\b|do\b"
    r"|does\b|did\b|can\b|will\b|if\b|for\b|else\b|about\b|now\b|next\b|changed\b|ones?\b)[a-z]+)(?: exactly)?)"
    r"(?: (?:(?:was|were) (?:that|this)|(?:did|does) (?:that|this|it) (?:happen|occur)|(?<=why )is (?:that|this)))?$",
    re.IGNORECASE,
)
_ADVERBIAL = re.compile(
    r"^(?:(?:since|until|till|from|by) )?(?:why|when|where|how(?: (?:long|often|soon|come))?)$", re.IGNORECASE
)
_QUESTION = re.compile(
    r"^(?:(?P<asking>(?:what|who|whom|which|when|where|why|how)(?: \w+){0,3}?) )?(?P<auxiliary>do|does|did|is|are"
    r"|was|were"
    r"|has|have|had|can|could|will|would|shall|should|may|might|must)\b (?P<rest>.+)$",
    re.IGNORECASE,
)
_SHORT_QUESTION = re.compile(r"^(?:did|does|do|can|is|was|will|are|were|has|have) (?P<subject>\S+)$", re.IGNORECASE)
_OPEN_ENDED = re.compile(
    r"^(?:(?:can|could) you )?(?:please )?(?:tell me more|more details?|go on|elaborate|explain(?: (?:that|this|more))?"
    r"|anything else|what else|any others?|for example|such as|like what|what happened(?: next| then| afterwards"
    r"| after that)?|then|how so|says who|according to whom?|who (?:said|says) (?:so|that|this)|are you sure|really"
    r"|sources?)(?: please)?$"
    r"|\b(?:(?:which|that|this|another|(?:the )?(?:other|first|second|third|last|same|latter|former)) ones?|the"
    r" (?:latter"
    r"|former|same|others?|first|second))$|^which ones? \w+ \w+$|^(?:do|does|is|are) the same (?:\w+ ?){2,3}$",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"```|[{};]\s*$|\n\s*\n|=>|\w\(\)|</|^\s*(?:def|class|import|from \S+ import|SELECT)\b", re.MULTILINE
)


def stand_alone(question: str, turns: Sequence[Turn]) -> str:
    """Return a question as it should be searched: itself if it stands alone, else completed from earlier turns.

    `turns` are ordered from the oldest to the latest.
    """
    stripped = question.strip()
    if not turns or not stripped or len(stripped) > LONGEST_FOLLOW_UP or _CODE.search(stripped):
        return question
    context = context_of(turns)
    opening = OPENING.match(stripped)
    joined = bool(opening and opening["joint"])
    whole = stripped[opening.end() if opening else 0 :]
    asked = whole.rstrip(" ?!.…")
    mark = whole[len(asked) :].strip()
    if not context.previous or not compounds_of(asked):
        return question
    bare = _BARE.match(asked)
    completed = _apply_correction(asked, context)
    if not completed and bare:
        completed = _repeat_with(bare["lead"], context) + context.note
    elif not completed and (_OPEN_ENDED.search(asked) or _is_only_relational(asked, context)):
        completed = with_topic(asked + mark, context)
    completed = completed or _complete_fragment(asked, context, joined=joined)
    completed = completed or _complete_sentence(asked, mark, context, joined=joined)
    completed = " ".join((completed or "").split())
    if completed.lower() in ("", stripped.lower(), whole.lower()):
        return question
    return completed[0].upper() + completed[1:]


def _complete_phrases(asked: str, context: Context) -> str:
    """Write "the talks" as "the talks between Washington and Caracas" where the previous question has those."""
    for phrase in reversed(noun_phrases(asked, context.known)):
        words = phrase.lower.split()
        if len(words) == 2 and words[0] == "the" and not re.match(r" (?:of|for|between|with)\b", asked[phrase.end :]):
            fuller = next((option.text for option in context.phrases if option.head == words[1]), "")
            if len(fuller.split()) > 2:
                return asked[: phrase.start] + definite(fuller) + asked[phrase.end :]
    return asked


def _repeat_with(lead: str, context: Context) -> str:
    """Return the previous question with another question word: "Why did …?", or "…, and who?"."""
    match = _QUESTION.match(context.previous)
    if match and _ADVERBIAL.match(lead):
        asking, auxiliary, rest = (match["asking"] or "").lower(), match["auxiliary"].lower(), match["rest"]
        if not asking or asking in {"when", "where", "why", "how"}:
            return f"{lead} {auxiliary} {rest}?"
        verb = next((word for word in compounds_of(rest)[1:] if word.lower in VERB_FORMS), None)
        if verb and asking in {"what", "who", "whom"} and auxiliary not in BE:
            tail = rest[verb.end :]
            if not tail or tail.split()[0].lower() in PREPOSITIONS:
                return f"{lead} {auxiliary} {rest[: verb.end]} that{tail}?"
    return f"{context.previous}, and {lead[0].lower()}{lead[1:]}?"


def _swap(said: str, context: Context) -> str | None:
    """Return the previous question with `said` in place of its part of the same kind, or None if it has none."""
    preposition, _, body = said.partition(" ") if said.split(" ", 1)[0].lower() in PREPOSITIONS else ("", "", said)
    body = " ".join(context.known.get(word.lower(), word) for word in body.split())
    words = compounds_of(body)
    if not words or body.lower() in context.previous.lower():
        return None
    if DATE.fullmatch(body):
        return _swap_date(preposition, body, context.previous)
    if preposition:
        return _swap_tail(preposition, body, context)
    if all(word.text[0].isupper() for word in words):
        is_place = body.lower() in context.places
        names = [phrase for phrase in context.phrases if phrase.is_name and context.is_place(phrase) == is_place]
        old = min(names, key=lambda phrase: not phrase.is_subject, default=None)
        return f"{context.previous[: old.start]}{body}{context.previous[old.end :]}?" if old else None
    return _swap_noun(body, words, context)


def _swap_date(preposition: str, date: str, previous: str) -> str:
    """Return the previous question with its date replaced, or with a date added."""
    dates = list(DATE.finditer(previous))
    if dates:
        return f"{previous[: dates[-1].start()]}{date}{previous[dates[-1].end() :]}?"
    usual = "in" if date.isdigit() or date.lower().split()[0] in MONTH_NAMES else ""
    return f"{previous} {preposition or usual} {date}?"


def _swap_tail(preposition: str, body: str, context: Context) -> str:
    """Return the previous question with its phrase after the same preposition replaced, or with such a phrase added."""
    for phrase in reversed(context.phrases):
        if phrase.before == preposition.lower():
            return f"{context.previous[: phrase.start]}{body}{context.previous[phrase.end :]}?"
        kept = phrase.lower.find(f" {preposition.lower()} ")
        if kept > 0:
            return f"{context.previous[: phrase.start + kept]} {preposition} {body}{context.previous[phrase.end :]}?"
    return f"{context.previous} {preposition} {body}?"


def _swap_noun(body: str, words: Sequence[Word], context: Context) -> str | None:
    """Return the previous question with a noun phrase of one kind replaced: "digital goods" by "physical goods"."""
    first, head, previous = words[0].lower, words[-1].lower, context.previous
    if len(words) > 3 or any(word.lower in PREPOSITIONS for word in words):
        return None
    same = re.search(rf"\b([^\W\d_]+) {re.escape(head)}\b", previous) if len(words) == 2 else None
    if same and first not in DETERMINERS and same[1].lower() not in OUTSIDE_PHRASES:
        return f"{previous[: same.start()]}{body}{previous[same.end() :]}?"
    fitting = [phrase for phrase in context.phrases if not phrase.is_name and not phrase.is_asked]
    fitting = [phrase for phrase in fitting if _are_of_one_kind(first, head, phrase)]
    if not fitting and len(words) == 1 and not head.endswith("s"):  # a name, typed in lower case
        fitting = [phrase for phrase in context.phrases if phrase.is_name][:1]
    if not fitting:
        return None
    kept = re.split(rf" (?:{'|'.join(LINKS)}) ", fitting[-1].text)[0]  # "of France" stays when the minister replaces
    return f"{previous[: fitting[-1].start]}{body}{previous[fitting[-1].start + len(kept) :]}?"


def _are_of_one_kind(first: str, head: str, phrase: Phrase) -> bool:
    """True if a noun phrase with this first word and head may replace the other: "my order", "my invoice"."""
    other = phrase.lower.split()[0]
    if first in DETERMINERS or other in DETERMINERS:
        return first == other or head == phrase.head
    return head.endswith("s") == phrase.head.endswith("s")


def _complete_fragment(asked: str, context: Context, *, joined: bool) -> str | None:
    """Complete a question without a verb ("and Trump?", "what about 2018?") from the previous one, if possible.

    `joined` is true for one that opens with "and", "but" or "or".
    """
    short = _SHORT_QUESTION.match(asked)
    if short and (short["subject"][0].isupper() or short["subject"].lower() in context.known):
        return _swap(short["subject"], context)
    about = _ABOUT.match(asked)
    said = re.sub(r"\s+(?:then|though|too|instead)$", "", about["rest"] if about else asked, flags=re.IGNORECASE)
    words = compounds_of(said)
    asking = AUXILIARIES | INTERROGATIVES | VERB_FORMS | PERSONS | ACTORS - {"to"} | {"them", "there"}
    if (
        not words
        or len(words) > LONGEST_FRAGMENT
        or any(word.lower in asking and not (about and word.lower.endswith("ing")) for word in words)
    ):
        return None
    leads = bool(about) or joined
    undated = compounds_of(DATE.sub("", said))
    sure = all(word.lower in context.known or word.lower in PREPOSITIONS for word in undated)
    sure = sure or (len(words) < 4 and words[0].lower in PREPOSITIONS and words[-1].text[0].isupper())
    completed = _swap(said, context) if leads or sure else None
    if completed:
        return completed + context.note
    return with_topic(f"{asked}?", context) if leads and len(words) < 4 else None


def _fill_tail(asked: str, context: Context) -> str:
    """Complete "What did Trump say" with the end of "What did Bolton say the talks were about"."""
    words = compounds_of(asked)
    if len(words) > 2 and words[-1].lower in VERB_FORMS and words[0].lower in INTERROGATIVES | AUXILIARIES:
        for earlier in compounds_of(context.previous)[1:-1]:
            if earlier.lower == words[-1].lower:
                return asked + context.previous[earlier.end :] + context.note
    return asked


def _apply_correction(asked: str, context: Context) -> str | None:
    """Read "I meant Bolton" as the previous question with another name; None for other questions."""
    match = _MEANT.match(asked)
    if not match:
        return None
    meant, wrong = match["rest"], match["wrong"]
    if wrong and wrong.lower() in context.previous.lower():
        return re.sub(re.escape(wrong), lambda _: meant, context.previous, flags=re.IGNORECASE) + "?"
    first = compounds_of(meant)[:1]
    if first and first[0].lower in INTERROGATIVES | AUXILIARIES:
        return resolve_pronouns(meant, context)[0] + "?"
    return _swap(meant, context) or with_topic(meant, context)


def _is_only_relational(asked: str, context: Context) -> bool:
    """True if a question asks for what belongs to something that it does not name: "What was the outcome?"."""
    phrases = noun_phrases(asked, context.known)
    return bool(phrases) and all(phrase.head in RELATIONAL and phrase.lower.endswith(phrase.head) for phrase in phrases)


def _is_english(asked: str) -> bool:
    """True if the function words of a question are English."""
    words = [word.lower for word in compounds_of(asked)]
    return bool(ENGLISH_SIGNS & set(words)) or 2 * sum(word in OUTSIDE_PHRASES for word in words) >= len(words)


def _complete_sentence(asked: str, mark: str, context: Context, *, joined: bool) -> str | None:
    """Return a whole question with its pronouns and phrases resolved; None if it refers to nothing."""
    if not _is_english(asked):
        return None
    filled = _fill_tail(asked, context) if joined or " else " in asked else asked
    filled, unclear = resolve_pronouns(filled, context)
    filled = _complete_phrases(filled, context)
    if filled == asked and not unclear:
        return None
    filled += mark or "?" * (compounds_of(asked)[0].lower in INTERROGATIVES | AUXILIARIES)
    return with_topic(filled, context) if unclear or _ABOUT.match(asked) else filled
