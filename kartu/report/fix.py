"""Fixes as lines for people, and as a unified diff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff

from kartu.core.language import _, ngettext
from kartu.load.sheets.encoding import as_written
from kartu.report.diagnostics import ShowPath, Style, unstyled, visible
from kartu.rewrite.fix import FixedFile

_HEAD = ("---", "+++")


def as_text(files: Sequence[FixedFile], path: ShowPath, style: Style = unstyled) -> str:
    """Returns one line per fix: `path:line:column: fixed: message`."""
    label = style(_("fixed:"), "fixed")
    return "".join(
        f"{visible(path(one.path))}:{fix.span.line}:{fix.span.column}:"
        f" {label} {visible(fix.message)}\n"
        for one in files
        for fix in one.fixes
    )


def summary(files: Sequence[FixedFile], *, written: bool) -> str:
    """Returns how much was fixed, or with `written` false would be: `3 faults fixed in 2 files`."""
    fixes, where = _size(files)
    if not fixes:
        return _("nothing to fix")
    if written:
        return ngettext(
            "{number} fault fixed in {where}",
            "{number} faults fixed in {where}",
            fixes,
            where=where,
        )
    return ngettext(
        "{number} fault to fix in {where}", "{number} faults to fix in {where}", fixes, where=where
    )


def update_summary(files: Sequence[FixedFile], *, written: bool) -> str:
    """Returns likewise how much an edited sheet changes."""
    changes, where = _size(files)
    if not changes:
        return _("nothing to change")
    if written:
        return ngettext(
            "{number} change in {where}", "{number} changes in {where}", changes, where=where
        )
    return ngettext(
        "{number} change to make in {where}",
        "{number} changes to make in {where}",
        changes,
        where=where,
    )


def _size(files: Sequence[FixedFile]) -> tuple[int, str]:
    where = ngettext("{number} file", "{number} files", len(files))
    return sum(len(one.fixes) for one in files), where


def as_diff(files: Sequence[FixedFile], path: ShowPath, style: Style = unstyled) -> str:
    """Returns a unified diff that `git apply` accepts."""
    return "".join(
        _coloured(line, style) for one in files for line in _diff(one, visible(path(one.path)))
    )


def _diff(one: FixedFile, name: str) -> Iterator[str]:
    lines = [_text(one.path, data).split("\n") for data in (one.before, one.after)]
    before, after = (
        [*(f"{line}\n" for line in part[:-1]), *filter(None, part[-1:])] for part in lines
    )
    for line in unified_diff(before, after, f"a/{name}", f"b/{name}"):
        yield (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")


def _text(path: str, data: bytes) -> str:
    """Decodes a file: CSV files may have any encoding, YAML files are UTF-8 and keep their BOM."""
    return as_written(data).content if path.endswith(".csv") else data.decode("utf-8", "replace")


def _coloured(line: str, style: Style) -> str:
    kind = {"+": "added", "-": "removed"}.get(line[0])
    if kind is None or line.startswith(_HEAD):
        return line
    text = line.removesuffix("\n")
    return style(text, kind) + line[len(text) :]
