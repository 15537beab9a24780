"""Rules on answers: short, without long lists, and not given away by the question."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kartu.core.language import N_, _
from kartu.review.cards import Card, Part
from kartu.review.language import Language
from kartu.review.teaching.rule import ITEM_WRITING, Finding, Rule, wozniak
from kartu.review.view import View

# A long sentence has some 30 words; in scripts without spaces the characters are counted.
_MAX_WORDS = 30
_MAX_CHARACTERS = 250

_MAX_ITEMS = 5
_MAX_WORDS_PER_ITEM = 4

_LIST = re.compile(r"<ul\b[^>]*>((?:(?!</?ul\b).)*)</ul>", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_COMMA = re.compile(r"\s*[,;]\s+")
_WORD = re.compile(r"\w+(?:-\w+)*")
_HINT = re.compile(r"\[[^\[\]]*\]")
_ABBREVIATION = re.compile(r"\b[A-Z]{2,6}\b")

# What may be between the words of a name.
_PARTICLE_WORDS = frozenset(
    (
        *("af", "al", "bin", "binti", "da", "das", "de", "del", "della", "den", "der", "do", "dos"),
        *("du", "el", "ibn", "la", "las", "le", "les", "los", "of", "the", "van", "von", "y"),
    )
)
_PARTICLES = rf"(?:(?:{'|'.join(sorted(_PARTICLE_WORDS))})[ -])*"
_NAME_AFTER = re.compile(rf"(?:[’']s?)?[ -]{_PARTICLES}(\w+)")
_NAME_BEFORE = re.compile(rf"(\w+)[ -]{_PARTICLES}$")
_ENDED = re.compile(r"[.?!:][\s\"“'(]*$")
_OPENING = " \"“'(¿¡"
_MOST_WORDS_OF_NAME = 4

_MAX_WORDS_OF_SHORT_ANSWER = 5
_MIN_WORD_LENGTH = 5


def answer_too_long(view: View) -> Iterator[Finding]:
    """Yields answers that are longer than one long sentence."""
    for card in view.cards:
        if card.answer is None:
            continue
        count = len(card.answer.words)
        if count > _MAX_WORDS:
            yield Finding(card.answer.place, _("an answer of {count} words", count=count), card)
        elif len(card.answer.text) > _MAX_CHARACTERS:
            yield Finding(
                card.answer.place,
                _("an answer of {count} characters", count=len(card.answer.text)),
                card,
            )


def long_list(view: View) -> Iterator[Finding]:
    """Yields answers that list more than five things, as a list or in a sentence."""
    for card in view.cards:
        if card.answer is not None:
            count = _item_count(card.answer, view.language)
            if count > _MAX_ITEMS:
                yield Finding(
                    card.answer.place,
                    _("an answer of {count} things without an order", count=count),
                    card,
                )


def _item_count(answer: Part, language: Language) -> int:
    lists = (one.count("<li") for one in _LIST.findall(answer.html))
    listed = max(lists, default=0)
    sentences = _SENTENCE_END.split(answer.text) if answer.text.count(",") >= _MAX_ITEMS - 1 else []
    return max([listed, *(_enumerated_count(one, language) for one in sentences)])


def _enumerated_count(sentence: str, language: Language) -> int:
    """Counts what a sentence lists: short pieces between commas, the last one after "and"."""
    *pieces, last = _COMMA.split(sentence)
    joined = re.match(rf"(?:(.+?)\s+)?(?:{language.conjunctions})\s+\S", last)
    if joined is None or any(len(piece.split()) > _MAX_WORDS_PER_ITEM for piece in pieces[1:]):
        return 0
    return len(pieces) + (2 if joined[1] else 1)


def answer_in_question(view: View) -> Iterator[Finding]:
    """Yields questions that contain their short answer, other than among options to choose from."""
    for card, answer in _short_answers(view):
        if _gives_away(card, answer, view.language):
            yield Finding(
                card.place,
                _('the question gives away its answer, "{answer}"', answer=answer.text),
                card,
            )


def answer_in_label(view: View) -> Iterator[Finding]:
    """Yields questions whose short answer is in the name of the deck or in a tag on the front."""
    for card, answer in _short_answers(view):
        label = _label_with(card, answer, view.language)
        if label and not _gives_away(card, answer, view.language):
            message = _(
                'the front shows "{label}", which gives away the answer, "{answer}"',
                label=label,
                answer=answer.text,
            )
            yield Finding(card.place, message, card)


def _short_answers(view: View) -> Iterator[tuple[Card, Part]]:
    for card in view.cards:
        answer = card.answer
        if answer and card.asked and 0 < len(answer.words) <= _MAX_WORDS_OF_SHORT_ANSWER:
            yield card, answer


def _gives_away(card: Card, answer: Part, language: Language) -> bool:
    wanted = [word for word in _words_in(answer.text) if word not in language.stop_words]
    if not any(len(word) >= _MIN_WORD_LENGTH for word in wanted):
        return False
    question = _words_in(_without_options(card, answer))
    if not set(wanted) <= set(question) or question == _words_in(answer.text):
        return False
    if _is_in_longer_name(_without_options(card, answer), answer.text):
        return False
    return not _among_alternatives(card, answer, language)


def _label_with(card: Card, answer: Part, language: Language) -> str:
    """The label that has what the question lacks of the answer; empty if none does."""
    if not card.labels:
        return ""
    wanted = {word for word in _words_in(answer.text) if word not in language.stop_words}
    names = {name.casefold() for name in _ABBREVIATION.findall(answer.text)}
    telling = {word for word in wanted if len(word) >= _MIN_WORD_LENGTH} | names
    missing = wanted - {*_words_in(card.question)}
    for label in card.labels:
        words = _words_in(label)
        if missing <= {*words} and not telling.isdisjoint(words):
            return label
    return ""


def _is_in_longer_name(question: str, answer: str) -> bool:
    """Whether the question has the answer only within longer names: Andorra in Andorra la Vella.

    Nobody can give a capital, or a people, another name. Names have capital letters, but so have
    the first words of sentences; where the script has none, a few words are a name.
    """
    whole = re.compile(rf"(?<![\w-]){re.escape(answer.strip())}(?![\w-])", re.IGNORECASE)
    places = list(whole.finditer(question))
    if question.lower() == question.upper():
        return bool(places) and len(question.split()) <= _MOST_WORDS_OF_NAME
    return bool(places) and all(_continues(question, place) for place in places)


def _continues(question: str, place: re.Match[str]) -> bool:
    """Whether the name goes on before or after the place."""
    if not place[0][0].isupper():
        return False
    after = _NAME_AFTER.match(question, place.end())
    if after and after[1][0].isupper():
        return True
    before = _NAME_BEFORE.search(question[: place.start()])
    if before is None or not before[1][0].isupper():
        return False
    begins = not question[: before.start()].rstrip(_OPENING) or _ENDED.search(
        question[: before.start()]
    )
    return not begins or _is_name(question)


def _is_name(question: str) -> bool:
    """Whether it is a name and no sentence: few words, with capitals."""
    words = [word for word in _WORD.findall(question) if word not in _PARTICLE_WORDS]
    return len(words) <= _MOST_WORDS_OF_NAME and all(word[0].isupper() for word in words)


def _words_in(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _among_alternatives(card: Card, answer: Part, language: Language) -> bool:
    """Whether the question offers the answer as one of several."""
    if any("<li" in part.html or "<td" in part.html for part in card.asked):
        return True
    return re.search(rf"\s(?:{language.alternatives})\s|/", card.question) is not None


def _without_options(card: Card, answer: Part) -> str:
    """Returns the question without options in fields such as pilihan_1 and pilihan_2.

    Hints of gaps are left out too: hints.py has the rule on them.
    """
    if card.is_cloze:
        return _HINT.sub(" ", card.question)
    stems = [part.key.rstrip("0123456789") for part in card.asked]
    options = [
        part
        for part, stem in zip(card.asked, stems, strict=True)
        if stem != part.key and stems.count(stem) > 1
    ]
    several = answer.text if "<li" in answer.html else ""
    if all(one.text != answer.text and one.text not in several for one in options):
        return card.question
    return " ".join(part.text for part in card.asked if part not in options)


RULES = (
    Rule(
        "answer-too-long",
        answer_too_long,
        N_("ask for less, or divide it into several notes"),
        N_("a short answer is recalled and judged the same way each time"),
        wozniak(4),
    ),
    Rule(
        "long-list",
        long_list,
        N_("ask for the members one by one, or group them"),
        N_("things without an order are among the hardest to keep in mind together"),
        wozniak(9),
    ),
    Rule(
        "answer-in-question",
        answer_in_question,
        N_("say it in the question with other words"),
        N_("an answer that can be read off is not recalled"),
        ITEM_WRITING,
    ),
    Rule(
        "answer-in-question",
        answer_in_label,
        N_("show the deck and the tags on the back alone"),
        N_("an answer that can be read off is not recalled"),
        ITEM_WRITING,
    ),
)
