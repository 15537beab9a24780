"""The cards of the project as a reviewer displays them: every deck, in each theme."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kartu.anki.show import Side, show_card
from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.note_types import AnkiNoteType
from kartu.core.diagnostics import Diagnostics
from kartu.core.progress import no_progress
from kartu.load.files import Files
from kartu.pipeline import compile_decks
from support.program import ROOT
from support.real_decks import real_decks

THEMES = sorted(path.name for path in (ROOT / "templates/_shared/themes").iterdir())
MODES = {"light": "", "night": "nightMode night_mode"}
WIDTHS = (320, 390, 1200)

# What Anki's desktop displays instead of a sound or speech.
_BUTTON = (
    '<a class="replay-button soundLink" href="#" title="▶">'
    '<svg class="playImage" viewBox="0 0 64 64" version="1.1">'
    '<circle cx="32" cy="32" r="29"></circle><path d="M56 32L23 46V16z"></path>'
    "</svg></a>"
)
_SPOKEN = re.compile(r"\[sound:[^\]]*\]|\[anki:tts\b.*?\[/anki:tts\]", re.DOTALL)
_TYPED = re.compile(r"\[\[type:[^\]]*\]\]")
_BOX = '<center><input type="text" id="typeans" style="font-size: 20px"></center>'
_COMPARED = (
    '<div style="font-size: 20px"><code id=typeans>'
    '<span class="typeGood">A</span><span class="typeBad">b</span><br><span id=typearrow>↓</span>'
    '<br><span class="typeGood">A</span><span class="typeMissed">c</span></code></div>'
)


class DisplayedCard(NamedTuple):
    """A card; its sides are as Anki's desktop inserts them into the page."""

    deck: str
    note: str
    note_type: str
    card: str
    css: str
    side: Side


@cache
def decks(theme: str = "") -> tuple[BuiltDeck, ...]:
    """The decks of the project, in `theme` if one is named."""
    if not theme:
        return tuple(real_decks())
    folder = _folder()
    root = copy_project(folder / "project", theme)
    compiled, diagnostics = compile_decks(root, (), folder / "cache", no_progress)
    assert compiled, diagnostics
    return tuple(one.built for one in compiled)


@cache
def _folder() -> Path:
    """A folder for this process; pictures are drawn once for all themes, and kept in its cache."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def note_types(theme: str = "") -> list[AnkiNoteType]:
    """The note types of the first deck."""
    return list(decks(theme)[0].note_types)


@cache
def all_cards(theme: str = "") -> list[DisplayedCard]:
    """Every card of every deck."""
    return [
        _display(deck, note, card)
        for deck in decks(theme)
        for note in deck.notes
        for card in note.cards
    ]


def one_of_each(shown: list[DisplayedCard]) -> list[DisplayedCard]:
    """The longest card of each template."""
    longest = sorted(shown, key=lambda one: len(one.side.answer))
    return list({(one.note_type, one.card): one for one in longest}.values())


def write_media(folder: Path) -> None:
    """Writes the pictures with the names that cards refer to."""
    files = Files(ROOT)
    for deck in decks():
        for file in {file for note in deck.notes for file in note.media}:
            content = file.content or files.read_bytes(file.path, Diagnostics())
            assert content is not None
            (folder / file.name).write_bytes(content)


def copy_project(folder: Path, theme: str = "") -> Path:
    """Copies the project without its ledgers, each deck in `theme` if one is named."""
    for name in ("cards", "templates"):
        ignored = shutil.ignore_patterns("ledger*.jsonl", "changelog*.md")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored, dirs_exist_ok=True)
    for deck in (folder / "cards").glob("*/deck.yaml") if theme else ():
        deck.write_text(f"{deck.read_text('utf-8')}theme: {theme}\n", "utf-8")
    return folder


def _display(deck: BuiltDeck, note: BuiltNote, position: int) -> DisplayedCard:
    kind = note.note_type
    template = kind.cards[position if kind.source.kind == "standard" else 0]
    side = show_card(
        template.front,
        template.back,
        dict(zip([field.name for field in kind.fields], note.fields, strict=True)),
        number=position + 1,
        cloze=kind.source.kind != "standard",
        special={"Subdeck": note.deck_name.rpartition("::")[2], "Tags": " ".join(note.tags)},
    )
    front = _TYPED.sub(_BOX, _SPOKEN.sub(_BUTTON, side.question))
    back = _TYPED.sub(_COMPARED, _SPOKEN.sub(_BUTTON, side.answer))
    sides = Side(front, back)
    return DisplayedCard(
        str(deck.source.id), str(note.source.id), kind.source.id, template.name, kind.css, sides
    )
