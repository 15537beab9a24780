"""What the lines of a ledger call the note types that come with the program.

In memory that is the permanent id, an Indonesian word. A file has the name in the language of the
deck's author, such as "Term". No permanent id has a capital letter or a space, so such a name can
never mean a project's own note type, be it on another branch or of next year.

A ledger is also read in copies for decks that extend it and in old states of git, and git merges it
line by line. So its own lines say what a name means: a note type is known by its number in Anki,
which follows from the deck's uid and the permanent id. A name that no line of a note type has any
more, as after a merge of branches in two languages, is looked up among the program's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from kartu.core.diagnostics import Diagnostics, Related
from kartu.core.identity import note_type_id
from kartu.core.language import _
from kartu.core.model import NoteType, name_in
from kartu.core.shipped import shipped_note_types
from kartu.core.source import Span
from kartu.ledger.entries import TypeEntry
from kartu.load.names import ID
from kartu.load.words import all_words, folded_word, word_of


def names_in(
    language: str,
    uid: str,
    types: Mapping[str, TypeEntry],
    used: Iterable[NoteType],
    program: Mapping[str, NoteType],
) -> dict[str, str]:
    """Returns the names to write for note types of a ledger, by permanent id.

    Only for those of `program` that have the number which follows from `uid`. One whose name people
    could take for another note type of the ledger, or one of `used`, keeps its permanent id.
    """
    others: dict[str, set[str]] = {id: {folded_word(id)} for id in types}
    for one in used:
        others.setdefault(one.id, set()).update(map(folded_word, all_words(one)))
    found = {}
    for id in sorted(types.keys() & program.keys()):
        name = _name(program[id], language)
        taken = any(folded_word(name) in words for other, words in others.items() if other != id)
        if types[id].anki_id == note_type_id(uid, id) and not ID.fullmatch(name) and not taken:
            found[id] = name
    return found


def _name(one: NoteType, language: str) -> str:
    """The name, but for authors in whose language the permanent id is a word already."""
    return one.id if word_of(one, language) == one.id else name_in(one, language)


class TypeNames:
    """What the names in a ledger mean, learned from its lines of note types.

    Args:
        uids: The uids in its lines of the deck, more than one if `--major` has changed it.
        program: Gives the note types that come with the program, which few ledgers need.
    """

    def __init__(self, uids: Iterable[str], program: Callable[[], Mapping[str, NoteType]]) -> None:
        self._ids = {note_type_id(uid, id): id for uid in uids for id in shipped_note_types()}
        self._program = program
        self._lines: dict[str, dict[str, Span]] = {}

    def id_of(self, one: TypeEntry, place: Span) -> str | None:
        """Returns the permanent id of a line's note type, None for one that nobody knows."""
        if ID.fullmatch(one.id):  # one that was brought along may have any number
            return one.id
        id = self._ids.get(one.anki_id) or self._named.get(one.id)
        if id is not None:
            self._lines.setdefault(one.id, {}).setdefault(id, place)
        return id

    def meaning(self, name: str) -> str | None:
        """Returns the permanent id that lines of notes mean, None for none or more than one."""
        found = self._lines.get(name)
        if found is None:
            return self._by_name(name)
        return next(iter(found)) if len(found) == 1 else None

    def report(self, name: str, place: Span, diagnostics: Diagnostics) -> None:
        """Reports a name that means nothing, or two note types."""
        found = self._lines.get(name, {})
        if len(found) < 2:
            message = _('the note type "{name}" in this line is not known', name=name)
            help = _(
                "use the kartu that wrote it, or a newer one; else put the line back as git has it"
            )
            diagnostics.add("ledger-unreadable", place, message, help)
            return
        (first, there), (second, here), *_others = sorted(found.items())
        message = _(
            '"{name}" means two note types in this ledger, "{first}" and "{second}"',
            name=name,
            first=first,
            second=second,
        )
        id = first if first != name else second
        help = _(
            'write "type":"{id}" in line {line}, and in those lines of notes that are of this note '
            "type: git log -p shows which branch wrote a line",
            id=id,
            line=found[id].line,
        )
        related = (
            Related(there, _('here it is "{id}"', id=first)),
            Related(here, _('here it is "{id}"', id=second)),
        )
        diagnostics.add("ledger-unreadable", place, message, help, related)

    def _by_name(self, name: str) -> str | None:
        """The id for what is one itself, or a name of a note type that comes with the program."""
        return name if ID.fullmatch(name) else self._named.get(name)

    @cached_property
    def _named(self) -> dict[str, str]:
        kinds = self._program().items()
        return {name: id for id, one in kinds for name in (one.name, *one.names.values())}
