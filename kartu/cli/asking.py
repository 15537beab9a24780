"""Asks on a terminal what the columns of a list are, where no row of it says that."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from kartu.cli.echo import echo, readable
from kartu.cli.terminal import Terminal
from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _
from kartu.core.text import typed
from kartu.rewrite.description import Properties

_GIVEN = ("--name", "--language", "--note-type")
_LONGEST = 60  # characters of a heading


def answered(
    terminal: Terminal, diagnostics: Sequence[Diagnostic], properties: Properties
) -> Properties | None:
    """The properties with what a person says of the columns; None where nobody is to be asked.

    Only the first such fault is asked about: a workbook has as many as it has sheets.
    """
    fault = next((one for one in diagnostics if one.code == "no-heading"), None)
    if fault is None or properties.columns or terminal.quiet or not sys.stdin.isatty():
        return None
    echo(fault.message, err=True)
    heading, card = _("heading"), _("card")
    answer = click.prompt(
        _("The first row is a"), type=click.Choice([heading, card]), default=card, err=True
    )
    echo(_("What is in each column? (- for one that no card shows)"), err=True)
    columns = []
    for proposed in fault.names:
        key, _equals, cell = proposed.partition("=")
        shown = cell if len(cell) <= 40 else f"{cell[:39]}…"
        key = click.prompt(
            readable(f"  {shown or '-'}"), default="-" if key == "#" else key, err=True
        )
        if answer == card:
            columns.append(key.strip())
        elif cell:
            columns.append(f"{cell}={key.strip()}")
    return properties._replace(columns=tuple(columns))


def advise(diagnostics: Sequence[Diagnostic], command: Sequence[str], given: Properties) -> None:
    """Prints the commands that say what the columns are, where no row of the list does.

    Args:
        command: The command with its arguments, without its options; `given` are the options.
    """
    found = [one for one in diagnostics if one.names and one.code in ("no-heading", "missing-key")]
    proposed = [one.partition("=")[::2] for one in found[0].names] if found else []
    if {key for key, _heading in proposed} <= {"#"}:
        return
    asked = found[0].code == "no-heading"
    words = [*command]
    for option, value in zip(_GIVEN, given[: len(_GIVEN)], strict=True):
        words += [option, str(value)] if value else []
    words.append("--columns")
    if asked:
        order = ["-" if key == "#" else key for key, _heading in proposed]
        line = _line([*words, ",".join(order)])
        echo(_("kartu: if it is a card, this is enough: {line}", line=line), err=True)
    headings = [heading for _key, heading in proposed if heading]
    can_be_written = not any("," in one or "=" in one or len(one) > _LONGEST for one in headings)
    if can_be_written and len({*headings}) == len(headings):
        named = [f"{one}={'-' if key == '#' else key}" for key, one in proposed if one]
        line = _line([*words, ",".join(named)])
        text = _("kartu: this is enough, with other words where it is wrong: {line}", line=line)
        if asked:
            text = _("kartu: if it is a heading: {line}", line=line)
        echo(text, err=True)


def _line(words: Sequence[str]) -> str:
    """A command as it is typed: in double quotes what has spaces, as every shell reads it."""
    return " ".join(map(typed, words))
