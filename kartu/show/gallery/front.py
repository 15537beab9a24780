"""The front page of the site: what each deck is, its downloads, and how to import them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from kartu.compile.built import BuiltDeck
from kartu.compile.render.markdown import render_fully
from kartu.core.language import _
from kartu.core.model import PackageInfo, Source
from kartu.core.version import __version__
from kartu.load.names import LINK
from kartu.report.tables import size
from kartu.show.gallery.cards import deck_key
from kartu.show.gallery.pages import PACKAGES, STYLE, policy, texts

_PLATFORMS = ("android", "ios", "computer", "update")
_PICTURE = re.compile(r"<img\b[^>]*>")


class FrontDeck(NamedTuple):
    """A deck on the front page, with its packages as the manifest lists them."""

    built: BuiltDeck
    packages: Sequence[PackageInfo]
    changelog: str


def front_page(decks: Sequence[FrontDeck], language: str, others: Iterable[tuple[str, str]]) -> str:
    """Returns the page in one language; `others` are its other languages and their files."""
    words = texts()[language]
    title = ", ".join(str(one.built.source.name) for one in decks)
    languages = "".join(
        f'<a href="{file}" lang="{other}" hreflang="{other}">{words["other"]}</a>'
        for other, file in others
    )
    body = "\n".join(part for one in decks for part in _deck(one, words))
    return _(
        '<!doctype html>\n<html lang="{language}">\n<head>\n<meta '
        'charset="utf-8">\n<meta http-equiv="Content-Security-Policy" '
        'content="{policy}">\n<meta name="viewport" '
        'content="width=device-width, initial-scale=1">\n<meta name="generator" '
        'content="kartu">\n<meta name="description" content="{escape}: {words}. '
        '{words2}: Anki">\n<title>{escape}</title>\n<link rel="icon" '
        'href="data:,">\n<link rel="stylesheet" href="{style}">\n</head>\n<body '
        'class="front">\n<header class="top"><nav '
        'aria-label="{words3}">{languages}</nav></header>\n<main>\n{body}\n'
        '<section aria-labelledby="import"><h2 id="import">{words4}</h2>\n'
        "{importing}\n</section>\n{licences}</main>\n"
        "<footer><p>{format}</p></footer>\n</body>\n</html>\n",
        language=language,
        policy=policy(),
        escape=escape(title),
        words=words["gallery"],
        words2=words["download"],
        style=STYLE,
        words3=words["site"],
        languages=languages,
        body=body,
        words4=words["import"],
        importing=_importing(words),
        licences=_licences(decks, words),
        format=words["madeWith"].format(version=__version__),
    )


def _deck(one: FrontDeck, words: dict[str, str]) -> Iterator[str]:
    deck = one.built.source
    key = deck_key(deck)
    yield _('<section aria-labelledby="deck-{key}">', key=key)
    yield _(
        '<h1 id="deck-{key}" lang="{escape}">{escape2}</h1>',
        key=key,
        escape=escape(deck.language),
        escape2=escape(deck.name),
    )
    yield _(
        '<p class="calls"><a class="call" href="cards.html#deck={key}">{words}</a>',
        key=key,
        words=words["gallery"],
    )
    yield _(
        '<a class="call" href="#download-{key}">{words}</a></p>', key=key, words=words["download"]
    )
    yield _(
        '<div class="lead" lang="{escape}">{markdown}</div>',
        escape=escape(deck.language),
        markdown=_markdown(deck.description),
    )
    yield _(
        '<h2 class="unseen">{words}</h2>{numbers}',
        words=words["numbers"],
        numbers=_numbers(one.built, words),
    )
    yield _('<h2 id="download-{key}">{words}</h2>', key=key, words=words["download"])
    yield from (_package(package, one.built, words) for package in one.packages)
    if any(package.draft for package in one.packages):
        yield f"<p>{words['draftNote']}</p>"
    yield f"<p>{words['check']}</p>"
    if one.changelog:
        yield _(
            '<h2>{words}</h2><div lang="{escape}">',
            words=words["changelog"],
            escape=escape(deck.language),
        )
        yield f"{_markdown(_without_title(one.changelog))}</div>"
    yield "</section>"


def _markdown(text: str) -> str:
    """Renders an author's text as safe HTML without pictures, its headings below the page's own."""
    html = _PICTURE.sub("", render_fully(text.strip()).html)
    for level in range(5, 0, -1):
        html = html.replace(f"<h{level}>", f"<h{level + 1}>").replace(
            f"</h{level}>", f"</h{level + 1}>"
        )
    return html if html.startswith("<") else f"<p>{html}</p>"


def _without_title(changelog: str) -> str:
    return "\n".join(line for line in changelog.splitlines() if not line.startswith("# "))


def _numbers(built: BuiltDeck, words: dict[str, str]) -> str:
    counts = {
        "notes": len(built.notes),
        "cardsWord": sum(len(note.cards) for note in built.notes),
        "subdecks": len({note.deck_name for note in built.notes}),
        "types": len(built.note_types),
    }
    items = "".join(
        f"<div><dt>{words[key]}</dt><dd>{count}</dd></div>" for key, count in counts.items()
    )
    return _('<dl class="numbers">{items}</dl>', items=items)


def _package(package: PackageInfo, built: BuiltDeck, words: dict[str, str]) -> str:
    editions = {one.key: one.title or one.key for one in built.source.editions}
    title = editions[package.edition or ""] or words["full"]
    draft = f' <span class="draft">{words["draft"]}</span>' if package.draft else ""
    file = escape(package.file)
    return _(
        '<div class="package"><h3>{escape}{draft}</h3><p><a '
        'href="{packages}/{file}" download>{file}</a> · {size}</p><p>{words} '
        "{escape2} · {notes} {words2} · {cards} {words3}</p><p "
        'class="hash">SHA-256 {sha256}</p></div>',
        escape=escape(title),
        draft=draft,
        packages=PACKAGES,
        file=file,
        size=size(package.size),
        words=words["version"],
        escape2=escape(package.version),
        notes=package.notes,
        words2=words["notes"],
        cards=package.cards,
        words3=words["cardsWord"],
        sha256=package.sha256,
    )


def _licences(decks: Sequence[FrontDeck], words: dict[str, str]) -> str:
    """Returns a section on licences, authors and sources; empty if no deck declares any."""
    parts = [part for one in decks for part in _licence(one.built, words)]
    if not parts:
        return ""
    head = f'<section aria-labelledby="licence"><h2 id="licence">{words["licence"]}</h2>'
    return "\n".join([head, *parts, "</section>\n"])


def _licence(built: BuiltDeck, words: dict[str, str]) -> Iterator[str]:
    deck = built.source
    if not (deck.licence or deck.authors or deck.media_licences or deck.sources):
        return
    yield _(
        '<h3 lang="{escape}">{escape2}</h3>',
        escape=escape(deck.language),
        escape2=escape(deck.name),
    )
    if deck.licence:
        yield f"<p>{words['licenceLine'].format(licence=escape(deck.licence))}</p>"
    if deck.authors:
        yield f"<p>{words['authorsLine'].format(authors=escape(', '.join(deck.authors)))}</p>"
    if deck.media_licences:
        items = (f"<li>{escape(n)}: {escape(w)}</li>" for n, w in deck.media_licences.items())
        yield f"<h4>{words['mediaLine']}</h4><ul>{''.join(items)}</ul>"
    if deck.sources:
        items = (f"<li>{_source(one)}</li>" for one in deck.sources.values())
        yield _(
            '<h4>{words}</h4><ul class="sources">{names}</ul>',
            words=words["sources"],
            names="".join(items),
        )


def _source(source: Source) -> str:
    title = escape(source.title)
    if LINK.fullmatch(source.url):
        title = f'<a href="{escape(source.url)}" rel="noopener noreferrer">{title}</a>'
    return ", ".join([title, *map(escape, filter(None, (source.publisher, source.date)))])


def _importing(words: dict[str, str]) -> str:
    return "\n".join(
        f"<h3>{escape(words[f'{name}Head'])}</h3>\n<p>{escape(words[name])}</p>"
        for name in _PLATFORMS
    )
