"""What the commands share: the project's folder, and the output of results and progress."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any, NoReturn

import click

from kartu.cli.echo import echo, readable, style
from kartu.core.diagnostics import Diagnostic, has_errors, has_faults
from kartu.core.language import _
from kartu.core.progress import Progress, no_progress
from kartu.core.shipped import is_shipped
from kartu.core.usage import RefusedError, UsageError
from kartu.load.files import Files
from kartu.load.one_file import OneFile, with_paths
from kartu.pipeline import cache_folder

# Seconds. Work that ends sooner shows no progress.
_PATIENCE = 1.0


class Terminal:
    """The project's folder, and printing: results to stdout, everything else to stderr."""

    def __init__(self, root: Path, *, quiet: bool, verbose: bool, color: str, cache: bool) -> None:
        self.root = root
        self.quiet = quiet
        self.verbose = verbose
        self.cache = cache_folder() if cache else None
        self.color = {"auto": None, "always": True, "never": False}[color]
        if color == "auto" and os.environ.get("NO_COLOR"):
            self.color = False

    def at(self, root: Path) -> Terminal:
        """A copy for the project in another folder."""
        other = copy(self)
        other.root = root
        return other

    def result(self, text: str) -> None:
        """Prints a result of the command, unless `--quiet` is given."""
        if not self.quiet:
            self.print(text)

    def print(self, text: str, *, exact: bool = False) -> None:
        echo(text, nl=False, color=self.color, exact=exact)

    def diagnostics(
        self, diagnostics: Sequence[Diagnostic], *, err: bool = True, limit: int | None = None
    ) -> None:
        """Prints diagnostics as text, and their number; what is no fault is only counted."""
        listed = self.in_words([one for one in diagnostics if one.severity != "info"])
        if not listed:
            return
        echo(self.as_text(listed, limit), nl=False, err=err, color=self.color)
        self.count(diagnostics)

    def as_text(self, diagnostics: Sequence[Diagnostic], limit: int | None = None) -> str:
        """Diagnostics as text, at most `limit` per code: 0 for all, None for the default."""
        from kartu.report.diagnostics import MAX_SHOWN, as_text
        from kartu.report.excerpts import Excerpts

        limit = MAX_SHOWN if limit is None else limit
        excerpts = Excerpts(Files(self.root))
        return as_text(diagnostics, self.show_path, excerpts.at, style, limit)

    def count(self, diagnostics: Sequence[Diagnostic]) -> None:
        from kartu.report.diagnostics import summary

        echo(f"kartu: {summary(diagnostics)}", err=True, color=self.color)

    def in_words(self, diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Diagnostics in whose messages files have the names that they have beside a FILE."""
        one = Files(self.root).one
        if one is None:
            return list(diagnostics)
        return one.worded(diagnostics, self._beside(one))

    def words(self, text: str) -> str:
        """A text in which files have the names that they have beside a FILE."""
        one = Files(self.root).one
        return text if one is None else one.in_words(text, self._beside(one))

    def _beside(self, one: OneFile) -> str:
        """The path of the folder of a FILE, with its /."""
        return self.show_path(one.name).removesuffix(one.name)

    def as_shown(
        self, diagnostics: Sequence[Diagnostic], *, repository: bool = False
    ) -> list[Diagnostic]:
        """Diagnostics with the paths that people see."""
        path = self.repository_path if repository else self.show_path
        return with_paths(self.in_words(diagnostics), path)

    def show_path(self, path: str) -> str:
        """A path relative to the current folder if the project is below it, else unchanged."""
        if is_shipped(path):
            return path
        one = Files(self.root).one
        if one is not None:
            path = one.shown(path)
        root = os.path.relpath(self.root if one is None else self.root.parent)
        if root == "." or root.startswith(".."):
            return path
        return f"{root}/{path}".replace(os.sep, "/")

    def repository_path(self, path: str) -> str:
        """A path relative to the repository that GitHub checked out; elsewhere as `show_path`."""
        workspace = os.environ.get("GITHUB_WORKSPACE")
        if workspace and not is_shipped(path):
            top = os.path.realpath(workspace)
            real = os.path.realpath(Files(self.root).path(path))
            if os.path.commonpath([top, real]) == top:
                return os.path.relpath(real, top).replace(os.sep, "/")
        return self.show_path(path)

    def exit(self, diagnostics: Sequence[Diagnostic], *, strict: bool = False) -> NoReturn:
        """Exits with 1 if there are errors (with `strict` also for warnings), else with 0."""
        sys.exit(1 if has_errors(diagnostics) or (strict and has_faults(diagnostics)) else 0)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A callback that shows the current step once the work takes longer than a second."""
        if self.verbose:
            yield _print_step
            return
        if self.quiet or not sys.stderr.isatty():
            yield no_progress
            return
        display = _ProgressDisplay()
        try:
            yield display.step
        finally:
            display.stop()


def _print_step(step: str, done: int = 0, total: int = 0) -> None:
    echo(f"kartu: {step}", err=True)


class _ProgressDisplay:
    """rich's progress display, loaded and shown only after `_PATIENCE`.

    Counted steps have a bar, a rate and the remaining time; others have a spinner.
    """

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._shown: Any = None
        self._task: Any = None
        self._total = self._first = 0
        self._since = 0.0

    def step(self, step: str, done: int = 0, total: int = 0) -> None:
        if self._shown is None and time.monotonic() - self._begun > _PATIENCE:
            self._shown = _progress_bar()
            self._shown.start()
        if self._shown is None:
            return
        step = readable(step)
        other = self._task is None or total != self._total  # a new kind of step
        if other:
            if self._task is not None:
                self._shown.remove_task(self._task)
            self._task = self._shown.add_task(step, total=total or None, count="")
            self._total, self._first, self._since = total, done, time.monotonic()
        self._shown.update(
            self._task, description=readable(step), completed=done, count=self._count(done)
        )
        if other:
            self._shown.refresh()

    def _count(self, done: int) -> str:
        if not self._total:
            return ""
        rate = (done - self._first) / max(time.monotonic() - self._since, 0.001)
        shown = _("{done} of {total}", done=format(done, ","), total=format(self._total, ","))
        return (
            _("{count}, {rate} per second", count=shown, rate=format(rate, ",.0f"))
            if rate >= 1
            else shown
        )

    def stop(self) -> None:
        if self._shown is not None:
            self._shown.stop()


def _progress_bar() -> Any:
    from rich import progress
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    summary = (BarColumn(), TextColumn("{task.fields[count]}"), TimeRemainingColumn())
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), *summary)
    return progress.Progress(*columns, console=Console(stderr=True), transient=True)


def where(folder: Path) -> str:
    """Where packages were written."""
    return _("in this folder") if folder == Path() else _("in {folder}", folder=folder)


@contextmanager
def usage_errors(terminal: Terminal | None = None) -> Iterator[None]:
    """Converts usage errors to exit status 2 with a hint, refused publications to 1.

    Args:
        terminal: Names files as they lie beside a FILE that is the whole project.
    """
    words = terminal.words if terminal is not None else str
    try:
        yield
    except RefusedError as error:
        echo(f"kartu: {words(str(error))}", err=True)
        sys.exit(1)
    except UsageError as error:
        raise click.UsageError(readable(words(str(error)))) from error
