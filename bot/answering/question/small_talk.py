"""Messages that ask nothing of the documents: greetings, thanks, "what can you do", and what is too vague to search."""

from __future__ import annotations

import re

from bot.types import Note
from index.english.function_words import SEARCH_STOP_WORDS, word_set

_GREETING = re.compile(
    r"(?:hi+|hey+|hello+|hiya|yo|howdy|greetings|good (?:morning|afternoon|evening|day)|what'?s up|sup|moin|hola|"
    r"how are (?:you|u)(?: doing)?(?: today)?|how is it going|how'?s it going|nice to meet you)"
    r"(?:[\s,!.]+(?:there|all|everyone|everybody|guys|folks|bot|footnote|friend|again|hi|hey|hello))*",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:ok(?:ay)?[\s,!.]+|great[\s,!.]+|cool[\s,!.]+|perfect[\s,!.]+|awesome[\s,!.]+|nice[\s,!.]+)*"
    r"(?:(?:many |big |no )?thanks?(?: you)?|thank u|thx|ty|tysm|cheers|much appreciated|good bot|that helped|"
    r"bye|goodbye|good night|see you)"
    r"(?:[\s,!.]+(?:so much|a lot|very much|you|bot|footnote|for (?:the|your) help|that helped|it works(?: now)?|"
    r"everyone|all|again|man|mate))*",
    re.IGNORECASE,
)
_CAPABILITIES = re.compile(
    r"(?:help(?: me)?(?: please)?|(?:please )?help|commands?|usage|"
    r"(?:what|how) (?:can|could|do|does) (?:you|this(?: bot)?|the bot|it|footnote) (?:do|help(?: me)?(?: with)?|work)"
    r"(?: for me| exactly)?|how do (?:i|we) (?:use|talk to|ask) (?:you|this bot|the bot|footnote)|"
    r"who are you|what are you|are you (?:a |an )?(?:bot|human|robot|ai|real)|who (?:made|built|wrote) you|"
    r"what(?: is|'s) (?:your name|this bot)|what can i ask(?: you)?|can you help(?: me)?)",
    re.IGNORECASE,
)
# Words that alone say nothing that could be searched for.
_EMPTY = SEARCH_STOP_WORDS | word_set(
    """
    ok okay yes no yeah yep nope lol haha hmm hm um uh ah oh wow nice cool test testing idk wtf omg pls plz please
    bump up ping anyone somebody someone question questions quick problem issue work works working broken bot thing
    stuff this that it something anything everything nothing need want not dont doesnt isnt so too very much really
    just here
    """
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_AROUND = " \t\n,.!?…:;-)(~*🙂👋😀😊🙏❤️👍"


def note_of(text: str) -> Note | None:
    """Return what a message is instead of a question, None for one that can be searched for."""
    bare = text.strip(_AROUND)
    for note, pattern in (("greeting", _GREETING), ("thanks", _THANKS), ("capabilities", _CAPABILITIES)):
        if pattern.fullmatch(bare):
            return note  # type: ignore[return-value]
    words = [word.lower().replace("’", "").replace("'", "") for word in _WORD.findall(bare)]
    return "vague" if all(word in _EMPTY for word in words) else None
