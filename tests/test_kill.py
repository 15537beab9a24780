"""Killed before any of its file operations, a run leaves all files old or all files new."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from support import killed
from support.program import ROOT, Run
from support.projects import write_project

DECK = """--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
editions:
  satu: {include: 'not id:n1'}
  dua: {include: 'not id:n2'}
--- cards/contoh/kartu.yaml
note_type: dasar
notes:
""" + "".join(f"  - {{id: n{n}, depan: Soal {n}, belakang: Jawab {n}}}\n" for n in range(4))

SOURCES = ("ledger.jsonl", "deck.yaml", "changelog.md")
BUILT = ("contoh-satu.apkg", "contoh-dua.apkg", "manifest.json")
WRITTEN = {"build": BUILT, "release": (*SOURCES, *BUILT)}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")


def digests(project: Path) -> dict[str, str]:
    """A hash of each file that the commands write."""
    paths = [project / "cards/contoh" / name for name in SOURCES]
    paths += [project / "build" / name for name in BUILT]
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.mark.parametrize("command", ["build", "release"])
def test_a_kill_tears_no_file(
    kartu: Run, surroundings: dict[str, str], tmp_path: Path, command: str
) -> None:
    """Killed before each operation in turn: packages are whole, the next run finds or makes all
    sources old or all new, and clears away what was left."""
    start = write_project(tmp_path / "start", DECK)
    assert kartu("release", cwd=start).returncode == 0
    path = start / "cards/contoh/kartu.yaml"
    path.write_text(path.read_text("utf-8").replace("Jawab 3", "Jawaban 3"), "utf-8")
    old = digests(start)
    runs = runs_of(command, start, tmp_path / "runs", surroundings)
    new = digests(runs[-1])
    assert {name for name in old if old[name] != new[name]} == {*WRITTEN[command]}
    # A temporary file is made and renamed for each, beside the journals.
    assert len(runs) > 2 * len(WRITTEN[command])
    assert any(temporaries(project) for project in runs)
    seen = set()
    for project in runs:
        look(project)
        seen.add(after_the_next_run(kartu, project, old))
    assert seen == ({"old", "new"} if command == "release" else {"old"})


def runs_of(command: str, start: Path, folder: Path, surroundings: dict[str, str]) -> list[Path]:
    """What each killed run has left, and last what the run that lived has written."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, killed.__file__, start, folder, command],
        env={**os.environ, **surroundings, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0
    return sorted(folder.iterdir(), key=lambda project: int(project.name))


def temporaries(project: Path) -> list[Path]:
    folders = (project / "build", project / "cards/contoh")
    return [path for folder in folders for path in folder.glob(".kartu-*")]


def look(project: Path) -> None:
    """What is there is whole."""
    for package in project.glob("build/*.apkg"):
        with zipfile.ZipFile(package) as archive:
            assert archive.testzip() is None
    for line in (project / "cards/contoh/ledger.jsonl").read_text("utf-8").splitlines():
        json.loads(line)
    json.loads((project / "build/manifest.json").read_text("utf-8"))


def after_the_next_run(kartu: Run, project: Path, old: dict[str, str]) -> str:
    """Whether the sources are old or new once somebody has built again; nothing else is left."""
    assert kartu("build", cwd=project).returncode == 0
    assert temporaries(project) == []
    found = digests(project)
    changed = {name for name in SOURCES if found[name] != old[name]}
    assert changed in (set(), {*SOURCES}), project
    return "new" if changed else "old"
