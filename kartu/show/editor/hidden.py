"""Characters that nobody sees and because of which a card set is not read at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _
from kartu.core.model import Deck, NoteType
from kartu.core.source import Span
from kartu.load.files import CONTROL, Files
from kartu.load.ids.names import visible_text
from kartu.rewrite.edits import Fix
from kartu.rewrite.fix import FixedFile
from kartu.rewrite.fix.files import bytes_of
from kartu.rewrite.notes.card_set import Form
from kartu.rewrite.notes.sets import is_edited, read_set
from kartu.rewrite.notes.values import EditRefusedError, cell_of_value

CODE = "control-character"


def without_hidden(files: Files, deck: Deck) -> Iterator[FixedFile]:
    """Yields the card sets of a deck that have such characters, with and without these."""
    for name in files.names(deck.folder):
        path = f"{deck.folder}/{name}"
        data = bytes_of(files, path) if is_edited(path, deck) else None
        after = _without(data) if data is not None else None
        if data is not None and after not in (None, data):
            assert after is not None
            fix = Fix(Span(path, data[: _first(data)].count(b"\n") + 1), _("delete it"))
            yield FixedFile(path, data, after, [fix])


def note_there(
    files: Files, note_types: Mapping[str, NoteType], fault: Diagnostic
) -> tuple[str, str]:
    """Returns the title of the note that such a fault is in, and the key of the field."""
    data = bytes_of(files, fault.span.path)
    after = _without(data) if data is not None else None
    if fault.code != CODE or after is None:
        return "", ""
    try:
        forms = read_set(files, fault.span.path, note_types, after).forms()
    except EditRefusedError:
        return "", ""
    form = next((one for one in reversed(forms) if one.span.line <= fault.span.line), None)
    return (_title(form), _key(form, fault.span)) if form is not None else ("", "")


def _title(form: Form) -> str:
    texts = (cell_of_value(value) for key, value in form.values.items() if key != "id")
    return visible_text(next((one for one in texts if one.strip()), form.id))


def _key(form: Form, span: Span) -> str:
    before = [(place, key) for key, place in form.places.items() if place <= span]
    return max(before)[1] if before else ""


def _without(data: bytes) -> bytes | None:
    try:
        return CONTROL.sub("", data.decode()).encode()
    except UnicodeDecodeError:
        return None


def _first(data: bytes) -> int:
    content = data.decode()
    found = CONTROL.search(content)
    return len(content[: found.start()].encode()) if found else 0
