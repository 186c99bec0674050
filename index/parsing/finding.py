"""A folder → its files: those that there is a parser for, and the others with the reason why they can't be read."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from index.errors import SeedsError
from index.parsing.ignore_rules import Ignoring
from index.parsing.known_formats import format_of, no_parser
from index.parsing.reasons import in_words, not_regular
from index.parsing.sites.configured import is_configuration
from index.parsing.sites.footnote_toml import FILE_NAME
from index.types import SourceFile, Unreadable


@dataclass(frozen=True, slots=True)
class Found:
    """The content of a seeds folder, by path: files to parse, and those that can't be parsed, with the reason.

    `configurations` are the paths of the files that may say where a folder is published.
    """

    files: tuple[SourceFile, ...]
    refused: tuple[Unreadable, ...]
    configurations: tuple[str, ...] = ()


def find_files(seeds: Path) -> Found:
    """Return all files below `seeds`, sorted by path, except those that `Ignoring` skips. Raises SeedsError if missing.

    Links to folders are not followed: one that stays inside would show its files twice, one that leaves is refused.
    """
    try:
        root = seeds.resolve(strict=True)
        next(root.iterdir(), None)
    except FileNotFoundError:
        raise SeedsError(f"There is no folder {seeds}: create it, or name yours with SEEDS_DIR or --seeds.") from None
    except NotADirectoryError:
        raise SeedsError(f"{seeds} is a file, not a folder: name your folder with SEEDS_DIR or --seeds.") from None
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        reason = in_words(error) if isinstance(error, OSError) else "is a link to itself"
        raise SeedsError(
            f"The folder {seeds} {reason}: fix that, or name another with SEEDS_DIR or --seeds."
        ) from error
    files: list[SourceFile] = []
    refused: list[Unreadable] = []
    configurations: list[str] = []

    def refuse_folder(error: OSError) -> None:
        refused.append(Unreadable(_relative(root, error.filename or root), in_words(error)))

    ignoring = Ignoring(root)
    for folder, subfolders, names in os.walk(root, onerror=refuse_folder):
        inside = folder[len(str(root)) :].lstrip(os.sep).replace(os.sep, "/")
        prefix = f"{inside}/" if inside else ""
        links = [name for name in subfolders if _is_link(Path(folder, name))]
        subfolders[:] = [
            name for name in subfolders if name not in links and not ignoring.skips(prefix + name, is_folder=True)
        ]
        configurations += (prefix + name for name in names if is_configuration(name))
        for name in [*names, *links]:
            if name != FILE_NAME and not ignoring.skips(prefix + name, is_folder=False):
                entry = _examine(root, Path(folder, name))
                if isinstance(entry, SourceFile):
                    files.append(entry)
                elif entry is not None:
                    refused.append(entry)
    return Found(
        tuple(sorted(files, key=_path_of)), tuple(sorted(refused, key=_path_of)), tuple(sorted(configurations))
    )


def _examine(root: Path, location: Path) -> SourceFile | Unreadable | None:
    """Return the entry at `location` as a file to parse, or the reason why not; None if it is skipped."""
    path = _relative(root, location)
    if "\N{REPLACEMENT CHARACTER}" in path and os.fsencode(location).decode(errors="replace") != str(location):
        return Unreadable(path, "has a name that is not valid UTF-8; rename it")
    try:
        status = location.lstat()
        # Only a link can leave the folder: linked folders are not walked into.
        target = location.resolve(strict=True) if stat.S_ISLNK(status.st_mode) else location
        status = target.stat() if target is not location else status
    except FileNotFoundError:
        is_link = location.is_symlink()
        return Unreadable(path, "is a link to a file that does not exist") if is_link else None  # None: just deleted
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        return Unreadable(path, in_words(error) if isinstance(error, OSError) else "is a link to itself")
    if not target.is_relative_to(root):
        return Unreadable(path, "is a link that leaves the seeds folder; copy what it leads to into the folder instead")
    if stat.S_ISDIR(status.st_mode):
        return None
    if not stat.S_ISREG(status.st_mode):
        return Unreadable(path, not_regular(status.st_mode))
    if format_of(path) is None:
        return Unreadable(path, no_parser(path))
    return SourceFile(path, status.st_size, status.st_mtime_ns)


def _is_link(location: Path) -> bool:
    """True if it is a link; walking into it says what is wrong with a path that is too long to tell."""
    try:
        return location.is_symlink()
    except OSError:
        return False


def _path_of(entry: SourceFile | Unreadable) -> str:
    return entry.path


def _relative(root: Path, location: str | Path) -> str:
    """Return the path below `root` with `/` between its parts, safe to print."""
    relative = str(location).removeprefix(str(root)).lstrip(os.sep).replace(os.sep, "/") or "."
    return os.fsencode(relative).decode(errors="replace")
