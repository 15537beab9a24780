"""`kartu export`."""

from __future__ import annotations

from pathlib import Path

import click

from kartu.cli.options import complete_decks
from kartu.cli.targets import only
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _, ngettext

EPILOG = N_("""\b
Examples:
  kartu export biology -o biology.csv       edit it in a spreadsheet, save as CSV, then
  kartu import --update biology.csv --diff  see what would change
  kartu import --update biology.csv         take the changes over
  kartu export biology --format xlsx        the same as an Excel workbook
  kartu export biology --format text        for Anki's own import
  kartu export biology --format crowdanki   a folder for the add-on CrowdAnki
""")


@click.command("export", epilog=EPILOG)
@click.argument("deck", metavar="[DECK|FILE]", default="", shell_complete=complete_decks)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "xlsx", "text", "crowdanki"]),
    default="csv",
    help=N_("csv (the default) or xlsx for a spreadsheet, text for Anki's import, or crowdanki."),
)
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("The file to write, which must not exist yet (else DECK.csv, DECK.xlsx … here)."),
)
@click.pass_obj
def command(terminal: Terminal, deck: str, form: str, out: Path | None) -> None:
    """Write the notes of DECK (a folder name below cards/) into a file for other programs.

    For CrowdAnki that is a folder. An .xlsx needs kartu[sheets].
    """
    from kartu.export.run import ExportOptions, export

    terminal, target = only(terminal, deck)
    deck = target.deck
    with usage_errors(terminal), terminal.progress() as progress:
        options = ExportOptions(terminal.root, deck, form, out, terminal.cache)
        result = export(options, progress)
    terminal.diagnostics(result.diagnostics)
    if result.notes:
        notes = ngettext("{number} note", "{number} notes", result.notes)
        terminal.result(f"{result.out}: {notes}\n")
        label = _("not in it:")
        terminal.result("".join(f"  {label} {one}\n" for one in result.left_out))
    terminal.exit(result.diagnostics)
