"""Diagnostics as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from kartu.codes import OF_FILES
from kartu.diagnostics import Diagnostic
from kartu.source import Span

Read = Callable[[Span], "str | None"]
ShowPath = Callable[[str], str]
Style = Callable[[str, str], str]

# A source line longer than this is shown around the place only.
_WIDEST = 120


def plain(text: str, style: str) -> str:
    """The style without colours."""
    return text


def as_text(
    diagnostics: Iterable[Diagnostic], path: ShowPath, read: Read, style: Style = plain
) -> str:
    """`path:line:column: severity[code]: message`, the source line with a mark, and the help."""
    return "".join(_one_as_text(one, path, read, style) for one in diagnostics)


def as_json(diagnostics: Iterable[Diagnostic], path: ShowPath) -> str:
    """An array of objects with path, line, column, severity, code, message, help and related."""
    content = [_one_as_json(one, path) for one in diagnostics]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def counted(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    severities = [one.severity for one in diagnostics]
    parts = []
    for severity in ("error", "warning"):
        count = severities.count(severity)
        if count:
            parts.append(f"{count} {severity}{'s' if count > 1 else ''}")
    return ", ".join(parts) or "no faults"


def _one_as_text(one: Diagnostic, path: ShowPath, read: Read, style: Style) -> str:
    severity = style(f"{one.severity}[{one.code}]", one.severity)
    text = f"{_place(one.span, path)}: {severity}: {_visible(one.message)}\n"
    if one.code not in OF_FILES:
        text += _excerpt(one.span, read, style)
    for related in one.related:
        cell = f" ({_visible(_cell(related.span))})" if related.span.sheet else ""
        text += f"    {_place(related.span, path)}: {_visible(related.message)}{cell}\n"
    if one.help:
        text += f"    {style('help:', 'help')} {_visible(one.help)}\n"
    return text


def _visible(text: str) -> str:
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
            f"    {_visible(_cell(span))}  {_visible((line or '').strip()[:_WIDEST])}".rstrip()
            + "\n"
        )
    if line is None or not line.strip():
        return ""
    line = line.rstrip().expandtabs(1)
    start = max(0, span.column - _WIDEST // 2) if len(line) > _WIDEST else 0
    shown = line[start : start + _WIDEST]
    lead = len(shown) - len(shown.lstrip()) if not start else 0
    mark = " " * max(0, span.column - 1 - start - lead) + "^"
    return f"    {_visible(shown[lead:])}\n    {style(mark, 'mark')}\n"


def _cell(span: Span) -> str:
    """`Sheet1!B12`"""
    letters, column = "", span.column
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{span.sheet}!{letters}{span.line}"


def _place(span: Span, path: ShowPath) -> str:
    return f"{_visible(path(span.path))}:{span.line}:{span.column}"


def _one_as_json(one: Diagnostic, path: ShowPath) -> dict[str, Any]:
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
