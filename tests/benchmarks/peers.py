"""Other ways to an Anki deck, given the same notes: scripts and the tools of others.

The tools are looked for in the folders named in KARTU_PEERS (divided by `:`, each the bin/ of an
environment); those that are not there are left out of the table. Each is given what it reads best:
one file a subdeck, or one file in all where it knows no other way.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus import Row, write_csv, write_media
from measure import Program

BARE = """\
import csv, glob, genanki
sides = [{"name": "Maju", "qfmt": "{{Istilah}}",
          "afmt": "{{FrontSide}}<hr id=answer>{{Arti}}<p>{{Contoh}}</p>"},
         {"name": "Mundur", "qfmt": "{{Arti}}", "afmt": "{{FrontSide}}<hr id=answer>{{Istilah}}"}]
fields = [{"name": name} for name in ("Istilah", "Arti", "Contoh")]
model = genanki.Model(1607392319, "Istilah", fields=fields, templates=sides)
cloze = genanki.Model(1607392320, "Isian", fields=[{"name": "Teks"}], model_type=1,
                      templates=[{"name": "Isian", "qfmt": "{{cloze:Teks}}",
                                  "afmt": "{{cloze:Teks}}"}])
decks = {}
with open("notes.csv", encoding="utf-8", newline="") as file:
    rows = csv.reader(file)
    next(rows)
    for _, kind, subdeck, *texts, tags in rows:
        if subdeck not in decks:
            decks[subdeck] = genanki.Deck(2059400110 + len(decks), f"Besar::{subdeck}")
        note = genanki.Note(model if kind == "istilah" else cloze, texts, tags=tags.split(" | "))
        decks[subdeck].add_note(note)
package = genanki.Package(list(decks.values()))
package.media_files = glob.glob("media/*")
package.write_to_file("bare.apkg")
"""

FLOOR = """\
import csv, itertools, sqlite3, zipfile
from floor_schema import SCHEMA, COL
tables, *indexes = SCHEMA.split("CREATE INDEX")
db = sqlite3.connect(":memory:")
db.executescript(tables)
db.executescript(COL)
number, notes, cards, decks = itertools.count(1), [], [], {}
with open("notes.csv", encoding="utf-8", newline="") as file:
    rows = csv.reader(file)
    next(rows)
    for id, kind, subdeck, *texts, tags in rows:
        deck = decks.setdefault(subdeck, len(decks) + 2)
        note = next(number)
        tags = tags.replace(" | ", " ")
        notes.append((note, id, 1, 1, -1, f" {tags} ", "\\x1f".join(texts), texts[0], 0, 0, ""))
        for ord in (0, 1):
            cards.append((next(number), note, deck, ord, 1, -1, *([0] * 11), ""))
db.executemany("INSERT INTO notes VALUES(?,?,?,?,?,?,?,?,?,?,?)", notes)
db.executemany(f"INSERT INTO cards VALUES({','.join('?' * 18)})", cards)
for index in indexes:
    db.execute(f"CREATE INDEX{index}")
