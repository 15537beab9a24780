"""The value that an author would write for a field, from the HTML that Anki has there.

What counts is what is displayed: a value is taken only if it renders to exactly this HTML, in its
canonical form. How a format looks is what its template says, so lists and tables are found between
the parts of the template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, TypeAlias, TypeVar

from kartu.anki.field_html import Token, canonical, tokens
from kartu.importing.corrections.markup import as_markdown, edited, plain_text
from kartu.rewrite.notes.values import Value

# The HTML of a field with this value, in its canonical form; None where it cannot be rendered.
Render: TypeAlias = Callable[[Value], str | None]

T = TypeVar("T")

_MOST_ITEMS = 200
_ROWS = (0, 1, -1, 2, -2, 3, -3)


class Field(NamedTuple):
    """A field of a note: its format, what its author wrote, and how to render another value.

    `value` is empty where the note has none.
    """

    format: str
    value: Value
    render: Render


def value_of_html(field: Field, html: str) -> Value | None:
    """Returns the value that renders to this HTML, None where there is none.

    What of the author's own text is displayed unchanged stays as it was written.
    """
    wanted = canonical(html)
    if not wanted:
        return ""
    for value in _candidates(field, html, wanted):
        if field.render(value) == wanted:
            return value
    return None


def _candidates(field: Field, html: str, wanted: str) -> Iterator[Value]:
    if field.format in ("html", "anki"):
        yield html
    elif field.format == "list":
        yield from _lists(field, wanted)
    elif field.format == "table":
        yield from _tables(field, wanted)
    elif field.format == "image":
        yield from _pictures(field, wanted)
    elif field.format == "sound":
        yield wanted.removeprefix("[sound:").removesuffix("]")
    else:
        yield from _texts(field, wanted)


def _texts(field: Field, wanted: str) -> Iterator[Value]:
    pieces = _pieces(field.render(_mark(0)), 1)
    found = _between(pieces, wanted) if pieces else None
    if found is None:
        return
    markdown = field.format == "markdown"
    own = field.value if isinstance(field.value, str) else ""
    before = _between(pieces, field.render(own) or "") if own else None
    yield from _cell(found[0], own, before[0] if before else "", markdown=markdown)


def _cell(html: str, own: str, before: str, *, markdown: bool = True) -> Iterator[str]:
    """Ways to write one text: the author's own with the edit in it, then from the HTML alone."""
    wanted = tokens(html)
    if own:
        changed = edited(own, tokens(before), wanted, markdown=markdown)
        if changed is not None:
            yield changed
    if markdown:
        yield from as_markdown(wanted)
    elif (plain := plain_text(wanted)) is not None:
        yield plain


# --- lists and tables -----------------------------------------------------------------------------


def _lists(field: Field, wanted: str) -> Iterator[Value]:
    own = [str(one) for one in field.value] if isinstance(field.value, list) else []
    two = _pieces(field.render(_marks(2)), 2)
    if not two or not two[1]:
        return
    number = wanted.count(two[1]) + 1
    if number > _MOST_ITEMS:
        return
    cells = _between(_pieces(field.render(_marks(number)), number), wanted)
    before = _between(_pieces(field.render(_marks(len(own))), len(own)), field.render(own) or "")
    if cells is None or (own and before is None):
        return
    one = _One(lambda text: field.render([text]))
    items = [one.written(*cell) for cell in _aligned(cells, own, before or [], "")]
    if None not in items:
        yield [item for item in items if item is not None]


def _tables(field: Field, wanted: str) -> Iterator[Value]:
    own = [[str(cell) for cell in row] for row in field.value] if _is_table(field.value) else []
    columns = len(own[0]) if own else wanted.count("<th ")
    before = _table(field, len(own), columns, field.render(own) or "") if own else []
    if before is None or not columns:
        return
    one = _One(lambda text: field.render([[text]]))
    rows_there = len(own) or wanted.count("<tr>")
    for rows in (rows_there + more for more in _ROWS):
        cells = _table(field, rows, columns, wanted) if 0 < rows <= _MOST_ITEMS else None
        if cells is None:
            continue
        blank = [""] * columns
        found = [
            [one.written(*cell) for cell in zip(*row, strict=True)]
            for row in _aligned(cells, own, before, blank)
        ]
        if all(None not in row for row in found):
            yield [[cell for cell in row if cell is not None] for row in found]


