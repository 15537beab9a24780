"""Translations whose original was corrected after they were made.

The ledger of a language variant holds the words that each of its texts was made from. A text that
is the same as when it was released, while its original has other words now, is behind.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import NamedTuple

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.core.diagnostics import Diagnostic, Diagnostics, Related
from kartu.core.language import N_, _
from kartu.core.source import Span
from kartu.ledger.entries import (
    GONE,
    MAX_WORDS,
    RETIRED,
    DeckEntry,
    Entries,
    NoteEntry,
    deck_texts,
)
from kartu.ledger.file import Ledger

# How many characters of an unchanged text are quoted on each side of a correction.
_CONTEXT = 25
_MAX_QUOTED = 150


class BehindText(NamedTuple):
    """A text of the note `note` (empty for the deck), and the old and new words of its original.

    `place` is the position of a field, RETIRED, or the name of a text of the deck.
    """

    note: str
    place: str
    old: str
    new: str


def behind(now: Entries, ledger: Ledger) -> list[BehindText]:
    """Returns the texts of a language variant that are behind their original, in study order."""
    found: list[BehindText] = []
    if ledger.deck is not None:
        found += _behind("", now.deck, now.deck.original, ledger)
    for key, _rest in _published_translations(now, ledger):
        found += _behind(key, now.notes.whole(key), now.notes.original_words(key), ledger)
    return found


def original_after(
    key: str, now: NoteEntry | DeckEntry, original: Mapping[str, str], ledger: Ledger
) -> dict[str, str]:
    """Returns what a release records for the note `key` (empty for the deck).

    A text that is unchanged since the last release is still made from the older original.
    """
    older = {one.place: one.old for one in _unchanged(key, now, original, ledger)}
    return {**original, **older}


def with_originals(ledger: Ledger, now: Entries, *, seen: bool) -> Ledger:
    """Returns the ledger with the originals of what is published; nothing else is released.

    With `seen`, the texts that are behind count as made from the current original: somebody has
    looked at them.
    """
    notes, deck = dict(ledger.notes), ledger.deck
    for key, published in _published_translations(now, ledger):
        note, original = now.notes.whole(key), now.notes.original_words(key)
        after = original_after(key, note, original, ledger)
        if seen:
            after.update((one.place, one.new) for one in _behind(key, note, original, ledger))
        # A change that shows nowhere is an edit too, but its note is not released.
        fields = note.fields if note.hash == published.hash else published.fields
        notes[key] = published._replace(fields=fields, original=after)
    if deck is not None:
        after = original_after("", now.deck, now.deck.original, ledger)
        if seen:
            found = _behind("", now.deck, now.deck.original, ledger)
            after.update((one.place, one.new) for one in found)
        deck = deck._replace(original=after)
    return ledger._replace(notes=notes, deck=deck, others={})


def check_translations_behind(
    built: BuiltDeck, now: Entries, ledger: Ledger, diagnostics: Diagnostics
) -> None:
    """Reports each text of a language variant that is behind its original, at the text.

    Not while the original's note has a fault: its text may not be the one that is meant.
    """
    if now.notes.original is None:
        return
    texts = _Texts(built, now.notes.original.built)
    faulty = _faulty_notes(now.notes.original.built, diagnostics)
    for one in behind(now, ledger):
        if one.note in faulty:
            continue
        message = _(
            "{where} was corrected in the deck's language, but not in this translation",
            where=texts.name(one),
        )
        help = _(
            "{correction}: correct the translation too or, where it is still "
            "right, run kartu release --translations-seen",
            correction=_correction(one.old, one.new),
        )
        translation, original = texts.places(one)
        related = (Related(original, _("the corrected text")),)
        diagnostics.add("translation-behind", translation, message, help, related)


def _published_translations(now: Entries, ledger: Ledger) -> Iterator[tuple[str, NoteEntry]]:
    """The published notes whose originals differ from the recorded ones."""
    for key in now.notes if now.notes.original is not None else ():
        published = ledger.notes.get(key)
        if published is None or published.hash == GONE:
            continue
        if key in ledger.others or now.notes.original_words(key) != published.original:
            yield key, published


def _behind(
    key: str, now: NoteEntry | DeckEntry, original: Mapping[str, str], ledger: Ledger
) -> Iterator[BehindText]:
    """Of a retired note only the reason is read."""
    retired = isinstance(now, NoteEntry) and now.retired
    for one in _unchanged(key, now, original, ledger):
        if not retired or one.place == RETIRED:
            yield one


def _unchanged(
    key: str, now: NoteEntry | DeckEntry, original: Mapping[str, str], ledger: Ledger
) -> Iterator[BehindText]:
    """The texts that are as published, with an original that is another one now."""
    published = ledger.notes.get(key) if key else ledger.deck
    if published is None:
        return
    own, before = _own_texts(now), _own_texts(published)
    for place, words in original.items():
        recorded = [published.original, *ledger.others.get(key, ())]
        known = [one[place] for one in recorded if place in one]
        if known and words not in known and own.get(place) == before.get(place):
            yield BehindText(key, place, known[0], words)


def _own_texts(entry: NoteEntry | DeckEntry) -> Mapping[str, str]:
    """Hashes of the translation's texts by place."""
    if isinstance(entry, DeckEntry):
        return entry.texts
    return {**entry.fields, RETIRED: entry.parts.get("about", "")}


