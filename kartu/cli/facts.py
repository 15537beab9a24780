"""`kartu facts`."""

from __future__ import annotations

import json

import click

from kartu.cli.options import complete_decks, text_or_json
from kartu.cli.targets import Target, each
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_

EPILOG = N_("""\b
Examples:
  kartu facts
  kartu facts biology --format json
""")


@click.command("facts", epilog=EPILOG)
@click.argument("decks", metavar="[DECK|FILE]...", nargs=-1, shell_complete=complete_decks)
@text_or_json
@click.pass_obj
def command(terminal: Terminal, decks: tuple[str, ...], form: str) -> None:
    """List the facts that each DECK should ask (`facts:` in deck.yaml), and the notes that do."""

    def run(at: Terminal, target: Target) -> None:
        _facts(at, target.decks, form)

    each(terminal, decks, run)


def _facts(terminal: Terminal, decks: tuple[str, ...], form: str) -> None:
    from kartu.checks.coverage import fact_coverage
    from kartu.pipeline import Options, facts
    from kartu.report.tables import facts_table

    with usage_errors(terminal):
        found, diagnostics = facts(Options(terminal.root, decks))
    terminal.diagnostics(diagnostics)
    if form == "json":
        content = {
            deck.id: {
                key: [note.id for note in notes] for key, notes in fact_coverage(deck).items()
            }
            for deck in found
        }
        terminal.print(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    else:
        terminal.print(facts_table(found))
    terminal.exit(diagnostics)
