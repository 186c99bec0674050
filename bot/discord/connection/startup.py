"""`footnote serve`: start the bot, run it until it is stopped, and report start-up errors in one line."""

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
from bot.discord.connection.log_filter import hide_secrets
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

WORKERS = 1  # questions at once: the model uses all cores for one
CLOSING_PATIENCE = 20.0  # seconds that questions may take to finish when the bot stops
EVENT_TASKS = ("discord.py: on_", "CommandTree-invoker", "discord-ui-")  # discord.py's names for tasks of events

# Codes with which the gateway closes a connection for good; https://discord.com/developers/docs/topics/opcodes-and-status-codes
CLOSE_REASONS = {
    4004: "Discord refused the token while connecting; copy it again into DISCORD_TOKEN",
    4010: "Discord refused the number of shards; restart the bot",
    4011: "Discord requires more shards than were started; restart the bot",
    4013: "Discord refused the requested events; update Footnote",
    4014: "the application's Message Content Intent was turned off while the bot was connecting; restart the bot",
}


@dataclass(frozen=True, slots=True)
class Application:
    """The facts that Discord reports about the application. `is_public` is true if anybody may add it to a server."""

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
            "Reset Token) into .env as DISCORD_TOKEN=… (see docs/discord.md)"
        )
    hide_secrets(settings.discord_token)
    _set_discord_addresses(settings)
    resume_sessions()
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # Footnote does not use voice
    with connection_errors(settings):
        application = asyncio.run(read_application(settings))
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
        only_bot(settings.data_dir),
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
        # What is loaded by now stays: collecting garbage in it would block the event loop for 150 ms each time.
        gc.collect()
        gc.freeze()
        with connection_errors(settings):
            asyncio.run(_run(parts, application))


def empty_default_folders(settings: Settings, index: LiveIndex) -> list[str]:
    """Return those of `DEFAULT_FOLDERS` that hold no document: most likely their names are misspelt."""
    known = index.use(lambda parts: {folder_of(one.path) for one in parts.index.catalog.summaries()})
    return [folder or "." for folder in settings.default_folders or () if folder not in known]


@contextmanager
def only_bot(data: Path) -> Iterator[None]:
    """Make this the only bot that uses a data folder: two would not see each other's scopes and erasures.

    Raises `FootnoteError` if another bot uses it.
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


async def read_application(settings: Settings) -> Application:
    """Ask Discord what the application may do, and how many shards it should use."""
    async with discord.Client(intents=intents_for(reads_messages=False)) as client:
        await client.login(settings.discord_token)
        flags = client.application_flags
        is_public = client.application is not None and client.application.bot_public
        shards, gateway, _ = await client.http.get_bot_gateway()
    if not settings.discord_gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    return Application(flags.gateway_message_content or flags.gateway_message_content_limited, is_public, shards)


def _set_discord_addresses(settings: Settings) -> None:
    """Set the addresses of Discord from the settings. discord.py has one address for all clients of a process."""
    if settings.discord_api_url:
        Route.BASE = settings.discord_api_url
    if settings.discord_gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)


async def _run(parts: ServingParts, application: Application) -> None:
    """Run the bot until it is stopped, then let it finish what it has begun."""
    settings = parts.settings
    bot = await assembled_bot(parts, reads_messages=application.reads_messages, shard_count=application.shards)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    health = Health(settings.data_dir)
    async with bot:
        running = asyncio.create_task(bot.start(settings.discord_token))
        reporting = asyncio.create_task(_report_health(health, bot))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stopping.done():
                parts.notices.note("Stopping. Questions that are being answered are finished first.")
                parts.wind_down()
                await _finish(bot)
        finally:
            for task in (stopping, reporting):
                task.cancel()
            health.clear()
            await bot.close()
            if stopping.done():
                running.cancel()  # otherwise discord.py retries while the gateway is down
        with suppress(asyncio.CancelledError):
            await running


async def _finish(bot: FootnoteBot) -> None:
    """Wait for everything that is under way, including events of the last moment, for `CLOSING_PATIENCE` seconds."""
    deadline = time.monotonic() + CLOSING_PATIENCE
    while (unfinished := bot.parts.unfinished | _event_tasks()) and (left := deadline - time.monotonic()) > 0:
        await asyncio.wait(unfinished, timeout=left)


def _event_tasks() -> set[asyncio.Task[Any]]:
    """Return discord.py's unfinished tasks for messages, commands, buttons and forms."""
    return {task for task in asyncio.all_tasks() if task.get_name().startswith(EVENT_TASKS)}


async def _report_health(health: Health, bot: FootnoteBot) -> None:
    """Write every few seconds that the bot is alive, and whether it is connected."""
    while True:
        connected = _is_connected(bot)
        await asyncio.to_thread(partial(health.write, connected=connected, latency=bot.latency))
        await asyncio.sleep(health.INTERVAL if connected else 1.0)


def _is_connected(bot: FootnoteBot) -> bool:
    """True if every shard is connected right now. discord.py's "ready" means that each has been connected once."""
    return bot.is_ready() and not bot.is_closed() and not any(shard.is_closed() for shard in bot.shards.values())


@contextmanager
def connection_errors(settings: Settings) -> Iterator[None]:
    """Raise `DiscordConnectionError`, with one line, for an error that keeps the bot from connecting."""
    address = settings.discord_api_url or "Discord"
    try:
        yield
    except discord.LoginFailure as error:
        origin = settings.origins.get("DISCORD_TOKEN", "")
        raise DiscordConnectionError(
            f"Discord refused the token (DISCORD_TOKEN, from {origin}); copy it again from the application's page "
            "(Bot, Reset Token)"
        ) from error
    except discord.PrivilegedIntentsRequired as error:
        raise DiscordConnectionError(CLOSE_REASONS[4014]) from error
    except discord.ConnectionClosed as error:
        raise DiscordConnectionError(
            CLOSE_REASONS.get(error.code, f"Discord closed the connection (code {error.code}); restart the bot")
        ) from error
    except discord.HTTPException as error:
        answer = " ".join(error.text.split())[:100] or error.response.reason
        raise DiscordConnectionError(f"{address} answered {error.status} ({answer}); try again later") from error
    except (aiohttp.ClientError, TimeoutError, discord.GatewayNotFound, OSError) as error:
        if isinstance(error, OSError) and not isinstance(error, aiohttp.ClientError | ConnectionError | TimeoutError):
            raise
        raise DiscordConnectionError(
            f"could not connect to {address} ({str(error) or type(error).__name__}); check the network and the address"
        ) from error
