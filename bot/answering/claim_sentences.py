"""Split a message into sentences that can be checked: without markup, each standing alone as far as possible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.answering.followups.context import ONLY_REMARKS, context_of
from bot.answering.followups.references import resolve_pronouns
from bot.types import Turn
from index.embedding.sentences import runs
from index.english.function_words import DEMONSTRATIVES, PERSONS, word_set
from index.english.names import names
from index.english.words import words_of
from index.parsing.language import detect_language
from index.types import Document

LONGEST_MESSAGE = 4000  # characters
LEAST_WORDS = 2  # words besides function words and opinions that a claim needs
WRAPPED = 60  # characters; a longer line may continue on the next one

A_QUESTION = "a question"
A_LINK = "only a link"
NO_CLAIM = "it claims nothing"
TOO_FAR = f"beyond the first {LONGEST_MESSAGE:,} characters"

_CODE_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_MENTION = re.compile(r"<(?:@[!&]?|#|id:|/[\w -]+:|t:-?|a?:\w+:)\w*(?::\w)?>|@(?:everyone|here)\b")
_SHORT_EMOJI = re.compile(r"(?<![\w:]):[a-z][a-z_]*[a-z0-9+-]*:(?![\w:])")
_LINK = re.compile(r"\[([^\]\n]+)\]\(<?https?://[^\s)]+>?\)")
_ADDRESS = re.compile(r"<?\bhttps?://[^\s<>]+>?", re.IGNORECASE)
_MARKS = (
    re.compile(r"(?<!\\)(\*\*\*|\*\*|\*|~~|\|\||__)(?=\S)(.+?)(?<=[^\s\\])\1", re.DOTALL),
    re.compile(r"(?<![\w\\])(_)(?=\S)(.+?)(?<=[^\s\\])_(?!\w)", re.DOTALL),
    re.compile(r"(`{1,2})(.+?)\1", re.DOTALL),
)
_ESCAPE = re.compile(r"\\([^\sa-zA-Z0-9])")
_LINE_MARK = re.compile(r"\s*(?:(?:>>>|>|-#|#{1,3})\s+)*(?:(?:[-*•‣]|\d{1,3}[.)])\s+)?(?:\[[ xX]\]\s+)?")
_LIST_LINE = re.compile(r"\s*(?:(?:>>>|>)\s+)*(?:[-*•‣]|\d{1,3}[.)])\s")

# Phrases before a claim that are not part of it.
_PREFACE = re.compile(
    r"^(?:(?:i (?:really |also )?(?:think|believe|guess|suppose|heard|read|know|assume|recall|remember|bet|am sure)|"
    r"i['’]m (?:pretty |quite |fairly )?sure|and|but|yeah|actually|apparently|basically|btw|fyi|imo|imho|afaik|iirc|"
    r"lol)\b(?:\s*[,:;–—-]+)?\s+(?:that\s+)?|"
    # These mean something else unless punctuation follows: "no herons", "so many".
    r"(?:no|nope|yes|so|well|ok|okay|also|hi|hello|hey|note|fact|fun fact|tl;?dr|remember|honestly|in fact|of course|"
    r"as far as i know|in my opinion|to be fair|hi (?:all|everyone|there))\s*[,:;–—-]+\s*)+",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"^(?:please|pls|let['’]?s|can (?:you|we|someone)|could (?:you|we|someone)|check out)\b", re.IGNORECASE
)
_LEADING_PRONOUN = re.compile(rf"^(?:{'|'.join(PERSONS | DEMONSTRATIVES)}|it|they|its|their)\b", re.IGNORECASE)
_PERSON = re.compile(r"^(?:(?:he|she)|(?P<own>his|her))\b", re.IGNORECASE)

# Words that praise, blame or agree. No document can support a sentence that has only these.
_OPINION = word_set(
    """
    think thinks thought believe guess feel feels hope wish love loves loved like likes liked hate hates enjoy agree
    agreed disagree good great nice bad awful terrible awesome amazing cool fine best worst better worse beautiful ugly
    funny interesting boring crazy insane stupid silly weird strange sad happy glad sorry sure right wrong true false
    exactly totally definitely absolutely really honestly literally maybe probably lol lmao wow haha omg yay ugh thanks
    thank please welcome hello hi hey bye yes yeah yep no nope ok okay thing things stuff lot lots bit way know see look
    guys everyone all folks wonder wait same point idea sense fun happen happened problem
    """
)


@dataclass(frozen=True, slots=True)
class MessageSentence:
    """A sentence of a message: its text, the claim to compare with documents, and the text to search for.

    `unchecked` is the reason not to check it, or empty.
    """

    text: str
    claim: str
    searched: str
    unchecked: str


def sentences_of(message: str) -> list[MessageSentence]:
    """Return the sentences of a message in order; list items and lines are sentences of their own."""
    found: list[MessageSentence] = []
    before = ""
    for offset, text in _split(message):
        sentence = _sentence(text, before)
        if offset >= LONGEST_MESSAGE:
            sentence = replace(sentence, unchecked=TOO_FAR)
        found.append(sentence)
        before = sentence.claim or before
    return found


def _sentence(text: str, before: str) -> MessageSentence:
    """Return a sentence, completed from the claim of the one before it (may be empty)."""
    bare = " ".join(_ADDRESS.sub(" ", text).split())
    claim = _PREFACE.sub("", bare)
    claim = claim[:1].upper() + claim[1:] if claim != bare else claim
    searched = claim
    if before and _LEADING_PRONOUN.match(claim):
        claim, _ = resolve_pronouns(claim, context_of([Turn(before, before, "")]))
        claim = _with_subject(claim, before)
        # If the meaning is unclear, the sentence before at least finds the right passage.
        searched = f"{before} {claim}" if _LEADING_PRONOUN.match(claim) else claim
    return MessageSentence(text, claim, searched, _why_unchecked(bare, claim))


def _with_subject(claim: str, before: str) -> str:
    """Return a claim with "he" or "she" replaced by the name that opens the sentence before it."""
    pronoun = _PERSON.match(claim)
    name = next(iter(names(before)), None)
    if pronoun is None or name is None or any(word.is_content for word in words_of(before[: name.start])):
        return claim
    own = "’s" if pronoun["own"] else ""
    return f"{name.text}{own}{claim[pronoun.end() :]}"


def _why_unchecked(bare: str, claim: str) -> str:
    """Return the reason not to check a sentence, or an empty string."""
    if not bare:
        return A_LINK
    if re.search(r"\?[!?]*[\"”’')*_\s]*$", bare):
        return A_QUESTION
    content = [word for word in words_of(claim) if (word.is_content or word.is_negation) and word.lower not in _OPINION]
    if ONLY_REMARKS.match(bare) or _REQUEST.match(bare) or len(content) < LEAST_WORDS:
        return NO_CLAIM
    return ""


def _split(message: str) -> Iterator[tuple[int, str]]:
    """Yield the sentences of a message without its markup, each behind its approximate offset."""
    text = _without_markup(message)
    document = Document(path="", title="", text=text, format="text", language=detect_language(text) or "en")
    for run in runs(document, 0, len(text)):
        for span in run:
            sentence = " ".join(text[span.start : span.end].split())
            if any(map(str.isalnum, sentence)):
                yield span.start, sentence


def _without_markup(message: str) -> str:
    """Return a message as plain text, with an empty line wherever a sentence ends for certain."""
    text = _CODE_BLOCK.sub("\n", message.replace("\r", ""))
    lines = [(_LIST_LINE.match(line) is not None, _LINE_MARK.sub("", line, count=1)) for line in text.split("\n")]
    joined = ""
    last = ""
    for is_item, line in lines:
        continues = len(last) >= WRAPPED and not is_item and last[-1:] not in ".!?:;" and line[:1].islower()
        joined += (" " if continues else "\n\n") + line
        last = line.rstrip()
    joined = _SHORT_EMOJI.sub(" ", _MENTION.sub(" ", joined))
    joined = _LINK.sub(r"\1", joined)
    for marks in _MARKS:
        joined = marks.sub(r"\2", joined)
    return _ESCAPE.sub(r"\1", joined).strip()
