"""Who made a deck, and how it is kept right: for those who must decide whether to trust it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from kartu.compile.built import BuiltDeck
from kartu.core.dates import written
from kartu.core.model import Deck, Source
from kartu.load.names import LINK
from kartu.show.gallery.cards import deck_key
from kartu.show.gallery.pages import texts

# The licences that explain themselves, in many languages, at creativecommons.org.
_CREATIVE_COMMONS = re.compile(r"CC[- ](BY(?:-NC)?(?:-SA|-ND)?)[- ](4\.0)")


def trust_section(decks: Iterable[BuiltDeck], language: str) -> str:
    """Returns a section of the front page; empty if no deck declares anything of it."""
    words = texts()[language]
    parts = [part for one in decks for part in _deck(one, language)]
    if not parts:
        return ""
    head = f'<section aria-labelledby="licence"><h2 id="licence">{words["trust"]}</h2>'
    return "\n".join([head, *parts, "</section>\n"])


def _deck(built: BuiltDeck, language: str) -> Iterator[str]:
    deck, words = built.source, texts()[language]
    if not is_declared(deck):
        return
    key = deck_key(deck)
    yield f'<h3 id="who-{key}" lang="{escape(deck.language)}">{escape(deck.name)}</h3>'
    if deck.authors:
        yield f"<p>{words['authorsLine'].format(authors=escape(', '.join(deck.authors)))}</p>"
    if deck.licence:
        yield f"<p>{words['licenceLine'].format(licence=_licence(deck.licence, language))}</p>"
    yield from (f"<p>{line}</p>" for line in _numbers(built, language))
    yield f"<p>{words['checkedLine']}</p>"
    if deck.report:
        link = f'<a href="{escape(deck.report)}" rel="noopener noreferrer">{words["report"]}</a>'
        yield f"<p>{words['reportLine']} {link}</p>"
    else:
        yield f"<p>{words['reportElse']}</p>"
    yield from _lists(deck, words)


def is_declared(deck: Deck) -> bool:
    """Returns whether a deck says something of its authors, licence or sources."""
    return bool(deck.licence or deck.authors or deck.media_licences or deck.sources or deck.report)


def _licence(name: str, language: str) -> str:
    """Returns its name, with a link to what it allows where there is a page in words for people."""
    known = _CREATIVE_COMMONS.fullmatch(name)
    if not known:
        return escape(name)
    deed = f"https://creativecommons.org/licenses/{known[1].lower()}/{known[2]}/deed.{language}"
    return f'<a href="{deed}" rel="noopener noreferrer">{escape(name)}</a>'


def _numbers(built: BuiltDeck, language: str) -> Iterator[str]:
    """The lines on how many notes name sources, and of when their content is."""
    words = texts()[language]
    notes = [note.source for note in built.notes]
    named = {key for note in notes for key in note.sources}
    with_source = sum(bool(note.sources) for note in notes)
    if with_source:
        yield words["sourcedLine"].format(notes=with_source, all=len(notes), sources=len(named))
    dates = sorted(str(note.as_of) for note in notes if note.as_of)
    if dates:
        first, last = (written(one, language) for one in (dates[0], dates[-1]))
        yield words["datedLine"].format(notes=len(dates), first=first, last=last)


def _lists(deck: Deck, words: dict[str, str]) -> Iterator[str]:
    if deck.media_licences:
        items = (f"<li>{escape(n)}: {escape(w)}</li>" for n, w in deck.media_licences.items())
        yield f"<h4>{words['mediaLine']}</h4><ul>{''.join(items)}</ul>"
    if deck.sources:
        items = (f"<li>{_source(one, deck.language)}</li>" for one in deck.sources.values())
        summary = f"{words['sources']} ({len(deck.sources)})"
        yield f"<details><summary>{summary}</summary>"
        yield f'<ul class="sources">{"".join(items)}</ul></details>'


def _source(source: Source, language: str) -> str:
    title = escape(source.title)
    if LINK.fullmatch(source.url):
        title = f'<a href="{escape(source.url)}" rel="noopener noreferrer">{title}</a>'
    date = written(source.date, language)
    return ", ".join([title, *map(escape, filter(None, (source.publisher, date)))])
