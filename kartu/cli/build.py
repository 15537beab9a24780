"""`kartu build`."""

from __future__ import annotations

from pathlib import Path

import click

from kartu.cli.options import accept_same, complete_decks, output_folder
from kartu.cli.same import accept
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _

EPILOG = N_("""\b
Examples:
  kartu build                          every deck
  kartu build kerja-sama-internasional
  kartu build -o /tmp/decks
  kartu build --released --check       is it the package that was released?
  kartu build --tag v1.2.0             what belongs to that tag, or why nothing does

SOURCE_DATE_EPOCH sets the time of the notes, so that the same sources give the same bytes.
""")


@click.command("build", epilog=EPILOG)
@click.argument("decks", metavar="[DECK]...", nargs=-1, shell_complete=complete_decks)
@output_folder
@click.option("--released", is_flag=True, help=N_("Refuse to build what is not released."))
@click.option(
    "--tag",
    metavar="TAG",
    default="",
    help=N_(
        "Build what was released as TAG (v1.2.0, or <deck>-v1.2.0), with "
        "SHA256SUMS and release.md, the text of the release; refuse where "
        "version, ledger and tag do not agree."
    ),
)
@click.option(
    "--check",
    "compare",
    is_flag=True,
    help=N_("Write nothing; exit with 1 where the packages are not those of the manifest."),
)
@accept_same
@click.pass_obj
def command(
    terminal: Terminal,
    decks: tuple[str, ...],
    out: Path | None = None,
    released: bool = False,
    tag: str = "",
    compare: bool = False,
    same: bool = False,
) -> None:
    """Build the .apkg of each DECK (a folder name below cards/; else all of them).

    Nothing is written while there is an error.
    """
    from kartu.pipeline import BuildOptions, build

    if tag and compare:
        raise click.UsageError(_("--tag and --check do not go together"))
    accept(terminal, decks, same=same)
    with usage_errors(), terminal.progress() as progress:
        options = BuildOptions(terminal.root, decks, terminal.cache, out, released, compare)
        if tag:
            from kartu.publish.tag import publish

            result = publish(options, tag, progress)
        else:
            result = build(options, progress)
    terminal.diagnostics(result.diagnostics)
    if compare and result.packages:
        terminal.result("".join(f"{line}\n" for line in result.differences))
        raise SystemExit(1 if result.differences else 0)
    if result.packages:
        from kartu.report.tables import packages_table

        terminal.result(packages_table(result.packages))
        terminal.result(_("in {folder}, with manifest.json", folder=result.out) + "\n")
    terminal.exit(result.diagnostics)
