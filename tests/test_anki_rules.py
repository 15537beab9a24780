"""What makes a field blank, a cloze a cloze and a template wrong: the measured rules, one by one.

Each is asked of the real engine too.
"""

from __future__ import annotations

import re
import unicodedata

import pytest
from support.card_engine import BLANK, FILLED, NAMES, Engine, Note

from kartu.anki.cards import CardRule, cloze_fields, is_blank
from kartu.anki.cloze import ClozeFault, cloze_faults, cloze_numbers, hidden_texts
from kartu.anki.mustache import MustacheError, Reference, parse


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
        ("{{c::satu}} {{C1::dua}} {{c1:tiga}}", [0, 12, 24], "opens no cloze"),
        ("{c1::satu} {{c 1::dua}} {{ c1::tiga}}", [0, 11, 24], "opens no cloze"),
        ("{{c1::c}} {c} $\\frac{{c1}}{c2:}$ C::D {{c1::c::x}}", [], ""),
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
    assert list(parse(front).references) == [
        Reference("Arti", (), 4, section=True),
        Reference("Istilah", ("tts id_ID", "hint"), 28, section=False),
        Reference("Gambar_1", (), front.index("Gambar_1"), section=False),
    ]
