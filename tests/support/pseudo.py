"""A language in which every translated text is readable but has no Latin letter.

What is still Latin on the screen is a name, a path, a code or key, or a text that nobody looked up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kartu.core import language
from kartu.load import names, yaml
from kartu.show.gallery import pages

# The places of both kinds of texts, kartu's and click's.
_PLACE = re.compile(r"(\{\{|\}\}|\{[^{}]*\}|%\(\w+\)s)")
_WIDE = {
    ord(letter): chr(ord(letter) + 0xFEE0)
    for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
}
_WORD = re.compile(r"[A-Za-z]{2,}")


def pseudo(text: str) -> str:
    """The text in wide letters, with its places as they were."""
    parts = _PLACE.split(text)
    return "".join(
        part if number % 2 else part.translate(_WIDE) for number, part in enumerate(parts)
    )


def words(text: str) -> set[str]:
    """The words in Latin letters."""
    return set(_WORD.findall(text))


@contextmanager
def pseudo_language(folder: Path) -> Iterator[None]:
    """Within the block the catalogues of Indonesian hold the pseudo texts.

    So does the page's own table of texts.
    """
    table = json.loads(pages.read("texts.json"))
    table["id"] = {key: pseudo(text) for key, text in table["en"].items()}
    for path in language.LOCALE.glob("id/LC_MESSAGES/*.po"):
        with path.open("rb") as file:
            catalogue = read_po(file)
        for one in catalogue:
            if isinstance(one.id, (tuple, list)):
                one.string = (pseudo(str(one.id[-1])),) * catalogue.num_plurals
            elif one.id:
                one.string = pseudo(str(one.id))
        target = folder / "id" / "LC_MESSAGES"
        target.mkdir(parents=True, exist_ok=True)
        with (target / path.with_suffix(".mo").name).open("wb") as file:
            write_mo(file, catalogue)
    own = {"texts.json": json.dumps(table)}
    read = pages.read
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "LOCALE", folder)
        patch.setattr(pages, "read", lambda name: own.get(name) or read(name))
        _forget()
        yield
    _forget()


def _forget() -> None:
    """Faults are kept with the code of their language, which is that of Indonesian here."""
    for cached in (language.catalogue, names._tag_fault, yaml._cached_read):
        cached.cache_clear()
