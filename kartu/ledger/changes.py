"""What a release changes, why, and which part of the version it raises."""

from __future__ import annotations

from typing import Literal, NamedTuple

from kartu.ledger.contents import rewritten
from kartu.ledger.entries import GONE, Entries, NoteEntry, TypeEntry
from kartu.ledger.file import Ledger
from kartu.load.names import version_key
from kartu.load.words import word_of

Cause = Literal["new", "text", "tags", "media", "rendering", "retired", "taken back"]
Step = Literal["none", "patch", "minor", "major"]

# The share of the published notes; more changes by tags or rendering alone need --touch-all.
MOST_TOUCHED = 0.1


class Changes(NamedTuple):
    """Note ids with the causes of their change, in study order; words for changed note types; gone
    notes.

    `activated` are published notes with a new card that the note type makes, not a field of theirs.
    `rewritten` are published notes that ask something else now, judged by their words. `arranged`
    means that the content differs from the newest version's: at least the order of the notes or an
    edition has changed, or a merged branch added what that version does not contain.
    """

    notes: dict[str, tuple[Cause, ...]]
    types: list[str]
    deck: bool
    gone: list[str]
    added_cards: dict[str, list[str]]
    claimed: list[str]
    activated: list[str]
    rewritten: list[str]
    arranged: bool

    @property
    def any(self) -> bool:
        return bool(self.notes or self.types or self.deck or self.gone or self.arranged)

    @property
    def only_arranged(self) -> bool:
        return self.arranged and not self._replace(arranged=False).any

    def with_cause(self, cause: Cause) -> list[str]:
        return [note for note, causes in self.notes.items() if cause in causes]

    @property
    def touched(self) -> list[str]:
        """Published notes that an update replaces, with students' own edits and tags on them."""
        return [note for note, causes in self.notes.items() if causes != ("new",)]

    @property
    def touched_by_looks(self) -> list[str]:
        """Published notes that change by tags or rendering alone."""
        looks = {"tags", "rendering"}
        return [note for note in self.touched if looks.issuperset(self.notes[note])]


def compare(now: Entries, ledger: Ledger) -> Changes:
    """Returns the differences between the compiled deck and the published one."""
    notes: dict[str, tuple[Cause, ...]] = {}
    added: dict[str, list[str]] = {}
    for note_id, note in now.notes.items():
        published = ledger.notes.get(note_id)
        if published is None:
            notes[note_id] = ("new",)
        elif note.hash != published.hash:
            notes[note_id] = _causes(now.notes.whole(note_id), published)
        if published is not None and (more := [n for n in note.cards if n not in published.cards]):
            added[note_id] = more
    words = {
        one.source.id: word_of(one.source, one.source.language)
        for one in now.notes.built.note_types
    }
    types = [
        words[one.id]
        for one in now.types.values()
        if one.id not in ledger.types or one.hash != ledger.types[one.id].hash
    ]
    claimed = [
        f"{words[one.id]}: {name}"
        for one in now.types.values()
        if one.id in ledger.types
        for name in _claimed(one, ledger.types[one.id])
    ]
    return Changes(
        notes=notes,
        types=types,
        deck=ledger.deck is None or ledger.deck.hash != now.deck.hash,
        gone=[
            note_id
            for note_id, note in ledger.notes.items()
            if note_id not in now.notes and note.hash != GONE
        ],
        added_cards=added,
        claimed=claimed,
        activated=[note_id for note_id in added if _by_template(now.notes[note_id], now, ledger)],
        rewritten=rewritten(now, ledger),
        arranged=bool(ledger.version) and ledger.releases[ledger.version].content != now.content,
    )


def step_of(changes: Changes, *, breaks: bool) -> Step:
    """Returns which part of the version to raise: major for harm, minor for cards, else patch."""
    if breaks or changes.gone:
        return "major"
    if changes.with_cause("new") or changes.added_cards or changes.claimed:
        return "minor"
    return "patch" if changes.any else "none"


def next_version(version: str, step: Step) -> str:
    """Returns the version after a step."""
    major, minor, patch = version_key(version)
    if step == "major":
        return f"{major + 1}.0.0"
    if step == "minor":
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if step == "patch" else version


def _causes(note: NoteEntry, published: NoteEntry) -> tuple[Cause, ...]:
    causes: list[Cause] = []
    if note.retired != published.retired:
        causes.append("retired" if note.retired else "taken back")
    elif note.fields != published.fields or note.parts["about"] != published.parts.get("about"):
        causes.append("text")
    if note.parts["tags"] != published.parts.get("tags") and note.retired == published.retired:
        causes.append("tags")
    if note.parts["media"] != published.parts.get("media"):
        causes.append("media")
    return tuple(causes) or ("rendering",)


def _by_template(note: NoteEntry, now: Entries, ledger: Ledger) -> bool:
    """Whether a new card of the published note comes from a change of its note type.

    Anki makes such a card itself; one that comes with a field that was empty is in the package.
    """
    published, one = ledger.types.get(note.note_type), now.types[note.note_type]
    if published is None or one.kind != "standard" or one.fronts == published.fronts:
        return False
    filled = now.notes.whole(note.id).fields.keys() - ledger.notes[note.id].fields.keys()
    return not filled


def _claimed(one: TypeEntry, published: TypeEntry) -> list[str]:
    """The fields and cards that were spares when published."""
    fields = [name for position, name in one.fields.items() if position not in published.fields]
    cards = [name for position, name in one.cards.items() if position not in published.cards]
    return fields + cards
