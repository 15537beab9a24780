"""Cards of a deck that a student cannot tell apart: the only module that knows rapidfuzz."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic, Diagnostics, Related
from kartu.review.cards import Card
from kartu.review.view import View
from kartu.review.words import Language

_WORD = re.compile(r"[^\W\d_]+|\d+")

# Of 100; below these two texts are not the same with a word more or a slip of the pen.
_ALIKE = 85
_SAME_WORD = 85

# Shorter words are other words if they differ by a letter ("barat" and "darat").
_SHORTEST_FUZZY = 6

# Twins share a rare word nearly always. So each card is looked for under its rarest words, and
# among the cards of a word beside those that read most like it: time grows with the deck only.
_RAREST = 3
_NEAREST = 20

_FEWEST_WORDS = 4


class _Twin(NamedTuple):
    """A card's question and answer, made comparable; `place` is its place in study order."""

    place: int
    card: Card
    question: str
    answer: str
    words: Counter[str]


def check_twins(view: View, diagnostics: Diagnostics) -> None:
    """No question stands twice, nor nearly twice with nearly the same answer."""
    groups: dict[tuple[str, int, str], list[_Twin]] = defaultdict(list)
    for place, card in enumerate(view.cards):
        if card.answer is None or any("<img" in part.html for part in card.asked):
            continue  # two pictures may differ however alike their texts are
        twin = _twin(place, card, card.answer.text)
        side = 0 if card.is_cloze else card.number
        groups[card.note.note_type.source.id, side, " ".join(_numbers(twin))].append(twin)
    for twins in groups.values():
        _same_question(twins, diagnostics)
        _near_twins(twins, view.language, diagnostics)


def _twin(place: int, card: Card, answer: str) -> _Twin:
    question = " ".join(_WORD.findall(card.question.casefold()))
    plain = " ".join(_WORD.findall(answer.casefold()))
    return _Twin(place, card, question, plain or answer, Counter(f"{question} {plain}".split()))


def _numbers(twin: _Twin) -> list[str]:
    """What differs by a number is something else, be it one letter only."""
    return sorted(word for word in twin.words.elements() if word.isdigit())


def _same_question(twins: list[_Twin], diagnostics: Diagnostics) -> None:
    first: dict[str, _Twin] = {}
    for twin in twins:
        known = first.setdefault(twin.question or twin.card.question, twin)
        if known.card.note is twin.card.note or known is twin:
            continue
        if known.answer != twin.answer:
            message = f'the note "{known.card.note.source.id}" asks the same, with another answer'
            help = "say in both questions which answer is meant: a student cannot know"
            diagnostics.append(_told("question-twice", twin, known, message, help))
        else:
            diagnostics.append(_duplicate(twin, known))


def _duplicate(twin: _Twin, known: _Twin) -> Diagnostic:
    message = f'the note "{known.card.note.source.id}" asks and answers nearly the same'
    help = "keep the better one; where both are meant, say what is different"
    return _told("near-duplicate", twin, known, message, help)


def _told(code: str, twin: _Twin, known: _Twin, message: str, help: str) -> Diagnostic:
    related = (Related(known.card.place, "the other one"),)
    return Diagnostic(code, twin.card.place, message, help, related)


def _near_twins(twins: list[_Twin], language: Language, diagnostics: Diagnostics) -> None:
    """Each pair of notes once, the later one told."""
    if len(twins) < 2:
        return
    from rapidfuzz.fuzz import ratio  # only check compares, and not every deck has two such cards

    told: set[tuple[str, str]] = set()
    for one, other in _candidates(twins, language):
        pair = (str(one.card.note.source.id), str(other.card.note.source.id))
        if pair[0] == pair[1] or pair in told or one.question == other.question:
            continue
        if _alike(one, other, language, ratio):
            told.add(pair)
            diagnostics.append(_duplicate(other, one))


def _candidates(twins: list[_Twin], language: Language) -> Iterator[tuple[_Twin, _Twin]]:
    """Pairs that share a rare word and read alike, the earlier one first."""
    count = Counter(word for twin in twins for word in twin.words)
    found: dict[str, list[_Twin]] = defaultdict(list)
    for twin in twins:
        words = (word for word in twin.words if word not in language.empty and count[word] > 1)
        for word in sorted(words, key=lambda word: (count[word], word))[:_RAREST]:
            found[word].append(twin)
    pairs: set[tuple[int, int]] = set()
    places = {twin.place: twin for twin in twins}
    for sharing in found.values():
        sharing.sort(key=lambda twin: (twin.question, twin.answer))
        for count_before, one in enumerate(sharing):
            for other in sharing[count_before + 1 : count_before + 1 + _NEAREST]:
                pairs.add((min(one.place, other.place), max(one.place, other.place)))
    return ((places[one], places[other]) for one, other in sorted(pairs))


def _alike(one: _Twin, other: _Twin, language: Language, ratio: Callable[..., float]) -> bool:
    """Whether both say the same: words are only added on one side, or written otherwise."""
    if min(one.words.total(), other.words.total()) < _FEWEST_WORDS:
        return False
    if not ratio(one.answer, other.answer, score_cutoff=_ALIKE):
        return False
    ours, theirs = one.words - other.words, other.words - one.words
    if not (ours.keys() | theirs.keys()).isdisjoint(language.negations):
        return False
    ours_only = _unmatched(ours, theirs, language, ratio)
    theirs_only = _unmatched(theirs, ours, language, ratio)
    if ours_only and theirs_only:
        return False
    # A word more in a short question asks for something else.
    more, words = len(ours_only) + len(theirs_only), min(one.words.total(), other.words.total())
    return more * 6 <= words


def _unmatched(
    words: Iterable[str], others: Iterable[str], language: Language, ratio: Callable[..., float]
) -> list[str]:
    """Words with a meaning that `others` has in no spelling."""
    return [
        word
        for word in words
        if word not in language.empty
        and not any(
            min(len(word), len(other)) >= _SHORTEST_FUZZY
            and ratio(word, other, score_cutoff=_SAME_WORD)
            for other in others
        )
    ]
