"""Pronouns without a referent: they refer back to something, but nothing comes before them."""

from __future__ import annotations

import re
from typing import NamedTuple

_WORD = re.compile(r"[\w’'-]+")


class _Token(NamedTuple):
    word: str
    start: int
    end: int


def lonely_pronoun(question: str, language: str, *, is_cloze: bool) -> str:
    """Returns the pronoun in `question` that has no referent, or an empty string.

    In clozes, which state and do not ask, only phrases such as "this country" are considered: a
    statement with "she" may well be about the language.
    """
    tokens = [_Token(one[0].casefold(), *one.span()) for one in _WORD.finditer(question)]
    if not is_cloze and "?" not in question:
        return ""
    if language == "id":
        return _indonesian(question, tokens, is_cloze=is_cloze)
    if language == "en":
        return _english(question, tokens, is_cloze=is_cloze)
    return ""


# Indonesian: the noun comes first ("organisasi ini").
_THIS = frozenset(("ini", "itu", "tersebut"))
_PERSONS = frozenset(("dia", "ia", "beliau", "mereka"))
_ASKS = frozenset(
    (
        *("apa", "apakah", "siapa", "siapakah", "kapan", "kapankah", "mana", "manakah", "mengapa"),
        *("kenapa", "berapa", "berapakah", "bagaimana", "bagaimanakah", "di", "ke", "dari", "pada"),
        *("yang", "untuk", "dengan", "oleh", "dalam", "tahun", "tanggal", "adalah", "ialah"),
    )
)
# Their meaning depends on another noun: "penyebab perang itu".
_OF_SOMETHING = frozenset(
    (
        *("penyebab", "sebab", "akibat", "dampak", "nama", "arti", "tujuan", "fungsi", "manfaat"),
        *("pendiri", "pemimpin", "ketua", "lambang", "hasil", "isi", "ciri", "tokoh", "pencipta"),
        *("penulis", "ibu", "kota", "mata", "uang", "letak", "tempat", "jumlah", "anggota"),
    )
)
# What is meant follows: "lengkapi kalimat ini: …".
_INTRODUCERS = (":", '"', "“", "(")
# Now and here refer to the student's own time and place: "saat ini", "di dunia ini".
_NOW = frozenset(
    (
        *("saat", "hari", "kini", "masa", "zaman", "abad", "tahun", "dewasa", "selama", "sampai"),
        *("hingga", "sejauh", "dunia", "bumi", "sekarang", "akhir-akhir", "belakangan", "bulan"),
        *("minggu", "pagi", "malam", "alam", "semesta", "selain", "oleh", "karena", "seperti"),
    )
)


def _indonesian(question: str, tokens: list[_Token], *, is_cloze: bool) -> str:
    for number, token in enumerate(tokens):
        if token.word in _THIS and not _refers_elsewhere(question, tokens, number):
            return _with_noun(question, tokens, number)
        if token.word in _PERSONS and not is_cloze:
            return question[token.start : token.end]
        following = tokens[number + 1].word if number + 1 < len(tokens) else ""
        if token.word not in _ASKS | _OF_SOMETHING and following not in _THIS:
            return ""  # something is named
    return ""


def _with_noun(question: str, tokens: list[_Token], number: int) -> str:
    before = tokens[number - 1] if number else tokens[number]
    start = before if before.word not in _ASKS else tokens[number]
    return question[start.start : tokens[number].end]


def _refers_elsewhere(question: str, tokens: list[_Token], number: int) -> bool:
    """Whether the pronoun refers to now or here, to what follows ("kalimat ini: …"), or to a name.

    At the beginning "itu" only marks the topic: "Demokrasi itu berasal dari mana?".
    """
    before = tokens[number - 1] if number else None
    after = question[tokens[number].end :].lstrip()
    if before is None:
        return after[:1] in _INTRODUCERS or _defines(tokens, number)
    is_name = question[before.start].isupper() if number > 1 else tokens[number].word == "itu"
    return (
        is_name
        or before.word in _NOW
        or after[:1] in _INTRODUCERS
        or _defines(tokens, number)
        or question[before.end : tokens[number].start].strip() != ""
    )


def _defines(tokens: list[_Token], number: int) -> bool:
    """Whether X is pointed at, as in "Apa itu X?" and "X itu apa?"."""
    before = tokens[number - 1].word if number else ""
    after = tokens[number + 1].word if number + 1 < len(tokens) else ""
    return before in ("apa", "apakah", "siapa", "siapakah") or after in ("apa", "siapa", "adalah")


# English: the noun follows ("this organisation").
_THESE = frozenset(("this", "that", "these", "those"))
_ENGLISH_PERSONS = frozenset(("it", "he", "she", "they"))
_ENGLISH_ASKS = frozenset(
    (
        *("who", "whom", "whose", "what", "when", "where", "why", "how", "which", "many", "much"),
        *("is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "can", "in", "on"),
        *("at", "by", "from", "to", "for", "year", "the", "of"),
    )
)
# "What does it mean to …?" has no referent; a word after "it" may be one.
_EMPTY_IT = re.compile(r"\b(?:that|to|when|if|who|which|mean|called)\b|[:,\"“(]", re.IGNORECASE)
_MAX_WORDS_AFTER = 4


def _english(question: str, tokens: list[_Token], *, is_cloze: bool) -> str:
    for number, token in enumerate(tokens):
        after = question[token.end :]
        if token.word in _THESE:
            noun = tokens[number + 1] if number + 1 < len(tokens) else None
            if noun is None or noun.word in _ENGLISH_ASKS or _EMPTY_IT.search(after):
                return ""
            return question[token.start : noun.end]
        if token.word in _ENGLISH_PERSONS:
            few = len(tokens) - number - 1 <= _MAX_WORDS_AFTER
            return "" if is_cloze or not few or _EMPTY_IT.search(after) else token.word
        if token.word not in _ENGLISH_ASKS:
            return ""
    return ""
