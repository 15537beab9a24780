"""Results of commands as tables of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kartu.checks.coverage import fact_coverage
from kartu.core.language import _
from kartu.core.model import Deck, PackageInfo


def table(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> str:
    """Returns the rows with aligned columns; those in `right` are aligned to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    right = set(right)
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def packages_table(packages: Iterable[PackageInfo]) -> str:
    """Returns what was built: one line per package."""
    counted = [_("decks"), _("notes"), _("cards"), _("media")]
    rows = [[_("package"), _("version"), *counted, _("size")]]
    for package in packages:
        numbers = (package.decks, package.notes, package.cards, package.media)
        version = (
            _("{version} draft", version=package.version) if package.draft else package.version
        )
        rows.append([package.file, version, *map(str, numbers), size(package.size)])
    return table(rows, right=range(2, 7))


def facts_table(decks: Iterable[Deck]) -> str:
    """Returns each fact of the decks' lists with the notes that ask for it."""
    rows = [
        (key, ", ".join(note.id for note in notes) or "-")
        for deck in decks
        for key, notes in fact_coverage(deck).items()
    ]
    if not rows:
        return _("no facts are listed (`facts:` in deck.yaml)") + "\n"
    return table([(_("fact"), _("notes")), *rows])


def size(count: int) -> str:
    """Returns a number of bytes for people, in binary units: `1.5 KiB`."""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count / 1024:.1f} KiB"
    return f"{count / 1024 / 1024:.1f} MiB"
