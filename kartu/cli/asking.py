"""Asks on a terminal what the columns of a list are, where no row of it says that."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from kartu.cli.terminal import Terminal
from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _
from kartu.rewrite.description import Properties


def answered(
    terminal: Terminal, diagnostics: Sequence[Diagnostic], properties: Properties
) -> Properties | None:
    """The properties with what a person says of the columns; None where nobody is to be asked.

    Only the first such fault is asked about: a workbook has as many as it has sheets.
    """
    fault = next((one for one in diagnostics if one.code == "no-heading"), None)
    if fault is None or properties.columns or terminal.quiet or not sys.stdin.isatty():
        return None
    click.echo(fault.message, err=True)
    heading, card = _("heading"), _("card")
    answer = click.prompt(
        _("The first row is a"), type=click.Choice([heading, card]), default=card, err=True
    )
    click.echo(_("What is in each column? (- for one that no card shows)"), err=True)
    columns = []
    for proposed in fault.names:
        key, _equals, cell = proposed.partition("=")
        shown = cell if len(cell) <= 40 else f"{cell[:39]}…"
        key = click.prompt(f"  {shown or '-'}", default="-" if key == "#" else key, err=True)
        if answer == card:
            columns.append(key.strip())
        elif cell:
            columns.append(f"{cell}={key.strip()}")
    return properties._replace(columns=tuple(columns))


def advise(diagnostics: Sequence[Diagnostic], command: str) -> None:
    """Prints the command that says what the columns are, where no row of the list does."""
    fault = next((one for one in diagnostics if one.code == "no-heading"), None)
    proposed = [one.partition("=")[0] for one in fault.names] if fault is not None else []
    if set(proposed) - {"#"}:
        keys = ",".join("-" if key == "#" else key for key in proposed)
        line = f"{command} --columns {keys}"
        click.echo(_("kartu: if it is a card, this is enough: {line}", line=line), err=True)
