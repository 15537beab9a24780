"""A change of files that is laid out in a temporary folder beside them, and its journal.

The folder `new` holds what the files become, `old` what they were. From the moment the journal is
there the change counts as made: who comes after a run that was killed finishes it, or undoes it
where a file was edited meanwhile.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from typing import Literal, NamedTuple

from kartu.core.language import _
from kartu.core.patterns import pattern

TEMPORARY = pattern(r"\.kartu-.*\.tmp")
NEW, OLD, _JOURNAL = "new", "old", "journal.json"
_AT_ONCE = 32
_BUFFER = 1024 * 1024  # of many parts some are small
_LARGEST_JOURNAL = 16 * 1024 * 1024

# How far a file of a journal is: still what it was, or what it was to become; edited before or
# after it became that; or no longer to be had.
_State = Literal["old", "new", "edited-old", "edited-new", "lost"]


class Interrupted(NamedTuple):
    """A change of the file `name` that was killed, and that only a person can finish."""

    name: str
    message: str
    help: str


class Journal(NamedTuple):
    """What a change is to do.

    `files` have the SHA-256 of their old and new content in hex by name, "" for no file; `folders`
    are paths that were not there before, files included.
    """

    files: dict[str, tuple[str, str]]
    folders: list[str]


def settle(stage: Path) -> list[Interrupted]:
    """Finishes or undoes an interrupted change and deletes `stage`; without a journal only that.

    Returns what a person has to decide; then, and where writing fails, `stage` stays.
    """
    journal = _journal_in(stage)
    if journal is None:
        shutil.rmtree(stage, ignore_errors=True)
        return []
    states = {name: _state(stage, name, *hashes) for name, hashes in journal.files.items()}
    edited = [name for name, state in states.items() if state == "edited-new"]
    undone = [name for name, state in states.items() if state in ("edited-old", "lost")]
    if edited and undone:
        return [_undecided(stage, undone[0], edited[0])]
    try:
        if undone:
            undo(stage, journal.files)
        else:
            finish(stage, [name for name, state in states.items() if state == "old"])
            move(stage, stage.parent, journal.folders, recovering=True)
        close(stage)
    except OSError as error:
        return _unfinished(stage, states, error)
    remove(stage)
    return []


def _undecided(stage: Path, name: str, other: str) -> Interrupted:
    message = _(
        "a change to {file} and {other_file} was interrupted, and both were edited since",
        file=name,
        other_file=other,
    )
    help = _(
        "put one of them back as it was; or, to leave both as they are, delete "
        "{folder} beside them",
        folder=stage.name,
    )
    return Interrupted(name, message, help)


def _unfinished(stage: Path, states: Mapping[str, _State], error: OSError) -> list[Interrupted]:
    """What cannot be written; nothing where, before the attempt, all files were new or none was."""
    others = [name for name, state in states.items() if not state.endswith("new")]
    if len(others) in (0, len(states)):
        return []
    name = others[0]
    message = _(
        "a change to it was interrupted, and cannot be finished: {reason}",
        reason=error.strerror or error,
    )
    help = _("make the folder that {folder} is in writable", folder=stage.name)
    return [Interrupted(name, message, help)]


def _state(stage: Path, name: str, old: str, new: str) -> _State:
    now = hash_of(stage.parent / name)
    waiting = os.path.lexists(stage / NEW / name)
    if now == new:
        return "new"
    if now in (old, ""):
        return "old" if waiting else "lost"
    return "edited-old" if waiting else "edited-new"


def _journal_in(stage: Path) -> Journal | None:
    """The journal; None without one, or where it is damaged, or leads elsewhere."""
    path = stage / _JOURNAL
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST_JOURNAL:
            return None
        read = json.loads(path.read_bytes())
        files = {str(name): (str(old), str(new)) for name, (old, new) in read["files"].items()}
        journal = Journal(files, list(map(str, read["folders"])))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    names = [*files, *journal.folders]
    plain = all(_is_name(part) for name in names for part in name.split("/"))
    plain = plain and not any("/" in name for name in files)
    return journal if plain and all(_stays_inside(stage, name) for name in names) else None


def _is_name(name: str) -> bool:
    """Whether it is the name of a file, and leads nowhere."""
    odd = name in ("", ".", "..") or "\0" in name or TEMPORARY.fullmatch(name)
    return not odd and os.path.basename(name) == name


def _stays_inside(stage: Path, name: str) -> bool:
    """No link leads elsewhere, neither from the temporary folder nor from that which it is in."""
    wanted = ((stage / NEW / name, stage), (stage / OLD / name, stage))
    return all(
        f"{os.path.realpath(path.parent)}{os.sep}".startswith(f"{os.path.realpath(top)}{os.sep}")
        for path, top in (*wanted, (stage.parent / name, stage.parent))
    )


def commit(stage: Path, journal: Journal) -> None:
    """Writes the journal; OSError, with none there, where that cannot be."""
    try:
        write_new(stage / _JOURNAL, json.dumps(journal._asdict(), sort_keys=True).encode())
        sync_files([stage / _JOURNAL])
        sync_folder(stage)
        sync_folder(stage.parent)
    except OSError:
        close(stage)
        raise


def close(stage: Path) -> None:
    """Deletes the journal: the change is made, or undone."""
    (stage / _JOURNAL).unlink(missing_ok=True)


def remove(stage: Path) -> None:
    """Clears a temporary folder away, but for one with a change that is neither."""
    if not (stage / _JOURNAL).exists():
        shutil.rmtree(stage, ignore_errors=True)


def finish(stage: Path, names: Iterable[str]) -> None:
    """Moves the new files into place; OSError where that cannot be."""
    for name in names:
        os.replace(os.path.join(stage, NEW, name), os.path.join(stage.parent, name))
    sync_folder(stage.parent)


def undo(stage: Path, files: Mapping[str, tuple[str, str]]) -> None:
    """Puts back what those files were that have become new; OSError where that is not there."""
    for name, (old, new) in files.items():
        if old != new and hash_of(stage.parent / name) == new:
            if old:
                os.replace(stage / OLD / name, stage.parent / name)
            else:
                (stage.parent / name).unlink()
    sync_folder(stage.parent)


def move(stage: Path, folder: Path, names: Sequence[str], *, recovering: bool = False) -> None:
    """Moves folders from the stage into place: all or, with OSError, none.

    With `recovering`, those that are in place already are left out.
    """
    moved: list[str] = []
    try:
        for name in names:
            there = os.path.lexists(folder / name)
            if recovering and (there or not os.path.lexists(stage / NEW / name)):
                continue
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.rename(stage / NEW / name, folder / name)
            moved.append(name)
    except BaseException:
        for name in reversed(moved):
            os.rename(folder / name, stage / NEW / name)
        raise


def hash_of(path: str | Path) -> str:
    """The SHA-256 of the content in hex; "" if it is no file."""
    if not os.path.isfile(path):
        return ""
    with open(path, "rb") as file:
        return file_digest(file, "sha256").hexdigest()


def write_new(path: str | Path, *parts: bytes | bytearray) -> None:
    """Into a new file: what is there already, be it a link, is not written through."""
    with open(path, "xb", buffering=-1 if len(parts) == 1 else _BUFFER) as file:
        file.writelines(parts)


def sync_files(paths: Sequence[str | Path]) -> None:
    """Makes contents last through a power cut; many of them at once, which takes far less time."""
    if len(paths) <= _AT_ONCE:
        for path in paths:
            _sync_file(path)
        return
    from concurrent.futures import ThreadPoolExecutor

    def sync_each(some: Sequence[str | Path]) -> None:
        for path in some:
            _sync_file(path)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(sync_each, (paths[first::_AT_ONCE] for first in range(_AT_ONCE))))


def _sync_file(path: str | Path) -> None:
    number = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sync_folder(folder: Path) -> None:
    """Makes the renames last through a power cut, where the system can."""
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # not every file system can
            os.fsync(number)
    finally:
        os.close(number)
