"""Long work shows how far it is, on a terminal and nowhere else."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from support.program import Run
from support.projects import write_project

NOTES = "--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n" + "".join(
    f"  - {{id: n{number}, depan: D{number}, belakang: B{number}}}\n" for number in range(1200)
)

# The front door, which shows progress from the first moment on.
AT_ONCE = "import kartu.cli.terminal as t, kartu.cli.program as p; t._PATIENCE = -1.0; p.run()"


def on_a_terminal(root: Path, *arguments: str) -> str:
    """What a user sees who runs kartu in a terminal of 100 columns, without its colours."""
    import pty

    process, terminal = pty.fork()
    if process == 0:
        os.environ.update({"TERM": "xterm", "COLUMNS": "100"})
        os.chdir(root)
        os.execv(sys.executable, [sys.executable, "-c", AT_ONCE, *arguments])
    seen = bytearray()
    try:
        while part := os.read(terminal, 4096):
            seen += part
    except OSError:  # how Linux tells that the other end is closed
        pass
    finally:
        os.close(terminal)
        os.waitpid(process, 0)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_terminal_shows_how_much_is_done(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can be counted has its number, and the line goes when the work is done."""
    project = write_project(tmp_path, NOTES)
    monkeypatch.setenv("PYTHONPATH", str(root))
    seen = on_a_terminal(project, "--no-cache", "build")
    assert re.search(r"contoh .* of 1,200", seen)
    assert seen.rstrip().endswith("in build, with manifest.json")


def test_elsewhere_there_is_no_progress(kartu: Run, tmp_path: Path) -> None:
    """In a pipe, in CI, nothing is told of what goes well."""
    done = kartu("--no-cache", "build", cwd=write_project(tmp_path, NOTES))
    assert (done.returncode, done.stderr) == (0, "")
