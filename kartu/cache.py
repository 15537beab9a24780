"""What one run keeps for the next: values in the user's cache folder that can be made anew.

A file that is damaged, or of other code than this, counts as none.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from kartu.core.version import __version__

_DAYS_KEPT = 90


def cache_folder() -> Path | None:
    """Where the user's programs keep what they can make anew, or None without a home."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "kartu" if os.path.isabs(base) else None


def path_for(folder: Path, root: Path, what: str) -> Path:
    """The file in `folder` for `what` is kept of the project in `root`."""
    project = sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:16]
    return folder / f"{project}-{what}.json"


def read(path: Path) -> Any:
    """The value that was written there, None where the file is not what was written."""
    found = read_with_text(path)
    return found[0] if found is not None else None


def read_with_text(path: Path) -> tuple[Any, str] | None:
    """The value and the text that were written there, None where the file is not that."""
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if sha256(body).hexdigest().encode() != digest:
        return None
    try:
        value, _, text = body.decode("utf-8", "surrogatepass").partition("\n")
        kept = json.loads(value)
    except ValueError:
        return None
    # Another version of kartu may keep something else here.
    ours = isinstance(kept, list) and len(kept) == 2 and kept[0] == code_mark()
    return (kept[1], text) if ours else None


def write(path: Path, value: Any, text: str = "") -> None:
    """Keeps a value of JSON, and a long text as it is; whole or not at all.

    A full disk is no fault.
    """
    body = f"{json.dumps([code_mark(), value])}\n{text}".encode("utf-8", "surrogatepass")
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            temporary.write_bytes(sha256(body).hexdigest().encode() + b"\n" + body)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        _forget_old(path.parent)


@cache
def _forget_old(folder: Path) -> None:
    """Clears what is kept of projects that were not built for a long time."""
    oldest = time.time() - _DAYS_KEPT * 86_400
    for entry in os.scandir(folder):
        if entry.stat().st_mtime < oldest:
            os.unlink(entry)


@cache
def code_mark() -> str:
    """A hash of the code that runs: kartu's by its files' times, libraries' by their folder's."""
    digest = sha256(f"{__version__} {sys.version}".encode())
    for folder in sys.path:
        if folder.endswith("-packages") and os.path.isdir(folder):
            digest.update(f"{folder}\0{os.stat(folder).st_mtime_ns}\0".encode())
    for folder, names, files in os.walk(os.path.dirname(__file__)):
        names.sort()
        for name in sorted(files):
            if not name.endswith(".pyc"):
                there = os.stat(os.path.join(folder, name))
                digest.update(f"{name}\0{there.st_size}\0{there.st_mtime_ns}\0".encode())
    return digest.hexdigest()
