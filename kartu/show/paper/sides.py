"""The two sides of each card for paper, the back without the repeated question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from string import ascii_uppercase
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.visible import visible_side, without_heard
from kartu.show.gallery.sides import CardCache, RenderedCard, Sides
from kartu.show.paper.markup import by_class, paper_tree, remove_by_class, text_of

_EXPLANATIONS = frozenset(("more", "note", "prompt", "source"))

# Anki itself looks for the answer after this element.
_ANSWER = re.compile(r"<hr\b[^>]*?\bid\s*=\s*[\"']?answer\b[^>]*>", re.IGNORECASE)
_TYPED = re.compile(r'<code id="typeans">(.*?)</code>', re.DOTALL)


class PaperCard(NamedTuple):
    """A card: its number in this document, its note, and its sides as trees (see markup.py)."""

    number: int
    note: BuiltNote
    front: Element
    back: Element


def paper_cards(built: BuiltDeck, notes: Iterable[BuiltNote]) -> Iterator[PaperCard]:
    """Yields the cards of the notes in study order, numbered from 1."""
    cache = CardCache()
    sides = {one.id: Sides(one, cache) for one in built.note_types}
    number = 0
    for note in notes:
        of_type = sides[note.note_type.id]
        for card in map(of_type.expanded, of_type.cards_of(note)):
            number += 1
            front = paper_tree(without_heard(card.front), front=True)
            yield PaperCard(number, note, front, _back(card))


def _back(card: RenderedCard) -> Element:
    back = without_heard(card.back)
    without_question = _without_question(back, card)
    tree = paper_tree(without_question, front=False)
    if not text_of(tree) and next(tree.iter("img"), None) is None:
        tree = paper_tree(back, front=False)
    return tree


def _without_question(back: str, card: RenderedCard) -> str:
    """Returns what follows the repeated question, if nothing but the question comes before."""
    parts = _ANSWER.split(back, maxsplit=1)
    if len(parts) == 2:
        before, after = parts
        if "data-shape" not in before and _is_subsequence(
            visible_side(before), visible_side(card.front)
        ):
            return _without_typed(after)
    elif card.front and card.front in back:
        return _without_typed(back.replace(card.front, " ", 1))
    return back


def _is_subsequence(words: str, others: str) -> bool:
    """Whether all words occur among the others, in the same order."""
    remaining = iter(others.split())
    return not any(one not in remaining for one in words.split())


def _without_typed(back: str) -> str:
    """Removes the text that was to be typed, if the back has it anyway."""
    found = _TYPED.search(back)
    rest = _TYPED.sub(" ", back)
    expected = visible_side(found[1]) if found else ""
    return rest if expected and expected in visible_side(rest) else back


def back_with_letter(card: PaperCard) -> Element:
    """Returns the back; of a multiple-choice question, with the letters of the options."""
    back = deepcopy(card.back)
    for answer in by_class(back, "answer"):
        with_letter(answer, card.front)
    for reviews in by_class(back, "reviews"):
        for name in reviews.iter("b"):
            with_letter(name, card.front)
    return back


def with_letter(answer: Element, front: Element) -> Element:
    """Prefixes the answer with the letter of the option that it repeats, if any; returns it.

    Of several right options each gets its own, in the order of the letters.
    """
    options = [text_of(one) for one in options_of(front)]
    solution = next(by_class(answer, "solution"), None)
    several = next((one for one in answer.iter("ul")), None) if solution is not None else None
    if several is not None and all(text_of(one) in options for one in several):
        several[:] = sorted(several, key=lambda one: options.index(text_of(one)))
        for one in several:
            _add_letter(one, options)
    elif text_of(answer) in options:
        _add_letter(answer, options)
    return answer


def options_of(front: Element) -> Element:
    """Returns the list of options to choose among; empty if there is none."""
    for one in by_class(front, "options"):
        if "statements" not in one.get("class", ""):
            return one if len(one) and one[0].tag == "li" else next(one.iter("ul"), one)
    return Element("ul")


def _add_letter(option: Element, options: list[str]) -> None:
    letter = ascii_uppercase[options.index(text_of(option))]
    inner = option
    while len(inner) and not (inner.text or "").strip():
        inner = inner[0]
    inner.text = f"{letter}. {(inner.text or '').lstrip()}"


def with_boxes(front: Element) -> Element:
    """Returns the front with its statements as a table: a box to tick for each category."""
    for statements in by_class(front, "statements"):
        categories = next(by_class(front, "categories"), None)
        names = [text_of(one) for one in categories.iter("li")] if categories is not None else []
        rows, statements[:] = list(statements), []
        statements.tag = "table"
        head = SubElement(statements, "tr")
        for name in ("", "", *names):
            SubElement(head, "th").text = name
        for number, one in enumerate(rows, 1):
            row = SubElement(statements, "tr")
            SubElement(row, "td").text = f"{number}."
            one.tag = "td"
            row.append(one)
            for _name in names:
                SubElement(row, "td", {"class": "box"})
        if categories is not None:
            categories[:] = []
    return front


def answer_of(card: PaperCard) -> Element:
    """Returns the answer on the back, without explanations."""
    back = deepcopy(card.back)
    answers = list(by_class(back, "answer"))
    if answers:
        return answers[0]
    remove_by_class(back, _EXPLANATIONS)
    return back
