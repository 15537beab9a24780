"""A rule on hints: they lead to the answer, and do not say it in other words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kartu.anki.cloze import Cloze, cloze_parts
from kartu.compile.render.note_types import AnkiNoteType
from kartu.compile.render.visible import visible
from kartu.core.language import N_, _
from kartu.core.source import Span
from kartu.review.cards import MAX_LENGTH, Card
from kartu.review.language import Language
from kartu.review.teaching.rule import Finding, Rule, wozniak
from kartu.review.view import View

_WORD = re.compile(r"\w+")
# How authors name a field for a hint.
_HINT_FIELDS = frozenset(("hint", "isyarat", "petunjuk"))
# So many words of a hint that all are in the meaning of the answer are its meaning.
_MIN_WORDS_OF_MEANING = 2


class _Hint(NamedTuple):
    """A hint and the text that it leads to; `of_gap` where it is written in a gap."""

    text: str
    answer: str
    of_gap: bool


def hint_gives_answer(view: View) -> Iterator[Finding]:
    """Yields hints from which the answer follows without being recalled."""
    meanings: Mapping[str, frozenset[str]] | None = None
    keys = {one.id: _hint_keys(one) for one in view.deck.note_types}
    for card in view.cards:
        for place, hint in _hints(card, keys[card.note.note_type.id]):
            meanings = _meanings(view) if meanings is None else meanings
            meaning = meanings.get(hint.answer.casefold(), frozenset())
            message = _fault(hint, meaning, view.language)
            if message:
                yield Finding(place, message, card)


def _hint_keys(note_type: AnkiNoteType) -> frozenset[str]:
    """The keys of fields for hints; in a note type with gaps those of all fields."""
    return frozenset(
        str(one.key)
        for one in note_type.source.fields
        if note_type.source.kind == "cloze"
        or not _HINT_FIELDS.isdisjoint(map(str.casefold, (one.key, one.name, *one.names.values())))
    )


def _hints(card: Card, keys: frozenset[str]) -> Iterator[tuple[Span, _Hint]]:
    for part in card.asked if keys else ():
        if part.key not in keys or len(part.html) > MAX_LENGTH:
            continue
        if not card.is_cloze and card.answer is not None:
            yield part.place, _Hint(part.text, card.answer.text, of_gap=False)
        elif card.is_cloze:
            for field, html in zip(card.note.note_type.fields, card.note.fields, strict=True):
                if field.declared is not None and field.declared.key == part.key:
                    yield from ((part.place, one) for one in _hints_of_gaps(html, card.number))


def _hints_of_gaps(html: str, number: int) -> Iterator[_Hint]:
    if html.count("::") <= html.count("{{c"):
        return  # no gap has a hint
    for outermost in cloze_parts(html):
        for cloze in outermost.all() if isinstance(outermost, Cloze) else ():
            if cloze.hint and number in cloze.numbers():
                yield _Hint(visible(cloze.hint), visible(cloze.hidden()), of_gap=True)


def _fault(hint: _Hint, meaning: frozenset[str], language: Language) -> str:
    """What is wrong with a hint, in a sentence; empty if nothing is."""
    words, wanted = _content(hint.text, language), _content(hint.answer, language)
    if language.contrasts.search(hint.text):
        message = N_('the hint "{hint}" is the opposite or another name of the answer, "{answer}"')
    elif not hint.of_gap or _asks(hint.text, language):
        return ""
    elif wanted and {*wanted} <= {*words} and not _offers(hint.text, language):
        message = N_('the hint "{hint}" has the words of the answer, "{answer}"')
    elif hint.answer[:1].islower() and (
        language.describes.search(hint.text) or _is_in(words, meaning)
    ):
        message = N_('the hint "{hint}" says what the answer means, "{answer}"')
    else:
        return ""  # what is true of a name only leads to it
    return _(message, hint=hint.text, answer=hint.answer)


def _is_in(words: list[str], meaning: frozenset[str]) -> bool:
    return len(words) >= _MIN_WORDS_OF_MEANING and meaning.issuperset(words)


def _asks(hint: str, language: Language) -> bool:
    return "?" in hint or language.question_words.search(hint) is not None


def _offers(hint: str, language: Language) -> bool:
    """Whether the hint names several things to choose from, such as "ser/estar"."""
    return re.search(rf"[/|,]|\s(?:{language.alternatives})\s", hint) is not None


def _content(text: str, language: Language) -> list[str]:
    """Its words but those without a meaning of their own, in lower case."""
    words = map(str.casefold, _WORD.findall(text))
    return [word for word in words if word not in language.stop_words]


def _meanings(view: View) -> dict[str, frozenset[str]]:
    """The words of the other side of each text that is a side of a card, by that text."""
    found: dict[str, frozenset[str]] = {}
    for card in view.cards:
        if card.answer is None or card.is_cloze:
            continue
        question, answer = card.question, card.answer.text
        for text, other in ((question, answer), (answer, question)):
            key = text.casefold()
            found[key] = found.get(key, frozenset()) | {*_content(other, view.language)}
    return found


RULES = (
    Rule(
        "hint-gives-answer",
        hint_gives_answer,
        N_('give the kind of the answer ("which country?") or its first letter'),
        N_("an answer that can be inferred from the hint is not recalled"),
        wozniak(4),
    ),
)
