"""Settings that the administrators of Discord servers make: scopes of channels, answered forums, offered files.

They have a file of their own, because losing them is worse than losing the journal: without its scope a channel would
be open to every folder. So the file is a single one (no write-ahead log that a copy would miss), every change is
flushed to the disk, and the bot does not start if the file can't be read completely.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from bot.errors import JournalError
from bot.journal.sqlite_file import UNUSABLE, exclusive_opening, problem_of

SERVERS = "servers.sqlite"  # in the data folder
SCHEMA_VERSION = 1
LOCK_PATIENCE = 10.0  # seconds to wait for another process that is writing

SCHEMA = """
CREATE TABLE scope (channel INTEGER PRIMARY KEY, server INTEGER NOT NULL, folders TEXT NOT NULL, set_by INTEGER);
CREATE TABLE forum (channel INTEGER PRIMARY KEY, server INTEGER NOT NULL, answers TEXT NOT NULL, set_by INTEGER);
CREATE TABLE files (server INTEGER PRIMARY KEY, offered INTEGER NOT NULL, set_by INTEGER);
"""

# Which new posts of a forum are answered: none, those that the documents answer, or all, even if only to say that there
# is no answer.
ForumAnswers = Literal["off", "found", "always"]


@dataclass(frozen=True, slots=True)
class _Known:
    """All settings in memory. `scopes` and `forums` are by channel, with the server that it belongs to.

    `offering` are the servers that offer files.
    """

    scopes: Mapping[int, tuple[int, tuple[str, ...]]]
    forums: Mapping[int, tuple[int, ForumAnswers]]
    offering: frozenset[int]


class ServerSettings:
    """The settings of all servers. Safe to use from several threads; reading is from memory and never waits.

    A change is on the disk before its method returns; if that fails, `JournalError` is raised and nothing has changed.
    `person` is the id of the person who makes the change. `patience` is how many seconds to wait for another process
    that is writing. Raises `JournalError` if the file can't be read completely.
    """

    def __init__(self, data: Path, *, patience: float = LOCK_PATIENCE) -> None:
        self._patience = patience
        self._path = data / SERVERS
        self._changing = threading.Lock()
        self._is_closed = False
        try:
            self._create()
            with closing(self._connected()) as connection:
                self._check(connection)
                self._known = _read(connection)
        except (*UNUSABLE, ValueError, TypeError) as error:
            raise JournalError(
                f"{self._path} can't be read ({problem_of(error)}). It holds the folders that each Discord channel may "
                "be answered from. Restore it from a backup, or move it away and set every /scope again; without it, "
                "all channels are answered from DEFAULT_FOLDERS"
            ) from error

    def close(self) -> None:
        """Refuse further changes. No file is open between changes."""
        self._is_closed = True

    # Scopes

    def folders(self, channel: int) -> tuple[str, ...] | None:
        """Return the folders that a channel may be answered from, at least one; None if it has no scope of its own."""
        scope = self._known.scopes.get(channel)
        return None if scope is None else scope[1]

    def scopes(self, server: int) -> dict[int, tuple[str, ...]]:
        """Return the folders by channel, for the channels of a server that have a scope."""
        return {channel: folders for channel, (owner, folders) in self._known.scopes.items() if owner == server}

    def set_folders(self, server: int, channel: int, folders: Sequence[str] | None, *, person: int) -> None:
        """Set a channel's folders; None removes its scope. `""` stands for documents outside any folder."""
        if folders is not None and not folders:
            raise JournalError("a scope needs at least one folder")
        with self._change() as connection:
            if folders is None:
                connection.execute("DELETE FROM scope WHERE channel = ?", (channel,))
            else:
                # In ASCII, so that file names that are not valid UTF-8 come back unchanged.
                names = json.dumps(list(dict.fromkeys(folders)), ensure_ascii=True)
                connection.execute("INSERT OR REPLACE INTO scope VALUES (?, ?, ?, ?)", (channel, server, names, person))

    # Forums

    def forum(self, channel: int) -> ForumAnswers:
        """Return which new posts of a forum channel are answered."""
        forum = self._known.forums.get(channel)
        return "off" if forum is None else forum[1]

    def forums(self, server: int) -> dict[int, ForumAnswers]:
        """Return the answers by channel, for the forum channels of a server whose new posts are answered."""
        return {channel: answers for channel, (owner, answers) in self._known.forums.items() if owner == server}

    def set_forum(self, server: int, channel: int, answers: ForumAnswers, *, person: int) -> None:
        """Set which new posts of a forum channel are answered."""
        with self._change() as connection:
            if answers == "off":
                connection.execute("DELETE FROM forum WHERE channel = ?", (channel,))
            else:
                connection.execute(
                    "INSERT OR REPLACE INTO forum VALUES (?, ?, ?, ?)", (channel, server, answers, person)
                )

    # Files

    def offers_files(self, server: int | None) -> bool:
        """True if documents may be sent as files in a server. False by default, and in direct messages."""
        return server in self._known.offering

    def set_offers_files(self, server: int, *, offered: bool, person: int) -> None:
        """Set whether documents may be sent as files in a server."""
        with self._change() as connection:
            connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (server, offered, person))

    def forget(self, person: int) -> None:
        """Erase the id of a person from the settings that they made. The settings stay."""
        with self._change() as connection:
            for table in ("scope", "forum", "files"):
                connection.execute(f"UPDATE {table} SET set_by = NULL WHERE set_by = ?", (person,))

    # The file

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """Change the file, then the settings in memory: both or neither."""
        with self._changing:
            if self._is_closed:
                raise JournalError("Footnote is stopping; nothing was changed")
            try:
                with closing(self._connected()) as connection:
                    connection.execute("BEGIN IMMEDIATE")
                    yield connection
                    known = _read(connection)
                    connection.execute("COMMIT")
            except (*UNUSABLE, ValueError) as error:
                raise JournalError(
                    f"{self._path} can't be written: {problem_of(error)}; nothing was changed"
                ) from error
            self._known = known

    def _connected(self) -> sqlite3.Connection:
        """Return a new connection: with a lasting one, changes could go to a file that was moved away."""
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=self._patience)
        try:
            connection.execute("PRAGMA synchronous = EXTRA")
            connection.execute("PRAGMA secure_delete = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _create(self) -> None:
        """Create the file if it is missing, atomically, so that an empty file is known to be damaged."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with exclusive_opening(self._path):
            if self._path.exists():
                return
            unfinished = self._path.with_suffix(".new")
            unfinished.unlink(missing_ok=True)
            with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = EXTRA")
                connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT")
            unfinished.replace(self._path)
            _sync_folder(self._path.parent)

    def _check(self, connection: sqlite3.Connection) -> None:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise ValueError(f"it is damaged: {' '.join(str(found).split())}")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            raise ValueError("it is empty, or not a file of Footnote")
        if version != SCHEMA_VERSION:
            raise ValueError(f"it was written by another version of Footnote: schema {version}, here {SCHEMA_VERSION}")


def _read(connection: sqlite3.Connection) -> _Known:
    """Return all settings in the file. Raises ValueError for a row that is damaged."""
    scopes: dict[int, tuple[int, tuple[str, ...]]] = {}
    for channel, server, text in connection.execute("SELECT channel, server, folders FROM scope"):
        folders = json.loads(text)
        if not isinstance(folders, list) or not folders or not all(isinstance(folder, str) for folder in folders):
            raise ValueError(f"the scope of channel {channel} is damaged")
        scopes[channel] = (server, tuple(folders))
    forums: dict[int, tuple[int, ForumAnswers]] = {}
    for channel, server, answers in connection.execute("SELECT channel, server, answers FROM forum"):
        if answers not in get_args(ForumAnswers):
            raise ValueError(f"the forum setting of channel {channel} is damaged")
        forums[channel] = (server, answers)
    offering = frozenset(server for (server,) in connection.execute("SELECT server FROM files WHERE offered"))
    return _Known(scopes, forums, offering)


def _sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk, if its file system can, so that they survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
