"""Which cards a note gets: kartu's rule and the real engine's must be the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import genanki
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support.card_engine import BLANK, FILLED, NAMES, Engine, Note, braces
from support.sampling import examples

from kartu.anki.cards import CardRule
from kartu.anki.mustache import Node, Replacement, Section, Text, parse

ALIKE = settings(
    max_examples=examples(400, 8),
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Case:
    """A note type and some notes of it."""

    names: tuple[str, ...]
    fronts: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass
class Tally:
    cases: int = 0
    genanki_differs: int = 0
    genanki_fails: int = 0
    without_card: int = 0
    seen: set[object] = field(default_factory=set)

    def __str__(self) -> str:
        return (
            f"{self.cases} cases ({len(self.seen)} different, {self.without_card} without a card),"
            f" kartu differs in 0; genanki raises in {self.genanki_fails} and differs in"
            f" {self.genanki_differs} of the other {self.read_by_genanki}"
        )

    @property
    def read_by_genanki(self) -> int:
        """A template that genanki cannot read tells nothing about its rule."""
        return self.cases - self.genanki_fails


# --- cases -------------------------------------------------------------------------------------

SPACE = st.sampled_from(["", "", "", " ", "\n", "\u3000", "\xa0 "])
FILTERS = ["", "", "", "hint:", "type:", "tts id_ID:", "furigana:", "text:", "cloze:"]
FILTERS += ["type:cloze:", "hint:text:", "baru:", ":"]
SPECIAL = ["Tags", "Deck", "FrontSide", "Card", "CardFlag", "Subdeck", "Type"]


def nodes(names: Sequence[str]) -> st.SearchStrategy[str]:
    """A piece of a front: text, a replacement, a comment or a section around other pieces."""
    fields = st.sampled_from(names)
    name = st.sampled_from([*list(names) * 20, *SPECIAL])
    replacement = st.builds("{{{{{}{}{}{}}}}}".format, SPACE, st.sampled_from(FILTERS), name, SPACE)
    leaf = st.one_of(
        *[replacement] * 9,
        st.sampled_from(["teks", "<hr>", "[sound:a.mp3]", "}}", "<!-- {{Arti}} -->"]),
        st.builds("{{{{{{{}}}}}}}".format, fields),
    )
    return st.recursive(leaf, lambda inner: sections(name, inner), max_leaves=5)


def sections(name: st.SearchStrategy[str], inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda mark, name, space, inside: (
            f"{{{{{mark}{space}{name}}}}}{''.join(inside)}{{{{/{name}{space}}}}}"
        ),
        st.sampled_from("#^"),
        name,
        st.sampled_from(["", "", "", " "]),
        st.lists(inner, min_size=1, max_size=3),
    )


def shows_something(front: str) -> bool:
    """Anki refuses a front without any replacement."""
    return any(not reference.section for reference in parse(front).references)


ODD = [
    "{{{{=<% %>=}}}}<%#{0}%><%{0}%>{{{{Arti}}}}<%/{0}%>",
    "{{{{ #{0}}}}}{{{{Istilah}}}}{{{{ / {0}\u3000}}}}",
    "<!--{{{{#{0}}}}}-->{{{{^\xa0{0}}}}}{{{{Arti}}}}{{{{/\n{0}}}}}",
    "<!-- {{{{{0}}}}}",
]
"""What genanki cannot read, or only by chance; rare, as it says nothing about its rule."""


@st.composite
def fronts(draw: st.DrawFn, names: Sequence[str]) -> str:
    if draw(st.integers(0, 19)) == 13:
        return draw(st.sampled_from(ODD)).format(draw(st.sampled_from(names)))
    pieces = st.lists(nodes(names), min_size=1, max_size=3).map("".join)
    return draw(pieces.filter(shows_something))


@st.composite
def filled_notes(draw: st.DrawFn, number: int) -> Note:
    """At least one field has content: a note without any shows little of a rule."""
    pattern = draw(st.integers(1, 2**number - 1))
    values = [FILLED if pattern >> place & 1 else BLANK for place in range(number)]
    return Note(tuple(draw(st.sampled_from(some)) for some in values), draw(st.booleans()))


@st.composite
def standard_cases(draw: st.DrawFn) -> Case:
    names = NAMES[: draw(st.integers(2, 5))]
    if len(names) < 5 and draw(st.integers(0, 9)) == 7:
        names = (*names, "Deck")  # a field that hides a name of Anki's own
    some = draw(st.lists(fronts(names), min_size=1, max_size=4))
    # Anki refuses two equal fronts.
    numbered = tuple(f"{front} {number}" for number, front in enumerate(some))
    two = draw(st.tuples(filled_notes(len(names)), filled_notes(len(names))))
    return Case(names, numbered, two)


OPENING = st.builds(
    "{{{{c{}::".format,
    st.one_of(
        st.integers(1, 4).map(str),
        st.sampled_from(["0", "500", "501", "9999", "65535", "65536", "007", "1,3", "2,", ",", ""]),
    ),
)
HIDDEN = st.sampled_from(["", "isi", " ", "isi::petunjuk", "<b>", "\n", "a:b", "{", "}"])
NESTED = st.recursive(
    st.one_of(HIDDEN, st.builds("{}{}}}}}".format, OPENING, HIDDEN)),
    lambda inner: st.builds("{}{}{}}}}}".format, OPENING, inner, inner),
    max_leaves=14,
)
LOOSE = st.sampled_from(
    ["}}", "}}", "}", "{{", "{{C1::", "{{ c1::", "{{c1 ::", "\x01", "teks", "::"]
)
CLOZE_VALUE = st.one_of(
    NESTED,
    st.lists(st.one_of(OPENING, LOOSE, NESTED), max_size=6).map("".join),
    st.builds(lambda depth: "{{c2::a" * depth + "{{c3::b" + "}}" * (depth + 1), st.integers(7, 12)),
)
CLOZE_FRONTS = [
    "{{cloze:Istilah}}",
    "{{ cloze:Arti }}{{Istilah}}",
    "{{type:cloze:Istilah}} {{hint:Arti}}",
    "{{#Arti}}{{cloze:Istilah}}{{/Arti}}",
    "{{^Arti}}{{#c1}}{{cloze:text:Istilah}}{{/c1}}{{/Arti}}",
    "{{cloze:Istilah}}<!-- {{cloze:Arti}} -->",
]


# --- kartu, genanki and the engine on the same cases -------------------------------------------


def genanki_cards(case: Case, note: Note, kind: int = 0) -> tuple[int, ...] | None:
    """What plain genanki makes of the same note; None if it raises instead."""
    model = genanki.Model(
        1,
        "Uji",
        fields=[{"name": name} for name in case.names],
        templates=[
            {"name": f"Kartu {number}", "qfmt": front, "afmt": "x"}
            for number, front in enumerate(case.fronts)
        ],
        model_type=kind,
    )
    try:
        cards = genanki.Note(model=model, fields=list(note.values)).cards
    except Exception:  # genanki raises bare ones
        return None
    return tuple(sorted(card.ord for card in cards))


def count(tally: Tally, case: Case, note: Note, real: tuple[int, ...], kind: int = 0) -> None:
    theirs = genanki_cards(case, note, kind)
    tally.cases += 1
    tally.genanki_differs += theirs is not None and theirs != real
    tally.genanki_fails += theirs is None
    tally.without_card += not real
    tally.seen.add((case.names, case.fronts, note))


@pytest.mark.hypothesis
def test_a_standard_note_gets_the_cards_that_anki_makes(engine: Engine) -> None:
    """On random note types and notes the rule equals the engine's where genanki's often fails."""
    tally = Tally()

    @ALIKE
    @given(standard_cases())
    def compare(case: Case) -> None:
        rule = CardRule.standard(case.names, [parse(front) for front in case.fronts])
        expected = engine.standard(case.names, case.fronts, case.notes)
        for note, real in zip(case.notes, expected, strict=True):
            assert rule.cards(note.values, tagged=note.tagged) == real
            count(tally, case, note, real)

    compare()
    print(f"\nstandard: {tally}")
    assert len(tally.seen) >= examples(400, 8)
    assert tally.genanki_differs >= 0.25 * tally.read_by_genanki
    assert tally.genanki_fails <= 0.25 * tally.cases


@pytest.mark.hypothesis
def test_a_cloze_note_gets_the_cards_that_anki_makes(engine: Engine) -> None:
    """On random fields with nested, broken and odd clozes the rule equals the engine's."""
    tally = Tally()

    @settings(ALIKE, max_examples=examples(440, 8))
    @given(st.sampled_from(CLOZE_FRONTS), st.builds(Note, st.tuples(CLOZE_VALUE, CLOZE_VALUE)))
    def compare(front: str, note: Note) -> None:
        real = engine.cloze(NAMES[:2], front, note)
        assert CardRule.cloze(NAMES[:2], parse(front)).cards(note.values) == real
        count(tally, Case(NAMES[:2], (front,), (note,)), note, real, kind=1)

    compare()
    print(f"\ncloze: {tally}")
    assert len(tally.seen) >= examples(400, 8)


def written(nodes: Sequence[Node], old: str, new: str) -> str:
    text = ""
    for node in nodes:
        match node:
            case Text():
                text += node.text
            case Replacement(name, filters):
                text += braces(":".join((*filters, new if name == old else name)))
            case Section(name, negated, children):
                name, mark = new if name == old else name, "^" if negated else "#"
                text += f"{{{{{mark}{name}}}}}{written(children, old, new)}{{{{/{name}}}}}"
    return text


@pytest.mark.hypothesis
def test_a_template_is_read_as_anki_reads_it(engine: Engine) -> None:
    """A parsed template, written anew with a field renamed, is what Anki writes then."""

    @settings(ALIKE, max_examples=examples(300, 8))
    @given(fronts(NAMES))
    def compare(front: str) -> None:
        assert written(parse(front).nodes, "Arti", "Makna") == engine.renamed(
            front, "Arti", "Makna"
        )

    compare()
