"""Rules on answers: short, no long lists, and not told by the question."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kartu.core.source import Span
from kartu.review.cards import Card, Part
from kartu.review.teaching.rule import ITEM_WRITING, Rule, wozniak
from kartu.review.view import View
from kartu.review.words import Language

# A long sentence has some 30 words; scripts without spaces are counted by their signs.
_MOST_WORDS = 30
_MOST_SIGNS = 250

_MOST_ITEMS = 5
_MOST_WORDS_OF_AN_ITEM = 4

_LIST = re.compile(r"<ul\b[^>]*>((?:(?!</?ul\b).)*)</ul>", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_COMMA = re.compile(r"\s*[,;]\s+")
_WORD = re.compile(r"\w+(?:-\w+)*")

_SHORT_ANSWER = 5
_SHORTEST_WORD = 5


def answer_too_long(view: View) -> Iterator[tuple[Span, str]]:
    """An answer is one that can be said in a breath."""
    for card in view.cards:
        if card.answer is None:
            continue
        count = len(card.answer.words)
        if count > _MOST_WORDS:
            yield card.answer.place, f"an answer of {count} words"
        elif len(card.answer.text) > _MOST_SIGNS:
            yield card.answer.place, f"an answer of {len(card.answer.text)} characters"


def long_list(view: View) -> Iterator[tuple[Span, str]]:
    """No answer is a set of more than five things, be it a list or a sentence."""
    for card in view.cards:
        if card.answer is not None:
            count = _items(card.answer, view.language)
            if count > _MOST_ITEMS:
                yield card.answer.place, f"an answer of {count} things without an order"


def _items(answer: Part, language: Language) -> int:
    lists = (one.count("<li") for one in _LIST.findall(answer.html))
    listed = max(lists, default=0)
    sentences = (
        _SENTENCE_END.split(answer.text) if answer.text.count(",") >= _MOST_ITEMS - 1 else []
    )
    return max([listed, *(_enumerated(one, language) for one in sentences)])


def _enumerated(sentence: str, language: Language) -> int:
    """How many things a sentence lists: short pieces between commas, the last after an "and"."""
    *pieces, last = _COMMA.split(sentence)
    joined = re.match(rf"(?:(.+?)\s+)?(?:{language.joins})\s+\S", last)
    if joined is None or any(len(piece.split()) > _MOST_WORDS_OF_AN_ITEM for piece in pieces[1:]):
        return 0
    return len(pieces) + (2 if joined[1] else 1)


def answer_in_question(view: View) -> Iterator[tuple[Span, str]]:
    """A short answer does not stand in its own question, but among possibilities to choose from."""
    for card in view.cards:
        if card.answer is None or not card.asked or not 0 < len(card.answer.words) <= _SHORT_ANSWER:
            continue
        if _gives_away(card, card.answer, view.language):
            yield card.place, f'the question says its answer, "{card.answer.text}"'


def _gives_away(card: Card, answer: Part, language: Language) -> bool:
    wanted = [word for word in _content(answer.text) if word not in language.empty]
    if not any(len(word) >= _SHORTEST_WORD for word in wanted):
        return False
    question = _content(_without_options(card, answer))
    if not set(wanted) <= set(question) or question == _content(answer.text):
        return False
    return not _among_possibilities(card, answer, language)


def _content(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _among_possibilities(card: Card, answer: Part, language: Language) -> bool:
    """Whether the question offers the answer as one of several."""
    if any("<li" in part.html or "<td" in part.html for part in card.asked):
        return True
    return re.search(rf"\s(?:{language.either})\s|/", card.question) is not None


def _without_options(card: Card, answer: Part) -> str:
    """The question; of a choice among fields such as pilihan_1 and pilihan_2, what is before it."""
    stems = [part.key.rstrip("0123456789") for part in card.asked]
    options = [
        part
        for part, stem in zip(card.asked, stems, strict=True)
        if stem != part.key and stems.count(stem) > 1
    ]
    if all(one.text != answer.text for one in options):
        return card.question
    return " ".join(part.text for part in card.asked if part not in options)


RULES = (
    Rule(
        "answer-too-long",
        answer_too_long,
        "ask for less, or divide it into several notes",
        "a short answer is recalled and judged the same way each time",
        wozniak(4),
    ),
    Rule(
        "long-list",
        long_list,
        "ask for the members one by one, or group them",
        "things without an order are among the hardest to keep in mind together",
        wozniak(9),
    ),
    Rule(
        "answer-in-question",
        answer_in_question,
        "say it in the question with other words",
        "an answer that can be read off is not recalled",
        ITEM_WRITING,
    ),
)
