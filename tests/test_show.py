"""What a card shows: kartu's renderer and the real engine's must give the same HTML."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence

import pytest
from anki.collection import Collection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support.shown import SPECIAL, Shower, without_hint_numbers

from kartu.anki.mustache import MustacheError
from kartu.anki.show import ShowError, Side, show_card

SIZE = int(os.environ.get("KARTU_SHOW_CASES", "400"))
ALIKE = settings(
    max_examples=SIZE,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
NAMES = ("Istilah", "Arti", "Contoh soal", "Deck", "c2")


def ours(
    front: str, back: str, fields: dict[str, str], number: int, *, cloze: bool, tags: Sequence[str]
) -> Side | str:
    special = SPECIAL | {"Tags": " ".join(tags)}
    try:
        return show_card(front, back, fields, number=number, cloze=cloze, special=special)
    except ShowError as error:
        return error.reason


# --- templates ---------------------------------------------------------------------------------

SPACE = st.sampled_from(["", "", "", "", " ", "\n", "\u3000", "\xa0 "])
KNOWN = ["text", "hint", "type", "cloze", "cloze-only", "furigana", "kana", "kanji", "nc"]
KNOWN += ["tts id_ID", "tts en_US voices=Apple_Otoya,Lain speed=0.8"]
FILTER = st.sampled_from([*KNOWN, *KNOWN, "", "baru", "tts", "tts ", "tts-voices", "TEXT", "text "])
FILTERS = st.one_of(
    st.just(""),
    st.sampled_from(["cloze:", "type:", "type:cloze:", "type:nc:", "hint:", "text:cloze:"]),
    st.lists(FILTER, max_size=3).map(lambda some: "".join(f"{one}:" for one in some)),
)
SPECIAL_NAMES = ["Tags", "Type", "Subdeck", "Card", "CardFlag", "CardID", "FrontSide", "Deck"]
NAME = st.sampled_from([*NAMES * 12, *SPECIAL_NAMES * 2, "c1", "c3"])
SECTION = st.sampled_from([*NAMES * 10, *SPECIAL_NAMES, "c1", "c1", "c2", "c3", "c01", "c+1"])
ODD_NAME = st.sampled_from(["Lain", "istilah", "C1", "c", "c4294967296", "Contoh"])
MARKUP = ["teks", "<hr id=answer>", "\n", "[sound:a.mp3]", "}}", "{", "<!-- {{Arti}} -->", "<!--"]
MARKUP += ["[latex]x[/latex]", "&nbsp;", "\\(x\\)", "<script>if (a) {b}</script>", "-->"]

LEAF = st.one_of(
    *[st.builds("{{{{{}{}{}{}}}}}".format, SPACE, FILTERS, NAME, SPACE)] * 6,
    st.builds("{{{{{{{}}}}}}}".format, NAME),
    *[st.sampled_from(MARKUP)] * 2,
)


def _sections(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda mark, space, name, inside: (
            f"{{{{{mark}{space}{name}}}}}{''.join(inside)}{{{{/{name}{space}}}}}"
        ),
        st.sampled_from("##^"),
        SPACE,
        SECTION,
        st.lists(inner, max_size=3),
    )


PIECES = st.lists(st.recursive(LEAF, _sections, max_leaves=6), max_size=5).map("".join)


@st.composite
def templates(draw: st.DrawFn, start: str = "") -> str:
    text = start + draw(PIECES)
    odd = draw(st.integers(0, 29))
    if odd == 7:
        text += f"{{{{{draw(st.sampled_from(['', 'hint:', 'text:']))}{draw(ODD_NAME)}}}}}"
    elif odd == 8:
        text += "{{#%s}}x{{/%s}}" % ((draw(ODD_NAME),) * 2)
    elif odd == 9:
        text = "{{=<% %>=}}" + text.replace("{{", "<%").replace("}}", "%>")
    elif odd == 10:
        text += "{{tts-voices:}}"
    return text


# --- fields ------------------------------------------------------------------------------------

BITS = ["", "isi", "0", " ", "<br>", "<div>\n</div>", "&nbsp;", "\xa0", "<b>tebal</b>", "<i>", "\n"]
BITS += [
    "日本[にほん]",
    " 本[ほん]",
    "a[sound:b.mp3]",
    "[x]",
    "<img src=a.png>",
    "&lt;b&gt;",
    "&amp;",
]
BITS += ["&copy;", "&nope;", "&", "<!-- k -->", "<style>p{}</style>", "<STYLE>", "<script>", "é"]
BITS += ["\\(", "\\)", "\\[", "\\]", "\\(x<b>y</b>\\)", "::", "}}", "{{", "{{c", '"', "'", "<", ">"]
BITS += ["</style>", "&#65;", "&#x1F600;", "&lang;", "&apos;", "&#128;", "\u200b", "😀", "e\u0301"]
BIT = st.sampled_from(BITS)
VALUE = st.one_of(
    st.sampled_from(["", "", "isi", "<br>", "jawaban"]), st.lists(BIT, max_size=5).map("".join)
)

NUMBERS = st.sampled_from(["1"] * 5 + ["2"] * 4 + ["3", "0", "1,2", "2,1,2", "01", ",", "500"])
ODD_NUMBERS = st.sampled_from(["501", "65535", "65536", "1,99999", "3,", "1,0"])
OPENING = st.builds("{{{{c{}::".format, st.one_of(*[NUMBERS] * 6, ODD_NUMBERS))
PROPERTIES = ["left=.1", "top=0.25", "width=.5", "height=1", "rx=.2", "points=.1,.2 .3,.4", "oi=1"]
PROPERTIES += [
    "fill=#fff",
    "text=a b",
    r"text=a\:b",
    "angle=45",
    "scale=2",
    "fs=.05",
    "xx=1",
    "left",
]
PROPERTIES += [
    "text=",
    "points=6",
    "points=1,2 3",
    "",
    r"text=a\\b",
    r"text=\q",
    "=1",
    "<br>",
    "é=é",
]
SHAPE = st.builds(
    lambda name, some: ":".join(["image-occlusion", name, *some]),
    st.sampled_from(["rect", "ellipse", "polygon", "text", "rect", "circle", "", "rect::"]),
    st.lists(st.sampled_from(PROPERTIES), max_size=5),
)
HINT = st.sampled_from(["", "", "", "::petunjuk", "::<b>p</b>", "::", "::a::b"])
HIDDEN = st.one_of(BIT, BIT, BIT, SHAPE)
CLOZE = st.recursive(
    st.builds("{}{}{}}}}}".format, OPENING, HIDDEN, HINT),
    lambda inner: st.builds("{}{}{}{}{}}}}}".format, OPENING, HIDDEN, inner, HIDDEN, HINT),
    max_leaves=5,
)
DEEP = st.builds(
    lambda depth, end: "{{c2::a" * depth + "{{c1::b" + "}}" * end,
    st.integers(7, 12),
    st.integers(7, 14),
)
CLOZES = st.lists(
    st.one_of(CLOZE, CLOZE, CLOZE, BIT, BIT, DEEP, OPENING, st.just("{{C1::a}}")), max_size=5
).map("".join)
SOUND_CLOZES = st.lists(st.one_of(CLOZE, CLOZE, BIT), min_size=1, max_size=4).map("".join)
CLOZE_VALUE = st.one_of(*[SOUND_CLOZES] * 3, CLOZES, VALUE)
TAGS = st.sampled_from([(), (), ("inti",), ("bentuk", "inti")])


def _case(values: st.SearchStrategy[str], start: str, front: str) -> st.SearchStrategy[object]:
    return st.tuples(
        templates(front), templates(start), st.tuples(values, *[VALUE] * 4), st.integers(1, 2), TAGS
    )


class Comparison:
    """Compares cards and counts what was compared."""

    def __init__(self, collection: Collection, *, cloze: bool) -> None:
        self._shower = Shower(collection, NAMES, cloze=cloze)
        self._cloze = cloze
        self.tally: Counter[str] = Counter()
        self.seen: set[object] = set()

    def compare(
        self, front: str, back: str, values: Sequence[str], number: int, tags: Sequence[str]
    ) -> None:
        fields = dict(zip(NAMES, values, strict=True))
        try:
            mine = ours(front, back, fields, number, cloze=self._cloze, tags=tags)
        except MustacheError:
            self.tally["refused"] += 1
            return
        real = self._shower.show(front, back, values, number=number, tags=tags)
        if isinstance(mine, Side) and isinstance(real, Side):
            assert without_hint_numbers(mine) == without_hint_numbers(real)
        assert isinstance(mine, Side) == isinstance(real, Side), (mine, real)
        if isinstance(mine, str):
            assert mine == real
        self.tally[mine if isinstance(mine, str) else "shown"] += 1
        self.seen.add((front, back, tuple(values), number, tuple(tags)))


def test_a_standard_card_shows_what_anki_shows(collection: Collection) -> None:
    """On random templates and notes both sides are the engine's, byte for byte."""
    comparison = Comparison(collection, cloze=False)

    @ALIKE
    @given(_case(st.one_of(VALUE, VALUE, CLOZES), "{{FrontSide}}", ""))
    def compare(case: tuple[str, str, tuple[str, ...], int, tuple[str, ...]]) -> None:
        comparison.compare(*case)

    compare()
    print(f"\nstandard: {len(comparison.seen)} different, {dict(comparison.tally)}")
    assert comparison.tally["shown"] >= SIZE // 2


def test_a_cloze_card_shows_what_anki_shows(collection: Collection) -> None:
    """On random fields with nested, broken and odd clozes both sides are the engine's."""
    comparison = Comparison(collection, cloze=True)

    @ALIKE
    @given(_case(CLOZE_VALUE, "", "{{cloze:Istilah}}"))
    def compare(case: tuple[str, str, tuple[str, ...], int, tuple[str, ...]]) -> None:
        comparison.compare(*case)

    compare()
    print(f"\ncloze: {len(comparison.seen)} different, {dict(comparison.tally)}")
    assert comparison.tally["shown"] >= SIZE // 2
