"""The real Anki renders cards."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from anki.collection import Collection
from anki.errors import TemplateError
from anki.models import NotetypeId

from kartu.anki.show import Side

MESSAGES = {
    "front-of-card-is-blank": "blank-front",
    "no-cloze-filter-on-cloze-note-type": "no-cloze",
    "template-syntax-error": "unknown-field",
}
_MESSAGE = re.compile(r"https://docs\.ankiweb\.net/templates/errors\.html#([a-z-]+)")
_HINT = re.compile(r"\bhint[0-9a-f]{10,16}\b")

SPECIAL = {
    "Deck": "(Deck)",
    "Subdeck": "(Deck)",
    "Card": "Kartu 1",
    "CardFlag": "flag0",
    "CardID": "0",
}
"""Anki's special fields for a card that is in no collection."""


class AnkiRenderer:
    """Renders cards of a note type with these fields, without adding them to the collection."""

    def __init__(self, collection: Collection, names: Sequence[str], *, cloze: bool) -> None:
        self._col = collection
        models = collection.models
        note_type = models.new("Uji isian" if cloze else "Uji")
        note_type["type"] = int(cloze)
        for name in names:
            models.add_field(note_type, models.new_field(name))
        template = models.new_template("Kartu 1")
        front = "{{cloze:%s}}" if cloze else "{{%s}}"
        template["qfmt"] = template["afmt"] = front % names[0]
        models.add_template(note_type, template)
        added = models.get(NotetypeId(models.add_dict(note_type).id))
        assert added is not None
        self._note_type = added

    def show(
        self,
        front: str,
        back: str,
        values: Sequence[str],
        *,
        number: int = 1,
        tags: Sequence[str] = (),
    ) -> Side | str:
        """Returns what Anki displays, or the kind of its error message."""
        note = self._col.new_note(self._note_type)
        note.fields, note.tags = list(values), list(tags)
        template = dict(self._note_type["tmpls"][0], qfmt=front, afmt=back)
        try:
            found = self._col._backend.render_uncommitted_card_legacy(
                note=note._to_backend_note(),
                card_ord=number - 1,
                template=json.dumps(template).encode(),
                fill_empty=False,
                partial_render=True,
            )
        except TemplateError as error:
            return MESSAGES[_message(str(error)) or ""]
        question = text_of(found.question_nodes, "")
        message = _message(question)
        return (
            MESSAGES[message] if message else Side(question, text_of(found.answer_nodes, question))
        )


def text_of(nodes: Iterable[Any], question: str) -> str:
    """Returns a side as Anki's Python part renders it without filters of add-ons."""
    shown = ""
    for node in nodes:
        if node.WhichOneof("value") == "text":
            shown += node.text
        elif node.replacement.field_name == "FrontSide":
            shown += question
        else:
            shown += node.replacement.current_text
    return shown


def without_hint_numbers(side: Side) -> Side:
    """Numbers hints by their first appearance: Anki gives them arbitrary numbers."""
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return numbers.setdefault(found[0], f"hint-{len(numbers)}")

    return Side(*(_HINT.sub(number, html) for html in side))


def _message(html: str) -> str | None:
    found = _MESSAGE.search(html)
    return found[1] if found else None
