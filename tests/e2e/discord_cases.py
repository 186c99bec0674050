"""`footnote serve` as a process of its own, against the Discord of the tests: what the tests over the wire share."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from index.storage.paths import CATALOG
from tests.fake_discord.people import FakeDiscord
from tests.fake_discord.processes import SERVE, Bot, running
from tests.fake_discord.state import Channel, ChannelType, Guild, Interaction, Message, User
from tests.fake_discord.waiting import text_of
from tests.support.command import surroundings

BOLTON = "What did Bolton say the talks were about?"
BOLTON_SAID = "nothing except Maduro's departure and free elections"
TRUMP = "And what did Trump say?"
TRUMP_SEARCHED = "searched: What did Trump say the talks were about?"
UNKNOWN = "Who paid for the flights?"
ABSTENTION = "I found no answer to"
FAILURE = "Something went wrong on my side"

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = f"{MESSAGES}/{{message_id}}"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
COMMANDS = "/applications/{application_id}/commands"

# Tests wait for what they expect and no longer: one thread, so that others of the machine don't slow it down beyond
# measure; nobody is cooled down who doesn't ask for it.
SURROUNDINGS = {"OMP_NUM_THREADS": "1", "QUESTIONS_PER_MINUTE": "1000"}
# What no run may leave behind, whatever went on.
NOISE = ("Traceback", "was destroyed but it is pending", "never awaited", "never retrieved", "Unclosed", "RuntimeError")


def project(indexed: Path, folder: Path) -> Path:
    """A copy of an indexed project, to be changed and served."""
    shutil.copytree(indexed, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("slots"))
    with closing(sqlite3.connect(folder / ".footnote" / CATALOG)) as catalog, catalog:
        catalog.execute("UPDATE generation SET seeds = ?", (str((folder / "seeds").resolve()),))
    return folder


class Scene:
    """A Discord with people in a server, and `footnote serve` in `folder`. Grace may manage the server."""

    def __init__(self, discord: FakeDiscord, bot: Bot, folder: Path) -> None:
        self.discord = discord
        self.bot = bot
        self.folder = folder
        self.guild = self.server("Museum")
        self.ada = discord.add_member(self.guild, "ada")
        self.bob = discord.add_member(self.guild, "bob")
        self.grace = self.keeper(self.guild, "grace")

    def server(self, name: str, shard: int = 0) -> Guild:
        """A further server."""
        return self.discord.add_guild(name, shard=shard)

    def keeper(self, guild: Guild, name: str) -> User:
        """Somebody who may manage a server."""
        return self.discord.add_member(
            guild, name, self.discord.add_role(guild, "keepers", permissions=["manage_guild"])
        )

    def room(self, name: str = "hall", guild: Guild | None = None) -> Channel:
        """A new channel: nothing was said in it yet."""
        return self.discord.add_channel(guild or self.guild, name)

    def forum(self) -> Channel:
        """A new forum."""
        return self.discord.add_channel(self.guild, "questions", kind=ChannelType.FORUM)

    def ask(self, person: User, room: Channel, question: str, containing: str = "", **options: Any) -> Message:
        """The answer to `/ask`."""
        used = self.discord.slash(person, room, "ask", question=question, **options)
        return self.discord.wait_for_answer(used, containing=containing)

    def mention(self, person: User, room: Channel, question: str) -> Message:
        """A message that mentions the bot."""
        return self.discord.say(person, room, f"{self.discord.bot.mention} {question}")

    def command(self, person: User, room: Channel, name: str, /, **options: Any) -> str:
        """What a command answers, as text."""
        return text_of(self.discord.wait_for_answer(self.discord.slash(person, room, name, **options)))

    def press(self, person: User, message: Message, button: str, containing: str = "") -> Message:
        """The message that a button leads to."""
        return self.discord.wait_for_answer(self.discord.click(person, message, button), containing=containing)

    def said_by_bot(self, room: Channel, viewer: User | None = None) -> list[str]:
        """All that the bot says in a channel, oldest first, without what has no text, such as a thread's beginning."""
        said = [text_of(one) for one in self.discord.messages(room, viewer) if one.author is self.discord.bot]
        return [text for text in said if text]


@contextmanager
def scene(discord: FakeDiscord, folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Scene]:
    """`footnote serve` in a project, until the end of the context, where nothing unseemly may have been said."""
    with discord, running(discord, folder, environment={**SURROUNDINGS, **(environment or {})}) as bot:
        yield Scene(discord, bot, folder)
        bot.stop()
        assert bot.process.returncode == 0, bot.output
        check_output(discord, bot.output)
        discord.check()


def started(discord: FakeDiscord, folder: Path, environment: Mapping[str, str] | None = None) -> Bot:
    """`footnote serve`, which nobody has waited for yet."""
    return Bot(SERVE, folder, surroundings({**SURROUNDINGS, **discord.environment, **(environment or {})}))


def check_output(discord: FakeDiscord, output: str) -> None:
    """Raise AssertionError where a bot has said what it should not."""
    assert discord.settings.token not in output
    assert [noise for noise in NOISE if noise in output] == [], output[-6000:]


def buttons(scene: Scene, message: Message) -> list[str]:
    """What is read on the buttons of a message."""
    found = scene.discord.components(message)
    return [str(one.get("label") or (one.get("emoji") or {}).get("name")) for one in found]


def answers(used: list[Interaction]) -> list[str]:
    """What each of them was answered; there must be exactly one message each."""
    return [text_of(message) for one in used for message in one.messages]
