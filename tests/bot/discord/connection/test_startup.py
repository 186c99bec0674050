"""`footnote serve` until it is connected: whatever prevents that is reported in one line."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from discord import shard
from discord.gateway import DiscordWebSocket
from discord.http import Route
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.config.settings import Settings, load_settings
from bot.discord.connection.startup import CLOSE_REASONS, connection_errors, empty_default_folders, only_bot, serve
from bot.errors import DiscordConnectionError, FootnoteError, SettingsError
from tests.bot.discord.support.answers import restarted
from tests.bot.discord.support.scenes import Scenes

TOKEN = "MTE.token.of-nobody"


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Settings with a token. discord.py's addresses are restored at the end."""
    places = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, shard.Shard
    formatters = [(handler, handler.formatter) for handler in logging.getLogger().handlers]
    yield load_settings(environment={"DISCORD_TOKEN": TOKEN}, folder=tmp_path)
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, shard.Shard = places  # type: ignore[misc]
    for handler, formatter in formatters:
        handler.setFormatter(formatter)


def one_line(error: pytest.ExceptionInfo[FootnoteError]) -> str:
    """Return the text of an error, which must be one line without the token."""
    said = str(error.value)
    assert "\n" not in said
    assert TOKEN not in said
    return said


def test_a_missing_token_is_reported_with_where_to_get_one(settings: Settings) -> None:
    with pytest.raises(SettingsError) as error:
        serve(replace(settings, discord_token=""))
    assert one_line(error).startswith("there is no DISCORD_TOKEN; copy the bot's token from https://discord.com/")


def test_an_unreachable_address_is_reported(settings: Settings) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(DiscordConnectionError) as error:
        serve(replace(settings, discord_api_url=address))
    assert one_line(error).startswith(f"could not connect to {address} (")


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, '{"message": "401: Unauthorized", "code": 0}', "Discord refused the token (DISCORD_TOKEN, from "),
        (403, "<html>\n<body>\nBlocked\n</body>\n</html>", "answered 403 (<html> <body> Blocked </body> </html>); try"),
        (404, "", "answered 404 ("),
    ],
)
def test_answers_of_other_servers_are_reported(settings: Settings, status: int, body: str, said: str) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if body.startswith("{") else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *arguments: Any) -> None:
            """Log nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            with pytest.raises(DiscordConnectionError) as error:
                serve(replace(settings, discord_api_url=f"http://127.0.0.1:{server.server_port}"))
        finally:
            server.shutdown()
            thread.join()
    assert said in one_line(error)


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (discord.LoginFailure("Improper token"), "refused the token"),
        (discord.PrivilegedIntentsRequired(None), "Message Content Intent was turned off"),
        (
            discord.GatewayNotFound(),  # type: ignore[no-untyped-call]
            "could not connect to Discord (",
        ),
        (aiohttp.ClientConnectionError(), "could not connect to Discord (ClientConnectionError); check the network"),
        (TimeoutError(), "could not connect to Discord (TimeoutError)"),
        (ConnectionResetError(104, "reset by peer"), "could not connect to Discord ([Errno 104] reset by peer)"),
    ],
)
def test_errors_of_the_connection_are_reported(settings: Settings, raised: Exception, said: str) -> None:
    with pytest.raises(DiscordConnectionError) as error, connection_errors(settings):
        raise raised
    assert said in one_line(error)


@pytest.mark.parametrize("code", [4004, 4010, 4011, 4013, 4014, 4999])
def test_a_connection_that_discord_closes_for_good_is_reported(settings: Settings, code: int) -> None:
    socket_closed = SimpleNamespace(close_code=code)
    with pytest.raises(DiscordConnectionError) as error, connection_errors(settings):
        raise discord.ConnectionClosed(socket_closed, shard_id=None, code=code)  # type: ignore[arg-type]
    assert CLOSE_REASONS.get(code, "code 4999") in one_line(error)


def test_other_errors_pass_unchanged(settings: Settings) -> None:
    with pytest.raises(PermissionError), connection_errors(settings):
        raise PermissionError(13, "Permission denied", "/srv/footnote")


def test_a_data_folder_has_one_bot(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with only_bot(data):
        with pytest.raises(FootnoteError) as error, only_bot(data):
            raise AssertionError
        assert one_line(error).startswith(f"another `footnote serve` uses the data folder {data}; ")
    with only_bot(data):
        pass


async def test_misspelt_default_folders_are_found(scene: Scenes) -> None:
    async with scene(DEFAULT_FOLDERS="profiles, Profile, .") as it:
        assert empty_default_folders(it.parts.settings, it.parts.live) == ["Profile"]
    async with scene() as it:
        assert empty_default_folders(it.parts.settings, it.parts.live) == []


async def test_missing_permissions_in_chosen_channels_are_logged_at_the_start(
    scene: Scenes, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        forum, other = it.guild.create_forum_channel("questions"), it.guild.create_text_channel("other")
        for channel in (it.channel, forum, other):
            denied = discord.Permissions(embed_links=True, create_public_threads=True)
            it.env.backend.set_overwrite(channel.id, Overwrite(it.bot.own_id, OverwriteType.MEMBER, deny=denied.value))
        await it.ada.slash(it.channel, "scope", channel=it.channel, folders="profiles")
        await it.ada.slash(it.channel, "forum", channel=forum, answers="found")
        async with restarted(it):
            pass
        warnings = sorted(record.getMessage() for record in caplog.records if record.name == "bot.discord.client")
        assert warnings == [
            "missing permissions in #general of Test Guild: Embed Links, Create Public Threads",
            "missing permissions in #questions of Test Guild: Embed Links",
        ]
