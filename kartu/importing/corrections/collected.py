"""What students have in Anki that differs from a deck: fields, tags and new notes of packages.

Only texts, files and the deck's own tags are read: nothing of what somebody learned, suspended or
flagged, and no tag of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kartu.anki.field_html import canonical
from kartu.compile.built import BuiltNote
from kartu.compile.render.media import named_in, renamed_in
from kartu.core.language import _
from kartu.importing.contents import CannotImportError, ImportedContents
from kartu.importing.contents import Note as TheirNote
from kartu.importing.corrections.ours import OurDeck
from kartu.importing.package import from_package
from kartu.importing.texts import clean_field
from kartu.load.files import Files, pending
from kartu.load.names import RETIRED_TAG, tag_part
from kartu.rewrite.media import added_media, as_it_is
from kartu.rewrite.notes.values import EditRefusedError


class Variant(NamedTuple):
    """What a field holds in some of the packages: HTML with the names that its files have here.

    `raw` is as it is in Anki, `files` are the new files that it names, `fault` is why one of them
    cannot be taken, `number` is that of the packages.
    """

    html: str
    raw: str
    files: frozenset[str] = frozenset()
    fault: str = ""
    number: int = 1


class NewNote(NamedTuple):
    """A note that somebody added in Anki: its fields by name, as Variant."""

    guid: str
    note_type: int
    deck: str
    fields: Mapping[str, Variant]


class Collected(NamedTuple):
    """What packages hold of a deck.

    `fields` are, by note and field, all its variants by their canonical HTML; `tags` the deck's own
    tags that notes have besides theirs, with the number of packages; `gone` the notes that no
    package has; `other_types` notes that got another note type in Anki. `media` are new files.
    """

    packages: int
    notes: int
    fields: dict[tuple[str, int], dict[str, Variant]]
    tags: dict[tuple[str, str], int]
    new: dict[str, list[NewNote]]
    gone: list[str]
    other_types: list[str]
    media: dict[str, bytes]


class Collector:
    """Reads packages one after the other."""

    def __init__(self, ours: OurDeck) -> None:
        self._ours = ours
        self.found = Collected(0, 0, {}, {}, {}, [], [], {})
        self._there: set[str] = set()
        self._files: dict[str, str] = {}  # the names of new files by a hash of their content
        self._names = ours.packed
        self._tags = {tag for note in ours.notes.values() for tag in note.tags}
        self._tags.discard(f"{tag_part(ours.deck.prefix)}::{RETIRED_TAG}")
        self._types = {one.note_type.id for one in ours.notes.values()}

    def add(self, path: Path) -> int:
        """Reads a package; returns how many notes of the deck it has.

        Raises:
            CannotImportError: It is no package, damaged or malicious.
        """
        with from_package(path) as package:
            notes = [note for note in package.notes if note.guid in self._ours.notes]
            self._there.update(note.guid for note in notes)
            for note in notes:
                self._note(package, note, self._ours.notes[note.guid])
            if notes:
                self._new_notes(package)
        known = self.found.packages + bool(notes)
        self.found = self.found._replace(packages=known, notes=self.found.notes + len(notes))
        return len(notes)

    def result(self) -> Collected:
        """Returns what all packages hold."""
        gone = [
            str(one.source.id) for guid, one in self._ours.notes.items() if guid not in self._there
        ]
        return self.found._replace(gone=gone)

    def _note(self, package: ImportedContents, note: TheirNote, ours: BuiltNote) -> None:
        id = str(ours.source.id)
        if note.note_type != ours.note_type.id:
            self.found.other_types.append(id)
            return
        names = [field.name for field in package.note_types[note.note_type].fields]
        theirs = dict(zip(names, note.fields, strict=False))
        for field in self._ours.fields_of(ours):
            raw = next((theirs[name] for name in field.names if name in theirs), None)
            if raw is None or raw == field.html:
                continue
            one = self._variant(package, raw)
            if canonical(one.html) != canonical(renamed_in(field.html, self._names)):
                variants = self.found.fields.setdefault((note.guid, field.place), {})
                _count(variants, one)
        for tag in self._tags.intersection(note.tags).difference(ours.tags):
            self.found.tags[id, tag] = self.found.tags.get((id, tag), 0) + 1

    def _new_notes(self, package: ImportedContents) -> None:
        name = str(self._ours.deck.name)
        for note in package.notes:
            below = note.deck == name or note.deck.startswith(f"{name}::")
            if note.guid in self._ours.notes or note.note_type not in self._types or not below:
                continue
            names = [field.name for field in package.note_types[note.note_type].fields]
            fields = {
                field: self._variant(package, raw)
                for field, raw in zip(names, note.fields, strict=False)
                if raw.strip()
            }
            same = self.found.new.setdefault(note.guid, [])
            one = NewNote(note.guid, note.note_type, note.deck, fields)
            if all({**one.fields} != {**other.fields} for other in same):
                same.append(one)

    def _variant(self, package: ImportedContents, raw: str) -> Variant:
        """A field with the names of files here; new files are taken as the deck would have them."""
        html = clean_field(raw)
        names = dict(self._names)
        files, fault = set(), ""
        for name in named_in(html):
            if name in names:
                continue
            try:
                names[name] = self._file(name, package.media)
            except (EditRefusedError, CannotImportError) as error:
                fault = fault or str(error)
                continue
            files.add(names[name])
        return Variant(renamed_in(html, names), raw, frozenset(files), fault)

    def _file(self, name: str, media: Mapping[str, Callable[[], bytes]]) -> str:
        if name not in media:
            raise CannotImportError(_('the file "{name}" is not in the package', name=name))
        data = media[name]()
        digest = sha256(data).hexdigest()
        if digest not in self._files:
            root = self._ours.files.root
            with pending(root, self.found.media):
                file, changes = added_media(
                    Files(root), self._ours.deck, name, as_it_is(name, data)
                )
            self.found.media.update(
                {path: one.after for path, one in changes.items() if one.after is not None}
            )
            self._files[digest] = file
        return self._files[digest]


def _count(variants: dict[str, Variant], one: Variant) -> None:
    key = canonical(one.html)
    there = variants.get(key)
    variants[key] = one if there is None else there._replace(number=there.number + 1)


def fields_of_packages(paths: Iterable[Path], ours: OurDeck) -> dict[tuple[str, int], list[str]]:
    """Returns the HTML of each field in packages that students had, by note and field.

    Raises:
        CannotImportError: One is no package, damaged or malicious.
    """
    found: dict[tuple[str, int], list[str]] = {}
    for path in paths:
        with from_package(path) as package:
            for note in package.notes:
                built = ours.notes.get(note.guid)
                if built is None or note.note_type != built.note_type.id:
                    continue
                names = [field.name for field in package.note_types[note.note_type].fields]
                theirs = dict(zip(names, note.fields, strict=False))
                for field in ours.fields_of(built):
                    html = next((theirs[name] for name in field.names if name in theirs), None)
                    if html is not None:
                        found.setdefault((note.guid, field.place), []).append(html)
    return found
