"""Published notes put back as students have them: the ways out of what an update would break."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property

from kartu.core.diagnostics import Diagnostics
from kartu.core.identity import note_guid
from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.source import Span
from kartu.ledger.file import Ledger, ledger_path, read_ledger
from kartu.load.files import Files
from kartu.rewrite.description import with_keys
from kartu.rewrite.fix.files import bytes_of
from kartu.rewrite.notes.card_set import Values
from kartu.rewrite.notes.csv_set import CsvSet
from kartu.rewrite.notes.deck import DeckNotes
from kartu.rewrite.notes.sets import Change, Changes
from kartu.rewrite.notes.values import EditRefusedError, Value
from kartu.rewrite.notes.yaml_set import YamlSet
from kartu.rewrite.yaml import scalar

_DECK_KEYS = ("uid", "name", "prefix")


class PublishedNotes(DeckNotes):
    """The notes of a deck, with edits that only make them again what students have."""

    def put_back(self, id: str, note_type: str, subdeck: str, values: Values) -> Changes:
        """Adds a published note that is no longer there, with its id."""
        if id not in self.published or id in self._paths:
            message = _('the note "{id}" is not missing', id=id)
            raise EditRefusedError(self._deck.span, message)
        own = self._by_key(note_type, values)
        near = self._last(note_type, subdeck)
        if near is not None:
            with suppress(EditRefusedError):
                card_set = self._set(near.path)
                return self._with_note(card_set, near.place + 1, note_type, own, id).changes
        return self._done(self._new_set(note_type, subdeck, near, {"id": id, **own})).changes

    def renamed(self, id: str, to: str) -> Changes:
        """Gives a note the id that it had when it was published."""
        if id in self.published or to not in self.published or to in self._paths:
            message = _('the note "{id}" cannot become "{to}"', id=id, to=to)
            raise EditRefusedError(self._deck.span, message)
        return self._with_key(id, "id", to)

    def with_new_id(self, id: str) -> Changes:
        """Gives a note another id: what students have under this one is not this note."""
        form = self.form(id)
        return self._with_key(id, "id", self._new_id(form.note_type, form.values))

    def with_published_guid(self, id: str) -> Changes:
        """Gives a note the GUID that it had when it was published."""
        entry, deck = self._ledger.notes.get(id), self._ledger.deck
        if entry is None or deck is None:
            message = _('no card has the id "{id}"', id=id)
            raise EditRefusedError(self._deck.span, message)
        own = entry.guid != note_guid(deck.uid, id)
        return self._with_key(id, "guid", entry.guid if own else "")

    def with_texts(self, id: str, values: Values) -> Changes:
        """Gives a note the texts that it had when it was published."""
        form = self.form(id)
        gone: dict[str, Value] = {key: "" for key in form.values if key not in values}
        kept = ("id", "guid", "retired")
        wanted = {**gone, **values}
        return self.with_values(id, {k: v for k, v in wanted.items() if k not in kept})

    def moved_back(self, id: str) -> Changes:
        """Moves a note to the subdeck in which students have it.

        Where that is so for all notes of its set, the set is given its subdeck back.
        """
        card_set, place = self._found(id)
        form = card_set.form(place)
        subdeck = self._published_subdeck(id)
        if subdeck is None or subdeck == form.subdeck:
            return {}
        others = {self._published_subdeck(one) for one in self._given.ids(card_set)}
        if isinstance(card_set, YamlSet) and others == {subdeck}:
            data = with_keys(card_set.data, {"subdeck": scalar(subdeck)}, card_set.path)
            return {card_set.path: Change(card_set.data, data)}
        if isinstance(card_set, CsvSet):
            data = card_set.with_subdeck(place, subdeck)
            return {card_set.path: Change(card_set.data, data)}
        return self._moved(card_set, form, subdeck)

    def _published_subdeck(self, id: str) -> str | None:
        """The subdeck in which students have a note, None for a note that they do not have."""
        note, deck = self._ledger.notes.get(id), self._ledger.deck
        if note is None or deck is None:
            return None
        return note.deck.removeprefix(deck.name).removeprefix("::")

    @cached_property
    def _ledger(self) -> Ledger:
        return read_ledger(self._files, ledger_path(self._deck), Diagnostics())

    def _with_key(self, id: str, key: str, value: str) -> Changes:
        card_set, place = self._found(id)
        data = card_set.with_values({place: {key: value}})
        return {card_set.path: Change(card_set.data, data)}


def with_identity(files: Files, deck: Deck) -> Changes:
    """Returns the change of deck.yaml that gives a deck back what names it in Anki."""
    path = f"{deck.folder}/deck.yaml"
    ledger = read_ledger(files, ledger_path(deck), Diagnostics())
    data = bytes_of(files, path)
    if ledger.deck is None or data is None:
        raise EditRefusedError(Span(path), _("{path} cannot be read as it is", path=path))
    published: Mapping[str, str] = {key: getattr(ledger.deck, key) for key in _DECK_KEYS}
    follows = ledger.deck.prefix == ledger.deck.name and deck.prefix == deck.name
    wanted = {
        key: scalar(text)
        for key, text in published.items()
        if str(getattr(deck, key)) != text and not (key == "prefix" and follows)
    }
    after = with_keys(data, wanted, path)
    return {path: Change(data, after)} if after != data else {}
