"""Errors of this package; `index/errors.py` shows the whole tree."""

from __future__ import annotations

from index.errors import FootnoteError

__all__ = ["CasesError", "DiscordConnectionError", "FootnoteError", "JournalError", "PromptError", "SettingsError"]


class SettingsError(FootnoteError):
    """A setting, or the `.env` file with it, is invalid. The text never contains the value of a secret."""


class PromptError(FootnoteError):
    """A prompt file is missing, unreadable, or has the wrong placeholders."""


class CasesError(FootnoteError):
    """A file of answer cases is missing, not YAML, or does not have the shape of cases."""


class JournalError(FootnoteError):
    """The journal, or the file of server settings, cannot be opened, read or written."""


class DiscordConnectionError(FootnoteError):
    """Discord cannot be reached, or refuses the bot."""
