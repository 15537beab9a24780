"""Notes that are not finished: they may lack texts, and no student gets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.engine import collection, import_package
from support.program import Run
from support.projects import write_project
from support.sampling import examples

from kartu.load import load_project
from kartu.pipeline import BuildOptions, Options, build, check
from kartu.publish.release import ReleaseOptions, release
from kartu.report.diff import markdown
from kartu.show.editor.session import Session
from kartu.stats import stats

TYPE = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: markdown, required: true}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
"""
ONE = "note_type: dasar\nnotes:\n  - {id: satu, depan: Satu, belakang: One}\n"
YAML = f"--- cards/contoh/kartu.yaml\n{ONE}  - {{id: dua, depan: Dua, unfinished: true}}\n"
CSV = """--- cards/contoh/kartu.csv
note_type,id,depan,belakang,Belum selesai
dasar,satu,Satu,One,
dasar,dua,Dua,,ya
"""
MARKDOWN = """--- cards/contoh/kartu.md
---
note_type: dasar
---
Q: Satu
A: One
<!-- id: satu -->

Q: Dua
<!-- id: dua -->
<!-- unfinished: true -->
"""


def project(root: Path, files: str) -> Path:
    """A project with these card sets alone."""
    write_project(root, TYPE + files)
    if "kartu.yaml" not in files:
        (root / "cards/contoh/kartu.yaml").unlink()
    return root


@pytest.mark.parametrize("files", [YAML, CSV, MARKDOWN], ids=["yaml", "csv", "markdown"])
def test_unfinished_note_is_in_no_package(files: str, tmp_path: Path) -> None:
    """It may lack a required text; real Anki gets the others alone, and `check` counts it."""
    project(tmp_path, files)
    (only,) = check(Options(tmp_path))
    assert (only.code, only.severity) == ("unfinished-note", "info")
    (package,) = build(BuildOptions(tmp_path)).packages
    assert (package.notes, package.cards) == (1, 1)
    with collection(tmp_path / "student") as anki:
        import_package(anki, tmp_path / "build" / package.file)
        assert [anki.get_note(one).fields[0] for one in anki.find_notes("")] == ["Satu"]
    (counted,), _faults = stats(Options(tmp_path))
    assert (counted.total.notes, counted.unfinished) == (1, 1)


def test_check_counts_unfinished_notes(kartu: Run, tmp_path: Path) -> None:
    """The summary counts them, JSON and --select name them, and --strict does not mind."""
    project(tmp_path, YAML)
    done = kartu("check", "--strict", cwd=tmp_path)
    assert done.returncode == 0
    counted = "no faults; 1 note is unfinished and in no package"
    assert done.stdout + done.stderr == f"kartu: {counted}\n"
    found = json.loads(kartu("check", "--format", "json", cwd=tmp_path).stdout)
    assert [(one["severity"], one["code"], one["line"]) for one in found] == [
        ("info", "unfinished-note", 4)
    ]
    listed = kartu("check", "--select", "unfinished-note", cwd=tmp_path).stdout
    assert 'info[unfinished-note]: the note "dua" is unfinished' in listed
    sarif = json.loads(kartu("check", "--format", "sarif", cwd=tmp_path).stdout)
    assert sarif["runs"][0]["results"][0]["level"] == "note"
    assert "::notice " in kartu("check", "--format", "github", cwd=tmp_path).stdout


@pytest.mark.parametrize("value", ["perhaps", "unfinished", "2"])
def test_other_words_are_not_guessed(value: str, tmp_path: Path) -> None:
    """What is neither yes nor no is an error at its place, in YAML and in a cell."""
    project(tmp_path / "yaml", YAML.replace("true", value))
    project(tmp_path / "csv", CSV.replace("ya", value))
    for name in ("yaml", "csv"):
        codes = {one.code for one in check(Options(tmp_path / name))}
        assert codes == {"bad-value", "missing-field"}


def test_published_note_cannot_be_unfinished(tmp_path: Path) -> None:
    """An error, and no release overrides it: the note would be gone for nobody but new students."""
    write_project(tmp_path, TYPE + YAML.replace("unfinished: true", "belakang: Two"))
    released = release(ReleaseOptions(tmp_path), markdown)
    assert not [one for one in released.diagnostics if one.severity == "error"]
    write_project(tmp_path, YAML, base=False)
    found = check(Options(tmp_path))
    assert [(one.code, one.span.line) for one in found if one.severity == "error"] == [
        ("published-unfinished", 4)
    ]
    assert not build(BuildOptions(tmp_path)).ok
    forced = release(ReleaseOptions(tmp_path, major="a reason"), markdown)
    assert "published-unfinished" in {one.code for one in forced.diagnostics}


