"""Start of every command: load the settings, and log to standard error."""

from __future__ import annotations

import logging
import sys

import click

from bot.config.settings import Settings, load_settings


def settings_of(context: click.Context) -> Settings:
    """Load the settings, including the flags before the command. Raises `SettingsError`."""
    settings = load_settings(context.obj)
    logging.basicConfig(level=settings.log_level, format="footnote: %(message)s", stream=sys.stderr)
    return settings
