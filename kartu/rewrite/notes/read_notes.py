"""Notes as they were read, as forms have them."""

from __future__ import annotations

from kartu.core.model import Note
from kartu.core.source import Node, Span, Text
from kartu.rewrite.notes.card_set import Form, Values
from kartu.rewrite.notes.values import value_of


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
