"""The question and the answer of a card, as Anki shows them.

Measured with anki 26.9.3, of which this gives the same text, byte for byte, for the body of the
page: sounds are still `[sound:...]`, speech is `[anki:tts ...]`, a field to type in `[[type:...]]`,
and LaTeX is not yet a picture. Only the ids of hints differ from Anki's. In addition to the rules
of fields, clozes and filters (see there):

- `FrontSide` is the question, whatever its filters, and empty on the question itself.
- `{{c2}}` and `{{#c2}}` on the second card stand for 1; other numbers only a section may ask for.
- Anki shows a message instead of a card that uses an unknown field, has a blank question or, for a
  cloze note type, lacks a cloze of its number. These raise ShowError.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from kartu.anki.cards import filled, is_blank, shows_content
from kartu.anki.cloze_html import has_cloze
from kartu.anki.filters import Place, filtered
from kartu.anki.mustache import SPECIAL_FIELDS, Node, Replacement, Template, Text, parse
from kartu.core.language import _
from kartu.core.patterns import pattern

_CLOZE_NAME = pattern(r"c\+?0*([0-9]{1,10})")
_LARGEST = 2**32 - 1


class Side(NamedTuple):
    """Both sides of a card in HTML; `answer` is the whole back, including the question on it."""

    question: str
    answer: str


class ShowError(ValueError):
    """A card in whose place Anki shows a message; `reason` is the kind of message."""

    def __init__(
        self, reason: Literal["unknown-field", "blank-front", "no-cloze"], message: str
    ) -> None:
        super().__init__(message)
        self.reason = reason


def show_card(
    front: Template | str,
    back: Template | str,
    fields: Mapping[str, str],
    *,
    number: int,
    cloze: bool,
    special: Mapping[str, str] | None = None,
) -> Side:
    """Both sides of a card, from its templates and the note's fields as Anki stores them.

    Args:
        number: the template's position, from 1, or the cloze's number.
        special: Anki's special fields (Tags, Type, Deck, Subdeck, Card, CardFlag, CardID); those
            left out are empty.

    Raises:
        MustacheError: for a template that cannot be read.
        ShowError: for a card that Anki would not show.
    """
    card = _Card(fields, special or {}, number)
    front = parse(front) if isinstance(front, str) else front
    back = parse(back) if isinstance(back, str) else back
    card.check(front)
    if cloze:
        if not any(has_cloze(value, number) for value in fields.values()):
            raise ShowError("no-cloze", _("no field has a cloze of number {number}", number=number))
    elif not shows_content(front.nodes, card.filled):
        raise ShowError("blank-front", _("no field that the front shows is filled"))
    card.check(back)
    question = card.show(front.nodes, None)
    return Side(question, card.show(back.nodes, question))


_NO_SPECIAL = dict.fromkeys(SPECIAL_FIELDS, "")
_filled = lru_cache(16)(filled)  # asked for each card of a note


class _Card:
    """The values that the templates of one card can use."""

    def __init__(self, fields: Mapping[str, str], special: Mapping[str, str], number: int) -> None:
        self._number = number
        self._fields = fields
        self._values = {**_NO_SPECIAL, **special, f"c{number}": "1", **fields}
        tagged = not is_blank(special.get("Tags", ""))
        self.filled = _filled(tuple(fields), tuple(fields.values()), tagged=tagged)
        if f"c{number}" not in fields:
            self.filled |= {f"c{number}"}

    def check(self, template: Template) -> None:
        """Raises ShowError for a name that Anki does not know."""
        for one in template.references:
            known = one.name in self._values
            if one.section and one.name == "FrontSide":
                known = one.name in self._fields
            if not known and not (one.section and _is_cloze_name(one.name)):
                message = _("no field is called {name}", name=one.name)
                raise ShowError("unknown-field", message)

    def show(self, nodes: Sequence[Node], question: str | None) -> str:
        """The nodes as HTML; `question` is None on the question itself."""
        shown = []
        for node in nodes:
            if isinstance(node, Text):
                shown.append(node.text)
            elif isinstance(node, Replacement):
                shown.append(self._replaced(node, question))
            elif (node.name in self.filled) != node.negated:
                shown.append(self.show(node.children, question))
        return "".join(shown)

    def _replaced(self, node: Replacement, question: str | None) -> str:
        if node.name == "FrontSide":
            return question or ""
        if not node.name:  # {{tts-voices:}}
            return ""
        if not node.filters:
            return self._values[node.name]
        place = Place(node.name, self._number, question is not None)
        return filtered(self._values[node.name], node.filters, place)


def _is_cloze_name(name: str) -> bool:
    digits = _CLOZE_NAME.fullmatch(name)
    return digits is not None and int(digits[1]) <= _LARGEST
