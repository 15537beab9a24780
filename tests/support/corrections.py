"""A released project whose packages students change, and what comes back of that."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

import kartu as api
from kartu.compile.render.results import Results
from kartu.importing.corrections.ours import OurDeck, shown_html
from kartu.importing.corrections.run import CorrectionOptions, Corrections, take_corrections
from kartu.load import load_project
from kartu.load.files import Files
from support.engine import collection, import_package
from support.program import Run
from support.projects import write_project
from support.students import handed_in, note_of

RESULTS = Results()  # maps are drawn once
STUDENTS = int(os.environ.get("KARTU_STUDENTS", "0"))

DECK = "Sel"
PROJECT = """--- cards/sel/deck.yaml
id: sel
uid: a1b2c3d4e5f60718
name: Sel
prefix: Sel
language: id
version: 1.0.0
sources:
  buku: {title: Buku Biologi, publisher: Penerbit, date: 2024, url: https://example.org/buku}
--- cards/sel/01-istilah.yaml
note_type: istilah
subdeck: 01 Bagian
tags: [bagian, penting]
notes:
  # komentar tetap
  - id: mitokondria
    istilah: Mitokondria
    arti: Bagian sel yang **menghasilkan** energi lewat respirasi.
    contoh: "Sel otot: banyak mitokondria"
    sources: [buku]

  - id: ribosom
    istilah:   Ribosom
    arti: >-
      Bagian sel yang membuat
      protein dari asam amino.
    tags: [protein]
  - id: kloroplas
    istilah: Kloroplas
    arti: Tempat $6CO_2$ menjadi gula, hanya pada tumbuhan.
    gambar: {file: sel.png, alt: Sebuah sel, caption: Sel}
--- cards/sel/02-isian.yaml
note_type: isian
subdeck: 01 Bagian
notes:
  - {id: air, teks: "Sebagian besar sel terdiri atas {{c1::air::zat}} dan protein."}
  - {id: inti, teks: "Pusat sel ialah {{c1::inti}}, yang menyimpan _gen_."}
--- cards/sel/03-banding.yaml
note_type: perbandingan
subdeck: 02 Jenis
notes:
  - id: hewan-tumbuhan
    soal: Sel mana yang punya dinding?
    pilihan: [Sel hewan, Sel tumbuhan]
    jawaban: Sel tumbuhan
    alasan: Dinding sel menjaga bentuknya.
    tabel:
      - [Hal, Hewan, Tumbuhan]
      - [Dinding, tidak, ya]
      - [Kloroplas, tidak, ya]
--- cards/sel/04-kata.csv
note_type,id,istilah,arti,contoh
istilah,membran,Membran,"Selaput, yang menyaring zat",Membran sel
istilah,vakuola,Vakuola,Kantong berisi cairan,
--- cards/sel/05-tanya.md
---
note_type: tanya
subdeck: 02 Jenis
---

Q: Siapa yang pertama melihat sel?
A: **Robert Hooke**, pada tahun 1665.
<!-- id: hooke -->

Q: Apa itu jaringan?
A: Kumpulan sel sejenis.
<!-- id: jaringan -->
--- cards/sel/media/sel.png
"""

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


class World(NamedTuple):
    """A released project, and its package."""

    root: Path
    package: Path
    deck: str


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory, root: Path) -> World:
    """The small project; with KARTU_STUDENTS the real deck."""
    folder = tmp_path_factory.mktemp("korektur")
    if STUDENTS:
        shutil.copytree(root / "cards", folder / "p/cards")
        name, deck = "kerja-sama-internasional-lengkap", "Kerja Sama Internasional"
    else:
        write_project(folder / "p", PROJECT, base=False)
        (folder / "p/cards/sel/media/sel.png").write_bytes(PICTURE)
        name, deck = "sel", DECK
    done = api.release(folder / "p", out=folder / "out")
    assert done.ok, done.diagnostics
    return World(folder / "p", folder / "out" / f"{name}.apkg", deck)


@pytest.fixture
def world(released: World, tmp_path: Path) -> World:
    """A copy, which the test changes."""
    shutil.copytree(released.root, tmp_path / "p")
    return released._replace(root=tmp_path / "p")


def changed(world: World, folder: Path, changes: dict[tuple[str, str], str]) -> Path:
    """A package in which a student changed these fields, by the end of the GUID and name."""
    with collection(folder) as col:
        import_package(col, world.package)
        for (end, field), html in changes.items():
            note = note_of(col, end)
            note[field] = html
            col.update_note(note)
        return handed_in(col, world.deck, folder / "murid.apkg")


def taken(world: World, *packages: Path, **options: object) -> Corrections:
    found, faults = take_corrections(
        CorrectionOptions(world.root, packages, **options)  # type: ignore[arg-type]
    )
    assert found is not None, faults
    return found


def ours_now(root: Path, deck: str) -> OurDeck:
    """The deck as its sources give it now."""
    project, _faults = load_project(root)
    own = next(one for one in project.decks if one.name == deck and not one.variant)
    return OurDeck(project, own, Files(root), RESULTS)


def fields_now(root: Path, deck: str) -> dict[tuple[str, str], str]:
    """What Anki would get of each field now, canonical, by note id and field."""
    ours = ours_now(root, deck)
    return {
        (str(built.source.id), field.names[0]): shown_html(built, field.place)
        for built in ours.notes.values()
        for field in ours.fields_of(built)
    }


def corrected_list(kartu: Run, folder: Path) -> tuple[Path, Path]:
    """A deck of one file, and a package of it in which a student has corrected a meaning."""
    file = folder / "kata.csv"
    file.write_text("Istilah,Arti\nProdusen,Membuat makan\nKonsumen,Makan\n", "utf-8")
    assert kartu("build", file, cwd=folder).returncode == 0
    with collection(folder / "a") as col:
        import_package(col, folder / "kata.apkg")
        (id,) = col.find_notes("Produsen")
        note = col.get_note(id)
        note.fields[1] = "Membuat makanan"
        col.update_note(note)
        package = handed_in(col, "Kata", folder / "murid.apkg")
    return file, package
