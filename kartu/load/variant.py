"""cards/<deck>/i18n/<language>.yaml: a deck in another language, with an identity of its own."""

from __future__ import annotations

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.model import Deck, Edition, Note, NoteType, Translation
from kartu.core.source import Mapping, Node, Span, Text, text
from kartu.load.card_set import own_fields, words_in
from kartu.load.deck import FIXED, read_identity
from kartu.load.files import Files
from kartu.load.names import LANGUAGE, subdeck_name_fault
from kartu.load.options import choose, follow
from kartu.load.shape import Shape, read_shape
from kartu.load.words import keys_by_word


def load_variant(
    files: Files,
    path: str,
    deck: Deck,
    note_types: dict[str, NoteType | None],
    diagnostics: Diagnostics,
) -> Deck | None:
    """`deck` with the texts of a variant file; what that does not translate is unchanged.

    None if the file cannot be read. Notes, their order, tags, sources and editions are the
    deck's; uid, name, prefix and description are the variant's own.
    """
    language = path.rpartition("/")[2].removesuffix(".yaml")
    shape = read_shape(files, path, _("the language variant"), diagnostics, fixed=FIXED)
    if shape is None:
        return None
    if not LANGUAGE.fullmatch(language):
        help = _('name the file after a language code, like "en.yaml"')
        shape.add(
            "bad-value",
            Span(path),
            _('"{language}" is not a language code', language=language),
            help,
        )
    identity = read_identity(shape)
    translations = shape.inner("notes", "notes")
    subdecks = shape.inner("subdecks", "subdecks")
    editions = shape.inner("editions", "editions")
    variant = deck._replace(
        uid=identity.uid,
        name=identity.name,
        prefix=identity.prefix,
        description=shape.text("description") or deck.description,
        language=text(language, shape.place),
        editions=_editions(editions, deck),
        notes=_notes(translations, deck, note_types) if translations else deck.notes,
        span=shape.place,
        variant=language,
        translation=Translation(
            place=shape.mapping.key_span("notes"),
            notes=_places(translations),
            subdecks=_subdecks(subdecks, deck),
            all_subdecks=_places(subdecks),
            editions=_places(editions),
        ),
    )
    shape.finish()
    return variant


def _editions(entries: Shape | None, deck: Deck) -> tuple[Edition, ...]:
    """The deck's editions, with the titles that the variant gives them."""
    if entries is None:
        return deck.editions
    titles = {}
    for edition in deck.editions:
        what = _('the edition "{key}"', key=edition.key)
        one = entries.inner(edition.key, what) if edition.key else None
        if one is not None:
            titles[edition.key] = one.text("title")
            one.finish()
    return tuple(one._replace(title=titles.get(one.key) or one.title) for one in deck.editions)


def _subdecks(entries: Shape | None, deck: Deck) -> dict[str, Text]:
    """The names that the variant gives to the deck's subdecks."""
    if entries is None:
        return {}
    known = {note.subdeck for note in deck.all_notes if note.subdeck}
    found: dict[str, Text] = {}
    for key in entries.mapping:
        name = entries.text(key)
        if name is not None and (fault := subdeck_name_fault(name)):
            entries.add(
                "bad-deck-name",
                name.span,
                _('the subdeck "{subdeck}": {fault}', subdeck=name, fault=fault),
            )
        elif name is not None and key in known:
            found[key] = name
    return found


def _places(entries: Shape | None) -> dict[str, Span]:
    mapping = entries.mapping if entries else Mapping()
    return {key: mapping.key_span(key) for key in mapping}


def _notes(
    translations: Shape, deck: Deck, note_types: dict[str, NoteType | None]
) -> tuple[Note, ...]:
    return tuple(_note(translations, note, note_types.get(note.note_type)) for note in deck.notes)


def _note(translations: Shape, note: Note, note_type: NoteType | None) -> Note:
    """The translated note. A blank optional field is left out."""
    # An imported GUID belongs to the original; the translation has its own.
    note = note._replace(guid=None)
    one = translations.inner(str(note.id), _('the note "{id}"', id=note.id))
    if one is None or not one.readable or note_type is None:
        return note
    found: dict[str, Node] = dict(note.values)
    own = own_fields(note_type)
    for key, word in words_in(one, note_type).items():
        value = one.node(word)
        if value is not None:
            found[key] = value
        elif word in one.mapping and not own[key].required:
            found.pop(key, None)
    follow(own, note.values, found)
    choose(own, keys_by_word(note_type), found)
    reason = one.text("retired") if note.retired is not None else None
    one.finish()
    return note._replace(values=found, retired=reason or note.retired)
