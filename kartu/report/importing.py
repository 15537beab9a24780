"""The result of an import: what was imported, what was dropped, what is displayed differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kartu.core.language import _
from kartu.core.text import counted
from kartu.importing.compare import Difference
from kartu.importing.run import ImportResult
from kartu.report.diagnostics import ShowPath, visible

_MAX_SHOWN = 20


def as_text(result: ImportResult, path: ShowPath) -> str:
    """Returns the result as lines for people."""
    return "".join(f"{line}\n" for line in _lines(result, path))


def _lines(result: ImportResult, path: ShowPath) -> Iterator[str]:
    for deck in result.decks:
        counts = [counted(deck.notes, "note")]
        if deck.cards:
            counts += [counted(deck.cards, "card"), counted(deck.media, "media file")]
        yield f"{path(f'cards/{deck.id}')}: {visible(deck.name)}, {', '.join(counts)}"
    for note_type in result.note_types:
        yield path(f"templates/{note_type}")
    yield from (visible(one) for one in result.remarks)
    if result.dropped:
        yield _("not carried over:")
        yield from (f"  {visible(one)}" for one in result.dropped)
    if result.active:
        yield _("taken as it is, so look at it if you do not know the deck's maker:")
        yield from (f"  {visible(one)}" for one in result.active)
    yield from _differences(result, path)
    yield from (visible(one) for one in result.to_do)


def _differences(result: ImportResult, path: ShowPath) -> Iterator[str]:
    built = any(deck.cards for deck in result.decks)
    if built and not result.differences:
        yield _(
            "every {value} shows what it showed",
            value="text that is taken" if result.remarks else "note",
        )
    if result.differences:
        yield f"{counted(len(result.differences), 'difference')}:"
        yield from _first(result.differences, path)


def _first(differences: Sequence[Difference], path: ShowPath) -> Iterator[str]:
    for one in differences[:_MAX_SHOWN]:
        place = f"{visible(path(one.span.path))}:{one.span.line}:{one.span.column}"
        yield f"  {place}: {visible(one.message)}"
    if len(differences) > _MAX_SHOWN:
        yield _("  and {differences} more", differences=len(differences) - _MAX_SHOWN)
