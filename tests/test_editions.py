"""A student goes from one edition of a deck to another and back, and loses nothing."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from support.program import Run

from kartu.publish.verify import VerifyOptions, verify
from kartu.publish.verify.package import read_package
from kartu.report.verify import verify_text

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

    `pytest -s` prints each way, with how many notes of the old edition are outside the new one.
    """
    for packages in decks:
        files = [out / one["file"] for one in packages]
        for new in files:
            result = verify(VerifyOptions(new, tuple(old for old in files if old != new)))
            print(f"\n{new.name}\n{verify_text(result)}", end="")
            assert len(result.gates) == len(files)
            assert result.sound, verify_text(result)  # a medium that no note uses is a finding too
            for gate in result.gates[1:]:
                left = notes(Path(gate.old or "")) - notes(new)
                assert gate.counts.get("outside", 0) == len(left)


def notes(package: Path) -> set[str]:
    return set(read_package(str(package)).notes)
