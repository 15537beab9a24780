"""What a card shows: kartu's renderer and the real engine's must give the same HTML."""

from __future__ import annotations

import itertools
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from anki.collection import Collection
from support.anki_display import SPECIAL, AnkiRenderer, without_hint_numbers
from support.engine import cards, import_package
from support.show_cases import NAMES, Case, Cases

from kartu.anki.mustache import MustacheError
from kartu.anki.show import ShowError, Side, show_card
from kartu.compile.render.visible import visible_side

SIZE = int(os.environ.get("KARTU_SHOW_CASES", "2000"))
"""How many random cards; more may be asked for by hand."""

_PLAYED = re.compile(r"\[sound:[^]]*\]|\[anki:tts .*?\].*?\[/anki:tts\]", re.DOTALL)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """An empty collection."""
    opened = Collection(str(tmp_path_factory.mktemp("anki") / "collection.anki2"))
    yield opened
    opened.close()


def ours(
    front: str,
    back: str,
    fields: dict[str, str],
    *,
    number: int = 1,
    cloze: bool = False,
    tags: Sequence[str] = (),
) -> Side | str:
    """What kartu shows, or why it does not."""
    special = SPECIAL | {"Tags": " ".join(tags), "Type": "Uji isian" if cloze else "Uji"}
    try:
        return show_card(front, back, fields, number=number, cloze=cloze, special=special)
    except ShowError as error:
        return error.reason
    except MustacheError:
        return "refused"


def alike(mine: Side | str, real: Side | str) -> bool:
    """Whether they are the same but for the numbers of hints."""
    if isinstance(mine, Side) and isinstance(real, Side):
        return without_hint_numbers(mine) == without_hint_numbers(real)
    return mine == real


@pytest.mark.parametrize("cloze", [False, True], ids=["standard", "cloze"])
def test_a_random_card_shows_what_anki_shows(collection: Collection, *, cloze: bool) -> None:
    """Both sides are the engine's, byte for byte, or it has a message where kartu raises."""
    shower = AnkiRenderer(collection, NAMES, cloze=cloze)
    seen: set[Case] = set()
    tally: Counter[str] = Counter()
    for seed in range(SIZE):
        case = Cases(seed, cloze=cloze).case()
        fields = dict(zip(NAMES, case.values, strict=True))
        mine = ours(case.front, case.back, fields, number=case.number, cloze=cloze, tags=case.tags)
        tally[mine if isinstance(mine, str) else "shown"] += 1
        seen.add(case)
        if mine != "refused":
            real = shower.show(
                case.front, case.back, case.values, number=case.number, tags=case.tags
            )
            assert alike(mine, real), f"seed {seed}: {case}\n{mine}\n{real}"
    print(f"\n{len(seen)} different cards: {dict(tally)}")
    assert tally["shown"] > 0.7 * SIZE


# Templates and what their question is, with A as given and B empty.
PLAIN = [
    ("{{A}}", "<b>a</b> &amp;", "<b>a</b> &amp;"),
    ("{{ A }}{{{A}}}", "a", "aa}"),
    ("{{#A}}x{{/A}}{{^A}}y{{/A}}{{#B}}z{{/B}}{{^B}}w{{/B}}{{A}}", "a", "xwa"),
    ("{{#c1}}x{{/c1}}{{^c2}}y{{/c2}}{{#c2}}z{{/c2}}{{c1}}", "a", "xy1"),
    ("<!-- {{A}} -->{{A}}", "a", "<!-- {{A}} -->a"),
    ("{{=<% %>=}}<%A%>{{A}}", "a", "a{{A}}"),
    ("{{FrontSide}}{{A}}", "a", "a"),
    ("{{Deck}}{{Card}}{{#Tags}}x{{/Tags}}", "a", "(Deck)Kartu 1"),
    ("{{text:A}}", "<b>a</b> &lt;&nbsp;b<style>c</style>", "a < b"),
    ("{{text:A}}", "&lt; &unknown;", "&lt; &unknown;"),
    ("{{type:A}} {{type:nc:A}} {{type:text:A}}", "a", "[[type:A]] [[type:nc:A]] [[type:A]]"),
    ("{{tts id_ID:A}}", "a", "[anki:tts lang=id_ID]a[/anki:tts]"),
    ("{{tts id voices=X speed=2:A}}", "a", "[anki:tts lang=id voices=X speed=2]a[/anki:tts]"),
    ("{{furigana:A}}", "x 日本[にほん]", "x<ruby><rb>日本</rb><rt>にほん</rt></ruby>"),
    ("{{kana:A}} {{kanji:A}}", "日本[にほん]", "にほん 日本"),
    ("{{furigana:A}}", "a[sound:b.mp3]", "a[sound:b.mp3]"),
    ("{{text:unknown:A}}", "<b>a", "<b>a"),
    ("{{unknown:text:A}}", "<b>a", "a"),
    ("{{cloze:A}}x{{hint:B}}", "a", "x"),
]

