"""Releases: what is decided, what is written, and which changes are refused."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path

import pytest
from support.engine import cards, collection, import_package, note_by_guid
from support.program import Run
from support.projects import MUNDUR, TWO_NOTE_TYPES, write_project

UID = "a1b2c3d4e5f60718"
SET = "cards/contoh/kartu.yaml"
LEDGER = "cards/contoh/ledger.jsonl"

PROJECT = (
    TWO_NOTE_TYPES
    + """--- cards/contoh/kartu.yaml
note_type: dasar
subdeck: Bab 1
tags: [a]
notes:
"""
)
PROJECT += "".join(f"  - {{id: n{n}, depan: Soal {n}, belakang: Jawab {n}}}\n" for n in range(12))
PROJECT += """--- cards/contoh/isian.yaml
note_type: isian
notes:
  - {id: c1, teks: "{{c1::satu}} dan {{c2::dua}}"}
"""


@pytest.fixture
def published(kartu: Run, tmp_path: Path) -> Path:
    """A project with a first release."""
    root = write_project(tmp_path / "p", PROJECT)
    done = kartu("release", cwd=root)
    assert done.returncode == 0, done.stderr
    return root


def edit(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def version(root: Path) -> str:
    deck = (root / "cards/contoh/deck.yaml").read_text("utf-8")
    return str(re.findall(r"^version: (.*)$", deck, re.M)[0])


def times(root: Path) -> dict[str, int]:
    lines = map(json.loads, (root / LEDGER).read_text("utf-8").splitlines())
    return {line["note"]: line["time"] for line in lines if "note" in line}


# --- the step of the version -------------------------------------------------------------------


def test_the_first_release_keeps_the_version(published: Path) -> None:
    """It writes the ledger, the changelog and packages that are no drafts."""
    assert version(published) == "1.0.0"
    manifest = json.loads((published / "build/manifest.json").read_text("utf-8"))
    (package,) = manifest["packages"]
    assert not package["draft"]
    changelog = (published / "cards/contoh/changelog.md").read_text("utf-8")
    assert changelog.startswith("# Contoh")
    assert f"{package['notes']} kartu, menjadi {package['cards']} di Anki" in changelog


@pytest.mark.parametrize(
    ("old", "new", "step", "words"),
    [
        ("Jawab 3", "Jawaban 3", "1.0.1", "text: 1 (n3)"),
        ("belakang: Jawab 11}", "belakang: Jawab 11, tags: [b]}", "1.0.1", "tags: 1 (n11)"),
        (
            "belakang: Jawab 11}",
            "belakang: Jawab 11, retired: sudah lama}",
            "1.0.1",
            "retired: 1 (n11)",
        ),
        (
            "belakang: Jawab 11}\n",
            "belakang: Jawab 11}\n  - {id: baru, depan: B}\n",
            "1.1.0",
            "new: 1 (baru)",
        ),
    ],
)
def test_the_step_is_told_with_its_reason(
    kartu: Run, published: Path, old: str, new: str, step: str, words: str
) -> None:
    """A text makes a patch, a new note a minor version; only that note gets a new time."""
    before = times(published)
    edit(published, SET, old, new)
    done = kartu("release", cwd=published)
    assert done.returncode == 0, done.stderr
    assert words in done.stdout
    assert version(published) == step
    after = times(published)
    changed = [note for note in after if after[note] != before.get(note)]
    assert changed == [words.split("(")[1].rstrip(")")]


def test_where_new_cards_of_moved_notes_come_is_told(kartu: Run, tmp_path: Path) -> None:
    """Where a note type makes a card more, and not where a note has a text more."""
    root = write_project(tmp_path / "p", PROJECT.replace(MUNDUR, ""))
    assert kartu("release", cwd=root).returncode == 0
    edit(root, SET, "Jawab 3}", "Jawab 3 lagi}")
    assert "Default" not in kartu("release", cwd=root).stdout
    with (root / "templates/dasar/note_type.yaml").open("a", encoding="utf-8") as file:
        file.write(MUNDUR)
    told = kartu("release", "--touch-all", cwd=root).stdout
    assert 'Anki puts the new card into the deck "Default"' in told


def test_a_release_without_a_change_changes_no_byte(kartu: Run, published: Path) -> None:
    """It says so and exits with 0."""
    before = {path: path.read_bytes() for path in published.rglob("*") if path.is_file()}
    done = kartu("release", cwd=published)
    assert (done.returncode, "nothing to release" in done.stdout) == (0, True)
    assert {path: path.read_bytes() for path in published.rglob("*") if path.is_file()} == before


def test_a_dry_run_writes_nothing(kartu: Run, published: Path) -> None:
    """It tells what a release would do."""
    edit(published, SET, "Jawab 3", "Jawaban 3")
    before = {path: path.read_bytes() for path in published.rglob("*") if path.is_file()}
    done = kartu("release", "--dry-run", cwd=published)
    assert "1.0.1 would be released" in done.stdout
    assert {path: path.read_bytes() for path in published.rglob("*") if path.is_file()} == before


def test_looks_belong_in_the_style(kartu: Run, published: Path) -> None:
    """A style touches no note; a field template that touches more than 10 % is refused."""
    write_project(published, "--- templates/dasar/style.css\n.card { margin: 1px }\n", base=False)
    done = kartu("release", cwd=published)
    assert "touches 0 of 13 published notes" in done.stdout
    write_project(
        published, "--- templates/_shared/fields/text.html\n<b>[[= value ]]</b>\n", base=False
    )
    refused = kartu("release", cwd=published)
    assert refused.returncode == 1
    assert "13 of 13 published notes change only in tags or looks" in refused.stderr
    assert kartu("release", "--touch-all", cwd=published).returncode == 0


def test_deck_yaml_keeps_every_other_byte(kartu: Run, published: Path) -> None:
    """Only the version's own characters change: comments, quotes and line ends stay."""
    path = published / "cards/contoh/deck.yaml"
    lines = [b"# deck", b'version: "1.0.0"   # v', b"id: contoh", b"uid: a1b2c3d4e5f60718"]
    content = b"\r\n".join([*lines, b"name: Contoh", b"language: id", b""])
    path.write_bytes(content)
    edit(published, SET, "Jawab 3", "Jawaban 3")
    assert kartu("release", cwd=published).returncode == 0
    assert path.read_bytes() == content.replace(b"1.0.0", b"1.0.1")


