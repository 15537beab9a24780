"""`kartu import`: a package becomes a project that gives the same package, as Anki sees it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import genanki
import pytest
from support.engine import collection, import_package
from support.foreign_packages import FORMS, TOP, from_anki, from_genanki
from support.gates import gates_here
from support.program import Run
from support.projects import write_project
from support.round_trip import CollectionContent, imported_content, restored_content, round_trip
from support.verify_packages import FIRST, OLD, write

from kartu.importing.run import ImportOptions, import_file
from kartu.pipeline import BuildOptions, build
from kartu.publish.verify import VerifyOptions, verify


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A collection exported by Anki in all its forms."""
    return from_anki(tmp_path_factory.mktemp("anki"))


def _without_ankis_tags(one: CollectionContent) -> CollectionContent:
    """leech is Anki's own, and stays behind; tags that differ by case alone are one."""
    notes = {
        guid: (name, fields, frozenset(tag.casefold() for tag in tags) - {"leech"})
        for guid, (name, fields, tags) in one.notes.items()
    }
    return one._replace(notes=notes)


@pytest.mark.parametrize("form", FORMS)
def test_what_anki_exports_comes_back_the_same(
    form: str, exported: dict[str, Path], tmp_path: Path
) -> None:
    """Notes, cards, note types and media are equal, whatever form Anki wrote, and it is told what
    is not carried."""
    look = restored_content if form.endswith(".colpkg") else imported_content
    before = look(tmp_path / "before", exported[form])
    result, packages = round_trip(exported[form], tmp_path / "project")
    after = imported_content(tmp_path / "after", *packages)
    before.media.pop("tak terpakai.png", None)
    assert _without_ankis_tags(after) == _without_ankis_tags(before)
    assert len(before.notes) == 13
    assert not result.differences
    studied = "studied" in form or form.endswith("colpkg")
    assert any("progress of 4 cards" in one for one in result.dropped) == studied
    assert any("leech" in one for one in result.dropped) == studied


@pytest.mark.parametrize("form", ["old.apkg", "new.apkg"])
def test_students_of_the_original_lose_nothing(
    form: str, exported: dict[str, Path], tmp_path: Path
) -> None:
    """Over what they have studied, our package changes nothing, and our next release touches only
    what it corrects."""
    root = tmp_path / "project"
    _, (package,) = round_trip(exported[form], root)
    with gates_here():
        result = verify(VerifyOptions(package, (exported[form],)))
    assert [one for gate in result.gates for one in gate.findings] == []
    sets = {path: path.read_text("utf-8") for path in (root / "cards/kelas-8").glob("*.yaml")}
    path, text = next((path, text) for path, text in sorted(sets.items()) if "b 1 &" in text)
    path.write_text(text.replace("b 1 &", "b satu &", 1), "utf-8")
    with collection(tmp_path / "student") as col:
        import_package(col, exported[form])
        (corrected,) = build(BuildOptions(root)).packages
        again = import_package(col, root / "build" / corrected.file)
    assert (again.new, again.updated, again.conflicting) == (0, 1, 0)


def test_genankis_packages_come_back_the_same(tmp_path: Path) -> None:
    """Fields without ids, odd names, line ends, scripts, spaces and sort fields are as they were;
    students update without a finding."""
    original = from_genanki(tmp_path, "Dunia::Peta", "Dunia::Lain")
    result, (package,) = round_trip(original, tmp_path / "project")
    assert imported_content(tmp_path / "after", package) == imported_content(
        tmp_path / "before", original
    )
    assert not result.differences
    assert result.active == ["<script> in 2 fields"]
    assert any("they are Markdown now, look at Dunia::Peta" in one for one in result.dropped)
    with gates_here():
        gates = verify(VerifyOptions(package, (original,))).gates
    assert [one for gate in gates for one in gate.findings] == []


def test_several_top_level_decks_become_several(tmp_path: Path) -> None:
    """Each is a deck of the project with a uid of its own; the packages together are the original,
    and leave students' notes alone."""
    original = from_genanki(tmp_path, "Bumi", "Bulan::Satu")
    result, packages = round_trip(original, tmp_path / "project")
    assert [deck.name for deck in result.decks] == ["Bumi", "Bulan::Satu"]
    assert imported_content(tmp_path / "after", *packages) == imported_content(
        tmp_path / "before", original
    )
    with collection(tmp_path / "student") as col:
        import_package(col, original)
        again = [import_package(col, package) for package in packages]
    assert [(one.new, one.updated, one.conflicting) for one in again] == [(0, 0, 0)] * 2


