"""Read what the bot has said in a scene, and do what simcord's people can't do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from typing import Any

import discord
import simcord
from simcord.backend.models import AllowedMentions

from bot.discord.connection.assembly import assembled_bot
from bot.discord.queue import QuestionQueue
from bot.journal.journal import Journal
from bot.journal.server_settings import ServerSettings
from bot.runtime.reindexing import Reindexing
from bot.types import JournalEntry
from index.config import IndexConfig
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from index.ingestion.options import IngestOptions
from tests.bot.discord.support.scenes import Scene

# Questions with a certain answer, and one without any answer.
FOUNDED = "When was the Constituent Assembly elected?"  # in 2017
AGENCY = "Which news agency made the contacts public?"  # the Associated Press
BOLTON = "What did Bolton say the talks were about?"
TWO = f"{BOLTON} {AGENCY}"  # two documents, the second with an address
UNKNOWN = "Who paid for the flights?"

Shown = discord.Message | simcord.ResponseMessage


def spoken(scene: Scene, channel: simcord.ChannelHandle | None = None) -> list[discord.Message]:
    """Return the bot's public messages in a channel, oldest first."""
    return [
        message
        for message in (channel or scene.channel).history()
        if message.author.id == scene.bot.own_id and message.type is not discord.MessageType.thread_created
    ]


def answer(scene: Scene, channel: simcord.ChannelHandle | None = None) -> discord.Message:
    """Return the bot's last message in a channel."""
    return spoken(scene, channel)[-1]


def shown(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """Return the response of the bot."""
    assert result.response is not None
    return result.response


def entry_under(scene: Scene, message: Shown) -> JournalEntry:
    """Return the journal entry of the answer that a message shows."""
    entry = scene.parts.journal.entry_of_message(message.id)
    assert entry is not None
    return entry


def buttons_of(message: Shown) -> list[str]:
    """Return the buttons of a message: label or emoji, followed by the address if there is one."""
    found = message.message if isinstance(message, simcord.ResponseMessage) else message
    children = [child for row in found.components if isinstance(row, discord.ActionRow) for child in row.children]
    return [
        " ".join(filter(None, (child.label, str(child.emoji or ""), child.url)))
        for child in children
        if isinstance(child, discord.Button)
    ]


def messages_sent(env: simcord.Env) -> list[dict[str, Any]]:
    """Return the bodies of all requests that created or edited a message."""
    bodies = [request.json for request in env.http_requests if isinstance(request.json, dict)]
    bodies = [body["data"] if isinstance(body.get("data"), dict) and body.get("type") == 4 else body for body in bodies]
    return [body for body in bodies if "content" in body or "embeds" in body]


def nobody_is_mentioned(env: simcord.Env) -> bool:
    """True if messages were sent and none of them can mention anybody."""
    bodies = messages_sent(env)
    quiet = [body.get("allowed_mentions") for body in bodies]
    return bool(bodies) and all(
        one is not None and not any(one.get(kind) for kind in ("parse", "users", "roles", "replied_user"))
        for one in quiet
    )


async def replied(it: Scene, who: simcord.MemberActor, message: Shown, text: str, *, ping: bool) -> None:
    """Reply to a message, with or without a ping. simcord's own replies always ping."""
    env = it.env
    env.backend.create_message(
        message.channel_id if isinstance(message, simcord.ResponseMessage) else message.channel.id,
        who.id,
        text,
        reference={"message_id": str(message.id)},
        allowed_mentions=AllowedMentions(replied_user=ping),
    )
    await env.settle()


async def posted(
    it: Scene, who: simcord.MemberActor, forum: simcord.ChannelHandle, title: str, text: str
) -> simcord.ChannelHandle:
    """Create a post by a person in a forum, with the events that Discord sends; in simcord only bots can do that."""
    env = it.env
    thread = env.backend.create_thread(forum.id, title, who.id, broadcast=False)
    env.backend.announce_thread_create(thread)
    message = env.backend.prepare_message(thread.id, who.id, text or None, attachments=[] if text else [PICTURE])
    message.id = thread.id  # as in Discord
    env.backend.commit_message(message)
    await env.settle()
    return simcord.ChannelHandle(env, forum.guild, thread)


PICTURE = {"id": "1", "filename": "a.png", "size": 1, "url": "https://cdn.example/a.png", "proxy_url": ""}


def channel_without(scene: Scene, name: str, **denied: bool) -> simcord.ChannelHandle:
    """Create a channel in which the bot lacks permissions, for example `send_messages=False`."""
    assert scene.bot.user is not None
    overwrite = discord.PermissionOverwrite(**denied)
    return scene.guild.create_text_channel(name, overwrites={scene.bot.user: overwrite})


@asynccontextmanager
async def restarted(scene: Scene) -> AsyncIterator[None]:
    """Restart the bot: afterwards it knows only what is in the data folder."""
    before, settings = scene.parts, scene.parts.settings
    await asyncio.to_thread(before.journal.close)
    servers = ServerSettings(settings.data_dir)
    queue = QuestionQueue(1, settings.queue_size, settings.questions_per_minute)
    with closing(Journal(settings.data_dir, settings.journal_days)) as journal:
        parts = replace(
            before, journal=journal, servers=servers, queue=queue, reindexing=Reindexing(settings), unfinished=set()
        )
        scene.bot = await assembled_bot(parts, reads_messages=scene.bot.reads_messages, shard_count=1)
        await scene.env.restart_bot(scene.bot)
        yield


async def indexed_anew(scene: Scene, embedder: SentenceTransformerEmbedder) -> None:
    """Have another process index the documents, and the bot switch to the new index."""
    settings = scene.parts.settings

    def index() -> None:
        Ingestion(settings.data_dir, settings.seeds_dir, IndexConfig(), embedder).run(IngestOptions(prune=True))
        scene.parts.live.refresh()

    await asyncio.to_thread(index)


def reference_in(text: str) -> str:
    """Return the reference in a line that reports an internal error."""
    found = re.search(r"Reference: `([0-9A-F]{6})`", text)
    assert found is not None, text
    return found[1]