def test_restamp_moves_only_the_newest_release(kartu: Run, published: Path) -> None:
    """Notes of older releases keep their time; content and version stay."""
    edit(published, SET, "Jawab 3", "Jawaban 3")
    assert kartu("release", cwd=published).returncode == 0
    before = times(published)
    assert kartu("release", "--restamp", cwd=published).returncode == 0
    after = times(published)
    assert [note for note in after if after[note] != before[note]] == ["n3"]
    assert version(published) == "1.0.1"
    assert kartu("build", "--released", cwd=published).returncode == 0


def test_only_what_is_released_is_built_as_released(kartu: Run, published: Path) -> None:
    """`build --released` gives the release's bytes again, and refuses a draft by name."""
    package = published / "build/contoh.apkg"
    released = package.read_bytes()
    assert kartu("build", "--released", cwd=published).returncode == 0
    assert package.read_bytes() == released
    edit(published, SET, "Jawab 3", "Jawaban 3")
    refused = kartu("build", "--released", cwd=published)
    assert (refused.returncode, "note n3" in refused.stderr) == (1, True)
    assert refused.stderr.startswith("kartu: not released yet")
    assert package.read_bytes() == released


@pytest.mark.parametrize("moved", [(0,), (0, 1)])
def test_a_new_card_of_a_note_in_two_decks_lands_in_default(
    kartu: Run, published: Path, tmp_path: Path, moved: tuple[int, ...]
) -> None:
    """As `release` says of a new card template; where all of a note's cards were moved the new one
    follows them, and a new gap comes into the note's own deck."""
    with collection(tmp_path / "anki") as col:
        import_package(col, published / "build/contoh.apkg")
        other = col.decks.id("Lain")
        for note in ("n3", "c1"):
            note_cards = note_by_guid(col, f"a1b2c3d4e5f60718:{note}").cards()
            col.set_deck([note_cards[place].id for place in moved], other)  # type: ignore[arg-type]
        edit(published, "cards/contoh/isian.yaml", " dan {{c2::dua}}", " dan {{c2::dua}} {{c3::t}}")
        told = kartu("release", cwd=published).stdout
        assert ("new cards: 1 (c1)" in told, "Default" in told) == (True, False)
        card = "  - {id: 3, name: Tiga, front: tiga.front.html, back: maju.back.html}\n"
        with (published / "templates/dasar/note_type.yaml").open("a", encoding="utf-8") as file:
            file.write(card)
        front = published / "templates/dasar/tiga.front.html"
        front.write_text("{{Depan}} {{Belakang}}\n", "utf-8")
        told = kartu("release", cwd=published).stdout
        assert "some of a note's cards to another deck, but not all" in told
        import_package(col, published / "build/contoh.apkg")
        decks = {
            note: [col.decks.name(card.did) for card in note_by_guid(col, f"{UID}:{note}").cards()]
            for note in ("n3", "n4", "c1")
        }
    assert decks["n4"] == ["Contoh::Bab 1"] * 3
    assert decks["n3"][2] == ("Default" if moved == (0,) else "Lain")
    assert decks["c1"][2] == "Contoh"


