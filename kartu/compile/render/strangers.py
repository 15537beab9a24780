"""Templates of strangers: rendered in a process of their own, which ends whatever they do.

What a template can do with time and memory cannot be seen in its text. So the process has bounds;
it is ended where one is exceeded, and started again for the next template. It reads nothing: what
it needs goes through its input and output, as lines of JSON. To start it takes longer than to build
a small deck, so one run leaves it to the next.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, Self

from kartu.compile.render.bounds import Bounds
from kartu.compile.render.job import Job, RenderError
from kartu.compile.render.watch import Watch, confine
from kartu.compile.render.wire import encoded
from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _, current
from kartu.core.source import Span

# Returns what a question asks for: the text of a template, or path and text of a map.
LookUp = Callable[[dict[str, Any]], object]

_MAIN = (
    "import sys; sys.path[:] = sys.argv[1:]; from kartu.compile.render.child import main; main()"
)
# What Python needs of the environment, whose other values are nobody's business.
_ENVIRONMENT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH")
# A character is up to 12 bytes of JSON.
_BYTES_OF_CHARACTER = 12
_LONGEST_MESSAGE = 1_000_000


class _EndedError(Exception):
    """The process does not answer any more."""


class Strangers:
    """Renders templates of strangers, with a process from the first one on."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._lock = threading.RLock()
        self._process: _Process | None = None
        self._seconds = 0.0
        self._characters = 0
        self._given_up: dict[tuple[int, str], RenderError] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            if self._process is not None:
                self._process.leave()
                self._process = None

    def close(self) -> None:
        """Ends the process, if there is one; another template starts it again."""
        with self._lock:
            if self._process is not None:
                self._process.end()
                self._process = None

    def renew(self) -> None:
        """Begins another run, with all of its time."""
        self._seconds, self._characters = 0.0, 0

    def render(
        self, templates: int, job: Job, look_up: LookUp, diagnostics: Diagnostics
    ) -> list[str]:
        """The texts that a job asks for, with a template of the set that has this number.

        Raises RenderError. A template that was too much once is not tried again.
        """
        with self._lock:
            if (known := self._given_up.get((templates, job.name))) is not None:
                raise known
            self._check_budget(job.name)
            try:
                answer = self._answer(templates, job, look_up)
            except _EndedError:
                error = RenderError("template-failed", self._why(), job.name)
                self._given_up[templates, job.name] = error
                self.close()
                raise error from None
        diagnostics.extend(
            Diagnostic(code, Span(*place), message, help)
            for code, place, message, help in answer["found"]
        )
        if "fault" in answer:
            raise RenderError(*answer["fault"])
        self._characters += sum(map(len, answer["texts"]))
        return list(answer["texts"])

    def _check_budget(self, name: str) -> None:
        most = self._bounds
        if self._seconds > most.run:
            seconds = f"{most.run:g}"
            message = _(
                "the templates of this project take more than {seconds} seconds together",
                seconds=seconds,
            )
        elif self._characters > most.total:
            message = _(
                "the templates of this project make more than {most} characters together",
                most=most.total,
            )
        else:
            return
        raise RenderError("template-failed", message, name)

    def _answer(self, templates: int, job: Job, look_up: LookUp) -> dict[str, Any]:
        process = self._process
        if process is None or process.language != current():
            self.close()
            process = self._process = _process(self._bounds)
        began = time.monotonic()
        spent = 0.0
        try:
            answer = process.answer(templates, job, look_up)
            spent = answer["seconds"]
        except _EndedError:
            spent = min(time.monotonic() - began, self._bounds.seconds)
            raise
        finally:
            self._seconds += spent
        if answer.get("ends"):
            self._given_up[templates, job.name] = RenderError(*answer["fault"])
            self.close()
        return answer

    def _why(self) -> str:
        why = self._process.why() if self._process is not None else ""
        if why == "time":
            seconds = f"{self._bounds.seconds:g}"
            return _("it takes more than {seconds} seconds", seconds=seconds)
        if why == "memory":
            return _("it needs too much memory")
        return _("it ends the process that renders it")


class _Process:
    """The process, what it has been sent, and who watches it."""

    def __init__(self, bounds: Bounds) -> None:
        self.language = current()
        self._bounds = bounds
        self._templates = -1
        self._sent: dict[str, object] = {}
        self._process = _started()
        self._end = weakref.finalize(self, _end, self._process)
        self._job = confine(self._process, bounds)
        self._watch = Watch(self._process, bounds)
        self._watch.start()
        self._write([self.language, *bounds])

    def serves(self, bounds: Bounds) -> bool:
        """Whether it can be used by a run with these bounds."""
        return (self.language, self._bounds) == (current(), bounds) and self._process.poll() is None

    def leave(self) -> None:
        """Leaves it to the next run, or ends it where one is left already."""
        if _LEFT:
            self.end()
        else:
            _LEFT.append(self)

    def end(self) -> None:
        self._end()

    def why(self) -> str:
        """Why it has ended: `time`, `memory`, or empty where that is unknown."""
        code = self._process.wait()
        if self._watch.why or sys.platform == "win32":
            return self._watch.why
        import signal

        return "time" if code in (-signal.SIGXCPU, -signal.SIGPROF) else ""

    def answer(self, templates: int, job: Job, look_up: LookUp) -> dict[str, Any]:
        if templates != self._templates:
            self._templates = templates
            self._sent = {}
        new = {
            name: encoded(value)
            for name, value in job.context.items()
            if self._sent.get(name, self) is not value
        }
        self._sent |= job.context
        request = {
            "templates": templates,
            "name": job.name,
            "names": list(job.context),
            "new": new,
            "more": job.more,
            "place": job.place,
        }
        longest = _LONGEST_MESSAGE + self._bounds.characters * _BYTES_OF_CHARACTER * len(job.more)
        with self._watch.over():
            self._write(request)
            while "seconds" not in (message := self._read(longest)):
                self._write(look_up(message))
        return message

    def _write(self, message: object) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise _EndedError from None

    def _read(self, longest: int) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline(longest)
        try:
            if not line.endswith(b"\n"):
                self._process.kill()
                raise _EndedError
            message: dict[str, Any] = json.loads(line)
        except ValueError:
            raise _EndedError from None
        return message


# The process of the last run. One forked off this process finds that it has ended: it is no child.
_LEFT: list[_Process] = []


def _process(bounds: Bounds) -> _Process:
    """The process that the last run left, if it serves, or a new one."""
    with contextlib.suppress(IndexError):
        left = _LEFT.pop()
        if left.serves(bounds):
            return left
        left.end()
    return _Process(bounds)


def _started() -> subprocess.Popen[bytes]:
    # The program of a virtual environment for Windows starts another process.
    python = getattr(sys, "_base_executable", "") if sys.platform == "win32" else ""
    options = ("-I", "-S", *(("-B",) if sys.dont_write_bytecode else ()))
    folders = (os.path.dirname(_package()), *(one for one in sys.path if one))
    return subprocess.Popen(  # noqa: S603 - the running Python
        [python or sys.executable, *options, "-c", _MAIN, *folders],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _package() -> str:
    """The folder of the package kartu."""
    here = os.path.dirname(os.path.abspath(__file__))
    return os.path.dirname(os.path.dirname(here))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):  # what it was not sent
                stream.close()
