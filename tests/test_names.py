"""Names in the scripts of the world: what kartu allows is what the real Anki keeps."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import genanki
import pytest
from support.engine import cards, collection, import_package, note_by_guid
from support.program import Run
from support.projects import write_project
from support.round_trip import imported_content, round_trip

from kartu.load.names import card_name_fault, deck_name_fault, field_name_fault, tag_fault

# Characters that names are written with, and others that only look like nothing.
_CHARACTERS = [
    *"\u200c\u200d\u200b\u3000\xa0\u2009\u202f\u1680\u200e\u200f\u061c\u202a\u202e\u2066\u2069\xad",
    *"\ufe0e\ufe0f\U000e0100\u2060\ufeff\u034f\u0323\u212b\uf900\ue000\u180b\u180e\u3164\u2800",
    *" '“_\\<&,;()[.@:/#^{}~|%?!=>+$`-\"*\u2028\x85\x7f",
    *("e\u0301", "\u1112\u1161\u11ab", "::", ":: ", " ::", ":::"),
    *("हिन्दी", "คำ", "❤️", "1\ufe0f\u20e3"),
    *("👨\u200d👩\u200d👧", "🏴\U000e0067\U000e0062\U000e007f"),
    *("می\u200cخواهم", "日本語\u3000単語"),
]
_NAMES = [form.format(one) for one in _CHARACTERS for form in ("a{}b", "{}ab", "ab{}")]

# Anki keeps these too. In tags its searches do not find them (26.9.3) or read them otherwise; in
# names of cards they are the templates' own, and at their ends nobody writes a space on purpose.
_NOT_IN_TAGS = frozenset('\xa0\u2009\u202f\u1680"*')
_NOT_IN_CARDS = frozenset("{}")
_CONTROL = frozenset("\u2028\x85\x7f")

_DECK = "日本語\u3000単語::می\u200cخواهم::ന്\u200d::👨\u200d👩\u200d👧"
_TAGS = ["می\u200cخواهم", "ന്\u200d::❤️", "soft\xadhyphen", "he\u200f"]
_FIELDS = ["हिन्दी\u3000می\u200c", "It's (B) 100%?"]


class _Kept(NamedTuple):
    """For each kind of name whether Anki keeps it."""

    deck: bool
    tag: bool
    field: bool
    card: bool
    note_type: bool


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, _Kept]:
    """What Anki makes of each name when it imports a package."""
    folder = tmp_path_factory.mktemp("names")
    decks = []
    for number, name in enumerate(_NAMES):
        card = {"name": name, "qfmt": "{{Z}}", "afmt": "{{Z}}"}
        fields = [{"name": "Z"}, {"name": name}]
        kind = genanki.Model(10_000 + number, f"{name}{number}{name}", fields, [card])
        deck = genanki.Deck(20_000 + number, f"Dek {number}::{name}")
        tags = [f"t{number}::{name}"] if " " not in name else []
        deck.add_note(genanki.Note(kind, ["x", "y"], guid=str(number), tags=tags))
        decks.append(deck)
    genanki.Package(decks).write_to_file(folder / "names.apkg")
    found = {}
    with collection(folder / "anki") as col:
        import_package(col, folder / "names.apkg")
        for number, name in enumerate(_NAMES):
            note = note_by_guid(col, str(number))
            kind = note.note_type()
            deck = col.decks.name(note.cards()[0].did)
            found[name] = _Kept(
                deck == f"Dek {number}::{name}",
                note.tags == [f"t{number}::{name}"],
                kind["flds"][1]["name"] == name,
                kind["tmpls"][0]["name"] == name,
                kind["name"] == f"{name}{number}{name}",
            )
    return found


def test_no_name_is_allowed_that_anki_changes(kept: dict[str, _Kept]) -> None:
    """A name without a fault is in Anki what it is in the sources."""
    for name, one in kept.items():
        assert one.deck or deck_name_fault(f"Dek::{name}"), ascii(name)
        assert one.tag or tag_fault(f"t::{name}"), ascii(name)
        assert one.field or field_name_fault(name), ascii(name)
        assert (one.card and one.note_type) or card_name_fault(name), ascii(name)


def test_names_that_anki_keeps_are_allowed(kept: dict[str, _Kept]) -> None:
    """Joiners, marks, wide spaces, emoji and marks of direction are part of names."""
    for name, one in kept.items():
        if not _CONTROL.isdisjoint(name):
            continue
        assert not one.deck or not deck_name_fault(f"Dek::{name}"), ascii(name)
        assert not one.field or not field_name_fault(name), ascii(name)
        if _NOT_IN_TAGS.isdisjoint(name):
            assert not one.tag or not tag_fault(f"t::{name}"), ascii(name)
        if one.card and name == name.strip() and _NOT_IN_CARDS.isdisjoint(name):
            assert not card_name_fault(name), ascii(name)


@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\xad\u200f", "a::\u200b", "a\u3000::b"])
def test_a_name_shows_something(name: str) -> None:
    """A part of nothing but invisible characters is as good as empty."""
    assert deck_name_fault(name)
    assert "::" in name or (field_name_fault(name) and tag_fault(name) and card_name_fault(name))


def test_students_get_the_names_as_they_are_written(kartu: Run, tmp_path: Path) -> None:
    """And the next release finds all of it there: nothing becomes a second deck or note type."""
    root = write_project(
        tmp_path,
        f"""--- cards/contoh/kartu.yaml
