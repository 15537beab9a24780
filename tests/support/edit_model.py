"""A model of a deck that is edited, which knows nothing of kartu, and how its files are read.

A file's notes are found by the lines on which they begin, so that what an edit did to other notes,
to comments and to the head of a file shows without any YAML.
"""

from __future__ import annotations

import copy
import csv
import io
import re
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = "cards/contoh"

PROJECT = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: markdown}
  - {key: butir, name: Butir, id: 3, format: list}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
--- templates/lain/note_type.yaml
id: lain
name: Lain
fields:
  - {key: depan, name: Depan, id: 1, required: true}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
--- templates/lain/maju.front.html
{{Depan}}
--- templates/lain/maju.back.html
{{FrontSide}}
--- cards/contoh/kartu.yaml
--- cards/contoh/1-kartu.yaml
# kepala
note_type: dasar
subdeck: Bab 1
tags: [a, "b"]   # semua
notes:
  # sebelum terbit
  - id: terbit   # tetap
    depan: "Satu"     # pertanyaan
    belakang: |
      One
      Uno
    tags:
      - c   # penting
      - d
    x-luar: luar-1

  # sebelum dua
  - {id: dua, depan: Dua, belakang: 'Two', butir: [x, "y"], x-luar: luar-2}   # ringkas
  - id: tiga
    depan: >-   # dilipat
      Tiga kata
      di sini

      dan di sana
    x-luar: luar-3
  - {"id": "empat", "depan": "Empat", "x-luar": "luar-4"}
--- cards/contoh/2-kartu.yaml as crlf
note_type: dasar
subdeck: Bab 1
tags: [b, a]
notes:
- id: lima
  depan: Lima
  butir:
  - satu
  - dua
  x-luar: luar-5
- id: enam
  depan: Enam
  x-luar: luar-6
--- cards/contoh/3-lembar.csv
id;note_type;subdeck;depan;belakang;#catatan;x-luar
tujuh;dasar;Bab 2;Tujuh;"One
Uno";punyaku;luar-7
delapan;dasar;Bab 2;"De""lapan";;;luar-8
sembilan;dasar;Bab 3;Sembilan;9;"a;b";luar-9
--- cards/contoh/4-lain.yaml
note_type: lain
notes:
  - id: sepuluh
    depan: Sepuluh
    x-luar: luar-10
--- cards/contoh/i18n/en.yaml
uid: b1b2c3d4e5f60718
name: Sample
prefix: Sample
notes:
  terbit: {depan: One}
  # dua dalam bahasa lain
  dua: {depan: Two}
