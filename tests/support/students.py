"""Students who study a deck in the real Anki, and change its notes as people do."""

from __future__ import annotations

import json
import random
import re
import sys
from pathlib import Path
from subprocess import run
from typing import Any, NamedTuple, TypeAlias

from anki.collection import Collection, DeckIdLimit, ExportAnkiPackageOptions

from support.engine import collection, import_package, note_by_guid

_LONE_PICTURE = re.compile('<img src="[^"]*" alt="[^"]*">')
_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_KINDS = {
    "letter": 35,
    "added word": 15,
    "example": 15,
    "deleted word": 10,
    "bold": 8,
    "pasted": 7,
    "cleared": 5,
    "styled": 2,
}
# What people add to the text that explains, which is the longest of a note; they correct any.
_ANNOTATING = ("example", "bold", "pasted", "styled")
_EXAMPLES = ("Contoh: warung sekolah", "Bandingkan dengan bab 2.", "misalnya di Bandung")
_PASTED = (
    ' <a href="https://id.wikipedia.org/wiki/ASEAN">ASEAN</a>',
    "<br><i>kutipan</i> &amp; <u>garis bawah</u>",
    "<ul><li>satu</li><li>dua</li></ul>",
    "<p>Paragraf <b>tebal</b></p>",
)


# Fields that nobody writes: they are made of other values.
_MADE = ("Sumber", "Keadaan", "Source", "Status")
TESTS = str(Path(__file__).parent.parent)


class Edit(NamedTuple):
    """What a student did to a field: the kind, and its HTML before and after."""

    kind: str
    before: str
    after: str


# What a student changed, by GUID and field.
Edits: TypeAlias = dict[tuple[str, str], Edit]


def edited(html: str, kind: str, chance: random.Random, *, optional: bool) -> Edit | None:
    """A person's change of a field; None where nothing of the kind is possible."""
    words = [one for one in _WORD.finditer(html) if _is_text(html, one.start())]
    if kind == "cleared" and optional:
        return Edit(kind, html, "")
    if kind == "example":
        line = chance.choice(_EXAMPLES)
        return Edit(kind, html, html + chance.choice([f"<br>{line}", f"<div>{line}</div>"]))
    if kind == "pasted":
        return Edit(kind, html, html + chance.choice(_PASTED))
    if kind == "styled":
        return Edit(kind, html, f'{html} <span style="color: red;">merah</span>')
    if not words:
        return None
    word = chance.choice(words)
    before, after = html[: word.start()], html[word.end() :]
    if kind == "deleted word":
        return Edit(kind, html, (before.rstrip(" ") + after).strip(" ") or "x")
    new = {
        "letter": word[0][:-1] + chance.choice("aiueonr"),
        "added word": f"{word[0]} sekali",
        "bold": f"<b>{word[0]}</b>",
    }.get(kind)
    return Edit(kind, html, before + new + after) if new not in (None, word[0]) else None


def _is_text(html: str, at: int) -> bool:
    """Whether a place is in no tag, formula or gap."""
    before = html[:at]
    pairs = (("<", ">"), ("{{", "}}"), ("\\(", "\\)"))
    return all(before.count(one) == before.count(other) for one, other in pairs)


def change_notes(col: Collection, chance: random.Random, number: int) -> Edits:
    """Changes fields of some notes, and gives some a tag of the student's own."""
    found: Edits = {}
    ids = [*col.find_notes("")]
    for id in chance.sample(ids, min(number, len(ids))):
        note = col.get_note(id)
        names = [field["name"] for field in note.note_type()["flds"]]  # type: ignore[index]
        places = [at for at, text in enumerate(note.fields) if text and names[at] not in _MADE]
        kind = chance.choices([*_KINDS], [*_KINDS.values()])[0]
        at = chance.choice(places)
        if kind in _ANNOTATING:
            at = max(places, key=lambda place: len(note.fields[place]))
        edit = edited(note.fields[at], kind, chance, optional=at > 1)
        if edit is None or edit.after == edit.before:
            continue
        note.fields[at] = edit.after
        if chance.random() < 0.3:
            note.add_tag("catatan-rahasia-siswa")
        col.update_note(note)
        found[note.guid, names[at]] = edit
    return found


