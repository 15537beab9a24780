"""The note types of templates/: the cards they make in the real Anki, and their look in numbers."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from support.engine import cards, collection, import_package, note_by_guid
from support.program import ROOT, Run
from support.projects import write_project
from support.shipped import shipped

from kartu.load.words import word_of

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
    "tanya": [
        ("soal: Apa?\n    jawaban: Ini", ["Soal → Jawaban"]),
        (
            "soal: Apa?\n    jawaban: Ini\n    balik: Itu?",
            ["Soal → Jawaban", "Jawaban → Soal"],
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
    assert sorted({*rendered, "tanya"} - {"tanya-jawab"}) == TYPES


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
        assert front.count(f">{right[1]}<") == 1
        assert re.search(rf'<li data-number="\d">{re.escape(right[1])}</li>', front)
        assert re.search(rf"<b>{re.escape(right[1])}</b> \S", back), "the right one has no review"


def test_every_option_has_its_review() -> None:
    """In the real deck, each option is explained, and two are never the same."""
    for path in (ROOT / "cards").glob("*/*-pilihan-ganda.yaml"):
        for note in path.read_text("utf-8").split("  - id: ")[1:]:
            options = dict(re.findall(r"pilihan_(\d): (.*)", note))
            reviews = dict(re.findall(r"ulasan_(\d): (.*)", note))
            assert list(options) == list(reviews) == [str(n + 1) for n in range(len(options))], note
            assert len(set(options.values())) == len(options) >= 3, note


def test_a_voice_speaks_once_and_on_backs(real_package: Path, tmp_path: Path) -> None:
    """Only where the note says what is to be spoken, in the deck's language, never on a front."""
    spoken = []
    with collection(tmp_path / "anki") as col:
        import_package(col, real_package)
        for card in cards(col):
            assert not card.question_av_tags()
            voices = card.answer_av_tags()
            spoken += [(card.note()["Ucap"], one.field_text, one.lang) for one in voices]
    assert spoken
    assert len(set(spoken)) * 2 == len(spoken)  # the way there and the way back
    assert all(wanted == said and lang == "id_ID" for wanted, said, lang in spoken)


# The covered pictures of the deck, and how many places of each are covered.
COVERED = {"gambar-tiga-bentuk": 3, "gambar-keanggotaan-asean": 5, "gambar-enam-manfaat": 3}


@pytest.mark.parametrize("name", COVERED)
def test_anki_opens_and_edits_a_covered_picture(
    real_package: Path, tmp_path: Path, name: str
) -> None:
    """Its own calls read the masks; a mask that is moved keeps its card, a new one makes one."""
    with collection(tmp_path / "anki") as col:
        import_package(col, real_package)
        note = note_by_guid(col, f"c71e94d2a05b4f38:{name}")
        before = [card.id for card in note.cards()]
        read = col.get_image_occlusion_note(note_id=note.id).note
        assert sorted(mask.ordinal for mask in read.occlusions) == list(range(1, COVERED[name] + 1))
        assert len(before) == COVERED[name]
        assert read.image_data.startswith(b"<svg")
        assert (read.header, read.back_extra) == (note["Soal"], note["Catatan"])
        mask = r"(c1::image-occlusion:rect:left)=[0-9.]+"
        new = "{{c9::image-occlusion:rect:left=0.1:top=0.9:width=0.1:height=0.05}}"
        col.update_image_occlusion_note(
            note_id=note.id,
            occlusions=re.sub(mask, r"\1=0.2", note["Oklusi"]) + new,
            header="Baru",
            back_extra="",
            tags=note.tags,
        )
        note.load()
        assert note["Soal"] == "Baru"
        assert [card.id for card in note.cards()][: len(before)] == before
        assert [card.ord for card in note.cards()][len(before) :] == [8]
        again = col.get_image_occlusion_note(note_id=note.id).note
        moved = next(one for one in again.occlusions if one.ordinal == 1)
        assert {one.name: one.value for one in moved.shapes[0].properties}["left"] in ("0.2", ".2")
        assert not col.get_empty_cards().notes


def test_texts_are_complete() -> None:
    """Indonesian and English say the same things, each in its own words, and each is shown."""
    texts = {
        path.stem: dict(re.findall(r'^(\w+): "?(.+?)"?$', path.read_text("utf-8"), re.MULTILINE))
        for path in (ROOT / "templates/_shared/texts").glob("*.yaml")
    }
    assert {"id", "en"} <= set(texts)
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates/_shared").rglob("*.svg")]
    templates = "".join(path.read_text("utf-8") for path in files)
    used = set(re.findall(r"\btexts\.(\w+)", templates))
    for language, its in texts.items():
        assert set(its) == used, language
    assert not [key for key in used if texts["id"][key] == texts["en"][key]]


@pytest.mark.parametrize(
    ("file", "language", "picture"),
    [("note-types.md", "en", "three-forms"), ("jenis-kartu.md", "id", "tiga-bentuk")],
)
def test_the_pages_of_note_types_are_true(
    kartu: Run, tmp_path: Path, file: str, language: str, picture: str
) -> None:
    """Each has every note type once, with an example in its words that check finds no fault in."""
    page = (ROOT / "docs" / file).read_text("utf-8")
    examples = re.findall(
        r"^## `([a-z-]+)`\n.*?^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL
    )
    words = sorted(word_of(shipped(id), language) for id in TYPES)
    assert sorted(name for name, _ in examples) == words
    for name, example in examples:
        assert example.startswith(f"note_type: {name}\n")
    sets = "".join(f"--- cards/contoh/{name}.yaml\n{example}" for name, example in examples)
    deck = DECK.replace("language: id", f"language: {language}")
    write_project(tmp_path, deck + sets, base=False)
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    drawn = "media/tiga-bentuk.svg.yaml"
    (tmp_path / "cards/contoh/media").mkdir()
    copied = tmp_path / f"cards/contoh/media/{picture}.svg.yaml"
    shutil.copy(ROOT / "cards/kerja-sama-internasional" / drawn, copied)
    done = kartu("check", "--strict", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert kartu("build", cwd=tmp_path).returncode == 0
