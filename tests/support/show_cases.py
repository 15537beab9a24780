"""Templates and notes at random, to be shown by kartu and by the real Anki."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

T = TypeVar("T")

NAMES = ("Istilah", "Arti", "Contoh soal", "Deck", "c2")
"""The fields of every case; two of them hide names of Anki's own."""

FILTERS = ["text", "hint", "type", "cloze", "cloze-only", "furigana", "kana", "kanji", "nc"]
FILTERS += ["tts id_ID", "tts en_US voices=Apple_Otoya,Lain speed=0.8"]
ODD_FILTERS = ["", "baru", "tts", "tts ", "tts-voices", "TEXT", "text "]
CHAINS = ["cloze", "type", "type:cloze", "type:nc", "hint", "text:cloze", "cloze", "text", "tts x"]
SPECIAL = ["Tags", "Type", "Subdeck", "Card", "CardFlag", "CardID", "FrontSide", "Deck", "c1"]
ODD_NAMES = ["Lain", "istilah", "C1", "c", "c4294967296", "c01", "c3", "c-1", "Contoh"]
SECTIONS = ["c1", "c1", "c2", "c3", "c01", "c+1", "c4294967295", *SPECIAL[:-3]]

MARKUP = ["teks", "<hr id=answer>", "\n", "[sound:a.mp3]", "}}", "{", "<!-- {{Arti}} -->", "<!--"]
MARKUP += ["[latex]x[/latex]", "&nbsp;", "\\(x\\)", "<script>if (a) {b}</script>", "-->"]

BITS = ["isi", "0", " ", "<br>", "<div>\n</div>", "&nbsp;", "\xa0", "<b>tebal</b>", "<i>", "\n"]
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
BITS += [
    "</style>",
    "&#65;",
    "&#x1F600;",
    "&lang;",
    "&apos;",
    "&#128;",
    "&#1000000065;",
    "&#x0041;",
    "\u200b",
    "😀",
    "\u3000",
]
BITS += ["</script>", "[[type:x]]", "[anki:play:q:0]", "[sound:c.mp3]", "\t", "&#xD800;", "-->"]

NUMBERS = ["1"] * 6 + ["2"] * 4 + ["3", "0", "1,2", "2,1,2", "01", "500"]
ODD_NUMBERS = [",", "501", "65535", "65536", "1,99999", "3,", "1,0", "0,", "99999999999999"]
HINTS = ["", "", "", "::petunjuk", "::<b>p</b>", "::", "::a::b", "::&lt;"]
SHAPES = ["rect", "ellipse", "polygon", "text", "rect", "circle", "", "rect:", "Rect"]
PROPERTIES = ["left=.1", "top=0.25", "width=.5", "height=1", "rx=.2", "points=.1,.2 .3,.4", "oi=1"]
PROPERTIES += [
    "fill=#fff",
    "text=a b",
    r"text=a\:b",
    "angle=45",
    "scale=2",
    "fs=.05",
    "xx=1",
    "ry=1",
]
ODD_PROPERTIES = ["text=", "points=6", "points=1,2 3", "", r"text=a\\b", r"text=\q", "=1", "<br>"]
ODD_PROPERTIES += [
    "text=é日&'",
    "left",
    "points=,",
    "left=a=b",
    "left= 1",
    ":h",
    'fill="',
    "left=\n",
]


@dataclass(frozen=True)
class Case:
    """A card: its templates, the values of its fields, its number and the tags."""

    front: str
    back: str
    values: tuple[str, ...]
    number: int
    tags: tuple[str, ...]


