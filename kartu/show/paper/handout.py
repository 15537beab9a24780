"""A handout: questions on the left, answers on the right, to be covered with a sheet of paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Any

from kartu.core.model import subdeck_of
from kartu.show.paper.about import About, page_style
from kartu.show.paper.engine import Engine
from kartu.show.paper.markup import as_html
from kartu.show.paper.sides import PaperCard, back_with_letter


def handout(engine: Engine, cards: Sequence[PaperCard], about: About, paper: str) -> Any:
    """Renders all cards in study order, and their sources at the end."""
    words = about.words
    title = f"{about.name}: {words['handout']}"
    body = "".join(_body(cards, about))
    return engine.render(body, page_style(paper, title, words["page"]), title)


def _body(cards: Sequence[PaperCard], about: About) -> Iterator[str]:
    words = about.words
    yield f'<div class="head">{about.address()}<h1>{escape(about.name)}</h1>'
    yield f"<p>{escape(' · '.join(about.lines()))}</p><p>{escape(words['cover'])}</p></div>"
    for subdeck, group in groupby(cards, lambda card: subdeck_of(about.deck, card.note.source)):
        if subdeck:
            yield f'<h2 class="subdeck">{escape(subdeck.replace("::", " · "))}</h2>'
        yield '<table class="rows"><thead><tr><th></th>'
        yield f"<th>{words['question']}</th><th>{words['answer']}</th></tr></thead><tbody>"
        yield from (_row(card, about) for card in group)
        yield "</tbody></table>"
    used = {str(key) for card in cards for key in card.note.source.sources}
    sources = "".join(f"<li>{one}</li>" for one in about.sources(used))
    if sources:
        yield f'<h2 class="subdeck">{words["sources"]}</h2><ol class="sources">{sources}</ol>'
    yield "".join(f'<p class="owner">{escape(line)}</p>' for line in about.owners())


def _row(card: PaperCard, about: About) -> str:
    as_of = about.as_of(card.note.source)
    date = f'<p class="as-of">{escape(as_of)}</p>' if as_of else ""
    return (
        f'<tr><td class="number">{card.number}</td><td>{as_html(card.front)}</td>'
        f"<td>{as_html(back_with_letter(card))}{date}</td></tr>"
    )
