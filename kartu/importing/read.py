"""Reads a file from elsewhere, whatever its kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kartu.importing.contents import Brought, CannotImportError
from kartu.importing.existing import Known


@contextmanager
def read(path: Path, note_type: str, known: Known) -> Iterator[Brought]:
    """What the file holds; CannotImportError where it cannot be read."""
    from kartu.importing.crowdanki import deck_file, from_crowdanki
    from kartu.importing.lists import LISTS, from_list
    from kartu.importing.package import from_package

    try:
        if crowdanki := deck_file(path):
            yield from_crowdanki(crowdanki)
        elif path.is_dir():
            raise CannotImportError("it is a folder without a deck.json of CrowdAnki")
        elif path.suffix.lower() in LISTS:
            yield from_list(path, note_type, known)
        else:
            with from_package(path) as brought:
                yield brought
    except OSError as error:
        raise CannotImportError(f"it cannot be read: {error.strerror or error}") from error
