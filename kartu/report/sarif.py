"""Diagnostics as SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from kartu.core.codes import FILE_LEVEL, Severity, severity, title
from kartu.core.diagnostics import Diagnostic
from kartu.core.source import Span
from kartu.core.version import __version__
from kartu.report.diagnostics import ShowPath

_SCHEMA = (
    "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"
)

_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


def as_sarif(diagnostics: Sequence[Diagnostic], path: ShowPath) -> str:
    """Returns a log of one run; `path` makes paths relative to the repository."""
    codes = sorted({one.code for one in diagnostics})
    run = {
        "tool": {"driver": {"name": "kartu", "version": __version__, "rules": _rules(codes)}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, codes.index(one.code), path) for one in diagnostics],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rules(codes: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "id": code,
            "shortDescription": {"text": title(code)},
            "defaultConfiguration": {"level": _LEVELS[severity(code)]},
        }
        for code in codes
    ]


def _result(one: Diagnostic, rule: int, path: ShowPath) -> dict[str, Any]:
    result = {
        "ruleId": one.code,
        "ruleIndex": rule,
        "level": _LEVELS[one.severity],
        "message": {"text": f"{one.message}\n{one.help}".rstrip()},
        "locations": [_location(one.span, path, whole=one.code in FILE_LEVEL)],
    }
    if one.related:
        result["relatedLocations"] = [
            {**_location(related.span, path), "message": {"text": related.message}}
            for related in one.related
        ]
    return result


def _location(span: Span, path: ShowPath, *, whole: bool = False) -> dict[str, Any]:
    place: dict[str, Any] = {
        "artifactLocation": {
            "uri": quote(path(span.path), errors="surrogateescape"),
            "uriBaseId": "%SRCROOT%",
        }
    }
    if not whole:
        place["region"] = {"startLine": span.line, "startColumn": span.column}
    return {"physicalLocation": place}
