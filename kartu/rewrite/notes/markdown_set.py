"""Edits of the notes in a Markdown card set: their source as it is written, marks and all.

Values of any shape are edited; notes are added, moved and deleted where they are questions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from operator import itemgetter

from kartu.core.diagnostics import Diagnostics, has_errors
from kartu.core.language import _
from kartu.core.model import NoteType
from kartu.core.source import Span
from kartu.core.text import normalise_newlines
from kartu.load.files import Files
from kartu.load.markdown import CardFile, read_markdown
from kartu.load.markdown.document import Document, Draft
from kartu.load.markdown.entries import ABOVE, FIRST, SECOND, Entry, outside
from kartu.load.markdown.marks import comment_key
from kartu.load.markdown.questions import mark_of_line
from kartu.load.note_type import NOTE_KEYS
from kartu.load.words import own_fields, word_of
from kartu.rewrite.edits import BYTE_ORDER_MARK, Edit, edited
from kartu.rewrite.notes.card_set import CardSet, Form, Values
from kartu.rewrite.notes.given import EditedFiles
from kartu.rewrite.notes.values import (
    EditRefusedError,
    Value,
    cell_of_value,
    formats_of,
    is_blank,
    value_of,
)

_BY_LINES = ("text", "markdown", "sound", "html")
_CODE = 4  # spaces before a line of code
_LISTS = re.compile(r"[|,]")


class MarkdownSet(CardSet):
    """A Markdown card set; make it with `read_markdown_set`."""

    def __init__(
        self,
        files: Files,
        path: str,
        data: bytes,
        content: str,
        read: CardFile,
        note_types: Mapping[str, NoteType],
    ) -> None:
        self.path = path
        self.data = data
        self._files = files
        self._content = content
        self._read = read
        self._document: Document = read.document
        self._note_types = note_types
        self._mark = BYTE_ORDER_MARK if data.startswith(BYTE_ORDER_MARK.encode()) else ""
        self._ends = "\r\n" if b"\r\n" in data else "\n"

    def __len__(self) -> int:
        return len(self._read.notes)

    def form(self, place: int) -> Form:
        note, entry = self._read.notes[place], self._read.entries[place]
        kind = self._note_types.get(note.note_type)
        formats, parts = formats_of(kind), self._parts(place)
        values: Values = {}
        places: dict[str, Span] = {}
        for key, part in parts.items():
            draft = _trimmed(entry.parts[part])
            by_lines = formats.get(key, "text") in _BY_LINES
            value = draft.text if by_lines else value_of(note.values.get(key))
            if not is_blank(value):
                values[key] = value
            start = draft.at[0] if len(draft.at) else None
            places[key] = (
                self._document.span(start)
                if start is not None
                else entry.places.get(part, entry.place)
            )
        for key, found in entry.keys.items():
            if key in NOTE_KEYS:
                listed = [one.strip() for one in _LISTS.split(found) if one.strip()]
                values[key] = listed if formats.get(key) == "list" else str(found)
                places[key] = found.span
        tags = (*self._read.front.tags, *entry.chapter.tags, *entry.tags)
        return Form(
            path=self.path,
            place=place,
            id=self.id_at(place),
            note_type=note.note_type,
            subdeck=str(note.subdeck),
            tags=[str(tag) for tag in tags],
            values=values,
            places=places,
            span=entry.place,
        )

    def _parts(self, place: int) -> dict[str, str]:
        """The part of an entry that each key of a field is."""
        note, entry = self._read.notes[place], self._read.entries[place]
        keys = [*own_fields(self._note_types.get(note.note_type))]
        numbered = {FIRST: 0, SECOND: 1}
        found = {}
        for part in entry.parts:
            number = numbered.get(part)
            if number is None or number < len(keys):
                found[part if number is None else keys[number]] = part
        return found

    @property
    def contents(self) -> list[object]:
        return [
            (form.note_type, form.subdeck, form.tags, form.values)
            for form in map(self.form, range(len(self)))
        ]

    @property
    def shared(self) -> object:
        rest = outside(self._document, self._read.entries, None)
        return (self._content[: self._document.starts[self._document.first]], [*map(str, rest)])

    @property
    def writes_ids(self) -> bool:
        return False  # those that are there are of other programs

    def id_at(self, place: int) -> str:
        return str(self._read.entries[place].keys.get("id", ""))

    def span_at(self, place: int) -> Span:
        return self._read.entries[place].place

    def read_again(self, data: bytes) -> MarkdownSet | None:
        return read_markdown_set(self._files, self.path, data, self._note_types)

    def as_written(self, key: str, value: Value) -> Value:
        """Without white space around it, as Markdown is read."""
        return value.strip() if isinstance(value, str) else value

    # --- values -----------------------------------------------------------------------------------

    def written(self, changes: Mapping[int, Values]) -> bytes:
        edits = []
        for place, values in changes.items():
            form, parts = self.form(place), self._parts(place)
            for key, value in values.items():
                if form.values.get(key, "") == value:
                    continue
                if key in NOTE_KEYS:
                    edits.append(self._comment(form, key, value))
                elif key in parts:
                    edits.append(self._replaced(form, key, parts[key], value))
                elif not is_blank(value):
                    edits.append(self._new_part(form, key, value))
        return self._with(edits)

    def _replaced(self, form: Form, key: str, part: str, value: Value) -> Edit:
        entry = self._read.entries[form.place]
        if is_blank(value):
            return self._without_part(form, key, part)
        line = self._line_of_part(entry, part)
        text = self._text_of(form, key, value, self._indent(line))
        draft = _trimmed(entry.parts[part])
        if not draft.at:
            at = self._document.starts[line] + len(self._document.lines[line])
            return Edit(at, at, f" {text}")
        begin, end = draft.at[0], draft.at[-1] + 1
        is_heading = part == FIRST and self._read.shape == "headings"
        if not self._is_whole(draft) or (is_heading and "\n" in text):
            raise self._refused(form, key)
        return Edit(begin, end, text)

    def _without_part(self, form: Form, key: str, part: str) -> Edit:
        entry = self._read.entries[form.place]
        if part == FIRST or self._read.shape != "questions":
            raise self._refused(form, key)
        draft = _trimmed(entry.parts[part])
        first = self._line_of_part(entry, part)
        last = self._document.line_of(draft.at[-1]) if draft.at else first
        starts = self._document.starts
        begin, end = starts[first], min(starts[last + 1], len(self._content))
        if any(begin <= one.start < end for one in self._document.comments):
            raise self._refused(form, key)  # the comment would go, too
        return Edit(begin, end, "")

    def _new_part(self, form: Form, key: str, value: Value) -> Edit:
        if self._read.shape != "questions":
            message = _('only cards that begin with "Q:" take more texts here')
            raise EditRefusedError(form.span, message, _("change it in a text editor"))
        at = self._block(form.place)[1]
        return Edit(at, at, "\n" + self._line(form, key, value))

    def _line(self, form: Form, key: str, value: Value) -> str:
        """A part with its mark, indented as the card's others are."""
        kind = self._note_types.get(form.note_type)
        own = own_fields(kind)
        number = [*own].index(key) if key in own else len(own)
        word = "A" if number == 1 else key
        if number > 1 and kind is not None and key in own:
            word = word_of(own[key], kind.language)
        indent = self._indent(self._read.entries[form.place].first)
        apart = " " if isinstance(value, str) else f"\n{indent}"
        return f"{indent}{word}:{apart}{self._text_of(form, key, value, indent)}"

    def _text_of(self, form: Form, key: str, value: Value, indent: str) -> str:
        """A value as Markdown, its lines but the first indented."""
        format = formats_of(self._note_types.get(form.note_type)).get(key, "text")
        if isinstance(value, str):
            found = value
        elif format == "list":
            found = "\n".join(f"- {cell_of_value(one)}" for one in value)
        else:
            raise self._refused(form, key)
        first, *others = found.split("\n")
        return "\n".join([first, *(indent + one if one else one for one in others)])

    def _indent(self, line: int) -> str:
        """How far the lines of a part are indented, whose mark is in `line`."""
        mark = mark_of_line(self._document, line) if self._read.shape == "questions" else None
        return " " * (mark.indent if mark is not None else 0)

    def _comment(self, form: Form, key: str, value: Value) -> Edit:
        """The comment for one of the engine's keys."""
        entry = self._read.entries[form.place]
        text = f"<!-- {key}: {cell_of_value(value)} -->" if not is_blank(value) else ""
        for one in self._document.comments:
            line = self._document.line_of(one.start)
            if comment_key(one.text)[0] == key and entry.first <= line < entry.end:
                begin = one.start
                if not text and self._content[:begin].endswith("\n"):
                    begin -= 1  # the line goes too
                return Edit(begin, one.end, text)
        at = self._block(form.place)[1]
        return Edit(at, at, f"\n{text}" if text else "")

    # --- notes ------------------------------------------------------------------------------------

    def added(self, place: int, values: Values) -> bytes:
        """As a question like the one before it."""
        near = self.form(max(place - 1, 0))
        begin, end = self._block(near.place)
        entry = self._read.entries[near.place]
        mark = mark_of_line(self._document, entry.first)
        first = next(iter(own_fields(self._note_types.get(near.note_type))), "")
        if mark is None or first not in values:
            raise self._refused(near, first)
        lead = self._content[self._document.starts[entry.first] :]
        lead = lead[: mark.start].rstrip()
        indent = self._indent(entry.first)
        lines = [f"{lead} {self._text_of(near, first, values[first], indent)}"]
        fields = {key: one for key, one in values.items() if key not in (first, *NOTE_KEYS)}
        lines += [self._line(near, key, value) for key, value in fields.items()]
        lines += [
            f"<!-- {key}: {cell_of_value(one)} -->"
            for key, one in values.items()
            if key in NOTE_KEYS
        ]
        block = "\n".join(lines)
        if place:
            return self._with([Edit(end, end, f"{self._apart()}{block}")])
        return self._with([Edit(begin, begin, f"{block}{self._apart()}")])

    def removed(self, place: int) -> bytes:
        begin, end = self._block(place)
        if place:
            before = len(self._content[:begin].rstrip("\n"))
            return self._with([Edit(before, end, "")])
        rest = self._content[end:]
        return self._with([Edit(begin, end + len(rest) - len(rest.lstrip("\n")), "")])

    def reordered(self, place: int, to: int) -> bytes:
        first, last = min(place, to), max(place, to)
        blocks = [self._block(one) for one in range(first, last + 1)]
        texts = [self._content[slice(*one)] for one in blocks]
        texts.insert(to - first, texts.pop(place - first))
        return self._with([Edit(*one, text) for one, text in zip(blocks, texts, strict=True)])

    # --- lines ------------------------------------------------------------------------------------

    def _block(self, place: int) -> tuple[int, int]:
        """Where a question begins, and where its last line with a text or comment stops."""
        if self._read.shape != "questions":
            message = _('only cards that begin with "Q:" are added, moved and deleted here')
            span = self._read.entries[place].place
            raise EditRefusedError(span, message, _("change it in a text editor"))
        entry, document = self._read.entries[place], self._document
        lines = [n for n in range(entry.first, entry.end) if not document.is_blank(n)]
        for one in document.comments:  # those of kartu belong to the card, others to what follows
            line = document.line_of(one.end - 1)
            of_kartu = comment_key(one.text)[0] in NOTE_KEYS and not one.text.startswith(ABOVE)
            if of_kartu and entry.first <= line < entry.end:
                lines.append(line)
        begin, stop = document.starts[entry.first], document.starts[max(lines) + 1] - 1
        return begin, begin + len(self._content[begin:stop].rstrip())

    def _apart(self) -> str:
        """What is between two questions: an empty line, or none where no others have one."""
        blocks = [self._block(place) for place in range(len(self))]
        tight = any(later[0] - one[1] == 1 for one, later in pairwise(blocks))
        return "\n" if tight else "\n\n"

    def _line_of_part(self, entry: Entry, part: str) -> int:
        return entry.places[part].line - 1 if part in entry.places else entry.first

    def _is_whole(self, draft: Draft) -> bool:
        """Whether the text stands in the file in one piece, but for the indents of its lines."""
        return all(
            later == one + 1 or draft.text[number] == "\n"
            for number, (one, later) in enumerate(pairwise(draft.at))
        )

    def _refused(self, form: Form, key: str) -> EditRefusedError:
        message = _('"{key}" is written in a way that cannot be changed here', key=key)
        place = form.places.get(key, form.span)
        return EditRefusedError(place, message, _("change it in a text editor"))

    def _with(self, edits: list[Edit]) -> bytes:
        try:
            text = edited(self._content, sorted(edits, key=itemgetter(0, 1)))
        except ValueError:  # edits that overlap: what is read back is not what was wanted
            return b""
        return (self._mark + text.replace("\n", self._ends)).encode()


def _trimmed(draft: Draft) -> Draft:
    """A part without white space around it; what is indented as code stays so."""
    found = draft.stripped()
    lead = len(found.text) - len(found.text.lstrip(" "))
    return found[lead:] if lead < _CODE else found


def read_markdown_set(
    files: Files, path: str, data: bytes, note_types: Mapping[str, NoteType]
) -> MarkdownSet | None:
    """Returns a Markdown card set, None where it cannot be read as one that edits keep whole."""
    try:
        written = data.decode().removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        return None
    content = normalise_newlines(written)
    if written not in (content, content.replace("\n", "\r\n")):
        return None
    diagnostics = Diagnostics()
    known = EditedFiles(files.root, {path: data})
    one = files.one is not None
    found = read_markdown(known, path, {**note_types}, diagnostics, default=one)
    unread = any(fault.code in ("markdown-shape", "markdown-card") for fault in diagnostics)
    if found is None or not found.notes or (unread and has_errors(diagnostics)):
        return None
    return MarkdownSet(files, path, data, content, found, note_types)
