"""`footnote serve`: from settings to a bot that is connected, and out again. Start-up failures are one plain line."""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from filelock import FileLock, Timeout

from bot.config.prompts import load_prompts
from bot.config.settings import Settings
from bot.discord.client import FootnoteBot, intents_for
from bot.discord.connection.assembly import assembled_bot
from bot.discord.connection.log_filter import keep_discreet
from bot.discord.connection.resuming import resume_sessions
from bot.discord.parts import ServingParts
from bot.discord.queue import QuestionQueue
from bot.errors import DiscordConnectionError, FootnoteError, SettingsError
from bot.journal.journal import Journal
from bot.journal.server_settings import ServerSettings
from bot.runtime.following import following
from bot.runtime.health import Health
from bot.runtime.live_index import LiveIndex, live
from bot.runtime.notices import SILENT, Notices
from bot.runtime.reindexing import Reindexing
from bot.runtime.wiring import check_data_folder
from index.types import folder_of

WORKERS = 1  # the model takes all cores for one question
CLOSING_PATIENCE = 20.0  # seconds in which questions that are being answered may end
EVENT_TASKS = ("discord.py: on_", "CommandTree-invoker", "discord-ui-")  # how discord.py names the tasks of events

# Why the gateway may close a connection for good, in words; https://discord.com/developers/docs/topics/opcodes-and-status-codes
CLOSED = {
    4004: "Discord refused the token while connecting; copy it again into DISCORD_TOKEN",
    4010: "Discord refused the number of shards; start again",
    4011: "Discord wants more shards than were started; start again",
    4013: "Discord did not understand what was asked for; a newer version of Footnote is needed",
    4014: "the application's message content intent was switched off while connecting; start again",
}


@dataclass(frozen=True, slots=True)
class Application:
    """What Discord says of the application before the bot connects: `is_public`, whether anybody may invite it."""

    reads_messages: bool
    is_public: bool
    shards: int


def serve(settings: Settings, *, notices: Notices = SILENT) -> None:
    """Answer in Discord until the program is told to stop (Ctrl-C, SIGTERM).

    Raises `FootnoteError` for whatever hinders that from the start.
    """
    if not settings.discord_token:
        raise SettingsError(
            "there is no DISCORD_TOKEN; copy the bot's token from https://discord.com/developers/applications (Bot, "
            "Reset Token) into .env as DISCORD_TOKEN=… (README.md, “In Discord”)"
        )
    keep_discreet(settings.discord_token)
    _point_discord(settings)
    resume_sessions()
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # voice is nothing to us
    with _connection_errors_named(settings):
        application = asyncio.run(look_at_application(settings))
    if not application.reads_messages:
        notices.note(
            "This application may not read message content, so messages that don't mention the bot in its threads, and "
            "new posts in forums, are not answered. Everything else works. To change that, open the application's "
            "page and turn on “Message Content Intent” (under Bot)."
        )
    if application.is_public:
        notices.warn(
            "This application is a public bot: anybody can add it to their own server and make any folder of documents "
            "searchable there. Unless you want that, turn off “Public Bot” on the application's page (under Bot)."
        )
    prompts = load_prompts(settings.prompts_dir)
    check_data_folder(settings)
    with (
        alone(settings.data_dir),
        closing(ServerSettings(settings.data_dir)) as servers,
        closing(Journal(settings.data_dir, settings.journal_days)) as journal,
        live(settings, notices=notices) as index,
        following(settings),
    ):
        if empty := empty_default_folders(settings, index):
            origin = settings.origins.get("DEFAULT_FOLDERS", "")
            notices.warn(f"DEFAULT_FOLDERS ({origin}) names folders without indexed documents: {', '.join(empty)}.")
        queue = QuestionQueue(WORKERS, settings.queue_size, settings.questions_per_minute)
        parts = ServingParts(settings, prompts, index, journal, servers, queue, Reindexing(settings), notices)
        # What is loaded by now stays: going through it for garbage would hold up the event loop for 150 ms each time.
        gc.collect()
        gc.freeze()
        with _connection_errors_named(settings):
            asyncio.run(_run(parts, application))


