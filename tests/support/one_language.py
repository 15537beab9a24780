"""A project with every shipped note type, theme and drawing, in the words of one language."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import yaml

from kartu.load.words import word_of
from kartu.rewrite.notes.values import cell_of_value
from support.shipped import TYPES

# Their contents are words of no language, so whatever else is read comes from the program.
NOTES = {
    "istilah": {
        "istilah": "Zorv",
        "arti": "Lumenq *qua*",
        "balik": "Vix?",
        "contoh": "Zorv qua",
        "catatan": "Nimq",
        "ucap": "zorf",
        "gambar": "{file: PICTURE.svg, alt: Plix}",
    },
    "tanya": {"soal": "Quox?", "jawaban": "Vexq", "balik": "Rix?"},
    "isian": {"teks": "Zu {{c1::qua}} linq {{c2::vexq::zim}}.", "catatan": "Nimq"},
    "ketik": {"soal": "Quox?", "jawaban": "Vexq", "varian": "[Vaxq, Vuxq]", "alasan": "Nimq"},
    "pilihan-ganda": {
        "soal": "Quox?",
        "jawaban": "Vexq",
        "pilihan_1": "Vexq",
        "ulasan_1": "Nimq",
        "pilihan_2": "Vuxq",
        "stimulus": "Lorq zimq.",
    },
    "pilihan-ganda-kompleks": {
        "soal": "Quox?",
        "jawaban": "[Vexq, Vuxq]",
        "pilihan_1": "Vexq",
        "pilihan_2": "Vuxq",
        "pilihan_3": "Voxq",
    },
    "kategori": {
        "soal": "Quox?",
        "kategori": "[Wixq, Waxq]",
        "pernyataan_1": "Zimq qua",
        "jawaban_1": "Wixq",
        "pernyataan_2": "Zamq qua",
        "jawaban_2": "Waxq",
    },
    "perbandingan": {
        "soal": "Quox?",
        "pilihan": "[Vexq, Vuxq]",
        "jawaban": "Vexq",
        "alasan": "Nimq",
        "tabel": "[[Qx, Vexq], [Rx, Zimq]]",
    },
    "daftar": {"judul": "Trix", "isyarat": "Zimq", "butir_1": "Vexq", "butir_2": "Vuxq"},
    "kronologi": {
        "peristiwa": "Zorv",
        "waktu": '"1812"',
        "urutan": "Trix",
        "sebelum": "Vexq",
        "sesudah": "Vuxq",
    },
    "gambar": {
        "oklusi": '"{{c1::image-occlusion:rect:left=0.1:top=0.1:width=0.3:height=0.2}}"',
        "gambar": "{file: PICTURE.svg, alt: Plix}",
        "soal": "Quox?",
    },
    "bentuk": {
        "bentuk": "Zorv",
        "arti": "Lumenq",
        "ciri": "Vix",
        "pihak": "Vexq",
        "bidang": "Vuxq",
        "contoh": "Voxq",
        "dasar": "Zimq",
    },
    "manfaat": {
        "bidang": "Zorv",
        "manfaat": "Lumenq",
        "kegiatan": "Vix",
        "tujuan": "Vexq",
        "pedoman": "Vuxq",
    },
    "skenario": {"situasi": "Zorv qua.", "bentuk": "Lumenq", "alasan": "Vix", "bidang": "Vexq"},
}

# The words for drawings and what they name, in the order of `_DATA`.
PICTURES = {
    "id": ("tahap", "pohon", "ubin", "hubungan", "garis-waktu", "peta"),
    "en": ("steps", "tree", "tiles", "connections", "timeline", "map"),
}
SIGNS = {
    "id": ("buku", "perisai", "uang", "bendera", "orang", "timbangan"),
    "en": ("book", "shield", "money", "flag", "people", "scales"),
}
PICTURES_HAVE = "steps tiles panels events groups labels sign view map countries regions text year"
VIEWS = {
    "id": ("dunia", "pasifik", "asia-tenggara", "eropa", "asia-afrika", "atlantik-asia"),
    "en": ("world", "pacific", "southeast-asia", "europe", "asia-africa", "atlantic-asia"),
}
THEMES = {"id": ("tenang", "kontras-tinggi"), "en": ("quiet", "high-contrast")}

_DATA = (
    "steps:\n  - {name: Vexq, text: Zimq}\n  - {name: Vuxq}\n",
    "name: Vexq\nbranches:\n  - {name: Vuxq, text: Zimq}\n  - {name: Voxq}\n",
    "height: 120\ntiles:\n",
    "panels:\n  - {title: Vexq, at: 30, radius: 8, countries: [[100, 100], [200, 150]]}\n",
    "title: Trix\nfirst: 74\nstep: 66\nevents:\n  - {year: 1967, text: [Vexq]}\n",
    "groups:\n  - {name: Vexq, countries: [IDN]}\n",
)

_DECK = """id: deck
uid: a1b2c3d4e5f60718
name: Zorvex
language: LANGUAGE
version: 1.0.0
theme: THEME
licence: CC-BY-4.0
authors: [Mx]
description: Zorvex qua.
options: {new_per_day: 10}
sources:
  b: {title: Qbook, publisher: Mx, date: "2024-05-14", url: "https://mx.example/q"}
