"""`kartu stats`."""

from __future__ import annotations

import click

from kartu.cli.options import complete_decks
from kartu.cli.targets import Target, each
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_

EPILOG = N_("""\b
Examples:
  kartu stats
  kartu stats biology --by subdeck --by tag
  kartu stats --by topic --format markdown    the tags below topic::
  kartu stats --format json > numbers.json
""")


@click.command("stats", epilog=EPILOG)
@click.argument("decks", metavar="[DECK|FILE]...", nargs=-1, shell_complete=complete_decks)
@click.option(
    "--by",
    "by",
    metavar="WHAT",
    multiple=True,
    help=N_(
        "Only these tables: edition, subdeck, type, tag, source, or a tag that "
        "others lie below; may be given several times (else all)."
    ),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    help=N_("text for people (the default), markdown for a README, json for programs."),
)
@click.pass_obj
def command(terminal: Terminal, decks: tuple[str, ...], by: tuple[str, ...], form: str) -> None:
    """Count the notes and cards of each DECK by edition, subdeck, note type, tag and source.

    Tags below another one, such as topic::cells, get a table named after it. Translations have the
    same notes and are left out.
    """
    from kartu.pipeline import Options
    from kartu.report.stats import stats_json, stats_markdown, stats_text
    from kartu.stats import stats

    def run(at: Terminal, target: Target) -> None:
        with usage_errors(at), at.progress() as progress:
            found, diagnostics = stats(Options(at.root, target.decks, at.cache), by, progress)
        at.diagnostics(diagnostics)
        show = {"text": stats_text, "markdown": stats_markdown, "json": stats_json}[form]
        if not diagnostics:
            at.print(show(found))
        at.exit(diagnostics)

    each(terminal, decks, run)
