"""Cards say things in their own words: no run of five words comes from what they were made from.

The sources are not published here. In their place tests/originality/runs.txt holds hashes of all
runs of five words in them, which tests/originality/compare.py makes from the files themselves, and
names.txt the names that have no other wording, each of which counts as one word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kartu.compile.built import BuiltDeck
from kartu.compile.render.visible import visible

LENGTH = 5
FOLDER = Path(__file__).parent.parent / "originality"
RUNS, NAMES = FOLDER / "runs.txt", FOLDER / "names.txt"

_WORD = re.compile(r"[^\W_]+")
_HINT = re.compile(r"(\{\{c[0-9,]+::(?:(?!::|\}\}).)*)::(?:(?!\}\}).)*(?=\}\})", re.DOTALL)

# Ten hex digits: among a million runs of others one in a million is taken for one of these.
_DIGITS = 10


class Taken(NamedTuple):
    """Words of a note's field that stand in a source in the same order."""

    note: str
    field: str
    words: str


def words_of(text: str) -> list[str]:
    """The words of a text, without case; a hyphen divides them."""
    return _WORD.findall(text.casefold())


def runs(words: list[str]) -> list[str]:
    """The hash of each run of five words, by the place of its first one."""
    found = (" ".join(words[n : n + LENGTH]) for n in range(len(words) - LENGTH + 1))
    return [sha256(run.encode()).hexdigest()[:_DIGITS] for run in found]


def known_runs() -> frozenset[str]:
    """The hashes of the sources' runs."""
    return frozenset(RUNS.read_text("utf-8").split())


def names() -> list[list[str]]:
    """The words of each name that counts as one word, longest first."""
    lines = NAMES.read_text("utf-8").splitlines()
    found = (words_of(line.partition("#")[0]) for line in lines)
    return sorted(filter(None, found), key=len, reverse=True)


def taken(deck: BuiltDeck, known: frozenset[str], names: list[list[str]]) -> Iterator[Taken]:
    """What the texts of a deck's notes have in common with the sources."""
    for note in deck.notes:
        for field, html in zip(note.note_type.fields, note.fields, strict=True):
            if field.declared is not None and not field.declared.origin:
                common = {
                    run
                    for shown in (html, _HINT.sub(r"\1", html))  # a hint breaks the sentence
                    for run in taken_from(words_of(visible(shown)), known, names)
                }
                yield from (
                    Taken(note.source.id, field.declared.key, run) for run in sorted(common)
                )


def taken_from(words: list[str], known: frozenset[str], names: list[list[str]]) -> Iterator[str]:
    """The longest runs that are known and have five words or more, a name counting as one."""
    hits = [run in known for run in runs(words)]
    place = 0
    while place < len(hits):
        if not hits[place]:
            place += 1
            continue
        end = place
        while end < len(hits) and hits[end]:
            end += 1
        run = words[place : end + LENGTH - 1]
        if _length(run, names) >= LENGTH:
            yield " ".join(run)
        place = end


def _length(run: list[str], names: list[list[str]]) -> int:
    count = place = 0
    while place < len(run):
        name = next((name for name in names if run[place : place + len(name)] == name), [""])
        place += len(name)
        count += 1
    return count


def hashes(texts: Iterable[str]) -> list[str]:
    """All runs of the texts, each once and sorted, so that no order tells what stands where."""
    return sorted({run for text in texts for run in runs(words_of(text))})
