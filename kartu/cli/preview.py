"""`kartu preview`."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from kartu.cli.echo import echo
from kartu.cli.options import complete_decks, of_a_file, properties_of
from kartu.cli.serving import End, check_libraries, print_safely, serving
from kartu.cli.targets import targets
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _

if TYPE_CHECKING:
    from kartu.show.editor.checking import Checked

_LIBRARIES = ("starlette", "uvicorn", "watchfiles")

EPILOG = N_("""\b
Examples:
  kartu preview                             every deck, in your browser
  kartu preview biology
  kartu preview words.csv                   a FILE that is a deck of its own
  kartu preview --no-open --port 8000       open the address yourself

The page follows when you save a file; Ctrl+C ends it.
It needs a few more libraries: pip install 'kartu[preview]'
""")


@click.command("preview", epilog=EPILOG)
@click.argument("decks", metavar="[DECK|FILE]...", nargs=-1, shell_complete=complete_decks)
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(min=0, max=65535),
    default=0,
    help=N_("Serve on this port (else on any that is free)."),
)
@click.option("--no-open", is_flag=True, help=N_("Do not open a browser."))
@of_a_file
@click.pass_obj
def command(
    terminal: Terminal,
    /,
    decks: tuple[str, ...],
    port: int,
    no_open: bool,
    **of_file: str,
) -> None:
    """Look at the cards of each DECK in a browser while you write them.

    Only this computer can open the page. It is that of kartu edit, where nothing can be changed:
    each card as Anki shows it, on a phone, a tablet or a desktop, in day and night mode, its texts,
    and what is wrong with it, with file and line. While a file has errors, the last good cards
    stay.
    """
    check_libraries("preview", _LIBRARIES)
    from kartu.load.files import described
    from kartu.rewrite.description import description_of
    from kartu.show.editor.serve import EditOptions

    with usage_errors():
        first, *others = targets(terminal.root, decks)
        if others:
            raise click.UsageError(_("only one FILE, or decks of one project, at a time"))
        properties = properties_of(of_file, is_file=first.is_file)
        description = description_of(first.root, properties)
    there = terminal.at(first.root)
    options = EditOptions(first.root, first.decks, None, port, there.cache, edits=False)
    end = End()
    with (
        described(first.root, description),
        serving(there, options, end, open_page=not no_open) as running,
    ):
        running.desk.when_checked = lambda checked: _report(there, checked)
        running.follow(end)
    echo(_("kartu: the preview has ended: {reason}", reason=_(end.why)), err=True)
    sys.exit(end.status)


def _report(terminal: Terminal, checked: Checked) -> None:
    from kartu.report.diagnostics import summary

    clock = time.strftime("%H:%M:%S")
    errors = [one for one in checked.all if one.severity == "error"]
    if errors:
        text = terminal.as_text(terminal.in_words(errors))
        print_safely(lambda: echo(text, nl=False, err=True, color=terminal.color))
    line = _("{time} checked, {faults}", time=clock, faults=summary(checked.all))
    print_safely(lambda: terminal.result(line + "\n"))
