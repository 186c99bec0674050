"""Texts compared by their runs of three words: is a passage of the section that answers?"""

from __future__ import annotations

import re

RUN = 3  # words
FOUND = 0.5  # of the shorter one's runs


def word_runs(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of `RUN` words of a text; of a shorter text the one run that it is."""
    words = re.findall(r"\w+", text.lower())
    return frozenset(tuple(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1))) - {()}


def is_found(passage: str, section: str) -> bool:
    """True if a passage and a section share at least half of the shorter one's runs of words."""
    ours, wanted = word_runs(passage), word_runs(section)
    return len(ours & wanted) >= FOUND * max(1, min(len(ours), len(wanted)))
