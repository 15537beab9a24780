"""What was changed in Anki goes back into the card sets, and nothing else does."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from support.edit_project import files_of
from support.engine import collection, import_package, note_by_guid
from support.projects import write_project
from support.sampling import examples
from support.students import Edit, change_notes, handed_in, study

import kartu as api
from kartu.anki.field_html import canonical
from kartu.compile.render.results import Results
from kartu.importing.contents import CannotImportError
from kartu.importing.corrections.ours import OurDeck, shown_html, with_value
from kartu.importing.corrections.run import CorrectionOptions, Corrections, take_corrections
from kartu.importing.corrections.values import Field, value_of_html
from kartu.importing.texts import clean_field
from kartu.load import load_project
from kartu.load.files import Files
from kartu.rewrite.notes.values import Value, is_blank, value_of

FUZZED = int(os.environ.get("KARTU_FUZZED", "0"))
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
MADE = frozenset(("Sumber", "Keadaan", "Source", "Status"))


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
            guid = col.db.scalar("select guid from notes where guid like ?", f"%:{end}")  # type: ignore[union-attr]
            note = note_by_guid(col, guid)
            note[field] = html
            col.update_note(note)
        return handed_in(col, world.deck, folder / "murid.apkg")


def taken(world: World, *packages: Path, **options: object) -> Corrections:
    found, faults = take_corrections(
        CorrectionOptions(world.root, packages, **options)  # type: ignore[arg-type]
    )
    assert found is not None, faults
    return found


def fields_now(root: Path, deck: str) -> dict[tuple[str, str], str]:
    """What Anki would get of each field now, canonical, by note id and field."""
    project, _faults = load_project(root)
    own = next(one for one in project.decks if one.name == deck and not one.variant)
    ours = OurDeck(project, own, Files(root), Results())
    return {
        (str(built.source.id), field.names[0]): shown_html(built, field.place)
        for built in ours.notes.values()
        for field in ours.fields_of(built)
    }


# --- one field ------------------------------------------------------------------------------------


def test_a_correction_is_taken_as_its_author_would_have_written_it(
    world: World, tmp_path: Path
) -> None:
    """Of each file only the edited value changes, whatever its format and its kind of file."""
    before = files_of(world.root)
    changes = {
        ("mitokondria", "Arti"): "Bagian sel yang <b>menghasilkan</b> tenaga lewat respirasi.",
        ("ribosom", "Arti"): "Bagian sel yang membuat <i>protein</i> dari asam amino.",
        ("air", "Teks"): "Sebagian besar sel terdiri atas {{c1::air::zat cair}} dan lemak.",
        ("hewan-tumbuhan", "Pilihan"): "<ul><li>Sel hewan</li><li>Sel tumbuhan hijau</li></ul>",
        ("membran", "Contoh"): "Membran sel<div>dan membran inti</div>",
        ("hooke", "Jawaban"): "<b>Robert Hooke</b>, tahun 1665.",
    }
    found = taken(world, changed(world, tmp_path / "a", changes))
    assert {one.kind for one in found.proposals} == {"taken"}, found.proposals
    after = files_of(world.root)
    lines = {
        path: [
            (old, new)
            for old, new in zip(before[path].splitlines(), data.splitlines(), strict=False)
            if old != new
        ]
        for path, data in after.items()
        if data != before[path]
    }
    written = b"\n".join(new for pairs in lines.values() for _old, new in pairs).decode()
    assert "    arti: Bagian sel yang **menghasilkan** tenaga lewat respirasi." in written
    assert "*protein*" in written
    assert "{{c1::air::zat cair}} dan lemak." in written
    assert "pilihan: [Sel hewan, Sel tumbuhan hijau]" in written
    assert "A: **Robert Hooke**, tahun 1665." in written
    assert "# komentar tetap" in after["cards/sel/01-istilah.yaml"].decode()
    now = fields_now(world.root, world.deck)
    for (note, field), html in changes.items():
        assert now[note, field] == canonical(html)


def test_a_look_changes_nothing(world: World, tmp_path: Path, kartu: Run) -> None:
    """--diff displays what would change, and ends with 1."""
    package = changed(world, tmp_path / "a", {("air", "Teks"): "Sel terdiri atas {{c1::air}}."})
    before = files_of(world.root)
    done = kartu("-C", world.root, "import", "--update", package, "--diff")
    assert done.returncode == 1, done.stderr
    assert "+  - {id: air, teks: " in done.stdout
    assert files_of(world.root) == before


def test_what_was_changed_on_both_sides_is_decided_by_people(world: World, tmp_path: Path) -> None:
    """Neither text wins, and both are reported."""
    package = changed(world, tmp_path / "a", {("membran", "Arti"): "Selaput yang memilih zat"})
    path = world.root / "cards/sel/04-kata.csv"
    path.write_text(path.read_text("utf-8").replace("menyaring zat", "menyeleksi zat"), "utf-8")
    before = files_of(world.root)
    (one,) = taken(world, package).proposals
    assert (one.kind, one.key) == ("conflict", "arti")
    assert [choice.value for choice in one.choices] == ["Selaput yang memilih zat"]
    assert files_of(world.root) == before


def test_an_older_release_is_no_correction(world: World, tmp_path: Path) -> None:
    """Who never got a correction of ours, or has edited a note since, does not undo it."""
    path = world.root / "cards/sel/01-istilah.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("lewat respirasi", "dengan oksigen"), "utf-8")
    done = api.release(world.root, out=tmp_path / "out")
    assert done.ok, done.diagnostics
    package = changed(world, tmp_path / "a", {("mitokondria", "Contoh"): "Sel jantung"})
    found = taken(world, package)
    assert {(one.key, one.kind) for one in found.proposals} == {
        ("arti", "left"),
        ("contoh", "taken"),
    }
    assert "dengan oksigen" in path.read_text("utf-8")


def test_what_no_text_displays_is_left_and_said(world: World, tmp_path: Path) -> None:
    """A colour has no place in a card set: the note stays, and the report names what is lost."""
    html = 'Kantong <span style="color: red;">berisi</span> cairan'
    before = files_of(world.root)
    (one,) = taken(world, changed(world, tmp_path / "a", {("vakuola", "Arti"): html})).proposals
    assert one.kind == "refused"
    assert '<span style="color: red;">' in one.reason
    assert files_of(world.root) == before


def test_without_a_release_nothing_is_guessed(world: World, tmp_path: Path) -> None:
    """Nothing says who changed a text, unless a package of what students had does."""
    package = changed(world, tmp_path / "a", {("air", "Teks"): "Sel berisi {{c1::air}}."})
    (world.root / "cards/sel/ledger.jsonl").unlink()
    assert [one.kind for one in taken(world, package).proposals] == ["conflict"]
    found = taken(world, package, bases=(world.package,))
    assert [one.kind for one in found.proposals] == ["taken"]


def test_other_packages_are_refused(world: World, tmp_path: Path, kartu: Run) -> None:
    """A file that is no package, or has no note of the project, changes nothing."""
    other = tmp_path / "rusak.apkg"
    other.write_bytes(b"PK no package")
    with pytest.raises(CannotImportError):
        take_corrections(CorrectionOptions(world.root, (other,)))
    with collection(tmp_path / "a") as col:
        note = col.new_note(col.models.by_name("Basic"))  # type: ignore[arg-type]
        note.fields = ["a", "b"]
        col.add_note(note, col.decks.id(world.deck))  # type: ignore[arg-type]
        foreign = handed_in(col, world.deck, tmp_path / "asing.apkg")
    done = kartu("-C", world.root, "import", "--update", foreign)
    assert done.returncode == 1
    assert "no note of this project" in done.stderr


# --- new notes, pictures, tags --------------------------------------------------------------------


def test_a_note_that_was_added_in_anki_gets_a_card_set(world: World, tmp_path: Path) -> None:
    """It keeps its GUID: whoever wrote it gets no second one with the next release."""
    with collection(tmp_path / "a") as col:
        import_package(col, world.package)
        like = note_by_guid(col, col.db.scalar("select guid from notes where guid like '%:air'"))  # type: ignore[union-attr]
        note = col.new_note(like.note_type())
        note["Teks"] = "Cairan di dalam sel disebut {{c1::sitoplasma}}."
        col.add_note(note, like.cards()[0].did)
        guid = note.guid
        package = handed_in(col, world.deck, tmp_path / "murid.apkg")
        found = taken(world, package)
        assert [one.reason for one in found.new] == [""]
        assert f"guid: {guid}" in (world.root / found.new[0].path).read_text("utf-8")
        done = api.release(world.root, out=tmp_path / "out")
        assert done.ok, done.diagnostics
        again = import_package(col, tmp_path / "out/sel.apkg")
        assert again.new == 0


def test_another_picture_comes_along(world: World, tmp_path: Path) -> None:
    """It is copied under a name that every device can read; one that is no picture is refused."""
    with collection(tmp_path / "a") as col:
        import_package(col, world.package)
        new = PICTURE + b"\n"
        name = col.media.write_data("foto kelas (1).png", new)
        bad = col.media.write_data("halaman.png", b"<html><script>1</script></html>")
        note = note_by_guid(
            col, col.db.scalar("select guid from notes where guid like '%:kloroplas'")
        )  # type: ignore[union-attr]
        note["Gambar"] = (
            f'<figure><img src="{name}" alt="Kloroplas"><figcaption>Sel</figcaption></figure>'
        )
        col.update_note(note)
        note = note_by_guid(
            col, col.db.scalar("select guid from notes where guid like '%:ribosom'")
        )  # type: ignore[union-attr]
        note["Arti"] = f'{note["Arti"]}<img src="{bad}">'
        col.update_note(note)
        package = handed_in(col, world.deck, tmp_path / "murid.apkg")
    found = taken(world, package)
    kinds = {(one.note, one.kind) for one in found.proposals}
    assert kinds == {("kloroplas", "taken"), ("ribosom", "refused")}, found.proposals
    (path,) = found.media
    assert (world.root / path).read_bytes() == new
    assert "(" not in path
    assert " " not in path


def test_only_the_decks_own_tags_are_read(world: World, tmp_path: Path) -> None:
    """A tag that the deck has may be added to a note; one of the student's own is never read."""
    with collection(tmp_path / "a") as col:
        import_package(col, world.package)
        note = note_by_guid(col, col.db.scalar("select guid from notes where guid like '%:inti'"))  # type: ignore[union-attr]
        note.tags += ["Sel::penting", "rahasia-budi", "Sel::rahasia-budi"]
        col.update_note(note)
        package = handed_in(col, world.deck, tmp_path / "murid.apkg")
    (one,) = taken(world, package).proposals
    assert (one.note, one.key, one.kind) == ("inti", "tags", "taken")
    content = (world.root / "cards/sel/02-isian.yaml").read_text("utf-8")
    assert "penting" in content
    assert "rahasia" not in content


