"""The view that holds the buttons under a message."""

from __future__ import annotations

import discord

Button = discord.ui.Button[discord.ui.View]


def unstored_view() -> discord.ui.View:
    """Return an empty view that discord.py does not keep in memory: its buttons are recognised by their custom ids."""
    view = discord.ui.View(timeout=None)
    view.stop()
    return view
