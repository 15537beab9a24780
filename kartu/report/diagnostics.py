"""Diagnostics as text for people and as JSON for programs."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kartu.core.codes import FILE_LEVEL, SEVERITIES
from kartu.core.diagnostics import Diagnostic
from kartu.core.source import Span

Read = Callable[[Span], "str | None"]
ShowPath = Callable[[str], str]
Style = Callable[[str, str], str]

# A source line longer than this is shown around the place only.
_WIDEST = 120

# A deck with more faults of one code is read in portions.
MOST_SHOWN = 20


def plain(text: str, style: str) -> str:
    """The style without colours."""
    return text


def as_text(
    diagnostics: Sequence[Diagnostic],
    path: ShowPath,
    read: Read,
    style: Style = plain,
    limit: int = 0,
) -> str:
    """`path:line:column: severity[code]: message`, the source line with a mark, and the help.

    With a `limit`, of each code only so many, and after the last one how many more there are.
    """
    all_of = Counter(one.code for one in diagnostics)
    shown: Counter[str] = Counter()
    text = ""
    for one in diagnostics:
        shown[one.code] += 1
        if not limit or shown[one.code] <= limit:
            text += _one_as_text(one, path, read, style)
        if shown[one.code] == limit < all_of[one.code]:
            which = style(f"{one.severity}[{one.code}]", one.severity)
            more = all_of[one.code] - limit
            text += f"… and {more} more of {which} (all: kartu check --limit 0)\n"
    return text


def as_json(diagnostics: Iterable[Diagnostic], path: ShowPath) -> str:
    """An array of objects with path, line, column, severity, code, message, help and related."""
    content = [as_object(one, path) for one in diagnostics]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def counted(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    severities = Counter(one.severity for one in diagnostics)
    parts = [
        f"{severities[kind]} {kind}{'s' if severities[kind] > 1 else ''}"
        for kind in SEVERITIES
        if severities[kind]
    ]
    return ", ".join(parts) or "no faults"


def _one_as_text(one: Diagnostic, path: ShowPath, read: Read, style: Style) -> str:
    kind = style(f"{one.severity}[{one.code}]", one.severity)
    text = f"{_place(one.span, path)}: {kind}: {visible(one.message)}\n"
    if one.code not in FILE_LEVEL:
        text += _excerpt(one.span, read, style)
    for related in one.related:
        cell = f" ({visible(_cell(related.span))})" if related.span.sheet else ""
        text += f"    {_place(related.span, path)}: {visible(related.message)}{cell}\n"
    if one.help:
        text += f"    {style('help:', 'help')} {visible(one.help)}\n"
    return text


def visible(text: str) -> str:
    """On one line and without signs that a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


def _excerpt(span: Span, read: Read, style: Style) -> str:
    line = read(span)
    if span.sheet:
        return (
            f"    {visible(_cell(span))}  {visible((line or '').strip()[:_WIDEST])}".rstrip() + "\n"
        )
    if line is None or not line.strip():
        return ""
    line = line.rstrip().replace("\t", " ")
    column = span.column - 1
    start = max(0, column + 1 - _WIDEST // 2) if len(line) > _WIDEST else 0
    shown = line[start : start + _WIDEST]
    start += len(shown) - len(shown.lstrip())
    beyond = max(0, column - len(line))
    mark = " " * (_width(visible(line[start:column])) + beyond) + "^"
    return f"    {visible(shown.lstrip())}\n    {style(mark, 'mark')}\n"


def _width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(map(_columns, text))


def _columns(sign: str) -> int:
    if sign.isascii():
        return 1
    if unicodedata.category(sign) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _cell(span: Span) -> str:
    """`Sheet1!B12`"""
    letters, column = "", span.column
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{span.sheet}!{letters}{span.line}"


def _place(span: Span, path: ShowPath) -> str:
    return f"{visible(path(span.path))}:{span.line}:{span.column}"


def as_object(one: Diagnostic, path: ShowPath) -> dict[str, Any]:
    """A diagnostic as programs get it."""
    return {
        **_json_place(one.span, path),
        "severity": one.severity,
        "code": one.code,
        "message": one.message,
        "help": one.help,
        "related": [
            {**_json_place(related.span, path), "message": related.message}
            for related in one.related
        ],
    }


def _json_place(span: Span, path: ShowPath) -> dict[str, Any]:
    place = {"path": path(span.path), "line": span.line, "column": span.column}
    return {**place, "cell": _cell(span)} if span.sheet else place
