"""`kartu print`."""

from __future__ import annotations

from pathlib import Path

from kartu.core.atomic import write_all
from kartu.core.diagnostics import has_errors, in_order
from kartu.core.language import _, ngettext
from kartu.core.model import package_name
from kartu.core.progress import Progress, no_progress
from kartu.core.usage import UsageError, writing
from kartu.load.chosen import chosen_deck
from kartu.load.names import LINK
from kartu.pipeline import build_diagnostics, compile_decks, output_folder
from kartu.show.paper.choice import chosen_notes, edition_of, variant
from kartu.show.paper.options import PrintOptions, PrintResult
from kartu.show.paper.printer import Printer
from kartu.show.paper.sheet import GRIDS, PAPERS, Layout


def print_deck(options: PrintOptions, progress: Progress = no_progress) -> PrintResult:
    """Writes a PDF of a deck's cards; after an error, nothing is written.

    The same sources give the same bytes where the same fonts are installed.

    Raises:
        UsageError: The deck has no such cards, the file cannot be written, or a library of the
            system is missing.
    """
    layout = _layout(options)
    if options.url and not LINK.fullmatch(options.url):
        raise UsageError(
            _('"{url}" is not a web address; it begins with https://', url=options.url)
        )
    deck = chosen_deck(options.root, options.deck)
    out = options.out or output_folder(None, options.root)
    compiled, diagnostics = compile_decks(options.root, [deck], options.cache, progress)
    diagnostics = build_diagnostics(diagnostics, options.root)
    if has_errors(diagnostics):
        return PrintResult(diagnostics, out)
    built = variant([one.built for one in compiled], options.language, deck)
    edition = edition_of(built, options.edition)
    if options.out is None:
        name = package_name(built.source, edition).removesuffix(".apkg")
        out = out / f"{name}-{options.kind}.pdf"
    notes = chosen_notes(built, edition, options.subdecks, options.tags)
    printed = Printer(options, built, layout, progress).print_notes(notes, edition)
    _write(out, printed.pdf)
    messages = printed.messages
    retired = sum(bool(one.source.retired) for one in built.notes_of(edition))
    if retired:
        message = ngettext(
            "not on paper: {number} retired note", "not on paper: {number} retired notes", retired
        )
        messages = (*messages, message)
    diagnostics = in_order([*diagnostics, *printed.diagnostics])
    return PrintResult(diagnostics, out, printed.pages, printed.cards, len(printed.pdf), messages)


def _layout(options: PrintOptions) -> Layout:
    layout = Layout(PAPERS[options.paper], GRIDS[options.grid], options.backs)
    if layout.folded and layout.grid.columns % 2:
        raise UsageError(
            _(
                "{grid} has no pairs of cells to fold: use --grid 2x4 or --grid 2x2",
                grid=options.grid,
            )
        )
    return layout


def _write(out: Path, pdf: bytes) -> None:
    with writing(out):
        write_all(out.parent, {out.name: pdf})