"""

TAGS = {"1-kartu.yaml": ["a", "b"], "2-kartu.yaml": ["b", "a"]}
NotesOf = dict[str, list[dict[str, Any]]]


class Raw(NamedTuple):
    """A file by its notes: the bytes of each by id, and all other lines in their order."""

    notes: dict[str, bytes]
    others: list[bytes]


def start() -> NotesOf:
    """The notes of PROJECT: by file, in their order."""
    return {
        "1-kartu.yaml": [
            {
                "id": "terbit",
                "depan": "Satu",
                "belakang": "One\nUno\n",
                "tags": ["c", "d"],
                "x-luar": "luar-1",
            },
            {
                "id": "dua",
                "depan": "Dua",
                "belakang": "Two",
                "butir": ["x", "y"],
                "x-luar": "luar-2",
            },
            {"id": "tiga", "depan": "Tiga kata di sini\ndan di sana", "x-luar": "luar-3"},
            {"id": "empat", "depan": "Empat", "x-luar": "luar-4"},
        ],
        "2-kartu.yaml": [
            {"id": "lima", "depan": "Lima", "butir": ["satu", "dua"], "x-luar": "luar-5"},
            {"id": "enam", "depan": "Enam", "x-luar": "luar-6"},
        ],
        "3-lembar.csv": [
            {"id": "tujuh", "depan": "Tujuh", "belakang": "One\nUno", "x-luar": "luar-7"},
            {"id": "delapan", "depan": 'De"lapan', "x-luar": "luar-8"},
            {"id": "sembilan", "depan": "Sembilan", "belakang": "9", "x-luar": "luar-9"},
        ],
        "4-lain.yaml": [{"id": "sepuluh", "depan": "Sepuluh", "x-luar": "luar-10"}],
    }


class Step(NamedTuple):
    """An edit in the model: the notes before it and after it, and the id it is about."""

    before: NotesOf
    after: NotesOf
    note: str
    outside: int


class Model:
    """What the files should hold. `outside` counts the changes from elsewhere."""

    def __init__(self) -> None:
        self.notes = start()
        self.done: list[Step] = []
        self.undone: list[Step] = []
        self.outside = 0

    def of(self, id: str) -> tuple[str, int]:
        """The file and the place of a note."""
        return next(
            (name, place)
            for name, notes in self.notes.items()
            for place, note in enumerate(notes)
            if note["id"] == id
        )

    def note(self, id: str) -> dict[str, Any]:
        name, place = self.of(id)
        return self.notes[name][place]

    def ids(self) -> list[str]:
        return [note["id"] for name in sorted(self.notes) for note in self.notes[name]]

    def record(self, before: NotesOf, note: str) -> None:
        """An edit was saved that made the notes what they are now."""
        if before != self.notes:
            self.done.append(Step(before, copy.deepcopy(self.notes), note, self.outside))
            self.undone.clear()

    def again(self, *, undo: bool) -> None:
        """The newest edit was undone, or made again: all but it stays."""
        step = (self.done if undo else self.undone).pop()
        source, target = (step.after, step.before) if undo else (step.before, step.after)
        (self.undone if undo else self.done).append(step._replace(outside=self.outside))
        now, was, new = (_by_id(notes) for notes in (self.notes, source, target))
        for id in now.keys() & was.keys() & new.keys():
            now[id].update(_merged(now[id], was[id], new[id]))
            for key in was[id].keys() - new[id].keys():
                now[id].pop(key, None)
        if _order(source) != _order(target):
            self._place(step.note, target, now.get(step.note))

    def _place(self, id: str, target: NotesOf, now: dict[str, Any] | None) -> None:
        """Puts one note where it is in `target`: behind the note that is before it there."""
        self.notes = {
            name: [note for note in notes if note["id"] != id] for name, notes in self.notes.items()
        }
        for name, notes in target.items():
            ids = [note["id"] for note in notes]
            if id in ids:
                place = ids.index(id)
                there = [note["id"] for note in self.notes.setdefault(name, [])]
                at = there.index(ids[place - 1]) + 1 if place and ids[place - 1] in there else 0
                self.notes[name].insert(at, dict(notes[place]) if now is None else now)
        self.notes = {name: notes for name, notes in self.notes.items() if notes}

    def stuck(self, *, undo: bool) -> Step:
        return (self.done if undo else self.undone).pop()


def _by_id(notes: NotesOf) -> dict[str, dict[str, Any]]:
    return {note["id"]: note for one in notes.values() for note in one}


def _order(notes: NotesOf) -> dict[str, list[str]]:
    return {name: [note["id"] for note in one] for name, one in notes.items()}


def _merged(now: dict[str, Any], source: dict[str, Any], target: dict[str, Any]) -> dict[str, Any]:
    """What the step changed from `source` to `target`; all else is as it is now."""
    return {k: v for k, v in target.items() if source.get(k) != v}


_NOTE = re.compile(rb" *- *\{? *\"?id\"?: *[\"']?([a-z0-9-]+)")


def raw(path: Path) -> Raw:
    """A file as lines, or a spreadsheet as rows."""
    data = path.read_bytes()
    return _raw_csv(data) if path.suffix == ".csv" else _raw_yaml(data)


def _raw_yaml(data: bytes) -> Raw:
    notes: dict[str, bytes] = {}
    others: list[bytes] = []
    current = ""
    margin = b"- " if b"\n- " in data else b"  - "
    for line in data.splitlines():
        found = _NOTE.match(line) if line.startswith(margin) else None
        if found is not None:
            current = found[1].decode()
            notes[current] = line
        elif current and (line.startswith(b" " * len(margin)) or not line.strip()):
            notes[current] += b"\n" + line
        else:
            others.append(line)
            current = current if line.startswith(b"  #") else ""
    return Raw({id: note.rstrip() for id, note in notes.items()}, others)


def _raw_csv(data: bytes) -> Raw:
    lines = io.StringIO(data.decode(), newline="").readlines()
    reader = csv.reader(iter(lines), delimiter=";")
    rows, begin = [], 0
    for row in reader:
        rows.append((row[0], "".join(lines[begin : reader.line_num]).rstrip("\n").encode()))
        begin = reader.line_num
    return Raw(dict(rows[1:]), [rows[0][1]])
