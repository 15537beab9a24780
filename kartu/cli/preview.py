"""`kartu preview`."""

from __future__ import annotations

import importlib.util
import sys
import time
import traceback
import webbrowser
from typing import TYPE_CHECKING

import click

from kartu.cli.echo import echo
from kartu.cli.options import complete_decks, of_a_file, properties_of
from kartu.cli.serving import End, print_safely, serving
from kartu.cli.targets import targets
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _

if TYPE_CHECKING:
    from kartu.show.preview import PreviewOptions
    from kartu.show.preview.live import Live

EPILOG = N_("""\b
Examples:
  kartu preview                             every deck, in your browser
  kartu preview biology
  kartu preview --no-open --port 8000       open http://127.0.0.1:8000/ yourself

The page follows when you save a file; Ctrl+C ends it.
It needs the library that watches files: pip install 'kartu[preview]'
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

    Only this computer can open the page. It shows each card as Anki does, on a phone, a tablet or
    a desktop, in day and night mode, and what is wrong with it, with file and line. While a file
    has errors, the last good cards stay.
    """
    if importlib.util.find_spec("watchfiles") is None:
        raise click.UsageError(
            _("kartu preview needs one more library: pip install 'kartu[preview]'")
        )
    from kartu.load.files import described
    from kartu.rewrite.description import description_of
    from kartu.show.preview import PreviewOptions

    with usage_errors():
        first, *others = targets(terminal.root, decks)
        if others:
            raise click.UsageError(_("only one FILE, or decks of one project, at a time"))
        properties = properties_of(of_file, is_file=first.is_file)
        description = description_of(first.root, properties)
    options = PreviewOptions(first.root, first.decks, terminal.cache, port)
    end = End()
    with described(first.root, description):
        _run(terminal.at(first.root), options, end, open_page=not no_open)
    echo(_("kartu: the preview has ended: {reason}", reason=_(end.why)), err=True)
    sys.exit(end.status)


def _run(terminal: Terminal, options: PreviewOptions, end: End, *, open_page: bool) -> None:
    from kartu.show.preview import preview

    def report(live: Live) -> None:
        _report(terminal, live)

    with serving(end), usage_errors(), preview(options) as running:
        print_safely(lambda: terminal.print(f"{running.address}\n"))
        report(running.live)
        if open_page:
            webbrowser.open(running.address)
        running.follow(report, end)


def _report(terminal: Terminal, live: Live) -> None:
    from kartu.report.diagnostics import summary

    if live.failure:
        crash = "".join(traceback.format_exception(live.failure))
        print_safely(lambda: echo(crash + _("kartu: this is a fault of kartu itself"), err=True))
    else:
        clock = time.strftime("%H:%M:%S")
        errors = [one for one in live.diagnostics if one.severity == "error"]
        if errors:
            text = terminal.as_text(terminal.in_words(errors))
            print_safely(lambda: echo(text, nl=False, err=True, color=terminal.color))
        print_safely(
            lambda: terminal.result(
                _("{time} built, {faults}", time=clock, faults=summary(live.diagnostics)) + "\n"
            )
        )
