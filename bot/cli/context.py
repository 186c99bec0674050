"""What every command begins with: its settings, and a log that goes to standard error."""

from __future__ import annotations

import logging
import sys

import click

from bot.config.settings import Settings, load_settings


def settings_of(context: click.Context) -> Settings:
    """The settings, the flags before the command included. Raises `SettingsError`."""
    settings = load_settings(context.obj)
    logging.basicConfig(level=settings.log_level, format="footnote: %(message)s", stream=sys.stderr)
    return settings
