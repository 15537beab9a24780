"""Decks made from one starter, and a deck in two languages, live side by side in Anki."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from anki.collection import Collection
from support.engine import collection, import_package
from support.program import Run
from support.projects import write_project

from kartu.publish.verify.package import read_package

NOTES = "".join(f"  - id: n{n}\n    depan: Soal {n}\n    belakang: Jawab {n}\n" for n in range(6))
DECK = f"--- cards/contoh/kartu.yaml\nnote_type: dasar\ntags: [a]\nnotes:\n{NOTES}"
ENGLISH = """--- cards/contoh/i18n/en.yaml
uid: e1b2c3d4e5f60718
name: Example
notes:
""" + "".join(f"  n{n}: {{depan: Question {n}, belakang: Answer {n}}}\n" for n in range(6))


def test_neither_changes_the_other(kartu: Run, tmp_path: Path) -> None:
    """Through three releases each, imported in turn, every deck's notes stay its own."""
    root = write_project(tmp_path / "p", DECK, ENGLISH)
    shutil.copytree(root / "cards/contoh", root / "cards/kedua")
    shutil.rmtree(root / "cards/kedua/i18n")
    deck = root / "cards/kedua/deck.yaml"
    text = deck.read_text("utf-8").replace("id: contoh", "id: kedua")
    text = text.replace("a1b2c3d4e5f60718", "d1b2c3d4e5f60718").replace("Contoh", "Kedua")
    deck.write_text(text, "utf-8")
    names = ("contoh.apkg", "contoh.en.apkg", "kedua.apkg")
    with collection(tmp_path / "anki") as col:
        for release in range(3):
            _change(root, release)
            done = kartu("release", cwd=root)
            assert done.returncode == 0, done.stderr
            for name in names:
                log = import_package(col, root / "build" / name)
                assert log.conflicting == 0
                for other in names if release else names[: names.index(name) + 1]:
                    known = root / "old" / other
                    latest = root / "build" / other
                    newer = names.index(other) <= names.index(name)
                    _holds(col, latest if newer else known)
            shutil.copytree(root / "build", root / "old", dirs_exist_ok=True)
        types = sorted(model["name"] for model in col.models.all() if "Dasar" in model["name"])
        assert types == ["Contoh Dasar", "Example Dasar", "Kedua Dasar"]


def _change(root: Path, release: int) -> None:
    """Another text in each deck, and in the last one a spare claimed by one deck's note type."""
    for path in (*root.glob("cards/*/kartu.yaml"), *root.glob("cards/*/i18n/en.yaml")):
        text = path.read_text("utf-8")
        word = f"{path.parent.name} {release}"
        path.write_text(re.sub(r"(Jawab|Answer) 3[^,}\n]*", rf"\1 3 {word}", text), "utf-8")
    if release == 2:
        note_type = root / "templates/dasar/note_type.yaml"
        text = note_type.read_text("utf-8")
        field = "\n  - {key: contoh, name: Contoh kalimat, id: 3}\ncards:"
        note_type.write_text(text.replace("\ncards:", field), "utf-8")


def _holds(col: Collection, package: Path) -> None:
    """Every note of the package is in the collection as the package has it."""
    assert col.db is not None
    for guid, note in read_package(str(package)).notes.items():
        row = col.db.first("select flds, tags from notes where guid = ?", guid)
        assert row is not None, guid
        fields, tags = row
        assert fields.split("\x1f") == list(note.fields), guid
        assert tags.split() == list(note.tags), guid
