"""The gates of `kartu verify`: what is sound passes, and every seeded fault is caught."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from support.gates import gate, rules
from support.program import Run
from support.projects import write_project
from support.verify_faults import FAULTS, STEPS, UID, Fault, Step
from support.verify_packages import (
    FIRST,
    NEW,
    OLD,
    SECOND,
    Release,
    plain_genanki,
    with_a_basic,
    write,
)

from kartu.publish.verify import VerifyOptions, VerifyResult, verify
from kartu.publish.verify.engine import Engine
from kartu.publish.verify.findings import RULES, Report


def step(folder: Path, new: Release, old: Release) -> Report:
    """The report on an update."""
    return gate(write(folder / "new.apkg", new), write(folder / "old.apkg", old))


def test_a_sound_package_passes(tmp_path: Path) -> None:
    """By the fresh gate alone, under the running interpreter's Anki (test_editions.py does the same
    with the decks here)."""
    result = verify(VerifyOptions(write(tmp_path / "uji.apkg", OLD)))
    assert [(one.gate, one.findings) for one in result.gates] == [("fresh", ())]
    assert result.gates[0].anki == Engine.version
    assert result.gates[0].counts["new"] == result.gates[0].counts["notes"] > 0
    assert result.sound


@pytest.mark.parametrize("release", [OLD, NEW], ids=["old", "new"])
def test_honest_releases_are_sound(tmp_path: Path, release: Release) -> None:
    """The releases that the faults are seeded into have none themselves."""
    assert gate(write(tmp_path / "uji.apkg", release)).findings == []


def test_an_honest_update_passes(tmp_path: Path) -> None:
    """Corrections, a claimed spare and a new note arrive; edits and tags elsewhere stay."""
    report = step(tmp_path, NEW, OLD)
    assert report.findings == []
    assert report.counts == {
        "notes": 10,
        "cards": 11,
        "studied": 9,
        "new": 1,
        "updated": 4,
        "edits_kept": 2,
        "edits_overwritten": 1,
        "tags_kept": 2,
        "tags_overwritten": 1,
    }


def test_a_release_a_second_later_passes(tmp_path: Path) -> None:
    """Where no time lies between two releases, the student's edit has that of the older one."""
    new = NEW.map(lambda one: one._replace(mod=FIRST + 1 if one.mod == SECOND else one.mod))
    assert step(tmp_path, new, OLD).findings == []


@pytest.mark.parametrize("ahead", [1, 60, 3600])
def test_times_just_ahead_of_the_clock_are_no_fault(tmp_path: Path, ahead: int) -> None:
    """Releases within a second are stamped a second apart, and clocks differ: a package is judged
    as of its own newest time, whether it is the first one or an update."""
    shift = int(time.time()) + ahead - FIRST
    new = NEW.map(lambda one: one._replace(mod=FIRST + 1 if one.mod == SECOND else one.mod))
    new = new._replace(time=FIRST + 1).later(shift)
    assert gate(write(tmp_path / "fresh.apkg", new)).findings == []
    assert step(tmp_path, new, OLD.later(shift)).findings == []


def test_a_note_type_that_anki_renames_is_updated(tmp_path: Path) -> None:
    """Anki has a "Basic" of its own and dates its renamed copy now; students got it in its time."""
    old = with_a_basic(tmp_path / "old.apkg", FIRST, ".card {color: black}")
    new = with_a_basic(tmp_path / "new.apkg", SECOND, ".card {color: navy}")
    assert gate(new, old).findings == []


def test_an_update_over_releases_passes(tmp_path: Path) -> None:
    """A student who left out a release gets the corrections of both."""
    third = NEW.change("uji:4", fields=("Depan 4", "Lebih baik", ""), mod=SECOND + 500)
    assert step(tmp_path, third._replace(time=SECOND + 500), OLD).findings == []


@pytest.mark.parametrize(("old", "new"), [(None, "inti"), ("inti", None)])
def test_editions_may_hold_less(tmp_path: Path, old: str | None, new: str | None) -> None:
    """Notes that another edition of the deck does not hold are counted, and are no finding."""
    before = OLD._replace(identity=(UID, old))
    report = step(tmp_path, NEW.without("uji:5")._replace(identity=(UID, new)), before)
    assert report.findings == []
    assert report.counts["outside"] == 1


def test_a_draft_overwrites_what_it_does_not_change(kartu: Run, tmp_path: Path) -> None:
    """kartu stamps a draft with one time, and the gate finds the edits and tags that this costs."""
    root = write_project(tmp_path / "proyek")
    many = "".join(f"  - {{id: n{number}, depan: D{number}, belakang: B}}\n" for number in range(6))
    write_project(
        root, f"--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n{many}", base=False
    )
    packages = []
    for seconds in (FIRST, SECOND):
        out = tmp_path / str(seconds)
        done = kartu("build", "-o", out, cwd=root, env={"SOURCE_DATE_EPOCH": str(seconds)})
        assert done.returncode == 0, done.stderr
        packages.append(out / "contoh.apkg")
    report = gate(packages[1], packages[0])
    assert sorted((one.rule, one.note) for one in report.findings) == [
        *(("edit-lost", f"{UID}:n{number}") for number in (0, 3)),
        ("style-lost", ""),
        *(("tag-lost", f"{UID}:n{number}") for number in (1, 4)),
        *(("time-moved", f"{UID}:n{number}") for number in (2, 5)),
    ]


