"""The selection of notes to print: by language, edition, subdecks and tags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.core.diagnostics import did_you_mean
from kartu.core.language import N_, _
from kartu.core.model import Edition, subdeck_of
from kartu.core.usage import UsageError
from kartu.load.selection import everything, matches


def variant(decks: Sequence[BuiltDeck], language: str, deck: str) -> BuiltDeck:
    """Returns the deck in that language; in its own if none is named."""
    available = {one.source.variant or str(one.source.language): one for one in decks}
    if not language:
        return next(one for one in decks if not one.source.variant)
    if language in available:
        return available[language]
    message = _('{deck} has no variant in "{language}"', deck=deck, language=language)
    raise _unknown(message, language, available)


def _unknown(message: str, name: str, known: Iterable[str]) -> UsageError:
    return UsageError("; ".join(filter(None, (message, did_you_mean(name, known)))))


def edition_of(built: BuiltDeck, key: str) -> Edition:
    """Returns the named edition; if none is named, an unnamed one of all notes."""
    editions = {one.key: one for one in built.source.editions if one.key}
    if key and key not in editions:
        raise _unknown(_('there is no edition "{edition}"', edition=key), key, editions)
    return editions[key] if key else Edition("", "", everything, (), built.source.span)


def chosen_notes(
    built: BuiltDeck, edition: Edition, subdecks: Sequence[str], tags: Sequence[str]
) -> list[BuiltNote]:
    """Returns the notes with one of the subdecks and one of the tags, if any are given."""
    notes = [one for one in built.notes_of(edition) if not one.source.retired]
    own = {one.guid: str(subdeck_of(built.source, one.source)) for one in notes}

    def in_subdeck(note: BuiltNote, name: str) -> bool:
        translated = own[note.guid]
        below = translated == name or translated.startswith(f"{name}::")
        return below or matches(note.source, ("subdeck", name))

    def has_tag(note: BuiltNote, tag: str) -> bool:
        return matches(note.source, ("tag", tag))

    own_tags = (str(tag) for one in notes for tag in one.source.tags)
    for none, names, existing, matches_name in (
        (N_('no note is in the subdeck "{name}"'), subdecks, own.values(), in_subdeck),
        (N_('no note has the tag "{name}"'), tags, own_tags, has_tag),
    ):
        available = set(existing)
        for name in names:
            if not any(matches_name(note, name) for note in notes):
                raise _unknown(_(none, name=name), name, available)
        notes = [
            note for note in notes if not names or any(matches_name(note, one) for one in names)
        ]
    if not notes:
        raise UsageError(_("no note has all of that: nothing to print"))
    return notes
