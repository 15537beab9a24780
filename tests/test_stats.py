"""`kartu stats`: what a deck holds, counted as Anki will have it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.program import Run
from support.projects import TWO_NOTE_TYPES, write_project

DECK = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
facts: _fakta.yaml
sources: {buku: {title: Buku}, peta: {title: Peta}}
editions: {smp: {include: "tag:SMP"}, semua: {}}
--- cards/contoh/_fakta.yaml
F1: satu
F2: dua
--- cards/contoh/1.yaml
note_type: dasar
subdeck: 01 Angka
tags: [SMP, "tema::b|c"]
notes:
  - {id: satu, depan: Satu, belakang: One, sources: [peta], facts: [F1]}
  - {id: dua, depan: Dua, sources: [peta, buku]}
--- cards/contoh/2.yaml
note_type: isian
tags: [SMA, "tema::a::x", "kelas::10"]
notes:
  - {id: tiga, teks: "{{c1::Tiga}} sesudah {{c2::dua}}.", sources: [buku]}
  - {id: empat, teks: "{{c1::Empat}} sesudah tiga.", sources: [buku], retired: lama}
--- cards/contoh/kartu.yaml
--- cards/contoh/i18n/en.yaml
uid: b1b2c3d4e5f60718
name: Example
"""

CHOICES = """--- cards/ujian/deck.yaml
id: ujian
uid: a1b2c3d4e5f60718
name: Ujian
language: id
version: 1.0.0
editions: {smp: {include: "tag:SMP"}, semua: {}}
--- cards/ujian/1.yaml
note_type: pilihan-ganda
notes:
  - id: a
    soal: Terpanjang?
    jawaban: A
    pilihan_1: seribu
    pilihan_2: satu
    pilihan_3: lima
    tags: [SMP]
  - id: b
    soal: Terpendek?
    jawaban: C
    pilihan_1: seratus
    pilihan_2: seribu
    pilihan_3: dua
    pilihan_4: sejuta
  - {id: c, soal: Sama?, jawaban: B, pilihan_1: lima, pilihan_2: enam}
--- cards/ujian/2.yaml
note_type: perbandingan
notes:
  - {id: d, soal: Mana?, pilihan: [ganjil, genap], jawaban: genap, alasan: Dua., tags: [SMP]}
--- cards/ujian/3.yaml
note_type: pilihan-ganda-kompleks
notes: [{id: e, soal: Semua?, jawaban: [A, B], pilihan_1: satu, pilihan_2: dua, pilihan_3: tiga}]
--- cards/ujian/4.yaml
note_type: kategori
notes:
  - id: f
    soal: Benar?
    kategori: [Benar, Salah]
    pernyataan_1: Satu.
    jawaban_1: B
    pernyataan_2: Dua.
    jawaban_2: S
"""

