"""Answer questions in messages: mentions, replies, direct messages, the bot's threads, new posts in chosen forums."""

from __future__ import annotations

import asyncio
import logging
import re
from functools import partial

import discord
from discord.ext import commands

from bot.discord.access.scopes import folders_for
from bot.discord.asking.ask import ask
from bot.discord.asking.conversations import Earlier, in_direct_messages, in_thread, is_own_thread, replied_to
from bot.discord.asking.threads import FollowUpThreads, open_under_answer
from bot.discord.errors import UNREACHABLE, report_error
from bot.discord.parts import ServingBot
from bot.discord.sending.messages import content_of
from bot.discord.sending.replies import MessageReply
from bot.discord.text import lines
from bot.discord.text.incoming import is_link, is_pleasantry, is_question, mentions_bot, question_in, without_courtesies
from bot.types import Question, Surface
from index.retrieval.retriever import LONGEST_QUESTION

ORDINARY_TYPES = (discord.MessageType.default, discord.MessageType.reply)

log = logging.getLogger(__name__)


class MessagesCog(commands.Cog):
    """Answers what is said to the bot. Messages to others are ignored and never stored."""

    def __init__(self, bot: ServingBot) -> None:
        self._bot = bot
        self._parts = bot.parts
        self._threads = FollowUpThreads(bot.parts)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        if message.author.bot or message.webhook_id is not None or message.type not in ORDINARY_TYPES:
            return
        surface = self._surface(message)
        if surface is None:
            return
        try:
            await self._answer(message, surface)
        except Exception as error:  # noqa: BLE001 (reported to the person and logged)
            reply = MessageReply(message, _permissions(message))
            await report_error(f"a message in {message.channel.id}", error, None if surface == "forum" else reply.say)

    def _surface(self, message: discord.Message) -> Surface | None:
        """Return how a message addresses the bot; None if it does not."""
        if message.guild is None:
            return "direct"
        if mentions_bot(message, self._bot.own_id):
            return "reply" if message.reference is not None and self._is_to_bot(message.reference) else "mention"
        if _is_new_post(message):
            is_off = self._parts.servers.forum(_parent(message)) == "off"
            return None if is_off or not self._bot.reads_messages else "forum"
        if is_own_thread(message.channel, self._bot.own_id) and not self._is_to_another(message):
            text = question_in(message, self._bot.own_id)
            return None if is_pleasantry(text) or is_link(text) else "thread"
        return None

    def _is_to_another(self, message: discord.Message) -> bool:
        """True if a message that does not mention the bot is meant for somebody else."""
        if message.mentions or message.role_mentions or re.search(r"@(?:everyone|here)\b", message.content):
            return True
        return message.reference is not None and not self._is_to_bot(message.reference)

    def _is_to_bot(self, reference: discord.MessageReference) -> bool:
        """True if a reply is to a message of the bot. Discord includes the message that is replied to."""
        replied = reference.resolved
        return isinstance(replied, discord.Message) and replied.author.id == self._bot.own_id

    async def _answer(self, message: discord.Message, surface: Surface) -> None:
        text = without_courtesies(question_in(message, self._bot.own_id))
        if _is_new_post(message):
            text = _searchable(f"{getattr(message.channel, 'name', '')}\n{text}".strip())
        # Nobody may expect an answer to a post, or to a message in a thread without a question in it.
        tentative = (surface == "forum" and self._parts.servers.forum(_parent(message)) == "found") or (
            surface == "thread" and not is_question(text)
        )
        allowed = _permissions(message)
        if not _may_send(message, allowed):
            await self._report_missing_permission(message, is_addressed=surface not in ("forum", "thread"))
            return
        if not _is_new_post(message) and is_pleasantry(text):
            # Thanks for an answer need no reply; somebody who only says hello gets a hint how to ask.
            if not text or not await asyncio.to_thread(self._earlier, message, surface):
                await MessageReply(message, allowed).say(lines.HOW_TO_ASK)
            return
        question = Question(
            text=text,
            asker=message.author.id,
            server=message.guild.id if message.guild else None,
            channel=message.channel.id,
            surface=surface,
        )
        reply = MessageReply(message, allowed, thread_for=partial(self._threads.thread_of, message))
        shown = await ask(
            self._parts,
            question,
            reply,
            scope=partial(folders_for, self._parts, message.channel),
            earlier=partial(self._earlier, message, surface),
            tentative=tentative,
        )
        await open_under_answer(self._parts, message.channel, shown, text)

    def _earlier(self, message: discord.Message, surface: Surface) -> Earlier:
        server = message.guild.id if message.guild else None
        if message.reference is not None and message.reference.message_id and self._is_to_bot(message.reference):
            return replied_to(self._parts, message.reference.message_id, server)
        if surface == "direct":
            return in_direct_messages(self._parts, message.channel.id)
        return in_thread(self._parts, message.channel.id) if isinstance(message.channel, discord.Thread) else ()

    async def _report_missing_permission(self, message: discord.Message, *, is_addressed: bool) -> None:
        log.warning("asked in channel %s, where the permission to send messages is missing", message.channel.id)
        if not is_addressed:
            return
        try:
            await message.author.send(**content_of(lines.no_permission(message.channel.id)))
        except UNREACHABLE as error:
            log.info("the direct message about it failed too (%s)", error)


def _is_new_post(message: discord.Message) -> bool:
    """True if a message is the first of a post in a forum."""
    channel = message.channel
    return (
        isinstance(channel, discord.Thread)
        and message.id == channel.id
        and isinstance(channel.parent, discord.ForumChannel)
    )


def _parent(message: discord.Message) -> int:
    return message.channel.parent_id if isinstance(message.channel, discord.Thread) else message.channel.id


def _permissions(message: discord.Message) -> discord.Permissions:
    """Return what the bot may do in the channel of a message; all permissions if unknown, so that it tries."""
    if message.guild is None or isinstance(message.channel, discord.PartialMessageable):
        return discord.Permissions.all()
    return message.channel.permissions_for(message.guild.me)


def _may_send(message: discord.Message, allowed: discord.Permissions) -> bool:
    return allowed.send_messages_in_threads if isinstance(message.channel, discord.Thread) else allowed.send_messages


def _searchable(post: str) -> str:
    """Return a post as a question: only its beginning if it is longer than a question may be."""
    if len(post) <= LONGEST_QUESTION:
        return post
    shown = post[:LONGEST_QUESTION]
    return shown.rsplit(maxsplit=1)[0] if " " in shown else shown