editions:
  kx: {title: Kax, include: "id:n1"}
  mx: {}
"""


def every_note_type(root: Path, language: str, *, theme: int = 1) -> Path:
    """The project, with the theme of that place."""
    deck = root / "cards/deck"
    (deck / "media").mkdir(parents=True)
    words = {"LANGUAGE": language, "THEME": THEMES[language][theme]}
    content = _DECK
    for old, new in words.items():
        content = content.replace(old, new)
    (deck / "deck.yaml").write_text(content, "utf-8")
    for number, (id, values) in enumerate(NOTES.items(), 1):
        own = {str(one.key): word_of(one, language) for one in TYPES[id].fields}
        lines = [f"    {own[key]}: {value}\n" for key, value in values.items()]
        (deck / f"{number}.yaml").write_text(
            f"note_type: {word_of(TYPES[id], language)}\nsubdeck: {number:02} Qx{number}\n"
            f"notes:\n  - id: n{number}\n    sources: [b]\n"
            + "".join(lines).replace("PICTURE", PICTURES[language][0]),
            "utf-8",
        )
    _write_pictures(deck, language)
    return root


def every_form(root: Path, language: str) -> Path:
    """The project with the same notes without ids: in YAML, as sheets and in Markdown."""
    deck = every_note_type(root, language) / "cards/deck"
    for path in deck.glob("[0-9]*.yaml"):
        content = path.read_text("utf-8")
        path.write_text(re.sub(r"^  - id: (?!n1$).*\n    ", "  - ", content, flags=re.M), "utf-8")
    for number, (id, values) in enumerate(NOTES.items(), 1):
        kind = word_of(TYPES[id], language)
        own = {str(one.key): word_of(one, language) for one in TYPES[id].fields}
        picture = PICTURES[language][0]
        read = {own[k]: yaml.safe_load(v.replace("PICTURE", picture)) for k, v in values.items()}
        with (deck / f"c{number}.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerows([["note_type", *read], [kind, *map(cell_of_value, read.values())]])
        if id == "gambar":  # the covers of a picture are drawn, nobody writes them in Markdown
            continue
        (_first, text), *rest = ((word, _markdown(value)) for word, value in read.items())
        lines = "".join(f"{word}: {value}\n" for word, value in rest)
        head = f"---\nnote_type: {kind}\n---\n"
        (deck / f"m{number}.md").write_text(f"{head}Q: {text}\n{lines}", "utf-8")
    return root


def _markdown(value: Any) -> str:
    """A picture, list or table as Markdown has it; a text as it is."""
    if isinstance(value, dict):
        return f"![{value['alt']}]({value['file']})"
    if not isinstance(value, list):
        return str(value)
    if isinstance(value[0], str):
        return "\n\n" + "".join(f"- {one}\n" for one in value)
    head, *rows = (f"| {' | '.join(row)} |\n" for row in value)
    return f"\n\n{head}|{'---|' * len(value[0])}\n{''.join(rows)}"


def _write_pictures(deck: Path, language: str) -> None:
    """A file for each drawing and each view of the map, and a note that shows them all."""
    data = dict(zip(PICTURES[language], _DATA, strict=True))
    tiles, earth = PICTURES[language][2], PICTURES[language][-1]
    signs = [f"  - {{sign: {one}, name: Vexq, text: Zimq}}\n" for one in SIGNS[language]]
    data[tiles] += "".join(signs)
    shown = []
    for name, more in data.items():
        size = "[360, 480]" if name == tiles else "[360, 300]"
        where = f"map: {VIEWS[language][0]}\nview: {VIEWS[language][3]}\n" if name == earth else ""
        content = f"picture: {name}\nsize: {size}\n{where}{more}"
        (deck / f"media/{name}.svg.yaml").write_text(content, "utf-8")
        shown.append(f"![Plix]({name}.svg)")
    first, second = (word_of(TYPES["istilah"].fields[at], language) for at in (0, 1))
    (deck / "99.yaml").write_text(
        f"note_type: {word_of(TYPES['istilah'], language)}\nsubdeck: 99 Qx99\nnotes:\n  - id: pix\n"
        f'    sources: [b]\n    {first}: Pixq\n    {second}: "{" ".join(shown)}"\n',
        "utf-8",
    )
