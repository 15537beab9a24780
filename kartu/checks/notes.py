"""Checks on notes, within their deck."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kartu.anki.cloze import cloze_faults
from kartu.anki.occlusion import EXAMPLE
from kartu.checks.copies import Duplicate, without_copies
from kartu.checks.hints import doubtful_hints
from kartu.core.diagnostics import Diagnostic, Diagnostics, Related, did_you_mean
from kartu.core.identity import note_guid
from kartu.core.language import N_, _
from kartu.core.model import Deck, FieldType, Note, Project
from kartu.core.patterns import pattern
from kartu.core.source import Node, Text, texts_in
from kartu.load.card_sets import CHANGES
from kartu.load.names import tag_part
from kartu.load.words import word_of


def check_note_ids(project: Project, diagnostics: Diagnostics) -> None:
    """An id is unique in its deck, and a GUID in the project."""
    guids: dict[str, tuple[Text, Deck]] = {}
    for deck in project.decks:
        if not guids and len(project.decks) == 1 and _are_unique(deck):
            return
        ids: dict[str, tuple[Text, Deck]] = {}
        found = []
        for note in deck.all_notes:
            guid = note.guid if note.guid is not None else note_guid(deck.uid, note.id)
            for what, value, first in (("id", note.id, ids), ("GUID", guid, guids)):
                known, other = first.setdefault(value, (note.id, deck))
                if known is not note.id and (other is deck or other.uid != deck.uid):
                    fault = _twice(what, value, note, known, deck)
                    found.append(Duplicate(note, known, fault))
                    break
        diagnostics.extend(without_copies(deck, found))


def _are_unique(deck: Deck) -> bool:
    """Whether the notes of a deck have unique ids from which their GUIDs are derived."""
    ids = {note.id for note in deck.all_notes if note.guid is None}
    return len(ids) == len(deck.all_notes)


_TWICE = {
    "id": N_('another note has the id "{value}"'),
    "GUID": N_('another note has the GUID "{value}"'),
}


def _twice(what: str, value: str, note: Note, known: Text, deck: Deck) -> Diagnostic:
    message = _(_TWICE[what], value=value)
    related = (Related(known.span, _("first here")),)
    help = _("give the newer note another one; a published id never changes")
    if deck.upstream is not None and note.id.span.path.startswith(f"{deck.folder}/"):
        help = _(
            "write changes of the extended deck's note into {folder}/{changes}",
            folder=deck.folder,
            changes=CHANGES,
        )
    place = note.guid.span if what == "GUID" and note.guid is not None else note.id.span
    return Diagnostic("duplicate-id", place, message, help, related)


def check_tag_case(project: Project, diagnostics: Diagnostics) -> None:
    """A deck writes each tag in one way: to Anki, tags that differ by case alone are the same."""
    for deck in project.decks:
        first: dict[str, tuple[str, Text]] = {}
        reported: set[str] = set()
        groups = dict.fromkeys(note.tags for note in deck.notes)  # many notes have the same
        tags = dict.fromkeys(tag for group in groups for tag in group)
        for tag in tags:
            for part in _tag_and_parents(tag):
                known, there = first.setdefault(part.casefold(), (part, tag))
                if known != part and part not in reported:
                    reported.add(part)
                    message = _(
                        'the tag "{part}" is written "{known}" elsewhere', part=part, known=known
                    )
                    related = (Related(there.span, _("first here")),)
                    diagnostics.add(
                        "tag-case", tag.span, message, _('write "{known}"', known=known), related
                    )
                    break


def check_prefixed_tags(project: Project, diagnostics: Diagnostics) -> None:
    """No tag begins with the deck's prefix, which kartu puts before each by itself."""
    for deck in project.decks:
        start = f"{tag_part(str(deck.prefix))}::".casefold()
        groups = dict.fromkeys(note.tags for note in deck.notes if deck.prefix_tags)
        for tag in dict.fromkeys(tag for group in groups for tag in group):
            if tag.casefold().startswith(start) and not deck.variant:
                message = _(
                    'the tag "{tag}" begins with the prefix, which students would see twice',
                    tag=tag,
                )
                help = _(
                    'write "{tag}": kartu puts {prefix}:: before each tag',
                    tag=tag[len(start) :],
                    prefix=deck.prefix,
                )
                diagnostics.add("bad-tag", tag.span, message, help)


def check_duplicate_tags(project: Project, diagnostics: Diagnostics) -> None:
    """A note gets each tag only once, from its card set or from itself."""
    for deck in project.decks:
        good: set[tuple[Text, ...]] = set()
        for note in deck.notes:
            if note.tags in good:
                continue
            if len(set(note.tags)) == len(note.tags):
                good.add(note.tags)
                continue
            first: dict[str, Text] = {}
            for tag in note.tags:
                known = first.setdefault(tag, tag)
                if known.span != tag.span:
                    help = _("delete one of the two, as kartu check --fix does")
                    message = _('the tag "{tag}" is given to the note twice', tag=tag)
                    related = (Related(known.span, _("first here")),)
                    diagnostics.add("duplicate-tag", tag.span, message, help, related)


