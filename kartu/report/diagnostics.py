"""Diagnostics as text for people and as JSON for programs."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kartu.core.codes import FILE_LEVEL, Severity, severity
from kartu.core.diagnostics import Diagnostic
from kartu.core.language import N_, _, ngettext
from kartu.core.source import Span
from kartu.core.text import is_readable

Read = Callable[[Span], "str | None"]
ShowPath = Callable[[str], str]
Style = Callable[[str, str], str]

# Of a longer source line only the part around the fault is shown.
_MAX_WIDTH = 120

# How many diagnostics of one code are listed where the caller sets no other limit.
SEVERITY_NAMES: dict[Severity, str] = {
    "error": N_("error"),
    "warning": N_("warning"),
    "info": N_("info"),
}

MAX_SHOWN = 20


def unstyled(text: str, style: str) -> str:
    """Returns the text as it is: the style of output without colours."""
    return text


def as_text(
    diagnostics: Sequence[Diagnostic],
    path: ShowPath,
    read: Read,
    style: Style = unstyled,
    limit: int = 0,
) -> str:
    """Returns diagnostics as compilers print them.

    Each is `path:line:column: severity[code]: message`, the source line with a mark below the
    column, and the help.

    Args:
        limit: How many of each code to list, 0 for all; a line says how many more there are.
    """
    totals = Counter(one.code for one in diagnostics)
    shown: Counter[str] = Counter()
    text = ""
    for one in diagnostics:
        shown[one.code] += 1
        if not limit or shown[one.code] <= limit:
            text += _one_as_text(one, path, read, style)
        if shown[one.code] == limit < totals[one.code]:
            which = style(code_label(one.code), one.severity)
            more = totals[one.code] - limit
            text += _(
                "… and {count} more of {which} (all: kartu check --limit 0)",
                count=more,
                which=which,
            )
            text += "\n"
    return text


def as_json(diagnostics: Iterable[Diagnostic], path: ShowPath) -> str:
    """Returns a JSON array of the diagnostics, an object each (see schemas/check.json)."""
    content = [as_object(one, path) for one in diagnostics]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """Returns the number of diagnostics by severity, such as `2 errors, 1 warning`.

    Notes that are unfinished are counted by themselves: they are no fault.
    """
    diagnostics = list(diagnostics)
    severities = Counter(one.severity for one in diagnostics)
    unfinished = sum(one.code == "unfinished-note" for one in diagnostics)
    errors, warnings = severities["error"], severities["warning"]
    parts = []
    if errors:
        parts.append(ngettext("{number} error", "{number} errors", errors))
    if warnings:
        parts.append(ngettext("{number} warning", "{number} warnings", warnings))
    found = ", ".join(parts) or _("no faults")
    if not unfinished:
        return found
    return ngettext(
        "{faults}; {number} note is unfinished and in no package",
        "{faults}; {number} notes are unfinished and in no package",
        unfinished,
        faults=found,
    )


def _one_as_text(one: Diagnostic, path: ShowPath, read: Read, style: Style) -> str:
    kind = style(code_label(one.code), one.severity)
    text = f"{_location(one.span, path)}: {kind}: {visible(one.message)}\n"
    if one.code not in FILE_LEVEL:
        text += _excerpt(one.span, read, style)
    for related in one.related:
        cell = f" ({visible(_cell(related.span))})" if related.span.sheet else ""
        text += f"    {_location(related.span, path)}: {visible(related.message)}{cell}\n"
    if one.help:
        label = style(_("help:"), "help")
        text += f"    {label} {visible(one.help)}\n"
    return text


def code_label(code: str) -> str:
    """Returns what stands before a message: `error[no-card]`."""
    return f"{_(SEVERITY_NAMES[severity(code)])}[{code}]"


def visible(text: str) -> str:
    """Returns the text on one line, with characters escaped that a terminal would obey."""
    if is_readable(text):
        return text
    return "".join(
        character if is_readable(character) else character.encode("unicode_escape").decode()
        for character in text
    )


def _excerpt(span: Span, read: Read, style: Style) -> str:
    line = read(span)
    if span.sheet:
        return (
            f"    {visible(_cell(span))}  {visible((line or '').strip()[:_MAX_WIDTH])}".rstrip()
            + "\n"
        )
    if line is None or not line.strip():
        return ""
    line = line.rstrip().replace("\t", " ")
    column = span.column - 1
    start = max(0, column + 1 - _MAX_WIDTH // 2) if len(line) > _MAX_WIDTH else 0
    shown = line[start : start + _MAX_WIDTH]
    start += len(shown) - len(shown.lstrip())
    past_end = max(0, column - len(line))
    mark = " " * (_width(visible(line[start:column])) + past_end) + "^"
    return f"    {visible(shown.lstrip())}\n    {style(mark, 'mark')}\n"


def _width(text: str) -> int:
    """Returns the width of the text in columns of a terminal."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _cell(span: Span) -> str:
    """Returns the cell as spreadsheets write it: `Sheet1!B12`."""
    letters, column = "", span.column
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{span.sheet}!{letters}{span.line}"


def _location(span: Span, path: ShowPath) -> str:
    return f"{visible(path(span.path))}:{span.line}:{span.column}"


def as_object(one: Diagnostic, path: ShowPath) -> dict[str, Any]:
    """Returns a diagnostic as a JSON object."""
    return {
        **_json_location(one.span, path),
        "severity": one.severity,
        "code": one.code,
        "message": one.message,
        "help": one.help,
        "related": [
            {**_json_location(related.span, path), "message": related.message}
            for related in one.related
        ],
    }


def _json_location(span: Span, path: ShowPath) -> dict[str, Any]:
    location = {"path": path(span.path), "line": span.line, "column": span.column}
    return {**location, "cell": _cell(span)} if span.sheet else location
