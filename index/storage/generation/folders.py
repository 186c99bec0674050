"""The folders of the published generations: layout, checks, copies and removal.

    generations/7/chroma, lexical    the derived indexes as they were published; never written again
    generations/7/manifest.json      size and SHA-256 of each of their files, so that damage is noticed
    generations/7/slots/0            a copy of chroma for one searching process at a time
    generations/7/server.json        instead of chroma and its copies: the vectors are on a Chroma server

Chroma writes to its files even when it only searches, and two processes in one folder crash. So each process that
searches takes a slot: a copy that it holds alone, under a lock. If the holder of a slot died, the slot is copied again.
Slots are taken and generations removed one at a time, under `gate.lock`, so that a generation that is about to be
searched is never removed.
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
SLOTS = 64  # the most processes that search one generation
REMOVED = "removed-"


class Slot:
    """A private copy of a generation's Chroma folder, held until `close`."""

    def __init__(self, folder: Path, lock: FileLock) -> None:
        self.folder = folder
        self._lock = lock

    def close(self) -> None:
        """Mark the copy as sound and release it. May be called from any thread."""
        if self._lock.is_locked:
            with suppress(OSError):  # without its seal, the slot is copied again
                _seal(self.folder).write_text(json.dumps(_file_times(self.folder)), encoding="utf-8")
            self._lock.release()

    def discard(self) -> None:
        """Release a copy that cannot be used; the next holder of the slot copies it again."""
        self._lock.release()


class Generations:
    """The folders of all generations of a data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.root = data / "generations"

    def folder(self, number: int) -> Path:
        """Return the folder of a generation, whether it exists or not."""
        return self.root / str(number)

    def start(self, number: int, previous: int | None) -> bool:
        """Create the folder of an unpublished generation. True if it is a copy of generation `previous`.

        It is empty if `previous` is None or damaged. Files of an earlier, interrupted attempt are removed.
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
        """Return the numbers that have a folder, published or not, in ascending order."""
        names = (path.name for path in self.root.iterdir()) if self.root.is_dir() else ()
        return sorted(int(name) for name in names if name.isdecimal())

    def latest(self) -> int:
        """Return the highest number that has a folder, published or not; 0 if there is none."""
        return max(self.numbers(), default=0)

    def discard(self, number: int) -> None:
        """Remove the folder of a generation that will not be published."""
        shutil.rmtree(self.folder(number), ignore_errors=True)

    def seal(self, number: int) -> None:
        """Write the manifest, which marks the folder as complete."""
        folder = self.folder(number)
        manifest = {str(path.relative_to(folder)): [path.stat().st_size, _hash(path)] for path in _files(folder)}
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=0), encoding="utf-8")

    def check(self, number: int, part: str = "") -> None:
        """Raise `DerivedIndexError` if a file of the generation has changed since it was published.

        `part` limits the check to the files below `CHROMA` or `LEXICAL`.
        """
        folder = self.folder(number)
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            for name, (size, digest) in manifest.items():
                path = folder / name
                if name.startswith(part) and (path.stat().st_size != size or _hash(path) != digest):
                    raise DerivedIndexError(f"{path} has changed since it was published")
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise DerivedIndexError(f"{folder} is incomplete ({error})") from error

    def take_slot(self, number: int, *, copy: bool = True) -> Slot:
        """Copy the generation's Chroma folder for this process alone; without `copy`, only mark it as being in use.

        Raises `DerivedIndexError` if the published folder is damaged.
        """
        slot = self._free_slot(number)
        if not copy:
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
        """Copy the generation's Chroma folder for the length of the context. Raises `DerivedIndexError`."""
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
        """Remove every generation that is neither in `keep` nor searched by a process."""
        if not self.root.is_dir():
            return
        with self._gate():
            for folder in [path for path in self.root.iterdir() if path.name.isdecimal()]:
                if int(folder.name) not in keep and not _is_in_use(folder):
                    folder.rename(self.root / f"{REMOVED}{folder.name}")  # atomic: from now on nobody can take a slot
        for folder in self.root.glob(f"{REMOVED}*"):
            shutil.rmtree(folder, ignore_errors=True)

    def size(self, number: int) -> int:
        """Return the bytes on disk of a generation, slots included."""
        folder = self.folder(number)
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    def _gate(self) -> FileLock:
        return FileLock(self.root / "gate.lock", thread_local=False)

    def _free_slot(self, number: int) -> Slot:
        root = self.folder(number) / "slots"
        try:
            with self._gate():
                root.mkdir(exist_ok=True)
                for slot in range(SLOTS):
                    # The slot is opened and closed by different threads.
                    lock = FileLock(root / f"{slot}.lock", timeout=0, thread_local=False)
                    with suppress(Timeout):
                        lock.acquire()
                        return Slot(root / str(slot), lock)
        except OSError as error:
            raise DerivedIndexError(f"{root.parent} is incomplete ({error})") from error
        raise DerivedIndexError(f"{SLOTS} processes already search this index; stop one of them")

    def _refill(self, number: int, folder: Path) -> None:
        """Fill the slot: keep it if its last holder left it in order, otherwise copy the published folder."""
        seal = _seal(folder)
        try:
            if json.loads(seal.read_text(encoding="utf-8")) == _file_times(folder):
                seal.unlink()  # `close` writes it again; a process that dies does not
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


def _file_times(folder: Path) -> dict[str, list[int]]:
    return {str(path.relative_to(folder)): [path.stat().st_size, path.stat().st_mtime_ns] for path in _files(folder)}


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files that a manifest lists; the locks of tantivy are temporary."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".lock" and path.name not in (MANIFEST, NOTE):
            yield path


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
