"""`kartu` as a process for scripts that call it many times: a copy of one that has loaded it all.

`python warm.py SOCKET` waits for calls. Each has its own process, with the arguments, the folder,
the variables and the three streams of whoever called; CLIENT is the script that calls.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

_PROGRAM = Path(__file__).parents[2] / "build_deck.py"

CLIENT = """
import json, os, socket, sys

with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as warm:
    warm.connect(%r)
    call = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)])
    socket.send_fds(warm, [call.encode()], [0, 1, 2])
    sys.exit(warm.recv(1)[0])
"""

# What commands load when they need it, next to the program's own modules.
_LOADED = (
    *("anki.collection", "deflate", "genanki", "html.parser", "jinja2.debug", "jinja2.sandbox"),
    *("nh3", "pyromark", "rapidfuzz", "xml.parsers.expat"),
)


@cache
def warm() -> Path:
    """The socket of a process that waits for calls until this one ends."""
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    path = Path(folder.name, "socket")
    command = [sys.executable, __file__, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"ready\n"

    def end() -> None:
        process.terminate()
        process.wait(20)
        folder.cleanup()

    atexit.register(end)
    return path


def _serve(path: str) -> None:
    sys.path[0] = str(_PROGRAM.parent)
    package = importlib.import_module("kartu")
    own = (one.name for one in pkgutil.walk_packages(package.__path__, "kartu."))
    for name in (*_LOADED, *own):
        if not name.endswith("__main__"):
            importlib.import_module(name)
    gc.freeze()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.bind(path)
        server.listen()
        print("ready", flush=True)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the copies here
        while True:
            call = server.accept()[0]
            if not os.fork():
                server.close()
                _answer(call)
                os._exit(0)
            call.close()


def _answer(call: socket.socket) -> None:
    """Runs one call in a copy of this process, and answers with its exit status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sent, streams, _flags, _address = socket.recv_fds(call, 1 << 20, 3)
    child = os.fork()
    if not child:
        call.close()
        os._exit(_run(streams, *json.loads(sent)))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with contextlib.suppress(BrokenPipeError):
        call.send(bytes([status % 256]))


def _run(streams: list[int], arguments: list[str], cwd: str, env: dict[str, str]) -> int:
    for stream, number in zip(streams, range(3), strict=True):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        for number, mode in enumerate("rww")
    )
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = [str(_PROGRAM), *arguments]
    try:
        runpy.run_path(str(_PROGRAM), run_name="__main__")
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    _serve(sys.argv[1])
