"""`kartu check`."""

from __future__ import annotations

import click

from kartu.cli.options import text_or_json
from kartu.cli.terminal import Terminal, usage_errors

EPILOG = """\b
Examples:
  kartu check
  kartu check --strict                  warnings count too
  kartu check --format json > faults.json
"""


@click.command("check", epilog=EPILOG)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@text_or_json
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings as well.")
@click.pass_obj
def command(terminal: Terminal, paths: tuple[str, ...], form: str, strict: bool) -> None:
    """Say what is wrong with the card definitions: all of it, each with its place.

    With PATHs, files or folders of the project, only what stands there is told.
    """
    from kartu.project import Options, check
    from kartu.report.diagnostics import as_json

    with usage_errors(), terminal.progress() as progress:
        said = check(Options(terminal.root, cache=terminal.cache), progress)
    said = terminal.below(said, paths)
    if form == "json":
        terminal.print(as_json(said, terminal.show_path))
    elif said:
        terminal.diagnostics(said, err=False)
    else:
        terminal.result("kartu: no faults\n")
    terminal.exit(said, strict=strict)
