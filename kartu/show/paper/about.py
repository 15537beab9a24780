"""What paper says of the deck: its name, how much of it is here, whose it is, where to see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

from kartu.core.model import Deck, Note, Source
from kartu.show.paper.qr import qr_code


class About(NamedTuple):
    """`part` is the edition's title or what else was chosen, `url` where all cards can be seen."""

    deck: Deck
    part: str
    cards: int
    url: str
    words: dict[str, str]

    @property
    def name(self) -> str:
        return str(self.deck.name).replace("::", " · ")

    def lines(self) -> list[str]:
        """What it is, in a line each."""
        found = [self.part, self.words["cards"].format(count=self.cards)]
        found.append(self.words["version"].format(version=self.deck.version))
        return [line for line in found if line]

    def owners(self) -> list[str]:
        """Whose it is and how it may be used, in a line each."""
        deck, found = self.deck, []
        if deck.licence:
            found.append(self.words["licence"].format(licence=deck.licence))
        if deck.authors:
            found.append(self.words["authors"].format(authors=", ".join(deck.authors)))
        return found

    def as_of(self, note: Note) -> str:
        """Of which day the note speaks, where that matters."""
        return self.words["asOf"].format(date=note.as_of) if note.as_of else ""

    def address(self) -> str:
        """The address of the gallery with its code; nothing where it has none."""
        if not self.url:
            return ""
        told = f"{escape(self.words['gallery'])}:<br>{escape(self.url)}"
        return f'<div class="address">{qr_code(self.url)}<p>{told}</p></div>'

    def sources(self, used: set[str]) -> Iterator[str]:
        """The sources that are named by these keys, in the deck's order."""
        for key, source in self.deck.sources.items():
            if key in used:
                yield _source(source)


def _source(source: Source) -> str:
    parts = filter(None, (source.title, source.publisher, source.date, source.url))
    return ", ".join(map(escape, parts))


def texts_for(language: str) -> dict[str, str]:
    """The words of the paper itself, in that language or else in English."""
    texts: dict[str, dict[str, str]] = json.loads(
        (Path(__file__).parent / "texts.json").read_text("utf-8")
    )
    return texts.get(language.partition("-")[0], texts["en"])


def page_style(paper: str, title: str, page: str) -> str:
    """Pages with a line below: what this is, and which page of how many."""
    return (
        f"@page {{ size: {paper}; margin: 15mm 15mm 18mm;"
        f" @bottom-left {{ content: {_string(title)}; font-size: 8pt }}"
        f' @bottom-right {{ content: {_string(page)} " " counter(page) "/" counter(pages);'
        " font-size: 8pt } }"
    )


def _string(text: str) -> str:
    """A text as CSS writes it."""
    return '"' + "".join(f"\\{ord(one):x} " if one in '"\\<\n' else one for one in text) + '"'
