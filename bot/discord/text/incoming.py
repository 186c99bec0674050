"""Read the question in a message: without the mention of the bot, and with names instead of ids."""

from __future__ import annotations

import re

import discord

# Words of a conversation that ask nothing.
PLEASANTRIES = frozenset(
    "thanks thank you thx ty ok okay k great good nice cool perfect awesome lol haha yes no yep nope sure right wow "
    "hm hmm oh ah cheers much very so a lot that helps i see got it understood bye hi hello hey please all done super "
    "there morning afternoon evening night everyone everybody again sorry fine agreed exactly true brilliant excellent "
    "interesting".split()
)
LONGEST_PLEASANTRY = 6  # words

# Greetings and thanks around a question, which the search and the reader would take for a part of the question. They
# are removed only if a question follows: somebody may ask about "Good morning, Vietnam".
_POLITE = r"(?:hey|hi|hello|good (?:morning|afternoon|evening|day)|thanks|thank you|thx|ok|okay|cheers)"
_ADDED = r"(?: (?:there|all|everybody|everyone|again|footnote|a lot|so much|very much|in advance|please))?"
_ASKING = (
    "what|what's|who|who's|whom|whose|when|where|why|which|how|is|are|was|were|do|does|did|has|have|had|can|could"
    "|will|would|should|may|might|must|and|tell|show|explain|list|name|describe|summari[sz]e"
)
_GREETING = re.compile(
    rf"^(?:{_POLITE}{_ADDED}\s*[,.!;\n–—]*\s*)*(?:please,?\s+)?(?=(?:(?:in|on|at|by|to|for|from)\s+)?(?:{_ASKING})\b)",
    re.IGNORECASE,
)
_THANKS = re.compile(rf"(?<=[?.!,;\n])[ \t]*(?:{_POLITE}|please){_ADDED}[.!]*$", re.IGNORECASE)
_QUESTION = re.compile(rf"\?|^(?:(?:in|on|at|by|to|for|from|or|but)\s+)?(?:{_ASKING})\b", re.IGNORECASE)


def mentions_bot(message: discord.Message, own_id: int) -> bool:
    """True if a message mentions the bot itself, or the role that Discord made for it; not for @everyone."""
    if any(user.id == own_id for user in message.mentions):
        return True
    return any(role.tags is not None and role.tags.bot_id == own_id for role in message.role_mentions)


def question_in(message: discord.Message, own_id: int) -> str:
    """Return the words of a message, with its lines; empty if it only mentions the bot."""
    text = message.content
    own_roles = [role.id for role in message.role_mentions if role.tags is not None and role.tags.bot_id == own_id]
    text = re.sub(rf"<@!?{own_id}>", " ", text)
    for role_id in own_roles:
        text = text.replace(f"<@&{role_id}>", " ")
    names = {f"<@{one.id}>": one.display_name for one in message.mentions}
    names |= {f"<@!{one.id}>": one.display_name for one in message.mentions}
    names |= {f"<#{one.id}>": f"#{getattr(one, 'name', 'channel')}" for one in message.channel_mentions}
    names |= {f"<@&{one.id}>": one.name for one in message.role_mentions}
    for mention, name in names.items():
        text = text.replace(mention, name)
    text = re.sub(r"<a?:\w+:\d+>", " ", text)  # custom emoji
    # Close the gaps that removed mentions leave: "Say <@1>, who …" has become "Say  , who …".
    text = re.sub(r"[ \t]+(?=[ \t,.;:?!\n]|$)", "", text)
    return text.strip(" \t\n,:;–-")


def without_courtesies(text: str) -> str:
    """Return a question without the greeting before it and the thanks after it; unchanged if nothing would be left."""
    asked = _GREETING.sub("", text).rstrip()
    while (less := _THANKS.sub("", asked).rstrip()) != asked:
        asked = less
    return asked.strip() if re.search(r"\w", asked) else text


def is_question(text: str) -> bool:
    """True if a message contains a question, or begins like one ("and Trump", "tell me more")."""
    return _QUESTION.search(text) is not None


def is_link(text: str) -> bool:
    """True if a message is only a link."""
    return re.fullmatch(r"<?https?://\S+", text) is not None


def is_pleasantry(text: str) -> bool:
    """True if a message only says thanks, hello or the like, to which nobody expects an answer."""
    words = re.findall(r"[^\W_]+", text.lower())
    return "?" not in text and len(words) <= LONGEST_PLEASANTRY and all(word in PLEASANTRIES for word in words)
