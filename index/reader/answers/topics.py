"""Requests that name a topic and ask for whatever there is: "tell me about …", "what happened on …"."""

from __future__ import annotations

import re

from index.english.stemming import telling_stems

_OPEN = re.compile(
    r"\W*(?:(?:please |can you |could you )*(?:(?:(?:tell|show) me )?(?:more |something |everything )?(?:about|of)|"
    r"talk about|describe|summari[sz]e|sum up|give me (?:an? )?(?:overview|summary) of)|"
    r"what(?:'s| is| has|s)? (?:happen(?:ed|s|ing)?|took place|going on|went on)(?: (?:on|in|at|with|to|during))?|"
    r"what (?:about|do (?:you|we|they) know about|does it say about|is known about)|"
    r"(?:any|some|more) ?(?:thing|info(?:rmation)?|details|news)? (?:on|about))\b",
    re.IGNORECASE,
)


def topic_of(question: str) -> frozenset[str]:
    """Return the telling stems of the topic that a question asks for anything about; empty for any other question."""
    found = _OPEN.match(question)
    return frozenset(telling_stems(question[found.end() :])) if found else frozenset()
