"""`kartu new --update`: an existing project gets what the running kartu gives to new ones.

Files that it does not have are added. Those that it has and that kartu wrote, perhaps an older one,
are replaced where their author names them: nobody else can tell what is changed on purpose.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from kartu.core.atomic import write_files
from kartu.core.language import _
from kartu.core.shipped import ANY_LANGUAGE, TEMPLATES
from kartu.core.usage import UsageError, writing
from kartu.importing.scaffold import Host, on_request, scaffold, to_fill_in
from kartu.load import deck_names, load_project
from kartu.load.access import changing
from kartu.load.files import Files
from kartu.rewrite.fix import FixedFile
from kartu.rewrite.schema_comment import FOLDER as SCHEMAS
from kartu.schema.files import schema

_REQUIREMENTS = "requirements.txt"
_OF_THE_AUTHOR = ("README.md", ".gitignore")


class UpdateOptions(NamedTuple):
    """`templates` and `ci` are what is asked for besides the files that every project has.

    `replace` are files, or folders of files, to be as the running kartu makes them. With `write`
    false nothing is written.
    """

    folder: Path
    templates: bool = False
    ci: Host = ""
    replace: tuple[str, ...] = ()
    write: bool = True


class UpdateResult(NamedTuple):
    """The `added` files by path, the `replaced` ones, and the others that are `different`."""

    added: list[str]
    replaced: list[FixedFile]
    different: list[FixedFile]


def update(options: UpdateOptions) -> UpdateResult:
    """Adds what the project has not, and replaces what is named; no other file is changed.

    Raises:
        UsageError: There is no project, nothing that differs has a name of `replace`, or the
            project cannot be written; nothing is.
    """
    folder = options.folder
    if not deck_names(folder):
        raise UsageError(
            _("there is no project in {folder}: it has no cards/<deck>/", folder=folder)
        )
    with writing(_("into {folder}", folder=folder)), changing(folder):
        missing = missing_files(folder, _wanted(options))
        different = _different(options)
        names = [name.replace("\\", "/").strip("/").removeprefix("./") for name in options.replace]
        replaced = [one for one in different if any(map(partial(_is_in, one.path), names))]
        for name in names:
            if not any(_is_in(one.path, name) for one in different):
                raise UsageError(_("nothing in {path} is to be replaced", path=name))
        missing |= _completing(options, replaced)
        contents = missing | {one.path: one.after for one in replaced}
        if options.write:
            _write(folder, contents)
    others = [one for one in different if one not in replaced]
    return UpdateResult(sorted(missing), replaced, others)


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    files = Files(folder)
    for path in contents:
        if not files.inside(path):
            raise UsageError(_("{folder}/ leads out of the project", folder=Path(path).parent))
    for path in contents:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    write_files({folder / path: content for path, content in contents.items()})
    if (folder / SCHEMAS).is_dir():
        schema(folder, None)


def _is_in(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}/")


def _completing(options: UpdateOptions, replaced: Iterable[FixedFile]) -> dict[str, bytes]:
    """What the note types that are replaced have today, and the project's ones do not have."""
    note_types = {_note_type(one.path) for one in replaced if _note_type(one.path) != one.path}
    return {
        path: content
        for path, content in _wanted(options._replace(templates=True)).items()
        if _note_type(path) in note_types and not os.path.lexists(options.folder / path)
    }


def _different(options: UpdateOptions) -> list[FixedFile]:
    """The files that the project has and that the running kartu makes in another way."""
    known = _wanted(options._replace(templates=True, ci="github"))
    found = []
    for path, after in sorted(known.items()):
        if path in _OF_THE_AUTHOR or (path == _REQUIREMENTS and to_fill_in()):
            continue
        try:
            before = (options.folder / path).read_bytes()
        except OSError:
            continue
        if before.replace(b"\r\n", b"\n") != after:
            found.append(FixedFile(path, before, after, []))
    return found


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
