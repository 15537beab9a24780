"""Options that several commands have in common."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kartu.core.codes import ERRORS, WARNINGS
from kartu.core.diagnostics import did_you_mean
from kartu.core.patterns import pattern

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

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


def complete_decks(ctx: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """The project's decks whose names begin so, for the shell."""
    from click.shell_completion import CompletionItem

    folder = os.path.join(str(ctx.find_root().params.get("root") or "."), "cards")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [
        CompletionItem(name)
        for name in names
        if name.startswith(begun) and os.path.isfile(os.path.join(folder, name, "deck.yaml"))
    ]


def complete_codes(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """The codes that begin so, after those that are written already (`a,b`)."""
    from click.shell_completion import CompletionItem

    done, comma, last = begun.rpartition(",")
    return [
        CompletionItem(f"{done}{comma}{code}", help=title)
        for code, title in {**ERRORS, **WARNINGS}.items()
        if code.startswith(last)
    ]
