"""Where tests write what nobody keeps."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from multiprocessing.util import Finalize
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 4 * 1024**3

_FOLDER = "KARTU_TESTS_FOLDER"


def use_own_folder() -> None:
    """Has all that this process and those that it starts leave behind vanish with it.

    It is in memory where there is room: tests make many thousands of small files, and a disk takes
    longer to make one than kartu to read it. TMPDIR, if somebody set it, is theirs to choose. What
    a failed test wrote stays, in pytest's own folder beside it.
    """
    if _FOLDER in os.environ:  # of the process that started this one
        tempfile.tempdir = os.environ["TMPDIR"]
        return
    memory = "TMPDIR" not in os.environ and _has_room(_MEMORY)
    place = str(_MEMORY) if memory else tempfile.gettempdir()
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", place)
    made = tempfile.mkdtemp(prefix="kartu-", dir=place)
    # After multiprocessing has removed its own folder, which it does at -100.
    Finalize(None, shutil.rmtree, (made,), {"ignore_errors": True}, exitpriority=-200)
    os.environ[_FOLDER] = os.environ["TMPDIR"] = tempfile.tempdir = made


def _has_room(folder: Path) -> bool:
    """Whether much fits, which it does not in most containers, and programs may be run there."""
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return False
    may_run = not os.statvfs(folder).f_flag & os.ST_NOEXEC
    return may_run and shutil.disk_usage(folder).free > _ROOM


def keep_bytecode() -> None:
    """Has Python keep what it compiled beside the sources, as it does unless told otherwise.

    Where PYTHONDONTWRITEBYTECODE is set, as in many containers, every worker and each of the
    hundreds of processes that tests start would compile all of kartu anew.
    """
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def shared_cache() -> Path:
    """The user's cache folder for all workers of a run.

    The decks here are drawn once for them; test_cache.py holds that nothing else depends on it.
    """
    use_own_folder()
    return Path(os.environ[_FOLDER]) / "cache"
