"""Options that several commands have in common."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from kartu.core.codes import ERRORS, WARNINGS
from kartu.core.diagnostics import did_you_mean
from kartu.core.patterns import pattern

_PRINTED = pattern(r"\b(?:error|warning)\[([a-z0-9-]+)\]")

text_or_json = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="text for people (the default), json for programs.",
)

output_folder = click.option(
    "-o",
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where packages and manifest.json go (else build/ in the project).",
)


def known_codes(written: Iterable[str], *, warnings: bool = False) -> list[str]:
    """The codes of an option or argument, each as `a`, `a,b` or `error[a]`.

    UsageError for one that the catalogue does not hold, and with `warnings` for an error.
    """
    codes = [code for text in written for code in _codes_in(text)]
    for code in codes:
        if code in WARNINGS or (code in ERRORS and not warnings):
            continue
        if code in ERRORS:
            raise click.UsageError(f'"{code}" is an error: it cannot be ignored, mend it')
        hint = did_you_mean(code, WARNINGS if warnings else {**ERRORS, **WARNINGS})
        raise click.UsageError(f'there is no code "{code}"; {hint or "kartu explain lists them"}')
    return codes


def _codes_in(text: str) -> list[str]:
    """Codes separated by commas, or those of a line that kartu printed."""
    printed = _PRINTED.findall(text)
    return printed or [code for part in text.split(",") if (code := part.strip().lower())]
