"""The importers of foreign decks, and the update from sheets, as functions of bytes."""

# ruff: noqa: PT017 - the message of an exception is one of the promises

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from kartu.core.diagnostics import Diagnostics
from kartu.core.usage import UsageError
from kartu.importing.contents import CannotImportError
from kartu.importing.from_sheet import update
from kartu.importing.run import ImportOptions, import_file
from kartu.load.yaml import parse as parse_yaml
from support.packages import collection, newer_collection, newer_package, zipped
from support.projects import write_project


def _import(name: str, data: bytes) -> None:
    """Any file is imported or rejected; only the project is written, all or nothing."""
    memory = "/dev/shm"
    with tempfile.TemporaryDirectory(dir=memory if Path(memory).is_dir() else None) as folder:
        file, root = Path(folder, name), Path(folder, "project")
        file.write_bytes(data)
        try:
            result = import_file(ImportOptions(file, root))
        except (CannotImportError, UsageError) as error:
            assert str(error)
            assert os.listdir(folder) == [name]
            return
        assert result.decks
        assert sorted(os.listdir(folder)) == sorted([name, "project"])
        assert set(os.listdir(root)) >= {"cards", "templates", "README.md"}


def import_package(data: bytes) -> None:
    _import("a.apkg", data)


def import_collection(data: bytes) -> None:
    """A package of the older format; NUL separates media and the values in the database."""
    media, *values = [*data.decode("utf-8", "replace").split("\0"), *[""] * 5][:5]
    members = {"media": media.encode(), "0": b"x"}
    import_package(zipped({"collection.anki2": collection(*values), **members}))


def import_messages(data: bytes) -> None:
    """A package of the newer format; NULs separate its messages."""
    media, *messages = [*data.split(b"\0\0"), *[b""] * 4][:4]
    import_package(newer_package(newer_collection(*messages), media))


def import_list(data: bytes) -> None:
    _import("a.csv" if data[:1] == b"c" else "a.txt", data[1:])


def import_crowdanki(data: bytes) -> None:
    _import("deck.json", data)


def update_from_sheet(data: bytes) -> None:
    """A sheet updates notes, or is rejected; the file stays readable."""
    memory = "/dev/shm"
    with tempfile.TemporaryDirectory(dir=memory if Path(memory).is_dir() else None) as folder:
        root, sheet = write_project(Path(folder)), Path(folder, "contoh.csv")
        sheet.write_bytes(data)
        try:
            found = update(root, "contoh", sheet)
        except CannotImportError as error:
            assert str(error)
            return
        for one in found.files:
            assert parse_yaml(one.after.decode(), one.path, Diagnostics()) is not None


IMPORT_READERS: dict[str, Callable[[bytes], None]] = {
    "import": import_package,
    "import-collection": import_collection,
    "import-messages": import_messages,
    "import-list": import_list,
    "import-crowdanki": import_crowdanki,
    "update": update_from_sheet,
}
