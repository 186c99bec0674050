"""Settings of servers: on the disk before they are in memory, and never lost silently."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.errors import JournalError
from bot.journal.server_settings import SERVERS, ServerSettings

REPOSITORY = Path(__file__).resolve().parents[3]
SERVER, OTHER = 10, 20
CHANNEL, FORUM = 11, 12
ADMIN, COLLEAGUE = 1, 2

Change = Callable[[ServerSettings], None]


def rows(data: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(data / SERVERS)) as connection:
        return connection.execute(statement).fetchall()


def test_a_new_file_has_no_settings(tmp_path: Path) -> None:
    settings = ServerSettings(tmp_path / "not" / "there" / "yet")
    assert settings.folders(CHANNEL) is None
    assert settings.forum(CHANNEL) == "off"
    assert not settings.offers_files(SERVER)
    assert not settings.offers_files(None)
    assert (settings.scopes(SERVER), settings.forums(SERVER)) == ({}, {})


@pytest.mark.parametrize("restarted", [False, True])
def test_settings_are_valid_at_once_and_after_a_restart(tmp_path: Path, restarted: bool) -> None:
    settings = ServerSettings(tmp_path)
    settings.set_folders(SERVER, CHANNEL, ["hr", "", "hr", "größe \udcff"], person=ADMIN)
    settings.set_folders(SERVER, FORUM, ("legal",), person=ADMIN)
    settings.set_folders(OTHER, 21, ("birds",), person=ADMIN)
    settings.set_folders(OTHER, 21, ("beasts",), person=ADMIN)
    settings.set_forum(SERVER, FORUM, "found", person=ADMIN)
    settings.set_forum(SERVER, FORUM, "always", person=ADMIN)
    settings.set_forum(OTHER, 22, "found", person=ADMIN)
    settings.set_offers_files(SERVER, offered=True, person=ADMIN)
    if restarted:
        settings.close()  # not needed: the settings are on the disk already
        settings = ServerSettings(tmp_path)
    assert settings.folders(CHANNEL) == ("hr", "", "größe \udcff")
    assert settings.scopes(SERVER) == {CHANNEL: ("hr", "", "größe \udcff"), FORUM: ("legal",)}
    assert settings.scopes(OTHER) == {21: ("beasts",)}
    assert (settings.forum(FORUM), settings.forums(SERVER)) == ("always", {FORUM: "always"})
    assert (settings.offers_files(SERVER), settings.offers_files(OTHER)) == (True, False)


@pytest.mark.parametrize("restarted", [False, True])
def test_settings_can_be_removed(tmp_path: Path, restarted: bool) -> None:
    settings = ServerSettings(tmp_path)
    settings.set_folders(SERVER, CHANNEL, ["hr"], person=ADMIN)
    settings.set_forum(SERVER, FORUM, "found", person=ADMIN)
    settings.set_offers_files(SERVER, offered=True, person=ADMIN)
    settings.set_folders(SERVER, CHANNEL, None, person=ADMIN)
    settings.set_forum(SERVER, FORUM, "off", person=ADMIN)
    settings.set_offers_files(SERVER, offered=False, person=ADMIN)
    if restarted:
        settings = ServerSettings(tmp_path)
    assert settings.folders(CHANNEL) is None
    assert (settings.forum(FORUM), settings.forums(SERVER), settings.scopes(SERVER)) == ("off", {}, {})
    assert not settings.offers_files(SERVER)


def test_a_scope_without_folders_is_refused(tmp_path: Path) -> None:
    settings = ServerSettings(tmp_path)
    settings.set_folders(SERVER, CHANNEL, ["hr"], person=ADMIN)
    with pytest.raises(JournalError, match="a scope needs at least one folder"):
        settings.set_folders(SERVER, CHANNEL, [], person=ADMIN)
    assert settings.folders(CHANNEL) == ("hr",)


def test_a_change_is_in_the_single_file_when_its_method_returns(tmp_path: Path) -> None:
    """So a backup of that file, made while the bot runs, is complete."""
    settings = ServerSettings(tmp_path / "data")
    settings.set_folders(SERVER, CHANNEL, ["hr"], person=ADMIN)
    copied = tmp_path / "copy"
    copied.mkdir()
    (copied / SERVERS).write_bytes((tmp_path / "data" / SERVERS).read_bytes())
    assert ServerSettings(copied).folders(CHANNEL) == ("hr",)
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["servers.lock", SERVERS]


KILLED = """
import os, signal, sys
from pathlib import Path
from bot.journal.server_settings import ServerSettings
settings = ServerSettings(Path(sys.argv[1]))
settings.set_folders(10, 11, ["hr"], person=1)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_change_survives_a_kill(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=REPOSITORY, check=False)
    assert done.returncode == -9
    assert ServerSettings(tmp_path).folders(CHANNEL) == ("hr",)