# --- what an update would break ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name", "old", "new"),
    [
        ("note-gone", SET, "  - {id: n5, depan: Soal 5, belakang: Jawab 5}\n", ""),
        ("note-gone", SET, "id: n5,", "id: n55,"),
        ("note-moved", SET, "subdeck: Bab 1", "subdeck: Bab Satu"),
        ("identity-changed", "cards/contoh/deck.yaml", "name: Contoh", "name: Contoh Baru"),
        ("identity-changed", "cards/contoh/deck.yaml", "a1b2c3d4e5f60718", "b1b2c3d4e5f60718"),
        ("identity-changed", "cards/contoh/deck.yaml", "id: contoh\n", "id: contoh\nprefix: C\n"),
        ("identity-changed", SET, "id: n5,", "id: n5, guid: lain,"),
        ("note-type-changed", "cards/contoh/isian.yaml", "isian\n", "dasar\n"),
        ("card-lost", SET, ", belakang: Jawab 5", ""),
        ("card-lost", "cards/contoh/isian.yaml", "{{c2::dua}}", "dua"),
        ("cloze-renumbered", "cards/contoh/isian.yaml", "{{c1::satu}} dan {{c2::dua}}",
         "{{c2::satu}} dan {{c1::dua}}"),
        ("cloze-renumbered", "cards/contoh/isian.yaml", "{{c1::satu}} dan {{c2::dua}}",
         "{{c1::nol}}, {{c2::dua}} dan {{c3::satu}}"),
        ("position-removed", "templates/dasar/note_type.yaml",
         "  - {key: contoh, name: Contoh, id: 3}\n", ""),
        ("position-removed", "templates/dasar/note_type.yaml",
         "  - {id: 2, name: Mundur, front: mundur.front.html, back: maju.back.html}\n", ""),
        ("position-moved", "templates/dasar/note_type.yaml", "Contoh, id: 3", "Contoh, id: 4"),
        ("note-type-broken", "templates/dasar/note_type.yaml", "name: Dasar\n",
         "name: Dasar\nslots: {fields: 9}\n"),
        ("version-lowered", "cards/contoh/deck.yaml", "version: 1.0.0", "version: 0.9.0"),
    ],
)  # fmt: skip
def test_what_would_harm_students_stops(
    kartu: Run, published: Path, code: str, name: str, old: str, new: str
) -> None:
    """`check` names it, `build` and `release` write nothing, `release --major` overrides it."""
    if code == "note-type-changed":
        edit(published, name, 'teks: "{{c1::satu}} dan {{c2::dua}}"', "depan: a, belakang: b")
    edit(published, name, old, new)
    done = kartu("check", cwd=published)
    assert f"error[{code}]" in done.stdout, done.stdout
    before = {path: path.read_bytes() for path in published.rglob("*") if path.is_file()}
    assert kartu("build", cwd=published).returncode == 1
    assert kartu("release", cwd=published).returncode == 1
    assert {path: path.read_bytes() for path in published.rglob("*") if path.is_file()} == before
    if code != "version-lowered":
        major = kartu("release", "--touch-all", "--major", "memang perlu", cwd=published)
        assert major.returncode == 0, major.stderr
        assert version(published) == "2.0.0"
        changelog = (published / "cards/contoh/changelog.md").read_text("utf-8")
        assert "memang perlu" in changelog
        assert kartu("check", cwd=published).stdout == "kartu: no faults\n"


def test_a_name_that_was_given_up_never_comes_back(kartu: Run, published: Path) -> None:
    """A field renamed onto a name of an earlier release would swap texts in Anki."""
    note_type = "templates/dasar/note_type.yaml"
    edit(published, note_type, "name: Contoh, id: 3", "name: Misal, id: 3")
    assert kartu("release", cwd=published).returncode == 0
    field = "name: Misal, id: 3}"
    edit(published, note_type, field, field + "\n  - {key: lagi, name: Contoh, id: 4}")
    assert "error[name-reused]" in kartu("check", cwd=published).stdout


