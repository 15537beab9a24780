"""The one place where files are written: a reader finds all of them old or all of them new."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kartu.core.journal import (
    NEW,
    OLD,
    TEMPORARY,
    Interrupted,
    Journal,
    close,
    commit,
    finish,
    hash_of,
    move,
    remove,
    settle,
    sync_files,
    sync_folder,
    undo,
    write_new,
)
from kartu.core.language import _
from kartu.core.locks import is_alive, locked, marked_alive
from kartu.core.progress import Progress, no_progress


class Hashed(NamedTuple):
    """A large content in parts, of which the size and the SHA-256, in hex, are known."""

    parts: Sequence[bytes | bytearray]
    size: int
    sha256: str


# What a file is to hold; many large ones are not held at once, but made each in its turn, the same
# each time.
Content = bytes | Hashed | Callable[[], bytes]


def write_all(folder: Path, contents: Mapping[str, Content]) -> None:
    """Writes every file of `folder` or, where that fails (OSError), none; modes stay."""
    write_folders({folder: contents})


def write_files(contents: Mapping[Path, Content]) -> None:
    """The same for files of any folders: see `write_folders`."""
    folders: dict[Path, dict[str, Content]] = {}
    for path, content in contents.items():
        folders.setdefault(path.parent, {})[path.name] = content
    write_folders(folders)


def write_folders(folders: Mapping[Path, Mapping[str, Content]]) -> None:
    """Writes the files or, where that fails (OSError), none; folder by folder in this order.

    Killed meanwhile, each folder is all old or all new.
    """
    with ExitStack() as stack:
        for folder in sorted(folders):
            stack.enter_context(holding(folder))
        for folder, inside in folders.items():
            check_target(folder, inside)
        journals = []
        for folder, inside in folders.items():
            if changed := _changed(folder, inside):
                stage = stack.enter_context(_stage(folder))
                journals.append((stage, _lay_out(stage, changed)))
        try:
            for stage, journal in journals:
                commit(stage, journal)
            for stage, journal in journals:
                finish(stage, journal.files)
        except BaseException:
            for stage, journal in reversed(journals):
                undo(stage, journal.files)
                close(stage)
            raise
        for stage, _ in journals:
            close(stage)


def remove_files(paths: Iterable[Path]) -> None:
    """Removes files, which may be gone already; OSError for the first that cannot be removed."""
    for path in paths:
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


@contextmanager
def holding(folder: Path, progress: Progress = no_progress) -> Iterator[None]:
    """Holds a folder, made where it is not there, and finishes what was begun in it.

    OSError where a person has to decide something first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder, progress=progress):
        for one in recover(folder):
            raise OSError(
                errno.EBUSY,
                f"{one.name}: {one.message}; {one.help}",
            )
        yield