db.commit()
with zipfile.ZipFile("floor.apkg", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
    package.writestr("collection.anki2", db.serialize())
    package.writestr("media", "{}")
"""

LIBRARY = """\
import csv, os, sys
from anki.collection import Collection, AddNoteRequest, ExportAnkiPackageOptions
if os.path.exists("c.anki2"):
    os.unlink("c.anki2")
col = Collection("c.anki2")
basic = col.models.by_name("Basic (and reversed card)")
decks, requests = {}, []
with open("notes.csv", encoding="utf-8", newline="") as file:
    rows = csv.reader(file)
    next(rows)
    for _, kind, subdeck, *texts, tags in rows:
        if subdeck not in decks:
            decks[subdeck] = col.decks.id(f"Besar::{subdeck}")
        note = col.new_note(basic)
        note.fields = [texts[0], f"{texts[1]}<p>{texts[2]}</p>"]
        note.tags = tags.split(" | ")
        requests.append(AddNoteRequest(note, decks[subdeck]))
col.add_notes(requests)
options = ExportAnkiPackageOptions(with_scheduling=False, with_media=True, legacy=True)
col.export_anki_package(out_path="library.apkg", options=options, limit=None)
"""


def scripts(folder: Path, notes: list[Row]) -> dict[str, Program]:
    """The bare genanki script and, where all notes have two cards, the two beside it."""
    from genanki import apkg_col, apkg_schema

    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "notes.csv", notes)
    write_media(folder / "media", notes)
    schema = f"SCHEMA = {apkg_schema.APKG_SCHEMA!r}\nCOL = {apkg_col.APKG_COL!r}\n"
    (folder / "floor_schema.py").write_text(schema, "utf-8")
    found = {}
    for name, source in (
        ("bare genanki", BARE),
        ("SQLite and zip alone", FLOOR),
        ("anki library", LIBRARY),
    ):
        if name == "bare genanki" or len(notes[0].fields) == 3:
            path = folder / f"{name.replace(' ', '_')}.py"
            path.write_text(source, "utf-8")
            found[name] = Program((sys.executable, str(path)), folder)
    return found


def tools(folder: Path, notes: list[Row]) -> dict[str, Program]:
    """The tools that are installed, each with a project of its own."""
    found = {}
    for name, (command, write) in TOOLS.items():
        program = shutil.which(command[0], path=os.environ.get("KARTU_PEERS", ""))
        if program is not None:
            own = folder / command[0]
            own.mkdir(parents=True, exist_ok=True)
            write(own, notes)
            found[name] = Program((program, *command[1:]), own)
    return found


def _yaml_tool(folder: Path, notes: list[Row]) -> None:
    lines = [
        'config: {name: Istilah, deck-name: Besar, css: "", fields: [istilah, arti, contoh],',
        '  templates: [{name: Maju, qfmt: "{{istilah}}",',
        '    afmt: "{{FrontSide}}<hr id=answer>{{arti}}<p>{{contoh}}</p>"},',
        '   {name: Mundur, qfmt: "{{arti}}", afmt: "{{FrontSide}}<hr id=answer>{{istilah}}"}]}',
        "data:",
    ]
    for note in notes:
        lines.append(f"  - id: {note.id}")
        for key, text in zip(("istilah", "arti", "contoh"), note.fields, strict=True):
            lines.append(f"    {key}: {json.dumps(text, ensure_ascii=False)}")
        lines.append(f"    tags: [{', '.join(note.tags)}]")
    (folder / "deck.yaml").write_text("\n".join(lines) + "\n", "utf-8")


def _subdecks(notes: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    for name in dict.fromkeys(note.subdeck for note in notes):
        yield name, [note for note in notes if note.subdeck == name]


def _ankc(folder: Path, notes: list[Row]) -> None:
    for number, (name, part) in enumerate(_subdecks(notes)):
        lines = [f"---\ndeck: Besar::{name}\ntags: [besar]\n---\n"]
        for note in part:
            term, meaning, example = note.fields
            lines.append(f"---\n\n{term} ::: {meaning} {example}\n\n---\n")
            lines.append(f"[^uid]: {note.id:x>10}\n[^type]: reversed\n")
        (folder / f"{number}.md").write_text("\n".join(lines), "utf-8")


def _md2anki(folder: Path, notes: list[Row]) -> None:
    lines = ["# Besar (1000000001)\n"]
    for number, (name, part) in enumerate(_subdecks(notes)):
        lines.append(f"## Subdeck: {name} ({1000000002 + number})\n")
        for note in part:
            term, meaning, example = note.fields
            lines.append(f"### {term} ({note.id})\n\n{meaning}\n\n{example}\n")
    (folder / "notes.md").write_text("\n".join(lines), "utf-8")


def _mdankideck(folder: Path, notes: list[Row]) -> None:
    (folder / "input").mkdir(exist_ok=True)
    (folder / "output").mkdir(exist_ok=True)
    for number, (name, part) in enumerate(_subdecks(notes)):
        lines = [f"# {name}\n"]
        lines += ["## {}\n\n{}\n\n{}\n".format(*note.fields) for note in part]
        (folder / f"input/{number}.md").write_text("\n".join(lines), "utf-8")


_RECIPE = """\
- build_parts:
  - headers_from_yaml_part: {part_id: header, file: header.yaml}
  - note_models_from_yaml_part: {part_id: Istilah, file: istilah.yaml}
  - notes_from_csvs:
      part_id: notes
      note_model_mappings:
        - note_models: [Istilah]
          columns_to_fields: {guid: guid, istilah: Istilah, arti: Arti, contoh: Contoh, tags: tags}
      file_mappings: [{file: notes.csv, note_model: Istilah}]
- generate_crowd_anki:
    folder: out
    headers: header
    notes: {part_id: notes}
    note_models: {parts: [{part_id: Istilah}]}
"""
_BREW_MODEL = """\
name: Istilah
id: 0a2c8f5e-5d1b-11ef-8f0e-0242ac120002
css_file: style.css
fields: [{name: Istilah}, {name: Arti}, {name: Contoh}]
templates: [{name: Maju, html_file: maju.html}, {name: Mundur, html_file: mundur.html}]
"""


def _brain_brew(folder: Path, notes: list[Row]) -> None:
    files = {
        "recipe.yaml": _RECIPE,
        "header.yaml": "name: Besar\ncrowdanki_uuid: 0a2c8f5e-5d1b-11ef-8f0e-0242ac120003\n",
        "istilah.yaml": _BREW_MODEL,
        "style.css": ".card {}\n",
        "maju.html": "{{Istilah}}\n--\n{{FrontSide}}<hr id=answer>{{Arti}}<p>{{Contoh}}</p>\n",
        "mundur.html": "{{Arti}}\n--\n{{FrontSide}}<hr id=answer>{{Istilah}}\n",
    }
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")
    with (folder / "notes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["guid", "istilah", "arti", "contoh", "tags"])
        writer.writerows([note.id, *note.fields, ", ".join(note.tags)] for note in notes)


Write = Callable[[Path, list[Row]], None]
TOOLS: dict[str, tuple[tuple[str, ...], Write]] = {
    "anki-yaml-tool (one deck)": (
        ("anki-yaml-tool", "build", "--file", "deck.yaml", "--output", "out.apkg"),
        _yaml_tool,
    ),
    "Brain Brew (no .apkg)": (("brainbrew", "run", "recipe.yaml"), _brain_brew),
    "ankcompiler": (("ankc", "build", "--all"), _ankc),
    "md2anki (one card)": (("md2anki", "notes.md", "-o-anki", "out.apkg"), _md2anki),
    "markdown-anki-decks (one card)": (("mdankideck", "input", "output"), _mdankideck),
}
