"""What the headings of a list or sheet mean: which row has them, and which field each one names.

A row of headings is found by words, never guessed: its cells name two different things.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from kartu.core.diagnostics import differing
from kartu.core.model import FieldType, NoteType
from kartu.load.heading_words import CODES, LANGUAGES, ROLES
from kartu.load.note_type import NOTE_KEYS
from kartu.load.words import keys_by_word, own_fields

# What teachers write beside cards: no such column is proposed as a field.
# Above columns of lists of pupils, which are nobody's cards.
_OF_PUPILS = frozenset(
    {
        *("namasiswa", "siswa", "nis", "nisn", "absen", "nilai", "skor", "guru", "catatanguru"),
        *("student", "studentname", "score", "teacher", "homework"),
    }
)
_PRIVATE = _OF_PUPILS | {
    *("nama", "kelas", "poin", "tanggal", "hari", "minggu", "name", "class", "grade"),
    *("points", "date", "day", "week", "done", "time"),
}
# The first word of a row that sums up those above it.
_TOTALS = frozenset(("jumlah", "total", "ratarata", "sum", "average", "mean", "grandtotal"))

# Roles that a heading can have by its word alone. Remarks may be the teacher's own, and what people
# call a category is often no tag: these are only proposed.
_TAKEN_BY_ROLE = ("question", "answer", "example", "sound")

# The engine's keys as headings; `id` only as it is spelt, since "ID" numbers rows.
_ENGINE = (*NOTE_KEYS[1:], "note_type", "subdeck")
_ALSO_ENGINE = {"tag": "tags", "label": "tags", "labels": "tags", "belumselesai": "unfinished"}
_ENGINE_KEYS = frozenset((*_ENGINE, *NOTE_KEYS))
# Nobody writes these into a card.
_OF_KARTU = frozenset(("id", "note_type"))

_OPTION_WORDS = ("opsi", "pilihan", "option", "choice", "jawaban", "answer")
_LETTERS = "abcde"
# Above the column that says which option is right.
_RIGHT = (
    *("correct", "correctoption", "correctchoice", "correctindex", "correctanswerindex"),
    *("rightanswer", "rightoption", "jawabanbenar", "opsibenar", "pilihanbenar"),
)
_MAYBE_RIGHT = ("key", "kuncisoal")

# Columns of these names hold running numbers.
_NUMBERS = frozenset(
    ("", "no", "nomor", "nomorurut", "nourut", "number", "index", "id", "nr", "num")
)

# Above the heading row there are at most a title, a date and the like.
MOST_ABOVE = 10

# A column that is never read, in `columns:`.
NEVER = "#"

_ACCENTS = re.compile("[\u0300-\u036f]")
_BETWEEN = re.compile(r"[\s_.:-]+")
_WORDS_OF = re.compile(r"[^\W_]+")
_TWO_LANGUAGES = re.compile(r"[/()|]")
# Few words are as short as "id", and many of them mean something.
_SLIPS_OF_ID = ("idd", "iid", "ids")
_SHORTEST_NEAR, _LONGER = 4, 5  # a word of so many letters may lack one, or two


@lru_cache(maxsize=10_000)  # the same headings are looked at for every note type
def folded(word: str) -> str:
    """Returns a heading as it is compared: without case, accents, spaces and `_ - . :`."""
    text = _ACCENTS.sub("", unicodedata.normalize("NFD", word.strip(" *#:._-").casefold()))
    return _BETWEEN.sub("", unicodedata.normalize("NFC", text))


_ROLES = {folded(word): role for role, words in ROLES.items() for word in words.split()}

# All words that people write above columns, folded.
WORDS = frozenset(_ROLES)


class Meaning(NamedTuple):
    """The key that a heading names; `sure` where it is a name of it, not only a word like it."""

    key: str
    sure: bool


class Vocabulary(NamedTuple):
    """The words that name a note type's fields and the engine's keys, folded.

    `likely` are words for what a field holds in any language; `letters` the options A, B, C; `own`
    what the author calls columns.
    """

    exact: Mapping[str, str]
    likely: Mapping[str, str]
    letters: Mapping[str, str]
    own: Mapping[str, str] = {}

    def meaning(self, heading: str) -> Meaning | None:
        """What a heading means by itself; of one in two languages, what both say."""
        if heading.strip() == "id":
            return Meaning("id", True)
        found = self._one(folded(heading))
        if found is None and _TWO_LANGUAGES.search(heading):
            parts = [folded(part) for part in _TWO_LANGUAGES.split(heading)]
            meanings = [self._one(part) for part in parts if part]
            keys = {one.key if one else "" for one in meanings}
            if len(keys) == 1:
                found = meanings[0]
        return found

    def _one(self, word: str) -> Meaning | None:
        if word in self.own or word in self.exact:
            return Meaning(self.own.get(word) or self.exact[word], True)
        return Meaning(self.likely[word], False) if word in self.likely else None

    def meanings(self, row: Sequence[str]) -> list[Meaning | None]:
        """What each cell of a row means as a heading; a name of a key wins over words like it."""
        found = [None if is_private(cell) else self.meaning(cell) for cell in row]
        words = [folded(cell) for cell in row]
        if any(found) and {"a", "b"} <= set(words):
            found = [
                Meaning(self.letters[word], True) if one is None and word in self.letters else one
                for one, word in zip(found, words, strict=True)
            ]
        sure = {one.key for one in found if one and one.sure}
        likely = [one.key for one in found if one and not one.sure]
        found = [
            None if one and not one.sure and (one.key in sure or likely.count(one.key) > 1) else one
            for one in found
        ]
        return self._of_languages(row, found)

    def _of_languages(
        self, row: Sequence[str], found: list[Meaning | None]
    ) -> list[Meaning | None]:
        """With what names of languages mean: what asks and what answers, where these come first."""
        roles = [self.likely.get(role, "") for role in ("question", "answer")]
        there = {one.key for one in found if one}
        left = [key for key in roles if key and key not in there]
        unnamed = [
            number
            for number, cell in enumerate(row)
            if found[number] is None and folded(cell) not in _NUMBERS
        ]
        languages = [number for number in unnamed if language_of(row[number])]
        distinct = len({language_of(row[number]) for number in languages}) == len(left)
        if not left or not all(roles) or not distinct or languages != unnamed[: len(left)]:
            return found
        named = {n: Meaning(key, False) for n, key in zip(languages, left, strict=True)}
        return [named.get(number, one) for number, one in enumerate(found)]

    def near_miss(self, heading: str, taken: Iterable[str] = ()) -> str:
        """The key of which a heading is a slip of one letter or two, empty if of none."""
        word, taken = folded(heading), frozenset(taken)
        if self.meaning(heading) is not None:
            return ""
        if word in _SLIPS_OF_ID and "id" not in taken:
            return "id"
        # question_id is another word
        longer = {folded(part) for part in _WORDS_OF.findall(heading)}
        names = (
            name
            for name, key in self.exact.items()
            if key not in taken and name not in longer and _digits(name) == _digits(word)
        )
        near = [(slips, name) for name in names if (slips := _slips(word, name)) is not None]
        return self.exact[min(near)[1]] if near else ""

    def is_heading(self, row: Sequence[str]) -> bool:
        """Whether cells of a row name two things: two fields, or a field and an engine key.

        Or all that the author says there is.
        """
        wanted = {word for word, key in self.own.items() if key != NEVER}
        if wanted and self.own.keys() <= {folded(cell) for cell in row}:
            return True
        keys = {one.key for one in self.meanings(row) if one}
        if keys & _OF_KARTU and len(keys) > 1:
            return True
        if len(keys) == 1 and (keys & _OF_KARTU or not keys & _ENGINE_KEYS):
            keys |= {self.near_miss(cell, keys) for cell in row} - {""}
        return len(keys) > 1 and not keys <= _ENGINE_KEYS


def vocabulary(note_type: NoteType | None, own: Mapping[str, str] | None = None) -> Vocabulary:
    """Returns the words for a note type's fields, of None those for the engine's keys alone.

    Args:
        own: What the author calls columns, by any word for the key; NEVER is a key too.
    """
    fields = own_fields(note_type)
    engine = {folded(key): key for key in _ENGINE} | _ALSO_ENGINE
    exact = engine | _names(note_type, fields)
    options = _options(fields)
    numbered = {
        f"{what}{sign}": key
        for number, key in enumerate(options[: len(_LETTERS)])
        for what in _OPTION_WORDS
        for sign in (_LETTERS[number], str(number + 1))
    }
    right = {word: key for key, one in fields.items() if len(one.one_of) > 1 for word in _RIGHT}
    exact = right | numbered | exact
    by_role = _by_role(fields)
    keys_of_test = dict.fromkeys(_MAYBE_RIGHT, by_role.get("answer", ""))
    likely = {
        word: by_role[role]
        for word, role in _ROLES.items()
        if role in by_role and role in (*_TAKEN_BY_ROLE, "text")
    } | (keys_of_test if options else {})
    found = Vocabulary(exact, likely, dict(zip(_LETTERS, options, strict=False)))
    meant = {
        folded(heading): Meaning(word, True) if word == NEVER else found.meaning(word)
        for heading, word in (own or {}).items()
    }
    return found._replace(own={word: one.key for word, one in meant.items() if one})


def union(vocabularies: Sequence[Vocabulary]) -> Vocabulary:
    """The words of rows of several note types: those that mean the same in all that have them."""
    if len(vocabularies) == 1:
        return vocabularies[0]
    found = dict(vocabulary(None).exact)
    for word in {word for one in vocabularies for word in one.exact}:
        meant = {one.exact[word] for one in vocabularies if word in one.exact}
        if len(meant) == 1:
            found[word] = meant.pop()
    own = {word: key for one in vocabularies for word, key in one.own.items()}
    return Vocabulary(found, {}, {}, own)


def _names(note_type: NoteType | None, fields: Mapping[str, FieldType]) -> dict[str, str]:
    """The keys by their names, folded; one that names two fields names neither, but a key wins."""
    found: dict[str, set[str]] = {}
    for key, field in fields.items():
        for name in (field.name, *field.names.values()):
            found.setdefault(folded(name), set()).add(key)
    for word, key in keys_by_word(note_type).items():
        found.setdefault(folded(word), set()).add(key)
    single = {word: key for word, keys in found.items() if len(keys) == 1 for key in keys}
    return single | {folded(key): key for key in fields}


def _options(fields: Mapping[str, FieldType]) -> tuple[str, ...]:
    """The keys of the options among which one field chooses, where each is a field of its own."""
    for field in fields.values():
        if len(field.one_of) > 1:
            return tuple(str(key) for key in field.one_of)
    return ()


def _by_role(fields: Mapping[str, FieldType]) -> dict[str, str]:
    """The field for each role: the one that is called so, else the required ones in order."""
    found: dict[str, str] = {}
    for key, field in fields.items():
        role = _ROLES.get(folded(key)) or _ROLES.get(folded(field.name), "")
        found.setdefault(role, key)
    options = _options(fields)
    required = [
        key
        for key, one in fields.items()
        if one.required and key not in (*options, *found.values())
    ]
    for role in ("question", "answer"):
        if role not in found and "text" not in found and required:
            found[role] = required.pop(0)
    if "text" in found:  # of gaps: a question is asked by what is hidden in it
        found.pop("question", None)
    return {role: key for role, key in found.items() if role}


def language_of(heading: str) -> str:
    """Returns the language whose name a heading is, empty if of none."""
    words = [word for word in heading.casefold().split() if word not in ("bahasa", "the")]
    name = LANGUAGES.get(" ".join(words), "")
    return name or (heading.strip() if heading.strip() in CODES else "")


def is_rarely_a_field(heading: str) -> bool:
    """Whether what people call a column says that it is no card: pupils, marks, dates."""
    return folded(heading) in _PRIVATE


def is_of_pupils(heading: str) -> bool:
    """Whether a column belongs to a list of pupils."""
    return folded(heading) in _OF_PUPILS


def is_total(row: Sequence[str]) -> bool:
    """Whether a row sums up a sheet: a word for that, and numbers."""
    first, *others = [cell.strip() for cell in row if cell.strip()] or [""]
    numbers = [re.sub(r"[\d.,%]", "", cell) == "" for cell in others]
    return folded(first) in _TOTALS and bool(numbers) and all(numbers)


def field_that_answers(note_type: NoteType | None) -> str:
    """Returns the key of the field that answers a question, empty if none does."""
    return _by_role(own_fields(note_type)).get("answer", "")


def proposed_key(heading: str, note_type: NoteType | None) -> str:
    """Returns the key that the word of a heading suggests, which an author has to confirm."""
    role = _ROLES.get(folded(heading), "")
    return "tags" if role == "tags" else _by_role(own_fields(note_type)).get(role, "")


def asks_and_answers(note_type: NoteType) -> int:
    """How many words for what asks and what answers are names of the note type's fields."""
    names = vocabulary(note_type).exact
    return sum(word in names for word, role in _ROLES.items() if role in ("question", "answer"))


