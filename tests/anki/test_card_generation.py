"""Which cards a note gets: kartu's rule and the real engine's must be the same.

`tests/anki` has no `__init__.py`: as a package it would hide the engine's own `anki`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import genanki
import pytest
from anki.collection import Collection
from anki.decks import DeckId
from anki.errors import CardTypeError
from anki.models import NotetypeId
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kartu.anki.cards import CardRule, cloze_fields, is_blank
from kartu.anki.cloze import ClozeFault, cloze_faults, cloze_numbers, hidden_texts
from kartu.anki.mustache import MustacheError, Node, Reference, Replacement, Section, Text, parse

DECK = DeckId(1)
NAMES = ("Istilah", "Arti", "Contoh soal", "Gambar_1", "Catatan")
ALIKE = settings(
    max_examples=1000,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def braces(inside: str) -> str:
    return "{{" + inside + "}}"


class Engine:
    """The real Anki, asked which cards it makes; what it is asked leaves no trace in it."""

    def __init__(self, collection: Collection) -> None:
        self._col = collection
        self._cloze_types: dict[tuple[tuple[str, ...], str], Any] = {}

    def standard(
        self, names: Sequence[str], fronts: Sequence[str], notes: Sequence["Note"]
    ) -> list[tuple[int, ...]]:
        """The ordinals for each note; empty where Anki makes no card but its fallback.

        A first template that can never be true takes the fallback, so that it shows.
        """
        never = "{{#%s}}{{^%s}}{{%s}}{{/%s}}{{/%s}}" % ((names[0],) * 5)
        note_type = self._note_type(names, [never, *fronts], braces(names[0]))
        cards = [[card.ord for card in self._add(note_type, note).cards()] for note in notes]
        self._col.models.remove(note_type["id"])
        assert all(ordinals == [0] or 0 not in ordinals for ordinals in cards)
        return [tuple(ordinal - 1 for ordinal in ordinals if ordinal) for ordinals in cards]

    def cloze(self, names: Sequence[str], front: str, note: "Note") -> tuple[int, ...]:
        """The ordinals, without cards that Anki itself reports as empty: its fallbacks."""
        key = (tuple(names), front)
        if key not in self._cloze_types:
            self._cloze_types[key] = self._note_type(names, [front], front, kind=1)
        added = self._add(self._cloze_types[key], note)
        report = self._col.get_empty_cards()
        empty = {card_id for one in report.notes for card_id in one.card_ids}
        ordinals = {card.ord for card in added.cards() if card.id not in empty}
        self._col.remove_notes([added.id])
        return tuple(sorted(ordinals))

    def renamed(self, front: str, old: str, new: str) -> str:
        """The front as Anki writes it anew when a field gets another name."""
        note_type = self._note_type(NAMES, [front], braces(NAMES[0]))
        next(one for one in note_type["flds"] if one["name"] == old)["name"] = new
        self._col.models.update_dict(note_type)
        written = self._col.models.get(note_type["id"])
        assert written is not None
        self._col.models.remove(note_type["id"])
        return str(written["tmpls"][0]["qfmt"])

    def refuses(self, front: str) -> bool:
        """Whether Anki accepts no note type with this front."""
        try:
            self._note_type(NAMES, [front + "{{Arti}}"], "{{Arti}}")
        except CardTypeError:
            return True
        return False

    def _add(self, note_type: Any, note: "Note") -> Any:
        added = self._col.new_note(note_type)
        added.fields = list(note.values)
        added.tags = ["bentuk"] if note.tagged else []
        self._col.add_note(added, DECK)
        return added

    def _note_type(
        self, names: Sequence[str], fronts: Sequence[str], back: str, kind: int = 0
    ) -> Any:
        models = self._col.models
        note_type = models.new("Uji")
        note_type["type"] = kind
        for name in names:
            models.add_field(note_type, models.new_field(name))
        for number, front in enumerate(fronts):
            template = models.new_template(f"Kartu {number}")
            template["qfmt"], template["afmt"] = front, f"{back} x"
            models.add_template(note_type, template)
        return models.get(NotetypeId(models.add_dict(note_type).id))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One empty collection for the whole module."""
    collection = Collection(str(tmp_path_factory.mktemp("anki") / "collection.anki2"))
    yield Engine(collection)
    collection.close()


