"""The folders of the published generations: how they are laid out, checked, copied and removed.

    generations/7/chroma, lexical    the derived indexes as they were published; never written again
    generations/7/manifest.json      size and SHA-256 of each of their files: a damaged folder is noticed, not searched
    generations/7/slots/0            a copy of chroma for one searching process at a time
    generations/7/server.json        instead of chroma and its copies: the vectors are on a Chroma server

Chroma writes to its files even when it only searches, and two processes in one folder crash; so each process that
searches takes a slot: a copy that it holds alone under a lock. A slot whose holder died is copied anew. Slots are taken
and generations removed one at a time, under `gate.lock`: what is about to be searched is never removed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout

from index.errors import DerivedIndexError, disk_full, is_storage_full

CHROMA = "chroma"
LEXICAL = "lexical"
MANIFEST = "manifest.json"
NOTE = "server.json"
SLOTS = 64
REMOVED = "removed-"


class Slot:
    """A private copy of a generation's Chroma folder, held until `close`."""

    def __init__(self, folder: Path, lock: FileLock) -> None:
        self.folder = folder
        self._lock = lock

    def close(self) -> None:
        """Say that the copy was left in order, and let others have it. From whichever thread."""
        if self._lock.is_locked:
            with suppress(OSError):  # without its seal it is copied anew
                _seal(self.folder).write_text(json.dumps(_times(self.folder)), encoding="utf-8")
            self._lock.release()

    def discard(self) -> None:
        """Give up a copy that turned out to be unusable; whoever takes the slot next copies it anew."""
        self._lock.release()


class Generations:
    """All generation folders of a data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.root = data / "generations"

    def folder(self, number: int) -> Path:
        """Where generation `number` lies."""
        return self.root / str(number)

    def start(self, number: int, previous: int | None) -> bool:
        """Make an unpublished folder for generation `number`; whether it is a copy of `previous`.

        It is empty where there is no previous one or that is damaged. What an earlier, interrupted attempt left there
        is removed.
        """
        folder = self.folder(number)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if previous is None:
            return False
        try:
            self.check(previous)
        except DerivedIndexError:
            return False
        for part in (CHROMA, LEXICAL):
            if (self.folder(previous) / part).is_dir():
                shutil.copytree(self.folder(previous) / part, folder / part)
        return True

    def numbers(self) -> list[int]:
        """The numbers that have a folder, published or not, in order."""
        names = (path.name for path in self.root.iterdir()) if self.root.is_dir() else ()
        return sorted(int(name) for name in names if name.isdecimal())

    def latest(self) -> int:
        """The highest number that a folder has, published or not; 0 where there is none."""
        return max(self.numbers(), default=0)

    def discard(self, number: int) -> None:
        """Remove what was written of a generation that will not be published."""
        shutil.rmtree(self.folder(number), ignore_errors=True)

    def seal(self, number: int) -> None:
        """Write the manifest: the folder is complete."""
        folder = self.folder(number)
        manifest = {str(path.relative_to(folder)): [path.stat().st_size, _hash(path)] for path in _files(folder)}
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=0), encoding="utf-8")

    def check(self, number: int, part: str = "") -> None:
        """Raise `DerivedIndexError` unless every file of the generation (or a part of it) is as it was published."""
        folder = self.folder(number)
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            for name, (size, digest) in manifest.items():
                path = folder / name
                if name.startswith(part) and (path.stat().st_size != size or _hash(path) != digest):
                    raise DerivedIndexError(f"{path} is not as it was published")
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise DerivedIndexError(f"{folder} is incomplete ({error})") from error

    def take_slot(self, number: int, is_copied: bool = True) -> Slot:
        """A copy of the generation's Chroma folder for this process alone; or only the sign that it is in use.

        Raises `DerivedIndexError` if the published folder is damaged.
        """
        slot = self._free_slot(number)
        if not is_copied:
            return slot
        try:
            self._refill(number, slot.folder)
        except OSError as error:
            slot.discard()
            if is_storage_full(error):
                raise disk_full(slot.folder) from error
            raise DerivedIndexError(f"{self.folder(number)} is incomplete ({error})") from error
        except BaseException:
            slot.discard()
            raise
        return slot

    @contextmanager
    def private_copy(self, number: int) -> Iterator[Path]:
        """A copy of the generation's Chroma folder for a moment, made now. Raises `DerivedIndexError`."""
        with TemporaryDirectory(dir=self.root, prefix=REMOVED) as folder:
            copy = Path(folder) / CHROMA
            try:
                shutil.copytree(self.folder(number) / CHROMA, copy)
            except OSError as error:
                if is_storage_full(error):
                    raise
                raise DerivedIndexError(f"{self.folder(number)} is incomplete ({error})") from error
            yield copy

    def remove_unused(self, keep: Collection[int]) -> None:
        """Remove every generation but those to `keep`, except what a process is searching."""
        if not self.root.is_dir():
            return
        with self._gate():
            for folder in [path for path in self.root.iterdir() if path.name.isdecimal()]:
                if int(folder.name) not in keep and not _is_in_use(folder):
                    folder.rename(self.root / f"{REMOVED}{folder.name}")  # at once: nobody can take a slot any more
        for folder in self.root.glob(f"{REMOVED}*"):
            shutil.rmtree(folder, ignore_errors=True)

    def size(self, number: int) -> int:
        """Bytes on disk of a generation, slots included."""
        folder = self.folder(number)
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    def _gate(self) -> FileLock:
        return FileLock(self.root / "gate.lock", thread_local=False)

    def _free_slot(self, number: int) -> Slot:
        root = self.folder(number) / "slots"
        try:
            with self._gate():
                root.mkdir(exist_ok=True)
                for place in range(SLOTS):
                    # Opened and closed by whichever thread has the next question.
                    lock = FileLock(root / f"{place}.lock", timeout=0, thread_local=False)
                    with suppress(Timeout):
                        lock.acquire()
                        return Slot(root / str(place), lock)
        except OSError as error:
            raise DerivedIndexError(f"{root.parent} is incomplete ({error})") from error
        raise DerivedIndexError(f"{SLOTS} processes search this index already; stop one of them")

    def _refill(self, number: int, folder: Path) -> None:
        """Make the slot whole: as its last holder left it, or copied from the published folder."""
        seal = _seal(folder)
        try:
            if json.loads(seal.read_text(encoding="utf-8")) == _times(folder):
                seal.unlink()  # written again by `close`: a holder that dies leaves none
                return
        except (OSError, ValueError):
            pass
        self.check(number, CHROMA)
        shutil.rmtree(folder, ignore_errors=True)
        seal.unlink(missing_ok=True)
        shutil.copytree(self.folder(number) / CHROMA, folder)


def _is_in_use(folder: Path) -> bool:
    for path in folder.glob("slots/*.lock"):
        lock = FileLock(path, timeout=0)
        try:
            lock.acquire()
            lock.release()
        except Timeout:
            return True
    return False


def _seal(slot: Path) -> Path:
    return slot.with_suffix(".sealed")


def _times(folder: Path) -> dict[str, list[int]]:
    return {str(path.relative_to(folder)): [path.stat().st_size, path.stat().st_mtime_ns] for path in _files(folder)}


def _files(folder: Path) -> Iterator[Path]:
    """The files that matter; tantivy's locks come and go."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".lock" and path.name not in (MANIFEST, NOTE):
            yield path


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
