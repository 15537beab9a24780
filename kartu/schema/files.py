"""Writes the JSON Schemas of a project's files, from which editors complete and validate."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic, has_errors, in_order
from kartu.core.language import _
from kartu.core.usage import UsageError, writing
from kartu.load import load_note_types, theme_words
from kartu.load.files import Files
from kartu.rewrite.schema_comment import FOLDER


class SchemaResult(NamedTuple):
    """`names` are the schemas in `out`, none after an error; `changed` those written or removed."""

    diagnostics: list[Diagnostic]
    out: Path
    names: list[str]
    changed: list[str]


def schema(root: Path, out: Path | None) -> SchemaResult:
    """Writes the JSON Schemas of the project's files.

    Files that are up to date are left alone; schemas of note types that no longer exist are
    removed.

    Args:
        out: The folder to write to, .kartu/schema/ in the project if None.

    Raises:
        UsageError: The folder cannot be written, or a file that is not kartu's is in the way.
    """
    from kartu.core.atomic import holding, write_all
    from kartu.schema import is_ours, schemas

    if out is None and not Files(root).inside(f"{FOLDER}/deck.json"):
        raise UsageError(
            _("{folder}/ leads out of the project; name a folder with -o", folder=FOLDER)
        )
    folder = root / FOLDER if out is None else out
    note_types, diagnostics = load_note_types(root)
    if has_errors(diagnostics):
        return SchemaResult(in_order(diagnostics), folder, [], [])
    files = schemas(note_types, theme_words(Files(root)))
    with writing(f"into {folder}"), holding(folder):
        known = [path for path in sorted(folder.glob("*.json")) if path.is_file()]
        there = {path.name: path.read_bytes() for path in known}
        changed = {name: files[name] for name in files if there.get(name) != files[name]}
        gone = [name for name in there if name not in files and is_ours(there[name])]
        for name in changed:
            if name in there and not is_ours(there[name]):
                raise UsageError(
                    _("{folder} is no schema of kartu; name a folder with -o", folder=folder / name)
                )
        if changed:
            write_all(folder, changed)
        for name in gone:
            (folder / name).unlink()
    return SchemaResult(in_order(diagnostics), folder, list(files), [*changed, *gone])