def test_a_deck_joins_a_project(exported: dict[str, Path], kartu: Run, tmp_path: Path) -> None:
    """Nothing that is there changes; note types that are there already are used, and what would be
    in the way is said."""
    root = write_project(tmp_path / "project")
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    done = kartu("-C", root, "import", exported["new.apkg"], "--deck", "air")
    assert done.returncode == 0, done.stderr
    assert {path: path.read_bytes() for path in before} == before
    assert "language: id\n" in (root / "cards/air/deck.yaml").read_text("utf-8")
    again = kartu("-C", root, "import", exported["new.apkg"], "--deck", "air")
    assert again.returncode == 2
    assert "cards/air already exists" in again.stderr
    assert kartu("-C", root, "check").returncode == 0
    assert not list(root.glob(".kartu-import-*"))
    named_alike = genanki.Deck(2_059_400_300, "Lain")
    basic = genanki.Model(7, "Basic", genanki.BASIC_MODEL.fields, genanki.BASIC_MODEL.templates)
    named_alike.add_note(genanki.Note(basic, ["a", "b"]))
    genanki.Package(named_alike).write_to_file(tmp_path / "lain.apkg")
    refused = kartu("-C", root, "import", tmp_path / "lain.apkg")
    assert refused.returncode == 1
    assert "import this deck into a project of its own" in refused.stderr


def test_what_is_told(exported: dict[str, Path], kartu: Run, tmp_path: Path) -> None:
    """The command says what came, where it lies, and what stayed behind."""
    done = kartu("import", exported["new-studied.apkg"], "-o", tmp_path / "project", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        f"project/cards/kelas-8: {TOP}, 13 notes, 16 cards, 3 media files\n"
        "project/templates/basic\n"
        "project/templates/basic-and-reversed-card\n"
        "project/templates/cloze\n"
        "project/templates/basic-type-in-the-answer\n"
        "project/templates/image-occlusion\n"
        "not imported:\n"
        "  the progress of 4 cards (students keep their own)\n"
        "  1 tag marked or leech, which are Anki's own\n"
        "every note shows what it showed before\n"
    )


@pytest.mark.parametrize(("ahead", "wrong"), [(60, False), (3600, False), (2 * 86_400, True)])
def test_only_a_wrong_clock_is_told(ahead: int, wrong: bool, tmp_path: Path) -> None:
    """Times seconds ahead are sound and stay as they are; those days ahead are named, and the
    ledger gets the time of now."""
    stamped = int(time.time()) + ahead
    package = write(tmp_path / "uji.apkg", OLD.later(stamped - FIRST))
    result = import_file(ImportOptions(package, tmp_path / "project"))
    assert any("are in the future" in one for one in result.dropped) == wrong
    ledger = (tmp_path / "project/cards/uji/ledger.jsonl").read_text("utf-8")
    times = {json.loads(line)["time"] for line in ledger.splitlines()}
    assert max(times) <= int(time.time()) if wrong else times == {stamped}


def test_faults_of_the_original_are_told_where_they_are_now(tmp_path: Path, kartu: Run) -> None:
    """A deck that kartu would not build is brought along with its faults located, so that they can
    be mended."""
    model = genanki.Model(
        1_607_392_400,
        "Rusak",
        fields=[{"name": "Soal"}, {"name": "Jawaban"}],
        templates=[{"name": "Kartu", "qfmt": "{{Soal}}", "afmt": "{{Jawaben}}"}],
    )
    deck = genanki.Deck(2_059_400_200, "Rusak")
    deck.add_note(genanki.Note(model, ["a", "b"]))
    genanki.Package(deck).write_to_file(tmp_path / "rusak.apkg")
    done = kartu("import", "rusak.apkg", "-o", "project", cwd=tmp_path)
    assert done.returncode == 1
    assert "project/templates/rusak/kartu.back.html:1:3: error[unknown-field]" in done.stderr
    assert (tmp_path / "project/cards/rusak/deck.yaml").is_file()


def test_our_own_packages_stay_what_they_are(real_package: Path, tmp_path: Path) -> None:
    """A package of kartu keeps uid, note ids, version and language."""
    root = tmp_path / "project"
    import_file(ImportOptions(real_package, root))
    text = (root / "cards/kerja-sama-internasional/deck.yaml").read_text("utf-8")
    assert "uid: c71e94d2a05b4f38 " in text
    assert "language: id\nversion: 1.0.0\n" in text
    notes = "".join(path.read_text("utf-8") for path in root.glob("cards/*/*.yaml"))
    assert "  - id: kerja-sama-bilateral\n" in notes
    assert "guid:" not in notes


def test_a_picture_after_a_sign_in_its_tag_comes_along(tmp_path: Path) -> None:
    """Anki ends a tag at the first `>` when it looks for files, also within an attribute."""
    (tmp_path / "rumus.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    deck = genanki.Deck(2_059_400_111, "Rumus")
    field = '<img alt="a > b" src="rumus.png">'
    deck.add_note(genanki.Note(genanki.BASIC_MODEL, ["Rumus apa?", field], guid="g"))
    package = genanki.Package(deck)
    package.media_files = [str(tmp_path / "rumus.png")]
    package.write_to_file(tmp_path / "rumus.apkg")
    result, (made,) = round_trip(tmp_path / "rumus.apkg", tmp_path / "project")
    assert not result.differences
    student = imported_content(tmp_path / "student", made)
    assert student.notes["g"][1][1] == '<img alt="a &gt; b" src="rumus.png">'
    assert list(student.media) == ["rumus.png"]
