"""Keep the parsing libraries from logging and warning."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_NOISY = ("trafilatura", "htmldate", "justext", "chardet", "pypdfium2", "py3langid", "markdown_it")


@contextmanager
def silence() -> Iterator[None]:
    """Keep the parsing libraries from logging and warning: what matters of it is in the reason given."""
    _silence_loggers()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@cache
def _silence_loggers() -> None:
    """For good, and once: changing a level empties the caches of all loggers, which is slow to do for every file."""
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
