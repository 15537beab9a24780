"""`kartu schema`."""

from __future__ import annotations

from pathlib import Path

import click

from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _, ngettext

EPILOG = N_("""\b
Examples:
  kartu schema              into .kartu/schema/, which is committed
  kartu schema -o schemas
  kartu schema --reports -o reports    of what commands print with --format json

An editor finds the schema of a card set by its first line, such as
# yaml-language-server: $schema=../../.kartu/schema/cards.term.json
""")


@click.command("schema", epilog=EPILOG)
@click.option(
    "-o",
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help=N_("Where the schemas go (else .kartu/schema/ in the project)."),
)
@click.option(
    "--reports",
    is_flag=True,
    help=N_("Write the schemas of the JSON reports into the folder of -o."),
)
@click.pass_obj
def command(terminal: Terminal, out: Path | None, reports: bool) -> None:
    """Write JSON Schemas of deck.yaml, note_type.yaml and the card sets of each note type.

    They change only when a note type does; a file that is up to date is not written again.
    """
    from kartu.schema.files import schema

    if reports:
        _reports(terminal, out)
        return
    with usage_errors():
        result = schema(terminal.root, out)
    terminal.diagnostics(result.diagnostics)
    if result.names:
        terminal.result("".join(f"{name}\n" for name in result.changed))
        done = ngettext(
            "{number} schema in {folder}, changed: {changed}",
            "{number} schemas in {folder}, changed: {changed}",
            len(result.names),
            folder=result.out,
            changed=len(result.changed),
        )
        terminal.result(f"{done}\n")
    terminal.exit(result.diagnostics)


def _reports(terminal: Terminal, out: Path | None) -> None:
    from kartu.report.schemas import write_report_schemas

    if out is None:
        raise click.UsageError(_("--reports goes with -o DIR"))
    with usage_errors():
        names = write_report_schemas(out)
    done = ngettext(
        "{number} schema of reports in {folder}",
        "{number} schemas of reports in {folder}",
        len(names),
        folder=out,
    )
    terminal.result(f"{done}\n")
