"""Checks on language variants: all of the deck's texts are translated."""

from __future__ import annotations

from kartu.compile.render.visible import visible
from kartu.core.diagnostics import Diagnostics, Related
from kartu.core.language import _
from kartu.core.model import Deck, FieldType, Note, NoteType, Translation, subdeck_of
from kartu.core.source import Mapping, Node, Text, texts_in
from kartu.load.card_set import own_fields
from kartu.load.words import word_of
from kartu.review.view import View

_CODE = "missing-translation"


def check_translations(view: View, diagnostics: Diagnostics) -> None:
    """Reports texts that are left in the deck's own language."""
    deck = view.deck.source
    if deck.translation is not None:
        _check_deck(deck, diagnostics)
        for note in view.deck.notes:
            _check_note(deck, note.source, note.note_type.source, deck.translation, diagnostics)


def _check_deck(deck: Deck, diagnostics: Diagnostics) -> None:
    if _is_untranslated(deck.description, deck):
        help = _('add "description: ..."; until then students see the deck\'s own text')
        diagnostics.add(_CODE, deck.span, _("the description is not translated"), help)
    for one in deck.editions:
        if _is_untranslated(one.title, deck):
            message = _('the title of the edition "{key}" is not translated', key=one.key)
            help = _(
                'add it under editions: "{key}: {{title: ...}}"; until then students see the '
                "deck's own text",
                key=one.key,
            )
            diagnostics.add(_CODE, deck.span, message, help)
    for name in dict.fromkeys(subdeck_of(deck, note) for note in deck.notes):
        if _is_untranslated(name, deck):
            message = _('the subdeck "{name}" is not translated', name=name)
            help = _('add it under subdecks: "{name}: ..." (permanent once published)', name=name)
            diagnostics.add(_CODE, deck.span, message, help)


def _check_note(
    deck: Deck, note: Note, note_type: NoteType, translation: Translation, diagnostics: Diagnostics
) -> None:
    """Adds at most one warning per note, at its translation if it has one."""
    untranslated = [
        word_of(field, note_type.language)
        for key, field in own_fields(note_type).items()
        if key in note.values
        and _has_words(note.values[key], field)
        and _is_untranslated(note.values[key], deck)
    ]
    if note.retired is not None:  # its fields are not shown any more, but the reason is
        untranslated = ["retired"] if _is_untranslated(note.retired, deck) else []
    if not untranslated:
        return
    place = translation.notes.get(note.id)
    names = ", ".join(f'"{key}"' for key in untranslated)
    message = _('the translation of "{id}" has no {keys}', id=note.id, keys=names)
    if place is None:
        message = _('the note "{id}" is not translated: {keys}', id=note.id, keys=names)
    related = (Related(note.id.span, _("the note")),)
    diagnostics.add(
        _CODE,
        place or translation.place,
        message,
        _("write it; until then students see the deck's own text"),
        related,
    )


def _is_untranslated(value: Node | str, deck: Deck) -> bool:
    """Whether the value is the deck's: what a variant translates is in its own file."""
    return bool(value) and getattr(value, "span", deck.span).path != deck.span.path


def _has_words(value: Node, field: FieldType) -> bool:
    """Whether there is anything to translate: a letter that students read."""
    if field.format == "sound":
        return False
    if field.format == "image":
        parts = value if isinstance(value, Mapping) else {}
        shown = [
            str(text) for key, text in parts.items() if key != "file" and isinstance(text, Text)
        ]
    else:
        shown = list(texts_in(value))
    return any(character.isalpha() for text in shown for character in visible(text))
