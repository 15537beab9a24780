"""What bounds the process that renders templates of strangers from outside."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

from kartu.compile.render.bounds import GRACE, Bounds

# How often the process is looked at while it renders.
_INTERVAL = 0.25


class Watch(threading.Thread):
    """Ends a process that takes too long or too much; `why` is then `time` or `memory`.

    `jobs` is the number of those that it works on, whether somebody waits for an answer or not.
    """

    def __init__(self, process: subprocess.Popen[bytes], bounds: Bounds) -> None:
        super().__init__(daemon=True)
        self.why = ""
        self.jobs = 0
        self._process = process
        self._bounds = bounds
        # A machine with other work to do gives a process a part of its time.
        share = 1 if sys.platform == "win32" else 6
        self._seconds = (bounds.seconds + GRACE) * share
        self._since: float | None = None

    @contextlib.contextmanager
    def over(self) -> Iterator[None]:
        """Watches the time while the block runs."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._since = None

    def run(self) -> None:
        while self._process.poll() is None:
            since = self._since
            if since is not None and time.monotonic() - since > self._seconds:
                self._end("time")
            elif self.jobs and self._bounds.watched and self._is_too_large():
                self._end("memory")
            time.sleep(_INTERVAL)

    def _end(self, why: str) -> None:
        self.why = why
        self._process.kill()

    def _is_too_large(self) -> bool:
        """Whether the process holds more memory than it may, as `ps` reports it."""
        command = ["ps", "-o", "rss=", "-p", str(self._process.pid)]
        try:
            shown = subprocess.run(  # noqa: S603 - a number
                command, capture_output=True, timeout=5, check=False
            )
            return int(shown.stdout or 0) * 1024 > self._bounds.memory
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return False


def confine(process: subprocess.Popen[bytes], bounds: Bounds) -> object:
    """Windows: puts the process into a job object that limits its memory; else nothing.

    The process ends with what is returned.
    """
    if sys.platform != "win32":
        return None
    from kartu.compile.render.windows import JobObject

    return JobObject(int(process._handle), bounds.memory)  # noqa: SLF001 - nothing else has it
