"""What the attributes of an AsciiDoc block say: `[source,bash]`, `[NOTE]`, `[cols="1,2"]`."""

from __future__ import annotations

import re


def name_of(style: str) -> str:
    """Return the name that block attributes begin with: "NOTE", "source"."""
    return re.split(r"[^\w-]", style.strip(), maxsplit=1)[0]


def language_of(style: str) -> str:
    """Return the language of `[source,bash]`."""
    parts = [part.strip() for part in style.split(",")]
    return parts[1] if len(parts) > 1 and "=" not in parts[1] else ""


def columns_of(style: str) -> int:
    """Return how many columns a table's attributes name; 0 if they don't."""
    found = re.search(r"cols=\"?([^\"\]]+)\"?", style)
    if not found:
        return 0
    repeated = re.fullmatch(r"\s*(\d+)\*.*", found[1])
    return int(repeated[1][:3]) if repeated else len(re.split(r"[,;]", found[1].strip(" ,;")))
