"""Reads a file to import, in any supported format."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kartu.core.language import _
from kartu.importing.contents import CannotImportError, ImportedContents
from kartu.importing.existing import ExistingProject


@contextmanager
def read(
    path: Path, note_type: str, existing: ExistingProject, heading: bool | None = None
) -> Iterator[ImportedContents]:
    """Yields the file's content. Raises CannotImportError if it cannot be read."""
    from kartu.importing.crowdanki import deck_file, from_crowdanki
    from kartu.importing.lists import LISTS, from_list
    from kartu.importing.package import from_package

    try:
        if crowdanki := deck_file(path):
            yield from_crowdanki(crowdanki)
        elif path.is_dir():
            raise CannotImportError(_("it is a folder without CrowdAnki's deck.json"))
        elif path.suffix.lower() in LISTS:
            yield from_list(path, note_type, existing, heading)
        else:
            with from_package(path) as imported:
                yield imported
    except OSError as error:
        raise CannotImportError(
            _("it cannot be read: {reason}", reason=error.strerror or error)
        ) from error
