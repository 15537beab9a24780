"""`kartu new`: a project from the starter, or from another project, with an identity of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import NamedTuple

from kartu.core.atomic import copy_tree, recover, staged
from kartu.core.diagnostics import has_errors
from kartu.core.identity import new_uid
from kartu.core.language import _, current, ngettext
from kartu.core.model import Deck
from kartu.core.shipped import ANY_LANGUAGE, TEMPLATES
from kartu.core.usage import UsageError, writing
from kartu.importing.adopt import Adopted
from kartu.importing.missing import missing_files
from kartu.importing.scaffold import (
    FILES,
    Host,
    on_request,
    scaffold,
    texts_of,
    to_fill_in,
)
from kartu.load import deck_names, load_project
from kartu.load.ids.names import deck_slug
from kartu.load.names import LANGUAGE, deck_name_fault
from kartu.load.yaml import outline
from kartu.pipeline import BuildOptions, BuildResult, build
from kartu.rewrite.edits import Edit, edited
from kartu.rewrite.yaml import scalar
from kartu.schema.files import schema

# Files that a folder may hold before it becomes a project: none of them is anyone's work.
NOTHING = {".git", ".DS_Store", "Thumbs.db"}

# What is not copied from another project: it was published there, or is temporary.
_PATTERNS = ("ledger*.jsonl", "changelog*.md", ".kartu-*", "~*", "__pycache__", ".git", "build")


def _left_out(folder: str, names: list[str]) -> set[str]:
    """What is not copied: links could lead out of a stranger's project, devices have no end."""
    paths = {name: os.path.join(folder, name) for name in names}
    plain = {name for name, path in paths.items() if os.path.isfile(path) or os.path.isdir(path)}
    links = {name for name, path in paths.items() if os.path.islink(path)}
    return links | (set(names) - plain) | shutil.ignore_patterns(*_PATTERNS)(folder, names)


class NewOptions(NamedTuple):
    """`origin` is another project to begin from; without one the starter.

    `name` is that of the deck in Anki, `subject` what its texts say it is for. `templates` asks for
    a copy of those that come with the program, `ci` for the files of a host. `adopt` is a file that
    is a deck, which becomes one of the project.
    """

    folder: Path
    name: str = ""
    subject: str = ""
    language: str = ""
    origin: Path | None = None
    templates: bool = False
    ci: Host = ""
    adopt: Path | None = None


class NewResult(NamedTuple):
    """What was built, and remarks for the author."""

    built: BuildResult
    remarks: list[str]


def new(options: NewOptions) -> NewResult:
    """Creates the project in a new or empty folder, and builds it.

    Raises:
        UsageError: That is not possible; nothing is written.
    """
    folder = options.folder
    _check(options)
    there = folder.is_dir()
    parent = folder if there else folder.parent
    made = [one for one in (parent, *parent.parents) if not one.exists()]
    try:
        with writing(_("into {folder}", folder=folder)):
            parent.mkdir(parents=True, exist_ok=True)
            with staged(parent) as stage:
                # An existing folder holds no one's work; a new folder appears atomically.
                project = stage.folder if there else stage.folder / folder.name
                result = _laid_out(options, project)
                if not has_errors(result.diagnostics):
                    stage.place(sorted(os.listdir(stage.folder)))
    finally:
        for one in made:
            if one.is_dir() and not any(one.iterdir()):
                one.rmdir()
    remarks = _same_notes(options.origin) if options.origin is not None else []
    remarks += to_fill_in() if options.ci else []
    if options.adopt is not None:
        remarks.append(
            _(
                "{file} and what lies beside it are in the project now, with their identity: go on "
                "there, and put them away",
                file=options.adopt,
            )
        )
    return NewResult(result._replace(out=folder / "build"), remarks)


def _laid_out(options: NewOptions, project: Path) -> BuildResult:
    """Writes the project, and builds it."""
    project.mkdir(exist_ok=True)
    if options.adopt is not None:
        adopted = Adopted(options.adopt)
        if adopted.deck is None or adopted.diagnostics:
            return BuildResult(adopted.diagnostics, project / "build", [], [])
        _from_file(options, adopted, adopted.deck, project)
    elif options.origin is None:
        _from_starter(options, project)
    else:
        _from_project(options, options.origin, project)
    try:
        schema(project, None)
        return build(BuildOptions(project))
    except UsageError as error:
        raise UsageError(str(error).replace(str(project), str(options.folder))) from error


