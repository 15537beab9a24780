"""`kartu verify`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kartu.cli.echo import echo
from kartu.cli.options import text_or_json
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _

EPILOG = N_("""\b
Examples:
  kartu verify build/biology.apkg
  kartu verify build/biology.apkg --from biology-1.0.apkg --from biology-1.1.apkg
  kartu verify build/biology.apkg --from biology-1.1.apkg --anki ~/anki-24.11/bin/python
  kartu verify build --since releases     all packages of a folder, from older releases
  kartu verify build/biology.apkg --format json > gates.json
\b
It needs the engine of Anki: pip install 'kartu[verify]'
""")


@click.command("verify", epilog=EPILOG)
@click.argument("file", metavar="FILE.apkg|FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "olds",
    metavar="OLD.apkg",
    multiple=True,
    type=click.Path(path_type=Path),
    help=N_("A release that students have (may be given several times)."),
)
@click.option(
    "--since",
    "folders",
    metavar="FOLDER",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=N_(
        "Like --from for the releases that lie in FOLDER or below: those of "
        "the same deck, of the newest major version and the first ever. None "
        "is right only before the first release."
    ),
)
@click.option("--all", "every", is_flag=True, help=N_("With --since: all releases there."))
@click.option(
    "--anki",
    "pythons",
    metavar="PYTHON",
    multiple=True,
    help=N_(
        "An interpreter (3.10 or newer) that has anki, to run the gates in, in "
        "place of the running one; may be given several times."
    ),
)
@text_or_json
@click.pass_obj
def command(
    terminal: Terminal,
    file: Path,
    olds: tuple[Path, ...],
    folders: tuple[Path, ...],
    every: bool,
    pythons: tuple[str, ...],
    form: str,
) -> None:
    """Let the real Anki import FILE, or each package of FOLDER, and check that it is safe.

    With --from, a student installs and studies the older release, edits notes and tags, and then
    imports FILE over it: progress, edits and tags must still be there, and the corrections too.
    Each gate has a collection of its own, apart from yours.
    """
    from kartu.publish.verify.run import Options, verify_packages
    from kartu.report.verify import verify_json, verify_text

    if every and not folders:
        raise click.UsageError(_("--all goes with --since FOLDER"))
    options = Options(file, olds, folders, every, pythons, terminal.root)
    with usage_errors(), terminal.progress() as progress:
        result = verify_packages(options, progress)
    for name, versions in result.missing:
        missing = _(
            "{deck}: these releases were not found to try: {versions}",
            deck=name,
            versions=", ".join(versions),
        )
        echo(f"kartu: {missing}", err=True)
    if form == "json":
        terminal.print(verify_json(result))
    elif result.sound:
        terminal.result(verify_text(result))
    else:
        terminal.print(verify_text(result))
    if result.ok and not result.sound:
        accepted = _("what students lose was accepted when the new major version was released")
        echo(f"kartu: {accepted}", err=True)
    sys.exit(0 if result.ok else 1)
