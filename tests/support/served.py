"""`kartu` for scripts that call it, in this process: nothing is loaded anew for each call.

What only processes have is tried where scripts start them (`Host.run(processes=True)`).
"""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

import pytest

from support.program import in_process

# Runs a command in a folder with variables; both streams of it are one, as in a log.
Execute = Callable[[list[str], Path, dict[str, str]], "CompletedProcess[str]"]

# A call is its variables and arguments in a file, and a byte that says so; one at a time.
_SCRIPT = """#!/bin/sh
cd_of_call=$PWD
cd {folder} && {{ env -0; printf '\\0'; printf '%s\\0' "$cd_of_call" "$@"; }} > call
printf c > asked
read -r status < answered
cat out
cat err >&2
exit "$status"
"""


def in_processes(command: list[str], cwd: Path, env: dict[str, str]) -> CompletedProcess[str]:
    """What it calls are processes."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )


@contextlib.contextmanager
def served() -> Iterator[Execute]:
    """The same, but for `kartu`, which is this process."""
    with TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        script = folder / "kartu"
        script.write_text(_SCRIPT.format(folder=shlex.quote(name)), "utf-8")
        script.chmod(0o755)
        pipes = []
        for pipe in (folder / "asked", folder / "answered"):
            os.mkfifo(pipe)
            pipes.append(os.open(pipe, os.O_RDWR))  # with both ends, nobody waits for the other's
            stack.callback(os.close, pipes[-1])
        asked, answered = pipes

        def execute(command: list[str], cwd: Path, env: dict[str, str]) -> CompletedProcess[str]:
            env = {**env, "PATH": os.pathsep.join([name, env["PATH"]])}
            with ThreadPoolExecutor(1) as pool:
                done = pool.submit(in_processes, command, cwd, env)
                done.add_done_callback(lambda _: os.write(asked, b"e"))
                while os.read(asked, 1) == b"c":
                    os.write(answered, b"%d\n" % _answer(folder))
            return done.result()

        yield execute


def _answer(folder: Path) -> int:
    variables, _, call = (folder / "call").read_text("utf-8").partition("\0\0")
    env = dict(one.split("=", 1) for one in variables.split("\0"))
    cwd, *arguments = call.split("\0")[:-1]
    status, out, err = 1, "", ""
    with pytest.MonkeyPatch.context() as patch:
        for variable in os.environ.keys() - env.keys():
            patch.delenv(variable)
        for variable, value in env.items():
            patch.setenv(variable, value)
        try:
            done = in_process(*arguments, cwd=Path(cwd))
            status, out, err = done.returncode, done.stdout, done.stderr
        except Exception:  # a process would end with the same words
            err = traceback.format_exc()
    (folder / "out").write_text(out, "utf-8")
    (folder / "err").write_text(err, "utf-8")
    return status