def heading_row(rows: Sequence[Sequence[str]], vocabularies: Iterable[Vocabulary]) -> int | None:
    """Returns the place of the first row whose cells name two things, among the first ten."""
    vocabularies = list(vocabularies)
    for place, row in enumerate(rows[:MOST_ABOVE]):
        cells = [str(cell) for cell in row]
        if any(one.is_heading(cells) for one in vocabularies):
            return place
    return None


def role_of(heading: str, note_types: Iterable[NoteType] = ()) -> str:
    """Returns what a heading means: a key of a note type, or a role such as "question"."""
    for note_type in note_types:
        if meaning := vocabulary(note_type).meaning(heading):
            return meaning.key
    meaning = words_of_lists({}).meaning(heading)
    return meaning.key if meaning else ""


def words_of_lists(keys: Mapping[str, int]) -> Vocabulary:
    """Returns the words above columns of lists that are of no note type yet, with their roles.

    Args:
        keys: Names of fields with their places, each a thing of its own.
    """
    roles = {word: "question" if role == "text" else role for word, role in _ROLES.items()}
    options = {
        f"{what}{sign}": f"option {sign}" for what in _OPTION_WORDS for sign in _LETTERS + "12345"
    }
    fields = {folded(name): f"field {place}" for name, place in keys.items()}
    return Vocabulary(options | roles | fields, {}, {})


