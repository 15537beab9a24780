"""Writing files so that a reader finds all of them old or all of them new, never a part.

Contents go to temporary names first. A journal names them; from the moment it is there the change
counts as made, and who comes after a run that was killed finishes it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from kartu.core.patterns import pattern

_TEMPORARY = pattern(r"\.kartu-(\d+)-.*\.tmp")
_JOURNAL = "journal"
_PLAIN_NAME = pattern(r"(?!journal$)[A-Za-z0-9][A-Za-z0-9._-]{0,200}")


def write_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Writes every file of `folder` or, where that fails (OSError), none; modes stay."""
    folder.mkdir(parents=True, exist_ok=True)
    recover(folder)
    check_target(folder, contents)
    mark = f"{os.getpid()}-{os.urandom(4).hex()}"
    journal = _temporary(folder, mark, _JOURNAL)
    temporaries = {name: _temporary(folder, mark, name) for name in contents}
    try:
        for name, content in contents.items():
            _write(temporaries[name], content)
            with contextlib.suppress(FileNotFoundError):  # a new file has no mode to keep
                shutil.copymode(folder / name, temporaries[name])
        _write(journal, _journal(folder, contents))
        _sync_folder(folder)
        _finish(folder, journal, temporaries)
    finally:
        for path in (*temporaries.values(), journal):
            _remove(path)


def check_target(folder: Path, names: Iterable[str]) -> None:
    """OSError where files of these names could not be written into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, "the folder cannot be written")
    for name in names:
        if (folder / name).is_dir():
            raise IsADirectoryError(errno.EISDIR, f"the folder {name} stands in the way")


def recover(folder: Path) -> None:
    """Finishes, or clears away, what runs that were killed left in `folder`, where it can."""
    left = [path for path in folder.glob(".kartu-*.tmp") if _is_left_over(path)]
    with contextlib.suppress(OSError):
        for journal in left:
            if journal.name.endswith(f"-{_JOURNAL}.tmp") and (names := _names_in(journal)):
                beside = journal.name.removesuffix(f"{_JOURNAL}.tmp")
                _finish(folder, journal, {name: folder / f"{beside}{name}.tmp" for name in names})
    for path in left:
        with contextlib.suppress(OSError):
            _remove(path)


def _finish(folder: Path, journal: Path, temporaries: Mapping[str, Path]) -> None:
    for name, temporary in temporaries.items():
        with contextlib.suppress(FileNotFoundError):  # renamed before the run was killed
            os.replace(temporary, folder / name)
    _sync_folder(folder)
    _remove(journal)


def _journal(folder: Path, contents: Mapping[str, bytes]) -> bytes:
    """For each file the hashes of what it was and of what it becomes."""
    hashes = {
        name: [_hash(folder / name), sha256(content).hexdigest()]
        for name, content in contents.items()
    }
    return json.dumps(hashes, sort_keys=True).encode()


def _names_in(journal: Path) -> list[str]:
    """The names that a journal tells; none where it is damaged, or older than the files."""
    try:
        hashes = json.loads(journal.read_bytes())
        stale = [
            name
            for name, (old, new) in hashes.items()
            if not _PLAIN_NAME.fullmatch(name) or _hash(journal.with_name(name)) not in (old, new)
        ]
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return []
    return [] if stale else list(hashes)


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _temporary(folder: Path, mark: str, name: str) -> Path:
    return folder / f".kartu-{mark}-{name}.tmp"


def _write(path: Path, content: bytes) -> None:
    """Into a new file: what is there already, be it a link, is not written through."""
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _remove(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


def _sync_folder(folder: Path) -> None:
    """Makes the renames last through a power cut, where the system can."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _is_left_over(path: Path) -> bool:
    found = _TEMPORARY.fullmatch(path.name)
    return found is not None and not _runs(int(found[1]))


def _runs(process: int) -> bool:
    if os.name != "posix":
        return False  # an open file cannot be replaced or deleted there anyway
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
