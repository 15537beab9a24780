"""`kartu import`: reads a file, writes a staged project, builds and compares it, then places it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from kartu.compile.render.media import OF_TEMPLATES, named_in, renamed_in
from kartu.core.diagnostics import Diagnostic
from kartu.core.identity import new_uid
from kartu.core.language import _, ngettext
from kartu.core.progress import Progress, no_progress
from kartu.core.usage import UsageError, writing
from kartu.importing.card_sets import CardSets, Identity, deck_yaml, prefix_of
from kartu.importing.compare import Difference, active, differences
from kartu.importing.contents import CannotImportError, ImportedContents, Note
from kartu.importing.decks import (
    ImportedDeck,
    deck_name,
    decks_of,
    media_names,
    renamed_decks,
    runs_of,
    with_valid_guids,
    with_valid_tags,
)
from kartu.importing.existing import ExistingProject
from kartu.importing.history import history
from kartu.importing.note_types import Folder, folder_of, formats_of
from kartu.importing.read import read
from kartu.importing.scaffold import PUBLISHED, scaffold
from kartu.importing.stage import Stage, check_names, plain_formats, staged
from kartu.importing.texts import clean_field
from kartu.load.files import Files
from kartu.load.ids.names import new_id
from kartu.load.names import DEVICES, ID, LANGUAGE, UID, VERSION
from kartu.pipeline import Compiled, compile_decks

# The build's warnings that mean that something is missing from the cards.
_REPORTED = ("html-removed", "anki-media-missing")

# GitHub warns about larger files, in bytes, and refuses those twice as large.
_MOST_IN_GIT = 50_000_000


class ImportOptions(NamedTuple):
    """`root` is the project, which may not exist yet; `deck` the new deck's id, else from its name.

    `language` is that of the cards, `note_type` the project's note type for a list's rows;
    `heading` is whether a list's first row names its columns, None where its words decide.
    `name` is for decks that have none, else the file's.
    """

    file: Path
    root: Path
    deck: str = ""
    language: str = ""
    note_type: str = ""
    heading: bool | None = None
    name: str = ""


class DeckSummary(NamedTuple):
    """An imported deck as the project has it now."""

    id: str
    name: str
    notes: int
    cards: int
    media: int


class ImportResult(NamedTuple):
    """What was imported, what was dropped, and what is displayed differently.

    `diagnostics` are faults that the original has too; with an error among them the decks are
    there, but cannot be built before these are fixed. `to_do` is what a project needs before it can
    publish, `remarks` say what of a list was taken for what.
    """

    decks: list[DeckSummary]
    note_types: list[str]
    dropped: list[str]
    differences: list[Difference]
    active: list[str]
    diagnostics: list[Diagnostic]
    to_do: list[str]
    remarks: Sequence[str]


def import_file(options: ImportOptions, progress: Progress = no_progress) -> ImportResult:
    """Imports the decks of a file into the project; existing files are not changed.

    Raises:
        CannotImportError: The file is damaged or malicious; nothing is written.
        UsageError: The options are not possible; nothing is written.
    """
    if options.language and not LANGUAGE.fullmatch(options.language):
        raise UsageError(
            _('"{code}" is not a language code: write id, en, zh-Hant …', code=options.language)
        )
    place = _("into {folder}", folder=options.root)
    with writing(place), staged(options.root) as stage:
        existing = ExistingProject.of(options.root)
        with read(options.file, options.note_type, existing, options.heading) as imported:
            if not imported.notes:
                raise CannotImportError(_("it holds no notes"))
            check_names(imported.media)
            with writing(place):
                return _Import(options, existing, imported, stage, progress).run()


class _Import:
    """The import of one file into one project."""

    def __init__(
        self,
        options: ImportOptions,
        existing: ExistingProject,
        imported: ImportedContents,
        stage: Stage,
        progress: Progress,
    ) -> None:
        self.options = options
        self.existing = existing
        self.stage = stage
        self.progress = progress
        notes, dropped_tags = with_valid_tags(imported.notes)
        notes, dropped_guids = with_valid_guids(notes)
        self.imported = imported._replace(notes=notes)
        self.dropped = [*imported.dropped, *dropped_tags, *dropped_guids]
        self.used_media = {
            name for note in notes for value in note.fields for name in named_in(clean_field(value))
        }
        self.names, renamed = media_names(imported.media, self.used_media)
        self.dropped += renamed
        unused = imported.media.keys() - self.names.keys()
        if unused:
            message = ngettext(
                "{number} media file that no note uses",
                "{number} media files that no note uses",
                len(unused),
            )
            self.dropped.append(message)

    def run(self) -> ImportResult:
        """Writes the staged project, builds and compares its decks, and puts it into place."""
        name = self.options.name or self.options.file.stem.replace("_", " ")
        fallback = deck_name(name, "Deck")
        self.dropped += renamed_decks(self.imported.notes, fallback)
        decks = [self._in_order(deck) for deck in decks_of(self.imported, fallback)]
        identities = self._identities(decks)
        folders = self._note_types(identities[0].uid)
        self.stage.share()
        for identity, deck in zip(identities, decks, strict=True):
            self.progress(identity.id)
            self._write_deck(identity, deck, folders)
        built, diagnostics = self._build(identities)
        found = [
            one
            for identity, deck in zip(identities, decks, strict=True)
            if identity.id in built
            for one in differences(self.imported, deck, built[identity.id].built, self.names)
        ]
        for identity, deck in zip(identities, decks, strict=True):
            if identity.id in built:
                files = Files(self.stage.folder)
                ledger = history(self.imported, deck, folders, built[identity.id], files)
                if ledger is not None:
                    self.stage.write(f"cards/{identity.id}/ledger.jsonl", ledger)
        to_do = self._original(identities[0].id)
        self._scaffold(identities[0], decks[0].name)
        self.stage.place()
        return ImportResult(
            [
                _summary(identity, deck, built.get(identity.id))
                for identity, deck in zip(identities, decks, strict=True)
            ],
            [folder.id for folder in folders.values()],
            self.dropped,
            found,
            active(self.imported),
            diagnostics,
            to_do,
            self.imported.remarks,
        )

    def _original(self, id: str) -> list[str]:
        """Copies the package that students have to where CI tests updates from it."""
        file = self.options.file
        if file.suffix.lower() != ".apkg" or not list(
            self.stage.folder.glob("cards/*/ledger.jsonl")
        ):
            return []
        if file.stat().st_size > _MOST_IN_GIT:
            return [
                _(
                    "{file} is too large for a repository: make a release with it by hand",
                    file=file.name,
                )
            ]
        self.stage.write(f"{PUBLISHED}/{id}.apkg", file.read_bytes())
        return []

    def _scaffold(self, identity: Identity, name: str) -> None:
        """Writes what a new project needs besides decks, so that it can publish."""
        if not self.stage.is_new():
            return
        files = scaffold(identity.language, name, name, identity.id, "imported")
        for path, content in files.items():
            self.stage.write(path, content)

    def _in_order(self, deck: ImportedDeck) -> ImportedDeck:
        runs, dropped_order = runs_of(deck.notes)
        self.dropped += dropped_order
        return deck._replace(notes=[note for run in runs for note in run.notes])

    def _build(
        self, identities: Sequence[Identity]
    ) -> tuple[dict[str, Compiled], list[Diagnostic]]:
        """Returns the built decks and the diagnostics that matter to an import."""
        ids = [identity.id for identity in identities]
        compiled, diagnostics = compile_decks(self.stage.folder, ids, None, self.progress)
        reported = [one for one in diagnostics if one.severity == "error" or one.code in _REPORTED]
        return {one.built.source.id: one for one in compiled}, reported

    def _identities(self, decks: Sequence[ImportedDeck]) -> list[Identity]:
        chosen = self.options.deck
        if chosen and len(decks) > 1:
            names = ", ".join(f'"{deck.name}"' for deck in decks)
            raise UsageError(
                _(
                    "the file holds {number} decks ({names}): leave --deck out",
                    number=len(decks),
                    names=names,
                )
            )
        if chosen and (not ID.fullmatch(chosen) or chosen in DEVICES):
            raise UsageError(_('"{id}" is not a deck id: use only a-z, 0-9 and -', id=chosen))
        ids: list[str] = []
        prefixes = list(self.existing.prefixes)
        found = []
        own = self.imported.identity.deck
        own = own if ID.fullmatch(own) and own not in DEVICES else ""
        for deck in decks:
            id = chosen or own or new_id(deck.name, "dek", {*ids, *DEVICES})
            if id in self.existing.deck_folders:
                raise UsageError(
                    _("cards/{id} already exists: choose another id with --deck", id=id)
                )
            prefix = prefix_of(deck.name, id, prefixes)
            prefixes.append(prefix or deck.name)
            ids.append(id)
            found.append(self._identity(id, prefix))
        return found

    def _identity(self, id: str, prefix: str) -> Identity:
        _name, uid, _prefix, language, version, *_rest = self.imported.identity
        own = UID.fullmatch(uid) and uid not in self.existing.uids
        return Identity(
            id,
            uid if own else new_uid(),
            self.options.language or (language if LANGUAGE.fullmatch(language) else "")
            or self.existing.language,
            version if own and VERSION.fullmatch(version) else "1.0.0",
            prefix,
        )  # fmt: skip

    def _note_types(self, uid: str) -> dict[int, Folder]:
        by_type: dict[int, list[Note]] = {}
        for note in self.imported.notes:
            by_type.setdefault(note.note_type, []).append(note)
        plain = plain_formats(self.options.root)
        taken = set(self.existing.folders)
        found: dict[int, Folder] = {}
        for number, notes in by_type.items():
            note_type = self.imported.note_types[number]
            self.existing.check_name(note_type)
            formats = formats_of(note_type, notes, plain)
            borrowed = self.existing.folder(note_type, formats)
            if borrowed is not None:
                self.stage.borrow(borrowed.id)
                found[number] = borrowed
                continue
            found[number] = folder_of(note_type, formats, uid, taken)
            taken.add(found[number].id)
            for name, text in found[number].files.items():
                self.stage.write(f"templates/{found[number].id}/{name}", text.encode())
        return found

    def _write_deck(
        self, identity: Identity, deck: ImportedDeck, folders: Mapping[int, Folder]
    ) -> None:
        folder = f"cards/{identity.id}"
        notes = [
            note._replace(
                fields=tuple(renamed_in(clean_field(value), self.names) for value in note.fields)
            )
            for note in deck.notes
        ]
        deck = deck._replace(notes=notes)
        runs, _rest = runs_of(notes)
        from_anki = any(self.imported.note_types[note.note_type].id for note in notes)
        text = deck_yaml(identity, deck, prefix_tags=not from_anki)
        self.stage.write(f"{folder}/deck.yaml", text.encode())
        for name, content in CardSets(deck, identity.uid, folders).files(runs).items():
            self.stage.write(f"{folder}/{name}", content.encode())
        used = {name for note in notes for value in note.fields for name in named_in(value)}
        for name, packed_name in self.names.items():
            if packed_name in used or (from_anki and name.startswith(OF_TEMPLATES)):
                self.stage.write(f"{folder}/media/{packed_name}", self.imported.media[name]())


def _summary(identity: Identity, deck: ImportedDeck, compiled: Compiled | None) -> DeckSummary:
    if compiled is None:
        return DeckSummary(identity.id, deck.name, len(deck.notes), 0, 0)
    built = compiled.built
    media = {file.name for note in built.notes for file in note.media}
    media |= {file.name for file in built.media}
    cards = sum(len(note.cards) for note in built.notes)
    return DeckSummary(identity.id, deck.name, len(built.notes), cards, len(media))
