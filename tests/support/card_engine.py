"""The real Anki, asked which cards it makes of a note type and its notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from anki.collection import Collection
from anki.decks import DeckId
from anki.errors import CardTypeError
from anki.models import NotetypeId

DECK = DeckId(1)
NAMES = ("Istilah", "Arti", "Contoh soal", "Gambar_1", "Catatan")

BLANK = ["", "", "", "<br>", " <BR />\n", "<div><br></div>", "\t", "\x07<br>", "</div >"]
FILLED = ["isi", "isi", "0", "&nbsp;", "\xa0", "\u3000", "<p></p>", "<br class=x>", "{{c1::isi}}"]
FILLED += ["<!-- kosong -->", "\u200b", "<img src=a.png>", "<br / >", "<div\n>"]


@dataclass(frozen=True)
class Note:
    values: tuple[str, ...]
    tagged: bool = False


def braces(inside: str) -> str:
    return "{{" + inside + "}}"


class Engine:
    """The real Anki, asked which cards it makes; what it is asked leaves no trace in it."""

    def __init__(self, collection: Collection) -> None:
        self._col = collection
        self._cloze_types: dict[tuple[tuple[str, ...], str], Any] = {}

    def standard(
        self, names: Sequence[str], fronts: Sequence[str], notes: Sequence[Note]
    ) -> list[tuple[int, ...]]:
        """The ordinals for each note; empty where Anki makes no card but its fallback.

        A first template that can never be true takes the fallback, so that it shows.
        """
        never = "{{#%s}}{{^%s}}{{%s}}{{/%s}}{{/%s}}" % ((names[0],) * 5)
        note_type = self._note_type(names, [never, *fronts], braces(names[0]))
        cards = [[card.ord for card in self._add(note_type, note).cards()] for note in notes]
        self._col.models.remove(note_type["id"])
        assert all(ordinals == [0] or 0 not in ordinals for ordinals in cards)
        return [tuple(ordinal - 1 for ordinal in ordinals if ordinal) for ordinals in cards]

    def cloze(self, names: Sequence[str], front: str, note: Note) -> tuple[int, ...]:
        """The ordinals, without cards that Anki itself reports as empty: its fallbacks."""
        key = (tuple(names), front)
        if key not in self._cloze_types:
            self._cloze_types[key] = self._note_type(names, [front], front, kind=1)
        added = self._add(self._cloze_types[key], note)
        report = self._col.get_empty_cards()
        empty = {card_id for one in report.notes for card_id in one.card_ids}
        ordinals = {card.ord for card in added.cards() if card.id not in empty}
        self._col.remove_notes([added.id])
        return tuple(sorted(ordinals))

    def renamed(self, front: str, old: str, new: str) -> str:
        """The front as Anki writes it anew when a field gets another name."""
        note_type = self._note_type(NAMES, [front], braces(NAMES[0]))
        next(one for one in note_type["flds"] if one["name"] == old)["name"] = new
        self._col.models.update_dict(note_type)
        written = self._col.models.get(note_type["id"])
        assert written is not None
        self._col.models.remove(note_type["id"])
        return str(written["tmpls"][0]["qfmt"])

    def refuses(self, front: str) -> bool:
        """Whether Anki accepts no note type with this front."""
        try:
            self._note_type(NAMES, [front + "{{Arti}}"], "{{Arti}}")
        except CardTypeError:
            return True
        return False

    def _add(self, note_type: Any, note: Note) -> Any:
        added = self._col.new_note(note_type)
        added.fields = list(note.values)
        added.tags = ["bentuk"] if note.tagged else []
        self._col.add_note(added, DECK)
        return added

    def _note_type(
        self, names: Sequence[str], fronts: Sequence[str], back: str, kind: int = 0
    ) -> Any:
        models = self._col.models
        note_type = models.new("Uji")
        note_type["type"] = kind
        for name in names:
            models.add_field(note_type, models.new_field(name))
        for number, front in enumerate(fronts):
            template = models.new_template(f"Kartu {number}")
            template["qfmt"], template["afmt"] = front, f"{back} x"
            models.add_template(note_type, template)
        return models.get(NotetypeId(models.add_dict(note_type).id))
