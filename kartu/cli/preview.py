"""`kartu preview`."""

from __future__ import annotations

import contextlib
import importlib.util
import threading
import time
import webbrowser

import click

from kartu.cli.terminal import Terminal, usage_errors

EPILOG = """\b
Examples:
  kartu preview                             every deck, in your browser
  kartu preview kerja-sama-internasional
  kartu preview --no-open --port 8000       open http://127.0.0.1:8000/ yourself

Save a file, and the page follows; Ctrl+C ends it.
The library that watches files is needed: pip install 'kartu[preview]'
"""


@click.command("preview", epilog=EPILOG)
@click.argument("decks", metavar="[DECK]...", nargs=-1)
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(min=0, max=65535),
    default=0,
    help="Serve on this port (else on any that is free).",
)
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.pass_obj
def command(terminal: Terminal, decks: tuple[str, ...], port: int, no_open: bool) -> None:
    """Look at the cards of each DECK in a browser while you write them.

    The page is on this computer alone. It shows each card as Anki does, on a phone, tablet or
    desktop, by day and by night, and what is wrong, at the card and with its file and line. While
    a file has faults, the last good cards stay.
    """
    if importlib.util.find_spec("watchfiles") is None:
        raise click.UsageError("kartu preview needs one more library: pip install 'kartu[preview]'")
    from kartu.preview import PreviewOptions, preview
    from kartu.preview.live import Live

    def tell(live: Live) -> None:
        clock = time.strftime("%H:%M:%S")
        terminal.result(f"{clock} built, {counted(live.said)}\n" if not live.failure else "")
        if live.failure:
            click.echo(f"kartu: a fault of kartu itself: {live.failure!r}", err=True)

    from kartu.report.diagnostics import counted

    options = PreviewOptions(terminal.root, decks, terminal.cache, port)
    with usage_errors(), contextlib.suppress(KeyboardInterrupt), preview(options) as running:
        terminal.print(f"{running.address}\n")
        tell(running.live)
        if not no_open:
            webbrowser.open(running.address)
        running.follow(tell, threading.Event())