def check_target(folder: Path, names: Iterable[str]) -> None:
    """OSError where files of these names could not be written into `folder`, or are read-only."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, _("the folder cannot be written"))
    for name in {*names} & {*os.listdir(folder)}:
        if (folder / name).is_dir():
            message = _("there is a folder named {name}, where a file is to go", name=name)
            raise IsADirectoryError(errno.EISDIR, message)
        if not os.access(folder / name, os.W_OK):  # a new file in its place would be one
            raise PermissionError(errno.EACCES, _("{name} is read-only", name=name))


class Stage:
    """A temporary folder in which folders and files are laid out before they are put into place."""

    def __init__(self, parent: Path, path: Path, alive: ExitStack) -> None:
        self.folder = path / NEW
        self._parent = parent
        self._path = path
        self._alive = alive

    def place(self, names: Sequence[str]) -> None:
        """Moves what is laid out at these paths to where it belongs: all or, with OSError, none.

        FileExistsError where something is there already. Killed meanwhile, the next run goes on.
        """
        with locked(self._parent):
            for name in names:
                if os.path.lexists(self._parent / name):
                    raise FileExistsError(errno.EEXIST, _("{name} already exists", name=name))
            sync_files([one for one in self.folder.rglob("*") if one.is_file()])
            self._alive.close()  # Windows moves no folder with a lock in it
            commit(self._path, Journal({}, list(names)))
            try:
                move(self._path, self._parent, names)
            finally:
                close(self._path)


@contextmanager
def staged(parent: Path) -> Iterator[Stage]:
    """A stage in `parent`, of which nothing is left; what killed runs left there is settled."""
    with ExitStack() as alive:
        with locked(parent):
            recover(parent)
            path = _new_folder(parent)
            alive.enter_context(marked_alive(path))
        try:
            yield Stage(parent, path, alive)
        finally:
            with locked(parent):
                remove(path)


def copy_tree(
    source: Path,
    target: Path,
    left_out: Callable[[str, list[str]], set[str]] = lambda folder, names: set(),
) -> None:
    """Copies a folder that is not there yet; OSError for the first file that cannot be copied."""
    left = left_out(str(source), os.listdir(source))
    target.mkdir(parents=True)
    for name in sorted(set(os.listdir(source)) - left):
        if (source / name).is_dir():
            copy_tree(source / name, target / name, left_out)
        else:
            shutil.copy2(source / name, target / name)


def recover(folder: Path) -> list[Interrupted]:
    """Finishes, undoes or clears away what killed runs left in `folder`, where it can be written.

    Returns what a person has to decide.
    """
    if not _left_in(folder):
        return []
    found: list[Interrupted] = []
    with locked(folder):
        for path in _left_in(folder):  # while this run waited, another one may have done it
            if path.is_symlink() or not path.is_dir():
                with suppress(OSError):
                    path.unlink()
            elif not is_alive(path):
                found += settle(path)
    return found


def _left_in(folder: Path) -> list[Path]:
    try:
        return sorted(folder / one for one in os.listdir(folder) if TEMPORARY.fullmatch(one))
    except OSError:
        return []


@contextmanager
def _stage(folder: Path) -> Iterator[Path]:
    path = _new_folder(folder)
    try:
        yield path
    finally:
        remove(path)


def _new_folder(parent: Path) -> Path:
    path = parent / f".kartu-{os.urandom(8).hex()}.tmp"
    try:
        (path / NEW).mkdir(parents=True)
    except OSError:
        remove(path)
        raise
    return path


def _changed(folder: Path, contents: Mapping[str, Content]) -> dict[str, Content]:
    """The files that are to have another content, or that are not there yet."""
    there = set(os.listdir(folder))
    return {
        name: content
        for name, content in contents.items()
        if name not in there or not _holds(folder / name, content)
    }


def _holds(path: Path, content: Content) -> bool:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        return False
    if isinstance(content, Hashed):
        return status.st_size == content.size and hash_of(path) == content.sha256
    made = content if isinstance(content, bytes) else content()
    return status.st_size == len(made) and path.read_bytes() == made


def _lay_out(stage: Path, contents: Mapping[str, Content]) -> Journal:
    """Writes the new files, and links the old ones so that they can be put back."""
    (stage / OLD).mkdir()
    there = set(os.listdir(stage.parent))
    new = [os.path.join(stage, NEW, name) for name in contents]
    files = {}
    for (name, content), path in zip(contents.items(), new, strict=True):
        new_hash = _write(path, content)
        old = ""
        if name in there:
            before = stage.parent / name
            with suppress(FileNotFoundError):  # a link that leads nowhere
                shutil.copymode(before, path)
            _link(before, stage / OLD / name)
            old = hash_of(before)
        files[name] = (old, new_hash)
    sync_files(new)
    sync_folder(stage / NEW)
    sync_folder(stage / OLD)
    return Journal(files, [])


def _write(path: str, content: Content) -> str:
    """Writes a new file; returns the SHA-256 of its content."""
    if isinstance(content, Hashed):
        write_new(path, *content.parts)
        return content.sha256
    made = content if isinstance(content, bytes) else content()
    write_new(path, made)
    return sha256(made).hexdigest()


def _link(path: Path, other: Path) -> None:
    try:
        os.link(path, other, follow_symlinks=False)
    except (OSError, NotImplementedError):  # not every file system has links
        with suppress(FileNotFoundError):
            shutil.copy2(path, other, follow_symlinks=False)
