"""ledger.jsonl: one line per note, note type and release, and one for the deck.

Written by `release` only and committed. Git merges it by keeping the lines of both sides, so
lines come in any order, and of two for the same thing the newer time wins. Which note type a name
in them means (`type_names`) is known when all are read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache, partial
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from kartu.core.clock import EARLIEST, LATEST
from kartu.core.diagnostics import Diagnostics, Related
from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.source import Span
from kartu.ledger.entries import DeckEntry, NoteEntry, Release, TypeEntry, with_earlier
from kartu.ledger.type_names import TypeNames
from kartu.load.files import Files
from kartu.load.library import program_note_types
from kartu.load.names import version_key

_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")

_NOTE = (
    *("note", "type", "deck", "guid", "hash", "parts", "fields", "shown", "earlier", "words"),
    *("original", "cards", "editions", "retired", "time", "version"),
)
_TYPE = (
    *("type", "id", "kind", "slots", "fields", "cards", "past_fields", "past_cards", "fronts"),
    *("backs", "hash", "time", "version"),
)
_DECK = ("uid", "name", "prefix", "hash", "texts", "original", "time", "version")
_RELEASE = ("release", "time", "content")

# What lines of an older kartu lack, and what then stands for it: nothing is known of it.
_SINCE: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (_NOTE, {"fields": {}, "shown": {}, "earlier": {}, "words": "", "original": {}}),
    (_TYPE, {"fronts": {}, "backs": {}}),
    (_DECK, {"texts": {}, "original": {}}),
)


class Ledger(NamedTuple):
    """What was published. `places` are the lines of notes and note types, for messages.

    `twice` are the versions that were released twice, on two branches. `others` are further values
    of `original` by note id ("" for the deck) where two branches have looked at a translation.
    """

    path: str
    deck: DeckEntry | None
    types: dict[str, TypeEntry]
    notes: dict[str, NoteEntry]
    releases: dict[str, Release]
    places: dict[tuple[str, str], Span]
    twice: list[str]
    others: dict[str, list[dict[str, str]]]

    @property
    def newest(self) -> int:
        """The time of the newest release, 0 before the first."""
        times = [release.time for release in self.releases.values()]
        times += [entry.time for entry in self.types.values()]
        times += [entry.time for entry in self.notes.values()]
        return max(times, default=0)

    @property
    def version(self) -> str:
        """The highest released version, empty before the first."""
        return max(self.releases, key=version_key, default="")


def ledger_path(deck: Deck) -> str:
    """`cards/<deck>/ledger.jsonl`, or `ledger.<language>.jsonl` of a language variant."""
    variant = f".{deck.variant}" if deck.variant else ""
    return f"{deck.folder}/ledger{variant}.jsonl"


def changelog_path(deck: Deck) -> str:
    """`cards/<deck>/changelog.md`, or `changelog.<language>.md` of a language variant."""
    variant = f".{deck.variant}" if deck.variant else ""
    return f"{deck.folder}/changelog{variant}.md"


def read_ledger(files: Files, path: str, diagnostics: Diagnostics) -> Ledger:
    """Returns the ledger, empty where there is no file; faults are added to `diagnostics`."""
    ledger = Ledger(path, None, {}, {}, {}, {}, [], {})
    content = files.read_text(path, diagnostics) if os.path.lexists(files.path(path)) else None
    if content is None:
        return ledger
    reader = _Reader(ledger)
    conflicts: list[Span] = []
    for number, line in enumerate(content.split("\n"), start=1):
        place = Span(path, number)
        if line.startswith(_CONFLICT):
            conflicts.append(place)
        elif line.strip():
            try:
                reader.add(json.loads(line), place)
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                help = _("put the line back as git has it; a ledger is never edited by hand")
                message = _("this is not a line of a ledger")
                diagnostics.add("ledger-unreadable", place, message, help)
    if conflicts:
        first, *others = conflicts
        help = _(
            "delete only the lines with <<<<<<<, ======= and >>>>>>>; kartu release sorts the "
            "others"
        )
        related = tuple(Related(other, _("and here")) for other in others)
        message = _("a merge conflict that git left here")
        diagnostics.add("ledger-conflict", first, message, help, related)
    reader.finish(TypeNames(reader.uids, partial(program_note_types, files)), diagnostics)
    _report_released_twice(reader, diagnostics)
    return reader.ledger


def write_ledger(ledger: Ledger, names: Mapping[str, str] | None = None) -> bytes:
    """Returns the file's content: the deck, releases by version, note types and notes by id.

    `names` are what it calls note types instead of their ids (`type_names.names_in`). The order is
    that of the ids, so that another language changes words within lines only.
    """
    names = names or {}
    lines = [dict(zip(_DECK, ledger.deck, strict=True))] if ledger.deck else []
    lines += [
        dict(zip(_RELEASE, ledger.releases[version], strict=True))
        for version in sorted(ledger.releases, key=version_key)
    ]
    lines += [
        dict(zip(_TYPE, one._replace(id=names.get(id, id)), strict=True))
        for id, one in sorted(ledger.types.items())
    ]
    lines += [
        dict(zip(_NOTE, _with_type(note, names), strict=True))
        for _rest, note in sorted(ledger.notes.items())
    ]
    texts = (json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    return "".join(f"{text}\n" for text in texts).encode()


def _with_type(note: NoteEntry, names: Mapping[str, str]) -> NoteEntry:
    """The note with what `names` has for its note type, if that has another name there."""
    name = names.get(note.note_type, note.note_type)
    if name == note.note_type:
        return note
    return NoteEntry._make((note.id, name, *note[2:]))  # half the time of _replace


def _whole(line: dict[str, Any]) -> dict[str, Any]:
    """The line with all members that a line has today."""
    for members, later in _SINCE:
        if members[0] in line and tuple(line) != members:
            whole = {name: line.get(name, later.get(name)) for name in members}
            if tuple(line) == tuple(name for name in members if name in line):
                return whole if later.keys() >= whole.keys() - line.keys() else line
    return line


class _Reader:
    """Adds lines to a ledger; of two for the same thing the newer one wins."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.twice: dict[str, tuple[Span, Span]] = {}
        self.uids: set[str] = set()
        self._types: list[tuple[TypeEntry, Span]] = []

    def add(self, line: dict[str, Any], place: Span) -> None:
        line = _whole(line)
        values = list(line.values())
        if tuple(line) == _NOTE:
            note = NoteEntry(*values)
            _check(note, NoteEntry)
            if (existing := self.ledger.notes.get(note.id)) is not None:
                # students of an edition have what either branch added to it
                editions = sorted({*existing.editions, *note.editions})
                note, existing = (
                    with_earlier(one._replace(editions=editions), other)
                    for one, other in ((note, existing), (existing, note))
                )
                self.ledger.notes[note.id] = existing
                self._keep_originals(note.id, note, existing)
            self._keep_newer(self.ledger.notes, "note", note.id, note, place)
        elif tuple(line) == _TYPE:
            one = TypeEntry(*values)
            _check(one, TypeEntry)
            self._types.append((one, place))
        elif tuple(line) == _RELEASE:
            self._add_release(Release(*values), place)
        elif tuple(line) == _DECK:
            deck = DeckEntry(*values)
            _check(deck, DeckEntry)
            self.uids.add(deck.uid)
            if self.ledger.deck is not None:
                self._keep_originals("", deck, self.ledger.deck)
            if self.ledger.deck is None or deck.time > self.ledger.deck.time:
                self.ledger = self.ledger._replace(deck=deck)
        else:
            raise KeyError("unknown line")

    def finish(self, names: TypeNames, diagnostics: Diagnostics) -> None:
        """Gives note types and notes the permanent ids that the names in their lines mean.

        What cannot be known is reported once for each name, and left out like an unreadable line.
        """
        unknown: dict[str, Span] = {}
        for one, place in self._types:
            id = names.id_of(one, place)
            if id is not None:
                self._keep_newer(self.ledger.types, "type", id, one._replace(id=id), place)
            else:
                unknown.setdefault(one.id, place)
        notes = self.ledger.notes
        found = {name: names.meaning(name) for name in {one.note_type for one in notes.values()}}
        ids = {name: id for name, id in found.items() if id is not None}
        changed = found.keys() - {name for name, id in ids.items() if id == name}
        for key in [id for id, one in notes.items() if one.note_type in changed]:
            name = notes[key].note_type
            if name in ids:
                notes[key] = _with_type(notes[key], ids)
            else:
                unknown.setdefault(name, self.ledger.places.pop(("note", key)))
                del notes[key]
        for name, place in unknown.items():
            names.report(name, place, diagnostics)

    def _keep_newer(
        self, existing: dict[str, Any], what: str, key: str, entry: Any, place: Span
    ) -> None:
        if key not in existing or entry.time > existing[key].time:
            existing[key] = entry
            self.ledger.places[what, key] = place
        elif entry.time == existing[key].time and entry.hash != existing[key].hash:
            # Two branches released within a second, and Anki takes neither for the newer one: what
            # comes next differs from both, and gets a time of its own.
            both = "|".join(sorted({*existing[key].hash.split("|"), entry.hash}))
            existing[key] = existing[key]._replace(hash=both)

    def _keep_originals(
        self, key: str, entry: NoteEntry | DeckEntry, existing: NoteEntry | DeckEntry
    ) -> None:
        """Of an older line nothing is kept; of two of one time, what either translation is of."""
        if entry.time > existing.time:
            self.ledger.others.pop(key, None)
        elif entry.time == existing.time and entry.original != existing.original:
            self.ledger.others.setdefault(key, []).append(entry.original)

    def _add_release(self, release: Release, place: Span) -> None:
        _check(release, Release)
        existing = self.ledger.releases.get(release.version)
        first = self.ledger.places.setdefault(("release", release.version), place)
        if existing is not None and existing != release:
            self.twice[release.version] = (first, place)
        if existing is None or release.time > existing.time:
            self.ledger.releases[release.version] = release


