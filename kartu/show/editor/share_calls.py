"""Calls about paper, export, the site, and the settings of a deck."""

from __future__ import annotations

from typing import Any

from kartu.core.language import _
from kartu.core.usage import UsageError
from kartu.export.run import FORMATS
from kartu.load.files import Files
from kartu.rewrite.notes.settings import editions_of
from kartu.show.editor.calls import Calls
from kartu.show.editor.deck_calls import deck_about
from kartu.show.editor.desk import Desk
from kartu.show.editor.note_calls import edited
from kartu.show.editor.shapes import NUMBER, TEXT, TEXTS, VALUES
from kartu.show.editor.share import (
    STEPS,
    check_print,
    choices,
    make_export,
    make_paper,
    make_site,
)
from kartu.show.paper.options import PrintOptions

CALLS = Calls()

_NOTHING = TEXT.or_else("")


@CALLS.add("share", deck=TEXT)
def share(desk: Desk, deck: str) -> dict[str, Any]:
    """Returns what can be printed and exported of a deck, and how."""
    found = desk.deck(deck)
    languages = [one.variant for one in desk.session.opened.project.decks if one.id == deck]
    return {
        **choices(),
        "editions": [{"key": one.key, "title": one.title} for one in found.editions if one.key],
        "subdecks": desk.subdecks(deck),
        "tags": sorted({str(tag) for note in found.notes for tag in note.tags}),
        "languages": [one for one in languages if one],
    }


@CALLS.add(
    "print",
    alone=False,
    deck=TEXT,
    kind=TEXT,
    edition=_NOTHING,
    subdecks=TEXTS.or_else([]),
    tags=TEXTS.or_else([]),
    language=_NOTHING,
    paper=TEXT.or_else("A4"),
    grid=TEXT.or_else("2x4"),
    backs=TEXT.or_else("long-edge"),
    count=NUMBER.or_else(20),
    seed=NUMBER.or_else(1),
    url=_NOTHING,
)
def print_deck(
    desk: Desk,
    deck: str,
    kind: str,
    subdecks: list[str],
    tags: list[str],
    count: int,
    **given: Any,
) -> dict[str, str]:
    """Begins to make a PDF of a deck's cards."""
    desk.run(lambda: desk.deck(deck))
    options = PrintOptions(
        desk.root,
        deck,
        kind=kind,
        subdecks=tuple(subdecks),
        tags=tuple(tags),
        questions=count,
        cache=desk.cache,
        **given,
    )
    check_print(options)
    return {"job": desk.jobs.begin(STEPS, lambda job: make_paper(desk, options, job))}


@CALLS.add("export", alone=False, deck=TEXT, format=TEXT)
def export(desk: Desk, deck: str, format: str) -> dict[str, str]:
    """Begins to make a file of a deck's notes for another program."""
    desk.run(lambda: desk.deck(deck))
    if format not in FORMATS:
        raise UsageError(_('there is no choice "{name}"', name=format))
    return {"job": desk.jobs.begin(STEPS, lambda job: make_export(desk, deck, format, job))}


@CALLS.add("site", alone=False, deck=TEXT)
def site(desk: Desk, deck: str) -> dict[str, str]:
    """Begins to make the site of a deck."""
    desk.run(lambda: desk.deck(deck))
    decks = [] if Files(desk.root).one is not None else [deck]
    return {"job": desk.jobs.begin(STEPS, lambda job: make_site(desk, decks, job))}


@CALLS.add("settings", deck=TEXT)
def settings(desk: Desk, deck: str) -> dict[str, Any]:
    """Returns the settings of a deck for the form."""
    found = desk.deck(deck)
    options = found.options
    return {
        **deck_about(desk, deck),
        "report": found.report.removeprefix("mailto:"),
        "theme": str(found.theme or ""),
        "themes": list(desk.session.opened.project.of(found).themes),
        "new_per_day": _number(options.new_per_day),
        "desired_retention": _number(options.desired_retention),
        "editions": [
            [one.key, one.title, one.kind, *one.tags]
            for one in editions_of(Files(desk.root), found)
        ],
        "tags": sorted({str(tag) for note in found.all_notes for tag in note.tags}),
    }


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


@CALLS.add("set", deck=TEXT, values=VALUES)
def set_up(desk: Desk, deck: str, values: dict[str, Any]) -> dict[str, Any]:
    """Saves settings of a deck."""
    return edited(desk, desk.session.set_up(deck, values))
