"""A deck that extends another one: what is the same, what is changed, and what arrives."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.engine import cards, collection, import_package
from support.extending import DECK, built, content, extending, looks, small
from support.history import DAY, FIRST
from support.program import Run
from support.sampling import examples

from kartu.core.codes import WARNINGS
from kartu.pipeline import Options, check
from kartu.publish.release import ReleaseOptions, release
from kartu.report.diff import markdown
from kartu.rewrite.fix.run import fix

CHANGES = "cards/kelas/changes.yaml"
WARNINGS_OF_EDITIONS = {code for code in WARNINGS if code.startswith(("change-", "upstream-"))}
ASAL = "upstream/ksi/cards/asal/1.yaml"
KSI = "upstream/ksi/cards/kerja-sama-internasional"


def write(project: Path, path: str, text: str) -> None:
    file = project / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def replace(project: Path, path: str, old: str, new: str) -> None:
    text = (project / path).read_text("utf-8")
    assert old in text
    (project / path).write_text(text.replace(old, new), "utf-8")


def codes(project: Path) -> list[tuple[str, int, str]]:
    """Path, line and code of all that check tells."""
    return [(one.span.path, one.span.line, one.code) for one in check(Options(project))]


def of_changes(project: Path) -> list[str]:
    """The codes on changes that check tells, and not those on what the cards ask."""
    return [code for _, _, code in codes(project) if code in WARNINGS_OF_EDITIONS]


def test_without_a_change_it_is_upstreams(root: Path, tmp_path: Path) -> None:
    """An edition of the real deck has its notes, order, cards, media and looks, and no fault."""
    project = extending(root, tmp_path)
    upstream, edition = built(project / "upstream/ksi"), built(project)
    assert len(edition.notes) > 80
    assert content(edition) == content(upstream)
    assert looks(edition) == looks(upstream)
    assert codes(project) == []


def test_nothing_of_it_is_upstreams_to_anki(root: Path, tmp_path: Path) -> None:
    """No GUID, note type, field, card template or deck of the two has one id or name."""
    project = extending(root, tmp_path)

    def identity(deck: Any) -> set[object]:
        types = deck.note_types
        found = {note.guid for note in deck.notes} | {note.deck_name for note in deck.notes}
        found |= {one.id for one in types} | {one.name for one in types}
        return found | {part.id for one in types for part in (*one.fields, *one.cards)}

    assert identity(built(project)).isdisjoint(identity(built(project / "upstream/ksi")))


def test_both_live_in_one_collection(kartu: Run, tmp_path: Path) -> None:
    """A student of the original who imports the edition has both, each whole."""
    project = small(tmp_path)
    assert kartu("build", cwd=project).returncode == 0
    assert kartu("build", cwd=project / "upstream/ksi").returncode == 0
    with collection(tmp_path / "anki") as col:
        import_package(col, project / "upstream/ksi/build/asal.apkg")
        assert import_package(col, project / "build/kelas.apkg").new == 4
        assert len(cards(col)) == 8
        names = {one.name for one in col.models.all_names_and_ids()}
        assert {"Asal Dasar", "KSI9A Dasar"} <= names


# --- changes ---------------------------------------------------------------------------------

TEXTS = {
    "depan": st.sampled_from(["Baru", "Lain: 1", "a # b", "0"]),
    "belakang": st.sampled_from(["", "Baru\nsekali", "**x**", "- '\"", "yes"]),
    "butir": st.sampled_from([["x"], ["a", "b"], ["y: z", "#", "w"]]),
    "sources": st.sampled_from([["buku"], ["koran"]]),
}
CHANGE = st.fixed_dictionaries({}, optional={**TEXTS, "tags": st.just(["kelas"])}).filter(bool)
EDITS = st.dictionaries(
    st.sampled_from(["satu", "dua", "tiga", "empat"]), CHANGE | st.just({"skip": True})
).filter(lambda one: sum("skip" in change for change in one.values()) < 4)


def in_small(action: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        action(small(Path(folder)))


@settings(max_examples=examples(40, 3))
@given(EDITS)
def test_a_change_changes_what_it_says(edits: dict[str, Any]) -> None:
    """Skipped notes are gone, changed fields and tags are other ones, and all else is the same."""

    def law(project: Path) -> None:
        before = {note.source.id: note for note in built(project).notes}
        write(project, CHANGES, json.dumps({"notes": edits}))
        after = built(project)
        kept = [id for id in before if "skip" not in edits.get(id, {})]
        assert [str(note.source.id) for note in after.notes] == kept
        for note in after.notes:
            old, change = before[note.source.id], edits.get(note.source.id, {})
            keys = {f.name: f.declared.key if f.declared else "" for f in note.note_type.fields}
            origins = {"sumber": "sources"}
            for field, now, then in zip(
                note.note_type.fields, note.fields, old.fields, strict=True
            ):
                key = origins.get(keys[field.name], keys[field.name])
                assert now == then or key in change
            wanted = {*old.tags, *(f"KSI9A::{tag}" for tag in change.get("tags", []))}
            assert set(note.tags) == wanted
            values = {key: change[key] for key in change if key in TEXTS and key != "sources"}
            told = {key: note.source.values.get(key, "") for key in values}
            assert told == values

    in_small(law)


@settings(max_examples=examples(40, 3))
@given(EDITS, st.sampled_from(["block", "flow"]))
def test_fix_keeps_upstreams_texts(edits: dict[str, Any], style: str) -> None:
    """After --fix every change tells upstream's text; the cards are as before, and it is done."""

    def law(project: Path) -> None:
        text = json.dumps({"notes": edits}) if style == "flow" else block(edits)
        write(project, CHANGES, text)
        before = content(built(project))
        told = "change-without-original" in of_changes(project)
        fix(project)
        assert set(of_changes(project)) <= {"change-without-effect"}
        assert content(built(project)) == before
        assert told == ("instead_of" in (project / CHANGES).read_text("utf-8"))
        assert fix(project) == []

    in_small(law)


