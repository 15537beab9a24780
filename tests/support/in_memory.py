"""A fixed project in memory, in which a test replaces the content of one file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kartu.core.diagnostics import Diagnostics
from kartu.core.model import Deck, NoteType
from kartu.core.source import Span
from kartu.load.card_set import load_card_set
from kartu.load.deck import load_deck
from kartu.load.files import Files
from kartu.load.note_type import load_note_type
from support.projects import EXAMPLES, sections

DECK, SET = "cards/contoh/deck.yaml", "cards/contoh/kartu.yaml"
VARIANT, LEDGER = "cards/contoh/i18n/en.yaml", "cards/contoh/ledger.jsonl"
TYPE = "templates/dasar/note_type.yaml"

FORMATS = ("text", "markdown", "html", "list", "table", "image", "sound")

# A note type with a field of each format, and a cloze one.
_FIELDS = "".join(
    f"  - {{key: {one}, name: {one.title()}, id: {number}, format: {one}}}\n"
    for number, one in enumerate(FORMATS, 1)
)
_OWN = f"""--- templates/dasar/note_type.yaml
id: dasar
name: Dasar
fields:
{_FIELDS}cards:
  - {{id: 1, name: Maju, front: maju.front.html, back: maju.back.html}}
--- templates/dasar/maju.front.html
{{{{Text}}}}{{{{Image}}}}{{{{List}}}}
--- templates/dasar/maju.back.html
{{{{FrontSide}}}}{{{{Markdown}}}}{{{{Html}}}}{{{{Table}}}}{{{{Sound}}}}
--- templates/isian/note_type.yaml
id: isian
name: Isian
kind: cloze
fields: [{{key: teks, name: Teks, id: 1, format: markdown}}]
cards: [{{id: 1, name: Isian, front: a.html, back: a.html}}]
--- templates/isian/a.html
{{{{cloze:Teks}}}}
--- cards/contoh/kartu.yaml
note_type: dasar
notes:
  - {{id: satu, text: Satu}}
"""
PROJECT = sections((EXAMPLES / "base.txt").read_text("utf-8")) | sections(_OWN)


class InMemoryProject(Files):
    """The fixed project with the given content of one file, all in memory."""

    def __init__(self, path: str = "", content: bytes = b"") -> None:
        super().__init__(Path("/nowhere"))
        self.content = {name: text.encode() for name, text in PROJECT.items()} | {path: content}

    def inside(self, path: str) -> bool:
        return True

    def path(self, path: str) -> str:
        return (
            __file__ if path in self.content else super().path(path)
        )  # for callers that check whether it exists

    def names(self, folder: str) -> list[str]:
        below = [name for name in self.content if name.startswith(f"{folder}/")]
        return sorted({name[len(folder) + 1 :].partition("/")[0] for name in below})

    def is_folder(self, path: str) -> bool:
        return any(name.startswith(f"{path}/") for name in self.content)

    def is_file(self, path: str) -> bool:
        return path in self.content

    def read_bytes(self, path: str, diagnostics: Diagnostics) -> bytes | None:
        if path in self.content:
            return self.content[path]
        diagnostics.add("file-unreadable", Span(path), "not there")
        return None


@cache
def note_types() -> dict[str, NoteType | None]:
    diagnostics = Diagnostics()
    found = {
        one: load_note_type(InMemoryProject(), f"templates/{one}", diagnostics)
        for one in ("dasar", "isian")
    }
    assert not diagnostics, diagnostics
    return found


@cache
def deck() -> Deck:
    diagnostics = Diagnostics()
    notes = load_card_set(InMemoryProject(), SET, note_types(), diagnostics)
    found = load_deck(InMemoryProject(), "cards/contoh", notes, diagnostics)
    assert found is not None, diagnostics
    return found
