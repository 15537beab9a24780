"""changes.yaml: what a deck changes in the notes of the deck that it extends.

    notes:
      kerja-sama-bilateral:
        arti: Kerja sama dua negara.
        instead_of:                          # upstream's text when this was written
          arti: Kerja sama antara dua negara.
        tags: [kelas-9a]
      kerja-sama-regional: {skip: true}

`instead_of` reveals when upstream changes a text that is overridden here.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from kartu.core.diagnostics import Diagnostic, Diagnostics, Related, nearest
from kartu.core.language import N_, _
from kartu.core.model import Deck, Note, NoteType
from kartu.core.source import Mapping, Node, Sequence, Span, texts_in
from kartu.load.card_set import own_fields, read_date, read_tags, words_in, written_words
from kartu.load.card_sets import CHANGES
from kartu.load.files import Files
from kartu.load.options import choose, follow
from kartu.load.shape import Shape, is_blank, read_shape
from kartu.load.words import keys_by_word, word_of

# The keys other than fields that a change can override.
_KEYS = ("sources", "as_of")
INSTEAD_OF = "instead_of"
_LONGEST_SHOWN = 200


def changed_notes(
    files: Files,
    deck: Deck,
    upstream: Deck,
    note_types: dict[str, NoteType | None],
    diagnostics: Diagnostics,
    *,
    whole: bool,
) -> list[Note]:
    """Upstream's notes with the changes of `deck`; `whole` says that all of them could be read."""
    notes = upstream.notes
    if not deck.in_place:  # an imported GUID belongs to the original
        notes = tuple(note._replace(guid=None) for note in notes)
    entries = _entries(files, f"{deck.folder}/{CHANGES}", diagnostics)
    if entries is None:
        return list(notes)
    changes = {
        key: entries.inner(key, _('the change of "{key}"', key=key)) for key in entries.mapping
    }
    known = {str(note.id) for note in upstream.all_notes}
    for key, change in changes.items():
        place = entries.mapping.key_span(key)
        if change is None:
            message = _('nothing is changed in "{key}"', key=key)
            entries.add("wrong-shape", place, message, _("write what changes, or delete the line"))
        elif whole and key not in known:
            message = _('the deck that is extended has no note "{key}"', key=key)
            near = nearest(key, known)
            help = _('did you mean "{near}"?', near=near) if near else _(_GONE)
            entries.add("unknown-note", place, message, help)
    found = []
    for note in notes:
        one = changes.get(note.id)
        if one is None or not one.readable:
            found.append(note)
        elif (changed := _changed(one, note, note_types.get(note.note_type))) is not None:
            found.append(changed)
    return found


_GONE = N_("if upstream deleted it, delete its change too, or write it as a note of your own")


def _entries(files: Files, path: str, diagnostics: Diagnostics) -> Shape | None:
    """The changes by note id; None if there are none or they cannot be read."""
    if not files.is_file(path):
        return None
    shape = read_shape(files, path, _("the list of changes"), diagnostics)
    if shape is None:
        return None
    entries = shape.inner("notes", "notes")
    shape.finish()
    return entries if entries is not None and entries.readable else None


def _changed(one: Shape, note: Note, note_type: NoteType | None) -> Note | None:
    """The note with its change applied; None where the change skips it."""
    if one.flag("skip"):
        for key in one.mapping:
            if key != "skip" and not key.startswith("x-"):
                message = _('the note is left out, so "{key}" changes nothing', key=key)
                help = _('delete that line, or "skip"')
                one.add("bad-value", one.mapping.key_span(key), message, help)
        return None
    if note_type is None:  # its faults are reported, and its fields unknown
        return note
    values, own = dict(note.values), own_fields(note_type)
    for key, word in words_in(one, note_type).items():
        value = one.node(word)
        if value is not None:
            values[key] = value
        elif word in one.mapping and own[key].required:
            id = word_of(note_type, note_type.language)
            message = _('the note needs its "{key}", which {id} requires', key=word, id=id)
            help = _("write its text, or delete the line")
            one.add("missing-field", one.mapping.key_span(word), message, help)
        elif word in one.mapping:
            values.pop(key, None)
    follow(own, note.values, values)
    choose(own, keys_by_word(note_type), values)
    sources, as_of = one.texts("sources"), read_date(one, "as_of")
    changed = note._replace(
        values=values,
        tags=note.tags + read_tags(one),
        sources=sources if "sources" in one.mapping else note.sources,
        as_of=as_of if "as_of" in one.mapping else note.as_of,
        retired=one.text("retired") or note.retired,
    )
    _check_originals(one, note, note_type)
    one.finish()
    return changed


