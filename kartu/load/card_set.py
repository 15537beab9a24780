"""A card set: a YAML file of notes that share note type, subdeck and tags.

The checks of notes in all kinds of card sets are here.
"""

from __future__ import annotations

from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics, Related, did_you_mean
from kartu.core.language import N_, _
from kartu.core.model import FieldType, Note, NoteType
from kartu.core.shipped import SHIPPED
from kartu.core.source import Mapping, Node, Sequence, Span, Text, text
from kartu.load.dates import days_of
from kartu.load.files import Files
from kartu.load.names import ID, MAX_ID_LENGTH, NO, YES, subdeck_name_fault, tag_fault
from kartu.load.note_type import NOTE_KEYS
from kartu.load.notes_fast import FastNotes, Maker
from kartu.load.options import choose
from kartu.load.shape import Shape, is_blank
from kartu.load.words import all_aliases, keys_by_word, note_type_named, offered, word_of
from kartu.load.words import own_fields as own_fields  # noqa: PLC0414 - for readers of notes
from kartu.load.yaml import parse
from kartu.load.yaml_fast import read as read_fast

SAME_FIELD = N_('"{second}" and "{first}" are the same field')


class Common(NamedTuple):
    """Values shared by all or some notes of a card set."""

    name: str
    note_type: NoteType | None  # None if it has faults of its own
    fields: dict[str, FieldType]  # those that the author fills
    words: dict[str, str]  # the keys and aliases of these, with the key that each means
    subdeck: Text
    tags: tuple[Text, ...]
    blanks: bool = False  # whether built-in keys may be blank, as cells of a row are


def load_card_set(
    files: Files, path: str, note_types: dict[str, NoteType | None], diagnostics: Diagnostics
) -> list[Note]:
    """The notes of a card-set file; faults in some of them do not hide the others."""
    content = files.read_text(path, diagnostics)
    before = diagnostics.mark()
    node: Node | None = None
    made = _NotesWhileReading(path, files, note_types)
    if content is not None:
        node = read_fast(content, path, made.maker_for) or parse(content, path, diagnostics)
    if content is None or (node is None and diagnostics.since(before)):
        return []
    shape = Shape(node, _("the card set"), Span(path), diagnostics)
    if not shape.readable:
        return []
    common = _common(shape, path, files, note_types)
    if any(one != common for one in made.of):  # shared values follow after the notes
        shape.mapping = read_fast(content, path) or shape.mapping
    entries = shape.sequence("notes", required=True)
    shape.finish()
    if common is None:
        return []
    if _of_another_type(shape, entries, common, note_types):
        return []
    fast = fast_notes(common)
    notes = [
        entry
        if isinstance(entry, Note)
        else fast.read(entry) or read_note(entry, common, diagnostics)
        for entry in entries
    ]
    return [note for note in notes if note is not None]


class _NotesWhileReading:
    """Makes notes while their file is read; `of` are the shared values assumed for them."""

    def __init__(self, path: str, files: Files, note_types: dict[str, NoteType | None]) -> None:
        self.path = path
        self.files = files
        self.note_types = note_types
        self.of: list[Common] = []

    def maker_for(self, document: Mapping, keys: tuple[str, ...]) -> Maker | None:
        """The maker for notes with these keys, if the part of the file above them is valid."""
        shape = Shape(document, _("the card set"), Span(self.path), Diagnostics())
        common = _common(shape, self.path, self.files, self.note_types)
        if common is None or shape.diagnostics or "notes" not in document:
            return None
        self.of.append(common)
        return fast_notes(common).maker(keys)


def fast_notes(common: Common) -> FastNotes:
    """The fast path for notes with nothing to report; `read_note` reads the others."""
    return FastNotes(
        common.name,
        common.fields,
        common.words,
        common.subdeck,
        common.tags,
        blanks=common.blanks,
    )


def common_of(
    id: str,
    note_type: NoteType | None,
    subdeck: Text,
    tags: tuple[Text, ...],
    *,
    blanks: bool = False,
) -> Common:
    """The values shared by notes of the note type `id`, which is None if it has faults."""
    fields, words = own_fields(note_type), keys_by_word(note_type)
    return Common(id, note_type, fields, words, subdeck, tags, blanks)


def _common(
    shape: Shape, path: str, files: Files, note_types: dict[str, NoteType | None]
) -> Common | None:
    name = shape.text("note_type", required=True)
    shape.check_not_blank("subdeck")
    subdeck = shape.text("subdeck") or text("", Span(path))
    check_subdeck(subdeck, shape.diagnostics)
    tags = read_tags(shape)
    id = named_note_type(name, files, note_types, shape.diagnostics) if name is not None else None
    return common_of(id, note_types[id], subdeck, tags) if id is not None else None


