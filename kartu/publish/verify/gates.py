"""Runs one gate in a collection of its own; whatever happens in Anki is reported."""

from __future__ import annotations

from collections.abc import Sequence

from kartu.core.language import _
from kartu.publish.verify.contents import Between
from kartu.publish.verify.findings import Report
from kartu.publish.verify.fresh import fresh_gate
from kartu.publish.verify.package import UnreadablePackageError, read_package
from kartu.publish.verify.upgrade import upgrade_gate


def run_gate(
    file: str, old: str | None, folder: str, report: Report, between: Sequence[str] = ()
) -> None:
    """The fresh gate of the package `file` or, with `old`, the upgrade gate from that.

    `folder` is an empty one, for the collection; `between` are releases that students of `old` may
    have skipped. What is found is added to `report`, also where
    Anki panics. Raises NotAPackageError.
    """
    from kartu.publish.verify.engine import Engine

    report.anki = Engine.version
    try:
        new_package = read_package(file)
        old_package = read_package(old) if old is not None else None
    except UnreadablePackageError as error:
        report.add(error.rule, str(error))
        return
    engine = None
    try:
        engine = Engine(folder)
        if old is None or old_package is None:
            fresh_gate(engine, file, new_package, report)
        else:
            skipped = Between(between, read_package)
            upgrade_gate(engine, (old, file), old_package, new_package, skipped, report)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a panic of the engine is not an Exception
        message = " ".join(str(error).split()) or type(error).__name__
        report.add(report.rule, _("while {step}: {message}", step=report.step, message=message))
    if engine is not None:
        _close(engine, report)


def _close(engine: object, report: Report) -> None:
    try:
        engine.close()  # type: ignore[attr-defined]
    except BaseException as error:  # after a panic every call fails
        if not any(one.rule in ("engine-failed", "import-failed") for one in report.findings):
            report.add("engine-failed", _("while closing the collection: {error}", error=error))
