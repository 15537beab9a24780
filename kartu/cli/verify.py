"""`kartu verify`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kartu.cli.options import text_or_json
from kartu.cli.terminal import Terminal

if TYPE_CHECKING:
    from kartu.publish.verify.earlier import Earlier

EPILOG = """\b
Examples:
  kartu verify build/ips.apkg
  kartu verify build/ips.apkg --from ips-1.0.apkg --from ips-1.1.apkg
  kartu verify build/ips.apkg --from ips-1.1.apkg --anki ~/anki-24.11/bin/python
  kartu verify build --since releases     all packages of a folder, from older releases
  kartu verify build/ips.apkg --format json > gates.json
\b
The Anki engine is needed: pip install 'kartu[verify]'
"""


@click.command("verify", epilog=EPILOG)
@click.argument("file", metavar="FILE.apkg|FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "olds",
    metavar="OLD.apkg",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A release that students have; may be given several times.",
)
@click.option(
    "--since",
    "folders",
    metavar="FOLDER",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Like --from for the releases that lie in FOLDER or below: those of the same deck, of the"
    " newest major version and the first ever. None is right only before the first release.",
)
@click.option("--all", "every", is_flag=True, help="With --since: all releases there.")
@click.option(
    "--anki",
    "pythons",
    metavar="PYTHON",
    multiple=True,
    help="An interpreter (3.10 or newer) that has anki, to run the gates in, in place of the"
    " running one; may be given several times.",
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
    """Let the real Anki import FILE, or each package of FOLDER, and see that it is sound.

    With --from, a student installs and studies the older release, changes notes and tags, and then
    imports FILE over it: progress, edits and tags must be there afterwards, and the corrections.
    Each gate has a collection of its own, far from yours.
    """
    from kartu.publish.verify import CannotVerifyError, VerifyOptions, verify_all
    from kartu.publish.verify.earlier import harmful
    from kartu.report.verify import verify_json, verify_text

    if every and not folders:
        raise click.UsageError("--all goes with --since FOLDER")
    try:
        with terminal.progress() as progress:
            found = _since(terminal, file, folders, every=every)
            options = [VerifyOptions(one.file, (*olds, *one.olds), pythons) for one in found]
            result = verify_all(file, options, progress)
    except CannotVerifyError as error:
        raise click.UsageError(str(error)) from error
    stopping = harmful(result.gates, found)
    if form == "json":
        terminal.print(verify_json(result))
    elif result.sound:
        terminal.result(verify_text(result))
    else:
        terminal.print(verify_text(result))
    if not result.sound and not stopping:
        told = "what this costs students was accepted when the new major version was released"
        click.echo(f"kartu: {told}", err=True)
    sys.exit(1 if stopping else 0)


def _since(
    terminal: Terminal, file: Path, folders: tuple[Path, ...], *, every: bool
) -> list[Earlier]:
    """Each package with what students update from; ends with 1 where that cannot be told."""
    from kartu.publish.verify import CannotVerifyError
    from kartu.publish.verify.earlier import Earlier, EarlierError, earlier, packages_in

    files = packages_in(file)
    if not files:
        raise CannotVerifyError(f"there is no package in {file}")
    if not folders:
        return [Earlier(one, (), (), ()) for one in files]
    try:
        found = earlier(files, folders, terminal.root, every=every)
    except EarlierError as error:
        click.echo(f"kartu: {error}", err=True)
        sys.exit(1)
    for one in found:
        if one.missing:
            told = f"released, but not there to be tried: {', '.join(one.missing)}"
            click.echo(f"kartu: {one.file.name}: {told}", err=True)
    return found
