"""Rules on teaching: what makes a card hard to learn from, each with its reason and its source.

They are right more often than they are complete: a teacher who gets false alarms stops reading.
"""

from __future__ import annotations

from kartu.core.diagnostics import Diagnostics
from kartu.review.teaching.abbreviations import RULES as ABBREVIATIONS
from kartu.review.teaching.answers import RULES as ANSWERS
from kartu.review.teaching.clozes import RULES as CLOZES
from kartu.review.teaching.questions import RULES as QUESTIONS
from kartu.review.teaching.rule import Rule
from kartu.review.view import View

RULES: tuple[Rule, ...] = (*ANSWERS, *QUESTIONS, *CLOZES, *ABBREVIATIONS)


def check_teaching(view: View, diagnostics: Diagnostics) -> None:
    """Adds the findings of all rules on a deck."""
    for rule in RULES:
        for place, message in rule.find(view):
            diagnostics.add(rule.code, place, message, rule.help)
