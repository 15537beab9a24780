"""The two sides of each card for paper, the back without the question once more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from string import ascii_uppercase
from typing import NamedTuple
from xml.etree.ElementTree import Element

from kartu.compile.built import BuiltDeck, BuiltNote
from kartu.compile.render.visible import visible_side, without_heard
from kartu.show.gallery.sides import Kept, Shown, Sides
from kartu.show.paper.markup import having, paper_tree, without, words

_EXPLAINS = frozenset(("more", "note", "prompt", "source"))

# Behind this element Anki itself looks for the answer.
_ANSWER = re.compile(r"<hr\b[^>]*?\bid\s*=\s*[\"']?answer\b[^>]*>", re.IGNORECASE)
_TYPED = re.compile(r'<code id="typeans">(.*?)</code>', re.DOTALL)


class PaperCard(NamedTuple):
    """A card: its number on this paper, its note, and its sides as trees (see markup)."""

    number: int
    note: BuiltNote
    front: Element
    back: Element


def paper_cards(built: BuiltDeck, notes: Iterable[BuiltNote]) -> Iterator[PaperCard]:
    """The cards of the notes in study order, numbered from 1."""
    kept = Kept()
    sides = {one.id: Sides(one, kept) for one in built.note_types}
    number = 0
    for note in notes:
        of_type = sides[note.note_type.id]
        for shown in map(of_type.whole, of_type.of(note)):
            number += 1
            front = paper_tree(without_heard(shown.front), front=True)
            yield PaperCard(number, note, front, _back(shown))


def _back(shown: Shown) -> Element:
    back = without_heard(shown.back)
    alone = _without_question(back, shown)
    tree = paper_tree(alone, front=False)
    if not words(tree) and next(tree.iter("img"), None) is None:
        tree = paper_tree(back, front=False)
    return tree


def _without_question(back: str, shown: Shown) -> str:
    """What stands behind the question, where all that stands before is the question's."""
    parts = _ANSWER.split(back, maxsplit=1)
    if len(parts) == 2:
        before, after = parts
        if "data-shape" not in before and _is_of(visible_side(before), visible_side(shown.front)):
            return _without_typed(after)
    elif shown.front and shown.front in back:
        return _without_typed(back.replace(shown.front, " ", 1))
    return back


def _is_of(some: str, all: str) -> bool:
    """Whether the words are words of the others, in their order."""
    left = iter(all.split())
    return not any(one not in left for one in some.split())


def _without_typed(back: str) -> str:
    """Without what should have been typed, where the back says that anyway."""
    found = _TYPED.search(back)
    rest = _TYPED.sub(" ", back)
    expected = visible_side(found[1]) if found else ""
    return rest if expected and expected in visible_side(rest) else back


def lettered_back(card: PaperCard) -> Element:
    """The back, of a choice among options with the letter of the right one."""
    back = deepcopy(card.back)
    for answer in having(back, "answer"):
        lettered(answer, card.front)
    return back


def lettered(answer: Element, front: Element) -> Element:
    """Puts the letter of the option that the answer repeats before it, if there is one."""
    options = [words(one) for one in next(having(front, "options"), ())]
    if words(answer) in options:
        letter = ascii_uppercase[options.index(words(answer))]
        inner = answer
        while len(inner) and not (inner.text or "").strip():
            inner = inner[0]
        inner.text = f"{letter}. {(inner.text or '').lstrip()}"
    return answer


def answer_of(card: PaperCard) -> Element:
    """The back without all that only explains the answer."""
    back = deepcopy(card.back)
    answers = list(having(back, "answer"))
    if answers:
        return answers[0]
    without(back, _EXPLAINS)
    return back
