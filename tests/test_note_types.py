"""The note types of templates/: the cards they make in the real Anki, and their look in numbers."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from support.engine import cards, collection, import_package, note_by_guid
from support.projects import write_project

Run = Callable[..., "subprocess.CompletedProcess[str]"]

TYPES = sorted(path.parent.name for path in (ROOT / "templates").glob("*/note_type.yaml"))

DECK = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
"""

OPTIONS = """soal: Apa nama batas impor?
    jawaban: Kuota
    pilihan_1: Tarif
    ulasan_1: Tarif adalah pajak.
    pilihan_2: Kuota
    ulasan_2: Kuota adalah batas."""

# What a note says, and the cards that Anki is to make of it.
MADE = {
    "skenario": [
        ("situasi: Dua negara.\n    bentuk: Bilateral", ["Situasi → Bentuk"]),
        (
            "situasi: Dua negara.\n    bentuk: Bilateral\n    bidang: Ekonomi",
            ["Situasi → Bentuk", "Situasi → Bidang"],
        ),
        (
            "situasi: Dua negara.\n    bentuk: Bilateral\n    alasan: Dua.\n    bidang: Ekonomi",
            ["Situasi → Bentuk", "Situasi → Bidang", "Situasi → Alasan"],
        ),
    ],
    "kronologi": [
        ("peristiwa: Lahir\n    waktu: '1967'\n    urutan: ASEAN", ["Peristiwa → Waktu"]),
        (
            "peristiwa: Lahir\n    waktu: '1967'\n    urutan: ASEAN\n    sesudah: Brunei",
            ["Peristiwa → Waktu", "Peristiwa → Sesudah"],
        ),
        (
            "peristiwa: A\n    waktu: '1967'\n    urutan: B\n    sebelum: C\n    sesudah: D",
            ["Peristiwa → Waktu", "Peristiwa → Sebelum", "Peristiwa → Sesudah"],
        ),
    ],
    "ketik": [
        ("soal: Apa?\n    jawaban: Ini", ["Ketik"]),
        ("soal: Apa?\n    jawaban: Ini\n    varian: [Itu]", ["Ketik"]),
    ],
    "pilihan-ganda": [
        (
            OPTIONS,
            ["Pilihan Ganda"],
        ),
    ],
}


