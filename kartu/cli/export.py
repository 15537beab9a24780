"""`kartu export`."""

from __future__ import annotations

from pathlib import Path

import click

from kartu.cli.terminal import Terminal, usage_errors

EPILOG = """\b
Examples:
  kartu export ips -o ips.csv           change it in a spreadsheet, save as CSV, then
  kartu import --update ips.csv --diff  see what that changes, and without --diff
  kartu import --update ips.csv         bring it back
  kartu export ips --format text        for Anki's own import
"""


@click.command("export", epilog=EPILOG)
@click.argument("deck", metavar="[DECK]", default="")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "text"]),
    default="csv",
    help="csv for a spreadsheet (the default), text for Anki's import.",
)
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write, which must not be there (else DECK.csv or DECK.txt here).",
)
@click.pass_obj
def command(terminal: Terminal, deck: str, form: str, out: Path | None) -> None:
    """Write the notes of DECK (a folder name below cards/) into a file for other programs."""
    from kartu.exporting.run import ExportOptions, export
    from kartu.importing.brought import counted

    with usage_errors(), terminal.progress() as progress:
        options = ExportOptions(terminal.root, deck, form, out, terminal.cache)
        result = export(options, progress)
    terminal.diagnostics(result.diagnostics)
    if result.notes:
        terminal.result(f"{result.out}: {counted(result.notes, 'note')}\n")
        terminal.result("".join(f"  not in it: {one}\n" for one in result.told))
    terminal.exit(result.diagnostics)