@dataclass(frozen=True)
class Note:
    values: tuple[str, ...]
    tagged: bool = False


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
BLANK = ["", "", "", "<br>", " <BR />\n", "<div><br></div>", "\t", "\x07<br>", "</div >"]
FILLED = ["isi", "isi", "0", "&nbsp;", "\xa0", "\u3000", "<p></p>", "<br class=x>", "{{c1::isi}}"]
FILLED += ["<!-- kosong -->", "\u200b", "<img src=a.png>", "<br / >", "<div\n>"]


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
    return any(not reference.section for reference in parse(front).references())


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
    assert len(tally.seen) >= 1000
    assert tally.genanki_differs >= 0.4 * tally.read_by_genanki
    assert tally.genanki_fails <= 0.1 * tally.cases


def test_a_cloze_note_gets_the_cards_that_anki_makes(engine: Engine) -> None:
    """On random fields with nested, broken and odd clozes the rule equals the engine's."""
    tally = Tally()

    @settings(ALIKE, max_examples=1100)
    @given(st.sampled_from(CLOZE_FRONTS), st.builds(Note, st.tuples(CLOZE_VALUE, CLOZE_VALUE)))
    def compare(front: str, note: Note) -> None:
        real = engine.cloze(NAMES[:2], front, note)
        assert CardRule.cloze(NAMES[:2], parse(front)).cards(note.values) == real
        count(tally, Case(NAMES[:2], (front,), (note,)), note, real, kind=1)

    compare()
    print(f"\ncloze: {tally}")
    assert len(tally.seen) >= 1000


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


def test_a_template_is_read_as_anki_reads_it(engine: Engine) -> None:
    """A parsed template, written anew with a field renamed, is what Anki writes then."""

    @settings(ALIKE, max_examples=300)
    @given(fronts(NAMES))
    def compare(front: str) -> None:
        assert written(parse(front).nodes, "Arti", "Makna") == engine.renamed(
            front, "Arti", "Makna"
        )

    compare()


# --- the measured rules, one by one ------------------------------------------------------------


@pytest.mark.parametrize("html", [*BLANK, " ", "\n", "<DIV></DIV>", "</br/>", "\x7f", "<\0br>"])
def test_a_blank_field(engine: Engine, html: str) -> None:
    """White space of ASCII and plain br and div tags leave a field blank."""
    assert is_blank(html)
    assert engine.standard(["Arti", "Istilah"], ["{{Arti}}"], [Note((html, "isi"))]) == [()]


@pytest.mark.parametrize(
    "html", [*FILLED, "< br>", "<br  >", "<p>", "<b></b>", "&#32;", "<d\u0130v>"]
)
def test_a_field_with_content(engine: Engine, html: str) -> None:
    """Entities, other tags, tags with attributes and comments are content, if invisible."""
    assert not is_blank(html)
    assert engine.standard(["Arti", "Istilah"], ["{{Arti}}"], [Note((html, "isi"))]) == [(0,)]


def test_every_space_and_control_character_is_blank_or_not_as_in_anki(engine: Engine) -> None:
    """Of Unicode's spaces, controls and invisible signs only ASCII's make a field blank."""
    signs = [chr(code) for code in range(0x3001)]
    signs = [one for one in signs if one.isspace() or unicodedata.category(one)[0] in "CZ"]
    real = engine.standard(["Arti", "Lain"], ["{{Arti}}"], [Note((one, "")) for one in signs])
    assert [is_blank(one) for one in signs] == [not cards for cards in real]


