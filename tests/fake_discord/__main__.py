"""Run a Discord in a terminal, to try a bot with: `python -m tests.fake_discord`.

It prints the settings for `footnote serve`, which you start in another terminal, and then reads lines that a user
writes into a channel of a small server. The bot's messages are printed as they arrive.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.fake_discord.commands import NotPossible
from tests.fake_discord.people import FakeDiscord
from tests.fake_discord.state import Channel, Interaction, Message, User
from tests.fake_discord.transcript import message_lines
from tests.fake_discord.waiting import NothingHappened

HELP = """\
hello there                   write into the channel; @bot becomes a mention, > before the text a reply with a ping
/ask question="why?"          a command; options as name=value; private=true and private=3 are read as such
:menu Check against …         a command of the menu of the latest message of a person
:click Sources                a button of the latest message that has one like it
:submit wrong=text            fill in the form that a button has shown
:in hall | :in dm | :in NAME  another place: a channel, a thread, the direct channel
:post Title | Text            a new post in the forum "questions"
:as bob                       another person; ada may manage the server, bob may not
:show   :requests   :violations   :cut   :quit"""


class Terminal:
    """The prompt: which user writes, in which channel, and what has been printed."""

    def __init__(self, discord: FakeDiscord) -> None:
        self.discord = discord
        self.guild = discord.add_guild("Museum")
        discord.add_channel(self.guild, "hall")
        discord.add_channel(self.guild, "archive")
        discord.add_forum(self.guild, "questions")
        keepers = discord.add_role(self.guild, "keepers", permissions=["manage_guild"])
        self.people = {
            "ada": discord.add_member(self.guild, "ada", keepers),
            "bob": discord.add_member(self.guild, "bob"),
        }
        self.user: User = self.people["ada"]
        self.channel: Channel = next(iter(self.guild.channels.values()))
        self.form: Interaction | None = None
        self._printed: dict[int, str] = {}

    def watch(self) -> None:
        """Print the bot's messages once they have stopped changing, until the process ends."""
        seen: dict[int, tuple[str, float]] = {}
        while True:
            time.sleep(0.2)
            for message in self.discord.call(self._there):
                if message.author is not self.discord.bot:
                    continue
                text = self.discord.call(self._text, message)
                if seen.get(message.id, ("", 0.0))[0] != text:
                    seen[message.id] = (text, time.monotonic())
                elif self._printed.get(message.id) != text and time.monotonic() - seen[message.id][1] > 0.5:
                    self._printed[message.id] = text
                    print(f"#{message.channel.name}\n{text}\n", flush=True)

    def _text(self, message: Message) -> str:
        return "\n".join(message_lines(self.discord.world, message))

    def _there(self) -> list[Message]:
        channels = list(self.discord.world.channels.values())
        messages = [one for channel in channels for one in channel.messages.values() if not one.deleted]
        return sorted(messages, key=lambda one: one.id)

    def take(self, line: str) -> None:
        """Execute a line."""
        word, _, rest = line.partition(" ")
        commands: dict[str, Callable[[str], None]] = {
            ":menu": self._menu,
            ":click": self._click,
            ":submit": self._submit,
            ":in": self._enter,
            ":post": self._post,
            ":as": self._become,
            ":show": lambda _: print(self.discord.transcript(self.channel, self.user)),
            ":requests": lambda _: print(self.discord.recent(40)),
            ":violations": lambda _: print(*self.discord.violations, sep="\n"),
            ":cut": lambda _: self.discord.cut_connections(),
            ":help": lambda _: print(HELP),
        }
        if line.startswith("/"):
            self._slash(line[1:])
        elif word in commands:
            commands[word](rest)
        elif line.startswith(":"):
            print(HELP)
        elif line:
            self._say(line)

    def _say(self, line: str) -> None:
        is_reply = line.startswith(">")
        own = [one for one in self.discord.messages(self.channel, self.user) if one.author is self.discord.bot]
        text = line.removeprefix(">").replace("@bot", self.discord.bot.mention)
        self.discord.say(self.user, self.channel, text, reply_to=own[-1] if is_reply and own else None)

    def _slash(self, line: str) -> None:
        words = shlex.split(line)
        name = " ".join(word for word in words if "=" not in word)
        options = {key: _value(text) for key, _, text in (word.partition("=") for word in words if "=" in word)}
        self.discord.slash(self.user, self.channel, name, **options)

    def _menu(self, name: str) -> None:
        others = [one for one in self.discord.messages(self.channel, self.user) if not one.author.bot]
        self.discord.context_menu(self.user, others[-1], name)

    def _click(self, which: str) -> None:
        for message in reversed(self.discord.messages(self.channel, self.user)):
            if self.discord.components(message):
                pressed = self.discord.click(self.user, message, which)
                self.discord.wait_for_acknowledgement(pressed, seconds=10)
                if pressed.modal is not None:
                    self.form = pressed
                    print(self.discord.form(pressed))
                return

    def _submit(self, line: str) -> None:
        if self.form is not None:
            self.discord.submit(self.form, **dict(word.split("=", 1) for word in shlex.split(line)))

    def _enter(self, name: str) -> None:
        if name == "dm":
            self.channel = self.discord.direct_channel(self.user)
        else:
            found = [one for one in self.guild.channels.values() if name in one.name]
            self.channel = found[-1] if found else self.channel
        print(f"in #{self.channel.name}")

    def _post(self, line: str) -> None:
        forum = next(one for one in self.guild.channels.values() if one.name == "questions")
        title, _, text = line.partition("|")
        self.channel = self.discord.post_in_forum(self.user, forum, title.strip(), text.strip() or title)

    def _become(self, name: str) -> None:
        self.user = self.people.get(name) or self.people.setdefault(name, self.discord.add_member(self.guild, name))


def _value(text: str) -> Any:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return int(text) if text.lstrip("-").isdigit() else text


def main() -> None:
    """Run until the end of the input."""
    parser = argparse.ArgumentParser(prog="python -m tests.fake_discord", description=__doc__)
    parser.add_argument("--port", type=int, default=8095)
    parser.add_argument("--message-content", choices=["granted", "limited", "no"], default="no")
    arguments = parser.parse_args()
    with FakeDiscord(port=arguments.port, message_content=arguments.message_content) as discord:
        terminal = Terminal(discord)
        print("\n".join(f"export {name}={value}" for name, value in discord.environment.items()), flush=True)
        print(f"\n{HELP}\n", flush=True)
        threading.Thread(target=terminal.watch, daemon=True).start()
        for line in sys.stdin:
            if line.strip() == ":quit":
                break
            try:
                terminal.take(line.strip())
            except (NotPossible, NothingHappened, ValueError, IndexError) as error:
                print(f"not possible: {error}")


if __name__ == "__main__":
    main()
