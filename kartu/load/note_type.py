"""templates/<note type>/note_type.yaml: the fields and cards of a note type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from kartu.core.diagnostics import Diagnostics, Related, did_you_mean
from kartu.core.language import N_, _
from kartu.core.model import CardType, FieldType, ForeignIds, Kind, NoteType, all_names, name_in
from kartu.core.patterns import pattern
from kartu.core.shipped import is_shipped
from kartu.core.source import Span, Text, text
from kartu.load.files import Files
from kartu.load.names import ID, MAX_ID_LENGTH, card_name_fault, field_name_fault
from kartu.load.shape import Shape, read_shape
from kartu.load.svg import picture_fault
from kartu.load.words import Names, check_aliases, read_aliases, read_help, read_names

KINDS: dict[str, Kind] = {
    "standard": "standard",
    "cloze": "cloze",
    "image-occlusion": "image-occlusion",
}

# How many fields and cards Anki gets from the first release on, unless note_type.yaml says more.
_SLOTS: dict[Kind, tuple[int, int]] = {
    "standard": (8, 3),
    "cloze": (8, 1),
    "image-occlusion": (10, 1),
}

FORMATS = ("text", "markdown", "list", "table", "image", "sound", "html", "anki")
ORIGINS = {"sources": "sources", "as_of": "text"}

NOTE_KEYS = ("id", "tags", "sources", "facts", "as_of", "retired", "guid", "unfinished")
SET_KEYS = ("note_type", "subdeck", "notes")
# What no alias can be.
RESERVED = (*NOTE_KEYS, *SET_KEYS)

# In the folder of a note type: a small drawing of what students see.
PICTURE = "picture.svg"

ENGINE_FIELD = "_kartu"
OCCLUSION_FIELDS = 5
MAX_SLOTS = 100

_TWO_FIELDS = N_('two fields have the {key} "{value}"')
_TWO_CARDS = N_('two cards have the {key} "{value}"')

_POSITION = pattern(r"[1-9][0-9]{0,2}", re.ASCII)


def load_note_type(files: Files, folder: str, diagnostics: Diagnostics) -> NoteType | None:
    """The note type of a folder below templates/, or None if note_type.yaml is unreadable."""
    path = f"{folder}/note_type.yaml"
    shape = read_shape(files, path, _("the note type"), diagnostics)
    if shape is None:
        return None
    reader = _Reader(shape, folder.rpartition("/")[2])
    return reader.note_type(folder, files)


class _Reader:
    def __init__(self, shape: Shape, folder_name: str) -> None:
        self.shape = shape
        self.folder_name = folder_name
        self.kind: Kind = KINDS[shape.choice("kind", KINDS, "standard")]
        self.foreign = self._foreign()
        self.field_slots, self.card_slots = self._slots()

    def note_type(self, folder: str, files: Files) -> NoteType:
        shape = self.shape
        names = self._names(shape, card_name_fault)
        note_type = NoteType(
            id=self._id(),
            name=names.name,
            kind=self.kind,
            fields=self._fields(),
            cards=self._cards(files, folder),
            field_slots=self.field_slots,
            card_slots=self.card_slots,
            jinja=shape.flag("jinja", True),
            foreign=self.foreign,
            folder=folder,
            span=shape.place,
            names=names.by_language,
            aliases=read_aliases(shape, RESERVED),
            help=read_help(shape),
            picture=self._picture(files, f"{folder}/{PICTURE}"),
        )
        shape.finish()
        return note_type

    def _picture(self, files: Files, path: str) -> Text | None:
        svg = files.read_text(path, self.shape.diagnostics) if files.is_file(path) else None
        if svg is None:
            return None
        if not is_shipped(path) and (fault := picture_fault(svg)):
            message = _("the picture is not one that a page can show: {fault}", fault=fault)
            help = _("draw it with shapes alone, in currentColor and var(--accent)")
            self.shape.add("bad-drawing", Span(path), message, help)
        return text(svg, Span(path))

    def _id(self) -> str:
        value = self.shape.text("id", required=True)
        if value is not None and (not ID.fullmatch(value) or len(value) > MAX_ID_LENGTH):
            help = _('for example "{id}"', id=self.folder_name)
            self.shape.add(
                "bad-id",
                value.span,
                _('"{id}" is not a valid id: a-z, 0-9 and - only', id=value),
                help,
            )
        elif value is not None and value != self.folder_name:
            help = _("a note type's id is its folder's name")
            self.shape.add(
                "bad-id",
                value.span,
                _('the folder is named "{folder}"', folder=self.folder_name),
                help,
            )
        return self.folder_name

    def _names(self, shape: Shape, fault_of: Callable[[str], str]) -> Names:
        return read_names(shape, fault_of, foreign=self.foreign is not None)

    def _slots(self) -> tuple[int, int]:
        fields, cards = _SLOTS[self.kind]
        slots = self.shape.inner("slots", "slots")
        if self.foreign is not None:
            if slots is not None:
                help = _('the ids under "anki:" say how many fields and cards there are')
                slots.add("bad-slots", slots.place, _("an imported note type has no slots"), help)
                slots.taken.update(slots.mapping)
            return len(self.foreign.fields), len(self.foreign.cards)
        if slots is None:
            return fields, cards
        fields = slots.integer("fields", lowest=1, highest=MAX_SLOTS) or fields
        if self.kind == "standard":
            cards = slots.integer("cards", lowest=1, highest=MAX_SLOTS) or cards
        slots.finish()
        return fields, cards

    def _fields(self) -> tuple[FieldType, ...]:
        shapes = self._entries("fields", _("a field"))
        fields = [self._field(shape) for shape in shapes]
        found = [field for field in fields if field is not None]
        self._unique(_TWO_FIELDS, "id", [(str(field.id), field.key.span) for field in found])
        self._unique(_TWO_FIELDS, "key", [(field.key, field.key.span) for field in found])
        spans = [field.key.span for field in found]
        names = [
            (name, at) for one, at in zip(found, spans, strict=True) for name in all_names(one)
        ]
        self._unique(_TWO_FIELDS, "name", names)
        check_aliases([(one.key, one.aliases) for one in found], self.shape.diagnostics)
        if not shapes and self.shape.has("fields"):
            self.shape.add(
                "missing-key", self.shape.span("fields"), _("the note type has no field")
            )
        elif found and not any(field.id == 1 for field in found):
            help = _("the first field is the one Anki sorts notes by")
            self.shape.add("bad-slots", self.shape.span("fields"), _("no field has the id 1"), help)
        if len(found) == len(shapes):
            self._repeated_fields(found)
        if self.kind == "image-occlusion" and len(found) == len(shapes):
            self._occlusion_fields(found)
        return tuple(sorted(found, key=lambda field: field.id))

    def _repeated_fields(self, fields: list[FieldType]) -> None:
        """Reports `one_of` and `with` that do not refer to other fields of the author."""
        for field in fields:
            known = [one.key for one in fields if one is not field and not one.origin]
            for key in (*field.one_of, *filter(None, (field.given_with,))):
                if field.origin or key not in known:
                    message = _(
                        '"{field}" cannot be one of "{other}": there is no other field of that key',
                        field=field.key,
                        other=key,
                    )
                    if key is field.given_with:
                        message = _('there is no other field "{key}"', key=key)
                    if field.origin:
                        message = _(
                            '"{key}" is filled by kartu and cannot repeat a field', key=field.key
                        )
                    self.shape.add("bad-value", key.span, message, did_you_mean(key, known))

    def _occlusion_fields(self, fields: list[FieldType]) -> None:
        missing = set(range(1, OCCLUSION_FIELDS + 1)) - {field.id for field in fields}
        if missing:
            help = _("Anki's own five come first: occlusions, image, header, back extra, comments")
            message = _(
                "an image occlusion note type needs a field with the id {number}",
                number=min(missing),
            )
            self.shape.add("bad-slots", self.shape.span("fields"), message, help)

    def _field(self, shape: Shape) -> FieldType | None:
        key = shape.text("key", required=True)
        # The names of an imported note type cannot be chosen.
        fault_of = card_name_fault if self.foreign else field_name_fault
        names = self._names(shape, fault_of)
        aliases, help = read_aliases(shape, RESERVED), read_help(shape)
        number = shape.integer("id", lowest=1, highest=MAX_SLOTS, required=True)
        origin = shape.choice("from", ORIGINS, "")
        field_format = self._format(shape, origin)
        retired = shape.flag("retired")
        required = shape.flag("required")
        one_of = shape.texts("one_of")
        given_with = shape.text("with")
        if required and (origin or retired):
            message = _("a retired field cannot be required")
            if origin:
                message = _("a field that kartu fills cannot be required")
            shape.add("bad-value", shape.span("required"), message, _("delete the line"))
        shape.finish()
        if key is not None:
            self._check_key(key)
        self._in_slots(shape, number, self.field_slots, "fields")
        if key is None or number is None:
            return None
        own = (number, key, names.name, field_format, required, origin, retired, one_of)
        of_author = (names.by_language, aliases, help, given_with)
        return FieldType(*own, *of_author)

    def _format(self, shape: Shape, origin: str) -> str:
        if not origin:
            format = shape.choice("format", FORMATS, "text")
            if format == "anki" and self.foreign is None:
                message = _('the format "anki" is only for the fields of an imported note type')
                help = _("write format: html, which leaves out what is not allowed on cards")
                shape.add("bad-value", shape.span("format"), message, help)
            return format
        if shape.has("format"):
            message = _("a field filled from {origin} has a format of its own", origin=origin)
            shape.add("bad-value", shape.span("format"), message, _("delete the line"))
        return ORIGINS[origin]

    def _check_key(self, key: Text) -> None:
        if key in NOTE_KEYS or key in SET_KEYS or key.startswith("x-"):
            message = _('"{key}" is one of kartu\'s own keys and cannot be a field', key=key)
            self.shape.add("reserved-name", key.span, message, _("choose another key"))
        elif not ID.fullmatch(key.replace("_", "-")):
            message = _('"{key}" is not a valid key: a-z, 0-9, _ and - only', key=key)
            self.shape.add("bad-id", key.span, message)

    def _cards(self, files: Files, folder: str) -> tuple[CardType, ...]:
        shapes = self._entries("cards", _("a card"))
        cards = [self._card(shape, files, folder) for shape in shapes]
        found = [card for card in cards if card is not None]
        self._unique(_TWO_CARDS, "id", [(str(card.id), card.span) for card in found])
        before = self.shape.diagnostics.mark()
        for language in dict.fromkeys(("", *(key for card in found for key in card.names))):
            if not self.shape.diagnostics.since(before):
                names = [(name_in(card, language), card.span) for card in found]
                self._unique(_TWO_CARDS, "name", names)
        if not shapes and self.shape.has("cards"):
            self.shape.add("missing-key", self.shape.span("cards"), _("the note type has no card"))
        return tuple(sorted(found, key=lambda card: card.id))

    def _card(self, shape: Shape, files: Files, folder: str) -> CardType | None:
        number = shape.integer("id", lowest=1, highest=MAX_SLOTS, required=True)
        names = self._names(shape, card_name_fault)
        front = self._template_file(shape, "front", files, folder)
        back = self._template_file(shape, "back", files, folder)
        retired = shape.flag("retired")
        shape.finish()
        self._in_slots(shape, number, self.card_slots, "cards")
        if number is None or front is None or back is None:
            return None
        place = shape.place
        return CardType(number, names.name, front, back, retired, place, names.by_language)

    def _template_file(self, shape: Shape, key: str, files: Files, folder: str) -> Text | None:
        name = shape.text(key, required=True)
        if name is None:
            return None
        if "/" in name or "\\" in name or name.startswith("."):
            message = _('"{name}" is not the name of a file in {folder}', name=name, folder=folder)
            shape.add("path-outside-project", name.span, message)
            return None
        if not files.is_file(f"{folder}/{name}"):
            there = [file for file in files.names(folder) if file.endswith(".html")]
            help = did_you_mean(name, there) or _(
                "make the file {folder}/{name}", folder=folder, name=name
            )
            shape.add(
                "template-missing", name.span, _('there is no file "{name}"', name=name), help
            )
            return None
        return name

    def _entries(self, key: str, what: str) -> list[Shape]:
        nodes = self.shape.sequence(key, required=True)
        shapes = [Shape(node, what, node.span, self.shape.diagnostics) for node in nodes]
        return [shape for shape in shapes if shape.readable]

    def _in_slots(self, shape: Shape, number: int | None, slots: int, key: str) -> None:
        if number is not None and number > slots:
            message = _(
                "the id {id} is higher than the number of slots, {slots}", id=number, slots=slots
            )
            more = f"{{{key}: {number}}}"
            help = _("before the first release, write slots: {slots}", slots=more)
            if self.kind != "standard" and key == "cards":
                help = _("cloze and image occlusion note types have exactly one card")
            shape.add("bad-slots", shape.span("id"), message, help)

    def _unique(self, twice: str, key: str, found: Iterable[tuple[str, Span]]) -> None:
        first: dict[str, tuple[str, Span]] = {}
        for value, span in found:
            known, there = first.setdefault(value.casefold(), (value, span))
            if there is not span and value:
                related = (Related(there, _("first here")),)
                message = _(twice, key=key, value=value)
                if known != value:
                    message = _(
                        '"{first}" and "{second}" differ only in upper and lower case',
                        first=known,
                        second=value,
                    )
                self.shape.diagnostics.add("duplicate-id", span, message, "", related)

    def _foreign(self) -> ForeignIds | None:
        anki = self.shape.inner("anki", "anki")
        if anki is None:
            return None
        highest = 2**63 - 1
        number = anki.integer("id", lowest=1, highest=highest, required=True)
        name = anki.text("name", required=True)
        fields = self._foreign_ids(anki, "fields", highest)
        cards = self._foreign_ids(anki, "cards", highest)
        sort = anki.integer("sort", lowest=1, highest=max(1, len(fields))) or 1
        anki.finish()
        if number is None or name is None:
            return None
        return ForeignIds(number, str(name), fields, cards, sort)

    def _foreign_ids(self, anki: Shape, key: str, highest: int) -> dict[int, int]:
        inner = anki.inner(key, key)
        if inner is None:
            anki.node(key, required=True)
            return {}
        ids = {}
        for position in list(inner.mapping):
            value = inner.integer(position, lowest=-highest - 1, highest=highest)
            if value is not None and _POSITION.fullmatch(position):
                ids[int(position)] = value
        if sorted(ids) != list(range(1, len(inner.mapping) + 1)):
            message = _('the positions under "{key}" must be 1, 2, 3 … without a gap', key=key)
            inner.add("bad-value", inner.place, message)
        if len(set(ids.values())) < len(ids):
            inner.add(
                "duplicate-id", inner.place, _('two of the "{key}" have the same id', key=key)
            )
        return ids
