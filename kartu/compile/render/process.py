"""The process that renders templates of strangers, from outside: started, asked, watched, ended."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

from kartu.compile.render.bounds import Bounds
from kartu.compile.render.job import Job, RenderError
from kartu.compile.render.watch import Watch, confine
from kartu.compile.render.wire import encoded
from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import current
from kartu.core.source import Span

# Returns what a question asks for: the text of a template, or path and text of a map.
LookUp = Callable[[dict[str, Any]], object]

# It ends at once: else Python would first destroy all objects.
_MAIN = """
import os, sys
sys.path[:] = sys.argv[1:]
from kartu.compile.render.child import main
main()
os._exit(0)
"""
# What Python needs of the environment, whose other values are nobody's business.
_ENVIRONMENT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH")
# A character is up to 12 bytes of JSON.
_BYTES_OF_CHARACTER = 12
_LONGEST_MESSAGE = 1_000_000
# The characters of a batch, which the process holds in its memory.
_LARGEST_BATCH = 500_000
_PIECE = 65_536


class EndedError(Exception):
    """The process does not answer any more."""


class Asked:
    """A job that waits for the process; once it is `done`, its texts or the error.

    `templates` is the number of the set that has the template. What was found is kept in `found`
    until somebody wants the texts.
    """

    def __init__(self, templates: int, job: Job, look_up: LookUp, diagnostics: Diagnostics) -> None:
        self.templates = templates
        self.job = job
        self.diagnostics = diagnostics
        self.done = False
        self.texts: list[str] = []
        self.error: RenderError | None = None
        self.found: list[Diagnostic] = []
        self._look_up = look_up

    @property
    def template(self) -> tuple[int, str]:
        """The template: the number of its set, and its name."""
        return self.templates, self.job.name

    def look_up(self, question: dict[str, Any]) -> object:
        """Returns what a question asks for."""
        before = self.diagnostics.mark()
        found = self._look_up(question)
        self.found += self.diagnostics.take_since(before)
        return found

    def end(self, answer: dict[str, Any]) -> None:
        """Takes what the process answered."""
        self.found += (
            Diagnostic(code, Span(*place), message, help)
            for code, place, message, help in answer["found"]
        )
        if "fault" in answer:
            self.fail(RenderError(*answer["fault"]))
        else:
            self.texts = list(answer["texts"])
            self.done = True

    def fail(self, error: RenderError) -> None:
        """Ends the job without texts."""
        self.error = error
        self.done = True


class Process:
    """The process, what it has been sent, and who watches it.

    `unanswered` are the jobs that it works on, in their order.
    """

    def __init__(self, bounds: Bounds) -> None:
        self.language = current()
        self.unanswered: deque[Asked] = deque()
        self._bounds = bounds
        self._templates = -1
        self._sent: dict[str, object] = {}
        self._read_ahead = bytearray()
        self._process = _started()
        self._end = weakref.finalize(self, _end, self._process)
        self._job = confine(self._process, bounds)
        self._watch = Watch(self._process, bounds)
        self._watch.start()
        self._write(json.dumps([self.language, *bounds]))

    def serves(self, bounds: Bounds) -> bool:
        """Whether it can be used by a run with these bounds."""
        return (self.language, self._bounds) == (current(), bounds) and self._process.poll() is None

    def leave(self) -> None:
        """Leaves it to the next run, or ends it where it is busy or another one is left."""
        if self.unanswered or _LEFT:
            self.end()
        else:
            _LEFT.append(self)

    def end(self) -> None:
        """Ends the process, whatever it does."""
        self._end()

    def why(self) -> str:
        """Why it has ended: `time`, `memory`, or empty where that is unknown."""
        code = self._process.wait()
        if self._watch.why or sys.platform == "win32":
            return self._watch.why
        import signal

        return "time" if code in (-signal.SIGXCPU, -signal.SIGPROF) else ""

    def send(self, waiting: deque[Asked]) -> None:
        """Sends the first of the jobs that wait, as many as are a batch. Raises EndedError.

        All that was sent before must be answered: else each side could wait for the other to read.
        """
        requests, size = list[str](), 0
        while waiting and size < _LARGEST_BATCH:
            requests.append(json.dumps(self._request(waiting[0])))
            size += len(requests[-1])
            self.unanswered.append(waiting.popleft())
        self._watch.jobs = len(requests)
        self._write(f"[{','.join(requests)}]")

    def has_written(self) -> bool:
        """Whether there is something to read without waiting; False where the system cannot say."""
        if sys.platform == "win32":
            return bool(self._read_ahead)
        import select

        output = self._process.stdout
        assert output is not None
        return bool(self._read_ahead) or bool(select.select([output], [], [], 0)[0])

    def answer(self) -> dict[str, Any]:
        """The answer for the first unanswered job. Raises EndedError."""
        asked = self.unanswered[0]
        characters = self._bounds.characters * len(asked.job.more)
        with self._watch.over():
            while "seconds" not in (message := self._read(characters)):
                self._write(json.dumps(asked.look_up(message)))
        self.unanswered.popleft()
        self._watch.jobs -= 1
        return message

    def _request(self, asked: Asked) -> dict[str, Any]:
        job = asked.job
        if asked.templates != self._templates:
            self._templates = asked.templates
            self._sent = {}
        new = {
            name: encoded(value)
            for name, value in job.context.items()
            if self._sent.get(name, self) is not value
        }
        self._sent |= job.context
        return {
            "templates": asked.templates,
            "name": job.name,
            "names": list(job.context),
            "new": new,
            "more": job.more,
            "place": job.place,
        }

    def _write(self, message: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(message.encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise EndedError from None

    def _read(self, characters: int) -> dict[str, Any]:
        assert self._process.stdout is not None
        longest = _LONGEST_MESSAGE + characters * _BYTES_OF_CHARACTER
        line, looked = self._read_ahead, 0
        while (end := line.find(b"\n", looked)) < 0:
            looked = len(line)
            there = os.read(self._process.stdout.fileno(), _PIECE) if looked < longest else b""
            if not there:
                self._process.kill()
                raise EndedError
            line += there
        try:
            message: dict[str, Any] = json.loads(line[:end])
        except ValueError:
            raise EndedError from None
        del line[: end + 1]
        return message


# The process of the last run. One forked off this process finds that it has ended: it is no child.
_LEFT: list[Process] = []


def process_for(bounds: Bounds) -> Process:
    """Returns the process that the last run left, if it serves, or a new one."""
    with contextlib.suppress(IndexError):
        left = _LEFT.pop()
        if left.serves(bounds):
            return left
        left.end()
    return Process(bounds)


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