def _package(kartu: Run, folder: Path, note_type: str, notes: list[str]) -> Path:
    """A package of notes of one of the real note types."""
    head = f"--- cards/contoh/{note_type}.yaml\nnote_type: {note_type}\nnotes:\n"
    body = "".join(f"  - id: catatan-{n}\n    {note}\n" for n, note in enumerate(notes))
    write_project(folder, DECK + head + body, base=False)
    for name in (note_type, "_shared"):
        shutil.copytree(ROOT / "templates" / name, folder / "templates" / name)
    done = kartu("build", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "build/contoh.apkg"


@pytest.mark.parametrize("note_type", MADE)
def test_cards_are_made_where_something_is_asked(
    kartu: Run, tmp_path: Path, note_type: str
) -> None:
    """A card for each question that the note answers, and no other."""
    package = _package(kartu, tmp_path, note_type, [note for note, _ in MADE[note_type]])
    with collection(tmp_path / "anki") as col:
        import_package(col, package)
        for number, (_, names) in enumerate(MADE[note_type]):
            note = note_by_guid(col, f"a1b2c3d4e5f60718:catatan-{number}")
            assert [card.template()["name"] for card in note.cards()] == names
        assert not col.get_empty_cards().notes


@pytest.mark.parametrize(
    ("note", "told"), [(OPTIONS, False), (OPTIONS.replace("batas impor", "kuota impor"), True)]
)
def test_an_option_is_no_hint(kartu: Run, tmp_path: Path, note: str, told: bool) -> None:
    """The right option among the others does not count as the answer in the question."""
    _package(kartu, tmp_path, "pilihan-ganda", [note])
    done = kartu("check", cwd=tmp_path)
    assert ("answer-in-question" in done.stdout) == told, done.stdout


@pytest.fixture(scope="module")
def rendered(real_package: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Of each note type of the real deck: its style, and the sides of its cards."""
    found: dict[str, Any] = {}
    with collection(tmp_path_factory.mktemp("anki")) as col:
        import_package(col, real_package)
        for card in cards(col):
            output = card.render_output()
            name = card.note_type()["name"].removeprefix("KSI ").lower().replace(" ", "-")
            sides = found.setdefault(name, (output.css, []))[1]
            sides.append((output.question_text, output.answer_text))
    return found


def test_the_deck_uses_every_note_type(rendered: dict[str, Any]) -> None:
    """Each has an example to learn from."""
    assert sorted(rendered) == TYPES


def test_a_typed_answer_is_compared_once(rendered: dict[str, Any]) -> None:
    """The front has the box, the back the comparison, each once; the answer is told too."""
    for front, back in rendered["ketik"][1]:
        assert front.count("[[type:Jawaban]]") == back.count("[[type:Jawaban]]") == 1
        assert back.index('id="answer"') < back.index('<h1 class="term">') < back.index("[[type:")


def test_the_front_does_not_tell_the_right_option(rendered: dict[str, Any]) -> None:
    """Nothing on the front, script and attributes included, says which option is right."""
    for front, back in rendered["pilihan-ganda"][1]:
        right = re.search(r'<h1 class="term">(.*?)</h1>', back)
        assert right is not None
        assert front.count(right[1]) == 1
        assert f"<li>{right[1]}</li>" in front
        assert re.search(rf"<b>{re.escape(right[1])}</b> \S", back), "the right one has no review"


def test_every_option_has_its_review() -> None:
    """In the real deck, each option is explained, and two are never the same."""
    for path in (ROOT / "cards").glob("*/*-pilihan-ganda.yaml"):
        for note in path.read_text("utf-8").split("  - id: ")[1:]:
            options = dict(re.findall(r"pilihan_(\d): (.*)", note))
            reviews = dict(re.findall(r"ulasan_(\d): (.*)", note))
            assert list(options) == list(reviews) == [str(n + 1) for n in range(len(options))], note
            assert len(set(options.values())) == len(options) >= 3, note


def test_anki_opens_and_saves_a_covered_picture(real_package: Path, tmp_path: Path) -> None:
    """Its own image occlusion calls read the masks, and write them back without a card lost."""
    with collection(tmp_path / "anki") as col:
        import_package(col, real_package)
        note = note_by_guid(col, "c71e94d2a05b4f38:gambar-tiga-bentuk")
        before = [card.id for card in note.cards()]
        read = col.get_image_occlusion_note(note_id=note.id).note
        assert sorted(mask.ordinal for mask in read.occlusions) == [1, 2, 3]
        assert read.image_data.startswith(b"<svg")
        assert read.header == note["Soal"]
        assert read.back_extra == note["Catatan"]
        col.update_image_occlusion_note(
            note_id=note.id, occlusions=note["Oklusi"], header="Baru", back_extra="", tags=note.tags
        )
        note.load()
        assert (note["Soal"], [card.id for card in note.cards()]) == ("Baru", before)
        assert not col.get_empty_cards().notes


@pytest.mark.parametrize("note_type", TYPES)
def test_a_style_is_small(rendered: dict[str, Any], note_type: str) -> None:
    """The compiled style of a note type has fewer than 12,000 bytes."""
    assert len(rendered[note_type][0].encode()) < 12_000


@pytest.mark.parametrize("note_type", TYPES)
def test_text_stands_out(rendered: dict[str, Any], note_type: str) -> None:
    """Light and night: ink and quiet text 7:1 or more on both grounds, the accent 7:1 on paper."""
    light, night = re.findall(r"--paper:[^}]*", rendered[note_type][0])[:2]
    for rules in (light, night):
        colour = dict(re.findall(r"--([a-z]+):\s*(#[0-9a-f]{6})", rules))
        for text, ground in (
            *(("ink", "paper"), ("ink", "soft"), ("accent", "paper")),
            *(("quiet", "paper"), ("quiet", "soft")),
        ):
            assert _contrast(colour[text], colour[ground]) >= 7, (text, ground, colour)


def test_no_two_note_types_look_alike(rendered: dict[str, Any]) -> None:
    """Each kind has an accent of its own; its name beside it says the same in words."""
    accents = [re.findall(r"--accent:\s*(#\w+)", style) for style, _ in rendered.values()]
    assert len({one[0] for one in accents}) == len({one[1] for one in accents}) == len(TYPES)


def _contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2 between two colours."""
    dark, bright = sorted(map(_luminance, (one, other)))
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