def empty_default_folders(settings: Settings, index: LiveIndex) -> list[str]:
    """Those of `DEFAULT_FOLDERS` in which no document lies: most likely their names are misspelt."""
    known = index.use(lambda parts: {folder_of(one.path) for one in parts.index.catalog.summaries()})
    return [folder or "." for folder in settings.default_folders or () if folder not in known]


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Be the only bot of a data folder: two would not know of each other's scopes, nor of whom the other has forgotten.

    Raises `FootnoteError` where there is one already.
    """
    data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data / "serving.lock", timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise FootnoteError(
            f"another `footnote serve` uses the data folder {data}; stop that one, or name another folder with "
            "DATA_DIR or --data"
        ) from error
    try:
        yield
    finally:
        lock.release()


async def look_at_application(settings: Settings) -> Application:
    """Ask Discord what the application may do, and how many connections it should make."""
    async with discord.Client(intents=intents_for(reads_messages=False)) as client:
        await client.login(settings.discord_token)
        flags = client.application_flags
        is_public = client.application is not None and client.application.bot_public
        shards, gateway, _ = await client.http.get_bot_gateway()
    if not settings.discord_gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    return Application(flags.gateway_message_content or flags.gateway_message_content_limited, is_public, shards)


def _point_discord(settings: Settings) -> None:
    """Point discord.py elsewhere, where the settings say so: it has one place for all of a program's clients."""
    if settings.discord_api_url:
        Route.BASE = settings.discord_api_url
    if settings.discord_gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)


async def _run(parts: ServingParts, application: Application) -> None:
    """Run the bot until it is told to stop, then let it finish what it has begun."""
    settings = parts.settings
    bot = await assembled_bot(parts, reads_messages=application.reads_messages, shard_count=application.shards)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    health = Health(settings.data_dir)
    async with bot:
        running = asyncio.create_task(bot.start(settings.discord_token))
        beating = asyncio.create_task(_beat(health, bot))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stopping.done():
                parts.notices.note("Stopping. Questions that are being answered are finished first.")
                parts.wind_down()
                await _finish(bot)
        finally:
            for task in (stopping, beating):
                task.cancel()
            health.clear()
            await bot.close()
            if stopping.done():
                running.cancel()  # while the gateway is down, discord.py would go on trying
        with suppress(asyncio.CancelledError):
            await running


async def _finish(bot: FootnoteBot) -> None:
    """Let end what is under way, what came in the last moment included, as long as there is patience."""
    end = time.monotonic() + CLOSING_PATIENCE
    while (begun := bot.parts.unfinished | _handling_events()) and (left := end - time.monotonic()) > 0:
        await asyncio.wait(begun, timeout=left)


def _handling_events() -> set[asyncio.Task[Any]]:
    """What discord.py has called for a message, a command, a button or a form, and has not ended yet."""
    return {task for task in asyncio.all_tasks() if task.get_name().startswith(EVENT_TASKS)}


async def _beat(health: Health, bot: FootnoteBot) -> None:
    """Say every few seconds that the bot is alive, and whether it is connected."""
    while True:
        connected = _is_connected(bot)
        await asyncio.to_thread(partial(health.write, connected=connected, latency=bot.latency))
        await asyncio.sleep(health.INTERVAL if connected else 1.0)


def _is_connected(bot: FootnoteBot) -> bool:
    """Whether every shard has a connection just now: "ready" means to discord.py that each has had one."""
    return bot.is_ready() and not bot.is_closed() and not any(shard.is_closed() for shard in bot.shards.values())


@contextmanager
def _connection_errors_named(settings: Settings) -> Iterator[None]:
    """What keeps the bot from connecting, in one line."""
    place = settings.discord_api_url or "Discord"
    try:
        yield
    except discord.LoginFailure as error:
        origin = settings.origins.get("DISCORD_TOKEN", "")
        raise DiscordConnectionError(
            f"Discord refused the token (DISCORD_TOKEN, from {origin}); copy it again from the application's page "
            "(Bot, Reset Token)"
        ) from error
    except discord.PrivilegedIntentsRequired as error:
        raise DiscordConnectionError(CLOSED[4014]) from error
    except discord.ConnectionClosed as error:
        raise DiscordConnectionError(
            CLOSED.get(error.code, f"Discord closed the connection (code {error.code}); start again")
        ) from error
    except discord.HTTPException as error:
        said = " ".join(error.text.split())[:100] or error.response.reason
        raise DiscordConnectionError(f"{place} answered {error.status} ({said}); try again later") from error
    except (aiohttp.ClientError, TimeoutError, discord.GatewayNotFound, OSError) as error:
        if isinstance(error, OSError) and not isinstance(error, aiohttp.ClientError | ConnectionError | TimeoutError):
            raise
        raise DiscordConnectionError(
            f"could not connect to {place} ({str(error) or type(error).__name__}); is there a network, and is the "
            "address right?"
        ) from error