# --- many students --------------------------------------------------------------------------------


def test_a_class_hands_in_its_packages(world: World, tmp_path: Path) -> None:
    """An oracle knows who changed what: no edit of the author is undone, no own text comes along.

    KARTU_STUDENTS=30 does it with the real deck.
    """
    chance = random.Random(26)
    packages, edits = [], []
    for number in range(STUDENTS or 3):
        with collection(tmp_path / f"s{number}") as col:
            import_package(col, world.package)
            study(col, chance)
            edits.append(change_notes(col, chance, 40 if STUDENTS else 6, MADE))
            packages.append(handed_in(col, world.deck, tmp_path / f"{number}.apkg"))
    published = fields_now(world.root, world.deck)
    authors = author_changes(world, chance, 30 if STUDENTS else 2)
    before, bytes_before = fields_now(world.root, world.deck), files_of(world.root)
    found = taken(world, *packages)
    after = fields_now(world.root, world.deck)
    students: dict[tuple[str, str], dict[str, Edit]] = {}
    for one in edits:
        for (guid, field), edit in one.items():
            students.setdefault((guid.rpartition(":")[2], field), {})[canonical(edit.after)] = edit
    result = Counter[str]()
    for place, there in students.items():
        alone, same = place not in authors, len(there) == 1
        if alone and same:
            edit = next(iter(there.values()))
            ok = after[place] != published[place] and after[place] == next(iter(there))
            result["taken" if ok else "not taken"] += 1
            result[f"{edit.kind}: {'taken' if ok else 'not'}"] += 1
            assert ok or after[place] == before[place]
        else:
            result["decide"] += 1
            assert after[place] == before[place], (place, there)
    for place, html in after.items():
        if place not in students:
            assert html == before[place], place
    changed_files = {
        path for path, data in files_of(world.root).items() if bytes_before.get(path) != data
    }
    assert changed_files == {one.path for one in found.files}
    kinds = Counter(one.kind for one in found.proposals)
    print(f"\n{dict(kinds)} {dict(sorted(result.items()))} authors {len(authors)}")
    if STUDENTS:
        assert result["taken"] >= 0.9 * (result["taken"] + result["not taken"])
    own = [data for data in files_of(world.root).values() if b"rahasia" in data]
    assert not own


