"""Keys of questions: the letter or number of the right option, as people write it into sheets."""

from __future__ import annotations

from collections.abc import Mapping

from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _
from kartu.core.model import FieldType
from kartu.core.source import Node, Text, text
from kartu.load.options import place_of


def choices_of(fields: Mapping[str, FieldType]) -> dict[str, tuple[str, ...]]:
    """The fields whose value repeats one of several other fields, with the keys of these."""
    return {
        key: tuple(map(str, field.one_of)) for key, field in fields.items() if len(field.one_of) > 1
    }


def chosen(answer: Node, options: tuple[Node | None, ...]) -> Text | Diagnostic | None:
    """The text of the option whose letter or number the answer is; None where it is none.

    A diagnostic where the answer is the letter of one option and the text of another.
    """
    if isinstance(answer, Text) and answer.strip() == "0" and not _has(answer, options):
        message = _('"{answer}" is the number of no option', answer=answer.strip())
        help = _("the first option is 1: add 1 to each number of this column")
        return Diagnostic("not-an-option", answer.span, message, help)
    number = place_of(answer) if isinstance(answer, Text) else None
    if number is None or not isinstance(answer, Text):
        return None
    option = options[number] if number < len(options) else None
    if not isinstance(option, Text) or not option.strip():
        return None
    if _has(answer, options) and option.strip() != answer.strip():
        message = _(
            '"{answer}" is the text of one option and stands for another, "{option}"',
            answer=answer.strip(),
            option=option.strip(),
        )
        help = _("write the number of the right option, or its letter, whichever is no option")
        return Diagnostic("not-an-option", answer.span, message, help)
    return text(option, answer.span)


def _has(answer: Text, options: tuple[Node | None, ...]) -> bool:
    return any(isinstance(one, Text) and one.strip() == answer.strip() for one in options)