def is_complete(names: Sequence[str]) -> bool:
    """Whether headings name both what asks and what answers, so that others can be left out."""
    return {"question", "answer"} <= {role_of(name) for name in names}


def first_wide_row(rows: Sequence[Sequence[str]]) -> int:
    """Returns the place of the first row with two filled cells, where someone says it is there."""
    wide = (n for n, row in enumerate(rows) if sum(bool(cell.strip()) for cell in row) > 1)
    return next(wide, 0)


def is_private(name: str) -> bool:
    """Whether a column is the author's own: its heading begins with #."""
    return name.lstrip().startswith("#")


def is_running(name: str, cells: Iterable[str]) -> bool:
    """Whether a column numbers its rows, which no student is to see: by its name and its numbers.

    Sorting and deleting rows changes nothing in that: half of the numbers at least are there.
    """
    numbers = [cell.strip().rstrip(".)") for cell in cells if cell.strip()]
    fewest = 1 if name.strip() else 2
    if folded(name) not in _NUMBERS or len(numbers) < fewest or not all(map(_is_number, numbers)):
        return False
    if name.strip() not in ("", "id"):
        return True
    found = list(map(int, numbers))
    return max(found) - min(found) < 2 * len(found)


def _digits(word: str) -> str:
    return "".join(filter(str.isdigit, word))


def _is_number(cell: str) -> bool:
    return cell.isascii() and cell.isdecimal() and len(cell) < 10


@lru_cache(maxsize=4096)  # a file is read again and again while it is edited
def _slips(word: str, name: str) -> int | None:
    """How many letters differ: one, or two of a longer word but not its first; None for more."""
    most = 2 if len(name) >= _LONGER and word[:1] == name[:1] else 1
    number = differing(word, name) if len(name) >= _SHORTEST_NEAR else most + 1
    return number if number <= most else None
