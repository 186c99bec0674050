"""Interpret the folders that are typed into `/scope`, and suggest folders while they are typed. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.discord.access.scopes import EVERYTHING
from bot.discord.text import lines

TOP = "."  # stands for the documents outside any folder
ALL = "all"
DEFAULT = "default"
LONGEST_CHOICE = 100  # characters that Discord accepts


def parse_folders(typed: str, known: Sequence[str]) -> tuple[str, ...] | str | None:
    """Return the folders that are named, or None for the default scope, or a message if one is not `known`.

    Phones capitalise the first letter, so case matters only if two folders differ in nothing else. If a folder is
    called "all" or "default", that word means the folder.
    """
    whole = typed.strip()
    names = [whole] if whole in known else [part.strip() for part in typed.split(",") if part.strip()]
    found = [_folder(name, known) for name in names]
    folders = tuple(dict.fromkeys(folder for folder in found if folder is not None))
    if names and len(names) == len([folder for folder in found if folder is not None]):
        return folders
    if len(names) == 1 and names[0].lower() == DEFAULT:
        return None
    if len(names) == 1 and names[0].lower() == ALL:
        return EVERYTHING
    unknown = next((name for name, folder in zip(names, found, strict=True) if folder is None), typed)
    return lines.unknown_folder(unknown, [typed_name(folder) for folder in known])


def suggest_folders(typed: str, known: Sequence[str]) -> list[str]:
    """Return completions of what is typed: the folders before the last comma stay, the last name is completed."""
    *chosen, unfinished = [part.strip() for part in typed.split(",")]
    chosen = [name for name in chosen if name]
    names = [typed_name(folder) for folder in known]
    words = [word for word in (ALL, DEFAULT) if not chosen and word not in names]
    suggestions = [
        ", ".join([*chosen, name])
        for name in (*words, *names)
        if unfinished.casefold() in name.casefold() and name not in chosen
    ]
    return [suggestion for suggestion in suggestions if len(suggestion) <= LONGEST_CHOICE]


def typed_name(folder: str) -> str:
    """Return a folder as it is typed."""
    return folder or TOP


def _folder(name: str, known: Sequence[str]) -> str | None:
    """Return the known folder of that name; None if there is none or if several differ in case only."""
    for wanted in (name, name.rstrip("/")):
        if wanted in known and wanted:
            return wanted
    if name == TOP:
        return "" if "" in known else None
    matches = [folder for folder in known if folder and folder.casefold() == name.rstrip("/").casefold()]
    return matches[0] if len(matches) == 1 else None
