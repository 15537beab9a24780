"""Rules on clozes: a gap hides a word worth knowing, and the rest of the sentence tells which."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kartu.core.source import Span
from kartu.review.cards import Card
from kartu.review.teaching.rule import Rule, wozniak
from kartu.review.view import View
from kartu.review.words import Language

_GAP = re.compile(r"\[\.\.\.\]")
_HINT = re.compile(r"\[[^\[\]]*\]")
_WORD = re.compile(r"[\w’'-]+")
_RELATES = re.compile(r"[:=→←–—(/]")
_ANYTHING_ELSE = re.compile(r"<img|<td|<li|\[sound:|\\[(\[]")

_FEWEST_HIDDEN = 4


def cloze_too_large(view: View) -> Iterator[tuple[Span, str]]:
    """A gap is the smaller part of its sentence."""
    for card in view.cards:
        if not card.is_cloze or card.answer is None:
            continue
        hidden = len(_words(card.answer.text))
        shown = len(_words(_HINT.sub(" ", card.question)))
        if hidden >= _FEWEST_HIDDEN and hidden > shown:
            yield card.place, f"the gap hides {hidden} words and leaves {shown}"


def cloze_of_empty_word(view: View) -> Iterator[tuple[Span, str]]:
    """A gap hides a word that means something."""
    for card in view.cards:
        if not card.is_cloze or card.answer is None or not _GAP.search(card.question):
            continue
        words = _words(card.answer.text)
        if words and all(word.casefold() in view.language.empty for word in words):
            yield card.place, f'the gap hides "{card.answer.text}", which means nothing by itself'


def cloze_without_context(view: View) -> Iterator[tuple[Span, str]]:
    """What stands around a gap tells what belongs into it."""
    for card in view.cards:
        if card.is_cloze and _says_little(card, view.language):
            yield card.place, "too few words around the gap to tell what belongs into it"


def _says_little(card: Card, language: Language) -> bool:
    if len(_GAP.findall(card.question)) != 1 or _HINT.search(_GAP.sub("", card.question)):
        return False
    if any(_ANYTHING_ELSE.search(part.html) for part in card.asked):
        return False
    related = rf"{_RELATES.pattern}|\s(?:{language.joins})\s"
    if re.search(related, card.question):
        return False  # a word and what it means, "house = [...]", or a pair, "Romeo and [...]"
    words = _words(_GAP.sub(" ", card.question))
    return sum(word.casefold() not in language.empty for word in words) < 2


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


RULES = (
    Rule(
        "cloze-too-large",
        cloze_too_large,
        "hide less of the sentence",
        "what is left must lead to what is hidden, and a long text is never recalled word by word",
        wozniak(4),
    ),
    Rule(
        "cloze-of-function-word",
        cloze_of_empty_word,
        "hide the word that the sentence is about",
        "a gap trains what it hides",
        wozniak(5),
    ),
    Rule(
        "cloze-without-context",
        cloze_without_context,
        "say more, or give a hint: {{c1::word::hint}}",
        "many words fit, and the student can only guess which one is meant",
        wozniak(16),
    ),
)
