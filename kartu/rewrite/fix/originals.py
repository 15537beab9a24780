"""`instead_of` in changes.yaml: records upstream's texts that changes replace."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kartu.core.language import _
from kartu.core.model import Deck, Project
from kartu.core.source import Mapping, Node, Sequence, Text
from kartu.load.changes import INSTEAD_OF, changed_keys, original, same
from kartu.load.yaml import Outline
from kartu.rewrite.edits import Edit, line_begins, line_end, line_stops
from kartu.rewrite.yaml import entry, items, pairs, scalar

_COLON = re.compile(r"\s*:")


class Originals:
    """What a deck's changes should record; with `accept`, outdated records are replaced too."""

    def __init__(self, project: Project, deck: Deck, accept: bool) -> None:
        notes = deck.upstream.deck.notes if deck.upstream is not None else ()
        self._notes = {str(note.id): note for note in notes}
        self._note_types = project.of(deck).note_types
        self._accept = accept
        self._wanted: dict[str, dict[str, Node | None]] = {}

    def edits(self, content: str, root: Outline, node: Mapping) -> Iterator[Edit]:
        """Yields the edits of a changes.yaml with this content."""
        changes, places = node.get("notes"), root.get("notes")
        if not isinstance(changes, Mapping) or places is None or places.kind != "mapping":
            return
        for key, place in places.pairs():
            change = changes.get(key.value)
            if not isinstance(change, Mapping) or place.kind != "mapping" or place.anchored:
                continue
            wanted, new = self._of(key.value, change)
            if new:
                self._wanted[key.value] = wanted
                names = ", ".join(f'"{one}"' for one in new)
                message = _("the change of {keys} now records the original text", keys=names)
                yield _edit(content, place, wanted, message)

    def _of(self, id: str, change: Mapping) -> tuple[dict[str, Node | None], list[str]]:
        """What a note's change should record, and the keys with missing or outdated records."""
        note = self._notes.get(id)
        note_type = self._note_types.get(note.note_type) if note is not None else None
        if note is None or note_type is None:
            return {}, []
        recorded = change.get(INSTEAD_OF)
        before = recorded if isinstance(recorded, Mapping) else Mapping()
        wanted: dict[str, Node | None] = dict(before)
        new = []
        words = changed_keys(before, note_type)
        for key, word in changed_keys(change, note_type).items():
            there, known = original(note, key), words.get(key)
            other = self._accept and not same(before[known] if known else None, there)
            if (known and other) or (not known and not same(change[word], there)):
                wanted[known or word] = there
                new.append(known or word)
        return wanted, new

    def is_expected(self, before: Mapping, after: Node | None) -> bool:
        """Returns whether the fixed file records what it should, and all else is unchanged."""
        if not isinstance(after, Mapping) or not same(_bare(before), _bare(after)):
            return False
        changes = after["notes"]
        assert isinstance(changes, Mapping), "it was a mapping before"
        for id, wanted in self._wanted.items():
            change = changes[id]
            recorded = change.get(INSTEAD_OF) if isinstance(change, Mapping) else None
            if not isinstance(recorded, Mapping) or set(recorded) != set(wanted):
                return False
            if not all(same(recorded[key], wanted[key]) for key in wanted):
                return False
        return True


def _bare(node: Mapping) -> Mapping:
    """The file's content without the records of upstream's texts."""
    bare, notes = Mapping(node), node.get("notes")
    if isinstance(notes, Mapping):
        bare["notes"] = Mapping({key: _without(one) for key, one in notes.items()})
    return bare


def _without(change: Node) -> Node:
    if not isinstance(change, Mapping):
        return change
    return Mapping({key: value for key, value in change.items() if key != INSTEAD_OF})


def _edit(content: str, change: Outline, values: dict[str, Node | None], message: str) -> Edit:
    """Writes `instead_of` where it is, else as the last key of the change."""
    there = next((pair for pair in change.pairs() if pair[0].value == INSTEAD_OF), None)
    ends = line_end(content, change.begin)
    if change.style:
        text = f"{INSTEAD_OF}: {_flow(values)}"
        if there is not None:
            return Edit(there[0].begin, _end(content, *there), text, message)
        last = change.inside[-1].end
        return Edit(last, last, f", {text}", message)
    column = change.begin - line_begins(content, change.begin)
    text = _lines(values, column).replace("\n", ends)
    if there is not None:
        begin, end = there[0].begin, _end(content, *there)
        whole = content[begin:end].endswith(("\n", "\r"))
        return Edit(begin, end, text.lstrip(" ") + (ends if whole else ""), message)
    last = change.inside[-1].end
    if content[:last].endswith(("\n", "\r")):
        return Edit(last, last, text + ends, message)
    at = line_stops(content, last)
    return Edit(at, at, ends + text, message)


def _end(content: str, key: Outline, value: Outline) -> int:
    if value.begin < value.end:
        return value.end
    colon = _COLON.match(content, key.end)
    return colon.end() if colon else key.end


def _lines(values: dict[str, Node | None], column: int) -> str:
    """The key with its values, without the last line end."""
    text = f"{' ' * column}{INSTEAD_OF}:\n"
    for key, node in values.items():
        if isinstance(node, Text):
            text += entry(key, node.strip(), column + 2)
        elif isinstance(node, Sequence) and all(isinstance(one, Text) for one in node):
            text += f"{' ' * (column + 2)}{key}:\n"
            text += "".join(f"{' ' * (column + 4)}- {_flow(one)}\n" for one in node)
        else:
            text += f"{' ' * (column + 2)}{key}: {_flow(node)}\n"
    return text.removesuffix("\n")


def _flow(node: Node | dict[str, Node | None] | None) -> str:
    """A value on one line."""
    if node is None:
        return "''"
    if isinstance(node, Text):
        return scalar(node.strip(), flow=True)
    if isinstance(node, dict):
        return pairs((key, _flow(value)) for key, value in node.items())
    if all(isinstance(one, Text) for one in node):
        return items(str(one).strip() for one in node if isinstance(one, Text))
    return f"[{', '.join(_flow(one) for one in node)}]"
