"""Locks on folders: who writes into one holds it against every other run.

The operating system keeps them, so a run that was killed holds none, whatever process numbers,
containers and restarts there were in between. On POSIX the folder itself is locked, for which
nothing needs to be written; on Windows a file in it. Where a file system knows no locks, or keeps
them from other computers, a run goes on without: nothing is torn then either, but of two runs at
once one can stop with an error, because the other took its temporary files for abandoned ones.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path

from kartu.core.language import _
from kartu.core.progress import Progress, no_progress

_PATIENCE = 600.0  # seconds; no run writes for so long
_PAUSE = 0.02

if sys.platform == "win32":
    import msvcrt

    _FILE = ".kartu-lock"

    def _open(folder: Path) -> int:
        return os.open(folder / _FILE, os.O_RDWR | os.O_CREAT)

    def _take(number: int, shared: bool) -> None:
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)  # there is no shared one

    def _close(number: int, folder: Path) -> None:
        os.close(number)
        with contextlib.suppress(OSError):  # another run has it open, and removes it
            os.unlink(folder / _FILE)

    _BUSY = {errno.EACCES, errno.EDEADLK}
else:
    import fcntl

    def _open(folder: Path) -> int:
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)

    def _take(number: int, shared: bool) -> None:
        fcntl.flock(number, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)

    def _close(number: int, folder: Path) -> None:
        os.close(number)

    _BUSY = {errno.EWOULDBLOCK}


class LockedError(OSError):
    """Another run holds the folder, and did not let go of it."""

    def __init__(self) -> None:
        super().__init__(errno.EBUSY, _("another run of kartu is writing there; try again"))


class _Lock:
    """A lock that a run has, or none where the file system knows none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shared = True
        self._number: int | None = None

    def take(self, *, shared: bool, progress: Progress, patience: float | None = None) -> None:
        """Waits until the folder is free. LockedError where that takes too long."""
        until = time.monotonic() + (_PATIENCE if patience is None else patience)
        waits = False
        while not self._taken(shared):
            if time.monotonic() >= until:
                raise LockedError
            if not waits:
                progress(
                    _(
                        "waiting for another run of kartu, which is at work in {folder}",
                        folder=self.folder,
                    )
                )
            waits = True
            time.sleep(_PAUSE)
        self.shared = shared

    def _taken(self, shared: bool) -> bool:
        try:
            if self._number is None:
                self._number = _open(self.folder)
            _take(self._number, shared)
        except OSError as error:
            if self._number is None and not self.folder.is_dir():
                raise
            return self._number is None or error.errno not in _BUSY  # True: there are no locks
        if _identity(self.folder) == _identity(self._number) or sys.platform == "win32":
            return True
        self.release()  # the folder is another one than that which was opened
        return False

    def release(self) -> None:
        if self._number is not None:
            _close(self._number, self.folder)
            self._number = None


# The locks that this thread holds: what it calls may ask for them again.
_HELD: ContextVar[Mapping[tuple[int, int], _Lock]] = ContextVar("held")


@contextlib.contextmanager
def locked(
    folder: Path, *, shared: bool = False, progress: Progress = no_progress
) -> Iterator[None]:
    """Holds the folder: alone to write, `shared` to read what is not being written meanwhile.

    It may be held already by the caller. Raises FileNotFoundError for a folder that is not there,
    LockedError for one that another run holds for minutes.
    """
    folder = Path(os.path.realpath(folder))
    held = _HELD.get({})
    lock = held.get(_identity(folder))
    if lock is None:
        lock = _Lock(folder)
        try:
            lock.take(shared=shared, progress=progress)
            before = _HELD.set({**held, _identity(folder): lock})
            try:
                yield
            finally:
                _HELD.reset(before)
        finally:
            lock.release()
    elif shared or not lock.shared:
        yield
    else:
        lock.take(shared=False, progress=progress)
        try:
            yield
        finally:
            lock.take(shared=True, progress=progress)


@contextlib.contextmanager
def marked_alive(folder: Path) -> Iterator[None]:
    """Shows other runs that a temporary folder is still worked in; it may be moved meanwhile."""
    lock = _Lock(folder)
    lock.take(shared=False, progress=no_progress)
    try:
        yield
    finally:
        lock.release()


def is_alive(folder: Path) -> bool:
    """Whether a run, this one too, works in a temporary folder."""
    lock = _Lock(folder)
    try:
        lock.take(shared=False, progress=no_progress, patience=0)
    except LockedError:
        return True
    finally:
        lock.release()
    return False


def _identity(folder: Path | int) -> tuple[int, int]:
    there = os.stat(folder)
    return there.st_dev, there.st_ino
