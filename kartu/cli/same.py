"""Rows that look like a missing note, corrected: what `build` and `release` do about them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from kartu.cli.terminal import Terminal, usage_errors
from kartu.core.diagnostics import Diagnostic


def accept(terminal: Terminal, decks: tuple[str, ...], *, same: bool) -> None:
    """Saves every row that looks like a missing note as that note, if `same` is set."""
    if not same:
        return
    from kartu.publish.ids import accept_proposals

    with usage_errors():
        accept_proposals(terminal.root, decks)


def asked(terminal: Terminal, diagnostics: Sequence[Diagnostic]) -> bool:
    """Asks on a terminal which of the reported rows are which note; whether anybody answered."""
    faults = [one for one in diagnostics if one.code == "which-note"]
    if not faults or terminal.quiet or not sys.stdin.isatty():
        return False
    from kartu.cli.ids import ask_about
    from kartu.publish.ids import Asked

    for deck in dict.fromkeys(one.span.path.split("/")[1] for one in faults):
        with usage_errors():
            ask_about(terminal, Asked(terminal.root, deck))
    return True
