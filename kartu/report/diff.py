"""What a student will notice: as text for a terminal, Markdown for a release, JSON for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from kartu.compile.render.visible import visible, without_hashes
from kartu.load.note_type import ENGINE_FIELD
from kartu.publish.diff.changes import Changes, Correction, FieldChange, TypeChange
from kartu.publish.diff.state import NoteState
from kartu.publish.diff.words import Part
from kartu.report.diagnostics import Style, plain

# Words of context around a change, and of a note's text where it stands for the note.
_CONTEXT = 4
_NAME_WORDS = 12

_MARKS = re.compile(r"([\\`*_\[\]<>~&$|])")

# By language; one and many are divided by |.
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
        "conflict": "fields or cards lie otherwise than before",
        "field_notice": "notice",
    },
    "id": {
        "none": "Tidak ada perbedaan yang terlihat oleh siswa.",
        "only_new": "Dek baru: {n} catatan, {cards}.",
        "only_old": "Dek ini tidak ada lagi di versi baru ({n} catatan, {cards}): yang sudah kamu"
        " miliki tetap ada.",
        "n_cards": "{n} kartu",
        "notice": "Yang akan kamu lihat",
        "n_new": "{n} catatan baru",
        "n_new_cards": "{n} kartu baru",
        "n_corrected": "{n} catatan diperbaiki",
        "n_retired": "{n} catatan tidak dipakai lagi",
        "n_gone": "{n} catatan hilang",
        "n_blocked": "{n} catatan tidak diperbarui oleh Anki",
        "n_rewritten": "Pada {n} catatan, suntingan dan tag buatanmu sendiri diganti.",
        "progress": "Kemajuan belajarmu tetap tersimpan.",
        "looks_change": "Tampilan kartu berubah.",
        "other": "perubahan lain",
        "renamed": "Dek ini sekarang bernama {new}; kartu yang sudah kamu miliki tetap di {old}.",
        "new": "Baru",
        "corrected": "Diperbaiki",
        "cards": "Kartu bertambah atau berkurang pada catatan yang sudah ada",
        "retired": "Tidak dipakai lagi",
        "taken_back": "Dipakai kembali",
        "gone": "Hilang (dihapus dari dek: yang sudah kamu miliki tidak diperbarui lagi)",
        "blocked": "Tidak diperbarui (Anki menganggap jenis catatannya berbeda)",
        "moved": "Pindah subdek (kartu yang sudah kamu miliki tetap di tempatnya)",
        "tagged": "Hanya tag yang berubah",
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


class _Voice(NamedTuple):
    """How one report speaks: its texts, what stands for a note, how words are marked."""

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


def as_text(all_changes: Sequence[Changes], style: Style = plain) -> str:
    """For each deck a line with counts, then the changes in groups, a line each."""
    return "\n".join(_deck_as_text(changes, style) for changes in all_changes)


def as_markdown(all_changes: Sequence[Changes]) -> str:
    """For each deck a title and its sections, in the deck's language."""
    parts = []
    for changes in all_changes:
        versions = " → ".join(dict.fromkeys(filter(None, _versions(changes))))
        title = f"## {_escape(changes.name)} {versions}".rstrip()
        parts.append(f"{title}\n\n{markdown(changes, changes.language)}")
    return "\n".join(parts)


def markdown(changes: Changes, language: str, level: int = 3) -> str:
    """The changes of one deck as sections with bullets, without a title.

    `level` is that of the sections' headings. Languages without texts here get English.
    """
    voice = _markdown_voice(language)
    if changes.only or not changes:
        return _whole(changes, voice) + "\n"
    sections = [(voice.say("notice"), list(_notices(changes, voice)))]
    sections += [(voice.say(key), lines) for key, lines in _groups(changes, voice)]
    heading = "#" * level
    return "\n".join(
        f"{heading} {title}\n\n" + "".join(f"- {line}\n" for line in lines)
        for title, lines in sections
    )


