"""Made-up decks of any size: the same notes for kartu and as a spreadsheet for others."""

from __future__ import annotations

import csv
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SHARED = Path(__file__).parent.parent.parent / "templates/_shared"

WORDS = (
    *("kerja", "sama", "negara", "bentuk", "manfaat", "tujuan", "wilayah", "dunia", "bangsa"),
    *("damai", "ekonomi", "budaya", "politik", "perjanjian", "anggota", "sidang", "dewan"),
    *("sekretariat", "perdagangan", "bantuan", "pendidikan", "teknologi", "kawasan", "hukum"),
    *("rakyat", "pemerintah", "kebijakan", "kepentingan", "hubungan", "diplomatik", "perwakilan"),
)

_NOTE_TYPE = """\
id: istilah
name: Istilah
fields:
  - {key: istilah, name: Istilah, id: 1, required: true}
  - {key: arti, name: Arti, id: 2, format: markdown, required: true}
  - {key: contoh, name: Contoh, id: 3, format: markdown}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
  - {id: 2, name: Mundur, front: mundur.front.html, back: mundur.back.html}
"""
_CLOZE_TYPE = """\
id: isian
name: Isian
kind: cloze
fields: [{key: teks, name: Teks, id: 1, format: markdown, required: true}]
cards: [{id: 1, name: Isian, front: isian.html, back: isian.html}]
"""
_SIDES = {
    "maju.front.html": "{{Istilah}}",
    "maju.back.html": "{{FrontSide}}<hr id=answer>{{Arti}}<p>{{Contoh}}</p>",
    "mundur.front.html": "{{Arti}}",
    "mundur.back.html": "{{FrontSide}}<hr id=answer>{{Istilah}}",
}
_DECK = """\
id: besar
uid: c0ffee0123456789
name: Besar
language: id
version: 1.0.0
prefix: B
"""


_PICTURE = re.compile(r'<img src="([^"]+)">')
_PNG = b"\x89PNG\r\n\x1a\n"


class Row(NamedTuple):
    """A note: its id, its texts (one for a cloze), its subdeck and tags."""

    id: str
    fields: tuple[str, ...]
    subdeck: str
    tags: tuple[str, ...]


def rows(count: int, decks: int = 20, *, clozes: bool = False, media: int = 0) -> Iterator[Row]:
    """The same notes each time; two in five have Markdown, HTML or signs beyond ASCII.

    With `media` every note of that number has a picture.
    """
    chance = random.Random(2026)
    for number in range(count):
        term = f"{_sentence(chance, 6)} {number}"
        meaning, example = _sentence(chance, 18), _sentence(chance, 10)
        if clozes:
            first, *rest = meaning.split()
            meaning = f"{{{{c1::{first}}}}} {number} {' '.join(rest)} {{{{c2::{rest[3]}}}}}"
        elif number % 5 == 1:
            meaning = f"**{meaning[:20].strip()}** {meaning[20:]}"
        elif number % 5 == 3:
            meaning += " – “négara” <b>penting</b>"
        if media and number % media == 0:
            meaning += f' <img src="{number}.png">'
        fields = (meaning,) if clozes else (term, meaning, example)
        tags = (f"tema{number % 7}", f"kelas{number % 3}", "besar")
        yield Row(f"n{number}", fields, f"Bagian {number * decks // count:05}", tags)


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words))


def write_templates(root: Path) -> None:
    shutil.copytree(SHARED / "fields", root / "templates/_shared/fields", dirs_exist_ok=True)
    for name, note_type in (("istilah", _NOTE_TYPE), ("isian", _CLOZE_TYPE)):
        folder = root / "templates" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "note_type.yaml").write_text(note_type, "utf-8")
    for name, side in _SIDES.items():
        (root / "templates/istilah" / name).write_text(side, "utf-8")
    (root / "templates/isian/isian.html").write_text("{{cloze:Teks}}", "utf-8")


def write_project(root: Path, notes: list[Row], files: int = 0, *, csv_sets: bool = False) -> Path:
    """A project of kartu; one file a subdeck, or `files` files of equal size."""
    write_templates(root)
    deck = root / "cards/besar"
    deck.mkdir(parents=True, exist_ok=True)
    (deck / "deck.yaml").write_text(_DECK, "utf-8")
    write_media(deck / "media", notes)
    for number, part in enumerate(_parts(notes, files)):
        path = deck / f"{number:05}.{'csv' if csv_sets else 'yaml'}"
        (write_csv if csv_sets else write_yaml)(path, part)
    return root


def write_media(folder: Path, notes: list[Row]) -> None:
    """The pictures that the notes show: 20 kB of noise each."""
    names = [found[1] for note in notes if (found := _PICTURE.search(" ".join(note.fields)))]
    if names:
        folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(_PNG + random.Random(name).randbytes(20_000))


def _parts(notes: list[Row], files: int) -> Iterator[list[Row]]:
    if files:
        size = -(-len(notes) // files)
        yield from (notes[start : start + size] for start in range(0, len(notes), size))
        return
    part: list[Row] = []
    for row in notes:
        if part and row.subdeck != part[0].subdeck:
            yield part
            part = []
        part.append(row)
    yield part


def write_yaml(path: Path, notes: list[Row]) -> None:
    """A card set as people write it; all its notes have the subdeck of the first."""
    cloze = len(notes[0].fields) == 1
    keys = ("teks",) if cloze else ("istilah", "arti", "contoh")
    with path.open("w", encoding="utf-8") as file:
        file.write(f"note_type: {'isian' if cloze else 'istilah'}\n")
        file.write(f"subdeck: {notes[0].subdeck}\nnotes:\n")
        for note in notes:
            file.write(f"  - id: {note.id}\n")
            for key, value in zip(keys, note.fields, strict=True):
                quote = "'" if value[0] in "*{" else ""
                file.write(f"    {key}: {quote}{value}{quote}\n")
            file.write(f"    tags: [{', '.join(note.tags)}]\n\n")


def write_csv(path: Path, notes: list[Row]) -> None:
    """A spreadsheet: of kartu, and what the bare genanki script and others read."""
    keys = ("teks",) if len(notes[0].fields) == 1 else ("istilah", "arti", "contoh")
    kind = "isian" if len(notes[0].fields) == 1 else "istilah"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "note_type", "subdeck", *keys, "tags"])
        for note in notes:
            writer.writerow([note.id, kind, note.subdeck, *note.fields, " | ".join(note.tags)])
