"""`kartu diff`."""

from __future__ import annotations

import copy
import sys

import click

from kartu.cli.echo import style
from kartu.cli.options import complete_decks
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_

EPILOG = N_("""\b
Examples:
  kartu diff git:HEAD .                           what has changed since the last commit
  kartu diff git:v1.0.0 git:v1.1.0 --format markdown
  kartu diff old.apkg build/biology-full.apkg
  kartu diff old.apkg . --deck biology --format json
""")


@click.command("diff", epilog=EPILOG)
@click.argument("old")
@click.argument("new")
@click.option(
    "--deck",
    metavar="DECK",
    default="",
    shell_complete=complete_decks,
    help=N_("Compare this deck only (else all)."),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    help=N_("text for people (the default), markdown for a release, json for programs."),
)
@click.pass_obj
def command(terminal: Terminal, old: str, new: str, deck: str, form: str) -> None:
    """Show what students will notice who have OLD and import NEW.

    OLD and NEW are each an .apkg file, the folder of a project, or git:REV, a git revision of
    the current project.
    """
    from kartu.publish.diff.sources import DiffOptions, diff_sources
    from kartu.report.diff import as_json, as_markdown, as_text

    options = DiffOptions(old, new, terminal.root, deck, terminal.cache)
    with usage_errors(), terminal.progress() as progress:
        changes, faulty = diff_sources(options, progress)
    for side in faulty:
        there = copy.copy(terminal)
        there.root = side.root
        there.diagnostics(side.diagnostics)
    if faulty:
        sys.exit(1)
    if form == "json":
        terminal.print(as_json(changes))
    elif form == "markdown":
        terminal.print(as_markdown(changes))
    else:
        terminal.print(as_text(changes, style))
