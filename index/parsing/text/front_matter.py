"""Read the front matter of a text file: the YAML between two lines of `---` at its top."""

from __future__ import annotations

import re

from index.parsing.text.cleaning import one_line

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.{0,50000}?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FRONT_MATTER_LINE = re.compile(r"^([A-Za-z_-]+):[ \t]+(.+)$", re.MULTILINE)


def split_front_matter(source: str) -> tuple[dict[str, str], str, int]:
    """Return the front matter's plain values by key, the text below it, and its number of lines with its fences."""
    found = _FRONT_MATTER.match(source)
    if not found:
        return {}, source, 0
    metadata = _read_front_matter(found[1])
    if metadata is None:  # a text that begins with a horizontal line
        return {}, source, 0
    return metadata, source[found.end() :], source.count("\n", 0, found.end())


def _read_front_matter(block: str) -> dict[str, str] | None:
    """Its scalars by key in lower case; None if it isn't front matter. Broken YAML is read line by line instead."""
    import yaml

    try:
        # The parser of libyaml, where PyYAML was built with it: ten times as fast.
        values = yaml.load(block, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: an impossible date
        values = {key: value.strip("\"' \t") for key, value in _FRONT_MATTER_LINE.findall(block)} or "no front matter"
    if values is not None and not isinstance(values, dict):
        return None
    return {
        str(key).lower(): one_line(str(value))
        for key, value in (values or {}).items()
        if isinstance(value, str | int | float) and one_line(str(value))
    }
