"""The card sets of a deck: found in study order, read for edits, and new ones made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.core.model import Deck, NoteType
from kartu.core.source import Span
from kartu.load import project_language
from kartu.load.card_sets import CHANGES, listed
from kartu.load.files import Files, natural_order
from kartu.load.sheets.shared import read_shared
from kartu.load.words import own_fields, word_of
from kartu.rewrite.notes.card_set import CardSet, Form, Values
from kartu.rewrite.notes.csv_set import read_csv_set
from kartu.rewrite.notes.markdown_set import read_markdown_set
from kartu.rewrite.notes.nodes import entry_of
from kartu.rewrite.notes.values import EditRefusedError, Value, keys_of
from kartu.rewrite.notes.yaml_set import read_yaml_set
from kartu.rewrite.schema_comment import FOLDER, schema_line

_EDITED = (".yaml", ".csv", ".md")
_WORKBOOKS = (".xlsx", ".ods")


class Change(NamedTuple):
    """The bytes of a file before and after an edit; None where there is no file."""

    before: bytes | None
    after: bytes | None


Changes = dict[str, Change]


def sets_of(files: Files, deck: Deck) -> list[str]:
    """Returns the paths of a deck's own card sets, in study order."""
    other = CHANGES if deck.extends is not None else ""
    return listed(files, deck.folder, other, Diagnostics())[0]


def edited_sets(files: Files, deck: Deck) -> list[str]:
    """Returns those of them that can be edited."""
    return [path for path in sets_of(files, deck) if path.endswith(_EDITED)]


def is_edited(path: str, deck: Deck) -> bool:
    """Whether a file that an edit changes is one of a deck's card sets, by its path."""
    folder, _slash, name = path.rpartition("/")
    other = name in ("deck.yaml", CHANGES) or name.endswith(".set.yaml")
    return path.endswith(_EDITED) and folder == deck.folder and not other


def read_set(
    files: Files, path: str, note_types: Mapping[str, NoteType], data: bytes | None = None
) -> CardSet:
    """Returns a card set as edits see it, with other bytes than the file's if `data` is given.

    Raises:
        EditRefusedError: It cannot be read, or is of a kind that is not edited here.
    """
    place = Span(path)
    _check_kind(path)
    diagnostics = Diagnostics()
    if data is None:
        data = files.read_bytes(path, diagnostics)
    found: CardSet | None = None
    if data is not None and path.endswith(".yaml"):
        found = read_yaml_set(path, data, note_types)
    elif data is not None and path.endswith(".md"):
        found = read_markdown_set(files, path, data, note_types)
    elif data is not None:
        shared = read_shared(files, path, {**note_types}, diagnostics)
        found = read_csv_set(path, data, note_types, shared) if shared is not None else None
    if found is None:
        message = _("{path} cannot be read as it is", path=path)
        raise EditRefusedError(place, message, _("first fix what kartu check reports in it"))
    return found


def _check_kind(path: str) -> None:
    if path.endswith(_EDITED):
        return
    if path.endswith(_WORKBOOKS):
        message = _("a workbook is changed in its own program")
        help = _("open {path} there and save it", path=path)
    else:
        message = _("only card sets in YAML, Markdown and CSV are changed here")
        help = _("change {path} in a text editor", path=path)
    raise EditRefusedError(Span(path), message, help)


def new_set(files: Files, deck: Deck, note_type: str, like: Form | None) -> str:
    """Returns a path for a new card set, in study order right behind that of `like`."""
    names = [path.rpartition("/")[2] for path in edited_sets(files, deck)]
    there = {name.casefold() for name in files.names(deck.folder)}
    before = like.path.rpartition("/")[2] if like is not None else names[-1] if names else ""
    stem = before.rpartition(".")[0]
    wanted = [f"{note_type}.yaml"] if not before else []
    wanted += [f"{stem}_{note_type}.yaml"] if before else []
    wanted += [f"{stem or note_type}_{note_type}-{n}.yaml" for n in range(2, len(names) + 3)]
    free = [name for name in wanted if name.casefold() not in there]
    behind = [name for name in free if natural_order(name) > natural_order(before)]
    return f"{deck.folder}/{(behind or free)[0]}"


def new_content(
    files: Files,
    path: str,
    shared: Sequence[tuple[str, Value]],
    values: Values,
    note_type: NoteType,
) -> bytes:
    """Returns a card set of one note: its shared values, those that are blank left out."""
    line = schema_line(path, word_of(note_type, project_language(files)))
    known = line is not None and files.is_file(f"{FOLDER}/{line.rpartition('/')[2]}")
    head = f"{line}\n" if known else ""
    head += "".join(entry_of(key, value, 0) for key, value in shared if value)
    order = keys_of(note_type)
    keys = sorted(values, key=lambda key: order.index(key) if key in order else len(order))
    own = own_fields(note_type)
    words = {key: word_of(field, note_type.language) for key, field in own.items()}
    lines = "".join(entry_of(words.get(key, key), values[key], 4) for key in keys)
    return f"{head}notes:\n  - {lines[4:]}".encode()
