"""A rule on abbreviations: what one stands for is said somewhere in the deck."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kartu.compile.render.visible import visible
from kartu.core.source import Span
from kartu.review.cards import LONGEST, Part
from kartu.review.teaching.rule import MEANING_OF_ABBREVIATIONS, Rule
from kartu.review.view import View
from kartu.review.words import Language

_ABBREVIATION = re.compile(r"(?<![\w.&/-])[A-Z]{2,6}(?![\w&/$€£]|-\w|\.\w)")
_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")
_IN_PARENTHESES = re.compile(r"\w\s?\(([^()]*)\)")
_NEAR = 30
_WORD = re.compile(r"[^\W\d_]+")
_IN_CAPITALS = re.compile(r"\b[A-Z]{7,}\b")
_FORMULA = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)


def unexplained_abbreviation(view: View) -> Iterator[tuple[Span, str]]:
    """Each abbreviation of a question or an answer is explained by the deck, or known to all."""
    asked: dict[str, Span] = {}
    for card in view.cards:
        for part in (*card.asked, *([card.answer] if card.answer is not None else ())):
            for found in _abbreviations(part):
                if found not in view.language.known:
                    asked.setdefault(found, part.place)
    if not asked:
        return
    texts = [visible(value) for note in view.deck.notes for value in note.fields if value]
    explained = _explained(asked, texts, view.language)
    for found, place in asked.items():
        if found not in explained:
            yield place, f'the deck never says what "{found}" stands for'


def _abbreviations(part: Part) -> Iterator[str]:
    if len(part.html) > LONGEST or not any(map(str.isupper, part.html)):
        return
    text = _FORMULA.sub(" ", part.text)
    if _IN_CAPITALS.search(text) or (text.isupper() and " " in text):
        return  # a text in capitals: which of its words are abbreviations cannot be told
    for found in _ABBREVIATION.findall(text):
        if not _ROMAN.fullmatch(found):
            yield found


def _explained(wanted: Iterable[str], texts: list[str], language: Language) -> set[str]:
    """Those that stand beside their meaning, alone in a field, or as the initials of words."""
    initials = "\n".join(_initials(text, language) for text in texts)
    found = {text.strip(" .") for text in texts}
    for text in texts:
        found.update(_beside_their_meaning(text, language))
    return {one for one in wanted if one in found or one in initials}


def _initials(text: str, language: Language) -> str:
    words = (word for word in _WORD.findall(text) if word.casefold() not in language.empty)
    return "".join("|" if word.isupper() and len(word) > 1 else word[0].upper() for word in words)


def _beside_their_meaning(text: str, language: Language) -> Iterator[str]:
    if not any(map(str.isupper, text)):
        return
    for inside in _IN_PARENTHESES.findall(text):
        yield from _CAPITALS.findall(inside)  # Organisasi Kerja Sama Islam (OKI)
    for found in _CAPITALS.finditer(text):
        behind = text[found.end() : found.end() + _NEAR].lstrip(' ,:"”*')
        before = text[max(0, found.start() - _NEAR) : found.start()]
        explained = behind.startswith("(") or language.explains.match(behind)
        if explained or language.announces.search(before):
            yield found[0]


RULES = (
    Rule(
        "unexplained-abbreviation",
        unexplained_abbreviation,
        "write it out once, as in Organisasi Kerja Sama Islam (OKI), or in a note of its own",
        "who does not know it cannot even ask what it means",
        MEANING_OF_ABBREVIATIONS,
    ),
)