# Values, the card's number, its question and its answer, all by {{cloze:A}}.
CLOZES = [
    (
        "a {{c1::b}} {{c2::c}}",
        2,
        (
            'a <span class="cloze-inactive" data-ordinal="1">b</span>'
            ' <span class="cloze" data-cloze="c" data-ordinal="2">[...]</span>'
        ),
        (
            'a <span class="cloze-inactive" data-ordinal="1">b</span>'
            ' <span class="cloze" data-ordinal="2">c</span>'
        ),
    ),
    (
        "{{c2,1::b&::c}}",
        1,
        '<span class="cloze" data-cloze="b&amp;" data-ordinal="1,2">[c]</span>',
        '<span class="cloze" data-ordinal="1,2">b&</span>',
    ),
    (
        "{{c2::a{{c1::b}}}}",
        1,
        (
            '<span class="cloze-inactive" data-ordinal="2">a'
            '<span class="cloze" data-cloze="b" data-ordinal="1">[...]</span></span>'
        ),
        (
            '<span class="cloze-inactive" data-ordinal="2">a'
            '<span class="cloze" data-ordinal="1">b</span></span>'
        ),
    ),
    ("\\({{c1::<b>x</b>}}{{c2::y}}\\) {{c3::", 1, "\\([...]y\\) ", "\\(xy\\) "),
    (
        "{{c1::image-occlusion:rect:left=.1:oi=1}}",
        1,
        (
            '<div class="cloze" data-ordinal="1" data-shape="rect" data-left=".1"'
            ' data-occludeInactive="1" ></div>'
        ),
        (
            '<div class="cloze-highlight" data-ordinal="1" data-shape="rect" data-left=".1"'
            ' data-occludeInactive="1" ></div>'
        ),
    ),
]


@pytest.mark.parametrize(("template", "value", "shown"), PLAIN)
def test_the_rules_of_templates(
    collection: Collection, template: str, value: str, shown: str
) -> None:
    """Replacements, sections, comments, delimiters and filters, each in its plainest form."""
    mine = ours(template, "{{text:FrontSide}}", {"A": value, "B": ""})
    assert mine == Side(shown, shown)
    real = AnkiRenderer(collection, ["A", "B"], cloze=False)
    assert mine == real.show(template, "{{text:FrontSide}}", [value, ""])


@pytest.mark.parametrize(("value", "number", "question", "answer"), CLOZES)
def test_the_rules_of_clozes(
    collection: Collection, value: str, number: int, question: str, answer: str
) -> None:
    """Numbers, hints, clozes in clozes, formulas and image occlusion."""
    mine = ours("{{cloze:A}}", "{{cloze:A}}", {"A": value}, number=number, cloze=True)
    assert mine == Side(question, answer)
    real = AnkiRenderer(collection, ["A"], cloze=True)
    assert mine == real.show("{{cloze:A}}", "{{cloze:A}}", [value], number=number)


