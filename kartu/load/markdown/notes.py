"""Makes notes of entries: values in the formats of their fields, gaps, and the checks of notes."""

from __future__ import annotations

from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import N_, _
from kartu.core.model import FieldType, Note, NoteType
from kartu.core.patterns import pattern
from kartu.core.source import Mapping, Node, Sequence, Span, Text, text
from kartu.load.card_set import Common, check_subdeck, own_fields, read_note
from kartu.load.markdown.document import Document, Draft
from kartu.load.markdown.entries import FIRST, SECOND, Entry
from kartu.load.markdown.front import Front
from kartu.load.markdown.gaps import with_gaps
from kartu.load.markdown.marks import ESCAPED
from kartu.load.markdown.plain import not_plain, plain_text, without_wiki_links
from kartu.load.note_type import NOTE_KEYS
from kartu.load.notes_fast import LISTS
from kartu.load.words import keys_by_word

# Fields for the way back, by the words that note types have for them.
_BOTH = ("balik", "reverse", "clue", "petunjuk")

_PICTURE = pattern(
    r"!\[\[([^\[\]\n|]+)(?:\|([^\[\]\n]*))?\]\]|!\[([^\[\]\n]*)\]\(<?([^()\n<>]+)>?\)"
)
_SOUND = pattern(r"\[sound:([^\[\]\n]+)\]")
_ITEM = pattern(r"[ \t]*(?:[-*+]|[0-9]{1,3}[.)])[ \t]+")
_DELIMITER_ROW = pattern(r"[ \t|:-]+")

_CANNOT_SHOW = {
    "picture": N_("a picture, which this field of plain text cannot show"),
    "formula": N_("a formula, which this field of plain text cannot show"),
    "code": N_("a block of code, which this field of plain text cannot show"),
    "table": N_("a table, which this field of plain text cannot show"),
}


class Kind(NamedTuple):
    """A note type that entries of the file have, with the fields that authors fill, in order."""

    name: str
    note_type: NoteType | None
    fields: dict[str, FieldType]

    @property
    def has_gaps(self) -> bool:
        return self.note_type is not None and self.note_type.kind == "cloze"


def kind_of(name: str, note_types: dict[str, NoteType | None]) -> Kind:
    note_type = note_types[name]
    return Kind(name, note_type, own_fields(note_type))


