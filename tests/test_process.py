"""What a program that uses kartu as a library keeps: its threads, streams, settings and end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.projects import write_project

# How many fresh processes load genanki.
LOADS = int(os.environ.get("KARTU_LOADS", "3"))

OTHER_THREAD = """
import sys, threading
faults = []
def use_asyncio():
    while "genanki" not in sys.modules:
        pass
    try:
        import asyncio
        for _ in range(100):
            asyncio.Lock(), asyncio.iscoroutinefunction(print), asyncio.sleep
        asyncio.run(asyncio.sleep(0))
    except BaseException as error:
        faults.append(repr(error))
thread = threading.Thread(target=use_asyncio)
thread.start()
import kartu.package.anki
thread.join()
sys.exit("".join(faults) or 0)
"""

CALLER = """
import atexit, gc, sys, warnings
def process():
    streams = [(one, one.encoding, one.errors) for one in (sys.stdout, sys.stderr)]
    return streams, list(warnings.filters), gc.isenabled(), dict(sys.modules).get("asyncio")
from kartu.cli.main import main
before = process()
atexit.register(print, "atexit")
sys.argv = ["kartu", "--no-cache", "-q", *sys.argv[1:]]
try:
    main()
finally:
    print("finally", process() == before)
"""


def python(code: str, cwd: Path, root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("number", range(LOADS))
def test_other_threads_may_use_asyncio_while_genanki_loads(root: Path, number: int) -> None:
    """What kartu imports is imported as anywhere: no other thread sees half of it."""
    done = python(OTHER_THREAD, root, root)
    assert (done.returncode, done.stderr) == (0, ""), number


@pytest.mark.parametrize(("command", "status"), [("check", 0), ("build", 1), ("--help", 0)])
def test_main_ends_like_any_function(root: Path, tmp_path: Path, command: str, status: int) -> None:
    """A caller's finally and atexit run, its process is as it was, SystemExit has the status."""
    wrong = "--- cards/contoh/salah.yaml\nnote_type: lain\nnotes: []\n"
    project = write_project(tmp_path, wrong if status else "")
    done = python(CALLER, project, root, command)
    assert done.stdout.splitlines()[-2:] == ["finally True", "atexit"], done.stderr
    assert done.returncode == status
