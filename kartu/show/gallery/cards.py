"""Decks, cards and diagnostics as the values that the page's script reads."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.core.diagnostics import Diagnostic
from kartu.core.model import Deck, NoteType
from kartu.core.shipped import SHIPPED, TEMPLATES
from kartu.core.source import Span
from kartu.load.one_file import OneFile
from kartu.load.words import word_of
from kartu.show.gallery.sides import CardCache, Sides


def deck_key(deck: Deck) -> str:
    """Returns `<deck>[.<language>]`, the key of a deck in the page's address."""
    return f"{deck.id}.{deck.variant}" if deck.variant else deck.id


def deck_value(
    built: BuiltDeck,
    cache: CardCache | None = None,
    *,
    shown: Callable[[str], str] | None = None,
) -> dict[str, Any]:
    """Returns a deck with all its cards, in study order.

    Texts that several cards of a note type share are in its `parts`: see Sides.

    Args:
        cache: Cards that were rendered before.
        shown: The path to show for one of the project; without it no note has its place, which
            only authors need.
    """
    deck = built.source
    cache = cache or CardCache()
    types = {one.source.id: (n, Sides(one, cache)) for n, one in enumerate(built.note_types)}
    cards: list[dict[str, Any]] = []
    for note in built.notes:
        number, sides = types[note.note_type.source.id]
        where = {"place": place_of(note.source.id.span, shown)} if shown is not None else {}
        cards += (where | card for card in _cards_of(note, number, sides, built))
    return {
        "key": deck_key(deck),
        "deck": deck.id,
        "name": str(deck.name),
        "language": str(deck.language),
        "version": str(deck.version),
        "editions": [one.title or one.key for one in deck.editions if one.key],
        "types": [
            ids | {"name": one.source.name, "css": one.css, "parts": sides.parts}
            for one, (_, sides), ids in zip(
                built.note_types,
                types.values(),
                _ids_of([one.source for one in built.note_types], folder=shown is not None),
                strict=True,
            )
        ],
        "cards": cards,
    }


def _ids_of(note_types: Sequence[NoteType], *, folder: bool) -> Iterator[dict[str, str]]:
    """What note types are called in the page's address, in their language; where that differs and
    `folder` is set, also their id, by which diagnostics name them."""
    words = Counter(word for one in note_types for word in {one.id, word_of(one, one.language)})
    for one in note_types:
        word = word_of(one, one.language)
        id = word if words[word] == 1 else one.id
        yield {"id": id, "folder": one.id} if folder and id != one.id else {"id": id}


def _cards_of(
    note: BuiltNote, note_type: int, sides: Sides, built: BuiltDeck
) -> Iterator[dict[str, Any]]:
    source = note.source
    editions = [one for one in built.source.editions if one.key]
    shared = {
        "note": str(source.id),
        "type": note_type,
        "subdeck": str(source.subdeck),
        "tags": [str(tag) for tag in source.tags],
        "editions": [n for n, one in enumerate(editions) if one.chooses(source)],
        "media": sorted({file.name for file in note.media}),
    }
    for shown in sides.cards_of(note):
        yield shared | shown._asdict()


def place_of(span: Span, shown: Callable[[str], str] = str) -> str:
    """Returns `path:line:column`, which editors open."""
    return f"{shown(span.path)}:{span.line}:{span.column}"


class NoteLocations:
    """Where the notes of a project begin, to find the note that a diagnostic is about.

    It can be updated any number of times. Of a file that cannot be read any more, it keeps the
    last known locations.
    """

    def __init__(self) -> None:
        self._begins: dict[tuple[str, str], list[tuple[int, str, str]]] = {}

    def update(self, decks: Iterable[Deck], *, faulty: bool = False) -> None:
        """Replaces the locations by those of these decks' notes.

        With `faulty`, existing notes may be missing: they are assumed after the same note as
        before.
        """
        now: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
        for deck in decks:
            for note in deck.notes:
                for span in (note.id.span, *(node.span for node in note.values.values())):
                    file = now.setdefault((span.path, span.sheet), {})
                    key = (deck.id, str(note.id))
                    file[key] = min(span.line, file.get(key, span.line))
        for place, notes in now.items():
            moved = 0
            for line, deck_id, note_id in self._begins.get(place, []) if faulty else []:
                moved = notes.setdefault((deck_id, note_id), line + moved) - line
            self._begins[place] = sorted((line, *key) for key, line in notes.items())

    def at(self, span: Span) -> tuple[str, str] | None:
        """Returns the deck's folder and the id of the note at `span`."""
        begins = self._begins.get((span.path, span.sheet), [])
        found = bisect_right(begins, span.line, key=lambda one: one[0])
        return begins[found - 1][1:] if found else None


def diagnostic_values(
    diagnostics: Sequence[Diagnostic],
    places: NoteLocations,
    excerpt: Callable[[Span], str | None],
    file: OneFile | None = None,
) -> list[dict[str, Any]]:
    """Returns diagnostics with the note, or the note type, that each is about.

    Args:
        file: The file that is the whole project, if it is one.
    """
    found = [_diagnostic_value(one, places, excerpt) for one in diagnostics]
    if file is not None:
        for value, one in zip(found, diagnostics, strict=True):
            value["place"] = place_of(one.span, file.shown)
            value |= {key: file.in_words(value[key]) for key in ("message", "help")}
    return found


def _diagnostic_value(
    one: Diagnostic, places: NoteLocations, excerpt: Callable[[Span], str | None]
) -> dict[str, Any]:
    deck, note = places.at(one.span) or ("", "")
    parts = one.span.path.split("/")
    is_template = parts[0] in (TEMPLATES, SHIPPED) and len(parts) > 2 and parts[1] != "_shared"
    return {
        "place": place_of(one.span),
        "severity": one.severity,
        "code": one.code,
        "message": one.message,
        "help": one.help,
        "line": (excerpt(one.span) or "").strip()[:200],
        "deck": deck,
        "note": note,
        "type": parts[1] if is_template else "",
    }