def block(edits: dict[str, Any]) -> str:
    """The changes as one writes them, a line a key."""
    lines = ["# perubahan kelas", "notes:"]
    for id, change in edits.items():
        lines.append(f"  {id}:")
        lines += [f"    {key}: {json.dumps(value)}  # {id}" for key, value in change.items()]
    return "\n".join(lines if edits else ["notes: {}"]) + "\n"


@settings(max_examples=examples(40, 3))
@given(st.sets(st.sampled_from(["satu", "dua", "empat"])), st.sets(st.sampled_from("125")))
def test_a_conflict_is_what_both_changed(mine: set[str], theirs: set[str]) -> None:
    """Told is each override whose original is another one now, with both places, and no other."""

    def law(project: Path) -> None:
        numbers = {"satu": "1", "dua": "2", "empat": "5"}
        english = {"satu": "One", "dua": "Two", "empat": "Four"}
        write(project, CHANGES, block({id: {"belakang": "milik kelas"} for id in sorted(mine)}))
        fix(project)
        for id, word in english.items():
            if numbers[id] in theirs:
                replace(project, ASAL, word, f"{word} corrected")
        said = [one for one in check(Options(project)) if one.code == "upstream-changed"]
        conflicts = {id for id in mine if numbers[id] in theirs}
        assert len(said) == len(conflicts)
        for one in said:
            assert one.span.path == CHANGES
            assert one.related[0].span.path == ASAL
            assert one.related[0].message.endswith(' corrected"')
        shown = {note.id: note.fields[1] for note in content(built(project))}
        for id in english:
            corrected = "corrected" in shown[id]
            assert corrected == (id not in mine and numbers[id] in theirs)
        fix(project)
        assert len(of_changes(project)) == len(conflicts)  # not mended without being looked at
        fix(project, accept=True)
        assert of_changes(project) == []

    in_small(law)


# --- three releases of the real deck ----------------------------------------------------------