def check_subdeck(subdeck: Text, diagnostics: Diagnostics) -> None:
    """Reports a name that Anki would change or refuse; an empty one is valid."""
    if subdeck and (fault := subdeck_name_fault(subdeck)):
        message = _('the subdeck "{subdeck}": {fault}', subdeck=subdeck, fault=fault)
        diagnostics.add("bad-deck-name", subdeck.span, message)


def named_note_type(
    name: Text, files: Files, note_types: dict[str, NoteType | None], diagnostics: Diagnostics
) -> str | None:
    """The id of the note type with this id or alias, even a faulty one; reported if there is none.

    Where templates/ has no note type at all, that has been reported.
    """
    folder = f"templates/{name}"
    id = note_type_named(name, note_types)
    if id is None and ID.fullmatch(name) and files.is_folder(folder):
        message = _(
            "the folder {folder} has no note_type.yaml, and card sets use this note type",
            folder=folder,
        )
        help = _("restore {folder}/note_type.yaml from git or a backup", folder=folder)
        if files.is_folder(f"{SHIPPED}/{name}"):
            help = _(
                "restore {folder}/note_type.yaml, or delete the folder: it hides the note type of "
                "this name that comes with kartu",
                folder=folder,
            )
        diagnostics.add("no-note-type", Span(folder), message, help)
    elif id is None:
        message = _('there is no note type "{name}"', name=name)
        known = [word_of(one, one.language) if one else id for id, one in note_types.items()]
        help = did_you_mean(name, known) or _("make the folder templates/{name}", name=name)
        diagnostics.add("unknown-note-type", name.span, message, help)
    return id


def _of_another_type(
    shape: Shape,
    entries: Sequence,
    common: Common,
    note_types: dict[str, NoteType | None],
) -> bool:
    """Reports, once for all notes, that their keys are the fields of another note type."""
    if (
        entries
        and isinstance(entries[0], Mapping)
        and not common.words.keys().isdisjoint(entries[0])
    ):
        return False
    keys = {key for entry in entries if isinstance(entry, Mapping) for key in entry}
    keys = {key for key in keys if key not in NOTE_KEYS and not key.startswith("x-")}
    if not keys or common.note_type is None or keys & _field_keys(common.note_type):
        return False
    for one in note_types.values():
        if one is not None and keys <= _field_keys(one):
            name, id = (word_of(each, each.language) for each in (common.note_type, one))
            message = _('the notes have no field of the note type "{name}"', name=name)
            help = _('did you mean "{id}"? That one has all of them', id=id)
            shape.add("unknown-key", shape.span("note_type"), message, help)
            return True
    return False


def _field_keys(note_type: NoteType) -> set[str]:
    return {str(word) for one in note_type.fields for word in (one.key, *all_aliases(one))}


def read_note(node: Node, common: Common, diagnostics: Diagnostics) -> Note | None:
    """The note, with its faults in `diagnostics`; None if it is no mapping.

    A note without an id has an empty one here, with its place.
    """
    shape = Shape(node, _("the note"), node.span, diagnostics)
    if not shape.readable or not isinstance(node, Mapping):
        return None
    id = shape.text("id")
    if id is not None and (not ID.fullmatch(id) or len(id) > MAX_ID_LENGTH):
        help = _('use a-z, 0-9 and -, for example "food-chain"')
        shape.add("bad-id", id.span, _('"{id}" is not a valid note id', id=id), help)
    if not common.blanks:
        for key, help in _NOT_BLANK.items():
            shape.check_not_blank(key, help)
    unfinished = _unfinished(shape, common)
    partial = unfinished is not None
    return Note(
        id=id if id is not None else text("", node.span),
        note_type=common.name,
        subdeck=common.subdeck,
        values=_values(shape, common.note_type, common, partial) if common.note_type else {},
        tags=common.tags + read_tags(shape),
        sources=shape.texts("sources"),
        facts=shape.texts("facts"),
        as_of=read_date(shape, "as_of"),
        retired=_retired(shape),
        guid=_guid(shape),
        unfinished=unfinished,
    )


def _values(shape: Shape, note_type: NoteType, common: Common, partial: bool) -> dict[str, Node]:
    """The values of the note's fields; every other key must be a built-in one.

    A `partial` one may lack required fields.
    """
    node, written = shape.mapping, written_words(shape, common.words)
    values = {key: node[word] for key, word in written.items() if not is_blank(node[word])}
    for key, field in common.fields.items():
        if field.required and key not in values and not partial:
            word = written.get(key) or word_of(field, note_type.language)
            id = word_of(note_type, note_type.language)
            # A row has keys; its author has seen only words of the deck's language.
            shown = word_of(field, note_type.language) if common.blanks and word == key else word
            message = _('the note has no "{key}", which {id} requires', key=shown, id=id)
            place = node.key_span(word)
            if word in node:
                help = _("write its text")
                if common.blanks:
                    help = _("write its text, or delete the row")
                shape.add_blank("missing-field", place, message, help)
            else:
                shape.add_missing(word, "missing-field", place, message, "...")
    choose(common.fields, common.words, values)
    known = offered(note_type, written)
    for word in node:
        if word not in common.words and word not in NOTE_KEYS and not word.startswith("x-"):
            message, help = no_field(word, note_type)
            shape.add_unknown(word, message, [*known, *NOTE_KEYS], help, note_type.id)
    return values


