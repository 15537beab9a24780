"""Rules on questions: one at a time, hard to guess, understandable by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kartu.core.language import N_, _
from kartu.load.options import are_categories
from kartu.load.words import own_fields
from kartu.review.cards import Card, Part, is_picture_alone
from kartu.review.language import Language
from kartu.review.teaching.pronouns import lonely_pronoun
from kartu.review.teaching.rule import GOOD_PROMPTS, TEXT_FOR_PICTURES, Finding, Rule, wozniak
from kartu.review.view import View

_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|‘[^’]*’|«[^»]*»|(?<!\w)'[^']*'(?!\w)")
_FIRST_WORD = re.compile(r"\w+")


def yes_no_question(view: View) -> Iterator[Finding]:
    """Yields questions that can be answered with yes or no alone."""
    for card in view.cards:
        if card.is_cloze or card.answer is None or _asks_of_statements(card, card.answer):
            continue
        for part in card.asked:
            if _asks_yes_or_no(part.text, card.answer.text, view.language):
                yield Finding(part.place, _("a question that yes or no answers"), card)


def _asks_of_statements(card: Card, answer: Part) -> bool:
    """Whether the answer is one of several: hardly a guess is right about all of them."""
    fields = own_fields(card.note.note_type.source)
    field = fields.get(answer.key)
    return field is not None and bool(field.one_of) and are_categories(field, fields)


def _asks_yes_or_no(question: str, answer: str, language: Language) -> bool:
    if language.offers_both.search(question):
        return True
    first = _FIRST_WORD.search(answer)
    if first is None or first[0].casefold() not in language.yes_no_answers:
        return False
    return any(
        language.yes_or_no.search(sentence.strip())
        for sentence in _SENTENCE.findall(question)
        if sentence.endswith("?")
    )


def double_question(view: View) -> Iterator[Finding]:
    """Yields cards that ask two questions."""
    for card in view.cards:
        if card.is_cloze or _translates_questions(card):
            continue
        for part in card.asked:
            if "?" in part.text and _asks_twice(_QUOTED.sub("", part.text), view.language):
                yield Finding(part.place, _("two questions on one card"), card)


def _asks_twice(text: str, language: Language) -> bool:
    questions = [one for one in _SENTENCE.findall(text) if one.endswith("?")]
    if sum(language.question_words.search(one) is not None for one in questions) > 1:
        return True
    joined = re.compile(rf"\b(?:{language.conjunctions})\s+(?:di\s|ke\s|dari\s)?$", re.IGNORECASE)
    for question in questions:
        found = list(language.question_words.finditer(question))
        if any(joined.search(question, 0, later.start()) for later in found[1:]):
            return True
    return False


def _translates_questions(card: Card) -> bool:
    """Whether the card is about a question in another language: then the answer is one too."""
    return card.answer is not None and "?" in card.answer.text


def pronoun_without_referent(view: View) -> Iterator[Finding]:
    """Yields questions with a pronoun that refers to nothing on the card."""
    language = view.deck.source.language.partition("-")[0].lower()
    for card in view.cards:
        # With more on the front than one text, the pronoun may stand for what is shown there.
        if len(card.asked) != 1 or card.asked[0].has_picture() or _translates_questions(card):
            continue
        pronoun = lonely_pronoun(card.question, language, is_cloze=card.is_cloze)
        if pronoun:
            yield Finding(
                card.place,
                _('nothing in the question says what "{pronoun}" stands for', pronoun=pronoun),
                card,
            )


def question_without_text(view: View) -> Iterator[Finding]:
    """Yields questions that are a picture without a text that describes it."""
    for card in view.cards:
        if is_picture_alone(card):
            yield Finding(
                card.place,
                _("the question is only a picture, and no text says what it shows"),
                card,
            )


RULES = (
    Rule(
        "yes-no-question",
        yes_no_question,
        N_("ask what, who, when or why instead"),
        N_("every second guess is right, and nothing has to be recalled"),
        GOOD_PROMPTS,
    ),
    Rule(
        "double-question",
        double_question,
        N_("make a note of each question"),
        N_("whoever knows half of the answer cannot grade the card"),
        wozniak(4),
    ),
    Rule(
        "pronoun-without-referent",
        pronoun_without_referent,
        N_("name it"),
        N_("cards come in any order, so nothing before this question says what is meant"),
        wozniak(16),
    ),
    Rule(
        "question-without-text",
        question_without_text,
        N_("write an `alt` that says what it shows, without the answer"),
        N_("students who use a screen reader hear nothing of it"),
        TEXT_FOR_PICTURES,
        N_(
            "if the pictures are the question, let the front say in words what to name; else write "
            "an `alt` that says what each shows, without the answer"
        ),
    ),
)
