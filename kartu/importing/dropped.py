"""Describes what of a package is not imported, for the person who imports it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from kartu.anki.apkg.contents import Contents
from kartu.core.language import _
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
        yield _(
            "the progress of {counted} (students keep their own)", counted=counted(studied, "card")
        )
    filtered = sum(bool(card.home) for card in cards)
    if filtered:
        yield _(
            "filtered decks: {counted} stand in the decks they came from",
            counted=counted(filtered, "card"),
        )
    html = [str(one["name"]) for one in tables.decks.values() if _is_html(one)]
    if html:
        yield _(
            "that descriptions are HTML: they are Markdown now, look at {html}", html=shown(html)
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
        what = _(
            "pictures of the LaTeX in {counted}, but for {made} in the file",
            counted=counted(using, "note"),
            made=made,
        )
        yield _("{what}: only Anki on a computer with LaTeX makes them", what=what)


def _of_models(models: Iterable[dict[str, Any]]) -> Iterator[str]:
    kinds: dict[str, list[str]] = {}
    for model in models:
        if _own_latex(model):
            kinds.setdefault("LaTeX headers of its own", []).append(str(model["name"]))
        if any(map(_has_own_browser, model["tmpls"])):
            kinds.setdefault("the browser's own templates", []).append(str(model["name"]))
        if any(card.get("did") for card in model["tmpls"]):
            kinds.setdefault("a card's deck of its own", []).append(str(model["name"]))
        if any(field.get("rtl") or field.get("description") for field in model["flds"]):
            what = _("how fields are shown in Anki's editor (right to left, description)")
            kinds.setdefault(what, []).append(str(model["name"]))
    for what, names in kinds.items():
        yield _("{what}: note type {names}", what=what, names=shown(names))


def _has_own_browser(card: dict[str, Any]) -> bool:
    """kartu writes front and back there, so that Anki writes nothing of its own."""
    front, back = card.get("bqfmt"), card.get("bafmt")
    return front not in (None, "", card["qfmt"]) or back not in (None, "", card["afmt"])


def _own_latex(model: dict[str, Any]) -> bool:
    header = tuple(str(model.get("latexPre") or "").split())
    return bool(header) and header != _DEFAULT_HEADER
