"""`kartu new`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import _

EPILOG = """\b
Examples:
  kartu new ips-kelas-9                    asks for the rest
  kartu new ips --name "IPS Kelas 9" --subject IPS --language id
  kartu new punyaku --from ../dek-teman    another project, with an identity of its own
\b
Then:
  cd ips-kelas-9 && kartu build
"""


@click.command("new", epilog=EPILOG)
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option("--name", metavar="TEXT", help=_("The deck's name in Anki."))
@click.option("--subject", metavar="TEXT", help=_("What the deck is for, such as IPS."))
@click.option("--language", metavar="CODE", help=_("The language of the cards: id (else), en …"))
@click.option(
    "--from",
    "origin",
    metavar="PROJECT",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=_("Begin with the decks of another project, in place of the examples."),
)
@click.pass_obj
def command(
    terminal: Terminal,
    folder: Path,
    name: str | None,
    subject: str | None,
    language: str | None,
    origin: Path | None,
) -> None:
    """Make a project in FOLDER: a small deck with examples to change, templates, a README.

    What is not given is asked for on a terminal. FOLDER must not be there yet, or be empty. The
    deck is built at once.
    """
    from kartu.importing.new import NewOptions, new
    from kartu.report.tables import packages_table

    if origin is None and sys.stdin.isatty() and not terminal.quiet:
        name = name or click.prompt("Name of the deck in Anki", folder.name, err=True)
        subject = subject or click.prompt("Subject", name, err=True)
        language = language or click.prompt("Language of the cards", "id", err=True)
    with usage_errors():
        result, lines = new(NewOptions(folder, name or "", subject or "", language or "", origin))
    terminal.diagnostics(result.diagnostics)
    if result.packages:
        terminal.result(packages_table(result.packages))
        terminal.result(f"in {folder}: change what is in cards/ there, then run kartu build\n")
        terminal.result("".join(f"{line}\n" for line in lines))
    terminal.exit(result.diagnostics)
