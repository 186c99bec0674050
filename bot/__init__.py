"""From passages to cited answers, and from answers to people.

    from bot import load_settings, opened

    with opened(load_settings()) as parts:
        print(parts.engine.answer("How do I export my notes?").text)

Each name below is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.answering.engine import AnswerEngine
    from bot.config.settings import Settings, load_settings
    from bot.runtime.wiring import Parts, opened
    from bot.types import Answer, Citation, Turn
    from index.errors import FootnoteError

__all__ = [
    "Answer",
    "AnswerEngine",
    "Citation",
    "FootnoteError",
    "Parts",
    "Settings",
    "Turn",
    "load_settings",
    "opened",
]

_MODULES = {
    "Answer": "bot.types",
    "AnswerEngine": "bot.answering.engine",
    "Citation": "bot.types",
    "FootnoteError": "index.errors",
    "Parts": "bot.runtime.wiring",
    "Settings": "bot.config.settings",
    "Turn": "bot.types",
    "load_settings": "bot.config.settings",
    "opened": "bot.runtime.wiring",
}


def __getattr__(name: str) -> object:
    """Load a public name from its module on first use."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
