"""Which notes go on paper: of which language, edition, subdecks and tags."""

from __future__ import annotations

from collections.abc import Sequence

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.core.diagnostics import did_you_mean
from kartu.core.model import Edition, subdeck_of
from kartu.core.usage import UsageError
from kartu.load.selection import everything, matches


def variant(decks: Sequence[BuiltDeck], language: str, deck: str) -> BuiltDeck:
    """The deck in that language; in its own for none."""
    known = {one.source.variant or str(one.source.language): one for one in decks}
    if not language:
        return next(one for one in decks if not one.source.variant)
    if language in known:
        return known[language]
    raise UsageError(f'{deck} is not there in "{language}"; {did_you_mean(language, known)}')


def edition_of(built: BuiltDeck, key: str) -> Edition:
    """The named edition; for none one of all notes, which has no name."""
    editions = {one.key: one for one in built.source.editions if one.key}
    if key and key not in editions:
        raise UsageError(f'there is no edition "{key}"; {did_you_mean(key, editions)}'.rstrip("; "))
    return editions[key] if key else Edition("", "", everything, (), built.source.span)


def chosen_notes(
    built: BuiltDeck, edition: Edition, subdecks: Sequence[str], tags: Sequence[str]
) -> list[BuiltNote]:
    """The notes of the edition with one of the subdecks and one of the tags, if any are named."""
    notes = [one for one in built.notes_of(edition) if not one.source.retired]
    own = {one.guid: str(subdeck_of(built.source, one.source)) for one in notes}

    def in_subdeck(note: BuiltNote, name: str) -> bool:
        translated = own[note.guid]
        below = translated == name or translated.startswith(f"{name}::")
        return below or matches(note.source, ("subdeck", name))

    def has_tag(note: BuiltNote, tag: str) -> bool:
        return matches(note.source, ("tag", tag))

    for what, names, there, chooses in (
        ("subdeck", subdecks, own.values(), in_subdeck),
        ("tag", tags, (str(t) for one in notes for t in one.source.tags), has_tag),
    ):
        known = set(there)
        for name in names:
            if not any(chooses(note, name) for note in notes):
                hint = did_you_mean(name, known)
                raise UsageError(f'no note has the {what} "{name}"; {hint}'.rstrip("; "))
        notes = [note for note in notes if not names or any(chooses(note, one) for one in names)]
    if not notes:
        raise UsageError("no note has all of that: nothing to print")
    return notes
