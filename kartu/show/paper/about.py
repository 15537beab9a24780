"""What is printed about the deck: its name, the selection, its owners, the online address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

from kartu.core.dates import written
from kartu.core.model import Deck, Note, Source
from kartu.show.paper.qr import qr_code


class About(NamedTuple):
    """`part` describes the selection, such as the edition; `url` is where all cards can be seen."""

    deck: Deck
    part: str
    cards: int
    url: str
    words: dict[str, str]

    @property
    def name(self) -> str:
        return str(self.deck.name).replace("::", " · ")

    def lines(self) -> list[str]:
        """Returns what is printed: selection, number of cards and version."""
        lines = [self.part, self.words["cards"].format(count=self.cards)]
        lines.append(self.words["version"].format(version=self.deck.version))
        return [line for line in lines if line]

    def owners(self) -> list[str]:
        """Returns the licence and the authors, where the deck names them."""
        deck, lines = self.deck, []
        if deck.licence:
            lines.append(self.words["licence"].format(licence=deck.licence))
        if deck.authors:
            lines.append(self.words["authors"].format(authors=", ".join(deck.authors)))
        return lines

    def as_of(self, note: Note) -> str:
        """Returns the date of the note's facts, empty if it has none."""
        if not note.as_of:
            return ""
        return self.words["asOf"].format(date=written(note.as_of, self.deck.language))

    def address(self) -> str:
        """Returns the address of the gallery with its QR code; empty if there is none."""
        if not self.url:
            return ""
        caption = f"{escape(self.words['gallery'])}:<br>{escape(self.url)}"
        return f'<div class="address">{qr_code(self.url)}<p>{caption}</p></div>'

    def sources(self, used: set[str]) -> Iterator[str]:
        """Yields the sources with these keys, in the deck's order."""
        for key, source in self.deck.sources.items():
            if key in used:
                yield _source(source, self.deck.language)


def _source(source: Source, language: str) -> str:
    date = written(source.date, language)
    parts = filter(None, (source.title, source.publisher, date, source.url))
    return ", ".join(map(escape, parts))


def texts_for(language: str) -> dict[str, str]:
    """Returns the texts printed around cards, in that language or else in English."""
    texts: dict[str, dict[str, str]] = json.loads(
        (Path(__file__).parent / "texts.json").read_text("utf-8")
    )
    return texts.get(language.partition("-")[0], texts["en"])


def page_style(paper: str, title: str, page: str) -> str:
    """Returns the style of pages with a footer: the title, and the number of the page."""
    return (
        f"@page {{ size: {paper}; margin: 15mm 15mm 18mm;"
        f" @bottom-left {{ content: {_string(title)}; font-size: 8pt }}"
        f' @bottom-right {{ content: {_string(page)} " " counter(page) "/" counter(pages);'
        " font-size: 8pt } }"
    )


def _string(text: str) -> str:
    """Returns a text as a CSS string."""
    return '"' + "".join(f"\\{ord(one):x} " if one in '"\\<\n' else one for one in text) + '"'
