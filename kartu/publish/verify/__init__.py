"""Proves with the real Anki that a package is sound and that updating to it hurts no student.

Each gate runs in a process of its own, under the interpreter that has the engine: a panic of the
engine is a finding there, and ends nothing here.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from kartu.core.language import _, current, use
from kartu.core.shipped import is_bundled
from kartu.core.usage import UsageError
from kartu.publish.verify.findings import Finding, Gate, finding
from kartu.publish.verify.package import NotAPackageError, UnreadablePackageError, read_package

_CHILD = Path(__file__).with_name("child.py")
_RESULT = "result.json"

# Seconds that a gate may take; one over 5,000 notes takes about ten.
_TIME_LIMIT = 900.0


class CannotVerifyError(UsageError):
    """The options cannot be used; the message says what is possible."""


class VerifyOptions(NamedTuple):
    """`olds` are packages that students have; `pythons` interpreters that have anki, none
    meaning the running one."""

    file: Path
    olds: tuple[Path, ...] = ()
    pythons: tuple[str, ...] = ()
    time_limit: float = _TIME_LIMIT


class VerifyResult(NamedTuple):
    """What the gates found: for each engine the fresh one, then the upgrades in their order.

    `file` is the given path; for a folder, each gate names its package.
    """

    file: str
    gates: tuple[Gate, ...]

    @property
    def sound(self) -> bool:
        return not any(gate.findings for gate in self.gates)


def verify(
    options: VerifyOptions, progress: Callable[[str], None] = lambda step: None
) -> VerifyResult:
    """Runs the fresh gate, and the upgrade gate from every older package, under each engine.

    Raises CannotVerifyError for a file that is no package and an interpreter without anki.
    """
    if is_bundled() and not options.pythons:
        raise CannotVerifyError(
            _(
                "the Anki engine is not part of this program; name a Python that has it with"
                " --anki PYTHON"
            )
        )
    _check_files(options)
    pythons = options.pythons or (sys.executable,)
    olds = [None, *map(str, options.olds)]

    def run(job: tuple[str, str | None]) -> Gate:
        name = options.file.name
        progress(_("{file} from {old}", file=name, old=job[1]) if job[1] else name)
        return _run(job[0], str(options.file), job[1], options)

    # A thread begins in English.
    with ThreadPoolExecutor(os.cpu_count(), initializer=use, initargs=(current(),)) as pool:
        gates = tuple(pool.map(run, itertools.product(pythons, olds)))
    return VerifyResult(str(options.file), gates)


def verify_all(
    place: Path,
    packages: Sequence[VerifyOptions],
    progress: Callable[[str], None] = lambda step: None,
) -> VerifyResult:
    """The gates of several packages, those of the folder `place`, one package after the other."""
    gates = (gate for one in packages for gate in verify(one, progress).gates)
    return VerifyResult(str(place), tuple(gates))


def _check_files(options: VerifyOptions) -> None:
    for path in (options.file, *options.olds):
        try:
            read_package(str(path))
        except NotAPackageError as error:
            raise CannotVerifyError(str(error)) from error
        except UnreadablePackageError:
            pass  # a finding of the gates


def _run(python: str, file: str, old: str | None, options: VerifyOptions) -> Gate:
    with tempfile.TemporaryDirectory(prefix="kartu-verify-", ignore_cleanup_errors=True) as folder:
        job, result = Path(folder, "job.json"), Path(folder, _RESULT)
        collection = Path(folder, "collection")
        collection.mkdir()
        content = {
            "file": os.path.abspath(file),
            "old": os.path.abspath(old) if old else None,
            "between": [os.path.abspath(one) for one in options.olds if str(one) != old],
            "folder": str(collection),
            "language": current(),
        }
        job.write_text(json.dumps(content), "utf-8")
        fault = _call(python, job, options.time_limit)
        if result.exists():
            report = json.loads(result.read_text("utf-8"))
            return _gate(python, old, report, fault)._replace(file=file)
        if fault is not None and fault.rule == "time-limit":
            return _gate(python, old, {}, fault)._replace(file=file)
        why = fault.message if fault else _("is it a Python interpreter?")
        raise CannotVerifyError(
            _("{python} cannot run the gates: {reason}", python=python, reason=why)
        )


def _call(python: str, job: Path, time_limit: float) -> Finding | None:
    """Runs the gate; where that broke off, with what."""
    result = str(job.with_name(_RESULT))
    command = [python, "-E", "-B", "-X", "utf8", str(_CHILD), str(job), result]
    try:
        done = subprocess.run(  # noqa: S603 - the interpreter that the user named
            command, capture_output=True, timeout=time_limit, check=False, stdin=subprocess.DEVNULL
        )
    except OSError as error:
        raise CannotVerifyError(
            _("{python} cannot be run: {error}", python=python, error=error.strerror or error)
        ) from error
    except subprocess.TimeoutExpired:
        message = _("the gate took longer than {seconds:g} seconds", seconds=time_limit)
        return finding("time-limit", message)
    if done.returncode == 0:
        return None
    lines = done.stderr.decode("utf-8", "replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), _("no message"))
    message = _(
        "the engine's process ended with {code}: {message}", code=done.returncode, message=last
    )
    return finding("engine-failed", message)


def _gate(python: str, old: str | None, result: dict[str, Any], fault: Finding | None) -> Gate:
    if result.get("state") == "no-anki":
        if python == sys.executable:
            raise CannotVerifyError(
                _("the Anki engine is not installed: pip install 'kartu[verify]'")
            )
        raise CannotVerifyError(
            _("{python} has no anki: {python} -m pip install anki", python=python)
        )
    if result.get("state") == "old-anki":
        version = result["anki"]
        raise CannotVerifyError(
            _(
                "{python} has Anki {version}: kartu supports 23.12 and newer",
                python=python,
                version=version,
            )
        )
    findings = [Finding(*one) for one in result.get("findings", ())]
    if fault is not None:
        findings.append(fault)
    elif result.get("state") != "done":
        message = _("the engine's process ended without a message")
        findings.append(finding("engine-failed", message))
    kind = "upgrade" if old else "fresh"
    return Gate(kind, old, result.get("anki", ""), result.get("counts", {}), tuple(findings))
