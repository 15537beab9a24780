"""Long work of the page in threads of their own: one job at a time, with its step, to be cancelled.

What a job writes for others to see, it writes in the end: a cancelled one leaves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextvars import copy_context
from threading import Event, Lock, Thread
from typing import Any

from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _
from kartu.core.usage import RefusedError, UsageError

_MOST_FAULTS = 20


class CancelledError(Exception):
    """The teacher has cancelled a job."""


class Job:
    """A job under way: its step, and in the end what came of it."""

    def __init__(self, steps: Sequence[str]) -> None:
        self.steps = steps
        self.step = 0
        self.text = ""
        self.part = (0, 0)  # how many things of how many are done in this step
        self.done = False
        self.cancelled = Event()
        self.refusals: list[dict[str, Any]] = []
        self.result: dict[str, Any] | None = None
        self.fault: Exception | None = None

    def begin(self, step: int) -> None:
        """Begins a step. Raises CancelledError where the job was cancelled."""
        self.step = step
        self.report("")

    def report(self, step: str, done: int = 0, total: int = 0) -> None:
        """Takes down what is being done; raises as `begin`."""
        self.text, self.part = step, (done, total)
        if self.cancelled.is_set():
            raise CancelledError

    def is_refused(self, diagnostics: Iterable[Diagnostic]) -> bool:
        """Returns whether errors stop it, and takes these down."""
        errors = [one for one in diagnostics if one.severity == "error"]
        self.refusals = [
            job_refusal(one.code, one.message, one.help) for one in errors[:_MOST_FAULTS]
        ]
        return bool(errors)

    def value(self) -> dict[str, Any]:
        """Returns the job as a JSON value."""
        return {
            "step": self.step,
            "of": len(self.steps),
            "name": self.steps[self.step],
            "text": self.text,
            "part": list(self.part),
            "done": self.done,
            "cancelled": self.done and self.cancelled.is_set() and self.result is None,
            "result": self.result,
            "refusals": self.refusals,
        }


class Jobs:
    """The jobs of an open project, by name."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()

    def begin(self, steps: Sequence[str], work: Callable[[Job], None]) -> str:
        """Begins a job, and returns its name.

        Args:
            steps: The names of its steps in order.
            work: Sets the result or the refusals; it raises CancelledError where it was cancelled.

        Raises:
            UsageError: Another job is under way.
        """
        with self._lock:
            if any(not job.done for job in self._jobs.values()):
                raise UsageError(_("something else is under way already"))
            name = f"{len(self._jobs) + 1}"
            job = self._jobs[name] = Job(steps)
        Thread(target=copy_context().run, args=(_run, job, work), daemon=True).start()
        return name

    def job(self, name: str) -> Job:
        """Returns a job. Raises UsageError for none."""
        found = self._jobs.get(name)
        if found is None:
            raise UsageError(_("there is no such job"))
        return found


def _run(job: Job, work: Callable[[Job], None]) -> None:
    try:
        work(job)
    except CancelledError:
        pass
    except (UsageError, RefusedError) as error:
        job.refusals = [job_refusal("usage", str(error))]
    except Exception as error:  # the page reports a fault of ours
        job.fault = error
    job.done = True


def job_refusal(code: str, message: str, help: str = "", note: str = "") -> dict[str, Any]:
    """Returns why a job did nothing as a JSON value, in the form of those of a plan."""
    about = {"code": code, "message": message, "help": help, "note": note, "title": ""}
    return {**about, "path": "", "line": 0, "accepted": False, "ways": []}
