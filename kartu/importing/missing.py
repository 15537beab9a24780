"""`kartu new --update`: an existing project gets the files that it does not have yet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from kartu.core.atomic import write_files
from kartu.core.language import _
from kartu.core.shipped import ANY_LANGUAGE, TEMPLATES
from kartu.core.usage import UsageError, writing
from kartu.importing.scaffold import Host, on_request, scaffold
from kartu.load import deck_names, load_project
from kartu.load.access import changing
from kartu.load.files import Files

_README = "README.md"


class UpdateOptions(NamedTuple):
    """`templates` and `ci` are what is asked for besides the files that every project has."""

    folder: Path
    templates: bool = False
    ci: Host = ""


class UpdateResult(NamedTuple):
    """Paths in the project: the `added` files, and those that are `different` from kartu's own."""

    added: list[str]
    different: list[str]


def update(options: UpdateOptions) -> UpdateResult:
    """Adds what the project has not; no file that is there is changed.

    Raises:
        UsageError: There is no project, or it cannot be written; nothing is.
    """
    folder = options.folder
    if not deck_names(folder):
        raise UsageError(
            _("there is no project in {folder}: it has no cards/<deck>/", folder=folder)
        )
    with writing(_("into {folder}", folder=folder)), changing(folder):
        wanted = _wanted(options)
        missing = missing_files(folder, wanted)
        files = Files(folder)
        for path in missing:
            if not files.inside(path):
                raise UsageError(_("{folder}/ leads out of the project", folder=Path(path).parent))
        for path in missing:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
        write_files({folder / path: content for path, content in missing.items()})
    kept = (one for one in wanted if one not in missing and one != _README)
    return UpdateResult(
        sorted(missing), sorted(one for one in kept if _differs(folder, one, wanted))
    )


def _wanted(options: UpdateOptions) -> dict[str, bytes]:
    project, _faults = load_project(options.folder)
    deck = project.decks[0] if project.decks else None
    language = str(deck.language) if deck else ANY_LANGUAGE
    id = deck.id if deck else deck_names(options.folder)[0]
    name = str(deck.name) if deck else id
    files = scaffold(language, name, name, id, "from")
    return files | on_request(language, templates=options.templates, ci=options.ci)


def missing_files(project: Path, wanted: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those that the project does not have; of a note type it has all files or none."""
    own = {one for one in wanted if os.path.lexists(project / one)}
    note_types = {_note_type(one) for one in wanted if (project / _note_type(one)).is_dir()}
    return {
        path: content
        for path, content in wanted.items()
        if path not in own and _note_type(path) not in note_types
    }


def _note_type(path: str) -> str:
    """The folder of the note type that a file belongs to; the file itself if to none."""
    parts = path.split("/")
    of_one = parts[0] == TEMPLATES and len(parts) > 2 and parts[1] != "_shared"
    return "/".join(parts[:2]) if of_one else path


def _differs(folder: Path, path: str, wanted: Mapping[str, bytes]) -> bool:
    try:
        return (folder / path).read_bytes() != wanted[path]
    except OSError:
        return False  # of a note type that the project has of its own
