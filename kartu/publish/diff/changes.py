"""The changes between two states of a deck, as a student notices them after the next import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from kartu.anki.apkg.contents import Field, Template, same_place
from kartu.anki.cloze import hidden_texts
from kartu.compile.render.visible import visible, without_hashes
from kartu.load.names import RETIRED_TAG
from kartu.load.note_type import ENGINE_FIELD
from kartu.publish.diff.state import DeckState, NoteState, NoteTypeState, is_spare
from kartu.publish.diff.word_diff import Part, changed_words

# What changed in a field: its words; what its clozes hide; a picture or sound; nothing but markup.
Kind = Literal["text", "gaps", "media", "looks"]


class FieldChange(NamedTuple):
    """A field that changed, with its visible texts and the words that differ."""

    field: str
    kind: Kind
    old: str
    new: str
    parts: tuple[Part, ...]


class Correction(NamedTuple):
    """A note (as it is now) with the fields that changed."""

    note: NoteState
    fields: tuple[FieldChange, ...]


class Move(NamedTuple):
    """A note that moved to another subdeck."""

    note: NoteState
    old: str
    new: str


class TagChange(NamedTuple):
    """A note whose tags alone changed."""

    note: NoteState
    added: tuple[str, ...]
    removed: tuple[str, ...]


class CardChange(NamedTuple):
    """A note that generates other cards than before, by their names."""

    note: NoteState
    added: tuple[str, ...]
    lost: tuple[str, ...]


class TypeChange(NamedTuple):
    """A note type that changed for all its notes.

    `templates` are the names of cards that look different, `fields` and `cards` are newly used,
    `renamed` has the old and new names of fields. `conflict` means that fields or cards were
    reordered, so that Anki updates none of its notes.
    """

    name: str
    old_name: str
    templates: tuple[str, ...]
    style: bool
    fields: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    cards: tuple[str, ...]
    conflict: bool


class MediaChange(NamedTuple):
    """A picture or sound with another content, by its packed names."""

    old: str
    new: str


class Changes(NamedTuple):
    """All that differs between two states of a deck, in study order.

    The names here are the keys of the report in JSON.

    `only` is "old" or "new" for a deck that only this side has. `gone` are notes that
    were dropped, which kartu never does; `blocked` those whose changes Anki refuses to import;
    `rewritten` counts the notes that lose a student's own edits and tags to the update.
    """

    only: Literal["", "old", "new"]
    id: str
    uid: str
    name: str
    old_name: str
    language: str
    old_version: str
    new_version: str
    new: tuple[NoteState, ...] = ()
    corrected: tuple[Correction, ...] = ()
    restyled: tuple[Correction, ...] = ()
    retired: tuple[NoteState, ...] = ()
    taken_back: tuple[NoteState, ...] = ()
    gone: tuple[NoteState, ...] = ()
    blocked: tuple[NoteState, ...] = ()
    moved: tuple[Move, ...] = ()
    tagged: tuple[TagChange, ...] = ()
    cards: tuple[CardChange, ...] = ()
    types: tuple[TypeChange, ...] = ()
    media: tuple[MediaChange, ...] = ()
    rewritten: int = 0

    @property
    def renamed(self) -> bool:
        return self.name != self.old_name

    @property
    def new_cards(self) -> int:
        """The number of new cards, of new and of existing notes."""
        return sum(len(note.cards) for note in self.new) + sum(len(c.added) for c in self.cards)

    def __bool__(self) -> bool:
        """Whether there is anything to notice; a new version alone does not count."""
        return self.renamed or bool(self.only) or any(self[Changes._fields.index("new") :])


def diff(old: DeckState, new: DeckState) -> Changes:
    """Returns what changes for a student who has `old` and imports `new`."""
    both = [(old.notes[guid], note) for guid, note in new.notes.items() if guid in old.notes]
    types = {change[0]: change[1] for change in _types(old, new)}
    blocked = tuple(after for before, after in both if _blocked(before, after, types))
    corrections = [_correction(before, after, old, new) for before, after in both]
    return Changes(
        only="",
        id=new.id or old.id,
        uid=new.uid,
        name=new.name,
        old_name=old.name,
        language=new.language or old.language,
        old_version=old.version,
        new_version=new.version,
        new=tuple(note for guid, note in new.notes.items() if guid not in old.notes),
        corrected=tuple(one for one in corrections if _changes_content(one)),
        restyled=tuple(one for one in corrections if one.fields and not _changes_content(one)),
        retired=tuple(after for before, after in both if retired(after) and not retired(before)),
        taken_back=tuple(after for before, after in both if retired(before) and not retired(after)),
        gone=tuple(note for guid, note in old.notes.items() if guid not in new.notes),
        blocked=blocked,
        moved=tuple(
            Move(after, old.subdeck(before), new.subdeck(after))
            for before, after in both
            if old.subdeck(before) != new.subdeck(after)
        ),
        tagged=tuple(_tagged(both, corrections)),
        cards=tuple(_cards(both)),
        types=tuple(change for change in types.values() if _differs(change)),
        media=tuple(_media(old.media, new.media)),
        rewritten=sum(
            _rewritten(before, correction)
            for (before, after), correction in zip(both, corrections, strict=True)
            if after not in blocked
        ),
    )


def one_sided(deck: DeckState, side: Literal["old", "new"]) -> Changes:
    """Returns the changes for a deck that only the old or only the new side has."""
    notes = tuple(deck.notes.values())
    return Changes(
        only=side,
        id=deck.id,
        uid=deck.uid,
        name=deck.name,
        old_name=deck.name,
        language=deck.language,
        old_version=deck.version if side == "old" else "",
        new_version=deck.version if side == "new" else "",
        new=notes if side == "new" else (),
        gone=notes if side == "old" else (),
    )


def retired(note: NoteState) -> bool:
    """Returns whether the note is retired: preserved for students who have it, but not used."""
    return bool(note.notice) or any(_is_retired_tag(tag) for tag in note.tags)


def _is_retired_tag(tag: str) -> bool:
    return tag.rpartition("::")[2] == RETIRED_TAG


def _correction(before: NoteState, after: NoteState, old: DeckState, new: DeckState) -> Correction:
    renamed: dict[str, str] = {}
    if before.type_id == after.type_id:
        types = old.note_types[before.type_id], new.note_types[after.type_id]
        renamed = {name: was for was, name in _renamed_fields(*types)}
    olds, news = dict(before.fields), after.fields
    pairs = [(name, olds.pop(renamed.get(name, name), ""), value) for name, value in news.items()]
    pairs += [(name, value, "") for name, value in olds.items()]
    if before.notice and after.notice:  # an added or removed notice is reported as a retirement
        pairs.append((ENGINE_FIELD, before.notice, after.notice))
    return Correction(after, tuple(_field(*pair) for pair in pairs if pair[1] != pair[2]))


def _field(name: str, old: str, new: str) -> FieldChange:
    old_text, new_text = visible(old), visible(new)
    kind: Kind = "looks"
    if old_text != new_text:
        kind = "text"
    elif _gaps(old) != _gaps(new):
        kind = "gaps"
    elif without_hashes(old) == without_hashes(new):
        kind = "media"
    parts = changed_words(old_text, new_text) if kind == "text" else ()
    return FieldChange(name, kind, old_text, new_text, parts)


def _gaps(html: str) -> dict[int, str]:
    return {number: visible(text) for number, text in hidden_texts(html).items()}


def _changes_content(correction: Correction) -> bool:
    return any(field.kind != "looks" for field in correction.fields)


def _rewritten(before: NoteState, correction: Correction) -> bool:
    """Whether Anki replaces the note's fields and tags: as `release` counts it, by contents.

    A spare that got a name, or a renamed field, leaves a note as it is.
    """
    after = correction.note
    return bool(correction.fields) or (before.notice, before.tags) != (after.notice, after.tags)


def _tagged(
    both: list[tuple[NoteState, NoteState]], corrections: list[Correction]
) -> Iterator[TagChange]:
    for (before, after), correction in zip(both, corrections, strict=True):
        if correction.fields or retired(before) != retired(after) or before.tags == after.tags:
            continue
        added = tuple(tag for tag in after.tags if tag not in before.tags)
        removed = tuple(tag for tag in before.tags if tag not in after.tags)
        yield TagChange(after, added, removed)


def _cards(both: list[tuple[NoteState, NoteState]]) -> Iterator[CardChange]:
    for before, after in both:
        added = tuple(name for place, name in after.cards.items() if place not in before.cards)
        lost = tuple(name for place, name in before.cards.items() if place not in after.cards)
        if added or lost:
            yield CardChange(after, added, lost)


def _types(old: DeckState, new: DeckState) -> Iterator[tuple[int, TypeChange]]:
    for number, after in new.note_types.items():
        if number in old.note_types:
            yield number, _type(old.note_types[number], after)


def _type(before: NoteTypeState, after: NoteTypeState) -> TypeChange:
    known = {one.name for one in before.fields}
    renamed = tuple(_renamed_fields(before, after))
    names = {now for _, now in renamed}
    cards = list(zip(before.cards, after.cards, strict=False))
    return TypeChange(
        name=after.name,
        old_name=before.name,
        templates=tuple(
            now.name
            for was, now in cards
            if not (is_spare(was.name) or is_spare(now.name)) and was[2:] != now[2:]
        ),
        style=before.css != after.css,
        fields=tuple(
            one.name
            for one in after.fields
            if not is_spare(one.name) and one.name not in known and one.name not in names
        ),
        renamed=renamed,
        cards=(
            *(now.name for was, now in cards if is_spare(was.name) and not is_spare(now.name)),
            *(card.name for card in after.cards[len(cards) :] if not is_spare(card.name)),
        ),
        conflict=_conflict(before, after),
    )


def _renamed_fields(before: NoteTypeState, after: NoteTypeState) -> Iterator[tuple[str, str]]:
    """Old and new names of fields with the same place; a spare is claimed, not renamed."""
    olds, news = {one.name for one in before.fields}, {one.name for one in after.fields}
    for was, now in zip(before.fields, after.fields, strict=False):
        spare = is_spare(was.name) or is_spare(now.name)
        if not spare and was.name not in news and now.name not in olds:
            yield was.name, now.name


def _conflict(before: NoteTypeState, after: NoteTypeState) -> bool:
    """Whether Anki sees two different note types (import-behaviour.md, section 2)."""
    return (
        before.cloze != after.cloze
        or not _same_places(before.fields, after.fields)
        or not _same_places(before.cards, after.cards)
    )


def _same_places(before: Sequence[Field | Template], after: Sequence[Field | Template]) -> bool:
    return len(before) == len(after) and all(
        same_place(was, now) for was, now in zip(before, after, strict=True)
    )


def _differs(change: TypeChange) -> bool:
    return change.name != change.old_name or any(change[2:])


def _blocked(before: NoteState, after: NoteState, types: dict[int, TypeChange]) -> bool:
    """Whether Anki keeps the student's note as it is, because it has another note type."""
    return before.type_id != after.type_id or types[after.type_id].conflict


def _media(old: dict[str, str], new: dict[str, str]) -> Iterator[MediaChange]:
    """Files of the same name before packing whose content is another one."""
    gone: dict[str, list[str]] = {}
    for name, digest in old.items():
        if new.get(name) != digest:
            gone.setdefault(without_hashes(name), []).append(name)
    for name, digest in new.items():
        if old.get(name) != digest and gone.get(without_hashes(name)):
            yield MediaChange(gone[without_hashes(name)].pop(0), name)
