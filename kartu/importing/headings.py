"""Which row of a list names its columns: found by words that people write there, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

# What people write above columns, by what the column holds.
_WORDS = {
    "question": "istilah kata kosakata lema judul depan pertanyaan soal tanya term word vocab "
    "vocabulary expression phrase headword front question prompt q wort begriff frage "
    "vorderseite palabra término pregunta anverso mot terme recto palavra pergunta "
    "frente parola domanda fronte 词 詞彙 生词 単語 단어 слово вопрос text teks",
    "answer": "arti makna definisi terjemahan pengertian jawab jawaban kunci "
    "kunci-jawaban belakang "
    "meaning definition translation gloss answer back response correct-answer "
    "bedeutung übersetzung antwort rückseite significado traducción respuesta reverso "
    "sens traduction réponse verso tradução resposta traduzione risposta retro 意思 释义 "
    "意味 뜻 перевод ответ",
    "example": "contoh contoh-kalimat kalimat example examples sentence sentences beispiel "
    "beispiele ejemplo exemple",
    "remark": "catatan notes note comment hint info pembahasan penjelasan explanation",
    "sound": "pelafalan pronunciation ipa reading pinyin romaji kana aussprache",
    "tags": "tag tags label labels kategori topik category topic deck subdeck chapter lesson "
    "bab unit level kategorie stapel categoría jenis notetype note-type guid",
}
_ROLES = {word: role for role, words in _WORDS.items() for word in words.split()}
_OPTION = re.compile(r"(?:opsi|pilihan|option|choice|jawaban)-?([a-e1-5])")

# Columns of these names hold running numbers.
_NUMBERS = frozenset(("", "no", "nomor", "number", "index", "id", "nr", "num"))

# Above the heading row there are at most a title, a date and the like.
_MOST_ABOVE = 10


def folded(cell: str) -> str:
    """Returns a heading as it is compared: without case, marks, and `_ . : -` as one hyphen."""
    text = unicodedata.normalize("NFC", cell.casefold()).strip(" *#:._-")
    return re.sub(r"[\s_.:-]+", "-", text)


def heading_row(rows: Sequence[Sequence[str]], keys: Mapping[str, object]) -> int | None:
    """Returns the place of the first row in which cells name two different things.

    Args:
        keys: Names of fields in lower case, each a thing of its own.
    """
    for place, row in enumerate(rows[:_MOST_ABOVE]):
        named = [found for cell in row if (found := _role(cell, keys))]
        if len(set(named)) > 1:
            return place
    return None


def first_wide_row(rows: Sequence[Sequence[str]]) -> int:
    """Returns the place of the first row with two filled cells, where someone says it is there."""
    wide = (n for n, row in enumerate(rows) if sum(bool(cell.strip()) for cell in row) > 1)
    return next(wide, 0)


def _role(cell: str, keys: Mapping[str, object]) -> str:
    plain = folded(cell)
    if cell.strip().casefold() in keys:
        return f"field {cell.strip().casefold()}"
    if option := _OPTION.fullmatch(plain):
        return f"option {option[1]}"
    return _ROLES.get(plain, "")


def has_role(name: str, keys: Mapping[str, object]) -> bool:
    """Whether the heading means something: a field, or a word that people write above columns."""
    return bool(_role(name, keys))


def is_complete(names: Sequence[str]) -> bool:
    """Whether headings name both what asks and what answers, so that others can be left out."""
    return {"question", "answer"} <= {_role(name, {}) for name in names}


def is_private(name: str) -> bool:
    """Whether a column is the author's own: its heading begins with #."""
    return name.lstrip().startswith("#")


def is_running(name: str, cells: Sequence[str]) -> bool:
    """Whether a column numbers its rows, which no student is to see."""
    numbers = [cell.strip().rstrip(".)") for cell in cells if cell.strip()]
    if folded(name) not in _NUMBERS or len(numbers) < 2 or not all(map(str.isdecimal, numbers)):
        return False
    found = list(map(int, numbers))
    return found == list(range(found[0], found[0] + len(found)))