_OF_DECK = {"description": N_("the description")}


class _Texts:
    """Names and places of texts in a translation and in its original."""

    def __init__(self, built: BuiltDeck, original: BuiltDeck) -> None:
        self._decks = (built, original)
        self._notes = [{str(note.source.id): note for note in one.notes} for one in self._decks]

    def name(self, one: BehindText) -> str:
        if not one.note:
            kind, _rest, edition = one.place.partition(" ")
            return (
                _('the title of the edition "{edition}"', edition=edition)
                if edition
                else _(_OF_DECK[kind])
            )
        if one.place == RETIRED:
            return _('the reason why "{note}" is retired', note=one.note)
        return _(
            '"{key}" of "{note}"', key=_key(self._notes[0][one.note], one.place), note=one.note
        )

    def places(self, one: BehindText) -> tuple[Span, Span]:
        """The text of the translation and that of the original."""
        if not one.note:
            texts = [(deck_texts(deck.source), deck.source.span) for deck in self._decks]
            found = [text[one.place].span if one.place in text else at for text, at in texts]
        else:
            found = [_place(notes[one.note], one.place) for notes in self._notes]
        return found[0], found[1]


def _faulty_notes(built: BuiltDeck, diagnostics: Iterable[Diagnostic]) -> set[str]:
    """The ids of the notes within whose lines something is reported."""
    begins: dict[str, list[tuple[int, str]]] = {}
    for note in built.notes:
        source = note.source
        values = (value.span.line for value in source.values.values())
        first = min([source.id.span.line, *values])
        begins.setdefault(source.id.span.path, []).append((first, str(source.id)))
    for starts in begins.values():
        starts.sort()
    found = set()
    for one in diagnostics:
        notes = begins.get(one.span.path, [])
        index = bisect_right(notes, one.span.line, key=itemgetter(0))
        if index:
            found.add(notes[index - 1][1])
    return found


def _place(note: BuiltNote, place: str) -> Span:
    value = note.source.values.get(_key(note, place)) if place != RETIRED else note.source.retired
    return value.span if value is not None else note.source.id.span


def _key(note: BuiltNote, place: str) -> str:
    return next(str(one.key) for one in note.note_type.source.fields if str(one.id) == place)


def _correction(old: str, new: str) -> str:
    """What the correction was, with a few words around it."""
    before, after = old[:MAX_WORDS], new[:MAX_WORDS]
    if not old:
        return _('"{words}" was added', words=_quoted(after, 0, len(after)))
    if not new:
        return _('"{words}" was removed', words=_quoted(before, 0, len(before)))
    if before == after:
        return _("it differs after its first {count} characters", count=MAX_WORDS)
    start = _same(before, after)
    end = _same(before[start:][::-1], after[start:][::-1])
    was = _quoted(before, start, len(before) - end)
    return _(
        '"{before}" became "{after}"', before=was, after=_quoted(after, start, len(after) - end)
    )


def _same(one: str, other: str) -> int:
    """With how many equal characters the texts begin."""
    different = (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(different, min(len(one), len(other)))


def _quoted(text: str, start: int, end: int) -> str:
    """The part of a text from `start` to `end` with the words around it."""
    left, right = max(0, start - _CONTEXT), min(len(text), end + _CONTEXT)
    left = text.find(" ", left, start) + 1 or left if left else 0
    right = max(text.rfind(" ", end, right), end) if right < len(text) else right
    right = min(right, left + _MAX_QUOTED)
    return f"{'…' if left else ''}{text[left:right]}{'…' if right < len(text) else ''}"
