"""`kartu print`."""

from __future__ import annotations

import gc
import importlib.util
from pathlib import Path
from typing import Any

import click

from kartu.cli.options import complete_decks, of_a_file_in_no_language, properties_of
from kartu.cli.targets import only
from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.language import N_, _, ngettext
from kartu.show.paper.options import KINDS
from kartu.show.paper.sheet import BACKS, GRIDS, PAPERS

EPILOG = N_("""\b
Examples:
  kartu print biology --edition core            cards to cut out, printed on both sides
  kartu print biology --backs fold --grid 2x2   printed on one side, to fold
  kartu print biology --as handout --subdeck "01 Terms"
  kartu print biology --as test --count 10 --seed 3

Print it at 100 %, not "fit to page". The same seed gives the same test.
The libraries that make PDF are needed: pip install 'kartu[print]'
""")


@click.command("print", epilog=EPILOG)
@click.argument("deck", metavar="[DECK|FILE]", default="", shell_complete=complete_decks)
@click.option(
    "--as",
    "kind",
    type=click.Choice(KINDS),
    default="cards",
    help=N_("Cards to cut out (the default), a handout, or a test with its key."),
)
@click.option("--edition", metavar="KEY", default="", help=N_("Only the notes of this edition."))
@click.option("--subdeck", "subdecks", metavar="NAME", multiple=True, help=N_("Only this subdeck."))
@click.option("--tag", "tags", metavar="TAG", multiple=True, help=N_("Only notes with this tag."))
@click.option(
    "--language",
    metavar="CODE",
    default="",
    help=N_("A translation of the deck, such as en; of a FILE, the language of its cards."),
)
@click.option(
    "--paper",
    type=click.Choice(list(PAPERS), case_sensitive=False),
    default="A4",
    help=N_("The paper in the printer (default A4)."),
)
@click.option(
    "--grid",
    type=click.Choice(list(GRIDS)),
    default="2x4",
    help=N_("Cards across and down (default 2x4)."),
)
@click.option(
    "--backs",
    type=click.Choice(BACKS),
    default="long-edge",
    help=N_("Which edge the printer flips the sheet on, or fold: front and back side by side."),
)
@click.option(
    "--count",
    "questions",
    metavar="N",
    type=click.IntRange(1, 500),
    default=20,
    help=N_("How many questions a test has (default 20)."),
)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(0),
    default=1,
    help=N_("Which test is drawn (default 1)."),
)
@click.option("--url", metavar="URL", default="", help=N_("A page with all cards, as a QR code."))
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("The PDF (else build/<package>-<cards, handout or test>.pdf in the project)."),
)
@of_a_file_in_no_language
@click.pass_obj
def command(terminal: Terminal, /, **given: Any) -> None:
    """Write a PDF of DECK for those without a phone.

    Cards to cut out with their backs behind them, a handout whose column of answers can be covered,
    or a test drawn from the cards. Retired notes are left out.
    """
    if importlib.util.find_spec("weasyprint") is None or importlib.util.find_spec("segno") is None:
        raise click.UsageError(
            _("kartu print needs two more libraries: pip install 'kartu[print]'")
        )
    from kartu.load.one_file import described
    from kartu.report.tables import size
    from kartu.rewrite.description import description_of
    from kartu.show.paper.options import PrintOptions
    from kartu.show.paper.run import print_deck

    gc.enable()  # unlike in kartu.cli.program: a run is long, and half of its objects are garbage
    terminal, target = only(terminal, given.pop("deck"))
    of_file = {name: given.pop(name) for name in ("name", "note_type", "columns")}
    if target.is_file:
        of_file["language"] = given.pop("language")
    properties = properties_of(of_file, is_file=target.is_file)
    options = PrintOptions(root=terminal.root, deck=target.deck, cache=terminal.cache, **given)
    with (
        usage_errors(terminal),
        described(terminal.root, description_of(terminal.root, properties)),
        terminal.progress() as progress,
    ):
        result = print_deck(options, progress)
    terminal.diagnostics(result.diagnostics)
    if result.pages:
        what = ngettext("{number} card", "{number} cards", result.cards)
        if options.kind == "test":
            what = ngettext("{number} question", "{number} questions", result.cards)
        pages = ngettext(
            "{cards} on {number} page", "{cards} on {number} pages", result.pages, cards=what
        )
        terminal.result(f"{result.out}: {pages}, {size(result.size)}\n")
        terminal.result("".join(f"  {one}\n" for one in result.messages))
    terminal.exit(result.diagnostics)
