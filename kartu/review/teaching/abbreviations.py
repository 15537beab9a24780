"""A rule on abbreviations: the deck explains what they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kartu.compile.render.visible import visible
from kartu.core.language import N_, _
from kartu.core.source import Span
from kartu.review.cards import MAX_LENGTH, Part
from kartu.review.language import Language
from kartu.review.teaching.rule import MEANING_OF_ABBREVIATIONS, Finding, Rule
from kartu.review.view import View

_ABBREVIATION = re.compile(r"(?<![\w.&/-])[A-Z]{2,6}(?![\w&/$€£]|-\w|\.\w)")
_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")
_IN_PARENTHESES = re.compile(r"\w\s?\(([^()]*)\)")
_CONTEXT_LENGTH = 30
_WORD = re.compile(r"[^\W\d_]+")
_IN_CAPITALS = re.compile(r"\b[A-Z]{7,}\b")
_FORMULA = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)


def unexplained_abbreviation(view: View) -> Iterator[Finding]:
    """Yields abbreviations that the deck does not explain and that are not common knowledge."""
    used: dict[str, Span] = {}
    for card in view.cards:
        for part in (*card.asked, *([card.answer] if card.answer is not None else ())):
            for found in _abbreviations(part):
                if found not in view.language.common_abbreviations:
                    used.setdefault(found, part.place)
    if not used:
        return
    texts = [visible(value) for note in view.deck.notes for value in note.fields if value]
    explained = _explained(used, texts, view.language)
    for found, place in used.items():
        if found not in explained:
            yield Finding(
                place, _('the deck never says what "{abbreviation}" stands for', abbreviation=found)
            )


def _abbreviations(part: Part) -> Iterator[str]:
    if len(part.html) > MAX_LENGTH or not any(map(str.isupper, part.html)):
        return
    text = _FORMULA.sub(" ", part.text)
    if _IN_CAPITALS.search(text) or (text.isupper() and " " in text):
        return  # in a text in capitals, abbreviations cannot be distinguished from words
    for found in _ABBREVIATION.findall(text):
        if not _ROMAN.fullmatch(found):
            yield found


def _explained(abbreviations: Iterable[str], texts: list[str], language: Language) -> set[str]:
    """Returns those that are next to their meaning, alone in a field, or initials of words."""
    initials = "\n".join(_initials(text, language) for text in texts)
    found = {text.strip(" .") for text in texts}
    for text in texts:
        found.update(_next_to_meaning(text, language))
    return {one for one in abbreviations if one in found or one in initials}


def _initials(text: str, language: Language) -> str:
    words = (word for word in _WORD.findall(text) if word.casefold() not in language.stop_words)
    return "".join("|" if word.isupper() and len(word) > 1 else word[0].upper() for word in words)


def _next_to_meaning(text: str, language: Language) -> Iterator[str]:
    if not any(map(str.isupper, text)):
        return
    for inside in _IN_PARENTHESES.findall(text):
        yield from _CAPITALS.findall(inside)  # Organisasi Kerja Sama Islam (OKI)
    for found in _CAPITALS.finditer(text):
        after = text[found.end() : found.end() + _CONTEXT_LENGTH].lstrip(' ,:"”*')
        before = text[max(0, found.start() - _CONTEXT_LENGTH) : found.start()]
        explained = after.startswith("(") or language.defines.match(after)
        if explained or language.introduces.search(before):
            yield found[0]


RULES = (
    Rule(
        "unexplained-abbreviation",
        unexplained_abbreviation,
        N_("write it out once, as in World Health Organization (WHO), or in a note of its own"),
        N_("students who do not know it cannot even ask what it means"),
        MEANING_OF_ABBREVIATIONS,
    ),
)
