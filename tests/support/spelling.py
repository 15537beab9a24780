"""The words on cards, and which of them hunspell does not know.

tests/spelling/<language>.txt lists the right ones among these, a word a line.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from kartu.compile.built import BuiltDeck
from kartu.compile.render.visible import visible

FOLDER = Path(__file__).parent.parent / "spelling"

# Languages of decks that can be looked at, with hunspell's names for them.
DICTIONARIES = {"id": "id_ID", "en": "en_GB"}

# What any word may end in: the dictionary lists it with some of them only.
_ENDINGS = {"id": re.compile("(?:nya|lah|kah|pun)$"), "en": re.compile("'s$")}

_WORD = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*")
_ADDRESS = re.compile(r"\S+://\S+|\S+@\S+")


def missing(language: str) -> str:
    """Why words of the language cannot be looked at here, or nothing."""
    if shutil.which("hunspell") is None:
        return "hunspell is not installed"
    done = _hunspell(language, "")
    return f"hunspell has no dictionary {DICTIONARIES[language]}" if done.returncode else ""


def words_on(deck: BuiltDeck) -> dict[str, str]:
    """Each word of a deck's own texts, with the first note that has it."""
    found: dict[str, str] = {}
    for place, text in _texts(deck):
        for word in words_of(text):
            found.setdefault(word, place)
    return found


def words_of(text: str) -> list[str]:
    """The words of a text, but for addresses."""
    return [word.replace("’", "'") for word in _WORD.findall(_ADDRESS.sub(" ", text))]


def _texts(deck: BuiltDeck) -> Iterator[tuple[str, str]]:
    yield "deck.yaml", deck.source.description
    for note in deck.notes:
        for field, html in zip(note.note_type.fields, note.fields, strict=True):
            if field.declared is not None and not field.declared.origin:
                yield note.source.id, visible(html)


def unknown(language: str, words: list[str]) -> list[str]:
    """Those of the words that the dictionary does not have, nor the list of exceptions.

    A word is known if it is without its ending, and a small one there also with a capital.
    """
    known = set(exceptions(language))
    bare = {word: _ENDINGS[language].sub("", word) for word in words}
    result = _hunspell(language, "\n".join({*bare, *bare.values()}) + "\n")
    wrong = set(result.stdout.split())
    return sorted(
        word
        for word, stem in bare.items()
        if word in wrong and stem in wrong and known.isdisjoint((word, stem, word.lower()))
    )


def exceptions(language: str) -> list[str]:
    """The words that are right although the dictionary lacks them, as they stand in the file."""
    lines = (FOLDER / f"{language}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _hunspell(language: str, text: str) -> subprocess.CompletedProcess[str]:
    """`-l` prints the words that are not known; `-i` gives both sides the same encoding."""
    command = ["hunspell", "-l", "-i", "utf-8", "-d", DICTIONARIES[language]]
    return subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False)
