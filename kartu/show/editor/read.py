"""Notes as they were read, for lists and for forms that only show them."""

from __future__ import annotations

from kartu.anki.cloze import OCCLUSION
from kartu.core.model import Note
from kartu.core.source import Mapping, Node, Span, Text, texts_in
from kartu.rewrite.notes.card_set import Form, Values
from kartu.rewrite.notes.values import value_of

_LONGEST = 200  # characters of a title


def title_of(note: Note) -> str:
    """Returns a note's first text, its id where it has none.

    Covers of a picture are no text, and what a picture is comes after what is asked about it.
    """
    for pictures in (False, True):
        for value in note.values.values():
            if isinstance(value, Mapping) is pictures:
                for text in texts_in(value):
                    if text.strip() and OCCLUSION not in text:
                        return " ".join(text[:_LONGEST].split())
    return str(note.id)


def form_of(note: Note) -> Form:
    """Returns a note as a form shows it, from what was read of its card set."""
    nodes: dict[str, Node | tuple[Text, ...] | None] = {
        **note.values,
        "tags": note.tags,
        "sources": note.sources,
        "facts": note.facts,
        "as_of": note.as_of,
        "retired": note.retired,
        "unfinished": note.unfinished,
    }
    values: Values = {}
    places: dict[str, Span] = {}
    for key, node in nodes.items():
        value = [str(one) for one in node] if isinstance(node, tuple) else value_of(node)
        if value:
            values[str(key)] = value
            places[str(key)] = node[0].span if isinstance(node, tuple) else _span(node, note)
    span = note.id.span
    return Form(
        path=span.path,
        place=0,
        id=str(note.id),
        note_type=note.note_type,
        subdeck=str(note.subdeck),
        tags=[],
        values=values,
        places=places,
        span=span,
    )


def _span(node: Node | None, note: Note) -> Span:
    return node.span if node is not None else note.id.span
