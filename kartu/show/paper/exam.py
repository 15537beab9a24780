"""A test with questions drawn from the cards, and its key on separate pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from hashlib import sha256
from html import escape
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from kartu.show.paper.about import About, page_style
from kartu.show.paper.engine import Engine
from kartu.show.paper.markup import as_html, by_class, text_of
from kartu.show.paper.sides import PaperCard, answer_of, options_of, with_boxes, with_letter

# Of an answer; determines how many lines to write on are printed.
_CHARACTERS_PER_LINE = 60
_MAX_LINES = 4


class Question(NamedTuple):
    """A question with room for the answer, and the answer, both as HTML."""

    card: PaperCard
    asked: str
    answer: str


def draw_questions(cards: Sequence[PaperCard], seed: int, count: int) -> list[Question]:
    """Returns `count` questions, or fewer if there are fewer notes; the same for the same seed.

    No two are of one note: one would give away the answer to the other. Adding or removing a card
    does not change the order of the others.
    """
    by_note: dict[str, PaperCard] = {}
    for card in sorted(cards, key=lambda one: _rank(seed, one.note.guid, str(one.number))):
        by_note.setdefault(card.note.guid, card)
    chosen = sorted(by_note.values(), key=lambda one: _rank(seed, one.note.guid))
    return [_question(card, seed) for card in chosen[:count]]


def _rank(seed: int, *parts: str) -> bytes:
    """Returns a pseudo-random key; `random` may differ between versions of Python."""
    return sha256("\0".join([str(seed), *parts]).encode()).digest()


def _question(card: PaperCard, seed: int) -> Question:
    front, answer = deepcopy(card.front), answer_of(card)
    gaps = [text_of(one) for one in by_class(card.back, "cloze")]
    answer_html = escape("; ".join(gaps)) if gaps else as_html(answer)
    options = options_of(front)
    if len(options):
        _shuffle(options, f"{seed} {card.note.guid}")
        answer_html = as_html(with_letter(answer, front))
    elif next(by_class(front, "statements"), None) is not None:
        front = with_boxes(front)
    elif next(by_class(front, "blank"), None) is None:
        lines = min(_MAX_LINES, 1 + len(text_of(answer)) // _CHARACTERS_PER_LINE)
        room = '<div class="line-to-write"></div>' * lines
        return Question(card, as_html(front) + room, answer_html)
    return Question(card, as_html(front), answer_html)


def _shuffle(options: Element, seed: str) -> None:
    """Shuffles the options."""
    options[:] = sorted(options, key=lambda one: sha256(f"{seed} {text_of(one)}".encode()).digest())


def exam(engine: Engine, questions: Sequence[Question], about: About, seed: int, paper: str) -> Any:
    """Renders the test, and its key on new pages."""
    title = f"{about.name}: {about.words['test']}"
    description = about.words["drawn"].format(count=len(questions), seed=seed)
    style = page_style(paper, f"{title} ({description})", about.words["page"])
    return engine.render("".join(_body(questions, about, description)), style, title)


def _body(questions: Sequence[Question], about: About, description: str) -> Iterator[str]:
    words = about.words
    yield f'<div class="head"><h1>{escape(about.name)}</h1><p>{words["test"]} · {description}</p>'
    yield "".join(
        f'<span class="fill {one}">{words[one]}: </span>'
        for one in ("name", "class", "date", "score")
    )
    yield "</div>"
    for number, one in enumerate(questions, 1):
        yield f'<div class="asked"><div class="no">{number}.</div>{one.asked}</div>'
    yield f'<div class="head key">{about.address()}<h1>{escape(about.name)}</h1>'
    yield f'<p>{words["key"]} · {description}</p></div><table class="rows answers"><tbody>'
    for number, one in enumerate(questions, 1):
        yield f'<tr><td class="number">{number}.</td><td>{one.answer}</td></tr>'
    yield "</tbody></table>"
    yield "".join(f'<p class="owner">{escape(line)}</p>' for line in about.owners())