def test_a_note_without_a_true_condition_has_no_cards(engine: Engine) -> None:
    """Where Anki keeps only its fallback card the rule gives none."""
    rule = CardRule.standard(NAMES[:2], [parse("{{Istilah}}"), parse("{{#Arti}}teks{{/Arti}}")])
    fronts = ["{{Istilah}}", "{{#Arti}}teks{{/Arti}}{{FrontSide}}"]
    assert rule.cards(["<br>", "isi"]) == ()
    assert engine.standard(NAMES[:2], fronts, [Note(("<br>", "isi"))]) == [()]


@pytest.mark.parametrize("name", ["Tags", "Deck", "Card", "FrontSide", "CardID"])
@pytest.mark.parametrize("tagged", [False, True])
def test_special_names(engine: Engine, name: str, tagged: bool) -> None:
    """Anki's own names count as content or not alike in replacements and in sections."""
    fronts = [f"{{{{{name}}}}}", f"{{{{^{name}}}}}{{{{Arti}}}}{{{{/{name}}}}}"]
    note = Note(("isi",), tagged)
    cards = CardRule.standard(["Arti"], [parse(front) for front in fronts]).cards(
        note.values, tagged=tagged
    )
    content = name not in ("FrontSide", "Tags") or (name == "Tags" and tagged)
    assert cards == ((0,) if content else (1,))
    assert engine.standard(["Arti"], fronts, [note]) == [cards]


def test_the_number_of_values_must_be_that_of_the_fields() -> None:
    """A note with a value too few is a fault of the caller."""
    with pytest.raises(ValueError, match="1 values for 2 fields"):
        CardRule.standard(NAMES[:2], [parse("{{Arti}}")]).cards(["isi"])


def test_a_cloze_rule_needs_a_cloze_filter() -> None:
    """A front without the cloze filter is no cloze note type's."""
    assert cloze_fields(parse("{{type:cloze:Arti}}{{Istilah}}")) == {"Arti"}
    with pytest.raises(ValueError, match="no field with the cloze filter"):
        CardRule.cloze(NAMES[:2], parse("{{Arti}}"))


def test_clozes_count_in_fields_that_no_side_shows(engine: Engine) -> None:
    """Anki makes cards of the clozes of every field, be they broken cards."""
    front, values = "{{cloze:Istilah}}", ("{{c1::a}}", "{{c3::b}}")
    assert CardRule.cloze(NAMES[:2], parse(front)).cards(values) == (0, 2)
    assert engine.cloze(NAMES[:2], front, Note(values)) == (0, 2)


@pytest.mark.parametrize(
    ("html", "numbers"),
    [
        ("{{c2::a {{c1::b}} c}}", {1, 2}),
        ("{{c1,3::a}}", {1, 3}),
        ("{{c1, 3::a}}", set()),
        ("{{c0::a}} {{c07::b}}", {7}),
        ("{{c501::a}} {{c65535::b}}", {500}),
        ("{{c65536::a}}", set()),
        ("{{c" + "9" * 5000 + "::a}}", set()),
        ("{{C1::a}} {{ c2::a}} {{c3 ::a}} {{c4:a}}", set()),
        ("{{c1::\na<br>\n}}", {1}),
        ("{{c1::}}", {1}),
        ("{{c1::a}} {{c2::b", {1}),
        ("{{c1::a {{c2::b}}", set()),
        ("{{c1::" * 10 + "{{c2::a" + "}}" * 11 + "{{c3::b}}", {1, 3}),
        ("<!-- {{c1::a}} -->", {1}),
        ("{\x01{c1::a}}", {1}),
        ("{{c\u0661::a}}", set()),
    ],
)
def test_cloze_numbers(engine: Engine, html: str, numbers: set[int]) -> None:
    """Nesting, lists, limits, spelling and closing of clozes are read as Anki reads them."""
    assert cloze_numbers(html) == numbers
    ordinals = engine.cloze(NAMES[:2], "{{cloze:Istilah}}", Note((html, "")))
    assert ordinals == tuple(sorted(number - 1 for number in numbers))


