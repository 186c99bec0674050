"""A question without the greeting before it and the thanks behind it, which would be searched for like other words."""

from __future__ import annotations

import re

_BEFORE = re.compile(
    r"(?:(?:hi+|hey+|hello+|hiya|yo|howdy|good (?:morning|afternoon|evening)|greetings)"
    r"(?:\s+(?:there|all|everyone|everybody|guys|folks|bot|footnote|team))?"
    r"|(?:ok(?:ay)?|so|well|um+|uh+|please|pls|plz)"
    r"|(?:(?:just )?(?:a )?quick question|(?:a )?(?:dumb|stupid|noob|newbie|silly) question|question)"
    r"|(?:sorry (?:if|for)|apologies (?:if|for)|not sure if) [^,.!?:]{3,60}"
    r"|(?:i'?m |i am )?new here"
    r"|(?:i (?:have|got) a question|i was wondering|i'?m wondering|just wondering|wondering)"
    r"|(?:can|could|does|do) (?:any(?:one|body)|some(?:one|body)|you) (?:please )?"
    r"(?:tell me|help me|explain(?: to me)?|know)"
    r"|(?:please )?(?:tell me|help me understand)"
    r")(?:\s*[,.!:;–-]+\s*|\s+)",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"[\s,.!;–-]+(?:thanks?(?: you)?(?: so much| a lot| in advance| very much)?|thx|ty|tia|cheers|please|pls|plz|"
    r"any help(?: is| would be)? appreciated|help(?: me)? (?:please|pls)|lol|haha|any(?:one|body)|guys)[\s.!?)]*\Z",
    re.IGNORECASE,
)
LEAST_WORDS = 2  # what is left must still be a question


def without_courtesy(question: str) -> str:
    """Return the question without greetings, thanks and the like around it; as it is where little would be left."""
    bare = question.strip()
    while (found := _BEFORE.match(bare)) and _is_enough(bare[found.end() :]):
        bare = bare[found.end() :].lstrip()
    while (found := _BEHIND.search(bare)) and _is_enough(bare[: found.start()]):
        ends_with_question = "?" in found.group()
        bare = bare[: found.start()].rstrip() + ("?" if ends_with_question else "")
    return bare


def _is_enough(text: str) -> bool:
    return len(text.split()) >= LEAST_WORDS