@cache
def _types_of(kind: Any) -> dict[str, Any]:
    """The types of an entry's members; there are many entries, and this takes long."""
    return get_type_hints(kind)


def _check(entry: Any, kind: Any) -> None:
    """ValueError or TypeError where a member does not have the type of its hint."""
    for name, wanted in _types_of(kind).items():
        value = getattr(entry, name)
        if type(value) is not (get_origin(wanted) or wanted):
            raise TypeError(f"{name} must be {wanted}")
        members = [*value, *value.values()] if isinstance(value, dict) else value
        if not isinstance(members, str | int):
            member = get_args(wanted)[0]
            if not all(type(one) is member for one in members):
                raise TypeError(f"{name} must be {wanted}")
    if not EARLIEST <= entry.time < LATEST:
        raise ValueError("no time of a release")
    version_key(entry.version)
    for numbered in (getattr(entry, name, {}) for name in ("cards", "fields", "shown")):
        if not all(number.isascii() and number.isdigit() for number in numbered):
            raise ValueError("cards and fields have numbers")


def _report_released_twice(reader: _Reader, diagnostics: Diagnostics) -> None:
    for version, (first, second) in sorted(reader.twice.items()):
        reader.ledger.twice.append(version)
        message = _("version {version} was released twice, on two branches", version=version)
        help = _("run kartu release: it makes one version out of both")
        related = (Related(first, _("and here")),)
        diagnostics.add("version-released-twice", second, message, help, related)
