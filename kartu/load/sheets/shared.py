"""What all rows of a spreadsheet share, from `<same-name>.set.yaml` beside it."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Values
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostics, did_you_mean, has_errors
from kartu.core.language import N_, _
from kartu.core.model import NoteType
from kartu.core.source import Mapping, Sequence, Span, Text, text
from kartu.load.card_set import check_subdeck, named_note_type, read_tags
from kartu.load.files import Files
from kartu.load.headings import MOST_ABOVE, NEVER, folded, vocabulary
from kartu.load.note_type import NOTE_KEYS
from kartu.load.shape import Shape, read_shape
from kartu.load.sheets.cells import Sheet
from kartu.load.words import offered

_LIST = N_("write a list, a key a column: columns: [term, meaning]")

NoteTypes = dict[str, NoteType | None]


class Shared(NamedTuple):
    """Values shared by all rows of a file; a row's own note type or subdeck wins, tags add up.

    `columns` are the keys of columns by their headings, `order` the keys of a sheet that has no
    headings, empty where it has some.
    """

    note_type: Text | None
    subdeck: Text
    tags: tuple[Text, ...]
    path: str  # the file that sets them, or would
    columns: Values[Text, Text] = {}
    order: tuple[Text, ...] = ()

    @property
    def words(self) -> dict[str, str]:
        """The keys of columns by their headings, as words."""
        return {str(heading): str(key) for heading, key in self.columns.items()}


def set_path(path: str) -> str:
    """The path of the file with values that all rows of a spreadsheet share."""
    return path[: path.rfind(".")] + ".set.yaml"


def read_shared(
    files: Files, path: str, note_types: NoteTypes, diagnostics: Diagnostics
) -> Shared | None:
    """The contents of `<same-name>.set.yaml`, if it exists; None, with a diagnostic, if faulty."""
    where = set_path(path)
    if files.one is not None and path == f"{files.one.folder}/{files.one.card_set}":
        where = f"{files.one.folder}/deck.yaml"
    nothing = Shared(None, text("", Span(path)), (), where)
    if not files.is_file(where):
        return nothing
    before = diagnostics.mark()
    shape = read_shape(files, where, _("the file"), diagnostics)
    if shape is None or diagnostics.since(before):
        return None
    name = shape.text("note_type")
    subdeck = shape.text("subdeck") or nothing.subdeck
    tags = read_tags(shape)
    has_heading = shape.choice("heading", ("none",), "") != "none"
    columns = _columns(shape) if has_heading else {}
    order = () if has_heading else _order(shape)
    if files.one is None:  # else the reader of the deck, whose file it is too, reports the others
        shape.finish()
    check_subdeck(subdeck, diagnostics)
    possible = list(note_types.values())
    if name is not None:
        id = named_note_type(name, files, note_types, diagnostics)
        possible = [note_types.get(id or "")]
    if all(possible):
        _check_keys((*columns.values(), *order), possible, diagnostics)
    if has_errors(diagnostics.since(before)):
        return None
    return Shared(name, subdeck, tags, where, columns, order)


def _columns(shape: Shape) -> dict[Text, Text]:
    """The keys by heading; a heading of which no key is given is never read."""
    node = shape.node("columns")
    if isinstance(node, Sequence):
        help = _(
            'write HEADING: KEY below "columns:", or "heading: none" if the first row is a card'
        )
        shape.add(
            "wrong-shape", node.span, _("a list of columns is for sheets without headings"), help
        )
        return {}
    if node is None:
        return {}
    inner = Shape(node, '"columns"', node.span, shape.diagnostics)
    found = {}
    for heading in inner.mapping:
        key = inner.text(heading, required=True)
        if key is not None:
            found[text(heading, inner.mapping.key_span(heading))] = key
    return found


def _order(shape: Shape) -> tuple[Text, ...]:
    node = shape.node("columns")
    if isinstance(node, Mapping) or not node:
        place = shape.span("columns") if node else shape.span("heading")
        code = "wrong-shape" if node else "missing-key"
        shape.add(code, place, _("a sheet without headings needs its columns in order"), _(_LIST))
        return ()
    return shape.texts("columns")


def _check_keys(
    words: Iterable[Text], note_types: Iterable[NoteType | None], diagnostics: Diagnostics
) -> None:
    """Reports what is no key of a note."""
    possible = [one for one in note_types if one]
    vocabularies = [vocabulary(one) for one in possible]
    for word in words:
        if word == NEVER or any(one.meaning(word) for one in vocabularies):
            continue
        known = {*NOTE_KEYS, *(key for one in possible for key in offered(one))}
        message = _('no column can be "{key}": there is no such field or key', key=word)
        diagnostics.add("unknown-key", word.span, message, did_you_mean(word, known))


def check_headings_exist(shared: Shared, sheets: Iterable[Sheet], diagnostics: Diagnostics) -> None:
    """Reports a heading in `columns` that no sheet has."""
    if not shared.columns:
        return
    rows = (row for sheet in sheets for row in sheet.rows[:MOST_ABOVE])
    there = {folded(cell): str(cell).strip() for row in rows for cell in row}
    for heading in shared.columns:
        if folded(heading) not in there:
            message = _('no column has the heading "{heading}"', heading=heading)
            help = did_you_mean(heading, filter(None, there.values()))
            diagnostics.add("unknown-key", heading.span, message, help)
