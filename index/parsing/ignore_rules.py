"""Decide which files of a seeds folder to skip: hidden and temporary ones, and those in its `.footnoteignore`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import SeedsError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".footnoteignore"

_TEMPORARY = re.compile(
    r"~\$.*|.*~|#.*#|.*\.(?:tmp|swp|part|crdownload)|thumbs\.db|desktop\.ini|"
    r"package-lock\.json|npm-shrinkwrap\.json",  # made by a program, of no use to readers
    re.IGNORECASE,
)


class Ignoring:
    """The rules for files to skip below a seeds folder. Patterns are those of `.gitignore`; the file is at the top.

    Raises `SeedsError` if the `.footnoteignore` can't be read.
    """

    def __init__(self, root: Path) -> None:
        self._patterns = _patterns(root / IGNORE_FILE)

    def skips(self, path: str, *, is_folder: bool) -> bool:
        """True if a file or folder is skipped. `path` is relative to the seeds folder, with `/` between its parts."""
        name = path.rsplit("/", 1)[-1]
        if name.startswith(".") or _TEMPORARY.fullmatch(name) is not None:
            return True
        return self._patterns is not None and self._patterns.match_file(f"{path}/" if is_folder else path)

    def matters(self, path: str) -> bool:
        """True if a change to this file can change what is indexed."""
        parts = path.split("/")
        return path == IGNORE_FILE or not any(
            self.skips("/".join(parts[: number + 1]), is_folder=number < len(parts) - 1) for number in range(len(parts))
        )


def _patterns(file: Path) -> GitIgnoreSpec | None:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SeedsError(f"{file} can't be read ({reason}); fix it, or remove it") from error
    from pathspec import GitIgnoreSpec

    for number, line in enumerate(lines, 1):
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError as error:
            raise SeedsError(f"{file}, line {number}: {line.strip()!r} is no pattern of .gitignore; fix it") from error
    return GitIgnoreSpec.from_lines(lines)
