"""Statistics of decks: as tables for people and for a README, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from kartu.core.language import N_, _, ngettext
from kartu.report.tables import table
from kartu.stats import Count, RightOptions, Stats, Table

# What a deck's notes are counted by.
_KINDS = {
    "edition": N_("edition"),
    "subdeck": N_("subdeck"),
    "type": N_("type"),
    "tag": N_("tag"),
    "source": N_("source"),
}


def stats_text(decks: Iterable[Stats]) -> str:
    """Returns one line per deck, and below it one table per kind."""
    return "\n".join("\n".join(_text(stats)) for stats in decks)


def stats_markdown(decks: Iterable[Stats]) -> str:
    """Returns one Markdown table per deck, with one row per name."""
    return "\n".join("\n".join(_markdown(stats)) + "\n" for stats in decks)


def stats_json(decks: Iterable[Stats]) -> str:
    """Returns a JSON object with one entry per deck: its totals and tables."""
    content = {stats.deck: _as_object(stats) for stats in decks}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _text(stats: Stats) -> Iterator[str]:
    notes = ngettext("{number} note", "{number} notes", stats.total.notes)
    cards = stats.total.cards
    parts = [ngettext("{notes}, {number} card", "{notes}, {number} cards", cards, notes=notes)]
    if stats.facts:
        parts.append(_("{asked} of {facts} facts asked", asked=stats.asked, facts=stats.facts))
    if stats.unfinished:
        unfinished = ngettext(
            "{number} note is unfinished", "{number} notes are unfinished", stats.unfinished
        )
        parts.append(unfinished)
    yield f"{stats.deck}: {', '.join(parts)}\n"
    for one in stats.tables:
        heading = (_name(one), _("notes"), _("cards"))
        yield table([heading, *map(_row, one.counts)], right=(1, 2))
    if stats.siblings:
        rows = [(one.edition, f"{one.at_10:.1%}", f"{one.at_20:.1%}") for one in stats.siblings]
        heading = (_("new on the day of a sibling"), _("at 10 a day"), _("at 20 a day"))
        yield table([heading, *rows], right=(1, 2))
    if stats.right_options:
        yield _right_options(stats.right_options)


def _right_options(found: Iterable[RightOptions]) -> str:
    """A row an edition and note type: the shares of notes, then the notes by their right letter."""
    rows = list(found)
    letters = "ABCDEFGHIJ"[: max(len(one.places) for one in rows)]
    shares = (_("right one longest"), _("right one shortest"), _("by chance"))
    lines = [(_("edition"), _("type"), _("notes"), *shares, *letters)]
    for one in rows:
        parts = (one.longest, one.shortest, one.chance)
        places = [*map(str, one.places)] + [""] * (len(letters) - len(one.places))
        numbers = (str(one.notes), *(f"{part / one.notes:.0%}" for part in parts), *places)
        lines.append((one.edition, one.note_type, *numbers))
    return table(lines, right=range(2, len(lines[0])))


def _name(one: Table) -> str:
    return one.name if one.below else _(_KINDS.get(one.name, one.name))


def _markdown(stats: Stats) -> Iterator[str]:
    yield f"| {_cell(stats.deck)} | | " + _("notes") + " | " + _("cards") + " |"
    yield "| --- | --- | ---: | ---: |"
    for one in stats.tables:
        for number, count in enumerate(one.counts):
            cells = ("" if number else _cell(_name(one)), *map(_cell, _row(count)))
            yield f"| {' | '.join(cells)} |"
    yield "| **" + _("all") + f"** | | **{stats.total.notes}** | **{stats.total.cards}** |"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _row(count: Count) -> tuple[str, str, str]:
    return count.name, str(count.notes), str(count.cards)


def _as_object(stats: Stats) -> dict[str, Any]:
    return {
        "notes": stats.total.notes,
        "cards": stats.total.cards,
        "facts": stats.facts,
        "facts_asked": stats.asked,
        "unfinished": stats.unfinished,
        "tables": [_table(one) for one in stats.tables],
        "siblings": [
            {
                "edition": one.edition or None,
                "at_10_a_day": round(one.at_10, 4),
                "at_20_a_day": round(one.at_20, 4),
            }
            for one in stats.siblings
        ],
        "right_options": [
            one._asdict() | {"edition": one.edition or None, "chance": round(one.chance, 4)}
            for one in stats.right_options
        ],
    }


def _table(one: Table) -> dict[str, Any]:
    below = {"below": one.below} if one.below else {}
    return {"kind": one.kind, **below, "counts": [count._asdict() for count in one.counts]}
