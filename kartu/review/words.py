"""What the rules on teaching know of a language; of the others they ask only what all share."""

from __future__ import annotations

import re
from typing import NamedTuple

from kartu.compile.built import BuiltDeck


class Language(NamedTuple):
    """Words are in small letters; patterns find them whatever their case.

    `empty` are words that mean nothing by themselves, `negations` those that turn a statement
    round, `verdicts` answers to a question of yes or no. `yes_or_no` is how such a question
    begins, `asks_both` how one offers two verdicts, `asks` a question word, `joins` a word between
    two things, `either` one between two possibilities. `explains` stands between an abbreviation
    and its meaning, `announces` before one; `known` are abbreviations that every student knows.
    """

    empty: frozenset[str]
    negations: frozenset[str]
    verdicts: frozenset[str]
    yes_or_no: re.Pattern[str]
    asks_both: re.Pattern[str]
    asks: re.Pattern[str]
    joins: str
    either: str
    explains: re.Pattern[str]
    announces: re.Pattern[str]
    known: frozenset[str]


def language_of(deck: BuiltDeck) -> Language:
    """What is known of the language that a deck is in."""
    return _LANGUAGES.get(deck.source.language.partition("-")[0].lower(), _ANY)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


_NEVER = re.compile("(?!)")

_KNOWN = "TV CD PDF SMS AM PM OK GPS USB"

_ANY = Language(
    empty=frozenset(),
    negations=frozenset(),
    verdicts=frozenset(),
    yes_or_no=_NEVER,
    asks_both=_NEVER,
    asks=_NEVER,
    joins="&",
    either="/",
    explains=re.compile("="),
    announces=_NEVER,
    known=_set(_KNOWN),
)

_INDONESIAN = Language(
    empty=_set(
        "yang dan di ke dari itu ini tersebut adalah ialah merupakan yaitu yakni untuk pada oleh"
        " dengan akan sebagai atau juga pun para sang si suatu sebuah seorang bahwa agar dalam"
        " kepada bagi antara apa apakah siapa kapan mana mengapa kenapa berapa bagaimana dimaksud"
        " disebut sebutan menurut atas serta lalu maka saja lah kah nya jika bila saat ketika"
    ),
    negations=_set("tidak bukan tanpa belum jangan tak kecuali"),
    verdicts=_set("ya tidak benar salah betul bukan bisa dapat boleh sudah belum ada"),
    yes_or_no=_pattern(
        r"(?:^|[,;:]\s)(?:apakah|adakah|benarkah|betulkah|bisakah|bolehkah|dapatkah|mungkinkah"
        r"|haruskah|perlukah|sudahkah|pernahkah|samakah)\b"
    ),
    asks_both=_pattern(
        r"\b(?:benar|betul)\s*(?:atau|/)\s*(?:salah|tidak)\b|\bya\s*(?:atau|/)\s*tidak\b|\bB\s*/\s*S\b"
    ),
    asks=_pattern(
        r"\b(?:apa|apakah|siapa|siapakah|kapan|kapankah|mana|manakah|mengapa|kenapa|berapa|berapakah"
        r"|bagaimana|bagaimanakah)\b"
    ),
    joins="dan|serta",
    either="atau|ataukah",
    explains=_pattern(
        r"(?:adalah|ialah|merupakan|yaitu|yakni|singkatan|akronim|kepanjangan|kependekan|berarti"
        r"|artinya|=)"
    ),
    announces=_pattern(r"\b(?:singkatan|kepanjangan|disingkat|akronim)\W+(?:\w+\W+)?$"),
    known=_set(
        _KNOWN + " RI NKRI UU UUD TNI SD SMP SMA SMK MI MTS MA TK KTP HP WIB WITA WIT"
        " PPKN IPA IPS AS DKI DIY ASEAN PBB"
    ),
)

_ENGLISH = Language(
    empty=_set(
        "the a an of and or to in on at is are was were be been being that this these those for by"
        " with as it its from into about which who whom what when where why how does do did if"
        " than then so such called known there their his her"
    ),
    negations=_set("not no never without except cannot isn't aren't don't doesn't"),
    verdicts=_set("yes no true false correct incorrect right wrong"),
    yes_or_no=_pattern(
        r"(?:^|[,;:]\s)(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may"
        r"|must)\b"
    ),
    asks_both=_pattern(
        r"\btrue\s*(?:or|/)\s*false\b|\byes\s*(?:or|/)\s*no\b|\bright\s*or\s*wrong\b|\bT\s*/\s*F\b"
    ),
    asks=_pattern(r"\b(?:who|whom|whose|what|when|where|why|how|which)\b"),
    joins="and",
    either="or",
    explains=_pattern(
        r"(?:is|are|was|means|short for|stands for|abbreviat\w*|acronym|also called|=)"
    ),
    announces=_pattern(r"\b(?:short for|abbreviated|abbreviation of|acronym)\W+(?:\w+\W+)?$"),
    known=_set(_KNOWN + " US USA UK UN EU NATO NASA"),
)

_LANGUAGES = {"id": _INDONESIAN, "en": _ENGLISH}
