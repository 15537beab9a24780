"""A deck in another language: what is translated, what is not, and what students of it see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.engine import cards, collection, import_package, note_by_guid
from support.program import Run
from support.projects import write_project

from kartu.core.identity import note_guid
from kartu.pipeline import Options, check

UID, ENGLISH_UID = "a1b2c3d4e5f60718", "b1b2c3d4e5f60718"

DECK = f"""--- cards/contoh/deck.yaml
id: contoh
uid: {UID}
name: Contoh
language: id
version: 1.0.0
prefix: CT
description: Belajar **angka**.
editions: {{inti: {{title: Inti, include: 'subdeck:"01 Angka"'}}, semua: {{title: Semua}}}}
--- cards/contoh/1.yaml
note_type: segala
subdeck: 01 Angka
tags: [dasar]
notes:
  - id: satu
    depan: Satu
    belakang: Bilangan *pertama*
    butir: [ganjil, terkecil]
    tabel: [[Angka, Nama], ["1", satu]]
    gambar: {{file: satu.svg, alt: Sebuah garis}}
    catatan: Ingat jari telunjuk.
  - id: dua
    depan: "1968"
    belakang: Tahun Angin
--- cards/contoh/2.yaml
note_type: segala
subdeck: 02 Kata::a
notes:
  - {{id: tiga, depan: Kata, belakang: Sebuah kata}}
  - {{id: empat, depan: Lama, belakang: Kata lama, retired: tidak dipakai lagi}}
--- cards/contoh/media/satu.svg
<svg xmlns="http://www.w3.org/2000/svg"/>
--- cards/contoh/kartu.yaml
--- templates/segala/note_type.yaml
id: segala
name: Segala
fields:
  - {{key: depan, name: Depan, id: 1, required: true}}
  - {{key: belakang, name: Belakang, id: 2, format: markdown}}
  - {{key: butir, name: Butir, id: 3, format: list}}
  - {{key: tabel, name: Tabel, id: 4, format: table}}
  - {{key: gambar, name: Gambar, id: 5, format: image}}
  - {{key: catatan, name: Catatan, id: 6, format: markdown}}
cards:
  - {{id: 1, name: Maju, front: maju.front.html, back: maju.back.html}}
