"""The command line: exit codes, where results go, and what happens when something is wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.program import Run
from support.projects import write_project

from kartu.cli.main import COMMANDS

BROKEN = "--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n  - {id: a}\n"


def test_without_a_command_it_builds(kartu: Run, tmp_path: Path) -> None:
    """`python build_deck.py` builds every deck and prints a table of what it made."""
    done = kartu(cwd=write_project(tmp_path))
    assert done.returncode == 0, done.stderr
    heads = ["package", "version", "decks", "notes", "cards", "media", "size"]
    assert done.stdout.splitlines()[0].split() == heads
    assert "contoh.apkg" in done.stdout
    assert sorted(os.listdir(tmp_path / "build")) == ["contoh.apkg", "manifest.json"]


def test_another_folder_is_named_by_option(kartu: Run, tmp_path: Path) -> None:
    """-C builds the project of another folder, into that project."""
    write_project(tmp_path / "sekolah")
    (tmp_path / "sini").mkdir()
    done = kartu("-C", tmp_path / "sekolah", "build", "contoh", cwd=tmp_path / "sini")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sekolah" / "build" / "contoh.apkg").exists()
    assert os.listdir(tmp_path / "sini") == []


def test_paths_are_shown_from_where_one_stands(kartu: Run, tmp_path: Path) -> None:
    """Below the current folder a path can be clicked; elsewhere it counts from the project."""
    root = write_project(tmp_path / "sekolah", BROKEN)
    here = kartu("-C", "sekolah", "check", cwd=tmp_path).stdout
    there = kartu("-C", root, "check", cwd=tmp_path.parent.parent / "..").stdout
    elsewhere = kartu("-C", root, "check", cwd=root / "cards").stdout
    assert here.startswith("sekolah/cards/contoh/kartu.yaml:3:5: error[missing-field]")
    assert there.split(":")[0].endswith("sekolah/cards/contoh/kartu.yaml")
    assert elsewhere.startswith("cards/contoh/kartu.yaml:3:5:")


def test_an_error_leaves_every_file_as_it_was(kartu: Run, tmp_path: Path) -> None:
    """A failing build exits with 1 and changes nothing, even where it would have built others."""
    root = write_project(tmp_path)
    assert kartu(cwd=root).returncode == 0
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    write_project(
        root,
        "--- cards/kedua/deck.yaml\nid: kedua\nuid: b1b2c3d4e5f60718\nname: Kedua\nlanguage: id\n"
        "version: 1.0.0\n--- cards/kedua/k.yaml\nnote_type: dasar\nnotes:\n  - {id: a}\n",
        base=False,
    )
    done = kartu(cwd=root)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[missing-field]" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in before if path.is_file()} == {
        path: time for path, time in before.items() if path.is_file()
    }
    assert sorted(os.listdir(root / "build")) == ["contoh.apkg", "manifest.json"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["build", "contho"], 'there is no deck "contho"; did you mean "contoh"?'),
        (["check", "cards/lain"], 'the project has no file or folder "cards/lain"'),
        (["buld"], 'there is no command "buld"; did you mean "build"?'),
        (["-C", "nowhere"], "does not exist"),
        (["build", "--released-not"], "No such option"),
    ],
)
def test_wrong_use_exits_with_2(
    kartu: Run, tmp_path: Path, arguments: list[str], words: str
) -> None:
    """What was called wrongly is said in a line, and how it can be called."""
    done = kartu(*arguments, cwd=write_project(tmp_path))
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_wrong_use(kartu: Run, tmp_path: Path) -> None:
    """A file where the output folder should be is told without a traceback."""
    root = write_project(tmp_path)
    (root / "build").write_text("a file")
    done = kartu(cwd=root)
    assert done.returncode == 2
    assert "cannot write into" in done.stderr


def test_a_wrong_time_is_wrong_use(kartu: Run, tmp_path: Path) -> None:
    """SOURCE_DATE_EPOCH must be a time that Anki can live with."""
    for value in ("yesterday", "0", "-1", "99999999999"):
        done = kartu(cwd=write_project(tmp_path), env={"SOURCE_DATE_EPOCH": value})
        assert done.returncode == 2
        assert "SOURCE_DATE_EPOCH" in done.stderr


def test_a_fault_of_ours_says_so(tmp_path: Path, root: Path) -> None:
    """An exception that nobody foresaw ends with 3, the traceback and where to report it."""
    code = (
        "import kartu.pipeline, kartu.cli.main\n"
        "def broken(*a): raise RuntimeError('boom')\n"
        "kartu.pipeline.check = broken\n"
        "import sys; sys.argv = ['kartu', 'check']\n"
        "kartu.cli.main.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=write_project(tmp_path),
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "RuntimeError: boom" in done.stderr
    assert "a fault of kartu itself" in done.stderr
    assert "report" in done.stderr


def test_check_speaks_json(kartu: Run, tmp_path: Path) -> None:
    """--format json gives an array of objects with these keys on stdout."""
    done = kartu("check", "--format", "json", cwd=write_project(tmp_path, BROKEN))
    (fault,) = json.loads(done.stdout)
    assert done.returncode == 1
    assert fault == {
        "path": "cards/contoh/kartu.yaml",
        "line": 3,
        "column": 5,
        "severity": "error",
        "code": "missing-field",
        "message": 'the note has no "depan", which dasar requires',
        "help": 'add a line "depan: ..."',
        "related": [],
    }
    clean = kartu("check", "--format", "json", cwd=write_project(tmp_path / "ok"))
    assert (clean.returncode, json.loads(clean.stdout)) == (0, [])


def test_check_can_look_at_a_part(kartu: Run, tmp_path: Path) -> None:
    """A PATH limits what is told and what the exit status means."""
    root = write_project(tmp_path, BROKEN)
    assert kartu("check", "templates", cwd=root).returncode == 0
    assert kartu("check", "cards/contoh", cwd=root).returncode == 1
    assert kartu("check", "cards/contoh/deck.yaml", "templates", cwd=root).returncode == 0


def test_warnings_count_only_when_strict(kartu: Run, tmp_path: Path) -> None:
    """A warning leaves the exit status 0, and makes it 1 under --strict; it stops no build."""
    root = write_project(tmp_path, "--- cards/contoh/sisa.yml\nx\n")
    assert kartu("check", cwd=root).returncode == 0
    assert kartu("check", "--strict", cwd=root).returncode == 1
    assert kartu("build", cwd=root).returncode == 0


def test_colours_are_for_terminals(kartu: Run, tmp_path: Path) -> None:
    """Without a terminal there is no colour, unless it is asked for."""
    root = write_project(tmp_path, BROKEN)
    assert "\x1b[" not in kartu("check", cwd=root).stdout
    assert "\x1b[" in kartu("--color", "always", "check", cwd=root).stdout


def test_quiet_prints_faults_only(kartu: Run, tmp_path: Path) -> None:
    """-q leaves nothing to print where all is right; -v says what is done."""
    root = write_project(tmp_path)
    quiet = kartu("-q", cwd=root)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    assert kartu("-v", cwd=root).stderr == "kartu: nothing has changed since the last build\n"
    assert "kartu: cards/contoh/kartu.yaml" in kartu("-v", "--no-cache", cwd=root).stderr


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_has_examples(kartu: Run, command: str) -> None:
    """--help of kartu and of each command shows how it is called."""
    done = kartu(*command.split(), "--help")
    assert done.returncode == 0
    assert "Examples:" in done.stdout


def test_an_empty_folder_says_what_to_do(kartu: Run, tmp_path: Path) -> None:
    """Outside a project the error says what is missing and how to name the folder."""
    done = kartu(cwd=tmp_path)
    assert done.returncode == 1
    assert re.search(r"error\[no-deck\].*\n.*kartu -C FOLDER", done.stderr)


def test_a_killed_build_leaves_nothing_behind(kartu: Run, tmp_path: Path) -> None:
    """What a run that was killed left in the output folder, the next one clears away."""
    root = write_project(tmp_path)
    out = root / "build"
    out.mkdir()
    (out / ".kartu-4194304-contoh.apkg.tmp").write_text("half a package")
    assert kartu(cwd=root).returncode == 0
    assert sorted(os.listdir(out)) == ["contoh.apkg", "manifest.json"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("kartu exp", ["explain", "export"]),
        ("kartu build c", ["contoh"]),
        ("kartu export c", ["contoh"]),
        ("kartu diff --deck c", ["contoh"]),
        ("kartu build x", []),
        ("kartu explain no-c", ["no-card"]),
        ("kartu check --ignore stale,near-d", ["stale,near-duplicate"]),
    ],
)
def test_the_shell_completes_commands_decks_and_codes(
    kartu: Run, tmp_path: Path, words: str, found: list[str]
) -> None:
    """What a shell with completion offers after these words."""
    root = write_project(tmp_path)
    env = {"_KARTU_COMPLETE": "bash_complete", "COMP_WORDS": words}
    env["COMP_CWORD"] = str(len(words.split()) - 1)
    done = kartu(cwd=root, env=env)
    assert [line.partition(",")[2] for line in done.stdout.split()] == found
