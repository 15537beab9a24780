"""What was changed in Anki goes back into the card sets, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.corrections import (
    PICTURE,
    World,
    changed,
    corrected_list,
    fields_now,
    released,
    taken,
    world,
)
from support.edit_project import files_of
from support.engine import collection, import_package
from support.program import Run
from support.students import handed_in, note_of

import kartu as api
from kartu.anki.field_html import canonical
from kartu.importing.contents import CannotImportError
from kartu.importing.corrections.run import CorrectionOptions, take_corrections

__all__ = ["released", "world"]


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
        like = note_of(col, "air")
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
        note = note_of(col, "kloroplas")
        note["Gambar"] = (
            f'<figure><img src="{name}" alt="Kloroplas"><figcaption>Sel</figcaption></figure>'
        )
        col.update_note(note)
        note = note_of(col, "ribosom")
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
        note = note_of(col, "inti")
        note.tags += ["Sel::penting", "rahasia-budi", "Sel::rahasia-budi"]
        col.update_note(note)
        package = handed_in(col, world.deck, tmp_path / "murid.apkg")
    (one,) = taken(world, package).proposals
    assert (one.note, one.key, one.kind) == ("inti", "tags", "taken")
    content = (world.root / "cards/sel/02-isian.yaml").read_text("utf-8")
    assert "penting" in content
    assert "rahasia" not in content


def test_a_deck_of_one_file_takes_corrections_too(kartu: Run, tmp_path: Path) -> None:
    """Its file and what is remembered of its rows change together: no row is asked about later."""
    file, package = corrected_list(kartu, tmp_path)
    done = kartu("import", "--update", package, "--deck", file, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Produsen,Membuat makanan\n" in file.read_text("utf-8")
    assert kartu("check", file, cwd=tmp_path).returncode == 0


def test_a_package_with_other_note_types_changes_nothing(world: World, tmp_path: Path) -> None:
    """Equal GUIDs alone make no note of the deck: what has another note type is named."""
    before = files_of(world.root)
    with collection(tmp_path / "a") as col:
        import_package(col, world.package)
        note = note_of(col, "air")
        basic = col.models.by_name("Basic")
        assert basic is not None
        info = col.models.change_notetype_info(
            old_notetype_id=note.mid, new_notetype_id=basic["id"]
        )
        request = info.input
        request.note_ids.extend([note.id])
        col.models.change_notetype_of_notes(request)
        package = handed_in(col, world.deck, tmp_path / "murid.apkg")
    found = taken(world, package)
    assert (found.proposals, found.other_types) == ([], ["air"])
    assert files_of(world.root) == before


def test_a_person_decides_about_each(world: World, tmp_path: Path, kartu: Run) -> None:
    """With --interactive each is asked about before anything is written: yes, no, or which one."""
    one = changed(
        world,
        tmp_path / "a",
        {("membran", "Contoh"): "Membran inti", ("air", "Teks"): "Sel berisi {{c1::air}}."},
    )
    other = changed(
        world,
        tmp_path / "b",
        {("membran", "Contoh"): "Selaput", ("ribosom", "Arti"): "Pembuat protein."},
    )
    arguments = ("-C", world.root, "import", "--update", one, other, "--interactive")
    done = kartu(*arguments, typed="n\ny\n2\n")
    assert done.returncode == 0, done.stderr
    assert "2 corrections taken" in done.stderr
    written = b"".join(files_of(world.root).values()).decode("utf-8", "replace")
    assert "Pembuat protein" not in written  # the first question
    assert "Sel berisi {{c1::air}}." in written
    assert "Selaput\n" in written
    assert "Membran inti" not in written
