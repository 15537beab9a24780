"""Divides imported notes into decks of a project, with valid names, tags and GUIDs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kartu.core.language import _, ngettext
from kartu.core.text import shown
from kartu.importing.contents import DeckInfo, ImportedContents, Note
from kartu.importing.texts import clean_text
from kartu.load.names import tag_fault
from kartu.package.description import PRESET_LINES

_ANKIS_DECK = "default"
_ANKIS_TAGS = ("marked", "leech")

# How kartu ends the descriptions of its decks.
_KARTUS_LINE = re.compile(
    rf"(?:(?:\A|\n\n)(?:{'|'.join(map(re.escape, PRESET_LINES.values()))}))?"
    r"(?:\A|\n\n)\*\d+\.\d+\.\d+(?: \(draft\))? · \d{4}-\d\d-\d\d[^\n]*\*\s*\Z"
)


_SPACES = re.compile(r"\s+")
_LINE_BREAKS = re.compile(r"[\t\n\r]+")
# What Anki takes away at the ends of a part of a deck's name.
_AT_ENDS = re.compile(r"\A[\s:]+|[\s:]+\Z")


class ImportedDeck(NamedTuple):
    """A deck to be written to the project: all notes below one name."""

    name: str
    info: DeckInfo
    notes: list[Note]


def decks_of(imported: ImportedContents, fallback: str) -> list[ImportedDeck]:
    """Returns the decks in the order of their first notes; `fallback` names unnamed ones.

    Notes below one top-level deck are one deck; its name is that of the highest deck that holds
    them all. Each deck below Anki's own, "Default", is one.
    """
    named = [note._replace(deck=deck_name(note.deck, fallback)) for note in imported.notes]
    infos = {deck_name(name, fallback): info for name, info in imported.decks.items()}
    groups: dict[str, list[Note]] = {}
    for note in named:
        groups.setdefault(_top(note.deck), []).append(note)
    found = []
    for notes in groups.values():
        name = _highest([note.deck for note in notes], infos)
        info = infos.get(name, DeckInfo())
        description = _KARTUS_LINE.sub("", info.description)
        found.append(ImportedDeck(name, info._replace(description=description), notes))
    return found


def _top(name: str) -> str:
    top, *below = name.casefold().split("::", 2)
    return "::".join([top, *below[:1]]) if top == _ANKIS_DECK else top


def deck_name(name: str, fallback: str) -> str:
    """Returns a deck's name as valid in Anki and kartu, `fallback` if empty or Anki's default."""
    parts = [_LINE_BREAKS.sub(" ", clean_text(part)) for part in name.split("::")]
    parts = [_AT_ENDS.sub("", part) for part in parts]
    cleaned = "::".join(part or "blank" for part in parts)
    return fallback if cleaned.casefold() in (_ANKIS_DECK, "blank") else cleaned


def renamed_decks(notes: Iterable[Note], fallback: str) -> list[str]:
    """Describes which decks are renamed, because their names are not valid in Anki or kartu."""
    names = dict.fromkeys(note.deck for note in notes if note.deck)
    named = {name: deck_name(name, fallback) for name in names}
    return [
        _('the name of the deck "{old}", which is now "{new}"', old=old, new=new)
        for old, new in named.items()
        if old != new
    ]


def _highest(names: Sequence[str], infos: Iterable[str]) -> str:
    paths = [name.split("::") for name in dict.fromkeys(names)]
    shared: list[str] = []
    for parts in zip(*paths, strict=False):
        if len({part.casefold() for part in parts}) > 1:
            break
        shared.append(parts[0])
    known = set(infos)
    for count in range(1, len(shared)):
        if "::".join(shared[:count]) in known:
            return "::".join(shared[:count])
    return "::".join(shared)


def with_valid_tags(notes: list[Note]) -> tuple[list[Note], list[str]]:
    """Returns the notes with those tags that are valid in Anki, and what tags are dropped."""
    first_case: dict[str, str] = {}
    dropped: dict[str, str] = {}
    ankis = 0
    found = []
    for note in notes:
        tags: dict[str, None] = {}
        for tag in note.tags:
            cased = _in_first_case(tag, first_case)
            if cased.casefold() in _ANKIS_TAGS:
                ankis += 1
            elif tag_fault(cased) and not tag_fault(spaceless := _SPACES.sub("_", cased)):
                dropped[cased] = _('it is now "{tag}"', tag=spaceless)
                tags[spaceless] = None
            elif fault := tag_fault(cased):
                dropped[cased] = fault
            else:
                tags[cased] = None
        found.append(note._replace(tags=tuple(tags)))
    removed = [
        _('the tag "{tag}": {reason}', tag=tag, reason=reason) for tag, reason in dropped.items()
    ]
    if ankis:
        message = ngettext(
            "{number} tag marked or leech, which are Anki's own",
            "{number} tags marked or leech, which are Anki's own",
            ankis,
        )
        removed.append(message)
    return found, removed


def _in_first_case(tag: str, first_case: dict[str, str]) -> str:
    """The tag, each of its parts in the case of its first occurrence."""
    path = ""
    for part in tag.split("::"):
        path += f"::{part or 'blank'}" if path else part or "blank"
        path = first_case.setdefault(path.casefold(), path)
    return path


def with_valid_guids(notes: list[Note]) -> tuple[list[Note], list[str]]:
    """Returns the notes without the GUIDs that kartu cannot write, and a description of these."""
    odd = [note.guid for note in notes if note.guid and not _is_guid(note.guid)]
    valid = [note if _is_guid(note.guid) else note._replace(guid="") for note in notes]
    if not odd:
        return valid, []
    return valid, [_("GUIDs that are not printable ASCII: {guids}", guids=shown(map(repr, odd)))]


def _is_guid(guid: str) -> bool:
    return guid.isascii() and guid.isprintable() and " " not in guid and guid != ""


class Run(NamedTuple):
    """Consecutive notes of one deck and one note type: a card set."""

    deck: str
    note_type: int
    notes: list[Note]


# More files than this would hide the deck's structure.
_MOST_RUNS = 100
_LONGEST_RUN = 5000


def runs_of(notes: Sequence[Note]) -> tuple[list[Run], list[str]]:
    """Returns the card sets of a deck in study order, and a message if that order is dropped."""
    runs = list(_runs(notes))
    if len(runs) <= _MOST_RUNS + len(notes) // _LONGEST_RUN:
        return runs, []
    groups: dict[tuple[str, int], list[Note]] = {}
    for note in notes:
        groups.setdefault((note.deck, note.note_type), []).append(note)
    ordered = [note for group in groups.values() for note in group]
    message = _(
        "the study order of new cards where note types change from note to note: they come one "
        "note type after the other"
    )
    return list(_runs(ordered)), [message]


def _runs(notes: Iterable[Note]) -> Iterator[Run]:
    run: Run | None = None
    for note in notes:
        if run and run[:2] == (note.deck, note.note_type) and len(run.notes) < _LONGEST_RUN:
            run.notes.append(note)
            continue
        if run:
            yield run
        run = Run(note.deck, note.note_type, [note])
    if run:
        yield run


def media_names(names: Iterable[str], used: Iterable[str]) -> tuple[Mapping[str, str], list[str]]:
    """Returns the names under which used files are written, and a message about renamed ones."""
    wanted = set(used)
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names):
        if name not in wanted and not name.startswith(("_", "latex-")):
            continue
        new_name, number = name.replace("\\", ""), 2
        stem, dot, ending = new_name.rpartition(".")
        while new_name.casefold() in taken:  # one file on some systems
            new_name = f"{stem}-{number}{dot}{ending}"
            number += 1
        taken.add(new_name.casefold())
        found[name] = new_name
    changed = [f"{old} → {new}" for old, new in found.items() if old != new]
    if not changed:
        return found, []
    message = _(
        "names of files that differ only in upper and lower case, or hold a backslash: {names}",
        names=shown(changed),
    )
    return found, [message]
