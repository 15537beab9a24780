"""Differences that students notice: as text for a terminal, Markdown for a release, and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from kartu.compile.render.visible import visible, without_hashes
from kartu.core.language import current
from kartu.load.note_type import ENGINE_FIELD
from kartu.publish.diff.changes import Changes, Correction, FieldChange, TypeChange
from kartu.publish.diff.state import NoteState
from kartu.publish.diff.word_diff import Part
from kartu.report.diagnostics import Style, unstyled

# Words shown on each side of a change, and words of its text that name a note.
_CONTEXT_WORDS = 4
_NAME_WORDS = 12

_MARKS = re.compile(r"([\\`*_\[\]<>~&$|])")

# By language; singular and plural are separated by |.
_TEXTS = {
    "en": {
        "none": "No difference that a student would notice.",
        "only_new": "A new deck: {n} note, {cards}.|A new deck: {n} notes, {cards}.",
        "only_old": "This deck is missing from the new side ({n} note, {cards}): students keep what"
        " they have.|This deck is missing from the new side ({n} notes, {cards}): students keep"
        " what they have.",
        "n_cards": "{n} card|{n} cards",
        "notice": "What you will notice",
        "n_new": "{n} new note|{n} new notes",
        "n_new_cards": "{n} new card|{n} new cards",
        "n_corrected": "{n} note corrected|{n} notes corrected",
        "n_retired": "{n} note retired|{n} notes retired",
        "n_gone": "{n} note missing|{n} notes missing",
        "n_blocked": "{n} note that Anki does not update|{n} notes that Anki does not update",
        "n_rewritten": "In {n} note your own edits and tags are replaced.|In {n} notes your own"
        " edits and tags are replaced.",
        "progress": "Your learning progress stays.",
        "looks_change": "The cards look different.",
        "other": "other changes",
        "renamed": "The deck is now called {new}; cards you have stay in {old}.",
        "new": "New",
        "corrected": "Corrected",
        "cards": "More or fewer cards of notes you have",
        "retired": "No longer in use",
        "taken_back": "In use again",
        "gone": "Missing (dropped instead of retired: whoever has them gets no update any more)",
        "blocked": "Not updated (Anki takes their note type for another one)",
        "moved": "In another subdeck (cards you have stay where they are)",
        "tagged": "Other tags only",
        "restyled": "Other markup only",
        "types": "Looks of the cards",
        "media": "Pictures and sounds replaced",
        "lost": "no longer made: {names}",
        "gaps": "other gaps",
        "changed_media": "another picture or sound",
        "markup": "looks",
        "top": "the deck itself",
        "style": "style",
        "templates": "layout of {names}",
        "fields": "new field {names}",
        "claimed": "new card {names}",
        "conflict": "fields or cards are arranged differently than before",
        "field_notice": "notice",
    },
    "id": {
        "none": "Tidak ada perbedaan yang terlihat oleh siswa.",
        "only_new": "Dek baru: {n} kartu, {cards}.",
        "only_old": "Dek ini tidak ada lagi di versi baru ({n} kartu, {cards}): yang sudah kamu"
        " miliki tetap ada.",
        "n_cards": "menjadi {n} di Anki",
        "notice": "Yang akan kamu lihat",
        "n_new": "{n} kartu baru",
        "n_new_cards": "{n} kartu baru di Anki",
        "n_corrected": "{n} kartu diperbaiki",
        "n_retired": "{n} kartu tidak dipakai lagi",
        "n_gone": "{n} kartu hilang",
        "n_blocked": "{n} kartu tidak diperbarui oleh Anki",
        "n_rewritten": "Pada {n} kartu, suntingan dan label buatanmu sendiri diganti.",
        "progress": "Kemajuan belajarmu tetap tersimpan.",
        "looks_change": "Tampilan kartu berubah.",
        "other": "perubahan lain",
        "renamed": "Dek ini sekarang bernama {new}; kartu yang sudah kamu miliki tetap di {old}.",
        "new": "Baru",
        "corrected": "Diperbaiki",
        "cards": "Bertambah atau berkurang di Anki",
        "retired": "Tidak dipakai lagi",
        "taken_back": "Dipakai kembali",
        "gone": "Hilang (dihapus dari dek: yang sudah kamu miliki tidak diperbarui lagi)",
        "blocked": "Tidak diperbarui (Anki menganggap jenisnya berbeda)",
        "moved": "Pindah bab (kartu yang sudah kamu miliki tetap di tempatnya)",
        "tagged": "Hanya label yang berubah",
        "restyled": "Hanya penulisan HTML yang berubah",
        "types": "Tampilan kartu",
        "media": "Gambar dan suara diganti",
        "lost": "tidak dibuat lagi: {names}",
        "gaps": "bagian yang dikosongkan berubah",
        "changed_media": "gambar atau suara lain",
        "markup": "tampilan",
        "top": "dek utama",
        "style": "gaya",
        "templates": "tata letak {names}",
        "fields": "kolom baru {names}",
        "claimed": "kartu baru {names}",
        "conflict": "susunan kolom atau kartu berbeda dari sebelumnya",
        "field_notice": "pemberitahuan",
    },
}

_DANGERS = ("gone", "blocked")


class _Wording(NamedTuple):
    """How one report is worded: its texts, how it names a note, how it marks words."""

    texts: dict[str, str]
    note: Callable[[NoteState], str]
    plain: Callable[[str], str]
    old: Callable[[str], str]
    new: Callable[[str], str]

    def say(self, key: str, **values: object) -> str:
        one, _, many = self.texts[key].partition("|")
        return (many if many and values.get("n") != 1 else one).format(**values)

    def names(self, names: Sequence[str]) -> str:
        return ", ".join(self.plain(name) for name in names)


def as_text(all_changes: Sequence[Changes], style: Style = unstyled) -> str:
    """Returns for each deck a line with counts, then the changes in groups, one per line."""
    return "\n".join(_deck_as_text(changes, style) for changes in all_changes)


def as_markdown(all_changes: Sequence[Changes]) -> str:
    """Returns for each deck a title and its sections, in the deck's language."""
    parts = []
    for changes in all_changes:
        versions = " → ".join(dict.fromkeys(filter(None, _versions(changes))))
        title = f"## {_escape(changes.name)} {versions}".rstrip()
        parts.append(f"{title}\n\n{markdown(changes, changes.language)}")
    return "\n".join(parts)


