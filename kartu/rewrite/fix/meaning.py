"""Whether a fixed file still has the same meaning: the guard behind every fix."""

from __future__ import annotations

import unicodedata
from typing import Any

from kartu.core.source import Mapping, Node, Sequence, Text
from kartu.load.shape import is_blank


def same_meaning(before: Node | None, after: Node | None) -> bool:
    """Returns whether two parses of a file differ only by what fixes may change.

    These are the order of keys, decomposed accents, duplicate tags, and an id or uid where there
    was none.
    """
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return before is not None and after is not None and bool(_plain(before) == _plain(after))
    if _whole(before, set()) | _added(before, after, "uid") != _whole(after, set()):
        return False
    old, new = before.get("notes"), after.get("notes")
    if not isinstance(old, Sequence) or not isinstance(new, Sequence):
        return bool(_plain(old) == _plain(new))
    of_set = set(_tags(before))
    return len(old) == len(new) and all(map(lambda a, b: _same_note(a, b, of_set), old, new))


def _same_note(before: Node, after: Node, of_set: set[str]) -> bool:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return bool(_plain(before) == _plain(after))
    added = _added(before, after, "id")
    return bool(_whole(before, of_set) | added == _whole(after, of_set))


def _added(before: Mapping, after: Mapping, key: str) -> dict[str, Any]:
    """The key that `after` has and `before` had not, or had blank."""
    old = before.get(key)
    return {key: _plain(after[key])} if key in after and (old is None or is_blank(old)) else {}


def _whole(mapping: Mapping, of_set: set[str]) -> dict[str, Any]:
    """All keys but the notes, with each tag once."""
    found = {str(key): value for key, value in mapping.items() if key != "notes"}
    plain = {_plain(key): _plain(value) for key, value in found.items()}
    if isinstance(mapping.get("tags"), Sequence | Text):
        plain.pop("tags")
        if tags := [tag for tag in _tags(mapping) if tag not in of_set]:
            plain["tags"] = tags
    return plain


def _tags(mapping: Mapping) -> list[str]:
    tags = mapping.get("tags")
    plain = _plain(tags) if isinstance(tags, Sequence) else [_plain(tags)] if tags else []
    return [tag for tag in dict.fromkeys(map(str, plain)) if tag.strip()]


def _plain(node: Any) -> Any:
    if isinstance(node, str):
        return unicodedata.normalize("NFC", node)
    if isinstance(node, Mapping):
        return {_plain(str(key)): _plain(value) for key, value in node.items()}
    return [_plain(child) for child in node] if isinstance(node, Sequence) else node
