"""The translations of a note, which go when it goes."""

from __future__ import annotations

from kartu.core.diagnostics import Diagnostics
from kartu.core.source import Mapping, Node
from kartu.core.text import normalise_newlines
from kartu.load.files import Files
from kartu.load.yaml import outline, parse
from kartu.rewrite.edits import BYTE_ORDER_MARK, edited
from kartu.rewrite.notes.card_set import cannot_write
from kartu.rewrite.notes.nodes import Source, without_key
from kartu.rewrite.notes.sets import Change, Changes


def without_translation(files: Files, folder: str, id: str) -> Changes:
    """Returns the changes of a deck's language variants that take a note's texts away.

    Raises:
        EditRefusedError: They are written in a way that leaves doubt.
    """
    found: Changes = {}
    for name in files.names(f"{folder}/i18n"):
        path = f"{folder}/i18n/{name}"
        data = files.read_bytes(path, Diagnostics()) if name.endswith(".yaml") else None
        after = _without(path, data, id) if data is not None else None
        if after is not None:
            found[path] = Change(data, after)
    return found


def _without(path: str, data: bytes, id: str) -> bytes | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None  # the loader has named it
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    content = text.removeprefix(mark)
    before = _read(path, content)
    notes = before.get("notes") if isinstance(before, Mapping) else None
    root = outline(content) if isinstance(notes, Mapping) and id in notes else None
    places = root.get("notes") if root is not None else None
    if root is None or places is None or not isinstance(before, Mapping):
        return None
    source = Source(path, content)
    only = len(places.inside) == 2  # a key and its value
    edits = without_key(source, root, "notes") if only else without_key(source, places, id)
    after = edited(content, edits)
    if _plain(_read(path, after)) != _expected(before, id, only=only):
        raise cannot_write(path, before.key_span("notes"))
    return (mark + after).encode()


def _expected(before: Mapping, id: str, *, only: bool) -> dict[str, object]:
    found = _plain(before)
    if only:
        del found["notes"]
    else:
        notes = before["notes"]
        assert isinstance(notes, Mapping), "it was read as one"
        found["notes"] = {key: one for key, one in notes.items() if key != id}
    return found


def _plain(node: Node | None) -> dict[str, object]:
    return {str(key): one for key, one in node.items()} if isinstance(node, Mapping) else {}


def _read(path: str, content: str) -> Node | None:
    return parse(normalise_newlines(content), path, Diagnostics())