def test_retiring_can_be_undone(kartu: Run, published: Path, tmp_path: Path) -> None:
    """A retired note stays with a tag and its reason; taken back, both are gone again."""
    with collection(tmp_path / "anki") as col:
        import_package(col, published / "build/contoh.apkg")
        edit(published, SET, "belakang: Jawab 5}", "belakang: Jawab 5, retired: Sudah lama.}")
        assert kartu("release", cwd=published).returncode == 0
        log = import_package(col, published / "build/contoh.apkg")
        assert (log.new, log.updated, log.conflicting) == (0, 1, 0)
        note = note_by_guid(col, "a1b2c3d4e5f60718:n5")
        assert note.tags == ["Contoh::a", "Contoh::retired"]
        assert "Sudah lama." in note.cards()[0].answer()
        changelog = (published / "cards/contoh/changelog.md").read_text("utf-8")
        assert "tag:Contoh::retired" in changelog
        assert "**Soal 5**: Sudah lama." in changelog
        edit(published, SET, ", retired: Sudah lama.", "")
        assert kartu("release", cwd=published).returncode == 0
        import_package(col, published / "build/contoh.apkg")
        note = note_by_guid(col, "a1b2c3d4e5f60718:n5")
        assert note.tags == ["Contoh::a"]
        assert "Sudah lama." not in note.cards()[0].answer()


# --- the ledger file ---------------------------------------------------------------------------


def test_lines_may_come_in_any_order(kartu: Run, published: Path) -> None:
    """A shuffled ledger, with older lines kept by a merge, means the same."""
    path = published / LEDGER
    lines = path.read_text("utf-8").splitlines(keepends=True)
    notes = [line.replace('"text":"', '"text":"0') for line in lines if '"note"' in line]
    older = [re.sub(r'"time":\d+', '"time":1000000000', line) for line in notes]
    path.write_text("".join([*reversed(lines), *older]), "utf-8")
    assert kartu("build", "--released", cwd=published).returncode == 0
    assert "nothing to release" in kartu("release", cwd=published).stdout


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("<<<<<<< HEAD\n", "ledger-conflict"),
        ("not json\n", "ledger-unreadable"),
        ('{"note": 1}\n', "ledger-unreadable"),
        ("[" * 100_000 + "\n", "ledger-unreadable"),
        ('{"release":"1.0.0","time":1000000000,"content":"0"}\n', "version-released-twice"),
        ("same second", "version-released-twice"),
    ],
)
def test_a_broken_ledger_is_located(kartu: Run, published: Path, line: str, code: str) -> None:
    """The fault is told at its line."""
    path = published / LEDGER
    if line == "same second":
        (line,) = [one for one in path.read_text("utf-8").splitlines() if '"release"' in one]
        line = line.replace('"content":"', '"content":"0') + "\n"
    path.write_text(path.read_text("utf-8") + line, "utf-8")
    number = path.read_text("utf-8").count("\n")
    done = kartu("check", cwd=published)
    assert f"{LEDGER}:{number}:1: error[{code}]" in done.stdout


@pytest.mark.parametrize("first", ["A", "B"])
def test_two_texts_of_one_second_are_not_taken_for_released(
    kartu: Run, published: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """Anki takes none of them for the newer one: whichever text is chosen gets a later time, or the
    students of the other branch would never see it."""
    lines, moment = {}, time.time() + 60
    for branch in ("A", "B"):
        root = Path(shutil.copytree(published, published.with_name(branch)))
        edit(root, SET, "Jawab 3", f"Jawaban {branch}")
        monkeypatch.setattr("kartu.core.clock.time.time", lambda: moment)
        assert kartu("release", cwd=root).returncode == 0
        lines[branch] = (root / LEDGER).read_text("utf-8")
    ledger = lines["A"] + lines["B"] if first == "A" else lines["B"] + lines["A"]
    (root / LEDGER).write_text(ledger, "utf-8")
    assert "error[version-released-twice]" in kartu("check", cwd=root).stdout
    moment += 60
    assert kartu("release", cwd=root).returncode == 0
    assert (times(root)["n3"], version(root)) == (int(moment), "1.0.2")
    assert kartu("check", cwd=root).stdout == "kartu: no faults\n"


def test_a_draft_is_newer_than_every_release(kartu: Run, published: Path, tmp_path: Path) -> None:
    """Even with a clock that runs behind, a draft's changes arrive, and the next release's too."""
    with collection(tmp_path / "anki") as col:
        import_package(col, published / "build/contoh.apkg")
        edit(published, SET, "Jawab 3", "Draf 3")
        assert (
            kartu("build", cwd=published, env={"SOURCE_DATE_EPOCH": "1000000000"}).returncode == 0
        )
        assert import_package(col, published / "build/contoh.apkg").updated == 1
        assert len(cards(col)) == 26
