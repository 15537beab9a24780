"""What differs from system to system: consoles, encodings, line ends, names of files."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from pathlib import Path
from subprocess import run
from typing import Literal

import pytest
from support.program import Run
from support.projects import needs_git, write_project

from kartu.core.diagnostics import Diagnostics
from kartu.load.files import Files
from kartu.review.names import check_names

# A Windows of Western Europe, one of the DOS time, and a Linux without a locale.
CONSOLES = [
    {"PYTHONIOENCODING": "cp1252"},
    {"PYTHONIOENCODING": "cp437"},
    {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
]
STRANGE = "--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n  - {id: É→🙂, depan: a}\n"
PICTURE = """--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {key: depan, name: Depan, id: 1, required: true}
  - {key: belakang, name: Belakang, id: 2, format: image}
cards:
  - {id: 1, name: Maju, front: maju.front.html, back: maju.back.html}
"""


def run_raw(folder: Path, root: Path, env: dict[str, str], *arguments: str) -> bytes:
    command = [sys.executable, str(root / "build_deck.py"), *arguments]
    done = run(command, cwd=folder, env=environment(env), capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    return done.stdout


def environment(more: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "GITHUB_ACTIONS": "", **more}


@pytest.mark.parametrize("console", CONSOLES, ids=lambda env: "-".join(env.values()))
def test_a_report_is_json_whatever_the_console(
    root: Path, tmp_path: Path, console: dict[str, str]
) -> None:
    """What its encoding lacks stands there as JSON writes it, and is the same text again."""
    write_project(tmp_path, STRANGE)
    told = run_raw(tmp_path, root, console, "check", "--format", "json")
    encoding = console.get("PYTHONIOENCODING", "utf-8").replace("ascii", "utf-8")
    (fault,) = json.loads(told.decode(encoding))
    assert fault["message"].startswith('"É→🙂"')


def test_a_file_gets_utf_8(root: Path, tmp_path: Path) -> None:
    """What is redirected is UTF-8, as programs and repositories expect, on every system."""
    write_project(tmp_path, STRANGE)
    for console in ({}, CONSOLES[-1]):
        told = run_raw(tmp_path, root, console, "check")
        assert "É→🙂" in told.decode("utf-8")


# How Python warns of encodings is settled when it starts; one start serves many commands.
_IN_ONE_PROCESS = """
import json, sys
from pathlib import Path
from support.program import in_process

from support.github_host import git

for folder, program, *command in json.loads(sys.argv[1]):
    if program == "git":
        git(Path(folder), *command)
        continue
    done = in_process(*command, cwd=Path(folder))
    assert done.returncode == 0, (command, done.stderr)
"""


@needs_git
def test_no_command_relies_on_the_encoding_of_the_system(root: Path, tmp_path: Path) -> None:
    """Every file is read and written with an encoding that is named."""
    strict = {"PYTHONWARNDEFAULTENCODING": "1", "PYTHONWARNINGS": "error::EncodingWarning"}
    project = tmp_path / "p"
    package = str(project / "build/elite.apkg")
    sheet = str(tmp_path / "e.csv")
    commands = [
        ("git", "init", "--quiet"),
        ("git", "add", "--all"),
        ("git", "commit", "--quiet", "--message", "x"),
        ("kartu", "check"),
        ("kartu", "build"),
        ("kartu", "release"),
        ("kartu", "verify", package),
        ("kartu", "diff", package, str(project)),
        ("kartu", "diff", "git:HEAD", "."),
        ("kartu", "site"),
        ("kartu", "schema"),
        ("kartu", "stats"),
        ("kartu", "facts"),
        ("kartu", "export", "-o", sheet),
        ("kartu", "import", "--update", sheet, "--diff"),
        ("kartu", "import", package, "-o", str(tmp_path / "i")),
        ("kartu", "explain", "no-card"),
    ]
    new = (tmp_path, "kartu", "new", project, "--name", "Élite 🙂", "--language", "id")
    calls = [new, *((project, *command) for command in commands)]
    done = run(
        [sys.executable, "-c", _IN_ONE_PROCESS, json.dumps(calls, default=str)],
        cwd=tmp_path,
        env=environment({**strict, "PYTHONPATH": f"{root}{os.pathsep}{root / 'tests'}"}),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def test_line_ends_are_no_difference(kartu: Run, tmp_path: Path) -> None:
    """A checkout with CRLF gives the same package, to the byte, and the same ledger."""
    found = []
    for name, ends in (("lf", b"\n"), ("crlf", b"\r\n")):
        root = write_project(tmp_path / name)
        for path in root.rglob("*.*"):
            if path.is_file():
                path.write_bytes(path.read_bytes().replace(b"\n", ends))
        assert kartu("build", cwd=root).returncode == 0
        found.append((root / "build/contoh.apkg").read_bytes())
    assert found[0] == found[1]


FORMS: tuple[Literal["NFC"], Literal["NFD"]] = ("NFC", "NFD")


@pytest.mark.parametrize("written", FORMS)
def test_accents_in_names_of_files_are_no_difference(
    kartu: Run, tmp_path: Path, written: Literal["NFC", "NFD"]
) -> None:
    """A picture that an older Mac stored is found by the name that the author typed."""
    found = []
    for stored in FORMS:
        root = write_project(tmp_path / stored, PICTURE)
        name = unicodedata.normalize(written, "méja bélajar.gif")
        (root / "cards/contoh/kartu.yaml").write_text(
            "note_type: dasar\nnotes:\n"
            f"  - {{id: a, depan: A, belakang: {{file: {name}, alt: b}}}}\n",
            "utf-8",
        )
        media = root / "cards/contoh/media"
        media.mkdir()
        (media / unicodedata.normalize(stored, name)).write_bytes(b"GIF89a")
        done = kartu("check", "--ignore", "unportable-name", cwd=root)
        assert "no faults" in done.stdout, done.stdout
        assert kartu("build", cwd=root).returncode == 0
        found.append((root / "build/contoh.apkg").read_bytes())
    assert found[0] == found[1]


def test_any_folder_will_do(kartu: Run, tmp_path: Path) -> None:
    """Spaces, accents, quotes and a long way down are no fault of a project."""
    deep = tmp_path.joinpath(*["Dék 'ips' & 100% [a] "[:-1]] * 6)
    root = write_project(deep / "p")
    for command in (("check",), ("build",), ("release",), ("site",)):
        done = kartu("-C", root, *command, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


def test_the_house_has_portable_names(root: Path) -> None:
    """The decks here can be cloned on every system."""
    found = Diagnostics()
    check_names(Files(root), found)
    assert not found
