"""Releases in odd circumstances: hand-made edits, lost files, killed runs, wrong clocks."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from support.program import Run
from support.projects import write_project

from kartu.core.usage import UsageError
from kartu.pipeline import BuildOptions, build
from kartu.publish.release import ReleaseOptions, release
from kartu.report.diff import markdown

DAY = 86_400
UID = "a1b2c3d4e5f60718"
DECK = "cards/contoh/deck.yaml"
SET = "cards/contoh/kartu.yaml"
NOTES = "".join(f"  - {{id: n{n}, depan: Soal {n}, belakang: Jawab {n}}}\n" for n in range(12))
PROJECT = f"--- {SET}\nnote_type: dasar\nnotes:\n{NOTES}"
ENGLISH = "--- cards/contoh/i18n/en.yaml\nuid: e1b2c3d4e5f60718\nname: Example\n"


@pytest.fixture
def published(kartu: Run, tmp_path: Path) -> Path:
    """A deck and a language variant with a first release."""
    root = write_project(tmp_path / "p", PROJECT, ENGLISH)
    assert kartu("release", cwd=root).returncode == 0
    return root


def edit(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ("cards/contoh/ledger.jsonl", "get it back: git restore"),
        ("cards/contoh/ledger.en.jsonl", "get it back: git restore"),
        ("cards/contoh/i18n/en.yaml", "restore i18n/en.yaml"),
    ],
)
def test_what_was_published_does_not_vanish(
    kartu: Run, published: Path, gone: str, words: str
) -> None:
    """Without its ledger every note would be new; without its file a variant would get nothing."""
    (published / gone).unlink()
    done = kartu("check", cwd=published)
    assert (done.returncode, "error[ledger-missing]" in done.stdout) == (1, True)
    assert words in done.stdout
    assert kartu("release", cwd=published).returncode == 1


def test_nothing_to_restamp_before_a_release(kartu: Run, tmp_path: Path) -> None:
    """It is refused in words."""
    done = kartu("release", "--restamp", cwd=write_project(tmp_path, PROJECT))
    assert (done.returncode, "never released" in done.stderr) == (1, True)


@pytest.mark.parametrize("ahead", [30 * DAY, 5000 * DAY])
def test_a_clock_that_was_ahead_is_noticed_and_repaired(
    kartu: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    """The next release refuses and names both ways out; the one that costs students says what."""
    root = write_project(tmp_path / "now", PROJECT)
    assert release(ReleaseOptions(root), markdown).packages
    first = times(root)
    clock = time.time()
    monkeypatch.setattr("kartu.core.clock.time.time", lambda: clock + ahead)
    for old, new in (("Jawab 3", "Jawaban 3"), ("Jawab 4", "Jawaban 4")):
        edit(root, SET, old, new)
        assert release(ReleaseOptions(root), markdown).packages
    monkeypatch.undo()
    wrong = times(root)
    edit(root, SET, "Jawab 5", "Jawaban 5")
    done = kartu("release", cwd=root)
    day = time.strftime("%Y-%m-%d", time.gmtime(wrong["n4"]))
    assert (done.returncode, "kartu release --restamp" in done.stderr) == (1, True)
    assert f"release this from {day} on; or put these changes aside" in done.stderr
    later = shutil.copytree(root, tmp_path / "later")
    with monkeypatch.context() as then:
        then.setattr("kartu.core.clock.time.time", lambda: wrong["n4"] - wrong["n4"] % DAY)
        assert release(ReleaseOptions(later), markdown).packages
    assert times(later)["n5"] > wrong["n4"]
    edit(root, SET, "Jawaban 5", "Jawab 5")
    moved = kartu("release", "--restamp", cwd=root)
    assert moved.returncode == 0, moved.stderr
    assert "set to now" in moved.stdout
    assert "later corrections of the 2 notes" in moved.stdout
    right = times(root)
    assert [key for key in right if right[key] != wrong[key]] == ["n3", "n4"]
    assert first["n3"] < right["n3"] < right["n4"] <= time.time() + 2
    today = time.strftime("%Y-%m-%d", time.gmtime(right["n4"]))
    changelog = (root / "cards/contoh/changelog.md").read_text("utf-8")
    assert changelog.count(f"({today})") == 3
    edit(root, SET, "Jawab 5", "Jawaban 5")
    assert kartu("release", cwd=root).returncode == 0
    assert kartu("build", "--released", "--check", cwd=root).returncode == 0


@pytest.mark.parametrize("year", [1970, 1999, 2107])
def test_an_impossible_clock_releases_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, year: int
) -> None:
    """Its ledger could not be read again; a draft could not be imported."""
    root = write_project(tmp_path, PROJECT)
    monkeypatch.setattr("kartu.core.clock.time.time", lambda: (year - 1970) * 365.25 * DAY)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    for run in (lambda: release(ReleaseOptions(root), markdown), lambda: build(BuildOptions(root))):
        with pytest.raises(UsageError, match=f"it is {year}-.*set it right"):
            run()
    assert sorted(os.listdir(root / "cards/contoh")) == ["deck.yaml", "kartu.yaml"]
    assert not (root / "build").exists()


def test_a_lost_package_is_built_again(kartu: Run, published: Path) -> None:
    """With nothing to release, what the ledger says is built, where it is not there."""
    package = published / "build/contoh.apkg"
    before = package.read_bytes()
    (published / "build/manifest.json").unlink()
    package.write_bytes(b"half a package")
    done = kartu("release", cwd=published)
    assert "nothing to release" in done.stdout
    assert "contoh.apkg" in done.stdout
    assert package.read_bytes() == before
    there = {path: path.stat().st_mtime_ns for path in published.rglob("*")}
    assert "contoh.apkg" not in kartu("release", cwd=published).stdout
    assert {path: path.stat().st_mtime_ns for path in published.rglob("*")} == there


def times(root: Path) -> dict[str, int]:
    """The time of each note in the ledger."""
    lines = (root / "cards/contoh/ledger.jsonl").read_text("utf-8").splitlines()
    return {one["note"]: one["time"] for one in map(json.loads, lines) if "note" in one}


def test_a_version_raised_by_hand_is_released(kartu: Run, published: Path) -> None:
    """Also without another change, so that it can be built as released."""
    edit(published, DECK, "1.0.0", "1.5.0")
    assert "1.5.0 released" in kartu("release", cwd=published).stdout
    assert kartu("build", "--released", cwd=published).returncode == 0


@pytest.mark.parametrize(
    "deck",
    [
        f'{{"id": contoh, "uid": {UID}, name: "version: 1.0.0", language: id, "version": 1.0.0}}\n',
        f"id: contoh\nuid: {UID}\nname: Contoh\nlanguage: id\nversion:\n  1.0.0\n",
        f"id: contoh\nuid: {UID}\nname: Contoh\nlanguage: id\nversion : '1.0.0' # 1.0.0\n",
    ],
)
def test_the_version_is_written_where_it_stands(kartu: Run, tmp_path: Path, deck: str) -> None:
    """In whatever style of YAML; nothing else that looks like it is touched."""
    root = write_project(tmp_path, PROJECT, f"--- {DECK}\n{deck}")
    assert kartu("release", cwd=root).returncode == 0
    edit(root, SET, "Jawab 3", "Jawaban 3")
    assert kartu("release", cwd=root).returncode == 0
    head, _, tail = deck.rpartition("1.0.0" if "#" not in deck else "'1.0.0'")
    new = "1.0.1" if "#" not in deck else "'1.0.1'"
    assert (root / DECK).read_text("utf-8") == head + new + tail
    assert kartu("check", cwd=root).returncode == 0


def test_a_version_that_cannot_be_written_stops(kartu: Run, published: Path) -> None:
    """In a folded block it is told where to write it plainly, and nothing has changed."""
    edit(published, DECK, "version: 1.0.0", "version: >-\n  1.0.0")
    edit(published, SET, "Jawab 3", "Jawaban 3")
    before = (published / "cards/contoh/ledger.jsonl").read_bytes()
    done = kartu("release", cwd=published)
    assert done.returncode == 2
    assert f"{DECK}:5:10: write the version as plain text" in done.stderr
    assert (published / "cards/contoh/ledger.jsonl").read_bytes() == before


def test_an_output_folder_in_the_way_stops_before_the_release(kartu: Run, published: Path) -> None:
    """A release whose package cannot be written is not made."""
    edit(published, SET, "Jawab 3", "Jawaban 3")
    (published / "file").write_text("x")
    before = (published / "cards/contoh/ledger.jsonl").read_bytes()
    assert kartu("release", "-o", "file/x", cwd=published).returncode == 2
    assert (published / "cards/contoh/ledger.jsonl").read_bytes() == before


def test_the_changelog_compares_with_the_release_not_a_draft(kartu: Run, published: Path) -> None:
    """A draft built between does not hide what has changed since the release."""
    edit(published, SET, "Jawab 3", "Jawaban 3")
    assert kartu("build", cwd=published).returncode == 0
    edit(published, SET, "Jawab 4", "Jawaban 4")
    assert kartu("release", cwd=published).returncode == 0
    changelog = (published / "cards/contoh/changelog.md").read_text("utf-8")
    assert "Soal 3" in changelog
    assert "Soal 4" in changelog


def test_a_changelog_that_cannot_be_read_is_not_replaced(kartu: Run, published: Path) -> None:
    """Nothing a teacher wrote is lost."""
    path = published / "cards/contoh/changelog.md"
    path.write_bytes(b"# Caf\xe9\n")
    edit(published, SET, "Jawab 3", "Jawaban 3")
    assert kartu("release", cwd=published).returncode == 2
    assert path.read_bytes() == b"# Caf\xe9\n"


def test_an_id_that_was_taken_away_is_remembered(kartu: Run, published: Path) -> None:
    """Given to another note of another type it is refused, as it would be to a published one."""
    edit(published, SET, "  - {id: n5, depan: Soal 5, belakang: Jawab 5}\n", "")
    assert kartu("release", "--major", "salah", cwd=published).returncode == 0
    assert kartu("check", cwd=published).returncode == 0
    assert '"note":"n5"' in (published / "cards/contoh/ledger.jsonl").read_text("utf-8")
    edit(published, SET, "notes:\n", "notes:\n  - {id: n5, depan: Lain, belakang: Lain}\n")
    done = kartu("release", cwd=published)
    assert "touches 2 of" in done.stdout  # in the deck and its variant


def test_a_ledger_with_odd_values_is_located(kartu: Run, published: Path) -> None:
    """A line whose members are not of their kind is no line of a ledger."""
    path = published / "cards/contoh/ledger.jsonl"
    lines = path.read_text("utf-8").splitlines()
    types = json.loads(next(line for line in lines if line.startswith('{"type"')))
    for change in ({"past": None}, {"time": 5}, {"version": 1}, {"cards": {"x": "y"}}):
        odd = json.dumps({**types, **change}, separators=(",", ":"))
        path.write_text("\n".join([*lines, odd]) + "\n", "utf-8")
        done = kartu("check", cwd=published)
        assert f"ledger.jsonl:{len(lines) + 1}:1: error[ledger-unreadable]" in done.stdout
