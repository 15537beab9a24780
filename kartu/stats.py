"""What decks hold: notes and cards by edition, subdeck, note type, tag and source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kartu.checks.coverage import fact_coverage
from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.core.diagnostics import Diagnostic, did_you_mean, has_errors
from kartu.core.progress import Progress, no_progress
from kartu.core.usage import UsageError
from kartu.pipeline import Options, compile_decks


class Count(NamedTuple):
    """How many notes something has, and how many cards these make."""

    name: str
    notes: int
    cards: int


class Table(NamedTuple):
    """Counts of one kind; `below` is the tag that the counted ones lie below, if any."""

    kind: str
    below: str
    counts: tuple[Count, ...]

    @property
    def name(self) -> str:
        """What the table is chosen by: its kind, or the tag that its tags lie below."""
        return self.below or self.kind


class Stats(NamedTuple):
    """What one deck holds; retired notes count, since packages hold them.

    `facts` are those of the deck's list, `asked` those of them that a note asks.
    """

    deck: str
    total: Count
    facts: int
    asked: int
    tables: tuple[Table, ...]


def stats(
    options: Options, by: Sequence[str] = (), progress: Progress = no_progress
) -> tuple[list[Stats], list[Diagnostic]]:
    """What the decks hold; nothing, and the errors, where one cannot be built.

    `by` chooses tables by name, none meaning all; UsageError for a name that no table has. Language
    variants hold the same notes and are left out.
    """
    compiled, diagnostics = compile_decks(options.root, options.decks, options.cache, progress)
    if has_errors(diagnostics):
        return [], [one for one in diagnostics if one.severity == "error"]
    found = [stats_of(one.built) for one in compiled if not one.built.source.variant]
    known = {table.name for one in found for table in one.tables}
    for name in by:
        if name not in known:
            raise UsageError(f'there is no table "{name}"; {did_you_mean(name, known)}')
    chosen = [[table for table in one.tables if not by or table.name in by] for one in found]
    return [one._replace(tables=tuple(t)) for one, t in zip(found, chosen, strict=True)], []


def stats_of(built: BuiltDeck) -> Stats:
    """The numbers of a deck. Everything stands in study order, sources as deck.yaml lists them.

    A tag `tema::asean` counts in a table `tema`, a tag without `::` in one of all such tags. A note
    with several tags or sources counts with each of them.
    """
    deck, notes = built.source, built.notes
    coverage = fact_coverage(deck)
    tables = [
        Table("edition", "", tuple(_editions(built))),
        _table("subdeck", ((str(note.source.subdeck), note) for note in notes)),
        _table("type", ((note.source.note_type, note) for note in notes)),
        *_tags(notes),
        _table("source", _by_source(built)),
    ]
    return Stats(
        deck=deck.id,
        total=_count("total", notes),
        facts=len(coverage),
        asked=sum(map(bool, coverage.values())),
        tables=tuple(table for table in tables if table.counts),
    )


def _count(name: str, notes: Iterable[BuiltNote]) -> Count:
    cards = [len(note.cards) for note in notes]
    return Count(name, len(cards), sum(cards))


def _table(kind: str, named: Iterable[tuple[str, BuiltNote]], below: str = "") -> Table:
    """Counts by name, in the order in which the names come first."""
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


def _tags(notes: Iterable[BuiltNote]) -> Iterator[Table]:
    """A table of the tags that stand alone, then one for each tag that others lie below."""
    found: dict[str, list[tuple[str, BuiltNote]]] = {"": []}
    for note in notes:
        for tag in dict.fromkeys(note.source.tags):
            top, _, below = tag.partition("::")
            found.setdefault(top if below else "", []).append((below or top, note))
    for top, named in found.items():
        yield _table("tag", named, top)