--- templates/segala/maju.front.html
<div lang="[[= language ]]">{{{{Depan}}}}</div>
--- templates/segala/maju.back.html
<div lang="[[= language ]]">{{{{Belakang}}}} {{{{Butir}}}} {{{{Tabel}}}} {{{{Gambar}}}}</div>
"""

EN = f"""--- cards/contoh/i18n/en.yaml
uid: {ENGLISH_UID}
name: Example
prefix: EX
description: Learn **numbers**.
editions: {{inti: {{title: Core}}, semua: {{title: All}}}}
subdecks: {{01 Angka: 01 Numbers, 02 Kata::a: 02 Words::a}}
notes:
  satu:
    depan: One
    belakang: The *first* number
    butir: [odd, smallest]
    tabel: [[Number, Name], ["1", one]]
    gambar: {{file: satu.svg, alt: A line}}
    catatan:
  dua: {{belakang: A year of wind}}
  tiga: {{depan: Word, belakang: A word}}
  empat: {{retired: no longer used}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = write_project(tmp_path / "p", DECK, EN)
    (root / "cards/contoh/kartu.yaml").unlink(missing_ok=True)
    return root


def told(root: Path) -> list[tuple[int, str]]:
    """What check says is missing in the translation."""
    said = [one for one in check(Options(root)) if one.code == "missing-translation"]
    assert {one.span.path for one in said} <= {"cards/contoh/i18n/en.yaml"}
    return [(one.span.line, one.message) for one in said]


def change(root: Path, old: str, new: str) -> None:
    path = root / "cards/contoh/i18n/en.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_what_is_translated_arrives(kartu: Run, project: Path, tmp_path: Path) -> None:
    """In Anki the variant is a deck of its own, in its language down to the names of subdecks."""
    assert kartu("check", "--strict", cwd=project).stdout == "kartu: no faults\n"
    assert kartu("build", cwd=project).returncode == 0
    with collection(tmp_path / "anki") as col:
        import_package(col, project / "build/contoh-semua.apkg")
        import_package(col, project / "build/contoh.en-semua.apkg")
        names = [deck.name for deck in col.decks.all_names_and_ids()]
        assert names == [
            *("Contoh", "Contoh::01 Angka", "Contoh::02 Kata", "Contoh::02 Kata::a", "Default"),
            *("Example", "Example::01 Numbers", "Example::02 Words", "Example::02 Words::a"),
        ]
        note = note_by_guid(col, note_guid(ENGLISH_UID, "satu"))
        assert note["Depan"] == "One"
        assert note["Belakang"] == "The <em>first</em> number"
        assert "<li>smallest</li>" in note["Butir"]
        assert "<td>one</td>" in note["Tabel"]
        assert 'alt="A line"' in note["Gambar"]
        assert note["Catatan"] == ""
        assert note.tags == ["EX::dasar"]
        assert note_by_guid(col, note_guid(UID, "satu"))["Catatan"] == "Ingat jari telunjuk."
        assert note_by_guid(col, note_guid(ENGLISH_UID, "empat"))["_kartu"] == "no longer used"
        for card in cards(col):
            language = "en" if col.decks.name(card.did).startswith("Example") else "id"
            assert f'<div lang="{language}">' in card.render_output().question_text
        deck = col.decks.by_name("Example")
        assert deck is not None
        assert deck["desc"].startswith("Learn **numbers**.")
        assert deck["desc"].endswith("· All*")


def test_an_edition_chooses_by_the_decks_own_names(kartu: Run, project: Path) -> None:
    """`subdeck:"01 Angka"` means the same notes in every language."""
    assert kartu("build", cwd=project).returncode == 0
    packages = json.loads((project / "build/manifest.json").read_text("utf-8"))["packages"]
    assert {one["file"]: one["notes"] for one in packages} == {
        "contoh-inti.apkg": 2,
        "contoh-semua.apkg": 4,
        "contoh.en-inti.apkg": 2,
        "contoh.en-semua.apkg": 4,
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("description: Learn **numbers**.\n", "", (1, "the description is not translated")),
        ("inti: {title: Core}, ", "", (1, 'the title of the edition "inti" is not translated')),
        ("01 Angka: 01 Numbers, ", "", (1, 'the subdeck "01 Angka" is not translated')),
        (", alt: A line", "", None),
        ("    butir: [odd, smallest]\n", "", (8, 'the translation of "satu" has no "butir"')),
        ("depan: One", "depan:", (8, 'the translation of "satu" has no "depan"')),
        ("    catatan:\n", "", (8, 'the translation of "satu" has no "catatan"')),
        (
            "dua: {belakang: A year of wind}",
            "dua:",
            (15, 'the translation of "dua" has no "belakang"'),
        ),
        (
            "  tiga: {depan: Word, belakang: A word}\n",
            "",
            (7, 'the note "tiga" is not translated: "depan", "belakang"'),
        ),
        ("no longer used", "", (17, 'the translation of "empat" has no "retired"')),
    ],
)
def test_what_is_missing_is_told_at_its_place(
    project: Path, old: str, new: str, expected: tuple[int, str] | None
) -> None:
    """Whatever has words is missed: at its note in the file, else where notes or the file begin."""
    change(project, old, new)
    assert told(project) == ([expected] if expected else [])


def test_what_is_missing_stays_as_it_is(kartu: Run, project: Path, tmp_path: Path) -> None:
    """No card is empty: a field without a translation shows the deck's own; later it is corrected.

    The correction is an update like any other, and the student's progress stays.
    """
    change(project, "  tiga: {depan: Word, belakang: A word}\n", "")
    assert kartu("release", cwd=project).returncode == 0
    before = tmp_path / "old.apkg"
    before.write_bytes((project / "build/contoh.en-semua.apkg").read_bytes())
    with collection(tmp_path / "anki") as col:
        import_package(col, before)
        assert note_by_guid(col, note_guid(ENGLISH_UID, "tiga"))["Depan"] == "Kata"
    change(project, "  empat", "  tiga: {depan: Word, belakang: A word}\n  empat")
    assert kartu("release", cwd=project).returncode == 0
    after = project / "build/contoh.en-semua.apkg"
    done = kartu("verify", after, "--from", before, "--format", "json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["gates"][1]["counts"]["updated"] == 1


def test_a_published_subdeck_keeps_its_translation(kartu: Run, project: Path) -> None:
    """Another name later would leave students' cards in the old deck: told at the name."""
    assert kartu("release", cwd=project).returncode == 0
    change(project, "01 Numbers", "01 Figures")
    done = kartu("check", cwd=project)
    assert done.returncode == 1
    expected = (
        'i18n/en.yaml:6:22: error[note-moved]: the published note is in the deck "Example::01'
    )
    assert expected in done.stdout
