"""A project of an older kartu: nothing of its author's is changed, and no student notices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.program import Run

from kartu.core.version import __version__

LATER = {"shown", "earlier", "fields", "words", "original", "fronts", "backs", "texts"}


@pytest.fixture
def project(kartu: Run, tmp_path: Path) -> Path:
    """A released project with copies of the templates and CI."""
    root = tmp_path / "biologi"
    done = kartu("new", root, "--name", "Biologi", "--templates", "--ci", "github", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert kartu("release", cwd=root).returncode == 0
    return root


def _contents(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_a_ledger_of_an_older_kartu_says_what_was_published(kartu: Run, project: Path) -> None:
    """Its lines lack what kartu has recorded since; no note is touched for that."""
    (path,) = project.glob("cards/*/ledger.jsonl")
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for line in lines:
        for name in LATER - ({"fields"} if "type" in line and "note" not in line else set()):
            line.pop(name, None)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    assert kartu("check", cwd=project).returncode == 0
    assert "nothing to release" in kartu("release", "--dry-run", cwd=project).stdout


def test_only_what_is_named_is_replaced(kartu: Run, project: Path) -> None:
    """The difference is shown first; a note type gets the files that it does not have."""
    workflow = project / ".github/workflows/decks.yml"
    style = project / "templates/istilah/style.css"
    front = next((project / "templates/tanya").glob("*.front.html"))
    for path in (workflow, style):
        path.write_text(path.read_text("utf-8") + "\n# changed\n", "utf-8")
    front.unlink()
    tanya = project / "templates/tanya/note_type.yaml"
    tanya.write_text("# older\n" + tanya.read_text("utf-8"), "utf-8")
    before = _contents(project)
    shown = kartu("new", ".", "--update", "--diff", cwd=project)
    assert "-# changed" in shown.stdout
    assert "-# older" in shown.stdout
    assert _contents(project) == before
    named = ("--replace", ".github", "--replace", "templates/tanya")
    done = kartu("new", ".", "--update", *named, cwd=project)
    assert "unchanged, but not as kartu makes it today: templates/istilah/style.css" in done.stdout
    after = _contents(project)
    assert {path for path in after if after[path] != before.get(path)} == {
        ".github/workflows/decks.yml",
        "templates/tanya/note_type.yaml",
        front.relative_to(project).as_posix(),
    }
    assert before.keys() <= after.keys()
    again = kartu("new", ".", "--update", *named, cwd=project)
    assert again.returncode == 2
    assert "nothing in .github is to be replaced" in again.stderr


@pytest.mark.parametrize(
    ("requirement", "works"),
    [
        (f"kartu[sheets,verify]=={__version__}", True),
        ("kartu == 999.0.1", False),
        ("kartu>=999", False),
        ("# kartu 999.1.0 or newer\nkartu @ git+https://contoh.example/kartu", False),
        ("# kartu 0.9 or newer", True),
        ("kartu-tools==999.0.0\nother==999", True),
        ("kartu==" + "9" * 5000, True),
        ("\x00\xff", True),
    ],
)
def test_an_older_kartu_says_that_it_is_older(
    kartu: Run, tmp_path: Path, requirement: str, works: bool
) -> None:
    """A project names the kartu that it needs, for pip or in words; all else says nothing."""
    root = tmp_path / "biologi"
    assert kartu("new", root, "--name", "Biologi", cwd=tmp_path).returncode == 0
    (root / "requirements.txt").write_text(f"{requirement}\n", "utf-8")
    done = kartu("check", cwd=root)
    assert done.returncode == (0 if works else 2)
    assert ("this project needs kartu 999" in done.stderr) == (not works)