TABLES = {
    "edition": [("smp", 2, 3), ("semua", 4, 6)],
    "subdeck": [("01 Angka", 2, 3)],
    "type": [("dasar", 2, 3), ("isian", 2, 3)],
    "tag": [("SMP", 2, 3), ("SMA", 2, 3)],
    "tema": [("b|c", 2, 3), ("a::x", 2, 3)],
    "kelas": [("10", 2, 3)],
    "source": [("buku", 3, 4), ("peta", 2, 3)],
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = write_project(tmp_path, TWO_NOTE_TYPES, DECK)
    (root / "cards/contoh/kartu.yaml").unlink(missing_ok=True)
    return root


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    decks: dict[str, Any] = json.loads(done.stdout)
    return decks


def test_everything_is_counted(kartu: Run, project: Path) -> None:
    """Each table has what its kind promises, in study order, and tags a table by their top."""
    (deck,) = told(kartu("stats", "--format", "json", cwd=project)).values()
    assert (deck["notes"], deck["cards"], deck["facts"], deck["facts_asked"]) == (4, 6, 2, 1)
    tables = {
        table.get("below", table["kind"]): [tuple(count.values()) for count in table["counts"]]
        for table in deck["tables"]
    }
    assert tables == TABLES
    assert list(tables) == list(TABLES)


def test_what_options_give_away(kartu: Run, tmp_path: Path) -> None:
    """Only of notes with one right option: alone longest or shortest, by chance, and its place."""
    root = write_project(tmp_path, CHOICES, base=False)
    (deck,) = told(kartu("stats", "--format", "json", cwd=root)).values()
    assert [tuple(one.values()) for one in deck["right_options"]] == [
        ("smp", "pilihan-ganda", 1, 1, 0, 0.3333, [1, 0, 0]),
        ("smp", "perbandingan", 1, 0, 1, 0.5, [0, 1]),
        ("semua", "pilihan-ganda", 3, 1, 1, 1.0833, [1, 1, 1, 0]),
        ("semua", "perbandingan", 1, 0, 1, 0.5, [0, 1]),
    ]
    text = kartu("stats", cwd=root).stdout
    assert text.endswith(
        """
edition  type           notes  right one longest  right one shortest  by chance  A  B  C  D
smp      pilihan-ganda      1               100%                  0%        33%  1  0  0
smp      perbandingan       1                 0%                100%        50%  0  1
semua    pilihan-ganda      3                33%                 33%        36%  1  1  1  0
semua    perbandingan       1                 0%                100%        50%  0  1
"""
    )


def test_text_and_markdown_say_the_same(kartu: Run, project: Path) -> None:
    """Text has a table a kind, markdown one table in which no name breaks a cell."""
    text = kartu("stats", cwd=project).stdout
    assert text.startswith(
        "contoh: 4 notes, 6 cards, 1 of 2 facts asked\n\nedition  notes  cards\n"
    )
    assert "\nb|c       2      3\n" in text
    markdown = kartu("stats", "contoh", "--by", "tema", "--format", "markdown", cwd=project).stdout
    assert markdown == (
        "| contoh | | notes | cards |\n| --- | --- | ---: | ---: |\n"
        "| tema | b\\|c | 2 | 3 |\n|  | a::x | 2 | 3 |\n| **all** | | **4** | **6** |\n"
    )


def test_the_order_of_by_does_not_matter(kartu: Run, project: Path) -> None:
    """Chosen tables stand in their usual order; an unknown one is wrong use."""
    one = kartu("stats", "--by", "tag", "--by", "source", cwd=project).stdout
    assert one == kartu("stats", "--by", "source", "--by", "tag", "--by", "tag", cwd=project).stdout
    assert one.index("SMP") < one.index("buku")
    done = kartu("stats", "--by", "tma", cwd=project)
    assert (done.returncode, 'no table "tma"; did you mean "tema"?' in done.stderr) == (2, True)
    assert kartu("stats", "contooh", cwd=project).returncode == 2


def test_a_faulty_deck_is_not_counted(kartu: Run, project: Path) -> None:
    """Errors are told, warnings are not, and no number is printed that may be wrong."""
    path = project / "cards/contoh/1.yaml"
    path.write_text(path.read_text("utf-8").replace("depan: Dua", "dpan: Dua"), "utf-8")
    done = kartu("stats", cwd=project)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[unknown-key]" in done.stderr
    assert "warning" not in done.stderr


def test_the_numbers_are_those_of_the_packages(kartu: Run, real_package: Path) -> None:
    """Of the real deck: totals and editions as the manifest tells them, every note in a table."""
    (deck,) = told(kartu("stats", "kerja-sama-internasional", "--format", "json")).values()
    manifest = json.loads(real_package.with_name("manifest.json").read_text("utf-8"))
    packages = [one for one in manifest["packages"] if one["language"] == "id"]
    tables = {table["kind"]: table["counts"] for table in deck["tables"] if "below" not in table}
    counted = {one["name"]: (one["notes"], one["cards"]) for one in tables.get("edition", ())}
    counted = counted or {None: (deck["notes"], deck["cards"])}
    assert counted == {one["edition"]: (one["notes"], one["cards"]) for one in packages}
    for kind in ("subdeck", "type"):
        assert sum(one["notes"] for one in tables[kind]) == deck["notes"]
        assert sum(one["cards"] for one in tables[kind]) == deck["cards"]
