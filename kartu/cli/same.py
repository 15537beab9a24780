"""What `build --same` and `release --same` do first."""

from __future__ import annotations

from kartu.cli.terminal import Terminal, usage_errors


def accept(terminal: Terminal, decks: tuple[str, ...], *, same: bool) -> None:
    """Saves every row that looks like a missing note as that note, if `same` is set."""
    if not same:
        return
    from kartu.publish.ids import accept_proposals

    with usage_errors():
        accept_proposals(terminal.root, decks)
