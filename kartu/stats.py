"""Statistics of decks: notes and cards by edition, subdeck, type, tag and source; right options."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from kartu.checks.coverage import fact_coverage
from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.core.diagnostics import Diagnostic, did_you_mean, has_errors
from kartu.core.language import _
from kartu.core.progress import Progress, no_progress
from kartu.core.source import texts_in
from kartu.core.usage import UsageError
from kartu.load.options import are_categories
from kartu.load.words import word_of
from kartu.package.positions import placed, siblings_share
from kartu.pipeline import Options, compile_decks


class Count(NamedTuple):
    """The numbers of notes and cards of one item."""

    name: str
    notes: int
    cards: int


class Table(NamedTuple):
    """Counts of one kind; `below` is the common parent of the counted tags, if any."""

    kind: str
    below: str
    counts: tuple[Count, ...]

    @property
    def name(self) -> str:
        """The name that selects the table: its kind, or the common parent of its tags."""
        return self.below or self.kind


class Siblings(NamedTuple):
    """How many of an edition's cards are new on the day of an older card of their note.

    The shares, from 0 to 1, are those of students who see 10 or 20 new cards a day and let Anki
    bury no siblings.
    """

    edition: str
    at_10: float
    at_20: float


class RightOptions(NamedTuple):
    """What the options of one note type give away in an edition.

    `longest` and `shortest` are the notes whose right option is alone the longest or the shortest,
    `chance` is how many it would be if every option were as likely. `places` are the notes whose
    right option is written first, second and so on.
    """

    edition: str
    note_type: str
    notes: int
    longest: int
    shortest: int
    chance: float
    places: tuple[int, ...]


class Stats(NamedTuple):
    """The statistics of one deck; retired notes count, since packages contain them.

    `facts` is the number of facts in the deck's list, `asked` that of those that a note asks.
    `unfinished` notes are not counted elsewhere, since no package contains them.
    """

    deck: str
    total: Count
    facts: int
    asked: int
    tables: tuple[Table, ...]
    siblings: tuple[Siblings, ...] = ()
    unfinished: int = 0
    right_options: tuple[RightOptions, ...] = ()


def stats(
    options: Options, by: Sequence[str] = (), progress: Progress = no_progress
) -> tuple[list[Stats], list[Diagnostic]]:
    """The statistics of the decks; an empty list, and the errors, where one cannot be built.

    Language variants have the same notes and are left out.

    Args:
        by: the names of the tables to return; all of them if empty.

    Raises:
        UsageError: for a name that no table has.
    """
    compiled, diagnostics = compile_decks(options.root, options.decks, options.cache, progress)
    if has_errors(diagnostics):
        return [], [one for one in diagnostics if one.severity == "error"]
    found = [stats_of(one.built) for one in compiled if not one.built.source.variant]
    known = {table.name for one in found for table in one.tables}
    for name in by:
        if name not in known:
            raise UsageError(
                _('there is no table "{name}"; {hint}', name=name, hint=did_you_mean(name, known))
            )
    chosen = [[table for table in one.tables if not by or table.name in by] for one in found]
    return [one._replace(tables=tuple(t)) for one, t in zip(found, chosen, strict=True)], []


def stats_of(built: BuiltDeck) -> Stats:
    """The statistics of a deck, in study order; sources in the order of deck.yaml.

    A tag `tema::asean` counts in a table `tema`, a tag without `::` in one of all such tags. A note
    with several tags or sources counts for each of them.
    """
    deck, notes = built.source, built.notes
    coverage = fact_coverage(deck)
    tables = [
        Table("edition", "", tuple(_editions(built))),
        _table("subdeck", ((str(note.source.subdeck), note) for note in notes)),
        _table("type", ((_type(note), note) for note in notes)),
        *_tags(notes),
        _table("source", _by_source(built)),
    ]
    return Stats(
        deck=deck.id,
        total=_count("total", notes),
        facts=len(coverage),
        asked=sum(map(bool, coverage.values())),
        tables=tuple(table for table in tables if table.counts),
        siblings=tuple(_siblings(built)),
        unfinished=len(deck.unfinished),
        right_options=tuple(_right_options(built)),
    )


def _siblings(built: BuiltDeck) -> Iterator[Siblings]:
    """Of each edition; nothing for a deck whose notes make one card each."""
    if any(len(note.cards) > 1 for note in built.notes):
        for edition in built.source.editions:
            notes = list(placed(built, edition))
            shares = (siblings_share(notes, per_day) for per_day in (10, 20))
            yield Siblings(edition.key, *shares)


def _right_options(built: BuiltDeck) -> Iterator[RightOptions]:
    """Of each edition and each note type with one right option among several."""
    for edition in built.source.editions:
        found: dict[str, list[tuple[int, list[int]]]] = {}
        for note in built.notes_of(edition):
            if (lengths := _lengths_of_options(note)) is not None:
                found.setdefault(_type(note), []).append(lengths)
        for name, chosen in found.items():
            most = max(len(lengths) for _place, lengths in chosen)
            places = Counter(place for place, _lengths in chosen)
            yield RightOptions(
                edition=edition.key,
                note_type=name,
                notes=len(chosen),
                longest=sum(_is_alone(place, lengths, max) for place, lengths in chosen),
                shortest=sum(_is_alone(place, lengths, min) for place, lengths in chosen),
                chance=sum(1 / len(lengths) for _place, lengths in chosen),
                places=tuple(places[place] for place in range(most)),
            )


def _lengths_of_options(note: BuiltNote) -> tuple[int, list[int]] | None:
    """The place of the right option, from 0, and the lengths of all in characters.

    None where there is no such field, several may be right, or the options are categories.
    """
    values = note.source.values
    fields = {str(field.key): field for field in note.note_type.source.fields}
    for key, field in fields.items():
        if not field.one_of or field.format == "list" or are_categories(field, fields):
            continue
        options = [
            one.strip()
            for other in field.one_of
            if other in values
            for one in texts_in(values[other])
        ]
        answer = next(iter(texts_in(values[key])), "").strip() if key in values else ""
        if answer in options and len(options) > 1:
            return options.index(answer), [len(one) for one in options]
    return None


def _is_alone(place: int, lengths: Sequence[int], most: Callable[[Sequence[int]], int]) -> bool:
    return lengths[place] == most(lengths) and lengths.count(lengths[place]) == 1


def _count(name: str, notes: Iterable[BuiltNote]) -> Count:
    cards = [len(note.cards) for note in notes]
    return Count(name, len(cards), sum(cards))


def _table(kind: str, named: Iterable[tuple[str, BuiltNote]], below: str = "") -> Table:
    """Counts by name, in the order of first occurrence."""
    found: dict[str, list[BuiltNote]] = {}
    for name, note in named:
        if name:
            found.setdefault(name, []).append(note)
    return Table(kind, below, tuple(_count(name, notes) for name, notes in found.items()))


def _editions(built: BuiltDeck) -> Iterator[Count]:
    for edition in built.source.editions:
        if edition.key:
            yield _count(edition.key, built.notes_of(edition))


def _by_source(built: BuiltDeck) -> Iterator[tuple[str, BuiltNote]]:
    for key in built.source.sources:
        yield from ((key, note) for note in built.notes if key in note.source.sources)


def _type(note: BuiltNote) -> str:
    return word_of(note.note_type.source, note.note_type.source.language)


def _tags(notes: Iterable[BuiltNote]) -> Iterator[Table]:
    """A table of the tags without a parent, then one for each parent tag."""
    found: dict[str, list[tuple[str, BuiltNote]]] = {"": []}
    for note in notes:
        for tag in dict.fromkeys(note.source.tags):
            top, _rest, below = tag.partition("::")
            found.setdefault(top if below else "", []).append((below or top, note))
    for top, named in found.items():
        yield _table("tag", named, top)