class Cases:
    """Cases that depend on the seed alone."""

    def __init__(self, seed: int, *, cloze: bool) -> None:
        self._random = Random(seed)
        self._cloze = cloze

    def case(self) -> Case:
        first = "{{cloze:Istilah}}" if self._cloze else "{{Istilah}}"
        return Case(
            self._template(self._rarely("", first, 8)),
            self._template(self._rarely(self._one([first, ""]), "{{FrontSide}}", 3)),
            self._values(),
            self._one([1, 1, 1, 2]),
            self._one([(), ("inti",), ("bentuk", "inti")]),
        )

    def _one(self, some: Sequence[T]) -> T:
        return self._random.choice(some)

    def _rarely(self, rare: T, usual: T, times: int = 30) -> T:
        return rare if self._random.randrange(times) == 0 else usual

    # templates

    def _template(self, start: str) -> str:
        pieces = [self._piece(2) for _ in range(self._random.randrange(5))]
        pieces.insert(self._random.randrange(len(pieces) + 1), start)
        text = "".join(pieces)
        odd = self._random.randrange(60)
        if odd == 0:
            text += f"{{{{{self._one(['', 'hint:', 'text:'])}{self._one(ODD_NAMES)}}}}}"
        elif odd == 1:
            text += "{{#%s}}x{{/%s}}" % ((self._one(ODD_NAMES),) * 2)
        elif odd in (2, 3):
            text = "{{=<% %>=}}" + text.replace("{{", "<%").replace("}}", "%>")
        elif odd == 4:
            text += "{{tts-voices:}}"
        return text

    def _piece(self, depth: int) -> str:
        kind = self._random.randrange(10)
        if kind < 2:
            return self._one(MARKUP)
        if kind < 5 and depth:
            inside = "".join(self._piece(depth - 1) for _ in range(self._random.randrange(4)))
            name, mark = self._rarely(self._one(SECTIONS), self._one(NAMES), 3), self._one("##^")
            return f"{{{{{mark}{self._space()}{name}}}}}{inside}{{{{/{name}{self._space()}}}}}"
        name = self._rarely(self._one(SPECIAL), self._one(NAMES), 4)
        if kind == 9:
            return f"{{{{{{{name}}}}}}}"
        return f"{{{{{self._space()}{self._filters()}{name}{self._space()}}}}}"

    def _space(self) -> str:
        return self._rarely(self._one([" ", "\n", "\u3000", "\xa0 "]), "", 5)

    def _filters(self) -> str:
        kind = self._random.randrange(6)
        if kind < 2:
            return ""
        if kind < 4:
            return f"{self._one(CHAINS)}:"
        some = range(self._random.randrange(1, 4))
        return "".join(
            f"{self._rarely(self._one(ODD_FILTERS), self._one(FILTERS), 7)}:" for _ in some
        )

    # fields

    def _values(self) -> tuple[str, ...]:
        first = self._clozes() if self._cloze else self._filled()
        return (self._rarely(self._value(), first, 12), *(self._value() for _ in NAMES[1:]))

    def _value(self) -> str:
        kind = self._random.randrange(5)
        if kind == 0:
            return self._one(["", "", "<br>", " \n"])
        return self._filled() if kind < 4 else self._clozes()

    def _filled(self) -> str:
        return self._rarely("jawaban", self._bits(1, 5), 5)

    def _bits(self, least: int, most: int) -> str:
        return "".join(self._one(BITS) for _ in range(self._random.randint(least, most)))

    def _clozes(self) -> str:
        parts = [self._bits(0, 2) + self._closed(3) for _ in range(self._random.randint(1, 3))]
        odd = self._random.randrange(20)
        if odd == 0:
            depth = self._random.randint(7, 12)
            parts.append("{{c2::a" * depth + "{{c1::b" + "}}" * self._random.randint(7, 14))
        elif odd == 1:
            parts.insert(self._random.randrange(len(parts) + 1), self._opening())
        elif odd == 2:
            parts.append("{{C1::a}}{{c1 ::a}}")
        return "".join(parts) + self._bits(0, 2)

    def _opening(self) -> str:
        return f"{{{{c{self._rarely(self._one(ODD_NUMBERS), self._one(NUMBERS), 15)}::"

    def _closed(self, depth: int) -> str:
        inside = self._rarely(self._shape(), self._bits(0, 2), 4)
        while depth and self._random.randrange(3) == 0:
            inside += self._closed(depth - 1) + self._bits(0, 1)
        return f"{self._opening()}{inside}{self._one(HINTS)}}}}}"

    def _shape(self) -> str:
        some = range(self._random.randrange(6))
        each = (self._rarely(self._one(ODD_PROPERTIES), self._one(PROPERTIES), 5) for _ in some)
        return ":".join(["image-occlusion", self._one(SHAPES), *each])
