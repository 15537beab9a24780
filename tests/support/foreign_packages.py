"""Packages made by other programs: Anki itself, in each of its formats, and genanki."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import genanki
from anki.collection import Collection, DeckIdLimit, ExportAnkiPackageOptions
from anki.consts import CARD_TYPE_REV, QUEUE_TYPE_REV
from anki.decks import DeckId

from support.engine import collection

PICTURE, SOUND, LOGO, OTHER = b"\x89PNG peta", b"ID3 suara", b"\x89PNG logo", b"\xff\xd8 foto"
TOP = "Kelas 8"

_OCCLUSION = "{{c1::image-occlusion:rect:left=.1:top=.2:width=.3:height=.4}}<br>"

FORMS = {
    "old.apkg": {"legacy": True, "with_scheduling": False},
    "new.apkg": {"legacy": False, "with_scheduling": False},
    "old-studied.apkg": {"legacy": True, "with_scheduling": True, "with_deck_configs": True},
    "new-studied.apkg": {"legacy": False, "with_scheduling": True, "with_deck_configs": True},
    "old.colpkg": {"legacy": True},
    "new.colpkg": {"legacy": False},
}


def from_anki(folder: Path) -> dict[str, Path]:
    """Returns one collection with everything, exported in each format, by the name of the file."""
    with collection(folder / "author") as col:
        _fill(col)
        limit = DeckIdLimit(_deck(col, TOP))
        found = {name: folder / name for name in FORMS}
        for name, form in FORMS.items():
            if name.endswith(".apkg"):
                options = ExportAnkiPackageOptions(with_media=True, **form)
                col.export_anki_package(out_path=str(found[name]), options=options, limit=limit)
        for name, form in FORMS.items():
            if name.endswith(".colpkg"):
                col.export_collection_package(str(found[name]), True, form["legacy"])
                col.reopen()
    return found


def _fill(col: Collection) -> None:
    media = {"foto.jpg": OTHER, "_logo.png": LOGO, "é suara.ogg": SOUND, "tak terpakai.png": b"x"}
    for name, content in media.items():
        assert col.media.write_data(name, content) == name
    basic = _model(col, "Basic")
    basic["css"] += ".sekolah { background: url(_logo.png) }"
    basic["sortf"] = 1
    col.models.update_dict(basic)
    for name in ("Basic", "Basic (and reversed card)", "Cloze", "Basic (type in the answer)"):
        for number in range(3):
            front = f'{name} {number} <img src="foto.jpg"> {{{{c1::x}}}} <i style="color:red">t</i>'
            back = f"b {number} &amp; &lt;c&gt;<br>[sound:é suara.ogg]"
            where = f"{TOP}::{'02 B' if number else '01 A'}"
            _add(col, _model(col, name), (front, back), where, ["Tema::air"] * number)
    occlusion = next(one for one in col.models.all() if one.get("originalStockKind") == 6)
    fields = (_OCCLUSION, '<img src="foto.jpg">', "Judul", "", "")
    _add(col, occlusion, fields, f"{TOP}::03 Gambar", ["leech", "tema::Air"])
    for number in list(col.find_cards("deck:*"))[:4]:
        card = col.get_card(number)
        card.original_position = card.due
        card.type, card.queue = CARD_TYPE_REV, QUEUE_TYPE_REV
        card.ivl, card.reps, card.due = 5, 3, col.sched.today + 3
        col.update_card(card)


def _add(col: Collection, model: Any, fields: Sequence[str], deck: str, tags: list[str]) -> None:
    note = col.new_note(model)
    note.fields = list(fields)
    note.tags = tags
    col.add_note(note, _deck(col, deck))


def _model(col: Collection, name: str) -> Any:
    return col.models.by_name(name)


def _deck(col: Collection, name: str) -> DeckId:
    number = col.decks.id(name)
    assert number is not None
    return number


def genanki_deck(name: str, number: int) -> Any:
    """Returns a deck of genanki's own note types and of one with media and awkward names."""
    odd = genanki.Model(
        1_607_392_319,
        'Peta "dunia"',
        fields=[{"name": "Soal"}, {"name": "Jawaban"}, {"name": "_id"}],
        templates=[
            {"name": "Maju", "qfmt": "{{Soal}}\r\n{{_id}}", "afmt": "{{Jawaban}}"},
            {"name": "Mundur", "qfmt": "{{#Jawaban}}{{Jawaban}}{{/Jawaban}}", "afmt": "{{Soal}}"},
        ],
        css=".card {\r\n  font-family: huruf; src: url(_logo.png)\r\n}",
        sort_field_index=1,
    )
    deck = genanki.Deck(number, name, description="<b>Peta</b> dunia")
    for model, fields in (
        (odd, ['<img src="peta dunia.png">', "Dunia <script>1</script>", "1"]),
        (odd, ["Apa?[sound:suara.mp3]", "  Tak\n apa-apa  ", ""]),
        (odd, ["&lt;b&gt; &nbsp;", "tebal<br>miring", "α — 漢字"]),
        (genanki.BASIC_MODEL, ["Berapa 1 + 1?", "2"]),
        (genanki.BASIC_MODEL, ["no", "012"]),
        (genanki.CLOZE_MODEL, ["{{c1::Roma}} di {{c2::Italia::negara}}", ""]),
        (genanki.BASIC_OPTIONAL_REVERSED_CARD_MODEL, ["a: b #c", "- d", "y"]),
    ):
        deck.add_note(genanki.Note(model, fields, tags=["bumi", "bumi::peta"]))
    return deck


def from_genanki(folder: Path, *names: str) -> Path:
    """Writes a package of genanki with these decks and media."""
    media = {"peta dunia.png": PICTURE, "suara.mp3": SOUND, "_logo.png": LOGO}
    for name, content in media.items():
        (folder / name).write_bytes(content)
    decks = [genanki_deck(name, 2_059_400_110 + number) for number, name in enumerate(names)]
    for number, deck in enumerate(decks):
        for place, note in enumerate(deck.notes):
            note.guid = f"g{number}-{place}"
    package = genanki.Package(decks)
    package.media_files = [str(folder / name) for name in media]
    path = folder / "genanki.apkg"
    package.write_to_file(path)
    return path
