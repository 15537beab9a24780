"""The right ones among options: given by text, by number or letter, or by the option's key."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from collections.abc import Sequence as Texts
from typing import NamedTuple

from kartu.core.model import FieldType
from kartu.core.patterns import pattern
from kartu.core.source import Node, Sequence, Span, Text, text, texts_in

_SIGN = pattern(r"\(?(?:([A-Ja-j])|([1-9]|10))[.):]{0,2}")
_BETWEEN = pattern(r"\s*[,;&|]\s*|\s+(?:dan|and)\s+|\s+")

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
            options = _Options(field, words, values, are_categories(field, fields))
            if field.format == "list":
                values[key] = _several(answer, options)
            elif isinstance(answer, Text) and (option := options.meant(answer)) is not None:
                values[key] = text(option, answer.span)


def are_categories(field: FieldType, fields: Fields) -> bool:
    """Whether the options of a field are those of other fields too, such as true and false.

    Then a letter is the first one of a category, and not its place.
    """
    return sum(one.one_of == field.one_of for one in fields.values()) > 1


def follow(fields: Fields, before: Mapping[str, Node], values: MutableMapping[str, Node]) -> None:
    """Lets answers be the options at the places of those that they were `before`."""
    for key, field in fields.items():
        answer = before.get(key) if field.one_of else None
        if answer is None or values.get(key) is not answer:
            continue
        earlier, after = _texts(field, before), _texts(field, values)
        if isinstance(answer, Text):
            values[key] = _moved(answer, earlier, after)
        elif _is_of_texts(answer):
            moved = [_moved(one, earlier, after) for one in texts_in(answer)]
            changed = [new for new, old in zip(moved, answer, strict=True) if new is not old]
            if changed:
                values[key] = _sequence(moved, changed[0].span)


def _moved(answer: Text, old: list[Text | None], new: list[Text | None]) -> Text:
    """The option at the place where an answer was one; the answer itself if it was none."""
    place = next((n for n, one in enumerate(old) if one and _same(one, answer)), None)
    option = new[place] if place is not None and place < len(new) else None
    return option if option is not None and not _same(option, answer) else answer


class _Options(NamedTuple):
    """The options of a field, for the answers that point to one."""

    field: FieldType
    words: Mapping[str, str]
    values: Mapping[str, Node]
    categories: bool

    def has(self, answer: Text) -> bool:
        """Whether an answer is the text of an option."""
        return any(one and _same(one, answer) for one in _texts(self.field, self.values))

    def meant(self, answer: Text) -> Text | None:
        """The option to which an answer points without being the text of one."""
        if self.has(answer):
            return None
        key = self.words.get(answer.strip(), "")
        if key in self.field.one_of:
            named = self.values.get(key)
            if isinstance(named, Text):
                return named
        options = _texts(self.field, self.values)
        if self.categories and not answer.strip().isdecimal():
            begin = answer.strip(" .()").casefold()
            found = [one for one in options if one and one.strip().casefold().startswith(begin)]
            return found[0] if begin and len(found) == 1 else None
        place = place_of(answer)
        return options[place] if place is not None and place < len(options) else None


def _several(answer: Node, options: _Options) -> Node:
    """The options to which a list points, or one text such as `A, C`; others stay as they are."""
    if not isinstance(answer, Text) and not _is_of_texts(answer):
        return answer
    found: list[Text] = []
    for one in [answer] if isinstance(answer, Text) else texts_in(answer):
        meant = options.meant(one)
        parts = [text(part, one.span) for part in _BETWEEN.split(one.strip()) if part]
        of_parts = [options.meant(part) for part in parts]
        if meant is not None:
            found.append(text(meant, one.span))
        elif of_parts and all(of_parts) and not options.has(one):
            found += [text(part, one.span) for part in of_parts if part]
        else:
            found.append(one)
    return _sequence(found, answer.span)


def _is_of_texts(answer: Node) -> bool:
    return isinstance(answer, Sequence) and all(isinstance(one, Text) for one in answer)


def _sequence(items: list[Text], span: Span) -> Sequence:
    found = Sequence(items)
    found.span = span
    return found


def _texts(field: FieldType, values: Mapping[str, Node]) -> list[Text | None]:
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
