"""The note types of this repository, and projects that use them."""

from __future__ import annotations

import shutil
from pathlib import Path

from kartu.core.diagnostics import Diagnostics
from kartu.core.model import NoteType
from kartu.load.files import Files
from kartu.load.note_type import load_note_type
from support.program import ROOT
from support.projects import write_project

SHIPPED = sorted(path.parent.name for path in (ROOT / "templates").glob("*/note_type.yaml"))

DECK = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: {language}
version: 1.0.0
editions: {{semua: {{}}, satu: {{include: "type:{type}"}}}}
"""

# A note of each of three note types, by key.
NOTES = {
    "istilah": {"id": "a", "istilah": "Produsen", "arti": "Pembuat *makanan*", "balik": "Siapa?"},
    "isian": {"id": "b", "teks": "Air dan {{c1::udara}} perlu."},
    "perbandingan": {
        "id": "c",
        "soal": "Mana?",
        "pilihan": "[Satu, Dua]",
        "jawaban": "Dua",
        "alasan": "Karena",
    },
}


def shipped(id: str) -> NoteType:
    """A note type of this repository, with the words of no language."""
    found = load_note_type(Files(ROOT), f"templates/{id}", Diagnostics())
    assert found is not None
    return found


TYPES = {id: shipped(id) for id in SHIPPED}


def project(root: Path, *texts: str) -> Path:
    """A project with the note types of this repository."""
    shutil.copytree(ROOT / "templates", root / "templates", dirs_exist_ok=True)
    return write_project(root, *texts, base=False)


def as_yaml(kind: str, words: dict[str, str], type_word: str) -> str:
    """A card set with these words for the keys."""
    lines = [f"{words.get(key, key)}: {value}" for key, value in NOTES[kind].items()]
    return f"note_type: {type_word}\nnotes:\n  - " + "\n    ".join(lines) + "\n"
