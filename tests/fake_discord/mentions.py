"""Find whom a text mentions, and whether a message of the bot could notify anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.fake_discord.state import Guild, Message, Payload, Role, User, World

USER = re.compile(r"<@!?(\d+)>")
ROLE = re.compile(r"<@&(\d+)>")
EVERYONE = re.compile(r"@everyone|@here")
CODE = re.compile(r"```.*?```|``.*?``|`[^`\n]+`", re.DOTALL)


def mentioned_users(text: str, world: World) -> list[User]:
    """Return the users that the text mentions outside of code, each once."""
    ids = dict.fromkeys(int(number) for number in USER.findall(CODE.sub("", text)))
    return [world.users[number] for number in ids if number in world.users]


def mentioned_roles(text: str, guild: Guild | None) -> list[Role]:
    """Return the roles that the text mentions outside of code, each once."""
    if guild is None:
        return []
    ids = dict.fromkeys(int(number) for number in ROLE.findall(CODE.sub("", text)))
    return [guild.roles[number] for number in ids if number in guild.roles]


def mentions_everyone(text: str) -> bool:
    """True if the text contains @everyone or @here outside of code."""
    return EVERYONE.search(CODE.sub("", text)) is not None


def note_mentions(message: Message, world: World, allowed: Payload | None, *, may_mention_everyone: bool) -> None:
    """Set whom the message mentions, according to its `allowed_mentions`; None allows everything."""
    users = mentioned_users(message.content, world)
    roles = mentioned_roles(message.content, message.channel.guild)
    everyone = mentions_everyone(message.content) and may_mention_everyone
    pings_author = allowed is None or bool(allowed.get("replied_user"))
    if allowed is not None:
        parse = allowed.get("parse") or []
        user_ids = {str(one) for one in allowed.get("users") or []}
        role_ids = {str(one) for one in allowed.get("roles") or []}
        users = [user for user in users if "users" in parse or str(user.id) in user_ids]
        roles = [role for role in roles if "roles" in parse or str(role.id) in role_ids]
        everyone = everyone and "everyone" in parse
    if message.reply_to is not None and pings_author and message.reply_to.author not in users:
        users.append(message.reply_to.author)
    message.mentions, message.role_mentions, message.mentions_everyone = users, roles, everyone


def mention_faults(body: Payload, *, is_new: bool) -> Iterator[str]:
    """Return reasons why a message of the bot could notify somebody, which Footnote never does.

    Stricter than Discord, which notifies nobody about an edit or an embed: what is harmless there is careless here.
    """
    text = body.get("content") or ""
    allowed = body.get("allowed_mentions")
    if allowed is None:
        if text or body.get("embeds") or body.get("components"):
            yield "mentions allowed: no allowed_mentions"
    else:
        parse = allowed.get("parse")
        for kind, pattern in (("users", USER), ("roles", ROLE), ("everyone", EVERYONE)):
            everything = parse is None and kind not in allowed
            if everything or kind in (parse or ()) or allowed.get(kind):
                found = pattern.search(text)
                yield f"mentions allowed: {kind}" + (f", and the text has {found[0]}" if found else "")
    if is_new and body.get("message_reference") and (allowed is None or allowed.get("replied_user")):
        yield "mentions allowed: replied_user"
