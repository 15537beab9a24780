"""cards/<deck>/changelog.md: what each release changes, for students, in their language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.core.model import Deck
from kartu.core.patterns import pattern
from kartu.ledger.changes import Changes
from kartu.load.names import RETIRED_TAG, tag_part

_TEXTS = {
    "id": {
        "title": "Catatan perubahan",
        "first": "Terbitan pertama: {count} kartu, menjadi {cards} di Anki.",
        "replaced": "Semua {count} kartu diganti, juga suntingan dan label Anda sendiri padanya.",
        "new": "Baru ({count})",
        "corrected": "Diperbaiki ({count})",
        "corrected_note": "Suntingan dan label Anda sendiri pada kartu ini diganti.",
        "retired": "Tidak dipakai lagi ({count})",
        "retired_note": "Kartunya tetap ada. Cari `tag:{tag}` di Anki, lalu tangguhkan.",
        "cards": "Tambahan di Anki pada {count} kartu yang sudah ada",
        "back": "Dipakai lagi ({count})",
        "gone": "Dihapus dari dek ({count})",
        "looks": "Tampilan kartu diperbarui.",
        "major": "Perhatian: kemajuan belajar pada sebagian kartu bisa hilang. Alasannya: {reason}",
        "deck": "Keterangan dek diperbarui.",
        "arranged": "Urutan kartu baru atau isi edisi diperbarui.",
    },
    "en": {
        "title": "Changelog",
        "first": "First release. Notes: {count}, cards: {cards}.",
        "replaced": "All {count} notes are replaced, and so are your own edits and tags on them.",
        "new": "New ({count})",
        "corrected": "Corrected ({count})",
        "corrected_note": "Your own edits and tags on these notes are replaced.",
        "retired": "No longer used ({count})",
        "retired_note": "The cards stay. Search for `tag:{tag}` in Anki and suspend them.",
        "cards": "New cards of {count} notes that you have",
        "back": "Used again ({count})",
        "gone": "Removed from the deck ({count})",
        "looks": "The look of the cards was updated.",
        "major": "Attention: progress on some cards may be lost. The reason: {reason}",
        "deck": "The description of the deck was updated.",
        "arranged": "The order of new cards or the choice of an edition was updated.",
    },
}

_MARKUP = pattern(r"<[^>]+>|\{\{c[\d,]+::|(?:::[^{}]*)?\}\}")


def section(
    built: BuiltDeck, changes: Changes, version: str, date: str, reason: str, description: str = ""
) -> str:
    """Returns the section of one release, in the deck's language (English if not supported).

    `description` lists the changes word by word, where the previous package is available for
    comparison; else the notes are named.
    """
    texts = _TEXTS.get(built.source.language.partition("-")[0], _TEXTS["en"])
    notes = {str(note.source.id): note for note in built.notes}
    new = changes.with_cause("new")
    parts = [f"## {version} ({date})"]
    if reason:
        escaped = " ".join(reason.split()).replace("<", "&lt;")
        parts.append(texts["major"].format(reason=escaped))
    if len(new) == len(notes) and not changes.gone:
        key = "replaced" if built.source.in_place else "first"
        cards = sum(len(note.cards) for note in built.notes)
        parts.append(texts[key].format(count=len(new), cards=cards))
        return "\n\n".join(parts) + "\n"
    retired = changes.with_cause("retired")
    tag = f"{tag_part(built.source.prefix)}::{RETIRED_TAG}"
    if description.strip():
        parts += [
            description.strip(),
            *([texts["retired_note"].format(tag=tag)] if retired else []),
        ]
        return "\n\n".join(parts) + "\n"
    parts += _change_lists(changes, notes, texts, tag)
    if changes.types:
        parts.append(texts["looks"])
    if changes.deck:
        parts.append(texts["deck"])
    if changes.only_arranged:
        parts.append(texts["arranged"])
    return "\n\n".join(parts) + "\n"


def _change_lists(
    changes: Changes, notes: dict[str, BuiltNote], texts: dict[str, str], tag: str
) -> Iterator[str]:
    """The notes that are new, changed or gone, by name, and the new cards of published notes."""
    retired, back = changes.with_cause("retired"), changes.with_cause("taken back")
    corrected = [one for one in changes.touched if one not in retired and one not in back]
    cards = {one: _added(notes[one], added) for one, added in changes.added_cards.items()}
    for key, lines, remark in (
        ("new", [_line(notes[one]) for one in changes.with_cause("new")], ""),
        ("corrected", [_line(notes[one]) for one in corrected], texts["corrected_note"]),
        ("cards", list(cards.values()), ""),
        ("retired", [_line(notes[one]) for one in retired], texts["retired_note"].format(tag=tag)),
        ("back", [_line(notes[one]) for one in back], ""),
        ("gone", changes.gone, ""),
    ):
        if lines:
            heading = texts[key].format(count=len(lines))
            yield f"### {heading}\n\n" + "\n".join(f"- {line}" for line in lines)
            if remark:
                yield remark


def with_message(lines: str, message: str) -> str:
    """Returns the section of a release with its author's own words at its head."""
    paragraphs = [" ".join(one.split()) for one in re.split(r"\n\s*\n", message)]
    told = [_escaped(one) for one in paragraphs if one]
    head, _end, rest = lines.partition("\n")
    return "\n\n".join([head, *told]) + f"\n{rest}"


def _escaped(paragraph: str) -> str:
    """A paragraph that is no heading, list or HTML in Markdown."""
    plain = paragraph.replace("<", "&lt;")
    return f"\\{plain}" if plain[0] in "#>-+*=|`~" else plain


def with_section(changelog: str, lines: str, deck: Deck) -> bytes:
    """The changelog with a section added above the others, below any introduction."""
    if not changelog.strip():
        texts = _TEXTS.get(deck.language.partition("-")[0], _TEXTS["en"])
        return f"# {deck.name}: {texts['title']}\n\n{lines}".encode()
    first = re.search(r"^## ", changelog, re.MULTILINE)
    at = first.start() if first else len(changelog)
    head = changelog[:at] if first else changelog.rstrip() + "\n\n"
    rest = f"\n{changelog[at:]}" if first else ""
    return f"{head}{lines}{rest}".encode()


def _added(note: BuiltNote, numbers: list[str]) -> str:
    """The note's first field, and the names of its new cards; gaps have their numbers."""
    cards = note.note_type.cards
    standard = note.note_type.source.kind == "standard"
    names = [cards[int(one) - 1].name if standard else f"c{one}" for one in numbers]
    return f"{_line(note)} ({', '.join(names)})"


def _line(note: BuiltNote) -> str:
    """The note's first field as plain text, and its reason if it is retired."""
    shown = " ".join(unescape(_MARKUP.sub(" ", note.fields[0])).split())
    shown = shown if len(shown) <= 80 else f"{shown[:77].rstrip()}…"
    return f"{shown}: {note.source.retired.strip()}" if note.source.retired else shown
