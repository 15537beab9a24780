"""`kartu edit`."""

from __future__ import annotations

import sys
from threading import Thread
from typing import TYPE_CHECKING

import click

from kartu.cli.echo import echo
from kartu.cli.options import complete_decks, of_a_file, properties_of
from kartu.cli.serving import End, check_libraries, serving
from kartu.cli.targets import only
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _

if TYPE_CHECKING:
    from kartu.show.editor.serve import Editing

# Seconds: a browser may put a page aside and load it again later.
_ALONE = 600.0
_LOOK = 5.0

_LIBRARIES = ("PIL", "starlette", "uvicorn", "watchfiles")

EPILOG = N_("""\b
Examples:
  kartu edit                                every deck, in your browser
  kartu edit biology                        the deck cards/biology first
  kartu edit words.csv                      a FILE that is a deck of its own
  kartu edit --no-open --port 8000          open the address yourself

Every change is saved at once, in the same files that you and others write; students see nothing
before you publish. The page follows when a file is changed elsewhere; Ctrl+C ends it.
It needs a few more libraries: pip install 'kartu[edit]'
""")


@click.command("edit", epilog=EPILOG)
@click.argument("deck", metavar="[DECK|FILE]", default="", shell_complete=complete_decks)
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(min=0, max=65535),
    default=0,
    help=N_("Serve on this port (else on the same one for a project, if it is free)."),
)
@click.option("--no-open", is_flag=True, help=N_("Do not open a browser."))
@click.option(
    "--until-closed",
    is_flag=True,
    help=N_("End ten minutes after the last page was closed."),
)
@of_a_file
@click.pass_obj
def command(
    terminal: Terminal, /, deck: str, port: int, no_open: bool, until_closed: bool, **of_file: str
) -> None:
    """Write, look at, check and publish the cards of DECK in a browser.

    Only this computer can open the page. Each change is an edit of the card definitions that leaves
    everything else in the files as it is; all of them can be undone, also the next day.
    """
    check_libraries("edit", _LIBRARIES)
    from kartu.load.files import described
    from kartu.rewrite.description import description_of
    from kartu.rewrite.history import history_folder
    from kartu.show.editor.serve import EditOptions

    there, target = only(terminal, deck)
    with usage_errors():
        properties = properties_of(of_file, is_file=target.is_file)
        description = description_of(target.root, properties)
    options = EditOptions(target.root, target.decks, history_folder(), port, there.cache)
    end = End()
    with (
        described(target.root, description),
        serving(there, options, end, open_page=not no_open) as running,
    ):
        if until_closed:
            Thread(target=_end_when_closed, args=(running, end), daemon=True).start()
        running.follow(end)
    echo(_("kartu: the editor has ended: {reason}", reason=_(end.why)), err=True)
    sys.exit(end.status)


def _end_when_closed(running: Editing, end: End) -> None:
    while not end.wait(_LOOK):
        if running.seconds_alone() > _ALONE:
            end.closed()
