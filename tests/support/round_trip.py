"""A package after `kartu import` and `kartu build`, as the real Anki imports it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, NamedTuple

from anki._backend import RustBackend
from anki.collection import Collection

from kartu.importing.run import ImportOptions, ImportResult, import_file
from kartu.pipeline import BuildOptions, build
from support.engine import collection, import_package


class CollectionContent(NamedTuple):
    """The content of a collection, without what no import preserves: progress, ids of rows."""

    notes: dict[str, tuple[str, tuple[str, ...], frozenset[str]]]
    cards: dict[tuple[str, int], str]
    note_types: dict[int, Any]
    media: dict[str, str]


def collection_content(col: Collection) -> CollectionContent:
    """Returns the content of a collection, as the real Anki reads it."""
    notes = [col.get_note(number) for number in col.find_notes("deck:*")]
    guids = {note.id: note.guid for note in notes}
    used = {note.mid for note in notes}
    cards = [col.get_card(number) for number in col.find_cards("deck:*")]
    media = Path(col.media.dir())
    return CollectionContent(
        {note.guid: (_name(note), tuple(note.fields), frozenset(note.tags)) for note in notes},
        {(guids[card.nid], card.ord): col.decks.name(card.odid or card.did) for card in cards},
        {int(id): _note_type(col.models.get(id)) for id in used},
        {name: hashlib.sha1((media / name).read_bytes()).hexdigest() for name in os.listdir(media)},
    )


def _name(note: Any) -> str:
    return str(note.note_type()["name"])


def _note_type(model: Any) -> Any:
    cards = [
        (one["name"], _unix_line_ends(one["qfmt"]), _unix_line_ends(one["afmt"]))
        for one in model["tmpls"]
    ]
    fields = [one["name"] for one in model["flds"]]
    kind = (model["type"], model["sortf"], model.get("originalStockKind") == 6)
    return model["name"], kind, fields, cards, _unix_line_ends(model["css"])


def _unix_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n")


def imported_content(folder: Path, *packages: Path) -> CollectionContent:
    """Returns the content of an empty collection after importing the packages in order.

    Anki's own note types are renamed before, so that one with the same name keeps it.
    """
    with collection(folder) as col:
        for model in col.models.all():
            model["name"] = f"own {model['name']}"
            col.models.update_dict(model)
        for package in packages:
            import_package(col, package)
        return collection_content(col)


def restored_content(folder: Path, package: Path) -> CollectionContent:
    """Returns the content of a collection that is restored from a .colpkg."""
    folder.mkdir()
    path, media = folder / "collection.anki2", folder / "collection.media"
    media.mkdir()
    RustBackend().import_collection_package(
        col_path=str(path),
        backup_path=str(package),
        media_folder=str(media),
        media_db=str(folder / "collection.media.db2"),
    )
    col = Collection(str(path))
    try:
        return collection_content(col)
    finally:
        col.close()


def round_trip(original: Path, root: Path, **options: Any) -> tuple[ImportResult, list[Path]]:
    """Imports into a new project in `root` and builds it; returns the result and the packages."""
    result = import_file(ImportOptions(original, root, **options))
    assert not [one for one in result.diagnostics if one.severity == "error"], result.diagnostics
    built = build(BuildOptions(root))
    assert built.packages, built.diagnostics
    return result, [built.out / one.file for one in built.packages]
