"""Describes what of a package is not imported, for the person who imports it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from kartu.anki.apkg.contents import Contents
from kartu.core.language import N_, _
from kartu.core.text import counted, shown
from kartu.importing.contents import Note

_LATEX = re.compile(r"\[(?:latex|\$\$?)\]")

# The LaTeX header of every new note type in Anki, ignoring spaces.
_DEFAULT_HEADER = (
    r"\documentclass[12pt]{article}",
    r"\special{papersize=3in,5in}",
    r"\usepackage[utf8]{inputenc}",
    r"\usepackage{amssymb,amsmath}",
    r"\pagestyle{empty}",
    r"\setlength{\parindent}{0in}",
    r"\begin{document}",
)


def dropped_parts(package: Contents, used: set[int]) -> Iterator[str]:
    """Describes what is dropped, line by line; a release leaves students' values unchanged."""
    tables = package.tables
    cards = [card for own in package.cards.values() for card in own]
    studied = sum(card.studied for card in cards)
    if studied:
        yield _("the progress of {cards} (students keep their own)", cards=counted(studied, "card"))
    filtered = sum(bool(card.home) for card in cards)
    if filtered:
        yield _(
            "filtered decks: {cards} are in the decks they came from",
            cards=counted(filtered, "card"),
        )
    html = [str(one["name"]) for one in tables.decks.values() if _is_html(one)]
    if html:
        yield _(
            "that descriptions are HTML: they are Markdown now, look at {names}", names=shown(html)
        )
    models = [tables.models[id] for id in used]
    yield from _of_models(models)


def _is_html(deck: dict[str, Any]) -> bool:
    return "<" in str(deck.get("desc") or "") and not deck.get("md")


def latex(notes: Iterable[Note], files: Iterable[str]) -> Iterator[str]:
    """Describes missing LaTeX images: the source text is imported, but only Anki renders it."""
    using = sum(any(map(_LATEX.search, note.fields)) for note in notes)
    if using:
        made = sum(name.startswith("latex-") for name in files)
        yield _(
            "pictures of the LaTeX in {notes}, except {number} in the file: only Anki on a "
            "computer with LaTeX makes them",
            notes=counted(using, "note"),
            number=made,
        )


_OWN_LATEX = N_("a LaTeX header of its own: note type {names}")
_OWN_BROWSER = N_("templates of its own for Anki's browser: note type {names}")
_OWN_DECK = N_("a deck of its own for a card: note type {names}")
_EDITOR = N_(
    "how fields are shown in Anki's editor (right to left, description): note type {names}"
)


def _of_models(models: Iterable[dict[str, Any]]) -> Iterator[str]:
    kinds: dict[str, list[str]] = {}
    for model in models:
        if _own_latex(model):
            kinds.setdefault(_OWN_LATEX, []).append(str(model["name"]))
        if any(map(_has_own_browser, model["tmpls"])):
            kinds.setdefault(_OWN_BROWSER, []).append(str(model["name"]))
        if any(card.get("did") for card in model["tmpls"]):
            kinds.setdefault(_OWN_DECK, []).append(str(model["name"]))
        if any(field.get("rtl") or field.get("description") for field in model["flds"]):
            kinds.setdefault(_EDITOR, []).append(str(model["name"]))
    for kind, names in kinds.items():
        yield _(kind, names=shown(names))


def _has_own_browser(card: dict[str, Any]) -> bool:
    """kartu writes front and back there, so that Anki writes nothing of its own."""
    front, back = card.get("bqfmt"), card.get("bafmt")
    return front not in (None, "", card["qfmt"]) or back not in (None, "", card["afmt"])


def _own_latex(model: dict[str, Any]) -> bool:
    header = tuple(str(model.get("latexPre") or "").split())
    return bool(header) and header != _DEFAULT_HEADER