class Maker:
    """Makes the notes of one file."""

    def __init__(self, document: Document, front: Front, diagnostics: Diagnostics) -> None:
        self.document = document
        self.front = front
        self.diagnostics = diagnostics
        self.reported: set[str] = set()

    def note(self, entry: Entry, kind: Kind) -> Note | None:
        """The note of an entry; None, with the reason in the diagnostics, if it has no values."""
        subdeck = entry.chapter.subdeck
        if subdeck not in self.reported:
            self.reported.add(str(subdeck))
            check_subdeck(subdeck, self.diagnostics)
        before = self.diagnostics.mark()
        values = self._values(entry, kind)
        faulty = any(one.code == "markdown-card" for one in self.diagnostics.since(before))
        if kind.note_type is None or faulty:
            return None
        tags = (*self.front.tags, *entry.chapter.tags, *entry.tags)
        words = keys_by_word(kind.note_type)
        common = Common(kind.name, kind.note_type, kind.fields, words, subdeck, tags, blanks=True)
        named = "id" in values
        if not named:
            values["id"] = text("x", entry.place)  # the id is given later, when all are known
        note = read_note(values, common, self.diagnostics)
        self.diagnostics.change_since(before, lambda one: _in_terms_of_marks(one, entry))
        if note is not None and not named:
            note = note._replace(id=text("", entry.place))
        return note

    def _values(self, entry: Entry, kind: Kind) -> Mapping:
        values = Mapping()
        values.span = entry.place
        keys = [*kind.fields]
        for part, draft in entry.parts.items():
            place = entry.places.get(part, entry.place)
            if part in (FIRST, SECOND):
                number = int(part) - 1
                if number >= len(keys):
                    if draft.text.strip():
                        self._no_second(kind, place)
                    continue
                key = keys[number]
            else:
                key = part
            value = self._value(draft, kind.fields[key], entry, kind, first=key == keys[0])
            if value is not None:
                values[text(key, place)] = value
        if entry.is_both:
            self._add_way_back(values, entry, kind)
        for name, found in entry.keys.items():
            if name in LISTS:
                values[text(name, found.span)] = _list(found)
            elif name in NOTE_KEYS:
                values[text(name, found.span)] = found
        return values

    def _no_second(self, kind: Kind, place: Span) -> None:
        message = _("the note type {name} has no second field for this text", name=kind.name)
        self.diagnostics.add("markdown-card", place, message, _("choose another note type"))

    def _add_way_back(self, values: Mapping, entry: Entry, kind: Kind) -> None:
        """Fills the field that makes the card from the answer to the question."""
        key = next((one for one in _BOTH if one in kind.fields), None)
        second = values.get(list(kind.fields)[1]) if len(kind.fields) > 1 else None
        if key is None or second is None:
            message = _("the note type {name} has no card for the other direction", name=kind.name)
            help = _("write :: in place of :::, and the other direction as a line of its own")
            self.diagnostics.add("markdown-card", entry.place, message, help)
        elif key not in values:
            values[text(key, entry.place)] = second

    def _value(
        self, draft: Draft, field: FieldType, entry: Entry, kind: Kind, *, first: bool
    ) -> Node | None:
        draft = draft.stripped()
        if "\\" in draft.text:
            edits = [(one.end() - 1, one.end(), "") for one in ESCAPED.finditer(draft.text)]
            draft = draft.edited(edits)
        if first and kind.has_gaps:
            draft = with_gaps(self.document, draft, entry, self.diagnostics)
        read = {
            "text": self._text,
            "list": self._items,
            "table": self._table,
            "image": self._image,
            "sound": self._sound,
        }.get(field.format)
        if read is not None:
            return read(draft)
        if field.format == "markdown":
            draft = without_wiki_links(draft)
        return self.document.passage(draft)

    def _text(self, draft: Draft) -> Node:
        """A field of plain text shows no marks; what only marks can show is a fault."""
        found = not_plain(draft)
        if found is not None:
            what, offset = found
            help = _("choose a note type whose field has the format markdown, or write it in words")
            span = self.document.span(draft.at[offset])
            self.diagnostics.add("markdown-in-text", span, _(_CANNOT_SHOW[what]), help)
        return self.document.passage(plain_text(draft))

    def _items(self, draft: Draft) -> Node:
        """The items of a list, or a line each."""
        return self._sequence(self._lines(draft), draft)

    def _lines(self, draft: Draft) -> list[Draft]:
        found, start = [], 0
        for line in draft.text.split("\n"):
            mark = _ITEM.match(line)
            lead = mark.end() if mark else len(line) - len(line.lstrip())
            if line.strip():
                found.append(draft[start + lead : start + len(line)])
            start += len(line) + 1
        return found

    def _table(self, draft: Draft) -> Node:
        rows = [one for one in self._lines(draft) if not _DELIMITER_ROW.fullmatch(one.text)]
        table = Sequence(self._sequence(_cells(row), row) for row in rows)
        table.span = self.document.passage(draft).span
        return table

    def _sequence(self, parts: list[Draft], whole: Draft) -> Sequence:
        found = Sequence(self.document.passage(without_wiki_links(one)) for one in parts)
        found.span = self.document.passage(whole).span
        return found

    def _image(self, draft: Draft) -> Node:
        """`![alt](file.png)`, `![[file.png]]`, or the name of the file."""
        span = self.document.passage(draft).span
        found = _PICTURE.fullmatch(draft.text)
        if found is None:
            return self.document.passage(draft)
        mapping = Mapping()
        mapping.span = span
        mapping[text("file", span)] = text((found[1] or found[4]).strip(), span)
        if alt := (found[2] or found[3] or "").strip():
            mapping[text("alt", span)] = text(alt, span)
        return mapping

    def _sound(self, draft: Draft) -> Node:
        span = self.document.passage(draft).span
        found = _SOUND.fullmatch(draft.text)
        if found is not None:
            return text(found[1].strip(), span)
        picture = _PICTURE.fullmatch(draft.text)
        if picture is not None:
            return text((picture[1] or picture[4]).strip(), span)
        return self.document.passage(draft)


def _cells(row: Draft) -> list[Draft]:
    """The cells of a row of a Markdown table."""
    found, start = [], 0
    line = row.text
    if line.startswith("|"):
        start = 1
    end = len(line.rstrip())
    if end > start and line[end - 1] == "|" and not line[:end].endswith("\\|"):
        end -= 1
    begin = start
    for place in range(start, end + 1):
        if place == end or (line[place] == "|" and line[place - 1 : place] != "\\"):
            found.append(row[begin:place])
            begin = place + 1
    return found


def _list(value: Text) -> Sequence:
    found = Sequence(
        text(one, value.span) for one in map(str.strip, value.replace("|", ",").split(",")) if one
    )
    found.span = value.span
    return found


def _in_terms_of_marks(one: Diagnostic, entry: Entry) -> Diagnostic:
    """A diagnostic with help for Markdown where that for YAML does not apply."""
    if one.code != "missing-field":
        return one
    help = _("write the answer below the heading; a heading of another level is no card")
    if entry.places:
        help = _('write it after "A:", or after the name of the field and a colon')
    return one._replace(help=help)
