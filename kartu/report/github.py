"""Diagnostics as annotations of GitHub Actions, shown at their line in a pull request."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from kartu.core.codes import SEVERITIES
from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _
from kartu.report.diagnostics import ShowPath

# docs.github.com, "Workflow commands"; what to escape is documented by @actions/core alone.
_IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = _IN_MESSAGES | str.maketrans({":": "%3A", ",": "%2C"})


def as_github(diagnostics: Sequence[Diagnostic], path: ShowPath, text: str) -> str:
    """Returns `text` for the log and a workflow command for each diagnostic, errors first.

    GitHub shows the first ten of each severity, hence the order.

    Args:
        path: Makes a path relative to the repository.
        text: The report for people.
    """
    commands = [
        _command(one, path)
        for severity in SEVERITIES
        for one in diagnostics
        if one.severity == severity
    ]
    return _inert(text) + "".join(commands)


def _inert(text: str) -> str:
    """Returns the text such that no source line quoted in it is taken for a command."""
    if not text:
        return ""
    # No text can contain its own hash, so none can end the quotation.
    token = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return f"::stop-commands::{token}\n{text}::{token}::\n"


def _command(one: Diagnostic, path: ShowPath) -> str:
    place = one.span
    properties = {
        "file": path(place.path),
        "line": str(place.line),
        "col": str(place.column),
        "title": one.code,
    }
    joined = ",".join(
        f"{key}={value.translate(_IN_PROPERTIES)}" for key, value in properties.items()
    )
    lines = [one.message]
    lines += [f"{path(span.path)}:{span.line}: {message}" for span, message in one.related]
    lines += [_("help:") + f" {one.help}"] if one.help else []
    message = "\n".join(lines).translate(_IN_MESSAGES)
    kind = "notice" if one.severity == "info" else one.severity
    return f"::{kind} {joined}::{message}\n"
