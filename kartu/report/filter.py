"""Filters of diagnostics: by path, by selected codes and by ignored ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from kartu.core.codes import ALL, ERRORS, INFOS, WARNINGS
from kartu.core.diagnostics import Diagnostic, did_you_mean, has_errors
from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.core.usage import UsageError

# In each language of the catalogues: what was printed may be read in another one.
_PRINTED = pattern(r"\b(?:error|warning|info|kesalahan|peringatan|keterangan)\[([a-z0-9-]+)\]")


class CheckResult(NamedTuple):
    """What is wrong with a project, and the files that were fixed before it was checked."""

    diagnostics: tuple[Diagnostic, ...]
    fixed: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there are no errors; there may be warnings."""
        return not has_errors(self.diagnostics)


def filtered(
    diagnostics: Iterable[Diagnostic],
    covered: Callable[[str], bool],
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> list[Diagnostic]:
    """Returns those that are below one of the paths, have a selected code and no ignored one.

    No paths and no selected codes mean all of them.
    """
    return [
        one
        for one in diagnostics
        if covered(one.span.path) and (not select or one.code in select) and one.code not in ignore
    ]


def covers(root: Path, paths: Sequence[str]) -> Callable[[str], bool]:
    """Returns a test whether a path of the project is one of `paths` or below one.

    Without `paths`, all are.

    Raises:
        UsageError: The project has no such file or folder.
    """
    folders = [_in_project(root, path) for path in paths]
    return lambda path: (
        not folders
        or any(
            folder == "." or path == folder or path.startswith(folder + "/") for folder in folders
        )
    )


def _in_project(root: Path, path: str) -> str:
    """Returns a path relative to the project; given relative to it or to the current folder."""
    top = os.path.realpath(root)
    for base in (top, os.getcwd()):
        real = os.path.realpath(os.path.join(base, path))
        if os.path.exists(real) and os.path.commonpath([top, real]) == top:
            return os.path.relpath(real, top).replace(os.sep, "/")
    raise UsageError(_('the project has no file or folder "{path}"', path=path))


def known_codes(written: Iterable[str], *, warnings: bool = False) -> list[str]:
    """Returns the codes in what a user wrote: `a`, `a,b` or `error[a]` each.

    Raises:
        UsageError: The catalogue has no such code, or with `warnings` it is an error.
    """
    codes = [code for text in written for code in _codes_in(text)]
    for code in codes:
        if code in {**WARNINGS, **INFOS} or (code in ERRORS and not warnings):
            continue
        if code in ERRORS:
            raise UsageError(_('"{code}" is an error: it cannot be ignored, only fixed', code=code))
        hint = did_you_mean(code, WARNINGS if warnings else ALL)
        raise UsageError(
            _(
                'there is no code "{code}"; {hint}',
                code=code,
                hint=hint or _("kartu explain lists them"),
            )
        )
    return codes


def _codes_in(text: str) -> list[str]:
    """Returns codes separated by commas, or those in a line that kartu printed."""
    printed = _PRINTED.findall(text)
    return printed or [code for part in text.split(",") if (code := part.strip().lower())]
