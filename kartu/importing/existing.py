"""The existing project: what an imported deck must not conflict with, and what it can reuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.model import FieldType, all_names, in_language
from kartu.core.model import NoteType as OwnType
from kartu.core.shipped import SHIPPED, TEMPLATES, is_shipped
from kartu.core.usage import UsageError
from kartu.importing.contents import CannotImportError, NoteType
from kartu.importing.note_types import Folder
from kartu.importing.texts import clean_text
from kartu.load import load_project
from kartu.load.files import Files
from kartu.load.words import all_aliases, note_type_named, own_fields, word_of

# Each format shows everything that those before it show.
_RANK = ("text", "html", "anki")
_UNDETERMINED = "und"


# Formats whose source text fits in a list's cell.
_OF_CELLS = ("text", "markdown", "html", "anki")


def list_fields(own: OwnType) -> list[FieldType]:
    """Returns the fields that a list can fill: those that hold text."""
    return [field for field in own_fields(own).values() if field.format in _OF_CELLS]


class ExistingProject(NamedTuple):
    """A project as it is before the import."""

    files: Files
    folders: frozenset[str]
    deck_folders: frozenset[str]
    note_types: Mapping[str, OwnType]
    prefixes: tuple[str, ...]
    uids: frozenset[str]
    language: str

    @classmethod
    def of(cls, root: Path) -> ExistingProject:
        """Reads the project in `root`, empty if there is none yet; its own faults are ignored."""
        files = Files(root)
        project, _rest = load_project(root)
        translated = (
            id for id, one in project.texts.items() if one and not is_shipped(one.span.path)
        )
        languages = [str(deck.language) for deck in project.decks] or sorted(translated)
        language = languages[0] if languages else _UNDETERMINED
        return cls(
            files,
            frozenset((*files.names(TEMPLATES), *files.names(SHIPPED))),
            frozenset(files.names("cards")),
            {id: in_language(one, language) for id, one in project.note_types.items()},
            tuple(str(deck.prefix) for deck in project.decks),
            frozenset(str(deck.uid) for deck in project.decks),
            language,
        )

    def check_name(self, note_type: NoteType) -> None:
        """Raises CannotImportError if another note type of the project has its name in Anki."""
        for own in self.note_types.values():
            name = own.foreign.name if own.foreign else ""
            other = own.foreign is not None and own.foreign.id != note_type.id
            if other and name.casefold() == note_type.name.casefold():
                raise CannotImportError(
                    _(
                        '{folder} is the note type "{name}" too, with another id; import this '
                        "deck into a project of its own",
                        folder=own.folder,
                        name=name,
                    )
                )

    def folder(self, note_type: NoteType, formats: Sequence[str]) -> Folder | None:
        """Returns the project's folder of a note type, None if it has none yet."""
        if note_type.own:
            own = self.note_types[note_type.own]
            fields = list_fields(own)
            keys = [word_of(field, self.language) for field in fields]
            formats = [field.format for field in fields]
            return Folder(own.id, {}, keys, formats, word_of(own, self.language))
        for own in self.note_types.values():
            if own.foreign is not None and own.foreign.id == note_type.id:
                self._check_same(own, note_type)
                self._check_formats(own, formats)
                return Folder(
                    own.id, {}, [f.key for f in own.fields], [f.format for f in own.fields]
                )
        return None

    def named(self, name: str) -> OwnType | None:
        """Returns the project's note type of this name, in Anki or here; None if there is none."""
        for own in self.note_types.values():
            in_anki = [own.foreign.name] if own.foreign else all_names(own)
            names = (*in_anki, own.id, *all_aliases(own))
            if name and name.casefold() in [one.casefold() for one in names]:
                return own
        return None

    def chosen(self, name: str) -> OwnType:
        """Returns the note type chosen for a list's rows. Raises UsageError if there is none."""
        id = note_type_named(name, self.note_types)
        if id is None:
            from kartu.core.diagnostics import did_you_mean

            message = _('the project has no note type "{name}"', name=name)
            hint = did_you_mean(
                name, [word_of(one, self.language) for one in self.note_types.values()]
            )
            raise UsageError("; ".join(filter(None, (message, hint))))
        return self.note_types[id]

    def _check_same(self, own: OwnType, note_type: NoteType) -> None:
        wanted = [note_type.css, *(text for card in note_type.cards for text in card[2:])]
        names = ["style.css", *(name for card in own.cards for name in (card.front, card.back))]
        there = [
            (self.files.read_text(f"{own.folder}/{name}", Diagnostics()) or "")
            if self.files.is_file(f"{own.folder}/{name}")
            else ""
            for name in names
        ]
        fields = [field.name for field in own.fields] == [field.name for field in note_type.fields]
        if not fields or [clean_text(one) for one in wanted] != there:
            raise CannotImportError(
                _(
                    '{folder} is this note type ("{name}"), but has other fields, templates or '
                    "styles; import this deck into a project of its own",
                    folder=own.folder,
                    name=note_type.name,
                )
            )

    def _check_formats(self, own: OwnType, formats: Sequence[str]) -> None:
        for field, format in zip(own.fields, formats, strict=True):
            if field.format not in _RANK or _RANK.index(field.format) < _RANK.index(format):
                raise CannotImportError(
                    _(
                        "its notes need the format {format} for the field {key}: first write "
                        "format: {format} there in {file}",
                        format=format,
                        key=field.key,
                        file=own.folder + "/note_type.yaml",
                    )
                )