def test_hidden_texts_are_without_hints() -> None:
    """A number's hidden text is all its clozes' text, with inner clozes' and without hints."""
    html = "{{c1::a::petunjuk}} {{c2,3::b {{c1::c::x}}::y}}{{c4::{{c5::}}}} {{c6::d"
    assert hidden_texts(html) == {1: "ac", 2: "b c", 3: "b c", 4: "", 5: ""}


@pytest.mark.parametrize(
    ("text", "offsets", "message"),
    [
        ("x {{c0::a}}", [5], "number 0"),
        ("{{c1,501::a}}", [5], "number 501"),
        ("{{c1::a}} {{c2::b", [10], "never closed"),
        ("{{c1::a {{c2::b}}", [0], "never closed"),
        ("{{c1::" * 10 + "{{c2::a" + "}}" * 11, [60], "at most 10"),
        ("a {{c1:: }}", [2], "hides nothing"),
        ("{{c1::::petunjuk}}", [0], "hides nothing"),
        ("{{c1::a {{c2::b}} c::d}} {{c500::e}}", [], ""),
    ],
)
def test_cloze_faults(text: str, offsets: list[int], message: str) -> None:
    """Each fault names the place of its number or of its opening braces."""
    faults = cloze_faults(text)
    assert [fault.offset for fault in faults] == offsets
    assert all(isinstance(fault, ClozeFault) and message in fault.message for fault in faults)


@pytest.mark.parametrize(
    ("front", "offset", "message"),
    [
        ("{{#Arti}}", 3, "{{#Arti}} without {{/Arti}}"),
        ("a{{#Arti}}b{{/Istilah}}", 14, "{{/Istilah}} where {{/Arti}} was expected"),
        ("{{/ Arti}}", 4, "{{/Arti}} without {{#Arti}} or {{^Arti}}"),
        ("{{#Arti}}<!-- {{/Arti}} -->", 3, "{{#Arti}} without {{/Arti}}"),
        ("{{#}}x", 3, "{{#}} names no field"),
        ("a {{=<% %>=}}<%Arti%>", 4, "delimiters can be changed only by {{=<% %>=}} at the start"),
    ],
)
def test_a_template_that_anki_refuses(
    engine: Engine, front: str, offset: int, message: str
) -> None:
    """What Anki refuses has a message and the place of the name."""
    with pytest.raises(MustacheError, match=re.escape(message)) as caught:
        parse(front)
    assert (caught.value.offset, caught.value.message) == (offset, message)
    assert engine.refuses(front)


@pytest.mark.parametrize(
    ("front", "offset", "message"),
    [
        ("ab {{Arti", 3, "{{ without }}"),
        ("{{Arti {{Istilah}}", 0, "{{ without }}"),
        ("{{ }}", 3, "{{ }} names no field"),
        ("{{hint:}}", 7, "no field is named after the last colon"),
        ("{{=<% %>=}}{{=<% %>=}}", 13, "the delimiters are changed twice"),
        ("{{#Arti}}" * 101, 903, "more than 100 sections within each other"),
    ],
)
def test_a_template_that_anki_shows_broken(front: str, offset: int, message: str) -> None:
    """Mistakes that would reach the student are refused although Anki takes some of them."""
    with pytest.raises(MustacheError) as caught:
        parse(front)
    assert (caught.value.offset, caught.value.message) == (offset, message)


def test_references_are_in_source_order_with_the_place_of_the_name() -> None:
    """Every name is told once a use, with its filters; comments hold none."""
    front = (
        "{{^ Arti }}{{tts id_ID:hint:Istilah}}{{/Arti}}<!-- {{X}} -->{{{Gambar_1}}}{{tts-voices:}}"
    )
    assert list(parse(front).references()) == [
        Reference("Arti", (), 4, section=True),
        Reference("Istilah", ("tts id_ID", "hint"), 28, section=False),
        Reference("Gambar_1", (), front.index("Gambar_1"), section=False),
    ]
