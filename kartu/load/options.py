"""The right one among options: given by its text, its number or letter, or the option's key."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from collections.abc import Sequence as Texts

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


def place_among(answer: str, options: Texts[str], keys: Texts[str] = ()) -> int | None:
    """The place, from 0, of the option that an answer is; None where it is none.

    Args:
        options: Their texts, empty for an option that is not there.
        keys: The keys of the options, where each is a field of its own.
    """
    texts, answer = [one.strip() for one in options], answer.strip()
    if answer in filter(None, texts):
        return texts.index(answer)
    place = keys.index(answer) if answer in keys else place_of(answer)
    return place if place is not None and place < len(texts) and texts[place] else None


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
        place = place_among(answer, [one or "" for one in old])
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
    keys = [*map(str, field.one_of)] if len(field.one_of) > 1 else []
    named = words.get(answer.strip(), "")
    place = place_among(named if named in keys else answer, [one or "" for one in options], keys)
    return options[place] if place is not None else None


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