def test_three_upstream_releases(
    root: Path, kartu: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Upstream's corrections and new notes arrive, conflicts are told, and no student loses."""
    project = extending(root, tmp_path / "p")
    write(project, "cards/kelas/99-kelas.yaml", OWN_NOTES)
    write(project, CHANGES, OWN_CHANGES)
    fix(project)
    packages = []
    expected: list[list[tuple[str, int, str]]] = [[], [(CHANGES, 4, "upstream-changed")], []]
    for number, correct in enumerate((lambda project: None, second_release, third_release)):
        correct(project)
        assert [one for one in codes(project) if one[2] in WARNINGS_OF_EDITIONS] == expected[number]
        stamp = float(FIRST + number * 30 * DAY)
        monkeypatch.setattr("kartu.core.clock.time.time", lambda stamp=stamp: stamp)
        result = release(ReleaseOptions(project), markdown)
        assert result.packages, (result.diagnostics, result.plans)
        packages.append(tmp_path / f"R{number + 1}.apkg")
        packages[-1].write_bytes((project / "build/kelas.apkg").read_bytes())
    shown = {note.id: note for note in content(built(project))}
    assert "pelopor-kelas" in shown
    assert "kerja-sama-bilateral" not in shown
    assert "Hubungan antarnegara" in shown["kerja-sama-internasional"].fields[1]
    assert shown["kedaulatan"].fields[1].endswith("Begitulah.")
    assert shown["tambahan-hulu"].subdeck == "::01 Pengertian, Bentuk, dan Manfaat"
    done = kartu("verify", packages[2], "--from", packages[0], "--from", packages[1], cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    changed = [plan["after"] for plan in map(_versions, _ledger(project))]
    assert changed == ["1.0.0", "1.0.1", "1.1.0"]


OWN_NOTES = """\
note_type: istilah
subdeck: 01 Pengertian, Bentuk, dan Manfaat
tags: [kelas-9a]
notes:
  - id: pelopor-kelas
    istilah: Kota kembar
    arti: Kerja sama dua kota dari dua negara.
    sources: [artikel]
"""

OWN_CHANGES = """\
notes:
  kerja-sama-bilateral: {skip: true}
  kerja-sama-internasional:
    arti: Hubungan antarnegara untuk tujuan bersama.
    tags: [kelas-9a]
"""


def second_release(project: Path) -> None:
    """A correction of a text that the class has changed, and of one that it has not."""
    path = f"{KSI}/01-01-pengertian-istilah.yaml"
    replace(project, path, "dengan untung timbal balik", "dengan saling menguntungkan")
    path = f"{KSI}/01-25-pengertian-istilah.yaml"
    text = (project / path).read_text("utf-8")
    text, corrected = re.subn(r"(: kedaulatan\n(?:.*\n)*?    arti: .*)", r"\1 Begitulah.", text)
    assert corrected == 1
    write(project, path, text)


def third_release(project: Path) -> None:
    """A new note upstream; the class has looked at the conflict."""
    fix(project, accept=True)
    path = f"{KSI}/01-01-pengertian-istilah.yaml"
    note = "  - id: tambahan-hulu\n    istilah: Tambahan hulu\n    arti: Catatan baru.\n"
    text = (project / path).read_text("utf-8").rstrip("\n")
    write(project, path, f"{text}\n{note}    sources: [artikel]\n    facts: [F01]\n")


def _ledger(project: Path) -> list[dict[str, Any]]:
    lines = (project / "cards/kelas/ledger.jsonl").read_text("utf-8").splitlines()
    return [one for one in map(json.loads, lines) if "release" in one]


def _versions(line: dict[str, Any]) -> dict[str, str]:
    return {"after": line["release"]}


def test_what_was_published_is_not_lost(tmp_path: Path) -> None:
    """A published note that is skipped, or gone upstream, is told with the way out of it."""
    project = small(tmp_path)
    assert release(ReleaseOptions(project), markdown).packages
    write(project, CHANGES, block({"satu": {"skip": True}}))
    gone = "  - {id: dua, depan: Dua, belakang: Two, sources: [koran]}\n"
    replace(project, ASAL, gone, "")
    said = [one for one in check(Options(project)) if one.code == "note-gone"]
    helps = {one.message.split('"')[1]: one.help for one in said}
    assert "delete `skip`" in helps["satu"]
    assert "into a card set of your own" in helps["dua"]
    write(project, CHANGES, block({"satu": {"retired": "Tidak dipakai di kelas ini."}}))
    head = "note_type: dasar\nsubdeck: Bab\ntags: [inti]\nnotes:\n"
    write(project, "cards/kelas/2.yaml", head + gone)
    replace(project, ASAL, "Satu", "Satu!")
    assert codes(project) == []
    retired = content(built(project))[0]
    assert retired.fields[-1] == "Tidak dipakai di kelas ini."


def in_place(folder: Path) -> Path:
    """The small project, whose deck is upstream's to Anki, with a change and a note less."""
    project = small(folder)
    own = DECK.replace("d20c5be1f7a94e83", "b1b2c3d4e5f60718").replace("KSI Kelas 9A", "Asal")
    own = own.replace("prefix: KSI9A\n", "").replace("1.0.0", "3.0.0")
    write(project, "cards/kelas/deck.yaml", own + "in_place: true\n")
    write(project, CHANGES, block({"satu": {"depan": "Siji"}}))
    fix(project)
    return project


def test_in_place_it_updates_upstreams_students(kartu: Run, tmp_path: Path) -> None:
    """By choice the edition is upstream's deck to Anki: its notes are updated where they are."""
    project = in_place(tmp_path)
    assert [one[2] for one in codes(project)] == ["upstream-identity"]
    upstream = project / "upstream/ksi"
    assert kartu("build", cwd=upstream).returncode == 0
    late = {"SOURCE_DATE_EPOCH": "1790001000"}
    done = kartu("build", cwd=project, env=late)
    assert "upstream-identity" in done.stderr
    with collection(tmp_path / "anki") as col:
        import_package(col, upstream / "build/asal.apkg")
        before = {one.id for one in cards(col)}
        imported = import_package(col, project / "build/kelas.apkg")
        assert (imported.new, imported.updated) == (0, 4)
        assert {one.id for one in cards(col)} == before
        assert {one.note()["Depan"] for one in cards(col)} == {"Siji", "Dua", "Tiga", "Empat"}


def test_in_place_without_upstreams_ledger_is_no_first_release(kartu: Run, tmp_path: Path) -> None:
    """For students it is an update: `check` says what to copy first, the release what is lost."""
    project = in_place(tmp_path)
    assert kartu("release", cwd=project / "upstream/ksi").returncode == 0
    assert "warning[ledger-not-copied]" in kartu("check", cwd=project).stdout
    done = kartu("release", cwd=project)
    assert done.returncode == 0
    assert "warning[ledger-not-copied]" in done.stderr
    assert "an update of the extended deck: all 4 notes are replaced" in done.stdout
    changelog = (project / "cards/kelas/changelog.md").read_text("utf-8")
    assert "Semua 4 kartu diganti" in changelog
    assert "first release" not in done.stdout
    assert "Terbitan pertama" not in changelog


def test_in_place_with_upstreams_ledger(kartu: Run, tmp_path: Path) -> None:
    """A release then touches only what is other, and upstream's students lose nothing."""
    project = in_place(tmp_path)
    upstream = project / "upstream/ksi"
    assert release(ReleaseOptions(upstream), markdown).packages
    ledger = (upstream / "cards/asal/ledger.jsonl").read_text("utf-8")
    write(project, "cards/kelas/ledger.jsonl", ledger)
    assert "ledger-not-copied" not in kartu("check", cwd=project).stdout
    done = kartu("release", cwd=project)
    assert "kelas 3.0.1 released" in done.stdout + done.stderr
    assert "touches 1 of 4 published notes" in done.stdout + done.stderr
    old = upstream / "build/asal.apkg"
    done = kartu("verify", project / "build/kelas.apkg", "--from", old, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
