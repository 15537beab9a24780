"""`kartu site`."""

from __future__ import annotations

from pathlib import Path

import click

from kartu.cli.options import complete_decks
from kartu.cli.targets import Target, each
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, ngettext

EPILOG = N_("""\b
Examples:
  kartu site                      into build/site/; open index.html there
  kartu site -o public            for a school's server or GitHub Pages
  kartu site biology

SOURCE_DATE_EPOCH sets the time of the notes, so that the same sources give the same bytes.
""")


@click.command("site", epilog=EPILOG)
@click.argument("decks", metavar="[DECK|FILE]...", nargs=-1, shell_complete=complete_decks)
@click.option(
    "-o",
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help=N_(
        "The folder of the site (else build/site/ in the project; of a FILE, FILE-site/ beside it)."
    ),
)
@click.pass_obj
def command(terminal: Terminal, decks: tuple[str, ...], out: Path | None) -> None:
    """Write a site of each DECK: a front page with downloads, and all cards to look at.

    The packages in it are those of `kartu build`. It needs no server and no network. What is not
    released is marked as a draft.
    """

    def run(at: Terminal, target: Target) -> None:
        _site(at, target.decks, out)

    each(terminal, decks, run)


def _site(terminal: Terminal, decks: tuple[str, ...], out: Path | None) -> None:
    from kartu.show.site import SiteOptions, site

    with usage_errors(terminal), terminal.progress() as progress:
        result = site(SiteOptions(terminal.root, decks, terminal.cache, out), progress)
    terminal.diagnostics(result.diagnostics)
    if result.packages:
        from kartu.report.tables import packages_table, size

        terminal.result(packages_table(result.packages))
        done = ngettext(
            "{number} file, {size}, in {folder}",
            "{number} files, {size}, in {folder}",
            result.files,
            size=size(result.size),
            folder=result.out,
        )
        terminal.result(f"{done}\n")
    terminal.exit(result.diagnostics)
