"""Rules on clozes: a gap hides a word worth knowing, and its context determines which."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kartu.core.language import N_, _
from kartu.review.cards import Card
from kartu.review.language import Language
from kartu.review.teaching.rule import Finding, Rule, wozniak
from kartu.review.view import View

_GAP = re.compile(r"\[\.\.\.\]")
_HINT = re.compile(r"\[[^\[\]]*\]")
_WORD = re.compile(r"[\w’'-]+")
_RELATES = re.compile(r"[:=→←–—(/]")
_ANYTHING_ELSE = re.compile(r"<img|<td|<li|\[sound:|\\[(\[]")

_FEWEST_HIDDEN = 4


def cloze_too_large(view: View) -> Iterator[Finding]:
    """Yields gaps that hide more than they leave of the sentence."""
    for card in view.cards:
        if not card.is_cloze or card.answer is None:
            continue
        hidden = len(_words_in(card.answer.text))
        shown = len(_words_in(_HINT.sub(" ", card.question)))
        if hidden >= _FEWEST_HIDDEN and hidden > shown:
            yield Finding(
                card.place,
                _("the gap hides {hidden} words and leaves {shown}", hidden=hidden, shown=shown),
                card,
            )


def cloze_of_empty_word(view: View) -> Iterator[Finding]:
    """Yields gaps that hide only words without a meaning of their own."""
    for card in view.cards:
        if not card.is_cloze or card.answer is None or not _GAP.search(card.question):
            continue
        words = _words_in(card.answer.text)
        if words and all(word.casefold() in view.language.stop_words for word in words):
            yield Finding(
                card.place,
                _('the gap hides "{words}", which means nothing by itself', words=card.answer.text),
                card,
            )


def cloze_without_context(view: View) -> Iterator[Finding]:
    """Yields gaps whose context does not determine what belongs in them."""
    for card in view.cards:
        if card.is_cloze and _lacks_context(card, view.language):
            yield Finding(
                card.place, _("too few words around the gap to tell what belongs in it"), card
            )


def _lacks_context(card: Card, language: Language) -> bool:
    if len(_GAP.findall(card.question)) != 1 or _HINT.search(_GAP.sub("", card.question)):
        return False
    if any(_ANYTHING_ELSE.search(part.html) for part in card.asked):
        return False
    related = rf"{_RELATES.pattern}|\s(?:{language.conjunctions})\s"
    if re.search(related, card.question):
        return False  # a word and what it means, "house = [...]", or a pair, "Romeo and [...]"
    words = _words_in(_GAP.sub(" ", card.question))
    return sum(word.casefold() not in language.stop_words for word in words) < 2


def _words_in(text: str) -> list[str]:
    return _WORD.findall(text)


RULES = (
    Rule(
        "cloze-too-large",
        cloze_too_large,
        N_("hide less of the sentence"),
        N_("what is left must lead to what is hidden, and nobody recalls a long text word by word"),
        wozniak(4),
    ),
    Rule(
        "cloze-of-function-word",
        cloze_of_empty_word,
        N_("hide the word that the sentence is about"),
        N_("a gap trains what it hides"),
        wozniak(5),
    ),
    Rule(
        "cloze-without-context",
        cloze_without_context,
        N_("say more, or give a hint: {{c1::word::hint}}"),
        N_("many words fit, and the student can only guess which one is meant"),
        wozniak(16),
    ),
)
