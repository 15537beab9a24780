"""What a teacher does with the notes of a deck, as changes of its files; nothing is written here.

Each function returns the contents of the files before and after, or raises EditRefusedError with
the place that is the reason. What is harmless to students is the ledger's to say: a published note
keeps its id and its subdeck and is not deleted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kartu.core.diagnostics import did_you_mean
from kartu.core.language import _
from kartu.core.model import NoteType
from kartu.core.source import Span
from kartu.load.card_set import NO_REASON, no_field
from kartu.load.ids.names import new_id, visible_text
from kartu.load.note_type import NOTE_KEYS
from kartu.load.words import keys_by_word, word_of
from kartu.rewrite.notes.card_set import CardSet, Form, Values
from kartu.rewrite.notes.csv_set import CsvSet
from kartu.rewrite.notes.found import NotesInFiles
from kartu.rewrite.notes.given import NEW, same_ids, texts_of_notes
from kartu.rewrite.notes.sets import (
    Change,
    Changes,
    edited_sets,
    is_edited,
    new_content,
    new_set,
    read_set,
)
from kartu.rewrite.notes.translations import without_translation
from kartu.rewrite.notes.unfinished import with_mark
from kartu.rewrite.notes.values import EditRefusedError, Value, cell_of_value, is_blank, keys_of
from kartu.rewrite.notes.yaml_set import YamlSet

PERMANENT = ("id", "guid")


class Added(NamedTuple):
    """The changes that make a new note, its id, and its place in its card set."""

    changes: Changes
    id: str
    place: int | None = None


class _Edit(NamedTuple):
    """A set that changes: its bytes as they will be, None for no file, and the ids of its notes."""

    card_set: CardSet
    data: bytes | None
    ids: list[str]


class DeckNotes(NotesInFiles):
    """The notes of a deck of a project, and what can be done with them."""

    # --- values -----------------------------------------------------------------------------------

    def with_values(self, id: str, values: Mapping[str, Value]) -> Changes:
        """Sets values of a note by key or another word for it; a blank one takes the key away.

        A note that students do not have is unfinished while a required value is blank.
        """
        return self.with_values_of({id: values})

    def with_values_of(self, changes: Mapping[str, Mapping[str, Value]]) -> Changes:
        """Sets values of several notes by id, as `with_values` does."""
        sets: dict[str, tuple[CardSet, dict[int, Values]]] = {}
        for id, values in changes.items():
            card_set, place = self._found(id)
            form = card_set.form(place)
            own = self._by_key(form.note_type, values)
            for key in own:
                self._check_key(form, key)
            own = self._marked(form.note_type, form.values, own, may_be=id not in self.published)
            sets.setdefault(card_set.path, (card_set, {}))[1][place] = own
        edits = [
            _Edit(one, one.with_values(own), self._given.ids(one)) for one, own in sets.values()
        ]
        return self._done(*edits).changes

    def retired(self, id: str, reason: str) -> Changes:
        """Marks a note as one that students need not learn any more, with the reason they see."""
        if reason.strip().casefold() in ("", *NO_REASON):
            message = _("write why students need not learn it any more: they see the reason")
            raise EditRefusedError(self.form(id).span, message)
        return self.with_values(id, {"retired": reason})

    def unretired(self, id: str) -> Changes:
        """Takes the mark of `retired` away."""
        return self.with_values(id, {"retired": ""})

    # --- notes ------------------------------------------------------------------------------------

    def added(
        self,
        note_type: str,
        values: Values,
        *,
        after: str = "",
        before: str = "",
        subdeck: str | None = None,
        id: str = "",
    ) -> Added:
        """Adds a note right behind `after` or in front of `before`, else at its subdeck's end.

        Its id is a new one, or `id`. It is unfinished if a required value is blank.
        """
        if note_type not in self._note_types:
            message = _('there is no note type "{name}"', name=note_type)
            raise EditRefusedError(
                self._deck.span, message, did_you_mean(note_type, self._note_types)
            )
        near, by = self.form(after or before) if after or before else None, 1 if after else 0
        if subdeck is None:
            subdeck = near.subdeck if near is not None else ""
        values = self._by_key(note_type, values)
        for key in values:
            self._check_key_of(note_type, key, self._deck.span)
        values = self._marked(note_type, {}, values, may_be=True)
        if near is None or (near.note_type, near.subdeck) != (note_type, subdeck):
            near, by = self._last(note_type, subdeck) or near, 1
        if near is not None and (near.note_type, near.subdeck) == (note_type, subdeck):
            return self._with_note(self._set(near.path), near.place + by, note_type, values, id)
        if not id:
            id = self._new_id(note_type, values) if self._writes_ids(near) else NEW
        own = {"id": id, **values} if id else values
        return self._done(self._new_set(note_type, subdeck, near, own), new=id)

    def added_set(
        self, note_type: str, subdeck: str, notes: Sequence[Values]
    ) -> tuple[str, list[str], Changes]:
        """Adds notes as a set of their own behind the others of their subdeck.

        Returns its path, and the ids that they got.
        """
        near = self._last(note_type, subdeck) or self._last_of(subdeck)
        ids: list[str] = []
        edit: _Edit | None = None
        for values in notes:
            ids.append(self._new_id(note_type, values))
            self._taken.add(ids[-1])
            own: Values = {"id": ids[-1], **values}
            if edit is None:
                edit = self._new_set(note_type, subdeck, near, own, [])
            else:
                data = self._again(edit).with_note(len(ids) - 1, own)
                edit = edit._replace(data=data, ids=[*ids])
        assert edit is not None, "there are notes"
        return edit.card_set.path, ids, self._done(edit).changes

    def duplicated(self, id: str) -> Added:
        """Adds a copy of a note behind it, with an id of its own, not published and not retired.

        It is unfinished if a required value is blank, which only a published note cannot be.
        """
        card_set, place = self._find(id)
        form = card_set.form(place)
        left_out = (*PERMANENT, "retired")
        values = {key: value for key, value in form.values.items() if key not in left_out}
        values = self._marked(form.note_type, {}, values, may_be=True)
        return self._with_note(card_set, place + 1, form.note_type, values)

    def _with_note(
        self, card_set: CardSet, place: int, note_type: str, values: Values, id: str = ""
    ) -> Added:
        """Adds a note to a set: with this id, else with a new one where others have one."""
        if not id:
            id = self._new_id(note_type, values) if card_set.writes_ids else NEW
        data = card_set.with_note(place, {"id": id, **values} if id else values)
        ids = self._given.ids(card_set)
        done = self._done(_Edit(card_set, data, [*ids[:place], id, *ids[place:]]), new=id)
        return done._replace(place=place)

    def _writes_ids(self, near: Form | None) -> bool:
        """Whether a note of a new set has an id: as those near it, else as others of the deck."""
        if near is not None:
            return self._set(near.path).writes_ids
        return any(str(note.id) not in self._given.places for note in self._own())

    def deleted(self, id: str) -> Changes:
        """Deletes a note that was never published, with its translations."""
        card_set, place = self._found(id)
        if id in self.published:
            message = _("students have this card: deleted here, it would stay in Anki for ever")
            help = _("mark it as no longer used")
            raise EditRefusedError(card_set.form(place).span, message, help)
        changes = self._done(self._without(card_set, card_set.form(place))).changes
        return changes | without_translation(self._files, self._deck.folder, id)

    # --- order ------------------------------------------------------------------------------------

    def moved(self, id: str, by: int) -> Changes:
        """Moves a note up (below 0) or down; at the end of its set, into the next fitting one."""
        card_set, place = self._found(id)
        to = place + by
        if 0 <= to < len(card_set):
            ids = self._given.ids(card_set)
            ids.insert(to, ids.pop(place))
            return self._done(_Edit(card_set, card_set.with_note_at(place, to), ids)).changes
        form = card_set.form(place)
        paths = edited_sets(self._files, self._deck)
        at = paths.index(card_set.path) + (1 if by > 0 else -1)
        other = self._fitting(form, paths[at], form.subdeck) if 0 <= at < len(paths) else None
        if other is None:
            message = (
                _("no card of this kind and chapter follows")
                if by > 0
                else _("no card of this kind and chapter is before it")
            )
            raise EditRefusedError(form.span, message)
        return self._done(
            *self._transferred(card_set, form, other, 0 if by > 0 else len(other))
        ).changes

    def moved_to_subdeck(self, id: str, subdeck: str) -> Changes:
        """Moves an unpublished note to the end of another subdeck."""
        card_set, place = self._found(id)
        form = card_set.form(place)
        if form.subdeck == subdeck:
            return {}
        if id in self.published:
            message = _("students have this card, and Anki leaves it in its deck")
            raise EditRefusedError(form.span, message)
        if isinstance(card_set, CsvSet):
            data = card_set.with_subdeck(place, subdeck)
            return self._done(_Edit(card_set, data, self._given.ids(card_set))).changes
        return self._moved(card_set, form, subdeck)

    def _moved(self, card_set: CardSet, form: Form, subdeck: str) -> Changes:
        """Moves a note to the end of another subdeck: into a set of it, else into a new one."""
        for path in reversed(edited_sets(self._files, self._deck)):
            other = self._fitting(form, path, subdeck)
            if other is not None:
                return self._done(*self._transferred(card_set, form, other, len(other))).changes
        if _kind(form.path) == ".md":
            message = _("in Markdown the headings above a card are its chapter")
            raise EditRefusedError(form.span, message, _("change it in a text editor"))
        near = self._last_of(subdeck)
        new = self._new_set(form.note_type, subdeck, near, {**form.values}, form.tags)
        edit = new._replace(ids=[self._given.ids(card_set)[form.place]])
        return self._done(edit, self._without(card_set, form)).changes

    def _transferred(
        self, card_set: CardSet, form: Form, other: CardSet, place: int
    ) -> tuple[_Edit, _Edit]:
        """Moves a note into another set; its tags stay the same."""
        tags = [*form.tags, *_tags(form)]
        own = [tag for tag in tags if tag not in other.form(0).tags]
        block = card_set.block(form.place) if isinstance(card_set, YamlSet) else None
        if block is not None and isinstance(other, YamlSet) and other.block(0) is not None:
            data = other.with_note_of(place, *block, form.values)
        else:
            data = other.with_note(place, form.values)
        if own != _tags(form):
            again = other.read_again(data)
            assert again is not None, "it was read back"
            data = again.with_values({place: {"tags": own}})
        ids = self._given.ids(other)
        ids.insert(place, self._given.ids(card_set)[form.place])
        return _Edit(other, data, ids), self._without(card_set, form)

    def _without(self, card_set: CardSet, form: Form) -> _Edit:
        """The set without a note; the file goes with its last one."""
        if len(card_set) == 1 and self._files.one is not None:
            raise EditRefusedError(form.span, _("this is the only card of its deck"))
        ids = self._given.ids(card_set)
        del ids[form.place]
        return _Edit(card_set, card_set.without_note(form.place) if ids else None, ids)

    def _fitting(self, form: Form, path: str, subdeck: str) -> CardSet | None:
        """The set, if the note can be in it without any other change."""
        try:
            other = self._set(path)
        except EditRefusedError:
            return None
        first = other.form(0) if len(other) else None
        fits = first is not None and (first.note_type, first.subdeck) == (form.note_type, subdeck)
        if not fits or first is None:
            return None
        if path == form.path or {_kind(path), _kind(form.path)} not in ({".yaml"}, {".csv"}):
            return None
        return other if {*first.tags} <= {*form.tags, *_tags(form)} else None

    # --- undo -------------------------------------------------------------------------------------

    def restored(self, changes: Changes, note: str) -> Changes:
        """Adds to what undo or redo does to card sets what goes with it in the files of ids.

        What was saved there since then stays. `note` is the id of the note that the edit was about.
        """
        sets = {path: one for path, one in changes.items() if is_edited(path, self._deck)}
        if not self._given.concerned:
            return changes
        before: dict[str, list[str]] = {}
        after: dict[str, tuple[CardSet, list[str]]] = {}
        for path, (old, new) in sets.items():
            was = read_set(self._files, path, self._note_types, old) if old is not None else None
            before[path] = self._given.ids(was) if was is not None else []
            if new is not None:
                will = read_set(self._files, path, self._note_types, new)
                there = texts_of_notes(was) if was is not None else []
                after[path] = will, same_ids(there, before[path], texts_of_notes(will), note)
        taken = self._given.taken_down(before, after)
        return changes | {path: Change(*one) for path, one in taken.files.items()}

    # --- making -----------------------------------------------------------------------------------

    def _new_set(
        self,
        note_type: str,
        subdeck: str,
        near: Form | None,
        values: Values,
        tags: list[str] | None = None,
    ) -> _Edit:
        if self._files.one is not None:
            message = _("a deck of one file has cards of one kind and chapter")
            raise EditRefusedError(self._deck.span, message)
        if tags is None:
            tags = near.tags if near is not None and near.subdeck == subdeck else []
        path = new_set(self._files, self._deck, note_type, near)
        kind = self._note_types[note_type]
        name = word_of(kind, kind.language)
        shared: list[tuple[str, Value]] = [("note_type", name), ("subdeck", subdeck)]
        filled = {key: value for key, value in values.items() if not is_blank(value)}
        data = new_content(self._files, path, [*shared, ("tags", tags)], filled, kind)
        made = read_set(self._files, path, self._note_types, data)
        return _Edit(made, data, [str(values.get("id", NEW))])

    def _new_id(self, note_type: str, values: Values) -> str:
        keys = keys_of(self._note_types.get(note_type))[1:]
        first = next((values[key] for key in keys if not is_blank(values.get(key, ""))), "")
        return new_id(visible_text(cell_of_value(first)), note_type, self._taken)

    def _marked(self, note_type: str, there: Values, new: Values, *, may_be: bool) -> Values:
        if all(key in NOTE_KEYS for key in new) and there:
            return new  # its texts stay as they are
        return with_mark(self._note_types.get(note_type), there, new, may_be=may_be)

    def _by_key(self, note_type: str, values: Mapping[str, Value]) -> Values:
        keys = keys_by_word(self._note_types.get(note_type))
        return {keys.get(word, word): value for word, value in values.items()}

    def _check_key(self, form: Form, key: str) -> None:
        if key in form.values and key not in PERMANENT:
            return
        self._check_key_of(form.note_type, key, form.span)

    def _check_key_of(self, note_type: str, key: str, place: Span) -> None:
        if key in PERMANENT:
            raise EditRefusedError(place, _('"{key}" never changes', key=key))
        kind: NoteType | None = self._note_types.get(note_type)
        known = keys_of(kind)
        if key not in known and not key.startswith("x-"):
            message, help = no_field(key, kind) if kind is not None else (_("no such key"), "")
            raise EditRefusedError(place, message, help or did_you_mean(key, known))

    # --- together ---------------------------------------------------------------------------------

    def _done(self, *edits: _Edit, new: str = "") -> Added:
        """The changes of these sets and of what goes with them, with the id of a note if it is new.

        A set of which no file is there is one that is made.
        """
        changes: Changes = {}
        for one in edits:
            path, there = one.card_set.path, self._files.is_file(one.card_set.path)
            if one.data != one.card_set.data or not there:
                changes[path] = Change(one.card_set.data if there else None, one.data)
        if not changes or not (self._given.concerned or any(NEW in one.ids for one in edits)):
            return Added(changes, new)
        before = {one.card_set.path: self._given.ids(one.card_set) for one in edits}
        after = {
            one.card_set.path: (self._again(one), one.ids) for one in edits if one.data is not None
        }
        taken = self._given.taken_down(before, after)
        changes |= {path: Change(*one) for path, one in taken.files.items()}
        return Added(changes, new or next(iter(taken.new), ""))

    def _again(self, edit: _Edit) -> CardSet:
        assert edit.data is not None
        again = edit.card_set.read_again(edit.data)
        assert again is not None, "it was read back"
        return again


def _kind(path: str) -> str:
    return path[path.rfind(".") :]


def _tags(form: Form) -> list[str]:
    tags = form.values.get("tags", [])
    return [str(tag) for tag in tags] if not isinstance(tags, str | dict) else []