def markdown(changes: Changes, language: str, level: int = 3) -> str:
    """Returns the changes of one deck as sections of bullet points, without a title.

    Args:
        language: The language of the report; English where there are no texts in it.
        level: The level of the sections' headings.
    """
    wording = _markdown_wording(language)
    if changes.only or not changes:
        return _as_one_sentence(changes, wording) + "\n"
    sections = [(wording.say("notice"), list(_notices(changes, wording)))]
    sections += [(wording.say(key), lines) for key, lines in _groups(changes, wording)]
    heading = "#" * level
    return "\n".join(
        f"{heading} {title}\n\n" + "".join(f"- {line}\n" for line in lines)
        for title, lines in sections
    )


def as_json(all_changes: Sequence[Changes]) -> str:
    """Returns a JSON object whose `decks` hold all differences (see schemas/diff.json)."""
    content = {
        "report": 1,
        "decks": [
            {"different": bool(changes), "new_cards": changes.new_cards, **_json(changes)}
            for changes in all_changes
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _deck_as_text(changes: Changes, style: Style) -> str:
    wording = _Wording(
        _TEXTS[current()],
        lambda note: note.id,
        str,
        lambda words: style(f"[-{words}-]", "removed"),
        lambda words: style(f"{{+{words}+}}", "added"),
    )
    versions = " → ".join(dict.fromkeys(filter(None, _versions(changes))))
    title = style(f"{changes.name} {versions}".rstrip(), "head")
    if changes.only or not changes:
        return f"{title}: {_as_one_sentence(changes, wording)}\n"
    text = f"{title}: {', '.join(_counts(changes, wording)) or wording.say('other')}\n"
    if changes.renamed:
        text += f"{wording.say('renamed', old=changes.old_name, new=changes.name)}\n"
    if changes.rewritten:
        text += f"{wording.say('n_rewritten', n=changes.rewritten)}\n"
    for key, lines in _groups(changes, wording):
        heading = style(wording.say(key), "danger" if key in _DANGERS else "head")
        text += f"{heading}:\n" + "".join(f"  {line}\n" for line in lines)
    return text


def _markdown_wording(language: str) -> _Wording:
    return _Wording(
        _TEXTS.get(language.partition("-")[0].lower(), _TEXTS["en"]),
        lambda note: f"**{_escape(_first_words(note.text) or note.id)}**",
        _escape,
        lambda words: f"~~{_escape(words)}~~",
        lambda words: f"**{_escape(words)}**",
    )


def _escape(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def _versions(changes: Changes) -> tuple[str, str]:
    return changes.old_version, changes.new_version


def _as_one_sentence(changes: Changes, wording: _Wording) -> str:
    """Describes a deck that is unchanged, or only in one of the two sides."""
    if not changes.only:
        return wording.say("none")
    notes = changes.new or changes.gone
    cards = wording.say("n_cards", n=sum(len(note.cards) for note in notes))
    return wording.say(f"only_{changes.only}", n=len(notes), cards=cards)


def _counts(changes: Changes, wording: _Wording) -> Iterator[str]:
    counted = {
        "n_new": len(changes.new),
        "n_new_cards": changes.new_cards,
        "n_corrected": len(changes.corrected),
        "n_retired": len(changes.retired),
        "n_gone": len(changes.gone),
        "n_blocked": len(changes.blocked),
    }
    return (wording.say(key, n=count) for key, count in counted.items() if count)


def _notices(changes: Changes, wording: _Wording) -> Iterator[str]:
    """Yields what everyone wants to know before an update."""
    if changes.renamed:
        names = {"old": wording.plain(changes.old_name), "new": wording.plain(changes.name)}
        yield wording.say("renamed", **names)
    yield from _counts(changes, wording)
    if any(change.style or change.templates for change in changes.types):
        yield wording.say("looks_change")
    if changes.rewritten:
        yield wording.say("n_rewritten", n=changes.rewritten)
    yield wording.say("progress")


def _groups(changes: Changes, wording: _Wording) -> Iterator[tuple[str, list[str]]]:
    """Yields the kinds of changes that occur, the dangerous ones first, a line per change."""
    lines: dict[str, Iterator[str]] = {
        "gone": (_named(note, wording) for note in changes.gone),
        "blocked": (_named(note, wording) for note in changes.blocked),
        "new": (_new_note(note, changes, wording) for note in changes.new),
        "corrected": (line for one in changes.corrected for line in _correction(one, wording)),
        "cards": (
            f"{wording.note(one.note)}: {_added_and_removed(one.added, one.lost, wording)}"
            for one in changes.cards
        ),
        "retired": (_retired(note, wording) for note in changes.retired),
        "taken_back": (_named(note, wording) for note in changes.taken_back),
        "moved": (
            f"{wording.note(one.note)}: {_subdeck(one.old, wording)} → {_subdeck(one.new, wording)}"
            for one in changes.moved
        ),
        "tagged": (
            f"{wording.note(one.note)}: "
            + " ".join([*map(wording.old, one.removed), *map(wording.new, one.added)])
            for one in changes.tagged
        ),
        "restyled": (
            f"{wording.note(one.note)}: {wording.names([field.field for field in one.fields])}"
            for one in changes.restyled
        ),
        "types": (_type(one, wording) for one in changes.types),
        "media": (wording.plain(without_hashes(one.new)) for one in changes.media),
    }
    return ((key, found) for key, iterator in lines.items() if (found := list(iterator)))


def _named(note: NoteState, wording: _Wording) -> str:
    """Returns the name of the note and its text, once where the text is the name."""
    name, text = wording.note(note), wording.plain(_first_words(note.text))
    return name if not text or name in (text, f"**{text}**") else f"{name}: {text}"


def _new_note(note: NoteState, changes: Changes, wording: _Wording) -> str:
    subdeck = note.deck.removeprefix(changes.name).removeprefix("::")
    count = wording.say("n_cards", n=len(note.cards))
    inside = f"{wording.plain(subdeck)}, {count}" if subdeck else count
    return f"{_named(note, wording)} ({inside})"


def _retired(note: NoteState, wording: _Wording) -> str:
    reason = visible(note.notice)
    return f"{wording.note(note)}: {wording.plain(reason)}" if reason else wording.note(note)


def _subdeck(name: str, wording: _Wording) -> str:
    return wording.plain(name) or wording.say("top")


def _correction(correction: Correction, wording: _Wording) -> Iterator[str]:
    for field in correction.fields:
        notice = field.field == ENGINE_FIELD
        name = wording.say("field_notice") if notice else wording.plain(field.field)
        yield f"{wording.note(correction.note)}: {name}: {_field(field, wording)}"


def _field(field: FieldChange, wording: _Wording) -> str:
    if field.kind == "text":
        return _words(field.parts, wording)
    return wording.say({"gaps": "gaps", "media": "changed_media", "looks": "markup"}[field.kind])


def _words(parts: Sequence[Part], wording: _Wording) -> str:
    last = len(parts) - 1
    mark = {"old": wording.old, "new": wording.new}
    return " ".join(
        wording.plain(_context(part.text, first=place == 0, last=place == last))
        if part.kind == "same"
        else mark[part.kind](part.text)
        for place, part in enumerate(parts)
    )


def _context(text: str, *, first: bool, last: bool) -> str:
    """Returns the words next to a change, with … for the rest."""
    words = text.split()
    before = [] if first else words[:_CONTEXT_WORDS]
    after = [] if last else words[-_CONTEXT_WORDS:]
    if len(before) + len(after) >= len(words):
        return text
    return " ".join([*before, "…", *after])


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join([*words[:_NAME_WORDS], "…"] if len(words) > _NAME_WORDS else words)


def _added_and_removed(added: Sequence[str], removed: Sequence[str], wording: _Wording) -> str:
    items = [wording.new(name) for name in added]
    if removed:
        items.append(wording.say("lost", names=" ".join(map(wording.old, removed))))
    return ", ".join(items)


def _type(change: TypeChange, wording: _Wording) -> str:
    items = [f"{wording.old(change.old_name)} → {wording.new(change.name)}"]
    items = items if change.old_name != change.name else []
    items += [wording.say("style")] if change.style else []
    for key, names in (
        ("templates", change.templates),
        ("fields", change.fields),
        ("claimed", change.cards),
    ):
        items += [wording.say(key, names=wording.names(names))] if names else []
    items += [f"{wording.old(old)} → {wording.new(new)}" for old, new in change.renamed]
    items += [wording.say("conflict")] if change.conflict else []
    return f"{wording.plain(change.name)}: {'; '.join(items)}"


def _json(value: Any) -> Any:
    """Converts named tuples to objects; a note is given without its fields."""
    if isinstance(value, NoteState):
        content = value._asdict() | {"notice": visible(value.notice)}
        del content["fields"]
        return content | {"cards": list(value.cards.values())}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: _json(part) for key, part in value._asdict().items()}
    return [_json(part) for part in value] if isinstance(value, tuple) else value
