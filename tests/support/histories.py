"""Lists whose notes have no ids, and what people do to them between two builds, by chance."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from kartu.load.ids.values import folded


class Item(NamedTuple):
    """A note of a history: which one it truly is, its file, and its texts by column.

    `slipped` are its texts that are what they are by a slip of a key: such a question may be
    another one's by mistake.
    """

    id: int
    file: str
    texts: dict[str, str]
    slipped: tuple[str, ...] = ()


Deck = list[Item]

_ANIMALS = (
    *("kucing", "cat", "anjing", "dog", "burung", "bird", "ikan", "fish"),
    *("sapi", "cow", "kuda", "horse", "kambing", "goat", "ayam", "chicken"),
    *("bebek", "duck", "ular", "snake", "katak", "frog", "semut", "ant"),
    *("lebah", "bee", "rusa", "deer", "gajah", "elephant", "harimau", "tiger"),
    *("singa", "lion", "kera", "monkey", "kelinci", "rabbit", "tikus", "mouse"),
    *("udang", "shrimp", "kepiting", "crab", "paus", "whale", "hiu", "shark"),
    *("elang", "eagle", "merpati", "pigeon", "nyamuk", "mosquito", "lalat", "fly"),
    *("cacing", "worm", "siput", "snail"),
)
_TOWNS = (
    "Jakarta",
    "Bandung",
    "Surabaya",
    "Medan",
    "Padang",
    "Manado",
    "Ambon",
    "Kupang",
    "Palu",
    "Ternate",
)
_KINDS = ("kopi", "teh", "padi", "lada", "cengkih", "pala", "sagu", "kelapa", "tembakau", "karet")


def words() -> list[dict[str, str]]:
    return [
        dict(zip("qa", pair, strict=True))
        for pair in zip(_ANIMALS[::2], _ANIMALS[1::2], strict=True)
    ]


def gaps() -> list[dict[str, str]]:
    return [
        {"q": f"Di {town} orang menanam {{{{c1::{kind}}}}} sejak tahun {1800 + 7 * place}."}
        for place, (town, kind) in enumerate((t, k) for t in _TOWNS for k in _KINDS[:4])
    ]


def truths() -> list[dict[str, str]]:
    return [
        {"q": f"{kind.title()} tumbuh di {town}.", "a": ("benar", "salah")[(place + len(kind)) % 2]}
        for place, (town, kind) in enumerate((t, k) for t in _TOWNS for k in _KINDS[:4])
    ]


def tables() -> list[dict[str, str]]:
    return [{"q": f"{a} x {b}", "a": str(a * b)} for a in range(2, 10) for b in range(2, 10)]


def homonyms() -> list[dict[str, str]]:
    pairs = [
        ("bank", "tepi"),
        ("bisa", "racun"),
        ("bulan", "satelit"),
        ("apel", "buah"),
        ("kali", "sungai"),
        ("malang", "kota"),
    ]
    others = [(word, f"{word} lain") for word, _meaning in pairs]
    return [{"q": q, "a": a} for q, a in [*pairs, *others, pairs[0], pairs[1], ("bisa", "dapat")]]


KINDS: dict[str, Callable[[], list[dict[str, str]]]] = {
    "words": words,
    "gaps": gaps,
    "truths": truths,
    "tables": tables,
    "homonyms": homonyms,
}


class History:
    """A deck and what people do to it, by chance."""

    def __init__(self, kind: str, chance: random.Random) -> None:
        self.chance = chance
        stock = KINDS[kind]()
        chance.shuffle(stock)
        size = chance.randint(2, len(stock))
        self.stock = stock[size:]  # for questions that come later
        self.deck = [Item(n, chance.choice(("a", "b")), one) for n, one in enumerate(stock[:size])]
        self.next = size
        self.asked_of: Deck = []

    def typo(self) -> None:
        """One letter of one text of some notes."""
        for at in self.some():
            texts = dict(self.deck[at].texts)
            key = self.chance.choice(sorted(texts))
            texts[key] = self.misspelt(texts[key])
            self.set(at, texts, slipped=texts[key])

    def typo_everywhere(self) -> None:
        for at in range(len(self.deck)):
            texts = dict(self.deck[at].texts)
            key = self.chance.choice(sorted(texts))
            texts[key] = self.misspelt(texts[key])
            self.set(at, texts, slipped=texts[key])

    def case_and_signs(self) -> None:
        """What is no difference: capitals, spaces, a full stop."""
        for at in self.some():
            texts = self.deck[at].texts
            self.set(at, {key: f"{text.upper()} ." for key, text in texts.items()})

    def sort(self) -> None:
        key = self.chance.choice("qa")
        self.deck.sort(key=lambda one: one.texts.get(key, ""))

    def shuffle(self) -> None:
        self.chance.shuffle(self.deck)

    def insert(self) -> None:
        for _ in range(self.chance.randint(1, 4)):
            if self.stock:
                self.put(self.chance.randint(0, len(self.deck)), self.stock.pop())

    def delete(self) -> None:
        for at in sorted(self.some(), reverse=True):
            if len(self.deck) > 1:
                self.stock.append(self.deck.pop(at).texts)  # the question may come back as another

    def replace(self) -> None:
        """Another question in the place of one, with the same answer."""
        for at in self.some():
            if self.stock:
                old = self.deck.pop(at)
                new = {
                    **self.stock.pop(),
                    **{key: old.texts[key] for key in old.texts if key == "a"},
                }
                self.put(at, new)

    def replace_answer(self) -> None:
        """The other question's answer comes with it, the old one stays: texts mixed of two."""
        for at in self.some():
            other = self.chance.randrange(len(self.deck))
            texts = dict(self.deck[at].texts)
            if "a" in texts and "a" in self.deck[other].texts:
                self.set(at, {**texts, "a": self.deck[other].texts["a"]})

    def move(self) -> None:
        for at in self.some():
            self.deck[at] = self.deck[at]._replace(file=self.chance.choice("abc"))

    def rename(self) -> None:
        self.deck = [one._replace(file=f"{one.file}x") for one in self.deck]

    def split(self) -> None:
        self.deck = [
            one._replace(file=one.file + str(at * 2 // len(self.deck)))
            for at, one in enumerate(self.deck)
        ]

    def add_column(self) -> None:
        filled = self.chance.random() < 0.5
        for at, one in enumerate(self.deck):
            if filled or self.chance.random() < 0.5:
                self.set(at, {**one.texts, "c": f"catatan {self.chance.randint(1, 9)}"})

    def drop_column(self) -> None:
        key = self.chance.choice("ac")
        for at, one in enumerate(self.deck):
            self.set(at, {name: text for name, text in one.texts.items() if name != key})

    def exchange_columns(self) -> None:
        for at, one in enumerate(self.deck):
            if "a" in one.texts:
                self.set(at, {**one.texts, "q": one.texts["a"], "a": one.texts["q"]})

    def translate(self) -> None:
        keys = self.chance.choice(("q", "a", "qa"))
        for at, one in enumerate(self.deck):
            self.set(
                at,
                {k: f"le {t[::-1]}" if k in keys else t for k, t in one.texts.items()},
            )

    # --- ---------------------------------------------------------------------------------------

    def misspelt(self, text: str) -> str:
        at = self.chance.randrange(len(text))
        if text[at].isdigit():
            return text[:at] + str(self.chance.randint(0, 9)) + text[at + 1 :]
        return text[:at] + self.chance.choice("aeiou") + text[at + 1 :]

    def some(self) -> list[int]:
        number = self.chance.randint(1, min(3, len(self.deck)))
        return self.chance.sample(range(len(self.deck)), number)

    def set(self, at: int, texts: dict[str, str], *, slipped: str = "") -> None:
        one = self.deck[at]
        self.deck[at] = one._replace(texts=texts, slipped=(*one.slipped, folded(slipped)))

    def put(self, at: int, texts: dict[str, str]) -> None:
        file = self.chance.choice(self.deck).file if self.deck else "a"
        self.deck.insert(at, Item(self.next, file, texts))
        self.next += 1


OPERATIONS = [
    *(History.typo, History.typo_everywhere, History.case_and_signs, History.sort),
    *(History.shuffle, History.insert, History.delete, History.replace, History.replace_answer),
    *(History.move, History.rename, History.split, History.add_column, History.drop_column),
    *(History.exchange_columns, History.translate),
]


def homonyms_of(was: Item, now: Item) -> bool:
    """Whether two notes ask the same, in the same words: nobody could tell which one it is."""
    common = was.texts.keys() & now.texts.keys()
    same = {key for key in common if folded(was.texts[key]) == folded(now.texts[key])}
    return "q" in same and (same == common or folded(now.texts["q"]) not in now.slipped)
