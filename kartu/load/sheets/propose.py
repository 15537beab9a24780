"""What a sheet's columns may be, for an author to confirm: nothing of it is taken without that."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _
from kartu.core.model import NoteType
from kartu.core.source import Span, Text
from kartu.load.headings import (
    NEVER,
    asks_and_answers,
    field_that_answers,
    first_wide_row,
    folded,
    is_of_pupils,
    is_private,
    is_rarely_a_field,
    is_running,
    proposed_key,
    vocabulary,
)
from kartu.load.sheets.cells import Altered, Row, Sheet
from kartu.load.sheets.shared import Shared
from kartu.load.words import own_fields, word_of

# A heading that YAML reads as one text without quotes.
_PLAIN = re.compile(r"[^\W\d_](?:[\w ]*\w)?")
_READ_OTHERWISE = ("true", "false", "yes", "no", "null", "none", "on", "off", "y", "n")
_MOST_LETTERS = 60


def propose(
    columns: Sequence[tuple[Text, Sequence[str]]],
    note_type: NoteType | None,
    taken: set[str],
    *,
    whole: bool = False,
) -> list[tuple[str, str]]:
    """Each heading with the key that it may be, or NEVER: by its word, else in order.

    Args:
        columns: Headings with the values below them.
        taken: Keys of other columns.
        whole: Whether these are all columns, so that one of them answers.
    """
    words = vocabulary(note_type)
    required = [key for key, one in own_fields(note_type).items() if one.required]
    found: dict[int, str] = {}
    for number, (heading, values) in enumerate(columns):
        meaning = words.meaning(heading)
        key = meaning.key if meaning else proposed_key(heading, note_type)
        key = key or ("id" if folded(heading) == "id" else "")
        if key == "id" and is_running(heading, values):
            continue
        if key == "tags" and any(" " in value.strip() for value in values):
            continue
        if key and key not in taken:
            found[number] = key
            taken.add(key)
    if whole and (answer := field_that_answers(note_type)) not in ("", *required):
        required.append(answer)
    left = [key for key in required if key not in taken]
    of_pupils = any(is_of_pupils(heading) for heading, _values in columns)
    # Dates may answer where nothing else does.
    for unlikely in (_is_unlikely,) if of_pupils else (_is_unlikely, _is_nothing):
        for number, (heading, values) in enumerate(columns):
            if left and number not in found and not unlikely(heading, values):
                found[number] = left.pop(0)
    fields = own_fields(note_type)
    words_of = {key: word_of(one, note_type.language) for key, one in fields.items() if note_type}
    keys = [found.get(number, NEVER) for number in range(len(columns))]
    return [(str(one[0]), words_of.get(key, key)) for one, key in zip(columns, keys, strict=True)]


def _is_unlikely(heading: str, values: Sequence[str]) -> bool:
    """Whether a column numbers or dates its rows, or is empty."""
    filled = [value for value in values if value.strip()]
    dates = all(isinstance(value, Altered) for value in filled)
    if is_private(heading) or is_rarely_a_field(heading):
        return True
    return not filled or dates or is_running(heading, filled) or is_running("", filled)


def _is_nothing(heading: str, values: Sequence[str]) -> bool:
    """Whether a column numbers its rows, is empty or not for cards."""
    filled = [value for value in values if value.strip()]
    private = is_private(heading) or is_running(heading, filled) or is_running("", filled)
    return private or not filled or len({*filled}) == 1


def columns_line(shared: Shared, columns: Sequence[tuple[str, str]]) -> str:
    """The line `columns: {...}` with what is written there already."""
    pairs = [*shared.words.items(), *columns]
    return f"columns: {{{', '.join(f'{_yaml(name)}: {_yaml(key)}' for name, key in pairs)}}}"


def _yaml(word: str) -> str:
    plain = _PLAIN.fullmatch(word) and word.casefold() not in _READ_OTHERWISE
    return word if plain else json.dumps(word, ensure_ascii=False)


def quoted_row(row: Row) -> str:
    """The cells of a row that have a text, in quotes and shortened."""
    line = " | ".join(" ".join(cell.split()) for cell in row if cell.strip())
    return f'"{line if len(line) <= _MOST_LETTERS else line[: _MOST_LETTERS - 1] + "…"}"'


def report_no_heading(
    sheet: Sheet, shared: Shared, possible: list[NoteType], diagnostics: Diagnostics
) -> None:
    """Asks whether the first row is a heading or a card, with the lines that answer it."""
    first = first_wide_row(sheet.rows)
    row, below = sheet.rows[first], sheet.rows[first + 1 :]
    note_type = likeliest(possible, sheet.rows[first:])
    columns = [
        (cell, [str(other[n]) if n < len(other) else "" for other in below])
        for n, cell in enumerate(row)
    ]
    proposed = _beside_known(columns, note_type, sheet.keys)
    order = ", ".join(_yaml(key) for _heading, key in proposed)
    message = _(
        "no row names the columns: is the first row, {row}, a heading or a card?",
        row=quoted_row(row),
    )
    help = _(
        "a heading: write `{columns}` into {path}; a card: write `heading: none` there and "
        "`columns: [{order}]`",
        columns=columns_line(shared, _named(proposed, columns)),
        path=shared.path,
        order=order,
    )
    if sheet.place.sheet:
        help = _("{help}; a sheet without cards: let its name begin with _", help=help)
    filled = next(cell for cell in row if cell.strip())
    names = _pairs(proposed)
    diagnostics.append(Diagnostic("no-heading", filled.span, message, help, names=names))


def _beside_known(
    columns: Sequence[tuple[Text, Sequence[str]]], note_type: NoteType | None, keys: Sequence[str]
) -> list[tuple[str, str]]:
    """What all columns may be, some of which have keys that the file itself says."""
    known = dict(enumerate(keys))
    others = [one for number, one in enumerate(columns) if not known.get(number)]
    proposed = iter(propose(others, note_type, {*keys} - {""}, whole=True))
    return [
        (str(heading), known[number]) if known.get(number) else next(proposed)
        for number, (heading, _values) in enumerate(columns)
    ]


def _pairs(proposed: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{key}={heading.strip()}" for heading, key in proposed)


def _named(
    proposed: Sequence[tuple[str, str]], columns: Sequence[tuple[Text, Sequence[str]]]
) -> list[tuple[str, str]]:
    """What is proposed for the columns that have a name and do not number rows."""
    return [
        (heading.strip(), key)
        for (heading, key), (_cell, values) in zip(proposed, columns, strict=True)
        if heading.strip() and not is_private(heading) and not is_running(heading, values)
    ]


def report_no_note_type(
    possible: list[NoteType],
    shared: Shared,
    place: Span,
    diagnostics: Diagnostics,
    *,
    columns: Sequence[tuple[Text, Sequence[str]]] = (),
) -> None:
    """Asks which note type the notes have, where the headings fit none or several.

    Args:
        columns: Headings that fit none, with the values below them.
    """
    message = _("nothing says which note type the notes have")
    help = _('add a column "note_type", or write "note_type: ..." into {path}', path=shared.path)
    names: tuple[str, ...] = ()
    if possible and columns:
        message = _("the headings name all required columns of no note type")
        proposed = propose(columns, _most_named(possible, columns, shared), set(), whole=True)
        line = columns_line(shared, _named(proposed, columns))
        help = _("say what the columns are, in {path}: {columns}", path=shared.path, columns=line)
        names = _pairs(proposed)
    elif possible:
        words = ", ".join(sorted(word_of(one, one.language) for one in possible))
        help = _("{help}; possible are: {names}", help=help, names=words)
    diagnostics.append(Diagnostic("missing-key", place, message, help, names=names))


def _most_named(
    possible: list[NoteType], columns: Sequence[tuple[Text, Sequence[str]]], shared: Shared
) -> NoteType | None:
    """The note type of which the headings name most fields, by their keys first."""
    headings = [str(heading) for heading, _values in columns]

    def named(one: NoteType) -> tuple[int, int, int]:
        meanings = vocabulary(one, shared.words).meanings(headings)
        keys = {meaning.key for meaning in meanings if meaning} & own_fields(one).keys()
        return len(keys), *_likeness(one, headings)

    return max(possible, key=named)


def likeliest(possible: list[NoteType], rows: Sequence[Row]) -> NoteType | None:
    """The note type of which most headings are keys, else the one for a term and its meaning.

    Where cells have gaps, only note types with gaps.
    """
    if any("{{c" in cell for row in rows for cell in row):
        possible = [one for one in possible if one.kind == "cloze"] or possible
    return max(possible, key=lambda one: _likeness(one, rows[0]), default=None)


def _likeness(one: NoteType, headings: Sequence[str]) -> tuple[int, int]:
    """How many headings are its keys, and how many words for what asks and answers it has."""
    named = {folded(heading) for heading in headings}
    return len(named.intersection(map(folded, own_fields(one)))), asks_and_answers(one)
