"""The right one among options: given by its text, its number or letter, or the option's key."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

from kartu.core.model import FieldType
from kartu.core.patterns import pattern
from kartu.core.source import Node, Sequence, Text, text, texts_in

_SIGN = pattern(r"\(?(?:([A-Ja-j])|([1-9]|10))[.):]{0,2}")

Fields = Mapping[str, FieldType]


def place_of(answer: str) -> int | None:
    """The place among options, from 0, that a letter or number says; None for any other text."""
    found = _SIGN.fullmatch(answer.strip())
    if found is None:
        return None
    return "ABCDEFGHIJ".index(found[1].upper()) if found[1] else int(found[2]) - 1


def choose(fields: Fields, words: Mapping[str, str], values: MutableMapping[str, Node]) -> None:
    """Puts the texts of options in place of what only points to them.

    What is the text of an option is that option; `words` are keys and aliases with their keys.
    """
    for key, field in fields.items():
        if field.one_of and (answer := values.get(key)) is not None:
            option = _chosen(answer, field, words, values)
            if option is not None and isinstance(answer, Text):
                values[key] = text(option, answer.span)


def follow(fields: Fields, before: Mapping[str, Node], values: MutableMapping[str, Node]) -> None:
    """Lets answers be the options at the places of those that they were `before`."""
    for key, field in fields.items():
        answer = before.get(key) if field.one_of else None
        if answer is None or values.get(key) is not answer or not isinstance(answer, Text):
            continue
        old, new = _options(field, before), _options(field, values)
        place = next((n for n, one in enumerate(old) if one and _same(one, answer)), None)
        option = new[place] if place is not None and place < len(new) else None
        if option is not None and not _same(option, answer):
            values[key] = option


def _chosen(
    answer: Node, field: FieldType, words: Mapping[str, str], values: Mapping[str, Node]
) -> Text | None:
    """The option to which an answer points without being the text of one."""
    options = _options(field, values)
    if not isinstance(answer, Text) or any(one and _same(one, answer) for one in options):
        return None
    named = values.get(words.get(answer.strip(), "")) if _is_key(answer, field, words) else None
    if isinstance(named, Text):
        return named
    place = place_of(answer)
    return options[place] if place is not None and place < len(options) else None


def _is_key(answer: Text, field: FieldType, words: Mapping[str, str]) -> bool:
    return words.get(answer.strip(), "") in field.one_of


def _options(field: FieldType, values: Mapping[str, Node]) -> list[Text | None]:
    """The options in their places: fields, of which some may have no text, or items of lists."""
    found: list[Text | None] = []
    for key in field.one_of:
        value = values.get(key)
        if isinstance(value, Sequence):
            found += texts_in(value)
        else:
            found.append(value if isinstance(value, Text) else None)
    return found


def _same(one: Text, other: Text) -> bool:
    return one.strip() == other.strip()