class _One:
    """One item of a list, or cell of a table."""

    def __init__(self, render: Callable[[str], str | None]) -> None:
        self._render = render
        self._pieces = _pieces(render(_mark(0)), 1)

    def written(self, html: str, own: str, before: str) -> str | None:
        """Returns the text that is displayed as this HTML; the author's own where it is."""
        if own and html == before:
            return own
        ways = _cell(html, own, before)
        return next((way for way in ways if self._shows(way) == html), None)

    def _shows(self, text: str) -> str | None:
        found = _between(self._pieces, self._render(text) or "") if self._pieces else None
        return found[0] if found else None


def _aligned(
    cells: Sequence[T], own: Sequence[T], before: Sequence[T], blank: T
) -> Iterator[tuple[T, T, T]]:
    """Each cell with what its author wrote for it, and how that was displayed."""
    old, new = list(map(repr, before)), list(map(repr, cells))
    for what, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        known = what != "insert" and i2 - i1 == j2 - j1
        for at in range(j2 - j1):
            there = (own[i1 + at], before[i1 + at]) if known else (blank, blank)
            yield cells[j1 + at], *there


def _table(field: Field, rows: int, columns: int, html: str) -> list[list[str]] | None:
    marks = [[_mark(row * columns + column) for column in range(columns)] for row in range(rows)]
    found = _between(_pieces(field.render(marks), rows * columns), html)
    if found is None:
        return None
    return [found[at : at + columns] for at in range(0, len(found), columns)]


def _is_table(value: Value) -> bool:
    return isinstance(value, list) and all(isinstance(row, list) for row in value)


# --- pictures -------------------------------------------------------------------------------------


def _pictures(field: Field, wanted: str) -> Iterator[Value]:
    now = _picture(wanted)
    if not now["file"]:
        return
    own = field.value if isinstance(field.value, dict) else {"file": str(field.value)}
    there = _picture(field.render(own) or "")
    parts = {**own, **{key: part for key, part in now.items() if part != there[key]}}
    yield {key: text for key, text in parts.items() if text}


def _picture(html: str) -> dict[str, str]:
    """The first picture: its file, alt and caption."""
    found = tokens(html)
    values = next((dict(one.attributes) for one in found if one.tag == "img"), {})
    return {"file": values.get("src", ""), "alt": values.get("alt", ""), "caption": _caption(found)}


def _caption(found: Sequence[Token]) -> str:
    inside, words = False, []
    for token in found:
        if token.tag == "figcaption":
            inside = token.opens
        elif inside and not token.tag:
            words.append(token.words)
    return "".join(words).strip()


# --- templates ------------------------------------------------------------------------------------


def _mark(number: int) -> str:
    return f"Penanda{number}x"


def _marks(number: int) -> list[str]:
    return [_mark(one) for one in range(number)]


def _pieces(html: str | None, number: int) -> list[str]:
    """What a template writes before, between and behind the marks; nothing where one is lacking."""
    pieces, rest = [], html or ""
    for one in range(number):
        piece, found, rest = rest.partition(_mark(one))
        if not found:
            return []
        pieces.append(piece)
    return [*pieces, rest] if pieces else []


def _between(pieces: Sequence[str], html: str) -> list[str] | None:
    """What is between the pieces, None where they are not there in this order."""
    if not pieces or not html.startswith(pieces[0]) or not html.endswith(pieces[-1]):
        return None
    found = []
    at, end = len(pieces[0]), len(html) - len(pieces[-1])
    for piece in pieces[1:-1]:
        place = html.find(piece, at, end) if piece else -1
        if place < 0:
            return None
        found.append(html[at:place])
        at = place + len(piece)
    return [*found, html[at:end]] if at <= end else None
