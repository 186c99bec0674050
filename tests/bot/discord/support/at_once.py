"""Simultaneous actions of several people. Unlike simcord's own actions, none of these waits for the bot."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord
import simcord
from simcord.interactions import base_payload, build_options, nest_options, walk_to_subcommand
from simcord.results import InteractionResult

from bot.discord.cogs.messages import MessagesCog
from tests.bot.discord.support.answers import FOUNDED, Shown
from tests.bot.discord.support.scenes import Scene

COMMAND = 2  # Discord's type of an interaction that is a command
PATIENCE = 300.0  # seconds; far more than needed, because a busy machine must not fail a test


def begin(
    it: Scene, person: simcord.MemberActor, channel: simcord.ChannelHandle, name: str, **options: Any
) -> InteractionResult:
    """Type a command without waiting; `env.settle()` waits for everything that was begun."""
    backend = it.env.backend
    root_name, *path = name.split()
    root = backend.find_command(root_name, person.guild.id, type=1)
    assert root is not None
    leaf, nesting = walk_to_subcommand(root, path)
    typed, resolved = build_options(person, name, leaf, options, channel_id=channel.id)
    data = {"id": root["id"], "name": root_name, "type": 1, "options": nest_options(root, nesting, typed)}
    if resolved:
        data["resolved"] = resolved
    return begin_raw(it, person, channel, data)


def begin_raw(
    it: Scene, person: simcord.MemberActor, channel: simcord.ChannelHandle, data: dict[str, Any]
) -> InteractionResult:
    """Send a command in Discord's own format; the bot may not have it."""
    record, payload = base_payload(
        it.env.backend, type=COMMAND, channel_id=channel.id, guild_id=person.guild.id, user_id=person.id, data=data
    )
    it.env.backend.emit("INTERACTION_CREATE", payload)
    return InteractionResult(it.env, record)


def write(
    it: Scene,
    person: simcord.MemberActor,
    channel: simcord.ChannelHandle,
    text: str,
    *,
    reply_to: Shown | None = None,
    broadcast: bool = True,
) -> int:
    """Send a message without waiting. Return its id. A reply pings."""
    reference = {"message_id": str(reply_to.id)} if reply_to is not None else None
    backend = it.env.backend
    return backend.create_message(channel.id, person.id, text, reference=reference, broadcast=broadcast).id


async def hear(
    it: Scene, person: simcord.MemberActor, channel: simcord.ChannelHandle, text: str, *, reply_to: Shown | None = None
) -> asyncio.Task[None]:
    """Deliver a message to the bot without waiting. Unlike in simcord's tasks, time passes for it."""
    sent = write(it, person, channel, text, reply_to=reply_to, broadcast=False)
    place, cog = it.bot.get_channel(channel.id), it.bot.get_cog("MessagesCog")
    assert isinstance(place, discord.abc.Messageable)
    assert isinstance(cog, MessagesCog)
    return asyncio.create_task(cog.on_message(await place.fetch_message(sent)))


async def until(condition: Callable[[], object]) -> None:
    """Let the bot work until the condition is true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def queue_busy(it: Scene) -> AsyncIterator[None]:
    """Occupy the only worker of the queue during the context: all other questions wait."""
    over = asyncio.Event()
    taken = asyncio.create_task(it.parts.queue.run(None, 0, over.wait))
    await asyncio.sleep(0)
    try:
        yield
    finally:
        over.set()
        await taken


async def begin_waiting(it: Scene, person: simcord.MemberActor) -> InteractionResult:
    """Ask a question that has an answer. Return once it waits in the queue."""
    before = it.parts.queue.waiting(person.guild.id)
    asked = begin(it, person, it.channel, "ask", question=FOUNDED)
    await until(lambda: it.parts.queue.waiting(person.guild.id) == before + 1)
    return asked


@asynccontextmanager
async def engine_busy(it: Scene) -> AsyncIterator[None]:
    """Occupy the engine during the context, with a question that is not the bot's: all other questions wait."""
    begun, over = threading.Event(), threading.Event()

    def work(_: object) -> None:
        begun.set()
        over.wait(PATIENCE)

    thread = threading.Thread(target=it.parts.live.use, args=(work,))
    thread.start()
    begun.wait(PATIENCE)
    try:
        yield
    finally:
        over.set()
        thread.join()
