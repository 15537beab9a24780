"""Killed at any moment, `build` and `release` leave all files old or all files new.

KARTU_KILLS=200 pytest -s tests/test_kill.py tries more moments and prints how many fell between
the first and the last file operation.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from support.projects import write_project

KILLS = int(os.environ.get("KARTU_KILLS", "24"))

# Many editions: the writing takes long enough to be hit.
EDITIONS = "".join(f"  e{n:02}: {{include: 'not id:n{n % 12}'}}\n" for n in range(60))
DECK = f"""--- cards/contoh/deck.yaml
id: contoh
uid: a1b2c3d4e5f60718
name: Contoh
language: id
version: 1.0.0
editions:
{EDITIONS}--- cards/contoh/kartu.yaml
note_type: dasar
notes:
""" + "".join(f"  - {{id: n{n}, depan: Soal {n}, belakang: Jawab {n}}}\n" for n in range(12))

SOURCES = ("ledger.jsonl", "deck.yaml", "changelog.md")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")


def run(root: Path, checkout: Path, command: str, cache: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(checkout / "build_deck.py"), "-q", command],
        cwd=root,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1790000000", "XDG_CACHE_HOME": str(cache)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def contents(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    return {name: sha256((folder / name).read_bytes()).hexdigest() for name in names}


@pytest.mark.parametrize("command", ["build", "release"])
def test_a_kill_tears_no_file(tmp_path: Path, root: Path, command: str) -> None:
    """After each kill packages are whole, the ledger is readable, and the next run cleans up."""
    cache = tmp_path / "cache"
    start = write_project(tmp_path / "start", DECK)
    assert run(start, root, "release", cache).wait() == 0
    path = start / "cards/contoh/kartu.yaml"
    path.write_text(path.read_text("utf-8").replace("Jawab 3", "Jawaban 3"), "utf-8")
    old = contents(start / "cards/contoh", SOURCES)
    begun = time.monotonic()
    whole = shutil.copytree(start, tmp_path / "whole")
    begun = time.monotonic()
    assert run(whole, root, command, cache).wait() == 0
    length = time.monotonic() - begun
    chance, within = random.Random(7), 0
    for number in range(KILLS):
        project = shutil.copytree(start, tmp_path / f"p{number}")
        process = run(project, root, command, cache)
        if number % 2:  # at any moment; else in the short while in which files are written
            time.sleep(chance.uniform(0, 1.1) * length)
        else:
            _wait_for_writing(project, process)
            time.sleep(chance.uniform(0, 0.1) * length if number % 4 else 0)
        process.send_signal(signal.SIGKILL)
        process.wait()
        within += _look(project, whole, command, old)
        _next_run(project, root, cache)
        shutil.rmtree(project)
    print(f"\n{command}: {KILLS} kills, {within} of them between first and last file operation")
    assert within >= KILLS // 8, "too few to tell anything"


def _wait_for_writing(project: Path, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None and not _temporaries(project):
        time.sleep(0.0002)


def _temporaries(project: Path) -> list[Path]:
    folders = (project / "build", project / "cards/contoh")
    return [path for folder in folders for path in folder.glob(".kartu-*")]


def _look(project: Path, whole: Path, command: str, old: dict[str, str]) -> bool:
    """Whether the kill fell among the file operations; what is there must be whole."""
    left = _temporaries(project)
    for package in project.glob("build/*.apkg"):
        with zipfile.ZipFile(package) as archive:
            assert archive.testzip() is None
    for line in (project / "cards/contoh/ledger.jsonl").read_text("utf-8").splitlines():
        json.loads(line)
    json.loads((project / "build/manifest.json").read_text("utf-8"))
    changed = contents(project / "cards/contoh", SOURCES) != old
    built = (project / "build/manifest.json").read_bytes()
    final = (whole / "build/manifest.json").read_bytes()
    return bool(left) or (command == "release" and changed and built != final)


def _next_run(project: Path, checkout: Path, cache: Path) -> None:
    """Afterwards nothing temporary is left, and the sources are all old or all new."""
    assert run(project, checkout, "build", cache).wait() == 0
    assert _temporaries(project) == []
    folder = project / "cards/contoh"
    version = "1.0.1" if "version: 1.0.1" in (folder / "deck.yaml").read_text() else "1.0.0"
    releases = (folder / "ledger.jsonl").read_text("utf-8")
    assert ('"release":"1.0.1"' in releases) == (version == "1.0.1")
    assert ("## 1.0.1" in (folder / "changelog.md").read_text("utf-8")) == (version == "1.0.1")
