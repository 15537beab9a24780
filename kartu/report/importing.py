"""The result of an import: what was imported, what was dropped, what is displayed differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kartu.core.language import _, ngettext
from kartu.importing.compare import Difference
from kartu.importing.run import ImportResult
from kartu.report.diagnostics import ShowPath, visible

_MAX_SHOWN = 20


def as_text(result: ImportResult, path: ShowPath) -> str:
    """Returns the result as lines for people."""
    return "".join(f"{line}\n" for line in _lines(result, path))


def _lines(result: ImportResult, path: ShowPath) -> Iterator[str]:
    for deck in result.decks:
        counts = [ngettext("{number} note", "{number} notes", deck.notes)]
        if deck.cards:
            counts = [
                ngettext(
                    "{notes}, {number} card", "{notes}, {number} cards", deck.cards, notes=counts[0]
                )
            ]
            counts.append(ngettext("{number} media file", "{number} media files", deck.media))
        yield f"{path(f'cards/{deck.id}')}: {visible(deck.name)}, {', '.join(counts)}"
    for note_type in result.note_types:
        yield path(f"templates/{note_type}")
    yield from (visible(one) for one in result.remarks)
    if result.dropped:
        yield _("not imported:")
        yield from (f"  {visible(one)}" for one in result.dropped)
    if result.active:
        yield _("imported as it is; look at it if you do not know who made the deck:")
        yield from (f"  {visible(one)}" for one in result.active)
    yield from _differences(result, path)
    yield from (visible(one) for one in result.to_do)


def _differences(result: ImportResult, path: ShowPath) -> Iterator[str]:
    built = any(deck.cards for deck in result.decks)
    if built and not result.differences:
        if result.remarks:
            yield _("everything that was imported shows what it showed before")
        else:
            yield _("every note shows what it showed before")
    if result.differences:
        yield ngettext("{number} difference:", "{number} differences:", len(result.differences))
        yield from _first(result.differences, path)


def _first(differences: Sequence[Difference], path: ShowPath) -> Iterator[str]:
    for one in differences[:_MAX_SHOWN]:
        place = f"{visible(path(one.span.path))}:{one.span.line}:{one.span.column}"
        yield f"  {place}: {visible(one.message)}"
    if len(differences) > _MAX_SHOWN:
        yield "  " + _("… and {count} more", count=len(differences) - _MAX_SHOWN)