note_type: dasar
subdeck: {_DECK}
tags: [{", ".join(_TAGS)}]
notes:
  - {{id: satu, depan: Satu, belakang: One}}
--- templates/dasar/note_type.yaml
id: dasar
name: {_FIELDS[0]}
fields:
  - {{key: depan, name: {_FIELDS[0]}, id: 1, required: true}}
  - {{key: belakang, name: "{_FIELDS[1]}", id: 2, format: markdown}}
cards:
  - {{id: 1, name: {_FIELDS[0]}, front: maju.front.html, back: maju.back.html}}
--- templates/dasar/maju.front.html
{{{{{_FIELDS[0]}}}}}
--- templates/dasar/maju.back.html
{{{{FrontSide}}}}<hr id="answer">{{{{{_FIELDS[1]}}}}}
""",
    )
    with collection(tmp_path / "anki") as col:
        for time in ("1700000000", "1700000100"):
            done = kartu("build", cwd=root, env={"SOURCE_DATE_EPOCH": time})
            assert (done.returncode, done.stderr.count("warning")) == (0, 0), done.stderr
            import_package(col, root / "build/contoh.apkg")
        (card,) = cards(col)
        note = card.note()
        assert col.decks.name(card.did) == f"Contoh::{_DECK}"
        assert sorted(note.tags) == sorted(f"Contoh::{tag}" for tag in _TAGS)
        assert [note[name] for name in _FIELDS] == ["Satu", "One"]
        assert note.note_type()["name"] == f"Contoh {_FIELDS[0]}"
        assert "Satu" in card.question()
        assert "One" in card.answer()
        assert len(col.find_notes(f'"tag:Contoh::{_TAGS[0]}"')) == 1


def test_an_imported_deck_keeps_them(tmp_path: Path) -> None:
    """Cards of students stay where they are; only tags with a kind of space are written otherwise,
    and that is reported."""
    template = {"name": "K\u200c", "qfmt": f"{{{{{_FIELDS[0]}}}}}", "afmt": "{{FrontSide}}"}
    kind = genanki.Model(10_001, "M\u200d", [{"name": name} for name in _FIELDS], [template])
    decks = [genanki.Deck(101, f"Dunia::{_DECK}"), genanki.Deck(102, "Dunia::Dua  spasi")]
    for number, (deck, tags) in enumerate(zip(decks, (_TAGS, ["a\xa0b", "a"]), strict=True)):
        deck.add_note(genanki.Note(kind, [f"x{number}", "y"], guid=f"g{number}", tags=tags))
    original = tmp_path / "asal.apkg"
    genanki.Package(decks).write_to_file(original)
    result, (package,) = round_trip(original, tmp_path / "project")
    assert any('the tag "a\xa0b": it is now "a_b"' in one for one in result.dropped)
    before = imported_content(tmp_path / "before", original)
    after = imported_content(tmp_path / "after", package)
    assert before.cards == after.cards
    assert before.note_types == after.note_types
    assert before.notes["g0"] == after.notes["g0"]
    assert after.notes["g1"][2] == {"a_b", "a"}
    with collection(tmp_path / "student") as col:
        import_package(col, original)
        import_package(col, package)
        assert [col.decks.name(card.did) for card in cards(col)] == [deck.name for deck in decks]
