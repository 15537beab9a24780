"""The front page of the site: what each deck is, its downloads, and how to import them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from kartu.compile.built import BuiltDeck
from kartu.compile.render.markdown import render_fully
from kartu.core.model import PackageInfo
from kartu.core.version import __version__
from kartu.report.tables import size
from kartu.show.gallery.cards import deck_key
from kartu.show.gallery.pages import PACKAGES, STYLE, policy, texts
from kartu.show.gallery.trust import is_declared, trust_section

_PLATFORMS = ("android", "ios", "computer", "update", "missed")
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
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="kartu">
<meta name="description" content="{escape(title)}: {words["gallery"]}. {words["download"]}: Anki">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{STYLE}">
</head>
<body class="front">
<header class="top"><nav aria-label="{words["site"]}">{languages}</nav></header>
<main>
{body}
<section aria-labelledby="import"><h2 id="import">{words["import"]}</h2>
{_importing(words)}
</section>
{trust_section([one.built for one in decks], language)}</main>
<footer><p>{words["madeWith"].format(version=__version__)}</p></footer>
</body>
</html>
"""


def _deck(one: FrontDeck, words: dict[str, str]) -> Iterator[str]:
    deck = one.built.source
    key = deck_key(deck)
    yield f'<section aria-labelledby="deck-{key}">'
    yield f'<h1 id="deck-{key}" lang="{escape(deck.language)}">{escape(deck.name)}</h1>'
    yield f'<p class="calls"><a class="call" href="cards.html#deck={key}">{words["gallery"]}</a>'
    who = f'<a class="call" href="#who-{key}">{words["who"]}</a>' if is_declared(deck) else ""
    yield f'<a class="call" href="#download-{key}">{words["download"]}</a>{who}</p>'
    yield f'<div class="lead" lang="{escape(deck.language)}">{_markdown(deck.description)}</div>'
    yield f'<h2 class="unseen">{words["numbers"]}</h2>{_numbers(one.built, words)}'
    yield f'<h2 id="download-{key}">{words["download"]}</h2>'
    yield from (_package(package, one.built, words) for package in one.packages)
    if any(package.draft for package in one.packages):
        yield f"<p>{words['draftNote']}</p>"
    yield f"<p>{words['check']}</p>"
    if one.changelog:
        yield f'<h2>{words["changelog"]}</h2><div lang="{escape(deck.language)}">'
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
    return f'<dl class="numbers">{items}</dl>'


def _package(package: PackageInfo, built: BuiltDeck, words: dict[str, str]) -> str:
    editions = {one.key: one.title or one.key for one in built.source.editions}
    title = editions[package.edition or ""] or words["full"]
    draft = f' <span class="draft">{words["draft"]}</span>' if package.draft else ""
    file = escape(package.file)
    return (
        f'<div class="package"><h3>{escape(title)}{draft}</h3>'
        f'<p><a href="{PACKAGES}/{file}" download>{file}</a> · {size(package.size)}</p>'
        f"<p>{words['version']} {escape(package.version)} · {package.notes} {words['notes']}"
        f" · {package.cards} {words['cardsWord']}</p>"
        f'<p class="hash">SHA-256 {package.sha256}</p></div>'
    )


def _importing(words: dict[str, str]) -> str:
    return "\n".join(
        f"<h3>{escape(words[f'{name}Head'])}</h3>\n<p>{escape(words[name])}</p>"
        for name in _PLATFORMS
    )
