"""A small bot for the tests of the fake Discord, set up like Footnote: `python -m tests.fake_discord.example_bot`."""

from __future__ import annotations

import asyncio
import io
import logging
import os
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.ext import commands

EVERY_INTENT_NEEDED = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, guild_reactions=True)


class Ratings(discord.ui.View):
    """Buttons that survive the process."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Sources", custom_id="sources")
    async def sources(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Send a message that only the person who pressed the button sees."""
        await interaction.response.send_message("the sources", ephemeral=True)

    @discord.ui.button(label="Good", emoji="👍", custom_id="good")
    async def good(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Edit the message."""
        await interaction.response.edit_message(content="thanks", view=None)

    @discord.ui.button(label="Later", custom_id="later")
    async def later(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Acknowledge silently, then edit the message."""
        await interaction.response.defer()
        await interaction.edit_original_response(content="changed later")
        await interaction.followup.send("and one more", ephemeral=True)

    @discord.ui.button(label="Bad", custom_id="bad")
    async def bad(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        """Open a form."""
        await interaction.response.send_modal(Form())


class Form(discord.ui.Modal, title="What is wrong?"):
    """A form of two inputs, one of which has a label of the newer kind."""

    wrong: discord.ui.Label[Any] = discord.ui.Label(
        text="What is wrong", component=discord.ui.TextInput(custom_id="wrong", max_length=100)
    )
    right: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="What would be right", custom_id="right", required=False
    )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Reply with what was filled in."""
        assert isinstance(self.wrong.component, discord.ui.TextInput)
        said = f"noted: {self.wrong.component.value} / {self.right.value}"
        await interaction.response.send_message(said, ephemeral=True)


class ExampleBot(commands.AutoShardedBot):
    """A bot that answers mentions, replies, direct messages and forum posts."""

    async def setup_hook(self) -> None:
        """Register the commands and the buttons."""
        self.add_view(Ratings())
        await self.tree.sync()

    async def on_message(self, message: discord.Message, /) -> None:
        """Answer messages that are meant for the bot."""
        if message.author.bot:
            return
        is_meant = message.guild is None or (self.user is not None and self.user in message.mentions)
        if not is_meant:
            print(f"overheard {message.content!r} in {message.channel.id}", flush=True)
            return
        text = message.content
        if "thread" in text:
            thread = await message.create_thread(name="Follow-up")
            await thread.send(f"here: {text}", view=Ratings())
        elif "count" in text:
            sent = await message.reply("0")
            for number in range(1, 8):
                await sent.edit(content=str(number))
        elif "file" in text:
            await message.reply("a file", file=discord.File(io.BytesIO(b"hello"), "notes.txt"))
        else:
            embed = discord.Embed(title="Answer", description=text).add_field(name="[1]", value="a quote")
            try:
                await message.reply(f"you said: {text}", embed=embed, view=Ratings())
            except discord.Forbidden as error:
                print(f"forbidden {error.code}", flush=True)

    async def on_thread_create(self, thread: discord.Thread) -> None:
        """Answer new posts in forums."""
        if isinstance(thread.parent, discord.ForumChannel):
            await thread.send(f"about {thread.name}")

    async def on_resumed(self) -> None:
        """Reply with the error."""
        print("resumed", flush=True)


def build() -> ExampleBot:
    """Return the bot with its commands."""
    intents = EVERY_INTENT_NEEDED
    if os.environ.get("EXAMPLE_CONTENT"):
        intents.message_content = True
    bot = ExampleBot("!", intents=intents, allowed_mentions=discord.AllowedMentions.none(), help_command=None)

    @bot.tree.command(description="Ask a question")
    @app_commands.describe(question="Your question", private="Only for you")
    async def ask(interaction: discord.Interaction, question: str, private: bool = False) -> None:
        await interaction.response.defer(ephemeral=private)
        await interaction.edit_original_response(content=f"answer to {question}", view=Ratings())
        await interaction.followup.send("a second part", ephemeral=private)

    @bot.tree.command(description="Answers at once")
    async def quick(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("quick", ephemeral=True)

    @bot.tree.command(description="Answers too late")
    async def late(interaction: discord.Interaction, seconds: float) -> None:
        await asyncio.sleep(seconds)
        try:
            await interaction.response.send_message("late")
        except discord.HTTPException as error:
            print(f"error {error.status} {error.code}", flush=True)

    @bot.tree.command(description="Finds documents")
    async def documents(interaction: discord.Interaction, name: str) -> None:
        await interaction.response.send_message(f"document {name}")

    @documents.autocomplete("name")
    async def names(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=one, value=one) for one in ("apples", "birds") if current in one]

    @bot.tree.command(description="Not for everyone")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def scope(interaction: discord.Interaction, channel: discord.TextChannel) -> None:
        allowed = interaction.app_permissions.send_messages
        await interaction.response.send_message(f"{channel.name}: {allowed}")

    @bot.tree.context_menu(name="Check it")
    async def check(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"checked: {message.content}", ephemeral=True)

    return bot


def main() -> None:
    """Run the bot against the Discord that the environment names."""
    discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    build().run(os.environ["DISCORD_TOKEN"], log_level=logging.INFO)


if __name__ == "__main__":
    main()
