"""What is fuzzed: each reader of what teachers and strangers write, from bytes to values.

A target may give diagnostics, whose places lie in the file, or raise the one exception that it
documents. Everything else is a finding.
"""

from __future__ import annotations

import contextlib
import io
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

from kartu.anki.cloze import cloze_faults, cloze_numbers, cloze_parts, hidden_texts
from kartu.anki.mustache import MustacheError
from kartu.anki.mustache import parse as parse_mustache
from kartu.anki.show import ShowError, show_card
from kartu.check.ignore import ignores_in_yaml
from kartu.diagnostics import Diagnostic, in_order
from kartu.diff.apkg import from_package
from kartu.diff.state import SourceError
from kartu.ledger.file import read_ledger
from kartu.load import load_project
from kartu.load.card_set import load_card_set
from kartu.load.deck import load_deck
from kartu.load.files import CONTROL, Files
from kartu.load.note_type import load_note_type
from kartu.load.selection import SelectionError
from kartu.load.selection import parse as parse_selection
from kartu.load.sheets import comments_of, load_spreadsheet
from kartu.load.yaml import parse as parse_yaml
from kartu.model import NoteType
from kartu.render.html import is_visible, refused, sanitise
from kartu.render.markdown import render_fully
from kartu.render.visible import visible, visible_side
from kartu.report.diagnostics import as_json, as_text
from kartu.verify.package import NotAPackageError, UnreadablePackageError, read_package

PROJECT = Path(__file__).parent.parent.parent
FOLDER = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path()
NOTE_TYPES: dict[str, NoteType | None] = {**load_project(PROJECT)[0].note_types}
FIELDS = {"A": "<b>a</b> {{c1::b::c}}", "B": "", "C": "日本[にほん] [sound:x.mp3]"}


class OneFile(Files):
    """A project that holds one file, in memory."""

    def __init__(self, path: str, content: bytes) -> None:
        super().__init__(PROJECT)
        self.content = {path: content}

    def path(self, path: str) -> str:
        return __file__ if path in self.content else f"{PROJECT}/nowhere"

    def is_file(self, path: str) -> bool:
        return path in self.content

    def is_folder(self, path: str) -> bool:
        return False

    def read_bytes(self, path: str, said: list[Diagnostic], limit: int = 0) -> bytes | None:
        return self.content.get(path)


def text_of(data: bytes) -> str:
    return CONTROL.sub("", data.decode("utf-8", "replace"))


def judge(said: list[Diagnostic], files: OneFile, lines: int | None = None) -> None:
    """Places lie in the file, and every reporter can tell them."""
    for one in said:
        assert one.message, one
        assert one.span.line >= 1, one
        assert one.span.column >= 1, one
        assert lines is None or one.span.path not in files.content or one.span.line <= lines, one
    if said:
        ordered = in_order(said)[:20]
        as_text(ordered, str, files.shown)
        as_json(ordered, str)


def yaml(data: bytes) -> None:
    content, said = text_of(data).replace("\r\n", "\n").replace("\r", "\n"), list[Diagnostic]()
    parse_yaml(content, "a.yaml", said)
    ignores_in_yaml("a.yaml", content, said)
    judge(said, OneFile("a.yaml", content.encode()), content.count("\n") + 1)


def card_set(data: bytes) -> None:
    said: list[Diagnostic] = []
    files = OneFile("cards/a/a.yaml", b"note_type: istilah\nnotes:\n" + data)
    load_card_set(files, "cards/a/a.yaml", NOTE_TYPES, said)
    judge(said, files)


def deck(data: bytes) -> None:
    said: list[Diagnostic] = []
    files = OneFile("cards/a/deck.yaml", b"id: a\nuid: a1b2c3d4e5f60718\nname: A\n" + data)
    load_deck(files, "cards/a", [], said)
    judge(said, files)


def note_type(data: bytes) -> None:
    said: list[Diagnostic] = []
    files = OneFile("templates/a/note_type.yaml", b"id: a\nname: A\n" + data)
    load_note_type(files, "templates/a", said)
    judge(said, files)


def ledger(data: bytes) -> None:
    said: list[Diagnostic] = []
    files = OneFile("cards/a/ledger.jsonl", data)
    read_ledger(files, "cards/a/ledger.jsonl", said)
    judge(said, files)


def csv(data: bytes) -> None:
    _spreadsheet("cards/a/a.csv", data)


def csv_rows(data: bytes) -> None:
    _spreadsheet("cards/a/a.csv", b"id;note_type;istilah;arti;tags;#x\n" + data)


def ods(data: bytes) -> None:
    _spreadsheet("cards/a/a.ods", _zip({"content.xml": data}))


def xlsx(data: bytes) -> None:
    sheet = data if data.startswith(b"<?xml") else SHEET % data
    _spreadsheet("cards/a/a.xlsx", _zip({**WORKBOOK, "xl/worksheets/sheet1.xml": sheet}))


def workbook(data: bytes) -> None:
    _spreadsheet("cards/a/a.ods" if data[:1] < b"P" else "cards/a/a.xlsx", b"PK" + data)


def _spreadsheet(path: str, data: bytes) -> None:
    said: list[Diagnostic] = []
    files = OneFile(path, data)
    load_spreadsheet(files, path, NOTE_TYPES, said)
    list(comments_of(files, path))
    judge(said, files)


def mustache(data: bytes) -> None:
    front, _, back = text_of(data).partition("\n\n")
    try:
        parse_mustache(front)
        show_card(front, back, FIELDS, number=1, cloze="cloze" in front)
    except (MustacheError, ShowError):
        pass


def cloze(data: bytes) -> None:
    text = text_of(data)
    cloze_faults(text)
    cloze_numbers(text)
    cloze_parts(text)
    hidden_texts(text)


def markup(data: bytes) -> None:
    html = sanitise(render_fully(text_of(data)).html)
    refused(html)
    is_visible(html)
    visible(html)
    visible_side(html)


def selection(data: bytes) -> None:
    with contextlib.suppress(SelectionError):
        parse_selection(text_of(data))


def apkg(data: bytes) -> None:
    path = FOLDER / "fuzz.apkg"
    path.write_bytes(_zip({"collection.anki2": _database(data), "media": b"{}"}))
    with contextlib.suppress(NotAPackageError, UnreadablePackageError):
        read_package(str(path))
    with contextlib.suppress(SourceError):
        from_package(path)


def _database(data: bytes) -> bytes:
    """A collection whose JSON and notes are the data."""
    text = text_of(data)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE col (models, decks)")
    connection.execute("INSERT INTO col VALUES (?, ?)", (text, text))
    connection.execute("CREATE TABLE notes (id, guid, mid, mod, tags, flds)")
    connection.execute("INSERT INTO notes VALUES (1, ?, 1, 1, ?, ?)", (text[:5], text, text))
    connection.execute("CREATE TABLE cards (id, nid, ord, did, type, reps)")
    connection.execute("INSERT INTO cards VALUES (1, 1, 0, 1, 0, 0)")
    connection.execute("CREATE TABLE revlog (id)")
    connection.commit()
    return connection.serialize()


def _zip(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def _workbook() -> dict[str, bytes]:
    from openpyxl import Workbook

    made = io.BytesIO()
    Workbook().save(made)
    with zipfile.ZipFile(made) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


WORKBOOK = _workbook()
SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData>%s</sheetData></worksheet>"
)

TARGETS: dict[str, Callable[[bytes], None]] = {
    one.__name__: one
    for one in (
        *(yaml, card_set, deck, note_type, ledger, csv, csv_rows, ods, xlsx, workbook),
        *(mustache, cloze, markup, selection, apkg),
    )
}
