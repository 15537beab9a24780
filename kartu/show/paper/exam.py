"""A test drawn from the cards, and its key on pages of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from hashlib import sha256
from html import escape
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from kartu.show.paper.about import About, page_style
from kartu.show.paper.engine import Engine
from kartu.show.paper.markup import as_html, having, words
from kartu.show.paper.sides import PaperCard, answer_of, lettered

# How much a line to write on holds.
_A_LINE = 60
_MOST_LINES = 4


class Question(NamedTuple):
    """What is asked, with room for the answer, and the answer, both as HTML."""

    card: PaperCard
    asked: str
    answer: str


def drawn(cards: Sequence[PaperCard], seed: int, count: int) -> list[Question]:
    """`count` questions, fewer where there are fewer notes; the same for the same seed.

    No two are of one note: one would tell the answer to the other. A card more or less in the deck
    leaves the order of all others as it is.
    """
    of_note: dict[str, PaperCard] = {}
    for card in sorted(cards, key=lambda one: _lot(seed, one.note.guid, str(one.number))):
        of_note.setdefault(card.note.guid, card)
    chosen = sorted(of_note.values(), key=lambda one: _lot(seed, one.note.guid))
    return [_question(card, seed) for card in chosen[:count]]


def _lot(seed: int, *parts: str) -> bytes:
    """Chance that is the same everywhere: Python's own may differ between its versions."""
    return sha256("\0".join([str(seed), *parts]).encode()).digest()


def _question(card: PaperCard, seed: int) -> Question:
    front, answer = deepcopy(card.front), answer_of(card)
    gaps = [words(one) for one in having(card.back, "cloze")]
    told = escape("; ".join(gaps)) if gaps else as_html(answer)
    options = next(having(front, "options"), None)
    if options is not None:
        _shuffle(options, f"{seed} {card.note.guid}")
        told = as_html(lettered(answer, front))
    elif next(having(front, "blank"), None) is None:
        lines = min(_MOST_LINES, 1 + len(words(answer)) // _A_LINE)
        room = '<div class="line-to-write"></div>' * lines
        return Question(card, as_html(front) + room, told)
    return Question(card, as_html(front), told)


def _shuffle(options: Element, seed: str) -> None:
    """Puts the options into another order."""
    options[:] = sorted(options, key=lambda one: sha256(f"{seed} {words(one)}".encode()).digest())


def exam(engine: Engine, questions: Sequence[Question], about: About, seed: int, paper: str) -> Any:
    """The test, and on new pages its key."""
    title = f"{about.name}: {about.words['test']}"
    told = about.words["drawn"].format(count=len(questions), seed=seed)
    style = page_style(paper, f"{title} ({told})", about.words["page"])
    return engine.render("".join(_body(questions, about, told)), style, title)


def _body(questions: Sequence[Question], about: About, told: str) -> Iterator[str]:
    words = about.words
    yield f'<div class="head"><h1>{escape(about.name)}</h1><p>{words["test"]} · {told}</p>'
    yield "".join(
        f'<span class="fill {one}">{words[one]}: </span>'
        for one in ("name", "class", "date", "score")
    )
    yield "</div>"
    for number, one in enumerate(questions, 1):
        yield f'<div class="asked"><div class="no">{number}.</div>{one.asked}</div>'
    yield f'<div class="head key">{about.address()}<h1>{escape(about.name)}</h1>'
    yield f'<p>{words["key"]} · {told}</p></div><table class="rows answers"><tbody>'
    for number, one in enumerate(questions, 1):
        yield f'<tr><td class="number">{number}.</td><td>{one.answer}</td></tr>'
    yield "</tbody></table>"
    yield "".join(f'<p class="owner">{escape(line)}</p>' for line in about.owners())
