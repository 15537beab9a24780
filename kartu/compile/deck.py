"""Compiles a deck: its notes with the fields, cards and tags that Anki will have."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kartu.anki.cloze import cloze_numbers
from kartu.anki.occlusion import EXAMPLE, shape_faults, uncovered
from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.contents import Contents
from kartu.compile.render.drawings import Drawings
from kartu.compile.render.fields import Fields, Unfinished
from kartu.compile.render.html import escape
from kartu.compile.render.media import Media, MediaFile
from kartu.compile.render.note_types import AnkiField, AnkiNoteType, NoteTypes
from kartu.compile.render.results import Results
from kartu.compile.render.strangers import Strangers
from kartu.compile.render.templates import Templates
from kartu.compile.render.texts import texts_for
from kartu.core.diagnostics import Diagnostic, Diagnostics, has_errors
from kartu.core.identity import note_guid
from kartu.core.language import _
from kartu.core.model import (
    Deck,
    Note,
    Project,
    media_folders,
    subdeck_of,
    template_folders,
)
from kartu.core.progress import Progress, no_progress
from kartu.core.source import Mapping, Span, Text, texts_in
from kartu.load.files import Files
from kartu.load.names import RETIRED_TAG, tag_part
from kartu.load.note_type import ENGINE_FIELD

# Which field of an image occlusion holds its picture, by the number that Anki gives it.
_PICTURE = 1

_new = tuple.__new__


# The number of notes between two progress reports.
_PROGRESS_INTERVAL = 500

# The notes that wait for a process at most.
_MOST_WAITING = 1000


def build_deck(
    project: Project,
    deck: Deck,
    files: Files,
    results: Results,
    strangers: Strangers,
    progress: Progress = no_progress,
    contents: Contents | None = None,
) -> tuple[BuiltDeck | None, list[Diagnostic]]:
    """The compiled deck; None, with the reasons, if it has errors.

    Without a reason where the templates have no texts in its language, which a check reports.

    Expects a deck that passed the checks of shape and meaning. `results` may contain results of
    templates from earlier builds; `strangers` renders those that are not the program's. `contents`
    holds the pictures and sounds afterwards, for who packs them.
    """
    compiler = compiler_of(project, deck, files, results, strangers, contents)
    if compiler is None:
        return None, []  # a check of meaning has reported this
    compiler.expect(deck.notes)
    notes = list(compiler.build_all(_counted(deck, progress)))
    diagnostics = compiler.diagnostics
    if has_errors(diagnostics):
        return None, list(diagnostics)
    return BuiltDeck(deck, compiler.note_types, tuple(notes), compiler.own_media), list(diagnostics)


def _counted(deck: Deck, progress: Progress) -> Iterator[Note]:
    for number, note in enumerate(deck.notes):
        if number % _PROGRESS_INTERVAL == 0:
            progress(deck.id, number, len(deck.notes))
        yield note


class _Begun(NamedTuple):
    """A note of which a process renders some fields, and the media that it has."""

    note: Note
    note_type: AnkiNoteType
    fields: list[str]
    unfinished: Unfinished
    media: tuple[MediaFile, ...]
    failed: bool


class DeckCompiler:
    """Compiles notes of a deck, each alone; templates and note types are rendered once.

    Faults go to `diagnostics`.
    """

    def __init__(
        self,
        project: Project,
        deck: Deck,
        files: Files,
        results: Results,
        strangers: Strangers,
        texts: Mapping,
        contents: Contents | None,
    ) -> None:
        self.diagnostics = diagnostics = Diagnostics()
        templates = Templates(
            files, results, diagnostics, folders=template_folders(deck), strangers=strangers
        )
        names = project.of(deck).names
        drawings = Drawings(files, templates, texts, str(deck.language), names, diagnostics)
        self._project = project
        self._strangers = strangers
        self._media = Media(files, media_folders(deck), drawings, diagnostics, contents=contents)
        fields = Fields(templates, texts, deck, self._media, diagnostics)
        self._builder = _Builder(deck, fields, self._media, diagnostics)
        self._renderer = NoteTypes(templates, texts, deck, diagnostics)
        self._rendered: dict[str, AnkiNoteType | None] = {}

    def build(self, note: Note) -> BuiltNote | None:
        """Returns the compiled note; None where its note type is missing or has errors."""
        return next(self.build_all([note]), None)

    def expect(self, notes: Sequence[Note]) -> None:
        """Has a process begin with what the notes need first, and what takes it longest.

        These are the layouts of their note types, and the pictures that they show.
        """
        names = dict.fromkeys(note.note_type for note in notes)
        for declared in map(self._project.note_types.get, names):
            if declared:
                self._renderer.expect(declared)
        self._strangers.hurry()
        values = (value for note in notes for value in note.values.values())
        self._media.expect(text for value in values for text in texts_in(value))

    def build_all(self, notes: Iterable[Note]) -> Iterator[BuiltNote]:
        """Yields the compiled notes in their order, without those that `build` has none for.

        While a process renders fields of some, the next ones are begun.
        """
        waiting = deque[BuiltNote | _Begun]()
        for note in notes:
            note_type = self.note_type(note.note_type)
            if note_type is None:
                continue
            begun = self._builder.begin(note, note_type)
            if not waiting and isinstance(begun, BuiltNote):
                yield begun  # as all of them where no template is a stranger's
                continue
            waiting.append(begun)
            while waiting and (len(waiting) > _MOST_WAITING or _is_ready(waiting[0])):
                yield self._builder.finish(waiting.popleft())
        while waiting:
            yield self._builder.finish(waiting.popleft())

    def note_type(self, name: str) -> AnkiNoteType | None:
        """Returns the compiled note type; None where it is missing or has errors."""
        if name not in self._rendered:
            declared = self._project.note_types.get(name)
            self._rendered[name] = self._renderer.render(declared) if declared else None
        return self._rendered[name]

    @property
    def note_types(self) -> tuple[AnkiNoteType, ...]:
        """The note types of all notes that were compiled, in the order of their first note."""
        return tuple(one for one in self._rendered.values() if one is not None)

    @property
    def own_media(self) -> tuple[MediaFile, ...]:
        """The media that imported templates need."""
        from_anki = any(one.source.foreign for one in self.note_types)
        return self._media.of_templates() if from_anki else ()


def compiler_of(
    project: Project,
    deck: Deck,
    files: Files,
    results: Results,
    strangers: Strangers,
    contents: Contents | None = None,
) -> DeckCompiler | None:
    """Returns what compiles the deck's notes; None where there are no texts in its language."""
    project = project.of(deck)
    texts = texts_for(project.texts, deck.language) if project.texts else Mapping()
    if texts is None:
        return None
    return DeckCompiler(project, deck, files, results, strangers, texts, contents)


