"""Which cards Anki generates for a note.

Measured with anki 26.9.3, by adding notes to a collection:

- A field is blank if nothing remains of it without spaces, tabs, line feeds, control characters
  and the tags `br` and `div` in their plain forms. `&nbsp;`, Unicode's other spaces, comments
  and any other markup are content.
- A standard note type generates a card where its front shows, in sections that are all true, at
  least one field with content; filters do not matter, text and pictures do not count. A section
  is true if its field has content, a negated one if it has none.
- Anki's special fields count as content, except `FrontSide` and the `c1`, `c2`, ... of sections,
  which never do, and `Tags`, which does if the note has a tag. A field of such a name wins.
- A cloze note type generates a card for each cloze in *all* its fields: clozes that its front does
  not show with the cloze filter, and those in sections that are false, produce broken cards.
"""

import re
from collections.abc import Sequence

from kartu.anki.cloze import cloze_numbers
from kartu.anki.mustache import SPECIAL_FIELDS, Node, Replacement, Section, Template
from kartu.core.language import _
from kartu.core.patterns import pattern

# Anki drops control characters first, so they may occur anywhere, even inside a tag.
_DROPPED = "[\0-\b\v-\x1f\x7f]*"
_TAG = _DROPPED.join(["<", "/?", f"(?:b{_DROPPED}r|d{_DROPPED}i{_DROPPED}v)", " ?", "/?", ">"])
_BLANK = pattern(rf"(?:[\0- \x7f]|{_TAG})*", re.ASCII | re.IGNORECASE)
_MAY_BE_BLANK = frozenset({"<", "\x7f", *map(chr, range(0x21))})


def is_blank(html: str) -> bool:
    """Whether Anki treats a field as empty."""
    return _BLANK.fullmatch(html) is not None


def cloze_fields(front: Template) -> frozenset[str]:
    """The fields that a front shows with the cloze filter; others produce broken cards."""
    return frozenset(one.name for one in front.references if "cloze" in one.filters)


class CardRule:
    """Which cards the notes of one note type have; created once, used for every note."""

    def __init__(self, field_names: Sequence[str], fronts: Sequence[Template] | None) -> None:
        self._names = tuple(field_names)
        self._fronts = fronts  # None: the clozes decide
        referenced = {one.name for front in fronts or () for one in front.references}
        self._referenced = [
            (place, 1 << place) for place, name in enumerate(self._names) if name in referenced
        ]
        self._cache: dict[int, tuple[int, ...]] = {}

    @classmethod
    def standard(cls, field_names: Sequence[str], fronts: Sequence[Template]) -> "CardRule":
        """The rule of a standard note type with these fields and front templates, in order."""
        return cls(field_names, tuple(fronts))

    @classmethod
    def cloze(cls, field_names: Sequence[str], front: Template) -> "CardRule":
        """The rule of a cloze note type.

        Raises ValueError if the front shows no field with the cloze filter: Anki refuses such a
        note type.
        """
        if cloze_fields(front).isdisjoint(field_names):
            raise ValueError(_("the front shows no field with the cloze filter"))
        return cls(field_names, None)

    def cards(self, values: Sequence[str], *, tagged: bool = False) -> tuple[int, ...]:
        """The ordinals of the cards that Anki generates for these field values, ascending.

        An ordinal is the template's 0-based position or, with clozes, the number minus one. Empty
        if no condition is true: Anki then generates one card as a fallback, which shows nothing;
        kartu reports an error instead.

        Args:
            values: the HTML of the fields, in order.
            tagged: whether the note has tags; matters only for a front that uses `Tags`.

        Raises:
            ValueError: if there are not as many values as fields.
        """
        if len(values) != len(self._names):
            raise ValueError(f"{len(values)} values for {len(self._names)} fields")
        if self._fronts is None:
            numbers = frozenset[int]().union(*map(cloze_numbers, values))
            return tuple(sorted(number - 1 for number in numbers))
        # Notes of one type have few different patterns of filled fields.
        pattern = tagged << len(values)
        for place, bit in self._referenced:
            value = values[place]
            if value and (value[0] not in _MAY_BE_BLANK or not is_blank(value)):
                pattern |= bit
        cached = self._cache.get(pattern)
        if cached is None:
            names = filled(self._names, values, tagged=tagged)
            cached = self._cache[pattern] = _shown(self._fronts, names)
        return cached


def filled(names: Sequence[str], values: Sequence[str], *, tagged: bool) -> frozenset[str]:
    """The names with content; a field hides the special field of the same name."""
    own = SPECIAL_FIELDS - ({"FrontSide"} if tagged else {"FrontSide", "Tags"})
    fields = zip(names, values, strict=True)
    return (own - set(names)) | {name for name, value in fields if value and not is_blank(value)}


def _shown(fronts: Sequence[Template], names: frozenset[str]) -> tuple[int, ...]:
    return tuple(
        ordinal for ordinal, front in enumerate(fronts) if shows_content(front.nodes, names)
    )


def shows_content(nodes: Sequence[Node], filled: frozenset[str]) -> bool:
    """Whether the nodes show a field with content, outside of sections that are false."""
    for node in nodes:
        if isinstance(node, Replacement) and node.name in filled:
            return True
        if (
            isinstance(node, Section)
            and (node.name in filled) != node.negated
            and shows_content(node.children, filled)
        ):
            return True
    return False