def changed_keys(change: Mapping, note_type: NoteType) -> dict[str, str]:
    """The keys that override a value of upstream, each with the word that the change has for it."""
    words = keys_by_word(note_type) | {key: key for key in _KEYS}
    return {words[word]: word for word in change if word in words}


def original(note: Note, key: str) -> Node | None:
    """Upstream's value of a key of its note, None if it has none."""
    if key == "as_of":
        return note.as_of
    if key != "sources":
        return note.values.get(key)
    if not note.sources:
        return None
    found = Sequence(note.sources)
    found.span = note.sources[0].span
    return found


def same(one: Node | None, other: Node | None) -> bool:
    """Whether two values are equal, ignoring white space around texts."""
    return bool(_normalised(one) == _normalised(other))


def _normalised(node: Node | None) -> Any:
    if node is None or is_blank(node):
        return None
    if isinstance(node, Mapping):
        return {str(key): _normalised(value) for key, value in node.items()}
    if isinstance(node, Sequence):
        return [_normalised(child) for child in node]
    return unicodedata.normalize("NFC", node.strip())


def _check_originals(one: Shape, note: Note, note_type: NoteType) -> None:
    """Reports overridden values that upstream has changed."""
    inner = one.inner(INSTEAD_OF, INSTEAD_OF)
    before = inner.mapping if inner is not None else Mapping()
    if inner is not None:
        written_words(inner, keys_by_word(note_type))
    changed, recorded = changed_keys(one.mapping, note_type), changed_keys(before, note_type)
    for key, word in changed.items():
        there = original(note, key)
        place = one.span(word)
        if same(one.mapping[word], there):
            message = _('upstream has the same "{key}"', key=word)
            help = _("delete the line: then upstream's corrections of it arrive too")
            one.add("change-without-effect", place, message, help)
        elif key not in recorded:
            message = _(
                'the change does not record upstream\'s "{key}", which it replaces', key=word
            )
            help = _("run kartu check --fix: then kartu reports when upstream changes it")
            one.add("change-without-original", place, message, help)
        elif not same(before[recorded[key]], there):
            was = Related(
                before.key_span(recorded[key]),
                _("when this was written: {content}", content=_shown(before[recorded[key]])),
            )
            one.diagnostics.append(_upstream_changed(word, place, note, there, was))
    known = {recorded[key] for key in recorded if key in changed}
    for word in before:
        if word not in known:
            message = _('the change does not change "{key}"', key=word)
            place = before.key_span(word)
            one.add("unknown-key", place, message, _("delete the line, or write the change too"))


def _upstream_changed(
    key: str, place: Span, note: Note, there: Node | None, was: Related
) -> Diagnostic:
    now = there.span if there is not None else note.id.span
    related = (Related(now, _("upstream now: {content}", content=_shown(there))), was)
    message = _('upstream has changed "{key}", which is changed here too', key=key)
    help = _(
        "see whether yours still fits, then run kartu check --fix --accept-upstream; or delete it "
        "to use upstream's"
    )
    return Diagnostic("upstream-changed", place, message, help, related)


def _shown(node: Node | None) -> str:
    text = " | ".join(" ".join(part.split()) for part in texts_in(node)) if node else ""
    if len(text) > _LONGEST_SHOWN:
        text = f"{text[:_LONGEST_SHOWN]}…"
    return f'"{text}"' if text.strip() else _("nothing")
