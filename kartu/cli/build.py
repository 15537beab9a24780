"""`kartu build`."""

from __future__ import annotations

from pathlib import Path

import click

from kartu.cli.options import (
    accept_same,
    complete_decks,
    of_a_file,
    output_folder,
    properties_of,
)
from kartu.cli.same import accept, asked
from kartu.cli.targets import Target, each
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _

EPILOG = N_("""\b
Examples:
  kartu build                          every deck
  kartu build biology
  kartu build words.csv                words.apkg beside it; no project is needed
  kartu build -o /tmp/decks
  kartu build --released --check       is it the package that was released?
  kartu build --tag v1.2.0             what belongs to that tag, or why nothing does

SOURCE_DATE_EPOCH sets the time of the notes, so that the same sources give the same bytes.
""")


@click.command("build", epilog=EPILOG)
@click.argument("decks", metavar="[DECK|FILE]...", nargs=-1, shell_complete=complete_decks)
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
@of_a_file
@click.pass_obj
def command(
    terminal: Terminal,
    /,
    decks: tuple[str, ...],
    out: Path | None = None,
    released: bool = False,
    tag: str = "",
    compare: bool = False,
    same: bool = False,
    **of_file: str,
) -> None:
    """Build the .apkg of each DECK (a folder name below cards/; else all of them).

    A FILE outside such a folder (.csv, .tsv, .txt, .xlsx, .ods, .md, .yaml) is a deck of its own:
    its package lies beside it, and so does what kartu has to remember of it. What has changed since
    the last build is recorded at once, so that your own edits in Anki stay on all other cards.

    Nothing is written while there is an error.
    """

    def run(at: Terminal, target: Target) -> None:
        accept(at, target.decks, same=same)
        if target.is_file:
            _build_file(at, out, released, compare or bool(tag), of_file)
        else:
            properties_of(of_file, is_file=False)
            _build(at, target.decks, out, released, tag, compare)

    each(terminal, decks, run)


def _build_file(
    terminal: Terminal, out: Path | None, released: bool, other: bool, given: dict[str, str]
) -> None:
    from kartu.cli.asking import advise, answered
    from kartu.load.one_file import described
    from kartu.pipeline import BuildOptions
    from kartu.publish.one_file import build_file
    from kartu.report.diff import markdown
    from kartu.report.tables import packages_table
    from kartu.rewrite.description import description_of

    if other:
        raise click.UsageError(_("--tag and --check are for projects, not for a FILE"))
    properties = properties_of(given, is_file=True)
    options = BuildOptions(terminal.root, (), terminal.cache, out, released)
    with usage_errors(terminal), terminal.progress() as progress:
        result = build_file(options, markdown, progress, properties)
    again = answered(terminal, result.diagnostics, properties)
    if again or asked(terminal, result.diagnostics):
        properties = again or properties
        with usage_errors(terminal), terminal.progress() as progress:
            result = build_file(options, markdown, progress, properties)
    failed = not result.packages  # then the lines that are shown are those of a deck.yaml to be
    described_as = description_of(terminal.root, properties) if failed else None
    with described(terminal.root, described_as):
        terminal.diagnostics(result.diagnostics)
    advise(result.diagnostics, ("kartu", "build", str(terminal.root)), properties)
    if result.packages:
        terminal.result(packages_table(result.packages))
        paths = ", ".join(str(result.out / one.file) for one in result.packages)
        terminal.result(_("to import it, open {path} in Anki", path=paths) + "\n")
    terminal.exit(result.diagnostics)


def _build(
    terminal: Terminal,
    decks: tuple[str, ...],
    out: Path | None,
    released: bool,
    tag: str,
    compare: bool,
) -> None:
    from kartu.pipeline import BuildOptions, build

    if tag and compare:
        raise click.UsageError(_("--tag and --check do not go together"))
    with usage_errors(terminal), terminal.progress() as progress:
        options = BuildOptions(terminal.root, decks, terminal.cache, out, released, compare)
        if tag:
            from kartu.publish.tag import publish

            result = publish(options, tag, progress)
        else:
            result = build(options, progress)
    if not released and not tag and not compare and asked(terminal, result.diagnostics):
        with usage_errors(terminal), terminal.progress() as progress:
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
