"""`kartu explain`."""

from __future__ import annotations

import click

from kartu.cli.echo import style
from kartu.cli.options import complete_codes
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_

EPILOG = N_("""\b
Examples:
  kartu explain                         all codes, a line each
  kartu explain no-card
  kartu explain 'error[no-card]'        as kartu printed it
  kartu explain no-card --format json
""")


@click.command("explain", epilog=EPILOG)
@click.argument("codes", metavar="[CODE]...", nargs=-1, shell_complete=complete_codes)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help=N_("text for people (the default), json for programs, markdown for a page."),
)
@click.pass_obj
def command(terminal: Terminal, codes: tuple[str, ...], form: str) -> None:
    """Explain each CODE: what it means, why it matters, and how it looks wrong and right."""
    from kartu.report.explain import (
        codes_text,
        explanations_json,
        explanations_markdown,
        explanations_text,
    )
    from kartu.report.explanations import explain, explanations
    from kartu.report.filter import known_codes

    with usage_errors():
        wanted = known_codes(codes)
    if form == "text" and not wanted:
        terminal.print(codes_text())
        return
    found = explain(wanted) if wanted else explanations()
    if form == "json":
        terminal.print(explanations_json(found))
    elif form == "markdown":
        terminal.print(explanations_markdown(found))
    else:
        terminal.print(explanations_text(found, style))
