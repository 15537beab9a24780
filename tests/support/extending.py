"""Projects whose deck extends another one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kartu.compile.built import BuiltDeck
from kartu.core.progress import no_progress
from kartu.pipeline import compile_decks
from support.projects import EXAMPLES, copy_decks, sections, write_project

UID = "d20c5be1f7a94e83"

DECK = f"""\
id: kelas
uid: {UID}
name: KSI Kelas 9A
prefix: KSI9A
language: id
version: 1.0.0
extends: upstream/ksi
"""

# A small upstream in a project of its own, for laws on many changes.
SMALL = f"""--- cards/kelas/deck.yaml
{DECK}--- upstream/ksi/cards/asal/deck.yaml
id: asal
uid: b1b2c3d4e5f60718
name: Asal
language: id
version: 3.0.0
sources: {{buku: {{title: Buku}}, koran: {{title: Koran}}}}
--- upstream/ksi/cards/asal/1.yaml
note_type: dasar
subdeck: Bab
tags: [inti]
notes:
  - {{id: satu, depan: Satu, belakang: One, butir: [a, b], sources: [buku]}}
  - {{id: dua, depan: Dua, belakang: Two, sources: [koran]}}
  - {{id: tiga, depan: Tiga, butir: [c], sources: [buku, koran], as_of: 2026-01-02}}
  - {{id: empat, depan: Empat, belakang: Four, tabel: [[A, B], ["1", "2"]], sources: [buku]}}
--- upstream/ksi/templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
  - {{key: depan, name: Depan, id: 1, required: true}}
  - {{key: belakang, name: Belakang, id: 2, format: markdown}}
  - {{key: butir, name: Butir, id: 3, format: list}}
  - {{key: tabel, name: Tabel, id: 4, format: table}}
  - {{key: sumber, name: Sumber, id: 5, from: sources}}
cards:
  - {{id: 1, name: Maju, front: maju.front.html, back: maju.back.html}}
--- upstream/ksi/templates/dasar/maju.front.html
{{{{Depan}}}}
--- upstream/ksi/templates/dasar/maju.back.html
{{{{Belakang}}}}{{{{Butir}}}}{{{{Tabel}}}}{{{{Sumber}}}}
"""


class Content(NamedTuple):
    """What a student sees of a note, without what tells one deck from another."""

    id: str
    subdeck: str
    note_type: str
    fields: tuple[str, ...]
    tags: tuple[str, ...]
    cards: tuple[int, ...]
    media: tuple[str, ...]


def content(deck: BuiltDeck) -> list[Content]:
    """The notes in study order."""
    prefix = f"{deck.source.prefix}::"
    return [
        Content(
            str(note.source.id),
            note.deck_name.removeprefix(deck.source.name),
            note.note_type.source.name,
            tuple(note.fields),
            tuple(tag.removeprefix(prefix) for tag in note.tags),
            note.cards,
            tuple(one.name for one in note.media),
        )
        for note in deck.notes
    ]


class Look(NamedTuple):
    """How a note type looks: its style, and name, front and back of each card."""

    id: str
    css: str
    cards: list[tuple[str, str, str]]


def looks(deck: BuiltDeck) -> list[Look]:
    """How the note types look."""
    return [
        Look(one.source.id, one.css, [(card.name, card.front, card.back) for card in one.cards])
        for one in deck.note_types
    ]


def small(folder: Path) -> Path:
    """The small project, whose templates are all upstream's."""
    base = sections((EXAMPLES / "base.txt").read_text("utf-8"))
    shared = [path for path in base if path.startswith("templates/_shared/")]
    text = "".join(f"--- upstream/ksi/{path}\n{base[path]}" for path in shared)
    return write_project(folder, SMALL, text, base=False)


def built(project: Path) -> BuiltDeck:
    """The one deck of a project, that has no error."""
    compiled, diagnostics = compile_decks(project, [], None, no_progress)
    assert not [one for one in diagnostics if one.severity == "error"], diagnostics
    return next(one.built for one in compiled if not one.built.source.variant)


def extending(root: Path, folder: Path) -> Path:
    """A project in `folder` whose deck extends a copy of the checkout's."""
    copy_decks(root, folder / "upstream/ksi")
    deck = folder / "cards/kelas/deck.yaml"
    deck.parent.mkdir(parents=True)
    deck.write_text(DECK, "utf-8")
    return folder