def test_forgetting_erases_who_made_a_setting_but_keeps_the_setting(tmp_path: Path) -> None:
    settings = ServerSettings(tmp_path)
    for channel, person in ((CHANNEL, ADMIN), (FORUM, COLLEAGUE)):
        settings.set_folders(SERVER, channel, ["hr"], person=person)
        settings.set_forum(SERVER, channel, "found", person=person)
    settings.set_offers_files(SERVER, offered=True, person=ADMIN)
    settings.forget(ADMIN)
    assert rows(tmp_path, "SELECT set_by FROM scope ORDER BY channel") == [(None,), (COLLEAGUE,)]
    assert rows(tmp_path, "SELECT set_by FROM forum ORDER BY channel") == [(None,), (COLLEAGUE,)]
    assert rows(tmp_path, "SELECT set_by FROM files") == [(None,)]
    for known in (settings, ServerSettings(tmp_path)):
        assert known.scopes(SERVER) == {CHANNEL: ("hr",), FORUM: ("hr",)}
        assert known.forums(SERVER) == {CHANNEL: "found", FORUM: "found"}
        assert known.offers_files(SERVER)


# Changes that fail


@pytest.mark.parametrize(
    "change",
    [
        lambda settings: settings.set_folders(SERVER, CHANNEL, None, person=ADMIN),
        lambda settings: settings.set_folders(SERVER, CHANNEL, ["legal"], person=ADMIN),
        lambda settings: settings.set_forum(SERVER, FORUM, "off", person=ADMIN),
        lambda settings: settings.set_offers_files(SERVER, offered=True, person=ADMIN),
        lambda settings: settings.forget(ADMIN),
    ],
)
def test_a_change_that_cannot_be_written_is_an_error_and_changes_nothing(tmp_path: Path, change: Change) -> None:
    settings = ServerSettings(tmp_path, patience=0.1)
    settings.set_folders(SERVER, CHANNEL, ["hr"], person=ADMIN)
    settings.set_forum(SERVER, FORUM, "found", person=ADMIN)
    with closing(sqlite3.connect(tmp_path / SERVERS, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(JournalError) as raised:
            change(settings)
        assert settings.folders(CHANNEL) == ("hr",), "reading is from memory"
        other.execute("ROLLBACK")
    assert str(raised.value) == (
        f"{tmp_path / SERVERS} can't be written: another program has locked it; nothing was changed"
    )
    for known in (settings, ServerSettings(tmp_path)):
        assert known.folders(CHANNEL) == ("hr",)
        assert known.forum(FORUM) == "found"
        assert not known.offers_files(SERVER)
    change(settings)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from bot.errors import JournalError
from bot.journal.server_settings import ServerSettings
data = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
settings = ServerSettings(data)
settings.set_folders(10, 11, ["hr"], person=1)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, ((data / "servers.sqlite").stat().st_size, hard))
try:
    settings.set_folders(10, 11, [f"folder {number}" for number in range(5000)], person=1)
except JournalError as error:
    print(error)
print(settings.folders(11))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))
print(ServerSettings(data).folders(11))
"""


def test_on_a_full_disk_nothing_changes(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        f"{tmp_path / SERVERS} can't be written: the disk is full; free some space; nothing was changed",
        "('hr',)",
        "('hr',)",
    ]


def test_a_change_is_not_written_to_a_file_that_was_moved_away(tmp_path: Path) -> None:
    settings = ServerSettings(tmp_path)
    settings.set_folders(SERVER, CHANNEL, ["hr"], person=ADMIN)
    (tmp_path / SERVERS).rename(tmp_path / "old.sqlite")
    with pytest.raises(JournalError, match="can't be written: unable to open database file; nothing was changed"):
        settings.set_folders(SERVER, CHANNEL, None, person=ADMIN)
    assert settings.folders(CHANNEL) == ("hr",)
    assert not (tmp_path / SERVERS).exists()


def test_changes_are_refused_after_closing(tmp_path: Path) -> None:
    settings = ServerSettings(tmp_path)
    settings.close()
    with pytest.raises(JournalError, match="nothing was changed"):
        settings.set_folders(SERVER, CHANNEL, ["hr"], person=ADMIN)
    assert settings.folders(CHANNEL) is None


def test_changes_from_many_threads_are_all_kept(tmp_path: Path) -> None:
    settings = ServerSettings(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        done = [
            threads.submit(settings.set_folders, SERVER, channel, [str(channel)], person=ADMIN) for channel in range(40)
        ]
    assert [one.exception() for one in done] == [None] * 40
    wanted = {channel: (str(channel),) for channel in range(40)}
    assert settings.scopes(SERVER) == ServerSettings(tmp_path).scopes(SERVER) == wanted


TOGETHER = """
import sys
from pathlib import Path
from bot.journal.server_settings import ServerSettings
sys.stdin.readline()
ServerSettings(Path(sys.argv[1])).set_folders(10, int(sys.argv[2]), ["hr"], person=1)
"""


def test_several_processes_can_start_at_once(tmp_path: Path) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", TOGETHER, str(tmp_path), str(channel)],
            cwd=REPOSITORY,
            text=True,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for channel in range(4)
    ]
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write("now\n")
        starter.stdin.flush()
    assert [starter.communicate()[1] for starter in starters] == [""] * 4
    assert set(ServerSettings(tmp_path).scopes(SERVER)) == {0, 1, 2, 3}


# A file that can't be read completely


def spoil(data: Path, statement: str) -> None:
    with closing(sqlite3.connect(data / SERVERS)) as connection, connection:
        connection.execute(statement)


def half(data: Path) -> None:
    whole = (data / SERVERS).read_bytes()
    (data / SERVERS).write_bytes(whole[: len(whole) // 2])


def overwritten(data: Path) -> None:
    whole = (data / SERVERS).read_bytes()
    (data / SERVERS).write_bytes(whole[:4096] + os.urandom(4096) + whole[8192:])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: (data / SERVERS).write_bytes(b"not a database" * 100), "file is not a database"),
        (lambda data: (data / SERVERS).write_bytes(b""), "it is empty, or not a file of Footnote"),
        (half, "malformed"),
        (overwritten, ""),
        (lambda data: spoil(data, "PRAGMA user_version = 99"), "another version of Footnote: schema 99, here 1"),
        (lambda data: spoil(data, "DROP TABLE scope"), "no such table: scope"),
        (lambda data: spoil(data, "UPDATE scope SET folders = '[]'"), f"the scope of channel {CHANNEL} is damaged"),
        (lambda data: spoil(data, "UPDATE scope SET folders = '[\"hr'"), "Unterminated string"),
        (lambda data: spoil(data, "UPDATE forum SET answers = 'x'"), f"forum setting of channel {FORUM} is damaged"),
    ],
)
def test_a_damaged_file_prevents_the_start_and_is_left_unchanged(
    tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    settings = ServerSettings(tmp_path)
    settings.set_folders(SERVER, CHANNEL, ["hr"], person=ADMIN)
    settings.set_forum(SERVER, FORUM, "found", person=ADMIN)
    damage(tmp_path)
    before = (tmp_path / SERVERS).read_bytes()
    with pytest.raises(JournalError) as raised:
        ServerSettings(tmp_path)
    line = str(raised.value)
    assert line.startswith(f"{tmp_path / SERVERS} can't be read (")
    assert said in line
    assert "\n" not in line
    assert line.endswith(
        "Restore it from a backup, or move it away and set every /scope again; without it, all channels are answered "
        "from DEFAULT_FOLDERS"
    )
    assert (tmp_path / SERVERS).read_bytes() == before


def test_a_data_folder_that_cannot_be_created_is_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(JournalError, match=r"servers\.sqlite can't be read"):
        ServerSettings(tmp_path / "data")


def test_an_interrupted_first_start_does_not_prevent_the_next(tmp_path: Path) -> None:
    (tmp_path / "servers.new").write_bytes(b"half a file")
    assert ServerSettings(tmp_path).scopes(SERVER) == {}
