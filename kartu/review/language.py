"""What the rules on teaching need to know of a language, and a fallback for all others."""

from __future__ import annotations

import re
from typing import NamedTuple

from kartu.compile.built import BuiltDeck


class Language(NamedTuple):
    """Words and patterns of a language; words are in lower case, patterns ignore case.

    Attributes:
        stop_words: Words that mean nothing by themselves.
        negations: Words that reverse a statement.
        yes_no_answers: Answers to a question that asks for yes or no.
        yes_or_no: The beginning of such a question.
        offers_both: The two answers, offered in the question.
        question_words: A question word.
        conjunctions: Words between two things, as alternatives of a pattern.
        alternatives: Words between two possibilities, likewise.
        defines: What is between an abbreviation and its meaning.
        introduces: What is before an abbreviation that is explained.
        contrasts: The beginning of a hint that names the opposite or another name of the answer.
        describes: What is in a hint that defines the answer.
        common_abbreviations: Abbreviations that every student knows.
    """

    stop_words: frozenset[str]
    negations: frozenset[str]
    yes_no_answers: frozenset[str]
    yes_or_no: re.Pattern[str]
    offers_both: re.Pattern[str]
    question_words: re.Pattern[str]
    conjunctions: str
    alternatives: str
    defines: re.Pattern[str]
    introduces: re.Pattern[str]
    contrasts: re.Pattern[str]
    describes: re.Pattern[str]
    common_abbreviations: frozenset[str]


def language_of(deck: BuiltDeck) -> Language:
    """Returns what is known of the language of a deck."""
    return _LANGUAGES.get(deck.source.language.partition("-")[0].lower(), _ANY)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


_NO_MATCH = re.compile("(?!)")

_COMMON_ABBREVIATIONS = "TV CD PDF SMS AM PM OK GPS USB"

_ANY = Language(
    stop_words=frozenset(),
    negations=frozenset(),
    yes_no_answers=frozenset(),
    yes_or_no=_NO_MATCH,
    offers_both=_NO_MATCH,
    question_words=_NO_MATCH,
    conjunctions="&",
    alternatives="/",
    defines=re.compile("="),
    introduces=_NO_MATCH,
    contrasts=_NO_MATCH,
    describes=_NO_MATCH,
    common_abbreviations=_set(_COMMON_ABBREVIATIONS),
)

_INDONESIAN = Language(
    stop_words=_set(
        "yang dan di ke dari itu ini tersebut adalah ialah merupakan yaitu yakni untuk pada oleh"
        " dengan akan sebagai atau juga pun para sang si suatu sebuah seorang bahwa agar dalam"
        " kepada bagi antara apa apakah siapa kapan mana mengapa kenapa berapa bagaimana dimaksud"
        " disebut sebutan menurut atas serta lalu maka saja lah kah nya jika bila saat ketika"
    ),
    negations=_set("tidak bukan tanpa belum jangan tak kecuali"),
    yes_no_answers=_set("ya tidak benar salah betul bukan bisa dapat boleh sudah belum ada"),
    yes_or_no=_pattern(
        r"(?:^|[,;:]\s)(?:apakah|adakah|benarkah|betulkah|bisakah|bolehkah|dapatkah|mungkinkah"
        r"|haruskah|perlukah|sudahkah|pernahkah|samakah)\b"
    ),
    offers_both=_pattern(
        r"\b(?:benar|betul)\s*(?:atau|/)\s*(?:salah|tidak)\b|\bya\s*(?:atau|/)\s*tidak\b|\bB\s*/\s*S\b"
    ),
    question_words=_pattern(
        r"\b(?:apa|apakah|siapa|siapakah|kapan|kapankah|mana|manakah|mengapa|kenapa|berapa|berapakah"
        r"|bagaimana|bagaimanakah)\b"
    ),
    conjunctions="dan|serta",
    alternatives="atau|ataukah",
    defines=_pattern(
        r"(?:adalah|ialah|merupakan|yaitu|yakni|singkatan|akronim|kepanjangan|kependekan|berarti"
        r"|artinya|=)"
    ),
    introduces=_pattern(r"\b(?:singkatan|kepanjangan|disingkat|akronim)\W+(?:\w+\W+)?$"),
    contrasts=_pattern(
        r"^\W*(?:lawan(?: kata| dari| makna)?|kebalikan(?:nya)?(?: dari)?|antonim|selain"
        r"|bukan(?! hanya| cuma| saja)|(?:nama|sebutan|istilah|kata) lain(?: dari| untuk| bagi)?"
        r"|disebut juga|alias|sinonim|persamaan kata|sama (?:arti(?:nya)? )?dengan"
        r"|singkatan dari)\s+\W*\w"
    ),
    describes=_pattern(
        r"\w\s+yang\s+(?!(?:huruf|ber(?:awal|akhir|huruf|ima)|di(?:mulai|awali|akhiri))\w*)\w"
        r"|^\W*(?:tanpa|bebas dari)\s+\w"
    ),
    common_abbreviations=_set(
        _COMMON_ABBREVIATIONS
        + " RI NKRI UU UUD TNI SD SMP SMA SMK MI MTS MA TK KTP HP WIB WITA WIT"
        " PPKN IPA IPS AS DKI DIY ASEAN PBB"
    ),
)

_ENGLISH = Language(
    stop_words=_set(
        "the a an of and or to in on at is are was were be been being that this these those for by"
        " with as it its from into about which who whom what when where why how does do did if"
        " than then so such called known there their his her"
    ),
    negations=_set("not no never without except cannot isn't aren't don't doesn't"),
    yes_no_answers=_set("yes no true false correct incorrect right wrong"),
    yes_or_no=_pattern(
        r"(?:^|[,;:]\s)(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may"
        r"|must)\b"
    ),
    offers_both=_pattern(
        r"\btrue\s*(?:or|/)\s*false\b|\byes\s*(?:or|/)\s*no\b|\bright\s*or\s*wrong\b|\bT\s*/\s*F\b"
    ),
    question_words=_pattern(r"\b(?:who|whom|whose|what|when|where|why|how|which)\b"),
    conjunctions="and",
    alternatives="or",
    defines=_pattern(
        r"(?:is|are|was|means|short for|stands for|abbreviat\w*|acronym|also called|=)"
    ),
    introduces=_pattern(r"\b(?:short for|abbreviated|abbreviation of|acronym)\W+(?:\w+\W+)?$"),
    contrasts=_pattern(
        r"^\W*(?:(?:the )?(?:opposite|contrary|reverse|antonym)(?: word)? (?:of|to|for)"
        r"|not(?! only| just)|other than|(?:an)?other (?:name|word|term)s? (?:for|of)"
        r"|(?:a )?synonym (?:of|for)|(?:the )?same as|also (?:known as|called)|short for"
        r"|(?:an )?abbreviation (?:of|for))\s+\W*\w"
    ),
    describes=_pattern(
        r"\w\s+that\s+(?!(?:begin|start|end|rhyme)s?\b)\w|^\W*(?:without|free (?:from|of))\s+\w"
    ),
    common_abbreviations=_set(_COMMON_ABBREVIATIONS + " US USA UK UN EU NATO NASA"),
)

_LANGUAGES = {"id": _INDONESIAN, "en": _ENGLISH}
