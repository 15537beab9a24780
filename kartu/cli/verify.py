"""`kartu verify`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kartu.cli.options import text_or_json
from kartu.cli.terminal import Terminal

EPILOG = """\b
Examples:
  kartu verify build/ips.apkg
  kartu verify build/ips.apkg --from ips-1.0.apkg --from ips-1.1.apkg
  kartu verify build/ips.apkg --from ips-1.1.apkg --anki ~/anki-24.11/bin/python
  kartu verify build/ips.apkg --format json > gates.json
\b
The Anki engine is needed: pip install 'kartu[verify]'
"""


@click.command("verify", epilog=EPILOG)
@click.argument("file", metavar="FILE.apkg", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "olds",
    metavar="OLD.apkg",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A release that students have; may be given several times.",
)
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
    terminal: Terminal, file: Path, olds: tuple[Path, ...], pythons: tuple[str, ...], form: str
) -> None:
    """Let the real Anki import FILE, and see that it is sound.

    With --from, a student installs and studies the older release, changes notes and tags, and then
    imports FILE over it: progress, edits and tags must be there afterwards, and the corrections.
    Each gate has a collection of its own, far from yours.
    """
    from kartu.report.verify import verify_json, verify_text
    from kartu.verify import CannotVerifyError, VerifyOptions, verify

    try:
        with terminal.progress() as progress:
            result = verify(VerifyOptions(file, olds, pythons), progress)
    except CannotVerifyError as error:
        raise click.UsageError(str(error)) from error
    if form == "json":
        terminal.print(verify_json(result))
    elif result.sound:
        terminal.result(verify_text(result))
    else:
        terminal.print(verify_text(result))
    sys.exit(0 if result.sound else 1)
