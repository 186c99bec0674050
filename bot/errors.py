"""What can go wrong between a passage and a person.

    FootnoteError          every error of this package; one line that says what, where, and what to do
    ├── SettingsError      a setting, or the `.env` file that holds it, can't be used
    ├── PromptError        a prompt file is missing, can't be read, or has the wrong placeholders
    ├── CasesError         a file of answer cases can't be used
    ├── JournalError       the journal, or what servers have set, can't be read or written
    └── ConnectionFailed   Discord can't be reached, or refuses the bot

What goes wrong between a folder and a passage is in `index/errors.py`.
"""

from __future__ import annotations

from index.errors import FootnoteError

__all__ = ["CasesError", "ConnectionFailed", "FootnoteError", "JournalError", "PromptError", "SettingsError"]


class SettingsError(FootnoteError):
    """A setting, or the `.env` file that holds it, can't be used. Never contains the value of a secret."""


class PromptError(FootnoteError):
    """A prompt file is missing, can't be read, or has the wrong placeholders."""


class CasesError(FootnoteError):
    """A file of answer cases can't be used: missing, not YAML, or not in the shape of cases."""


class JournalError(FootnoteError):
    """The journal, or the file of what servers have set, can't be opened, read or written."""


class ConnectionFailed(FootnoteError):
    """Discord can't be reached, or refuses the bot."""
