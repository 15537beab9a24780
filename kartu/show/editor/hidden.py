"""Characters that nobody sees and because of which a card set is not read at all.

In YAML they can also be written as escapes in double quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _
from kartu.core.model import Deck, NoteType
from kartu.core.source import Span
from kartu.load.files import CONTROL, Files
from kartu.load.ids.names import visible_text
from kartu.load.yaml import parse, text_ranges
from kartu.rewrite.edits import BYTE_ORDER_MARK, Edit, Fix, common_ends, edited
from kartu.rewrite.fix import FixedFile
from kartu.rewrite.fix.files import bytes_of
from kartu.rewrite.notes.card_set import Form
from kartu.rewrite.notes.sets import is_edited, read_set
from kartu.rewrite.notes.values import EditRefusedError, cell_of_value

CODE = "control-character"
_MARK = "\N{WHITE VERTICAL RECTANGLE}"  # what stands for one where a person looks

_ESCAPE = re.compile(r"\\(?:x(..)|u(.{4})|U(.{8})|[^xuU])", re.DOTALL)
_SHORT = dict(zip("0abevfNLP", "\0\a\b\x1b\v\f\x85\u2028\u2029", strict=True))


def without_hidden(files: Files, deck: Deck) -> Iterator[FixedFile]:
    """Yields the card sets of a deck that have such characters, with and without these."""
    for name in files.names(deck.folder):
        path = f"{deck.folder}/{name}"
        data = bytes_of(files, path) if is_edited(path, deck) else None
        after = readable(path, data) if data is not None else None
        if data is not None and after not in (None, data):
            assert after is not None
            line = data[: common_ends(data, after)[0]].count(b"\n") + 1
            fix = Fix(Span(path, line), _("delete it"))
            yield FixedFile(path, data, after, [fix])


def note_there(
    files: Files, note_types: Mapping[str, NoteType], fault: Diagnostic
) -> tuple[str, str]:
    """Returns the title of the note that such a fault is in, and the key of the field."""
    data = bytes_of(files, fault.span.path)
    after = readable(fault.span.path, data) if data is not None else None
    if fault.code != CODE or after is None:
        return "", ""
    try:
        forms = read_set(files, fault.span.path, note_types, after).forms()
    except EditRefusedError:
        return "", ""
    form = next((one for one in reversed(forms) if one.span.line <= fault.span.line), None)
    return (title_in(form), _key(form, fault.span)) if form is not None else ("", "")


def title_in(form: Form) -> str:
    """Returns the first text of a note, its id where it has none."""
    texts = (cell_of_value(value) for key, value in form.values.items() if key != "id")
    return visible_text(next((one for one in texts if one.strip()), form.id))


def _key(form: Form, span: Span) -> str:
    before = [(place, key) for key, place in form.places.items() if place <= span]
    return max(before)[1] if before else ""


def marked(path: str, data: bytes) -> bytes:
    """Returns a card set with a sign for each such character, so that a person sees where it is."""
    return readable(path, data, _MARK) or data


def readable(path: str, data: bytes, instead: str = "") -> bytes | None:
    """Returns a card set with `instead` for each such character, None for one that is no text."""
    try:
        content = CONTROL.sub(instead, data.decode())
    except UnicodeDecodeError:
        return None
    if path.endswith(".yaml") and "\\" in content:
        text = content.removeprefix(BYTE_ORDER_MARK)
        begin = content[: len(content) - len(text)]
        content = begin + edited(text, _escaped(path, text, instead))
    return content.encode()


def _escaped(path: str, content: str, instead: str) -> Iterator[Edit]:
    """The edits that put `instead` in the place of each escape of such a character."""
    if parse(content, path, Diagnostics()) is None:
        return
    for begin, end in text_ranges(content):
        if content[begin] == '"':
            for found in _ESCAPE.finditer(content, begin, end):
                if CONTROL.fullmatch(_meant(found)):
                    yield Edit(found.start(), found.end(), instead)


def _meant(escape: re.Match[str]) -> str:
    """The character that an escape stands for."""
    number = escape[1] or escape[2] or escape[3]
    return chr(int(number, 16)) if number else _SHORT.get(escape[0][1], " ")
