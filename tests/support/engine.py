"""The real Anki engine, as a student's collection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.import_export_pb2 import IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_ALWAYS


@dataclass(frozen=True)
class Imported:
    """What Anki said of an import: how many notes were new, updated, conflicting …"""

    new: int
    updated: int
    duplicate: int
    conflicting: int


@contextmanager
def collection(folder: Path) -> Iterator[Collection]:
    """An empty collection below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = Collection(str(folder / "collection.anki2"))
    try:
        yield opened
    finally:
        opened.close()


def import_package(
    col: Collection, package: Path, *, presets: bool = False, always: bool = False
) -> Imported:
    """Imports with the options that Anki's desktop has by default; with `always` notes and note
    types are updated whether they are newer or not."""
    options = ImportAnkiPackageOptions(with_deck_configs=presets)
    if always:
        options.update_notes = IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_ALWAYS
        options.update_notetypes = IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_ALWAYS
    request = ImportAnkiPackageRequest(package_path=str(package), options=options)
    log = col.import_anki_package(request).log
    return Imported(len(log.new), len(log.updated), len(log.duplicate), len(log.conflicting))


def cards(col: Collection) -> list[Any]:
    return [col.get_card(number) for number in col.find_cards("")]


def note_by_guid(col: Collection, guid: str) -> Any:
    number = col.db.scalar("select id from notes where guid = ?", guid)  # type: ignore[union-attr]
    return col.get_note(number)