def as_json(all_changes: Sequence[Changes]) -> str:
    """An object whose `decks` hold everything that differs."""
    content = {
        "report": 1,
        "decks": [
            {"different": bool(changes), "new_cards": changes.new_cards, **_json(changes)}
            for changes in all_changes
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _deck_as_text(changes: Changes, style: Style) -> str:
    voice = _Voice(
        _TEXTS["en"],
        lambda note: note.id,
        str,
        lambda words: style(f"[-{words}-]", "old"),
        lambda words: style(f"{{+{words}+}}", "new"),
    )
    versions = " → ".join(dict.fromkeys(filter(None, _versions(changes))))
    title = style(f"{changes.name} {versions}".rstrip(), "head")
    if changes.only or not changes:
        return f"{title}: {_whole(changes, voice)}\n"
    text = f"{title}: {', '.join(_counts(changes, voice)) or voice.say('other')}\n"
    if changes.renamed:
        text += f"{voice.say('renamed', old=changes.old_name, new=changes.name)}\n"
    if changes.rewritten:
        text += f"{voice.say('n_rewritten', n=changes.rewritten)}\n"
    for key, lines in _groups(changes, voice):
        heading = style(voice.say(key), "danger" if key in _DANGERS else "head")
        text += f"{heading}:\n" + "".join(f"  {line}\n" for line in lines)
    return text


def _markdown_voice(language: str) -> _Voice:
    return _Voice(
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


def _whole(changes: Changes, voice: _Voice) -> str:
    """A deck of which there is one sentence to say."""
    if not changes.only:
        return voice.say("none")
    notes = changes.new or changes.gone
    cards = voice.say("n_cards", n=sum(len(note.cards) for note in notes))
    return voice.say(f"only_{changes.only}", n=len(notes), cards=cards)


def _counts(changes: Changes, voice: _Voice) -> Iterator[str]:
    counted = {
        "n_new": len(changes.new),
        "n_new_cards": changes.new_cards,
        "n_corrected": len(changes.corrected),
        "n_retired": len(changes.retired),
        "n_gone": len(changes.gone),
        "n_blocked": len(changes.blocked),
    }
    return (voice.say(key, n=count) for key, count in counted.items() if count)


def _notices(changes: Changes, voice: _Voice) -> Iterator[str]:
    """First what everyone wants to know before an update."""
    if changes.renamed:
        names = {"old": voice.plain(changes.old_name), "new": voice.plain(changes.name)}
        yield voice.say("renamed", **names)
    yield from _counts(changes, voice)
    if any(change.style or change.templates for change in changes.types):
        yield voice.say("looks_change")
    if changes.rewritten:
        yield voice.say("n_rewritten", n=changes.rewritten)
    yield voice.say("progress")


def _groups(changes: Changes, voice: _Voice) -> Iterator[tuple[str, list[str]]]:
    """The kinds of changes that there are, the dangerous ones first, with a line a change."""
    lines: dict[str, Iterator[str]] = {
        "gone": (_named(note, voice) for note in changes.gone),
        "blocked": (_named(note, voice) for note in changes.blocked),
        "new": (_new_note(note, changes, voice) for note in changes.new),
        "corrected": (line for one in changes.corrected for line in _correction(one, voice)),
        "cards": (
            f"{voice.note(one.note)}: {_added_and_lost(one.added, one.lost, voice)}"
            for one in changes.cards
        ),
        "retired": (_retired(note, voice) for note in changes.retired),
        "taken_back": (_named(note, voice) for note in changes.taken_back),
        "moved": (
            f"{voice.note(one.note)}: {_subdeck(one.old, voice)} → {_subdeck(one.new, voice)}"
            for one in changes.moved
        ),
        "tagged": (
            f"{voice.note(one.note)}: "
            + " ".join([*map(voice.old, one.removed), *map(voice.new, one.added)])
            for one in changes.tagged
        ),
        "restyled": (
            f"{voice.note(one.note)}: {voice.names([field.field for field in one.fields])}"
            for one in changes.restyled
        ),
        "types": (_type(one, voice) for one in changes.types),
        "media": (voice.plain(without_hashes(one.new)) for one in changes.media),
    }
    return ((key, found) for key, some in lines.items() if (found := list(some)))


def _named(note: NoteState, voice: _Voice) -> str:
    """The note, and its text unless that stands for it already."""
    name, text = voice.note(note), voice.plain(_first_words(note.text))
    return name if not text or name in (text, f"**{text}**") else f"{name}: {text}"


def _new_note(note: NoteState, changes: Changes, voice: _Voice) -> str:
    subdeck = note.deck.removeprefix(changes.name).removeprefix("::")
    count = voice.say("n_cards", n=len(note.cards))
    inside = f"{voice.plain(subdeck)}, {count}" if subdeck else count
    return f"{_named(note, voice)} ({inside})"


def _retired(note: NoteState, voice: _Voice) -> str:
    reason = visible(note.notice)
    return f"{voice.note(note)}: {voice.plain(reason)}" if reason else voice.note(note)


def _subdeck(name: str, voice: _Voice) -> str:
    return voice.plain(name) or voice.say("top")


def _correction(correction: Correction, voice: _Voice) -> Iterator[str]:
    for field in correction.fields:
        notice = field.field == ENGINE_FIELD
        name = voice.say("field_notice") if notice else voice.plain(field.field)
        yield f"{voice.note(correction.note)}: {name}: {_field(field, voice)}"


def _field(field: FieldChange, voice: _Voice) -> str:
    if field.kind == "text":
        return _words(field.parts, voice)
    return voice.say({"gaps": "gaps", "media": "changed_media", "looks": "markup"}[field.kind])


def _words(parts: Sequence[Part], voice: _Voice) -> str:
    last = len(parts) - 1
    mark = {"old": voice.old, "new": voice.new}
    return " ".join(
        voice.plain(_context(part.text, first=place == 0, last=place == last))
        if part.kind == "same"
        else mark[part.kind](part.text)
        for place, part in enumerate(parts)
    )


def _context(text: str, *, first: bool, last: bool) -> str:
    """The words next to a change; … stands for the others."""
    words = text.split()
    before = [] if first else words[:_CONTEXT]
    after = [] if last else words[-_CONTEXT:]
    if len(before) + len(after) >= len(words):
        return text
    return " ".join([*before, "…", *after])


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join([*words[:_NAME_WORDS], "…"] if len(words) > _NAME_WORDS else words)


def _added_and_lost(added: Sequence[str], lost: Sequence[str], voice: _Voice) -> str:
    told = [voice.new(name) for name in added]
    if lost:
        told.append(voice.say("lost", names=" ".join(map(voice.old, lost))))
    return ", ".join(told)


def _type(change: TypeChange, voice: _Voice) -> str:
    told = [f"{voice.old(change.old_name)} → {voice.new(change.name)}"]
    told = told if change.old_name != change.name else []
    told += [voice.say("style")] if change.style else []
    for key, names in (
        ("templates", change.templates),
        ("fields", change.fields),
        ("claimed", change.cards),
    ):
        told += [voice.say(key, names=voice.names(names))] if names else []
    told += [f"{voice.old(was)} → {voice.new(now)}" for was, now in change.renamed]
    told += [voice.say("conflict")] if change.conflict else []
    return f"{voice.plain(change.name)}: {'; '.join(told)}"


def _json(value: Any) -> Any:
    """Named tuples become objects with the names as keys; a note tells what one knows it by."""
    if isinstance(value, NoteState):
        known = value._asdict() | {"notice": visible(value.notice)}
        del known["fields"]
        return known | {"cards": list(value.cards.values())}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: _json(part) for key, part in value._asdict().items()}
    return [_json(part) for part in value] if isinstance(value, tuple) else value
