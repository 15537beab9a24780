"""cards/<deck>/i18n/<language>.yaml: a deck in another language, with an identity of its own."""

from __future__ import annotations

from kartu.diagnostics import Diagnostic, did_you_mean
from kartu.load.deck import read_identity
from kartu.load.files import Files
from kartu.load.names import LANGUAGE
from kartu.load.shape import Shape
from kartu.load.yaml import parse
from kartu.model import Deck, Note, NoteType
from kartu.source import Node, Span, text


def load_variant(
    files: Files,
    path: str,
    deck: Deck,
    note_types: dict[str, NoteType | None],
    said: list[Diagnostic],
) -> Deck | None:
    """`deck` with the texts of a variant file; what that does not translate stays as it is.

    None where the file cannot be read. Notes, their order, tags, sources and editions are the
    deck's; uid, name, prefix and description are the variant's own.
    """
    language = path.rpartition("/")[2].removesuffix(".yaml")
    content = files.read_text(path, said)
    before = len(said)
    node = parse(content, path, said) if content is not None else None
    if content is None or (node is None and len(said) > before):
        return None
    shape = Shape(node, "the language variant", Span(path), said)
    if not shape.readable:
        return None
    if not LANGUAGE.fullmatch(language):
        help = 'name the file after a language code, like "en.yaml"'
        shape.add("bad-value", Span(path), f'"{language}" is no language', help)
    identity = read_identity(shape)
    description = shape.text("description")
    notes = _notes(shape, deck, note_types)
    shape.finish()
    return deck._replace(
        uid=identity.uid,
        name=identity.name,
        prefix=identity.prefix,
        description=description or deck.description,
        language=text(language, shape.place),
        notes=notes,
        span=shape.place,
        variant=language,
    )


def _notes(shape: Shape, deck: Deck, note_types: dict[str, NoteType | None]) -> tuple[Note, ...]:
    translations = shape.inner("notes", "notes")
    if translations is None:
        return deck.notes
    known = {str(note.id): note for note in deck.notes}
    for key in translations.mapping:
        translations.taken.add(key)
        if key not in known:
            message = f'the deck has no note "{key}"'
            help = did_you_mean(key, known)
            translations.add("unknown-note", translations.mapping.key_span(key), message, help)
    return tuple(
        # A GUID from elsewhere is the original's; the translation has its own.
        note._replace(values=_values(translations, note, note_types.get(note.note_type)), guid=None)
        for note in deck.notes
    )


def _values(translations: Shape, note: Note, note_type: NoteType | None) -> dict[str, Node]:
    one = translations.inner(str(note.id), f'the note "{note.id}"')
    if one is None or not one.readable or note_type is None:
        return note.values
    fields = [str(f.key) for f in note_type.fields if not f.retired and not f.origin]
    found: dict[str, Node] = dict(note.values)
    for key in fields:
        value = one.node(key)
        if value is not None:
            found[key] = value
    one.finish()
    return found
