"""The history of a project's edits, in the user's own folder: undo and redo after any restart.

Lines are only added. An edit is in it before its files are written, so that what a killed run
began is known to the next one; a line that was not written whole counts as missing. Texts that lost
to a change from elsewhere, and texts that were not saved yet, are in it too.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from kartu.core.folders import user_folder
from kartu.rewrite.splices import Splice, splice_from

EDIT, UNDO, REDO, DROPPED, STUCK, KEPT = "edit", "undo", "redo", "dropped", "stuck", "kept"
ADDED = "added"
_HASH_LENGTH = 16

About = Mapping[str, Any]


class Entry(NamedTuple):
    """A line of the history. `number` counts from 1 and names it for good.

    `kind` is EDIT, with the `splices` that it made; UNDO or REDO of the edit `of`, with theirs;
    DROPPED for an entry `of` that was not written after all; STUCK for an edit that cannot be
    undone or redone any more; KEPT for a text that is in no file, which takes the place of the one
    kept as `of`; ADDED for a file that is too large for the history, UNDO of it without splices.
    `about` is what the caller adds to it, a JSON value.
    """

    number: int
    kind: str
    time: int
    of: int
    about: About
    splices: tuple[Splice, ...]


def history_folder() -> Path | None:
    """kartu's folder for what the user must not lose, None without a home directory."""
    return user_folder("Application Support", os.environ.get("XDG_STATE_HOME", ""), ".local/state")


class History:
    """The history of the project in `root`, a file in `folder`; None keeps it in memory alone.

    `path` is that file, None for none.
    Whoever adds an edit holds the project.
    """

    def __init__(self, folder: Path | None, root: Path) -> None:
        project = sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:16]
        self.entries: list[Entry] = []
        self.path = folder / f"{project}-history.jsonl" if folder is not None else None
        self._read = 0  # bytes of whole lines
        self.refresh()

    def refresh(self) -> None:
        """Reads what other runs have added."""
        if self.path is None or not self.path.exists():
            return
        with open(self.path, "rb") as file:
            file.seek(self._read)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            value = _value_of(line)
            if value is not None:
                self.entries.append(_entry(len(self.entries) + 1, value))

    def add(self, kind: str, about: About, splices: tuple[Splice, ...] = (), of: int = 0) -> Entry:
        """Adds an entry; when this returns, it is on the disk.

        Raises:
            OSError: It cannot be written.
        """
        self.refresh()
        entry = Entry(len(self.entries) + 1, kind, int(time.time()), of, about, splices)
        if self.path is None:
            self.entries.append(entry)
            return entry
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _write(number, _line(entry))
        finally:
            os.close(number)
        self.refresh()
        return self.entries[-1]

    def done(self) -> list[Entry]:
        """Returns the edits that can be undone, the newest last."""
        return self._stacks()[0]

    def undone(self) -> list[Entry]:
        """Returns the edits that can be made again, the next one last."""
        return self._stacks()[1]

    def added(self) -> list[Entry]:
        """Returns the ADDED entries that were not taken back."""
        gone = {one.of for one in self.entries if one.kind in (UNDO, DROPPED)}
        return [one for one in self.entries if one.kind == ADDED and one.number not in gone]

    def last_written(self) -> Entry | None:
        """Returns the newest entry that changed files, as far as the history knows."""
        dropped = {one.of for one in self.entries if one.kind == DROPPED}
        changing = (one for one in reversed(self.entries) if one.splices)
        newest = next(changing, None)
        return newest if newest is not None and newest.number not in dropped else None

    def _stacks(self) -> tuple[list[Entry], list[Entry]]:
        done: list[Entry] = []
        undone: list[Entry] = []
        by_number = {one.number: one for one in self.entries}
        dropped = {one.of for one in self.entries if one.kind == DROPPED}
        for one in self.entries:
            if one.number in dropped:
                continue
            if one.kind == EDIT:
                done.append(one)
                undone.clear()
            elif one.kind in (UNDO, REDO) and by_number[one.of].kind == EDIT:
                edit = by_number[one.of]._replace(splices=one.splices)
                source, target = (done, undone) if one.kind == UNDO else (undone, done)
                source[:] = [other for other in source if other.number != one.of]
                target.append(edit)
            elif one.kind == STUCK:
                done[:] = [other for other in done if other.number != one.of]
                undone[:] = [other for other in undone if other.number != one.of]
        return done, undone


def _write(number: int, line: bytes) -> None:
    size = os.lseek(number, 0, os.SEEK_END)
    if size:
        os.lseek(number, size - 1, os.SEEK_SET)
        line = line if os.read(number, 1) == b"\n" else b"\n" + line  # after one that was cut off
    while line:
        line = line[os.write(number, line) :]
    os.fsync(number)


def _line(entry: Entry) -> bytes:
    value = entry._asdict() | {"splices": [one.to_json() for one in entry.splices]}
    del value["number"]
    body = json.dumps(value, separators=(",", ":")).encode()
    return sha256(body).hexdigest()[:_HASH_LENGTH].encode() + b" " + body + b"\n"


def _value_of(line: bytes) -> Any:
    """The value of a line, None for one that is damaged."""
    digest, _space, body = line.partition(b" ")
    if sha256(body).hexdigest()[:_HASH_LENGTH].encode() != digest:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return None


def _entry(number: int, value: dict[str, Any]) -> Entry:
    splices = tuple(splice_from(one) for one in value["splices"])
    about = value["about"]
    return Entry(number, value["kind"], value["time"], value["of"], about, splices)
