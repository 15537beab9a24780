"""The gates of `kartu verify` with the Anki of this process, which is loaded once for all of them.

That each runs in a process of its own is tried by test_verify.py and test_verify_command.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kartu.publish import verify
from kartu.publish.verify import child
from kartu.publish.verify.findings import Finding, Report
from kartu.publish.verify.gates import run_gate


def gate(file: Path, old: Path | None = None) -> Report:
    """What the fresh gate of a package reports or, with `old`, the upgrade gate from that."""
    report = Report()
    with TemporaryDirectory() as folder:
        run_gate(str(file), str(old) if old else None, folder, report)
    return report


@contextmanager
def gates_here() -> Iterator[None]:
    """Meanwhile `kartu verify` starts no process for a gate, but else does all that it does."""
    call_process = verify._call

    def call(python: str, job: Path, time_limit: float) -> Finding | None:
        if python != sys.executable:
            return call_process(python, job, time_limit)
        child.main(str(job), str(job.with_name("result.json")))
        return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "_call", call)
        yield


def rules(report: Report) -> set[str]:
    """The rules under which something was found."""
    return {one.rule for one in report.findings}
