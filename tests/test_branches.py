"""Two branches release at the same time and are merged: no student of either loses anything."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from support.gates import gates_here
from support.program import Run, hours_ago
from support.projects import needs_git, write_project

from kartu.publish.verify import VerifyOptions, verify

NOTES = "".join(f"  - id: n{n}\n    depan: Soal {n}\n    belakang: Jawab {n}\n" for n in range(12))
DECK = f"--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n{NOTES}"


def git(root: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


@needs_git
@pytest.mark.parametrize("first", ["satu", "dua"])
def test_releases_on_two_branches_merge(kartu: Run, tmp_path: Path, root: Path, first: str) -> None:
    """Whichever is merged into which: check tells it, release mends it, updates are harmless."""
    project = write_project(tmp_path / "p", DECK)
    shutil.copy(root / ".gitattributes", project)
    (project / ".gitignore").write_text("/build/\n")
    git(project, "init", "-q", "-b", "main")
    with hours_ago(3):
        assert kartu("release", cwd=project).returncode == 0
    git(project, "add", "-A")
    git(project, "commit", "-qm", "1.0.0")
    packages = {}
    for branch, number, hours in (("satu", 2, 2), ("dua", 9, 1)):
        git(project, "checkout", "-q", "-b", branch, "main")
        path = project / "cards/contoh/kartu.yaml"
        text = path.read_text("utf-8")
        path.write_text(text.replace(f"Jawab {number}\n", f"Jawaban {branch}\n"), "utf-8")
        with hours_ago(hours):
            assert kartu("release", cwd=project).returncode == 0
        packages[branch] = tmp_path / f"{branch}.apkg"
        shutil.copy(project / "build/contoh.apkg", packages[branch])
        git(project, "commit", "-qam", branch)
    second = "dua" if first == "satu" else "satu"
    git(project, "checkout", "-q", first)
    git(project, "merge", "-q", "--no-edit", second)
    told = kartu("check", cwd=project)
    assert "error[version-released-twice]" in told.stdout
    done = kartu("release", cwd=project)
    assert done.returncode == 0, done.stderr
    assert kartu("check", cwd=project).stdout == "kartu: no faults\n"
    merged = project / "build/contoh.apkg"
    with gates_here():
        result = verify(VerifyOptions(merged, tuple(packages.values())))
    assert [gate.findings for gate in result.gates if gate.findings] == []
    assert [gate.counts["updated"] for gate in result.gates[1:]] == [1, 1]
