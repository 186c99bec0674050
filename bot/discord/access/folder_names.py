"""The folders that are meant by what is typed into `/scope`, and what is offered while it is typed. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.discord.access.scopes import EVERYTHING
from bot.discord.text import lines

TOP = "."  # how the documents beside the folders are named
ALL = "all"
DEFAULT = "default"
LONGEST_CHOICE = 100  # characters that Discord takes


def folders_meant(typed: str, known: Sequence[str]) -> tuple[str, ...] | str | None:
    """The folders that are named: None for the default scope, a line to show where one is not among those `known`.

    Phones begin with a capital: case counts only where two folders differ by it. A folder that is called "all" or
    "default" is what that word means then.
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
    return lines.unknown_folder(unknown, [named(folder) for folder in known])


def folders_offered(typed: str, known: Sequence[str]) -> list[str]:
    """What may be meant by what is typed so far: the folders before the last comma are kept, the last name goes on."""
    *chosen, begun = [part.strip() for part in typed.split(",")]
    chosen = [name for name in chosen if name]
    names = [named(folder) for folder in known]
    words = [word for word in (ALL, DEFAULT) if not chosen and word not in names]
    offered = [
        ", ".join([*chosen, name])
        for name in (*words, *names)
        if begun.casefold() in name.casefold() and name not in chosen
    ]
    return [one for one in offered if len(one) <= LONGEST_CHOICE]


def named(folder: str) -> str:
    """A folder as it is typed."""
    return folder or TOP


def _folder(name: str, known: Sequence[str]) -> str | None:
    """The folder of that name."""
    for wanted in (name, name.rstrip("/")):
        if wanted in known and wanted:
            return wanted
    if name == TOP:
        return "" if "" in known else None
    alike = [folder for folder in known if folder and folder.casefold() == name.rstrip("/").casefold()]
    return alike[0] if len(alike) == 1 else None