def author_changes(world: World, chance: random.Random, number: int) -> set[tuple[str, str]]:
    """Corrects some texts in the sources; returns where."""
    before = fields_now(world.root, world.deck)
    paths = sorted((world.root / "cards").glob("*/*.yaml"))
    for path in chance.sample(paths, min(number, len(paths))):
        text = path.read_text("utf-8")
        for word in (" yang ", " dan ", " sel "):
            if path.name != "deck.yaml" and word in text:
                at = text.index(word) + len(word)
                path.write_text(f"{text[:at]}juga {text[at:]}", "utf-8")
                break
    after = fields_now(world.root, world.deck)
    return {place for place in after if after[place] != before.get(place)}


# --- laws -----------------------------------------------------------------------------------------

_HTML = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            (
                *("<b>", "</b>", "<i>", "<br>", "<div>", "</div>", "<ul><li>", "</li></ul>"),
                *("&amp;", "&nbsp;", "&lt;", "\\(", "\\)", "{{c1::", "}}", "**", "_", "# ", "- "),
                *('<img src="sel.png">', '<a href="https://x.org">', "</a>", "<span>", "<", "`"),
                *("[sound:a.mp3]", "<table>", "<p>", "</p>", "\n", "1. ", "|", "$", "\\", "<!--"),
            )
        ),
    ),
    max_size=8,
).map("".join)