def test_plain_genanki_fails(tmp_path: Path) -> None:
    """One time for all and GUIDs made of the fields cost edits, tags and a note's progress."""
    old = plain_genanki(tmp_path / "old.apkg", FIRST, corrected=False)
    new = plain_genanki(tmp_path / "new.apkg", SECOND, corrected=True)
    assert rules(gate(new, old)) == {
        "edit-lost",
        "tag-lost",
        "style-lost",
        "guid-changed",
        "time-moved",
    }


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_fresh_gate_catches(tmp_path: Path, fault: Fault) -> None:
    """Each fault of a package is found under its rule and, if it is one fault, no other."""
    found = rules(gate(write(tmp_path / "uji.apkg", fault.make())))
    assert found == {fault.rule} if fault.only else fault.rule in found


@pytest.mark.parametrize("fault", STEPS, ids=lambda fault: fault.name)
def test_the_upgrade_gate_catches(tmp_path: Path, fault: Step) -> None:
    """Each fault of an update is found under its rule and, if it is one fault, no other."""
    found = rules(step(tmp_path, fault.new(), fault.old))
    assert found == {fault.rule} if fault.only else fault.rule in found


DAMAGES = {
    "progress-changed": "UPDATE cards SET due = due + 1 WHERE id = (SELECT min(id) FROM cards)",
    "reviews-changed": "DELETE FROM revlog WHERE id = (SELECT max(id) FROM revlog)",
    "note-lost": "DELETE FROM notes WHERE guid = 'uji:3'",
    "card-lost": "DELETE FROM cards WHERE nid = (SELECT id FROM notes WHERE guid = 'uji:3')",
    "note-not-added": "DELETE FROM notes WHERE guid = 'uji:10'",
    "card-elsewhere": "UPDATE cards SET did = 1 WHERE ord = 1",
    "card-not-added": "DELETE FROM cards WHERE ord = 1",
    "text-not-updated": "UPDATE notes SET flds = replace(flds, 'Depan 9', 'x')",
}


@pytest.mark.parametrize("rule", DAMAGES)
def test_damage_by_the_engine_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    """What no Anki that we know does to a student would be found if one did."""
    importing = Engine.import_package

    def damaging(engine: Engine, path: str) -> object:
        said = importing(engine, path)
        if path.endswith("new.apkg"):
            assert engine._col.db is not None
            engine._col.db.execute(DAMAGES[rule])
        return said

    monkeypatch.setattr(Engine, "import_package", damaging)
    assert rule in rules(step(tmp_path, NEW, OLD))


def test_conflicts_name_their_notes(tmp_path: Path) -> None:
    """Each note that Anki does not update is named by its GUID."""
    report = step(tmp_path, NEW._replace(type_id=7), OLD)
    named = {one.note for one in report.findings if one.rule == "note-conflict"}
    assert named == {note.guid for note in OLD.notes}


def test_lost_edits_name_note_and_cause(tmp_path: Path) -> None:
    """A finding tells the note, what happened to it, and in its help what to do."""
    (found,) = step(tmp_path, NEW.change("uji:4", mod=SECOND), OLD).findings
    assert (found.rule, found.note, found.card) == ("edit-lost", "uji:4", "")
    assert found.message.startswith("the student's text is gone")
    assert found.help == RULES["edit-lost"]


def test_every_rule_has_its_fault() -> None:
    """No rule stands there untried, but for those that another test tries."""
    tried = {fault.rule for fault in FAULTS} | {fault.rule for fault in STEPS} | DAMAGES.keys()
    elsewhere = {"package-unreadable", "unknown-format", "time-limit"}  # test_verify_command.py
    beside = {"database-check"}  # comes with note-without-card
    never = {"note-not-imported", "not-repeatable"}  # Anki gave no occasion
    assert tried | elsewhere | beside | never == set(RULES)


@pytest.mark.parametrize("python", list(filter(None, [os.environ.get("KARTU_ANKI")])) or [""])
def test_another_engine_finds_the_same(tmp_path: Path, python: str) -> None:
    """Under the Anki of the interpreter in KARTU_ANKI (else of this one, on which a few faults
    stand for all) honest histories pass, and no fault does."""

    def run(new: Release, old: Release | None = None) -> VerifyResult:
        olds = (write(tmp_path / "old.apkg", old),) if old else ()
        pythons = (python,) if python else ()
        return verify(VerifyOptions(write(tmp_path / "new.apkg", new), olds, pythons))

    assert run(NEW, OLD).sound
    missed = []
    histories = [
        *((fault.name, fault.rule, fault.make(), None) for fault in FAULTS),
        *((fault.name, fault.rule, fault.new(), fault.old) for fault in STEPS),
    ]
    for name, rule, new, old in histories if python else histories[::30]:
        found = {one.rule for one in run(new, old).gates[-1].findings}
        if rule not in found:
            missed.append((name, rule, found))
    assert missed == []