def _check(options: NewOptions) -> None:
    folder = options.folder
    if folder.exists() and not _is_empty(folder):
        raise UsageError(
            _(
                "{folder} already exists and is not empty: name another folder, or add to the "
                "project that is there with --update",
                folder=folder,
            )
        )
    if options.language and not LANGUAGE.fullmatch(options.language):
        raise UsageError(
            _('"{code}" is not a language code: write id, en, zh-Hant …', code=options.language)
        )
    if options.name and (fault := deck_name_fault(options.name)):
        raise UsageError(_('the name "{name}": {reason}', name=options.name, reason=fault))
    if options.origin is not None and not deck_names(options.origin):
        raise UsageError(
            _("there is no project in {folder}: it has no cards/<deck>/", folder=options.origin)
        )


def _is_empty(folder: Path) -> bool:
    """Whether it holds nothing of anybody; what a run that was killed left there is settled."""
    if not folder.is_dir():
        return False
    recover(folder)
    return set(os.listdir(folder)) <= NOTHING


def _from_starter(options: NewOptions, stage: Path) -> None:
    language = options.language or current()
    name = options.name or _name_of(options.folder)
    id = deck_slug(name)
    subject = options.subject or name
    values = {"id": id, "uid": new_uid(), "language": language, "name": scalar(name)}
    values["subject"] = subject
    for source in sorted((FILES / texts_of(language)).glob("*.yaml")):
        content = Template(source.read_text("utf-8")).substitute(values)
        _write(stage / "cards" / id / source.name, content)
    files = scaffold(language, name, subject, id, "new")
    _add(stage, files | on_request(language, templates=options.templates, ci=options.ci))


def _from_file(options: NewOptions, adopted: Adopted, deck: Deck, stage: Path) -> None:
    for path, content in adopted.files.items():
        (stage / path).parent.mkdir(parents=True, exist_ok=True)
        (stage / path).write_bytes(content)
    files = scaffold(deck.language, deck.name, deck.name, deck.id, "from")
    _add(stage, files | on_request(deck.language, templates=options.templates, ci=options.ci))


def _add(project: Path, files: Mapping[str, bytes]) -> None:
    for path, content in missing_files(project, files).items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_bytes(content)


def _name_of(folder: Path) -> str:
    name = " ".join(folder.resolve().name.replace("_", " ").replace("-", " ").split())
    name = name[:1].upper() + name[1:]
    return name if name and not deck_name_fault(name) else "Deck"


def _from_project(options: NewOptions, origin: Path, stage: Path) -> None:
    names = deck_names(origin)
    if options.name and len(names) > 1:
        raise UsageError(
            _("{folder} has {number} decks: leave --name out", folder=origin, number=len(names))
        )
    project, _rest = load_project(origin)
    extended = {deck.upstream.root for deck in project.decks if deck.upstream}
    for folder in (TEMPLATES, *sorted(extended - {""})):
        if folder != TEMPLATES or (origin / folder).is_dir():
            copy_tree(origin / folder, stage / folder, _left_out)
    for name in names:
        id = deck_slug(options.name) if options.name else name
        copy_tree(origin / "cards" / name, stage / "cards" / id, _left_out)
        values = {"id": id, "uid": new_uid(), "version": "1.0.0"}
        values |= {"name": scalar(options.name)} if options.name else {}
        values |= {"language": options.language} if options.language else {}
        _change(stage / "cards" / id / "deck.yaml", values)
        for variant in sorted((stage / "cards" / id / "i18n").glob("*.yaml")):
            _change(variant, {"uid": new_uid()})
    first = sorted(os.listdir(stage / "cards"))[0]
    name = options.name or _name_of(options.folder)
    language = options.language or next((deck.language for deck in project.decks), ANY_LANGUAGE)
    files = scaffold(language, name, name, first, "from")
    _add(stage, files | on_request(language, templates=options.templates, ci=options.ci))


def _same_notes(origin: Path) -> list[str]:
    """Describes how many notes share their identity in Anki with those of another project."""
    project, _rest = load_project(origin)
    count = sum(note.guid is not None for deck in project.decks for note in deck.notes)
    if not count:
        return []
    message = ngettext(
        "{number} note has a guid: and is the same note as in {folder}: for students who have "
        "both decks, the newer text wins",
        "{number} notes have a guid: and are the same notes as in {folder}: for students who "
        "have both decks, the newer text wins",
        count,
        folder=origin,
    )
    return [message]


def _change(path: Path, values: Mapping[str, str]) -> None:
    """Changes values of keys in a YAML file; all else is preserved."""
    content = path.read_text("utf-8")
    root = outline(content)
    edits = []
    for key, value in values.items():
        there = root.get(key) if root is not None else None
        if there is not None:
            edits.append(Edit(there.begin, there.end, value, ""))
    _write(path, edited(content, sorted(edits)))


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8", newline="\n")