@given(_HTML)
@settings(max_examples=examples(1000, 10), deadline=None)
def test_the_canonical_form_is_one(html: str) -> None:
    """It is its own canonical form."""
    assert canonical(canonical(html)) == canonical(html)


@pytest.fixture(scope="module")
def ours(released: World) -> OurDeck:
    project, _faults = load_project(released.root)
    return OurDeck(project, project.decks[0], Files(released.root), Results())


@given(html=_HTML, which=st.integers(0, 40))
@settings(max_examples=FUZZED or examples(1000, 10), deadline=None)
def test_any_html_goes_back_exactly_or_not_at_all(ours: OurDeck, html: str, which: int) -> None:
    """What is taken renders to this HTML; everything else is refused, and nothing raises.

    KARTU_FUZZED=100000 tries as many.
    """
    places = [(note, field) for note in ours.notes.values() for field in ours.fields_of(note)]
    built, field = places[which % len(places)]
    key = str(field.type.key)

    def render(value: Value) -> str | None:
        made = ours.build(with_value(built.source, key, value))
        return shown_html(made, field.place) if made is not None else None

    own = value_of(built.source.values.get(key))
    value = value_of_html(Field(field.type.format, own, render), clean_field(html))
    if value is not None and not is_blank(value):
        assert render(value) == canonical(clean_field(html))
