"""`PYTHON killed.py START FOLDER COMMAND`: kills a run before each of its file operations in turn.

Copies the project START to FOLDER/0, FOLDER/1 … and runs COMMAND there; the n-th run is killed
before its n-th operation on a file of the project, the last one lives. A process of its own, since
it forks: what is imported once serves all runs.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Before these Python calls its hooks (library reference, "Audit events table").
_OPERATIONS = {"open", "os.rename", "os.remove", "os.mkdir", "os.chmod", "shutil.copymode"}


def main(start: str, folder: str, command: str) -> None:
    """Runs until one run comes to its end."""
    import kartu.cli.build
    import kartu.cli.release  # noqa: F401  (as the command would: a fork has it already)
    from kartu.cli.program import run

    number, status = 0, -1
    while os.WIFSIGNALED(status) or number == 0:
        project = shutil.copytree(start, Path(folder, str(number)))
        process = os.fork()
        if process == 0:
            os.chdir(project)
            sys.argv = ["kartu", "-q", command]
            sys.addaudithook(_killer(str(project), number))
            run()
        _, status = os.waitpid(process, 0)
        number += 1
    sys.exit(os.waitstatus_to_exitcode(status))


def _killer(project: str, number: int) -> Callable[[str, tuple[Any, ...]], None]:
    left = number

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event in _OPERATIONS and _changes(event, arguments, project):
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    return hook


def _changes(event: str, arguments: tuple[Any, ...], project: str) -> bool:
    """Whether the operation writes below the project."""
    path, *rest = arguments
    if not isinstance(path, str | os.PathLike):
        return False
    if event == "open" and not (rest[1] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
        return False
    return os.path.abspath(path).startswith(f"{project}/")


if __name__ == "__main__":
    main(*sys.argv[1:])
