"""Duplicate and nearly duplicate cards of a deck: the only module that imports rapidfuzz."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic, Diagnostics, Related
from kartu.core.language import _
from kartu.review.cards import Card
from kartu.review.language import Language
from kartu.review.view import View

_WORD = re.compile(r"[^\W\d_]+|\d+")

# Of 100; below these, two texts differ by more than an added word or a typing error.
_MIN_SIMILARITY = 85
_MIN_WORD_SIMILARITY = 85

# Shorter words that differ by a letter are different words ("barat" and "darat").
_MIN_FUZZY_LENGTH = 6

# Duplicates nearly always share a rare word. So each card is indexed by its rarest words, and
# compared with its neighbours in alphabetical order there: time stays linear in the deck's size.
_RAREST_WORDS = 3
_NEIGHBOURS = 20

_MIN_WORDS = 4


class _Item(NamedTuple):
    """A card's question and answer, normalized; `place` is its position in study order."""

    place: int
    card: Card
    question: str
    answer: str
    words: Counter[str]


def check_duplicates(view: View, diagnostics: Diagnostics) -> None:
    """Reports identical questions, and nearly identical ones with nearly the same answer."""
    groups: dict[tuple[str, int, str], list[_Item]] = defaultdict(list)
    for place, card in enumerate(view.cards):
        if card.answer is None or any("<img" in part.html for part in card.asked):
            continue  # pictures may differ even if their texts do not
        item = _item(place, card, card.answer.text)
        side = 0 if card.is_cloze else card.number
        groups[card.note.note_type.source.id, side, " ".join(_numbers(item))].append(item)
    for items in groups.values():
        _same_question(items, diagnostics)
        _near_duplicates(items, view.language, diagnostics)


def _item(place: int, card: Card, answer: str) -> _Item:
    question = " ".join(_WORD.findall(card.question.casefold()))
    answer_words = " ".join(_WORD.findall(answer.casefold()))
    return _Item(
        place, card, question, answer_words or answer, Counter(f"{question} {answer_words}".split())
    )


def _numbers(item: _Item) -> list[str]:
    """Returns the numbers in it: texts that differ by a number are not duplicates."""
    return sorted(word for word in item.words.elements() if word.isdigit())


def _same_question(items: list[_Item], diagnostics: Diagnostics) -> None:
    first: dict[str, _Item] = {}
    for item in items:
        earlier = first.setdefault(item.question or item.card.question, item)
        if earlier.card.note is item.card.note or earlier is item:
            continue
        if earlier.answer != item.answer:
            message = _(
                'the note "{id}" asks the same, with another answer', id=earlier.card.note.source.id
            )
            help = _("say in both questions which answer is meant: students cannot know")
            diagnostics.append(_diagnostic("duplicate-question", item, earlier, message, help))
        else:
            diagnostics.append(_duplicate(item, earlier))


def _duplicate(item: _Item, earlier: _Item) -> Diagnostic:
    message = _('the note "{id}" asks and answers nearly the same', id=earlier.card.note.source.id)
    help = _("keep the better one; where both are meant, say what is different")
    return _diagnostic("near-duplicate", item, earlier, message, help)


def _diagnostic(code: str, item: _Item, earlier: _Item, message: str, help: str) -> Diagnostic:
    related = (Related(earlier.card.place, _("the other one")),)
    return Diagnostic(code, item.card.place, message, help, related)


def _near_duplicates(items: list[_Item], language: Language, diagnostics: Diagnostics) -> None:
    """Reports each pair of notes once, at the later one."""
    if len(items) < 2:
        return
    from rapidfuzz.fuzz import ratio  # only `check` compares, and not in every deck

    reported: set[tuple[str, str]] = set()
    for one, other in _candidates(items, language):
        pair = (str(one.card.note.source.id), str(other.card.note.source.id))
        if pair[0] == pair[1] or pair in reported or one.question == other.question:
            continue
        if _is_near_duplicate(one, other, language, ratio):
            reported.add(pair)
            diagnostics.append(_duplicate(other, one))


def _candidates(items: list[_Item], language: Language) -> Iterator[tuple[_Item, _Item]]:
    """Returns pairs that share a rare word and sort next to each other, the earlier one first."""
    count = Counter(word for item in items for word in item.words)
    found: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        words = (word for word in item.words if word not in language.stop_words and count[word] > 1)
        for word in sorted(words, key=lambda word: (count[word], word))[:_RAREST_WORDS]:
            found[word].append(item)
    pairs: set[tuple[int, int]] = set()
    places = {item.place: item for item in items}
    for sharing in found.values():
        sharing.sort(key=lambda item: (item.question, item.answer))
        for index, one in enumerate(sharing):
            for other in sharing[index + 1 : index + 1 + _NEIGHBOURS]:
                pairs.add((min(one.place, other.place), max(one.place, other.place)))
    return ((places[one], places[other]) for one, other in sorted(pairs))


def _is_near_duplicate(
    one: _Item, other: _Item, language: Language, ratio: Callable[..., float]
) -> bool:
    """Whether both mean the same: they differ in spelling, and by words added to one of them."""
    if min(one.words.total(), other.words.total()) < _MIN_WORDS:
        return False
    if not ratio(one.answer, other.answer, score_cutoff=_MIN_SIMILARITY):
        return False
    ours, theirs = one.words - other.words, other.words - one.words
    if not (ours.keys() | theirs.keys()).isdisjoint(language.negations):
        return False
    ours_only = _unmatched(ours, theirs, language, ratio)
    theirs_only = _unmatched(theirs, ours, language, ratio)
    if ours_only and theirs_only:
        return False
    # In a short question an added word makes it another question.
    extra, words = len(ours_only) + len(theirs_only), min(one.words.total(), other.words.total())
    return extra * 6 <= words


def _unmatched(
    words: Iterable[str], others: Iterable[str], language: Language, ratio: Callable[..., float]
) -> list[str]:
    """Returns the words that `others` lacks in any spelling, without stop words."""
    return [
        word
        for word in words
        if word not in language.stop_words
        and not any(
            min(len(word), len(other)) >= _MIN_FUZZY_LENGTH
            and ratio(word, other, score_cutoff=_MIN_WORD_SIMILARITY)
            for other in others
        )
    ]
