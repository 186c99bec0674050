"""Which files of a seeds folder are passed over: hidden and temporary ones, and what its `.footnoteignore` names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import SeedsError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".footnoteignore"

_TEMPORARY = re.compile(r"~\$.*|.*~|#.*#|.*\.(?:tmp|swp|part|crdownload)|thumbs\.db|desktop\.ini", re.IGNORECASE)


class Ignoring:
    """What is passed over below a seeds folder. The patterns are those of `.gitignore`; the file lies at the top.

    Raises `SeedsError` for a `.footnoteignore` that can't be read.
    """

    def __init__(self, root: Path) -> None:
        self._patterns = _patterns(root / IGNORE_FILE)

    def passes_over(self, path: str, is_folder: bool) -> bool:
        """Whether a file or folder is to be ignored. `path` is relative to the seeds folder, with `/` in between."""
        name = path.rsplit("/", 1)[-1]
        if name.startswith(".") or _TEMPORARY.fullmatch(name) is not None:
            return True
        return self._patterns is not None and self._patterns.match_file(f"{path}/" if is_folder else path)

    def matters(self, path: str) -> bool:
        """Whether a change of a file, or of its folders, may change what is indexed."""
        parts = path.split("/")
        return path == IGNORE_FILE or not any(
            self.passes_over("/".join(parts[: number + 1]), number < len(parts) - 1) for number in range(len(parts))
        )


def _patterns(file: Path) -> GitIgnoreSpec | None:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SeedsError(f"{file} can't be read ({reason}); mend it, or remove it") from error
    from pathspec import GitIgnoreSpec

    for number, line in enumerate(lines, 1):
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError as error:
            raise SeedsError(f"{file}, line {number}: {line.strip()!r} is no pattern of .gitignore; mend it") from error
    return GitIgnoreSpec.from_lines(lines)