def add_note(col: Collection, chance: random.Random) -> str:
    """Adds a note of the deck's note types in one of its decks, and returns its GUID."""
    like = col.get_note(chance.choice([*col.find_notes("")]))
    note = col.new_note(like.note_type())  # type: ignore[arg-type]
    note.fields = [*like.fields]
    at = next(at for at, text in enumerate(note.fields) if text)
    note.fields[at] = f"{note.fields[at]} (buatan saya {chance.random()})"
    note.add_tag("catatan-rahasia-siswa")
    col.add_note(note, like.cards()[0].did)
    return str(note.guid)


def change_picture(col: Collection, chance: random.Random) -> dict[tuple[str, str], Edit]:
    """Puts another picture in place of one, as pasting does: without words for it."""
    data = _PNG + bytes([chance.randrange(256)])
    name = col.media.write_data(f"paste-{chance.randrange(10**9)}.png", data)
    for id in chance.sample([*col.find_notes("")], col.note_count()):
        note = col.get_note(id)
        names = [field["name"] for field in note.note_type()["flds"]]  # type: ignore[index]
        for at, text in enumerate(note.fields):
            if _LONE_PICTURE.fullmatch(text):
                before, note.fields[at] = text, f'<img src="{name}">'
                col.update_note(note)
                return {(note.guid, names[at]): Edit("picture", before, note.fields[at])}
    return {}


def note_of(col: Collection, id: str) -> Any:
    """The note of the deck with this id."""
    guid = col.db.scalar("select guid from notes where guid like ?", f"%:{id}")  # type: ignore[union-attr]
    return note_by_guid(col, guid)


def study(col: Collection, chance: random.Random) -> None:
    """Answers some cards, suspends one and flags one."""
    for _number in range(10):
        card = col.sched.getCard()
        if card is None:
            break
        col.sched.answerCard(card, chance.choice((1, 3, 4)))
    cards = [*col.find_cards("")]
    col.sched.suspend_cards([chance.choice(cards)])
    col.set_user_flag_for_cards(1, [chance.choice(cards)])


def a_class(package: Path, deck: str, folder: Path, number: int, notes: int) -> list[Edits]:
    """Packages `0.apkg` … of so many students, who each changed so many notes, and their edits."""
    found = []
    for one in range(number):
        chance = random.Random(one)
        with collection(folder / f"s{one}") as col:
            import_package(col, package)
            study(col, chance)
            found.append(change_notes(col, chance, notes) | change_picture(col, chance))
            add_note(col, chance)
            handed_in(col, deck, folder / f"{one}.apkg")
    return found


def a_class_elsewhere(python: str, *arguments: object) -> list[Edits]:
    """The same with the Anki of another Python."""
    command = [python, __file__, *map(str, arguments)]
    done = run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": TESTS})
    printed = json.loads(done.stdout.splitlines()[-1])  # Anki prints warnings before it
    return [{(guid, field): Edit(*edit) for guid, field, edit in one} for one in printed]


def handed_in(col: Collection, deck: str, path: Path) -> Path:
    """The student's deck, exported without progress."""
    options = ExportAnkiPackageOptions(
        with_scheduling=False, with_deck_configs=False, with_media=True, legacy=False
    )
    limit = DeckIdLimit(col.decks.id_for_name(deck))  # type: ignore[arg-type]
    col.export_anki_package(out_path=str(path), options=options, limit=limit)
    return path


if __name__ == "__main__":
    package, deck, folder, number, notes = sys.argv[1:]
    made = a_class(Path(package), deck, Path(folder), int(number), int(notes))
    print(json.dumps([[[*place, edit] for place, edit in one.items()] for one in made]))
