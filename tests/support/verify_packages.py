"""Packages made by genanki with a time for each note: honest histories, and faulty ones."""

from __future__ import annotations

import itertools
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import genanki

FIRST, SECOND = 1_780_000_000, 1_780_500_000


class Item(NamedTuple):
    """A note; `ords` are its cards, `mod` its time."""

    guid: str
    fields: tuple[str, ...]
    mod: int = FIRST
    tags: tuple[str, ...] = ("uji",)
    ords: tuple[int, ...] = (0,)
    deck: str = "Uji::Satu"
    id: int | None = None


class Release(NamedTuple):
    """A package in the making; fields are (id, name), cards (id, name, front, back)."""

    notes: tuple[Item, ...]
    time: int = FIRST
    type_id: int = 2**40
    fields: tuple[tuple[int, str], ...] = ((11, "Depan"), (12, "Belakang"), (13, "_3"))
    cards: tuple[tuple[int, str, str, str], ...] = (
        (21, "Maju", "{{Depan}}", "{{FrontSide}}<hr>{{Belakang}}"),
        (22, "_2", "{{#Depan}}{{^Depan}}{{Depan}}{{/Depan}}{{/Depan}}", "{{Depan}}"),
    )
    sort_field: int = 0
    cloze: bool = False
    css: str = ".card {color: black}"
    media: tuple[tuple[str, bytes], ...] = (("peta.png", b"peta"),)
    identity: tuple[str, str | None] | None = None
    studied: bool = False

    def change(self, wanted: str, **values: Any) -> Release:
        """The release with one note changed."""
        return self.map(lambda one: one._replace(**values) if one.guid == wanted else one)

    def map(self, change: Callable[[Item], Item]) -> Release:
        return self._replace(notes=tuple(change(one) for one in self.notes))

    def later(self, seconds: int) -> Release:
        """The release with all of its times that much later."""
        moved = self.map(lambda one: one._replace(mod=one.mod + seconds))
        return moved._replace(time=self.time + seconds)

    def without(self, guid: str) -> Release:
        return self._replace(notes=tuple(one for one in self.notes if one.guid != guid))


class _Note(genanki.Note):  # type: ignore[misc]
    def __init__(self, item: Item, model: Any) -> None:
        super().__init__(
            model=model, fields=list(item.fields), tags=list(item.tags), guid=item.guid
        )
        self.item = item

    @property
    def cards(self) -> list[Any]:
        return [genanki.Card(ord) for ord in self.item.ords]

    def write_to_db(self, cursor: Any, timestamp: float, deck_id: int, id_gen: Any) -> None:
        if self.item.id is not None:
            id_gen = itertools.chain([self.item.id], id_gen)
        super().write_to_db(cursor, self.item.mod, deck_id, id_gen)

    def _check_number_model_fields_matches_num_fields(self) -> None:
        """Faulty packages are wanted here."""


def write(path: Path, release: Release) -> Path:
    """Writes the release as a package."""
    model = genanki.Model(
        release.type_id,
        "Uji Dasar",
        fields=[{"name": name, "id": id} for id, name in release.fields],
        templates=[
            {"name": name, "id": id, "qfmt": front, "afmt": back, "bqfmt": front, "bafmt": back}
            for id, name, front, back in release.cards
        ],
        css=release.css,
        model_type=int(release.cloze),
        sort_field_index=release.sort_field,
    )
    model._req = []
    decks: dict[str, Any] = {}
    for item in release.notes:
        number = 3_000_000_000 + sum(item.deck.encode())
        deck = decks.setdefault(item.deck, genanki.Deck(number, item.deck))
        deck.add_note(_Note(item, model))
    return write_zip(path, genanki.Package(list(decks.values())), release)


def write_zip(path: Path, package: Any, release: Release) -> Path:
    connection = sqlite3.connect(":memory:")
    package.write_to_db(connection.cursor(), release.time, itertools.count(release.time * 1000))
    if release.studied:
        connection.execute("UPDATE cards SET type = 2, queue = 2, ivl = 5, reps = 3")
    connection.commit()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("collection.anki2", connection.serialize())
        names = {str(number): name for number, (name, _) in enumerate(release.media)}
        archive.writestr("media", json.dumps(names))
        for number, (_, content) in enumerate(release.media):
            archive.writestr(str(number), content)
        if release.identity is not None:
            uid, edition = release.identity
            archive.writestr("kartu.json", json.dumps({"uid": uid, "edition": edition}))
    connection.close()
    return path


def _notes(numbers: Iterable[int]) -> tuple[Item, ...]:
    return tuple(
        Item(
            f"uji:{number}",
            (f"Depan {number}", f"Belakang {number}", ""),
            deck="Uji::Satu" if number < 7 else "Uji::Dua",
        )
        for number in numbers
    )


# Nine notes. A student edits 1, 4 and 7, tags 2, 5 and 8, and leaves 3, 6 and 9 alone.
OLD = Release(_notes(range(1, 10))).change(
    "uji:9", fields=("Depan 9", '<img src="peta.png"> Belakang 9', "")
)

# The next release corrects 1, 2 and 3, claims the spares for a card of 6 and adds a note.
NEW = (
    OLD._replace(
        time=SECOND,
        fields=((11, "Depan"), (12, "Belakang"), (13, "Contoh")),
        cards=(OLD.cards[0], (22, "Contoh", "{{Contoh}}", "{{Depan}}")),
        notes=(*OLD.notes, Item("uji:10", ("Depan 10", "Belakang 10", ""), SECOND)),
    )
    .change("uji:1", fields=("Depan 1", "Lebih baik 1", ""), mod=SECOND)
    .change("uji:2", fields=("Lebih baik 2", "Belakang 2", ""), mod=SECOND)
    .change("uji:3", tags=("uji", "baru"), mod=SECOND)
    .change("uji:6", fields=("Depan 6", "Belakang 6", "Misalnya"), mod=SECOND, ords=(0, 1))
)


def with_a_basic(path: Path, time: int, css: str) -> Path:
    """Two note types with a style of `time`; the second is called Basic, like one of Anki's."""
    deck = genanki.Deck(3_000_000_000, "Uji")
    for id, name in ((2**40, "Uji Dasar"), (2**40 + 1, "Basic")):
        fields = [{"name": "Depan", "id": 11}, {"name": "Belakang", "id": 12}]
        card = {"name": "Maju", "id": 21, "qfmt": "{{Depan}}", "afmt": "{{Belakang}}"}
        model = genanki.Model(id, name, fields=fields, templates=[card], css=css)
        deck.add_note(_Note(Item(name, ("Depan", "Belakang")), model))
    return write_zip(path, genanki.Package([deck]), Release((), time, media=()))


def plain_genanki(path: Path, time: int, corrected: bool) -> Path:
    """What genanki makes in its usual way: GUIDs of the fields, one time for all."""
    model = genanki.Model(
        2**40,
        "Uji Dasar",
        fields=[{"name": "Depan"}, {"name": "Belakang"}],
        templates=[{"name": "Maju", "qfmt": "{{Depan}}", "afmt": "{{FrontSide}} {{Belakang}}"}],
    )
    deck = genanki.Deck(3_000_000_000, "Uji")
    for number in range(9):
        back = "Lebih baik" if corrected and number == 4 else f"Belakang {number}"
        deck.add_note(genanki.Note(model, [f"Depan {number}", back]))
    return write_zip(path, genanki.Package([deck]), Release((), time, media=()))