def test_release_publishes_it_when_it_is_finished(tmp_path: Path) -> None:
    """A note is new to students with the release in which it is finished."""
    project(tmp_path, YAML)
    first = release(ReleaseOptions(tmp_path), markdown)
    assert [changes.with_cause("new") for _variant, changes in first.plans[0].changes] == [["satu"]]
    write_project(tmp_path, YAML.replace("unfinished: true", "belakang: Two"), base=False)
    again = release(ReleaseOptions(tmp_path), markdown)
    assert [changes.with_cause("new") for _variant, changes in again.plans[0].changes] == [["dua"]]


def test_nothing_is_said_about_what_an_unfinished_note_lacks(tmp_path: Path) -> None:
    """No warnings: not of sources, translations, pictures or doubles that it has or lacks."""
    files = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
sources: {a: {title: A}, b: {title: B}}
--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - {id: satu, depan: Apa ibu kota Jepang?, belakang: Tokyo, sources: [a]}
  - {id: dua, depan: Apa ibu kota Jepang?, belakang: "![](peta.svg)",
     sources: [b], unfinished: true}
  - {id: tiga, unfinished: true}
  - {unfinished: true, depan: Tanpa id}
--- cards/contoh/media/peta.svg
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0"/></svg>
--- cards/contoh/i18n/en.yaml
uid: b1b2c3d4e5f60718
name: Example
prefix: EX
notes:
  satu: {depan: What is the capital of Japan?, belakang: Tōkyō}
  dua: {depan: What is the capital of Japan?}
"""
    write_project(tmp_path, TYPE + files)
    assert {one.code for one in check(Options(tmp_path))} == {"unfinished-note"}


def test_ids_of_unfinished_notes_are_taken(tmp_path: Path) -> None:
    """A finished note cannot have the id of one that is not."""
    project(tmp_path, YAML.replace("id: dua", "id: satu"))
    codes = [one.code for one in check(Options(tmp_path)) if one.severity == "error"]
    assert codes == ["duplicate-id"]


def test_unfinished_note_without_id_stays_the_same(tmp_path: Path) -> None:
    """A build saves its id, and it has that when it is finished."""
    project(tmp_path, YAML.replace("id: dua, ", ""))
    assert build(BuildOptions(tmp_path)).ok
    (before,) = load_project(tmp_path)[0].decks[0].unfinished
    write_project(
        tmp_path,
        YAML.replace("id: dua, ", "").replace("unfinished: true", "belakang: Two"),
        base=False,
    )
    after = load_project(tmp_path)[0].decks[0].notes[1]
    assert str(after.id) == str(before.id)


texts = st.sampled_from(["", " ", "Kata", "dua\nbaris", "ya"])


@pytest.mark.parametrize("files", [YAML, CSV], ids=["yaml", "csv"])
@settings(max_examples=examples(100, 8))
@given(edits=st.lists(st.tuples(st.sampled_from(["depan", "belakang"]), texts), max_size=6))
def test_edits_keep_the_mark_true(
    files: str, edits: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After any edits of an unpublished note it is marked exactly if a required value is blank."""
    root = project(tmp_path_factory.mktemp("edits"), files)
    session = Session(root, None)
    for key, value in edits:
        outcome = session.write("contoh", "satu", {key: value})
        assert outcome.refusal is None
        form = session.open("contoh", "satu").form
        blank = any(not str(form.values.get(one, "")).strip() for one in ("depan", "belakang"))
        (line,) = (one for one in session.notes("contoh") if one.id == "satu")
        assert line.unfinished == blank
        assert not [one for one in session.faults if one.severity == "error"]


@pytest.mark.parametrize("files", [YAML, CSV], ids=["yaml", "csv"])
def test_new_note_is_unfinished_until_it_is_written(files: str, tmp_path: Path) -> None:
    """A note with blank required fields is saved with the mark, which the last text takes away."""
    project(tmp_path, files)
    session = Session(tmp_path, None)
    id = session.add("contoh", "dasar", {"depan": "", "belakang": ""}, after="satu").note
    assert [(one.id, one.unfinished) for one in session.notes("contoh")] == [
        ("satu", False),
        (id, True),
        ("dua", True),
    ]
    assert session.open("contoh", id).shown.faults == ()
    session.write("contoh", id, {"depan": "Tiga"})
    session.write("contoh", id, {"belakang": "Three"})
    assert [one.unfinished for one in session.notes("contoh")] == [False, False, True]
    assert [one.code for one in check(Options(tmp_path))] == ["unfinished-note"]
    for _step in range(3):
        assert session.undo().refusal is None
    again = load_project(tmp_path)[0].decks[0]
    assert [str(note.id) for note in again.all_notes] == ["satu", "dua"]


def test_published_note_is_never_marked(tmp_path: Path) -> None:
    """Where students have the note, a blank required value is the fault that it is."""
    write_project(tmp_path, TYPE + YAML)
    release(ReleaseOptions(tmp_path), markdown)
    session = Session(tmp_path, None)
    session.write("contoh", "satu", {"belakang": ""})
    opened = session.open("contoh", "satu")
    assert "unfinished" not in opened.form.values
    assert [one.diagnostic.code for one in opened.shown.faults] == ["missing-field"]
