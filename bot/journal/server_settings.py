"""What the administrators of Discord servers have set: scopes of channels, forums, and whether files are offered.

It lies in a file of its own, because it can't be thrown away as the journal can: a lost scope would open its channel to
every folder. So it is in one piece (no log beside it that a copy would miss), written through to the disk, and where it
can't be read whole the bot must not start.
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
from bot.journal.sqlite_file import UNUSABLE, in_words, opened_alone

SERVERS = "servers.sqlite"  # in the data folder
SCHEMA_VERSION = 1
LOCK_PATIENCE = 10.0  # seconds to wait for another process that writes

SCHEMA = """
CREATE TABLE scope (channel INTEGER PRIMARY KEY, server INTEGER NOT NULL, folders TEXT NOT NULL, set_by INTEGER);
CREATE TABLE forum (channel INTEGER PRIMARY KEY, server INTEGER NOT NULL, answers TEXT NOT NULL, set_by INTEGER);
CREATE TABLE files (server INTEGER PRIMARY KEY, offered INTEGER NOT NULL, set_by INTEGER);
"""

# Which new posts of a forum are answered: none, those that have an answer, or all, saying so where there is none.
ForumAnswers = Literal["off", "found", "always"]


@dataclass(frozen=True, slots=True)
class _Known:
    """All that is set: by channel the server with its folders or forum answers, and the servers that offer files."""

    scopes: Mapping[int, tuple[int, tuple[str, ...]]]
    forums: Mapping[int, tuple[int, ForumAnswers]]
    offering: frozenset[int]


class ServerSettings:
    """The settings of all servers. Safe from several threads; reading is from memory and never waits.

    A change is on the disk before its method returns; where that fails `JournalError` is raised and nothing has
    changed. `by` is the id of the person who changes it. `patience` is for how many seconds another process that writes
    is waited for. Raises `JournalError` where the file can't be read whole.
    """

    def __init__(self, data: Path, patience: float = LOCK_PATIENCE) -> None:
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
                f"{self._path} can't be read ({in_words(error)}), and it says which folders each Discord channel may "
                "be answered from; restore it from a copy, or move it away and set every /scope again: without it "
                "all channels are answered from DEFAULT_FOLDERS"
            ) from error

    def close(self) -> None:
        """Accept no more changes. Nothing is held open between them."""
        self._is_closed = True

    # Scopes

    def folders(self, channel: int) -> tuple[str, ...] | None:
        """The folders that a channel may be answered from, at least one; None where nothing is set for it."""
        scope = self._known.scopes.get(channel)
        return None if scope is None else scope[1]

    def scopes(self, server: int) -> dict[int, tuple[str, ...]]:
        """A server's channels that have a scope, with their folders."""
        return {channel: folders for channel, (place, folders) in self._known.scopes.items() if place == server}

    def set_folders(self, server: int, channel: int, folders: Sequence[str] | None, by: int) -> None:
        """Set a channel's folders, `""` for the documents beside them; None removes its scope."""
        if folders is not None and not folders:
            raise JournalError("a scope needs at least one folder")
        with self._change() as connection:
            if folders is None:
                connection.execute("DELETE FROM scope WHERE channel = ?", (channel,))
            else:
                # Escaped, so that names of files that are no proper text come out as they went in.
                names = json.dumps(list(dict.fromkeys(folders)), ensure_ascii=True)
                connection.execute("INSERT OR REPLACE INTO scope VALUES (?, ?, ?, ?)", (channel, server, names, by))

    # Forums

    def forum(self, channel: int) -> ForumAnswers:
        """Which new posts of a forum channel are answered."""
        forum = self._known.forums.get(channel)
        return "off" if forum is None else forum[1]

    def forums(self, server: int) -> dict[int, ForumAnswers]:
        """A server's forum channels whose new posts are answered."""
        return {channel: answers for channel, (place, answers) in self._known.forums.items() if place == server}

    def set_forum(self, server: int, channel: int, answers: ForumAnswers, by: int) -> None:
        """Set which new posts of a forum channel are answered."""
        with self._change() as connection:
            if answers == "off":
                connection.execute("DELETE FROM forum WHERE channel = ?", (channel,))
            else:
                connection.execute("INSERT OR REPLACE INTO forum VALUES (?, ?, ?, ?)", (channel, server, answers, by))

    # Files

    def offers_files(self, server: int | None) -> bool:
        """Whether documents may be sent as files in a server. Not unless that is set, and never in direct messages."""
        return server in self._known.offering

    def set_offers_files(self, server: int, offered: bool, by: int) -> None:
        """Set whether documents may be sent as files in a server."""
        with self._change() as connection:
            connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (server, offered, by))

    def forget(self, person: int) -> None:
        """Erase who it was that set something. What is set stays."""
        with self._change() as connection:
            for table in ("scope", "forum", "files"):
                connection.execute(f"UPDATE {table} SET set_by = NULL WHERE set_by = ?", (person,))

    # The file

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """A change of the file, and then of what is known: all of it or nothing."""
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
                raise JournalError(f"{self._path} can't be written: {in_words(error)}; nothing was changed") from error
            self._known = known

    def _connected(self) -> sqlite3.Connection:
        """A connection to the file that is there. Opened anew each time, so that no change goes to one moved away."""
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=self._patience)
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    def _create(self) -> None:
        """Make the file where there is none: whole or not at all, so that an empty one is known to be damaged."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with opened_alone(self._path):
            if self._path.exists():
                return
            begun = self._path.with_suffix(".new")
            begun.unlink(missing_ok=True)
            with closing(sqlite3.connect(begun, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = EXTRA")
                connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT")
            begun.replace(self._path)
            _sync_folder(self._path.parent)

    def _check(self, connection: sqlite3.Connection) -> None:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise ValueError(f"it is damaged: {' '.join(str(found).split())}")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            raise ValueError("it is empty or not a file of Footnote")
        if version != SCHEMA_VERSION:
            raise ValueError(f"it was written by another version of Footnote: schema {version}, here {SCHEMA_VERSION}")


def _read(connection: sqlite3.Connection) -> _Known:
    """All that is set. Raises ValueError for a row that makes no sense."""
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
    """Have the names in a folder survive a loss of power, where its file system can."""
    number = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(number)
    finally:
        os.close(number)
