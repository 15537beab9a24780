"""Where tests write what nobody keeps."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 4 * 1024**3
_SHARED = "KARTU_TESTS_CACHE"


def use_memory() -> None:
    """Has pytest, and all that tests start, make temporary files in memory where there is room.

    Tests make many thousands of small files; a disk takes longer to make one than kartu to read it.
    TMPDIR, if somebody set it, is theirs to choose. Where no program may be run, or next to nothing
    fits, as in a container that nobody gave more, the disk has to do.
    """
    if "TMPDIR" in os.environ or not _MEMORY.is_dir() or not os.access(_MEMORY, os.W_OK):
        return
    if os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC or shutil.disk_usage(_MEMORY).free < _ROOM:
        return
    os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


def keep_bytecode() -> None:
    """Has Python keep what it compiled beside the sources, as it does unless told otherwise.

    Where PYTHONDONTWRITEBYTECODE is set, as in many containers, every worker and each of the
    hundreds of processes that tests start would compile all of kartu anew.
    """
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@cache
def shared_cache() -> Path:
    """The user's cache folder, for this process and those that it starts: all workers of a run.

    The decks here are drawn once for them; test_cache.py holds that nothing else depends on it.
    """
    if _SHARED not in os.environ:
        os.environ[_SHARED] = tempfile.mkdtemp()
        atexit.register(shutil.rmtree, os.environ[_SHARED], ignore_errors=True)
    return Path(os.environ[_SHARED])
