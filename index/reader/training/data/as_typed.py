"""Questions as people type them: lower case, words left out, slips of the fingers, a greeting or a story before."""

from __future__ import annotations

import random
import re

from index.english.function_words import FUNCTION_WORDS

LOWER_CASE = 0.7
NO_MARK = 0.6
KEYWORDS = 0.12
DROPPED = 0.15  # of a function word
SLIP = 0.04  # of a word of five letters and more
CONTRACTED = 0.3
GREETING = 0.05  # the engine takes most of them away before it searches
CONTEXT = 0.08

GREETINGS = (
    "hi", "hey", "hello", "hey all", "hi there", "good morning", "quick question:", "hey so",
    "sorry if this was asked before,", "maybe a stupid question but", "please help,", "hi everyone,",
    "ok so", "just wondering", "does anyone know",
)  # fmt: skip
CONTEXTS = (
    "i'm new here.", "i'm on windows and", "just started today.", "i read the docs but can't find it.",
    "i tried everything i could think of.", "my coworker told me to ask here.", "using the latest version.",
    "on a mac.", "we are a small team.", "i've been looking for an hour.",
)  # fmt: skip
_HOW_TO = re.compile(r"^how to\b", re.IGNORECASE)
_REPLACED = (
    (re.compile(r"\bwhat is\b", re.IGNORECASE), "whats"),
    (re.compile(r"\bI am\b", re.IGNORECASE), "im"),
    (re.compile(r"\bdoes not\b", re.IGNORECASE), "doesnt"),
    (re.compile(r"\bcannot\b", re.IGNORECASE), "cant"),
    (re.compile(r"\b(do|is|are|did)n['’]t\b", re.IGNORECASE), r"\1nt"),
    (re.compile(r"\bplease\b", re.IGNORECASE), "pls"),
)


def as_typed(question: str, rng: random.Random) -> str:
    """Return the question as somebody in a hurry types it."""
    text = _HOW_TO.sub(rng.choice(("how do i", "how can i", "how to")), question)
    for pattern, contraction in _REPLACED:
        if rng.random() < CONTRACTED:
            text = pattern.sub(contraction, text)
    words = text.split()
    if rng.random() < KEYWORDS:
        words = [word for word in words if bare(word) not in FUNCTION_WORDS] or words
    else:
        kept = [word for word in words if bare(word) not in FUNCTION_WORDS or rng.random() >= DROPPED]
        words = kept or words
    text = " ".join(slipped(word, rng) if len(word) > 4 and rng.random() < SLIP else word for word in words)
    if rng.random() < NO_MARK:
        text = text.rstrip("?!.")
    if rng.random() < CONTEXT:
        text = f"{rng.choice(CONTEXTS)} {text}"
    if rng.random() < GREETING:
        text = f"{rng.choice(GREETINGS)} {text}"
    return text.lower() if rng.random() < LOWER_CASE else text


def bare(word: str) -> str:
    """Return a word without case and punctuation."""
    return re.sub(r"\W", "", word).lower()


def slipped(word: str, rng: random.Random) -> str:
    """Return a word with two letters exchanged, or one left out or doubled."""
    at = rng.randrange(1, len(word) - 2)
    match rng.randrange(3):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at + 1 :]
        case _:
            return word[: at + 1] + word[at:]
