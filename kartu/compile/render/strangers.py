"""Templates of strangers: rendered in a process of their own, which ends whatever they do.

What a template can do with time and memory cannot be seen in its text. So the process has bounds;
it is ended where one is exceeded, and started again for the jobs that are left. It reads nothing:
what it needs goes through its input and output, as lines of JSON. To start it takes longer than to
build a small deck, so one run leaves it to the next.

Jobs are sent in batches, since two processes that wait for each other for every value take longer
than to render it. While the process works on a batch, the next one is collected, and what can be
rendered here is. What comes of a job is the same as if each were sent alone: they are answered in
their order, and counted then.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Self

from kartu.compile.render.bounds import Bounds
from kartu.compile.render.job import Job, RenderError
from kartu.compile.render.process import Asked, EndedError, LookUp, Process, process_for
from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _, current

# The jobs of a batch. More save nothing, and the first ones of a deck would be late.
_BATCH = 100
# How many wait at most while the process works on a batch.
_MOST_WAITING = 2000


class Strangers:
    """Renders templates of strangers. The process starts with the first one."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._lock = threading.RLock()
        self._process: Process | None = None
        self._waiting: deque[Asked] = deque()
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

    def start(self) -> None:
        """Starts the process, for who has something else to do before the first template."""
        with self._lock:
            self._running()

    def close(self) -> None:
        """Ends the process, if there is one; another template starts it again."""
        with self._lock:
            if self._process is not None:
                self._process.end()
                # Another process renders what this one has not.
                self._waiting.extendleft(reversed(self._process.unanswered))
                self._process = None

    def renew(self) -> None:
        """Begins another run, with all of its time, and without what the last one has left."""
        with self._lock:
            if self._is_busy():
                self.close()
            self._waiting.clear()
            self._seconds, self._characters = 0.0, 0

    def render(
        self, templates: int, job: Job, look_up: LookUp, diagnostics: Diagnostics
    ) -> list[str]:
        """The texts that a job asks for, as those that `ask` gets.

        Raises RenderError.
        """
        return self.texts(self.ask(templates, job, look_up, diagnostics))

    def ask(self, templates: int, job: Job, look_up: LookUp, diagnostics: Diagnostics) -> Asked:
        """Takes a job for a template of the set that has this number; `texts` waits for it.

        Meanwhile it goes to the process together with others.
        """
        asked = Asked(templates, job, look_up, diagnostics)
        with self._lock:
            self._waiting.append(asked)
            self._take()
            enough = _MOST_WAITING if self._is_busy() else _BATCH
            if len(self._waiting) >= enough:
                self._send()
        return asked

    def hurry(self) -> None:
        """Sends what waits, if the process has nothing to do, however few that is."""
        with self._lock:
            if self._waiting and not self._is_busy():
                self._send()

    def texts(self, asked: Asked) -> list[str]:
        """The texts that a job asks for; what was found goes to its diagnostics.

        Raises RenderError. A template that was too much once is not tried again.
        """
        with self._lock:
            waits = not asked.done
            while not asked.done:
                if self._is_busy():
                    self._receive()
                else:
                    self._send()
            if waits:
                self.hurry()
        asked.diagnostics.extend(asked.found)
        if asked.error is not None:
            raise asked.error
        return asked.texts

    def is_working(self) -> bool:
        """Whether the process still renders something, after what it has rendered is taken."""
        with self._lock:
            self._take()
            self.hurry()
            return self._is_busy()

    def _take(self) -> None:
        """Takes the answers that are there, lest the process wait until somebody reads them."""
        while (process := self._process) and process.unanswered and process.has_written():
            self._receive()

    def _is_busy(self) -> bool:
        return self._process is not None and bool(self._process.unanswered)

    def _send(self) -> None:
        """Sends the first jobs that wait, when all that were sent before are answered."""
        while self._is_busy():
            self._receive()
        waiting = deque[Asked]()
        while self._waiting:
            asked = self._waiting.popleft()
            error = self._given_up.get(asked.template) or self._over_budget(asked.job.name)
            if error is None:
                waiting.append(asked)
            else:
                asked.fail(error)
        self._waiting = waiting
        if not waiting:
            return
        process = self._running()
        try:
            process.send(waiting)
        except EndedError:
            self._give_up(process)

    def _running(self) -> Process:
        if self._process is None or self._process.language != current():
            self.close()
            self._process = process_for(self._bounds)
        return self._process

    def _receive(self) -> None:
        """Takes the answer for the first job that has none."""
        process = self._process
        assert process is not None
        asked = process.unanswered[0]
        began = time.monotonic()
        try:
            answer = process.answer()
        except EndedError:
            self._seconds += min(time.monotonic() - began, self._bounds.seconds)
            self._give_up(process)
            return
        except BaseException:
            self.close()  # it waits for something else
            raise
        asked.end(answer)
        self._seconds += answer["seconds"]
        self._characters += sum(map(len, asked.texts))
        if answer.get("ends") and asked.error is not None:
            self._given_up[asked.template] = asked.error
            self.close()
        elif self._over_budget("") is not None:
            self.close()

    def _give_up(self, process: Process) -> None:
        """Ends the job that has ended the process; the next ones are rendered by another."""
        asked = process.unanswered.popleft()
        error = RenderError("template-failed", _why(process, self._bounds), asked.job.name)
        self._given_up[asked.template] = error
        asked.fail(error)
        self.close()

    def _over_budget(self, name: str) -> RenderError | None:
        """The fault of a template for which a run has no time or place left; else None."""
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
            return None
        return RenderError("template-failed", message, name)


def _why(process: Process, bounds: Bounds) -> str:
    why = process.why()
    if why == "time":
        return _("it takes more than {seconds} seconds", seconds=f"{bounds.seconds:g}")
    if why == "memory":
        return _("it needs too much memory")
    return _("it ends the process that renders it")