def _tag_and_parents(tag: str) -> Iterator[str]:
    """`a`, `a::b` and `a::b::c` of the tag `a::b::c`."""
    parts = tag.split("::")
    return ("::".join(parts[:count]) for count in range(1, len(parts) + 1))


def check_repeated(project: Project, diagnostics: Diagnostics) -> None:
    """A field with `one_of` repeats one of the options exactly."""
    for deck in project.decks:
        repeating = {
            name: [(field, word_of(field, one.language)) for field in one.fields if field.one_of]
            for name, one in project.of(deck).note_types.items()
        }
        for note in deck.notes if any(repeating.values()) else ():
            for field, word in repeating.get(note.note_type, ()):
                if (value := note.values.get(field.key)) is not None:
                    _check_options(note, field, word, value, deck, diagnostics)


def check_pairs(project: Project, diagnostics: Diagnostics) -> None:
    """A field with `with` has a text where that one has, and only there."""
    for deck in project.decks:
        note_types = project.of(deck).note_types
        pairs = {
            name: [(field, str(field.given_with)) for field in one.fields if field.given_with]
            for name, one in note_types.items()
        }
        for note in deck.notes if any(pairs.values()) and not deck.variant else ():
            note_type = note_types.get(note.note_type)
            for field, other in pairs.get(note.note_type, ()):
                there, missing = (
                    (str(field.key), other) if field.key in note.values else (other, str(field.key))
                )
                if note_type and there in note.values and missing not in note.values:
                    words = {
                        str(one.key): word_of(one, note_type.language) for one in note_type.fields
                    }
                    message = _(
                        'the note has "{key}" without "{missing}"',
                        key=words[there],
                        missing=words[missing],
                    )
                    help = _("write both, or neither")
                    diagnostics.add("missing-field", note.values[there].span, message, help)


def _check_options(
    note: Note, field: FieldType, word: str, value: Node, deck: Deck, diagnostics: Diagnostics
) -> None:
    """Reports the first answer that is no option."""
    options = [
        part.strip()
        for key in field.one_of
        if key in note.values
        for part in texts_in(note.values[key])
    ]
    answers = texts_in(value) if isinstance(value, Text) or field.format == "list" else ()
    wrong = next((one for one in answers if one.strip() not in options), None)
    if not options or wrong is None:
        return
    if deck.variant and deck.folder + "/i18n/" not in wrong.span.path:
        _add_untranslated(note, word, deck, options, diagnostics)
        return
    message = _('"{value}" is not one of the note\'s options', value=wrong.strip())
    help = _option_meant(wrong.strip(), options)
    diagnostics.add("not-an-option", wrong.span, message, help)


def _add_untranslated(
    note: Note, word: str, deck: Deck, options: list[str], diagnostics: Diagnostics
) -> None:
    """Reports options that are translated without the answer, unless its key is misspelt."""
    assert deck.translation is not None, "it is a variant"
    place = deck.translation.notes.get(str(note.id), deck.translation.place)
    meant = did_you_mean(word, [word])
    if any(one.help == meant and one.span.path == place.path for one in diagnostics):
        return
    message = _('the options of the note are translated, and "{key}" is not', key=word)
    help = _("write the right one: {options}", options=", ".join(options))
    diagnostics.add("not-an-option", place, message, help)


def check_unfinished(project: Project, diagnostics: Diagnostics) -> None:
    """Counts what is not finished yet."""
    for deck in project.decks:
        for note in deck.unfinished if not deck.variant else ():
            message = _('the note "{id}" is unfinished and is in no package', id=note.id)
            help = _('write what is missing and delete "unfinished"')
            diagnostics.add("unfinished-note", note.id.span, message, help)


_BY_LETTER = pattern(r"\(?(?:[a-z_]+[ _])?(?:[a-j]|[1-9]|10)[.):]\s*(.*)", re.IGNORECASE)


def _option_meant(value: str, options: list[str]) -> str:
    """The help for a value that is no option: it may be one with its letter or number."""
    found = _BY_LETTER.fullmatch(value)
    if found is not None and found[1] in options:
        return _("write the option without its letter: {option}", option=found[1])
    return did_you_mean(value, options)


def check_clozes(project: Project, diagnostics: Diagnostics) -> None:
    """Clozes are written so that Anki makes the cards that the author expects."""
    for deck in project.decks:
        note_types = project.of(deck).note_types
        clozes = {name: one.kind for name, one in note_types.items() if one.kind != "standard"}
        with_markup = {
            name: {str(field.key) for field in one.fields if field.format != "text"}
            for name, one in note_types.items()
        }
        for note in deck.notes if clozes else ():
            if note.note_type not in clozes:
                continue
            shapes = clozes[note.note_type] == "image-occlusion"
            markup = with_markup[note.note_type]
            for key, value in note.values.items():
                for part in texts_in(value):
                    for fault in cloze_faults(part, shapes=shapes, markup=str(key) in markup):
                        help = (
                            _("a shape is written {example}", example=EXAMPLE)
                            if shapes
                            else fault.help
                        )
                        diagnostics.add("bad-cloze", part.span, fault.message, help)
                    for message, help in () if shapes else doubtful_hints(part):
                        diagnostics.add("doubtful-hint", part.span, message, help)
