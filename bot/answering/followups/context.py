"""The earlier turns of a conversation, as far as a follow-up question may refer to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.answering.followups.grammar import MONTHS_AND_DAYS, OUTSIDE_PHRASES, PLACES, VERB_FORMS
from bot.answering.followups.phrases import Phrase, noun_phrases
from bot.types import Turn
from index.english.function_words import DETERMINERS

LONGEST_QUESTION = 400  # characters of an earlier question that are analysed
LONGEST_ANSWER = 600  # characters of an answer that are analysed
TURNS_USED = 6
TOPIC_PHRASES = 4  # the most phrases that are named in parentheses

# Interjections and conjunctions that a question opens with.
_INTERJECTION = (
    r"thanks(?: a lot| so much)?|thank you(?: very much)?|thx|ok(?:ay)?|hmm+|wow|lol|yes|yeah|yep|nope|oh|ah|alright"
    r"|hello|hi"
)
_REMARK = (
    rf"{_INTERJECTION}|ty|k|no|well|right|sure|cool|great|good|nice|perfect|awesome|interesting|sorry|i see|got it"
    r"|actually|bye"
)
OPENING = re.compile(  # a remark needs punctuation behind it: "no, …", but not "no pets allowed"
    rf"^(?:(?:{_INTERJECTION})\b[\s,.!;:—-]+|(?:{_REMARK})\s*[,.!;:—-]+\s*)*(?:(?P<joint>and|but|or)\b[\s,]+|(?:so"
    rf"|then)\b[\s,]+)?",
    re.IGNORECASE,
)
ONLY_REMARKS = re.compile(rf"^(?:(?:{_REMARK})\b[\s,.!?;:—-]*)+$", re.IGNORECASE)

_ANSWERED_BY_NAME = ("who", "which", "what group", "what company", "what is the name")


@dataclass(frozen=True, slots=True)
class Source:
    """A question or the first sentence of an answer, in which the meaning of a pronoun is looked up."""

    text: str
    is_answer: bool


@dataclass(frozen=True, slots=True)
class Context:
    """The turns before a question.

    `sources` are their texts, the likelier ones first. `previous` is the last question without its end mark, `note` its
    topic in parentheses (may be empty), `phrases` its noun phrases. `known` has the names by their lower case, to
    recognise them however they are typed, and `places` the places in lower case.
    """

    sources: tuple[Source, ...]
    previous: str
    note: str
    known: Mapping[str, str]
    places: frozenset[str]
    phrases: tuple[Phrase, ...]

    def is_place(self, phrase: Phrase) -> bool:
        """True if a phrase is known as a place, or stands where places do."""
        return phrase.lower in self.places or phrase.before in {"in", "at", "near"}


def context_of(turns: Sequence[Turn]) -> Context:
    """Return the context that the last `TURNS_USED` turns give (oldest first); thanks and the like are skipped."""
    recent = [turn for turn in turns if turn.searched.strip() and not ONLY_REMARKS.match(turn.searched.strip()[:99])]
    recent = recent[-TURNS_USED:]
    sources = tuple(source for turn in reversed(recent) for source in _sources_of(turn))
    answers = " . ".join(turn.answer[:LONGEST_ANSWER] for turn in recent)
    everything = " . ".join([*(source.text for source in sources), answers])
    common = OUTSIDE_PHRASES | VERB_FORMS | MONTHS_AND_DAYS | set(re.findall(r"\b[a-z][\w-]+", answers))
    known = {
        name.lower(): name for name in re.findall(r"(?<=[\w,] )[A-Z][\w-]+", everything) if name.lower() not in common
    }
    previous, _, note = (recent[-1].searched.strip()[:LONGEST_QUESTION] if recent else "").partition(" (")
    previous = OPENING.sub("", re.sub(r"[\s?!.]+$", "", previous))
    places = PLACES | {name.lower() for name in re.findall(r"\b(?:in|near|from) ([A-Z]\w+)", everything)}
    return Context(sources, previous, f" ({note}" if note else "", known, places, noun_phrases(previous, known))


def _sources_of(turn: Turn) -> list[Source]:
    """Return the question and the answer of a turn; the answer first if it names what the question asks for."""
    question = Source(turn.searched.strip()[:LONGEST_QUESTION], is_answer=False)
    answer = Source(re.split(r"(?<=[.!?])\s", turn.answer[:LONGEST_ANSWER].strip(), maxsplit=1)[0], is_answer=True)
    answer_first = question.text.lower().startswith(_ANSWERED_BY_NAME) and "'s" not in question.text
    return [source for source in ((answer, question) if answer_first else (question, answer)) if source.text]


def definite(phrase: str) -> str:
    """Return a phrase as one refers back to it: "a refund" is "the refund" the second time."""
    return re.sub(r"^(?:an?|any|some)\b", "the", phrase, flags=re.IGNORECASE)


def referred_to(phrase: Phrase) -> str:
    """Return a phrase of the previous question as one refers back to it: "which rules" as "the rules"."""
    return f"the {phrase.text}" if phrase.is_asked else definite(phrase.text)


def with_topic(question: str, context: Context) -> str:
    """Return a question with the topic of the earlier ones in parentheses; unchanged if they have none."""
    for text in (context.previous + context.note, *(one.text for one in context.sources if not one.is_answer)):
        found = [phrase.text for phrase in noun_phrases(text, context.known) if phrase.lower not in question.lower()]
        if found:
            bare = [re.sub(rf"^(?:{'|'.join(DETERMINERS)}) ", "", phrase, flags=re.IGNORECASE) for phrase in found]
            return f"{question} ({', '.join(dict.fromkeys(bare[:TOPIC_PHRASES]))})"
    return question