def written_words(shape: Shape, words: dict[str, str]) -> dict[str, str]:
    """The word by which a mapping names each field, by key; a second one is reported."""
    written: dict[str, str] = {}
    for word in shape.mapping:
        key = words.get(word)
        if key is None or (first := written.setdefault(key, word)) == word:
            continue
        message = _(SAME_FIELD, second=word, first=first)
        related = (Related(shape.mapping.key_span(first), _("first here")),)
        place = shape.mapping.key_span(word)
        shape.diagnostics.add(
            "yaml-duplicate-key", place, message, _("delete one of them"), related
        )
        shape.taken.add(word)
    return written


def words_in(shape: Shape, note_type: NoteType) -> dict[str, str]:
    """The word for each field that an author fills, by key: what is written, else the best one."""
    written = written_words(shape, keys_by_word(note_type))
    shape.taken.update(offered(note_type, written))
    own = own_fields(note_type)
    return {key: written.get(key) or word_of(own[key], note_type.language) for key in own}


def no_field(word: str, note_type: NoteType) -> tuple[str, str]:
    """The message and, if there is a known reason, the help for an unknown field."""
    id = word_of(note_type, note_type.language)
    message = _('notes of the type "{id}" have no field "{key}"', id=id, key=word)
    help = ""
    for field in note_type.fields:
        if word != field.key and word not in all_aliases(field):
            continue
        if field.retired:
            help = _("the field is retired: it keeps its place in Anki but takes no more text")
        elif field.origin:
            help = _('the engine fills this field from "{origin}"', origin=field.origin)
    return message, help


def read_tags(shape: Shape) -> tuple[Text, ...]:
    """The `tags` of a note or card set, including invalid ones, which are reported."""
    tags = shape.texts("tags")
    for tag in tags:
        if fault := tag_fault(tag):
            shape.add(
                "bad-tag",
                tag.span,
                _('the tag "{tag}": {fault}', tag=tag, fault=fault),
                _("write it another way"),
            )
    return tags


def read_date(shape: Shape, key: str) -> Text | None:
    value = shape.text(key)
    if value is not None and days_of(value) is None:
        shape.add(
            "bad-value",
            value.span,
            _('"{value}" is not a date', value=value),
            _("write it as 2026-11-24"),
        )
    return value


def _retired(shape: Shape) -> Text | None:
    """The reason why students need not learn the note any more."""
    reason = shape.text("retired")
    if reason is not None and reason.strip().casefold() in NO_REASON:
        message = _(
            '"retired" takes the reason, which students see, not "{reason}"', reason=reason.strip()
        )
        shape.add("bad-value", reason.span, message, _(_NOT_BLANK["retired"]))
    return reason


def _unfinished(shape: Shape, common: Common) -> Text | None:
    """The mark of an unfinished note, in cells also in other words."""
    if not common.blanks:
        marked = shape.flag("unfinished")
        return shape.text("unfinished") if marked else None
    mark = shape.text("unfinished")
    if mark is None:
        return None
    word = mark.strip().casefold()
    if word not in YES | NO:
        message = _('"unfinished" must be yes or no, not "{value}"', value=mark.strip())
        shape.add("bad-value", mark.span, message, _("write yes, or leave the cell empty"))
    return mark if word in YES else None


# The built-in keys that do nothing without a value, with the help for that.
_NOT_BLANK = {
    "retired": N_("write why, as in retired: replaced by another note; or delete the line"),
    "guid": N_("write it, or delete the line"),
    "as_of": N_("write it as 2026-11-24, or delete the line"),
    "unfinished": N_("write true, or delete the line"),
}
NO_REASON = ("true", "false", "yes", "no", "ya", "tidak", "null", "none", "~", "-")


def _guid(shape: Shape) -> Text | None:
    guid = shape.text("guid")
    if guid is not None and (not guid.isascii() or not guid.isprintable() or " " in guid):
        help = _("a GUID is printable ASCII without spaces, as Anki shows it in the card's info")
        shape.add("bad-value", guid.span, _('"{guid}" is not a GUID', guid=guid), help)
    return guid
