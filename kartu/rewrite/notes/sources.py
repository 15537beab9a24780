"""A new source in the list of a deck's sources, every other byte of deck.yaml kept."""

from __future__ import annotations

from collections.abc import Mapping

from kartu.core.language import _
from kartu.core.model import Deck
from kartu.core.source import Span
from kartu.load.files import Files
from kartu.load.ids.names import slug
from kartu.load.yaml import outline
from kartu.rewrite.edits import edited, line_end
from kartu.rewrite.notes.card_set import cannot_write
from kartu.rewrite.notes.deck_file import deck_file
from kartu.rewrite.notes.nodes import Source, with_key, yaml_of
from kartu.rewrite.notes.sets import Changes
from kartu.rewrite.notes.values import EditRefusedError, check_characters

_SOURCES = "sources"


def source_id(deck: Deck, title: str) -> str:
    """Returns a free id for a source with this title."""
    wanted = slug(title) or "sumber"
    names = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, len(deck.sources) + 2))
    return next(name for name in names if name not in deck.sources)


def with_source(files: Files, deck: Deck, id: str, values: Mapping[str, str]) -> Changes:
    """Returns the change that adds a source to a deck.

    Raises:
        EditRefusedError: Its id is in use or none, or deck.yaml is written in a way that leaves
            doubt.
    """
    path = f"{deck.folder}/deck.yaml"
    if id in deck.sources:
        raise EditRefusedError(deck.span, _('the deck has a source "{id}" already', id=id))
    if slug(id) != id or not values.get("title", "").strip():
        raise EditRefusedError(deck.span, _("a source has a title, and an id of a-z, 0-9 and -"))
    wanted = {key: " ".join(text.split()) for key, text in values.items() if text.strip()}
    check_characters(wanted, deck.span)
    there = deck_file(files, deck)
    after = _with(Source(path, there.content), id, wanted)
    expected = there.values()
    sources = expected.get(_SOURCES)
    expected[_SOURCES] = {**(sources if isinstance(sources, dict) else {}), id: wanted}
    return there.changed(after, expected, deck.span)


def _with(source: Source, id: str, values: dict[str, str]) -> str:
    content = source.content
    root = outline(content)
    if root is None or root.style:
        raise cannot_write(source.path, Span(source.path))
    there = root.get(_SOURCES)
    if there is not None and there.kind == "mapping" and there.inside:
        order = [key.value for key, _value in there.pairs()]
        return edited(content, with_key(source, there, id, values, order))
    if there is not None:
        return edited(content, with_key(source, root, _SOURCES, {id: yaml_of(values)}, []))
    ends = line_end(content, 0)
    begun = content if content.endswith(("\n", "\r")) or not content else content + ends
    return f"{begun}{_SOURCES}:{ends}  {id}: {yaml_of(values)}{ends}"
