"""A student goes from one edition of a deck to another and back, and loses nothing."""

from __future__ import annotations

import json
from itertools import groupby, permutations
from pathlib import Path
from typing import Any

import pytest
from support.gates import gate
from support.program import Run
from support.sampling import sampled

from kartu.publish.verify.package import read_package

Packages = list[dict[str, Any]]


@pytest.fixture(scope="module")
def out(kartu: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every deck here with all its editions and languages."""
    folder = tmp_path_factory.mktemp("build")
    done = kartu("build", "-o", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def decks(out: Path) -> list[Packages]:
    """The packages of each deck and language that come in several editions."""
    told = json.loads((out / "manifest.json").read_text("utf-8"))["packages"]
    told.sort(key=lambda one: one["uid"])
    found = [list(group) for _, group in groupby(told, lambda one: one["uid"])]
    found = [packages for packages in found if len(packages) > 1]
    if not found:
        pytest.skip("no deck here has editions")
    return found


def test_every_way_between_editions_is_safe(out: Path, decks: list[Packages]) -> None:
    """In the real Anki: progress, edits and tags stay, whichever edition follows on which.

    The largest edition is imported afresh; .ci/run tries more of them, and of the ways between two
    editions, and KARTU_ALL_TESTS=1 all. `pytest -s`
    prints how many notes of the old edition are outside the new one.
    """
    for packages in decks:
        files = [out / one["file"] for one in packages]
        for file in sampled(sorted(files, key=size, reverse=True), 4):
            assert gate(file).findings == []  # a medium that no note uses is a finding too
        for old, new in sampled(list(permutations(files, 2)), 11):
            report = gate(new, old)
            outside = report.counts.get("outside", 0)
            print(f"\n{old.name} → {new.name}: {outside} outside")
            assert report.findings == []
            assert outside == len(notes(old) - notes(new))


def size(package: Path) -> int:
    return package.stat().st_size


def notes(package: Path) -> set[str]:
    return set(read_package(str(package)).notes)