def _is_ready(begun: BuiltNote | _Begun) -> bool:
    return isinstance(begun, BuiltNote) or begun.unfinished.is_ready


class _Builder:
    def __init__(self, deck: Deck, fields: Fields, media: Media, diagnostics: Diagnostics) -> None:
        self.deck = deck
        self.fields = fields
        self.media = media
        self.diagnostics = diagnostics
        self.prefix = tag_part(deck.prefix)
        self.deck_names: dict[Text, str] = {}
        self.tags: dict[tuple[tuple[Text, ...], bool], list[str]] = {}

    def begin(self, note: Note, note_type: AnkiNoteType) -> BuiltNote | _Begun:
        """The compiled note, or what `finish` makes it of where a process renders fields."""
        before, failures = self.diagnostics.mark(), self.fields.failures
        media = self.media.of_note
        if media:
            media.clear()
        fields = [""] * len(note_type.fields)
        unfinished = self.fields.begin(fields, note, note_type)
        files = tuple(media.values()) if media else ()
        failed = self.fields.failures != failures
        if unfinished is not None:
            return _Begun(note, note_type, fields, unfinished, files, failed)
        return self._built(note, note_type, fields, files, before, failed=failed)

    def finish(self, begun: BuiltNote | _Begun) -> BuiltNote:
        """The compiled note."""
        if isinstance(begun, BuiltNote):
            return begun
        note, note_type, fields, unfinished, files, failed = begun
        before, failures = self.diagnostics.mark(), self.fields.failures
        self.fields.finish(fields, unfinished)
        failed = failed or self.fields.failures != failures
        return self._built(note, note_type, fields, files, before, failed=failed)

    def _built(
        self,
        note: Note,
        note_type: AnkiNoteType,
        fields: list[str],
        files: tuple[MediaFile, ...],
        before: int,
        *,
        failed: bool,
    ) -> BuiltNote:
        """The note with its fields; `before` is the mark of its diagnostics."""
        tags = self._tags(note.tags, retired=note.retired is not None)
        if note.retired is not None:
            self._retire(note, note_type, fields, before)
        cards = note_type.rule.cards(fields, tagged=bool(tags))
        if note_type.source.kind != "standard":
            self._check_clozes(note, note_type, fields)
        if note_type.source.kind == "image-occlusion":
            self._check_shapes(note, note_type, fields)
        if not cards and not failed:
            self._check_complete(note, note_type, before)
        return _new(
            BuiltNote,  # there are many, and BuiltNote() takes twice as long
            (
                note,
                str(note.guid) if note.guid else note_guid(self.deck.uid, note.id),
                note_type,
                self.deck_names.get(note.subdeck) or self._deck_name(note),
                fields,
                tags,
                cards,
                files,
            ),
        )

    def _retire(self, note: Note, note_type: AnkiNoteType, fields: list[str], before: int) -> None:
        """Writes the notice; nobody rewrites a text that is given up, so fewer faults are shown."""
        for found in self.diagnostics.since(before):
            if found.code == "html-unbalanced":
                self.diagnostics.remove(found)
        for place, one in enumerate(note_type.fields):
            if note.retired and one.name == ENGINE_FIELD:
                fields[place] = escape(note.retired.strip())

    def _deck_name(self, note: Note) -> str:
        subdeck = subdeck_of(self.deck, note)
        name = f"{self.deck.name}::{subdeck}" if subdeck else str(self.deck.name)
        self.deck_names[note.subdeck] = name
        return name

    def _check_complete(self, note: Note, note_type: AnkiNoteType, before: int) -> None:
        """Reports a note without cards, unless an error since the mark `before` is the reason."""
        if not has_errors(self.diagnostics.since(before)) and _complete(note, note_type):
            help = _(
                "without a card Anki shows it nowhere: fill the fields that its fronts ask for"
            )
            if note_type.source.kind != "standard":
                help = _("hide a word: {{c1::word}}")
            if note_type.source.kind == "image-occlusion":
                help = _(
                    "cover a place: {example}, in fractions of the picture's width and height",
                    example=EXAMPLE,
                )
            message = _("Anki would make no card of this note")
            self.diagnostics.add("no-card", self._own_place(note), message, help)

    def _own_place(self, note: Note) -> Span:
        """Where the note is written: in a variant, where it is translated."""
        spans = [node.span for node in note.values.values()] if self.deck.variant else []
        path = self.deck.span.path
        return next((span for span in spans if span.path == path), note.id.span)

    def _check_clozes(self, note: Note, note_type: AnkiNoteType, values: list[str]) -> None:
        """Reports clozes in fields that the front does not show: Anki makes cards of them too."""
        pairs = zip(note_type.fields, values, strict=True)
        fields = [value for field, value in pairs if field.name in note_type.cloze_fields]
        shown = set[int]().union(*map(cloze_numbers, fields))
        for field, value in zip(note_type.fields, values, strict=True):
            if field.name in note_type.answer_fields:
                self._check_words(note, field, cloze_numbers(value) - shown)
                continue
            # A number that is shown in another field makes no empty card.
            known = shown if note_type.source.foreign else set()
            if field.name not in note_type.cloze_fields and cloze_numbers(value) - known:
                message = _(
                    'a cloze in the field "{name}", which the front does not show', name=field.name
                )
                help = _(
                    "Anki would make an empty card of it: take the {cloze} away", cloze="{{c1::}}"
                )
                self.diagnostics.add("bad-cloze", _place(note, field), message, help)

    def _check_words(self, note: Note, field: AnkiField, numbers: frozenset[int]) -> None:
        """Reports words of an image occlusion whose numbers cover no place: each makes a card."""
        for number in sorted(numbers):
            message = _(
                '"{name}" has a word for number {number}, which covers no place of the picture',
                name=field.name,
                number=number,
            )
            opening = f"{{{{c{number}::…}}}}"
            help = _("cover its place, or take {cloze} away", cloze=opening)
            self.diagnostics.add("bad-cloze", _place(note, field), message, help)

    def _check_shapes(self, note: Note, note_type: AnkiNoteType, values: list[str]) -> None:
        """Reports clozes of an image occlusion that do not cover a place of its picture.

        A note type from elsewhere may have shapes that Anki's editor left partly outside; there
        only cards on which nothing is covered are reported.
        """
        faults_of = uncovered if note_type.source.foreign else shape_faults
        for field, value in zip(note_type.fields, values, strict=True):
            if field.name in note_type.cloze_fields and "{" in value:
                for fault in faults_of(value):
                    place = _place(note, field)
                    self.diagnostics.add("bad-occlusion", place, fault.message, fault.help)
            if field.occlusion_tag == _PICTURE and "<img" not in value:
                message = _("there is no picture to cover a place of")
                help = _("name a picture")
                self.diagnostics.add("bad-occlusion", _place(note, field), message, help)

    def _tags(self, given: tuple[Text, ...], *, retired: bool) -> list[str]:
        cached = self.tags.get((given, retired))  # tags are few, notes are many
        if cached is None:
            prefixed = self.deck.prefix_tags
            tags = {f"{self.prefix}::{tag}" if prefixed else str(tag) for tag in given}
            if retired:
                tags.add(f"{self.prefix}::{RETIRED_TAG}")
            cached = sorted(tags, key=lambda tag: (tag.casefold(), tag))
            self.tags[given, retired] = cached
        return cached


def _place(note: Note, field: AnkiField) -> Span:
    """The place of a field's value, of the note's id if it has none."""
    if field.declared is not None and field.declared.key in note.values:
        return note.values[field.declared.key].span
    return note.id.span


def _complete(note: Note, note_type: AnkiNoteType) -> bool:
    """Whether every required field has a value (if not, loading has reported it)."""
    return all(
        field.key in note.values
        for field in note_type.source.fields
        if field.required and not field.retired and not field.origin
    )
