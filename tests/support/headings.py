"""Reads one sheet with the shipped note types."""

from __future__ import annotations

from pathlib import Path

from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.model import Note, NoteType
from kartu.load.files import Files
from kartu.load.library import load_library
from kartu.load.sheets import load_spreadsheet
from support.projects import write_project
from support.sheets import Rows, csv_writer, ods, xlsx

ROOT = Path(__file__).parents[2]
SHIPPED = {
    name: note_type
    for name, note_type in load_library(Files(ROOT), "templates", Diagnostics()).note_types.items()
    if note_type is not None
}
TERM, CHOICE = SHIPPED["istilah"], SHIPPED["pilihan-ganda"]
SHEET = "cards/contoh/kata"


def read(
    tmp_path: Path, rows: Rows, shared: str = "", ending: str = "csv"
) -> tuple[list[Note], list[Diagnostic]]:
    """The notes of one sheet with the shipped note types; a column `id` is added to it."""
    write = {"csv": csv_writer(",", "utf-8"), "xlsx": xlsx, "ods": ods}[ending]
    write_project(tmp_path, "--- cards/contoh/kartu.yaml\n")
    (tmp_path / f"{SHEET}.{ending}").write_bytes(write(rows))
    if shared:
        (tmp_path / f"{SHEET}.set.yaml").write_text(shared, "utf-8")
    found = Diagnostics()
    types: dict[str, NoteType | None] = {**SHIPPED}
    notes = load_spreadsheet(Files(tmp_path), f"{SHEET}.{ending}", types, found)
    return notes, list(found)


def values(notes: list[Note]) -> list[dict[str, str]]:
    return [{str(key): str(value) for key, value in note.values.items()} for note in notes]
