"""A field that note_type.yaml misspells, which otherwise every note would be accused of."""

from __future__ import annotations

from collections.abc import Iterable

from kartu.core.diagnostics import Diagnostic, Diagnostics, Related
from kartu.core.language import _
from kartu.core.model import Deck, FieldType, NoteType
from kartu.load.words import all_aliases, own_fields

_FEWEST = 3  # so many notes are not misspelt alike
_SHOWN = 2


def with_misnamed_fields(
    decks: Iterable[Deck], note_types: Iterable[NoteType | None], diagnostics: Diagnostics
) -> Diagnostics:
    """The diagnostics, with one for a field that no note has and many have nearly so."""
    notes = (note for deck in decks for note in deck.notes)
    # Headings of sheets may be other words for the field.
    in_yaml = (note for note in notes if note.id.span.path.endswith(".yaml"))
    used = {(note.note_type, key) for note in in_yaml for key in note.values}
    for note_type in note_types:
        for field in own_fields(note_type).values():
            if note_type is not None and (note_type.id, str(field.key)) not in used:
                diagnostics = _as_one(note_type.id, field, diagnostics)
    return diagnostics


def _as_one(note_type: str, field: FieldType, diagnostics: Diagnostics) -> Diagnostics:
    words = {str(field.key), *map(str, all_aliases(field))}
    found = [one for one in diagnostics if len(one.names) > 2 and one.names[2] in words]
    names = {one.names[1] for one in found if one.names[0] == note_type}
    found = [one for one in found if one.names[1] in names]
    if len(found) < _FEWEST or len(names) != 1:
        return diagnostics
    (name,) = names
    word = found[0].names[2]
    others = [one for one in diagnostics if one not in found]
    message = _(
        'no note has the field "{key}", and {number} have "{name}"',
        key=word,
        number=len(found),
        name=name,
    )
    help = _("write key: {name} here if that is meant, or {key} in the notes", name=name, key=word)
    related = tuple(Related(one.span, _("here, for example")) for one in found[:_SHOWN])
    return Diagnostics([*others, Diagnostic("unknown-key", field.key.span, message, help, related)])
