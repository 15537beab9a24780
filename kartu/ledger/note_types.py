"""Checks a note type against what was published: Anki knows its fields and cards by position."""

from __future__ import annotations

from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import N_, _
from kartu.core.model import NoteType
from kartu.core.source import Span
from kartu.ledger.entries import GIVEN_UP, TypeEntry


class _Texts(NamedTuple):
    """What is reported of a field, or of a card."""

    removed: str
    put_back: str
    given_up: str
    moved: str
    reused: str


_FIELD = _Texts(
    removed=N_('the published field {position}, "{name}", is no longer declared'),
    put_back=N_("put it back; with `retired: true` the field keeps its place"),
    given_up=N_("the field {position} was given up in an earlier release"),
    moved=N_('the field "{name}" was field {before} when published, now {position}'),
    reused=N_('"{name}" was the name of a field before'),
)
_CARD = _Texts(
    removed=N_('the published card {position}, "{name}", is no longer declared'),
    put_back=N_("put it back; with `retired: true` the card keeps its place"),
    given_up=N_("the card {position} was given up in an earlier release"),
    moved=N_('the card "{name}" was card {before} when published, now {position}'),
    reused=N_('"{name}" was the name of a card before'),
)


def check_type(
    note_type: NoteType, now: TypeEntry, published: TypeEntry, diagnostics: Diagnostics
) -> None:
    """Reports what of a published note type has changed although Anki could not follow."""
    place = note_type.span
    had = N_("the published note type had `{line}`")
    had_id = N_("the published note type had the id {line} in Anki")
    for text, line, before, after in (
        (had, "kind: {}", published.kind, now.kind),
        (had, "slots: {}", _slots(published), _slots(now)),
        (
            had_id,
            "{}",
            published.anki_id,
            now.anki_id,
        ),
    ):
        if before != after:
            message = _(text, line=line.format(before))
            help = _(
                "Anki would not update any of its notes: put it back, or make another note type"
            )
            diagnostics.add("note-type-broken", place, message, help)
    fields = {str(field.id): field.key.span for field in note_type.fields}
    cards = {str(card.id): card.span for card in note_type.cards}
    for texts, before_names, after_names, past, places in (
        (_FIELD, published.fields, now.fields, published.past_fields, fields),
        (_CARD, published.cards, now.cards, published.past_cards, cards),
    ):
        for position, name in before_names.items():
            if name != GIVEN_UP and position not in after_names:
                message = _(texts.removed, position=position, name=name)
                diagnostics.add("position-removed", place, message, _(texts.put_back))
        _check_positions(texts, before_names, after_names, past, places, diagnostics)


def _slots(one: TypeEntry) -> str:
    fields, cards = one.slots
    return f"{{fields: {fields}, cards: {cards}}}"


def _check_positions(
    texts: _Texts,
    before: dict[str, str],
    after: dict[str, str],
    past: list[str],
    places: dict[str, Span],
    diagnostics: Diagnostics,
) -> None:
    old = {name: position for position, name in before.items() if name != GIVEN_UP}
    for position, name in after.items():
        if before.get(position) == GIVEN_UP:
            message = _(texts.given_up, position=position)
            help = _("students may have something else there: take the next free id")
            diagnostics.add("position-moved", places[position], message, help)
        elif name in old and old[name] != position:
            message = _(texts.moved, name=name, before=old[name], position=position)
            help = _("an id is a position for ever: students would see one text in another's place")
            diagnostics.add("position-moved", places[position], message, help)
        elif name in past and before.get(position) != name:
            message = _(texts.reused, name=name)
            help = _("Anki would take the one for the other: choose a name that was never used")
            diagnostics.add("name-reused", places[position], message, help)
