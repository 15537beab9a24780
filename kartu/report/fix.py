"""Fixes as lines for people, and as a unified diff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff

from kartu.core.language import _
from kartu.load.sheets.encoding import as_written
from kartu.report.diagnostics import ShowPath, Style, unstyled, visible
from kartu.rewrite.fix import FixedFile

_HEAD = ("---", "+++")


def as_text(files: Sequence[FixedFile], path: ShowPath, style: Style = unstyled) -> str:
    """Returns one line per fix: `path:line:column: fixed: message`."""
    return "".join(
        f"{visible(path(one.path))}:{fix.span.line}:{fix.span.column}:"
        f" {style('fixed:', 'fixed')} {visible(fix.message)}\n"
        for one in files
        for fix in one.fixes
    )


def summary(files: Sequence[FixedFile], done: str) -> str:
    """Returns how much was fixed, such as `3 things mended in 2 files` (`done` is the verb)."""
    things = sum(len(one.fixes) for one in files)
    if not things:
        return _("nothing {done}", done=done)
    where = "1 file" if len(files) == 1 else f"{len(files)} files"
    return _(
        "{things} thing{value} {done} in {where}",
        things=things,
        value="s" if things > 1 else "",
        done=done,
        where=where,
    )


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
        yield (
            line if line.endswith("\n") else _("{line}\n\\ No newline at end of file\n", line=line)
        )


def _text(path: str, data: bytes) -> str:
    """Decodes a file: CSV files may have any encoding, YAML files are UTF-8 and keep their BOM."""
    return as_written(data).content if path.endswith(".csv") else data.decode()


def _coloured(line: str, style: Style) -> str:
    kind = {"+": "added", "-": "removed"}.get(line[0])
    if kind is None or line.startswith(_HEAD):
        return line
    text = line.removesuffix("\n")
    return style(text, kind) + line[len(text) :]
