"""Rules on teaching: what makes a card hard to learn from, each with its reason and its source.

They are right more often than they are complete: a teacher who gets false alarms stops reading.
"""

from __future__ import annotations

from collections import Counter

from kartu.core.diagnostics import Diagnostics
from kartu.core.language import _
from kartu.review.cards import Card, by_design
from kartu.review.teaching.abbreviations import RULES as ABBREVIATIONS
from kartu.review.teaching.answers import RULES as ANSWERS
from kartu.review.teaching.clozes import RULES as CLOZES
from kartu.review.teaching.hints import RULES as HINTS
from kartu.review.teaching.questions import RULES as QUESTIONS
from kartu.review.teaching.rule import Finding, Rule
from kartu.review.view import View

RULES: tuple[Rule, ...] = (*ANSWERS, *QUESTIONS, *CLOZES, *HINTS, *ABBREVIATIONS)


# Enough for one finding where a rule has an advice for all cards of a template.
_SEVERAL = 3


def check_teaching(view: View, diagnostics: Diagnostics) -> None:
    """Adds the findings of all rules on a deck.

    Where most cards of one template break a rule, it is the template that does: one finding.
    """
    totals = Counter(map(_template_of, view.cards))
    for rule in RULES:
        found: dict[tuple[str, str], list[Finding]] = {}
        for one in rule.find(view):
            if one.card is None:
                diagnostics.add(rule.code, one.place, one.message, rule.help)
            else:
                found.setdefault(_template_of(one.card), []).append(one)
        for template, findings in found.items():
            _report(rule, template, findings, totals[template], diagnostics)


def _report(
    rule: Rule,
    template: tuple[str, str],
    findings: list[Finding],
    total: int,
    diagnostics: Diagnostics,
) -> None:
    cards = {(one.card.note.source.id, one.card.number) for one in findings if one.card}
    count = len(cards)
    several = count >= _SEVERAL and count * 2 > total and rule.advice_for_all
    if several or by_design(count, total):
        first = findings[0]
        message = _(
            "{message} (the same on {more} more of the {total} cards "
            '"{card}" of the note type "{note_type}")',
            message=first.message,
            more=count - 1,
            total=total,
            note_type=template[0],
            card=template[1],
        )
        diagnostics.add(rule.code, first.place, message, rule.help_for_all)
        return
    for one in findings:
        diagnostics.add(rule.code, one.place, one.message, rule.help)


def _template_of(card: Card) -> tuple[str, str]:
    """The note type and the name of the template that the card is made from."""
    note_type = card.note.note_type
    template = note_type.cards[0 if card.is_cloze else card.number - 1]
    return str(note_type.source.id), template.name