def test_a_hint_is_behind_its_fields_name() -> None:
    """The text is in the page but hidden; a blank field has no hint, two hints two ids."""
    mine = ours("{{hint:A}}{{hint:B}}{{hint:C}}", "", {"A": "a", "B": "a", "C": " "})
    assert isinstance(mine, Side)
    assert "\nA</a>\n" in mine.question
    assert "C" not in mine.question
    assert len(set(re.findall('id="(hint[0-9a-f]+)" class=hint', mine.question))) == 2


@pytest.mark.parametrize(
    ("front", "back", "cloze", "reason"),
    [
        ("{{B}} text", "{{A}}", False, "blank-front"),
        ("{{A}}{{#B}}{{Missing}}{{/B}}", "", False, "unknown-field"),
        ("{{A}}", "{{^FrontSide}}x{{/FrontSide}}", False, "unknown-field"),
        ("{{cloze:A}}", "{{text:Missing}}", True, "no-cloze"),
        ("{{cloze:Missing}}", "{{A}}", True, "unknown-field"),
        ("{{A", "{{A}}", False, "refused"),
    ],
)
def test_where_anki_shows_a_message_kartu_raises(
    collection: Collection, front: str, back: str, reason: str, *, cloze: bool
) -> None:
    """What is wrong is told by the error; a message for students is no card."""
    assert ours(front, back, {"A": "{{c2::a}}", "B": "<br>"}, cloze=cloze) == reason
    if reason != "refused":
        shower = AnkiRenderer(collection, ["A", "B"], cloze=cloze)
        assert shower.show(front, back, ["{{c2::a}}", "<br>"]) == reason


def test_every_card_of_the_real_deck_shows_what_anki_shows(
    real_package: Path, collection: Collection
) -> None:
    """Also where the engine has numbered sounds and speech, and with the card's own names."""
    import_package(collection, real_package)
    every = cards(collection)
    assert len(every) > 100
    for card in every:
        note, note_type = card.note(), card.note_type()
        cloze = note_type["type"] == 1
        template = note_type["tmpls"][0 if cloze else card.ord]
        deck = collection.decks.name(card.did)
        mine = show_card(
            template["qfmt"],
            template["afmt"],
            dict(note.items()),
            number=card.ord + 1,
            cloze=cloze,
            special={
                "Tags": " ".join(note.tags),
                "Type": note_type["name"],
                "Deck": deck,
                "Subdeck": deck.split("::")[-1],
                "Card": template["name"],
                "CardFlag": "flag0",
                "CardID": str(card.id),
            },
        )
        real = card.render_output(reload=True)
        assert without_hint_numbers(played(mine)) == without_hint_numbers(
            Side(real.question_text, real.answer_text)
        )


def played(side: Side) -> Side:
    """With sounds and speech as Anki's marks of what is to be played."""
    question = _numbered(side.question, "q")
    return Side(question, _numbered(side.answer.replace(side.question, question), "a"))


def _numbered(html: str, side: str) -> str:
    numbers = itertools.count()
    return _PLAYED.sub(lambda _: f"[anki:play:{side}:{next(numbers)}]", html)


def test_long_texts_take_no_longer_than_they_are_long() -> None:
    """Half-open marks by the thousand are read, not searched for again from each."""
    for mark in ("<", "[", "\\(", "<!-- >", "<style>", "{{c1::a", "a[", "[a]", " a[b"):
        value = "{{c1::x}}" + mark * 20_000
        side = ours("{{furigana:A}}{{text:A}}{{cloze:A}}{{furigana:cloze:A}}", "", {"A": value})
        assert isinstance(side, Side)


def test_the_text_that_a_student_reads_on_a_side() -> None:
    """What is heard or typed is no text of the card."""
    side = "<b>a</b>[sound:b.mp3] [anki:tts lang=id]c[/anki:tts]<hr>[[type:D]] {{e}} [f]"
    assert visible_side(side) == "a {{e}} [f]"
