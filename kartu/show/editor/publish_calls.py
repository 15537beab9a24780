"""Calls about publishing."""

from __future__ import annotations

from typing import Any

from kartu.core.language import _
from kartu.core.source import Span
from kartu.load.card_set import NO_REASON
from kartu.rewrite.notes.values import EditRefusedError
from kartu.show.editor.calls import Calls
from kartu.show.editor.desk import Desk
from kartu.show.editor.shapes import FLAG, TEXT
from kartu.show.editor.ways import carry_out

CALLS = Calls()

_NOTHING = TEXT.or_else("")


@CALLS.add("plan", edits=True, alone=False, deck=TEXT)
def plan(desk: Desk, deck: str) -> dict[str, Any]:
    """Returns what a release of a deck would change, and what stops it."""
    desk.run(lambda: desk.deck(deck))
    return desk.publishing.plan(deck)


@CALLS.add(
    "way",
    edits=True,
    alone=False,
    deck=TEXT,
    do=TEXT,
    note=_NOTHING,
    other=_NOTHING,
    to=_NOTHING,
    row=_NOTHING,
    path=_NOTHING,
    reason=_NOTHING,
    accept=FLAG.or_else(True),
)
def way(desk: Desk, deck: str, do: str, accept: bool, **given: str) -> dict[str, Any]:
    """Takes a way out of a refusal, and returns the plan as it is then."""
    desk.run(lambda: _take(desk, deck, do, given, accept=accept))
    return desk.publishing.plan(deck)


def _take(desk: Desk, deck: str, do: str, given: dict[str, str], *, accept: bool) -> None:
    desk.refresh()
    found = desk.deck(deck)
    if do == "accept":
        reason = " ".join(given["reason"].split()) if accept else ""
        if accept and reason.casefold() in ("", *NO_REASON):
            message = _("write why: students read the reason in the changelog")
            raise EditRefusedError(Span(""), message)
        desk.publishing.accept(deck, reason=reason)
    elif do == "accept_looks":
        desk.publishing.accept(deck, looks=accept)
    else:
        carry_out(desk, found, do, given)


@CALLS.add("publish", edits=True, alone=False, deck=TEXT, message=_NOTHING)
def publish(desk: Desk, deck: str, message: str) -> dict[str, Any]:
    """Begins to publish a deck."""
    desk.run(lambda: desk.deck(deck))
    return {"job": desk.publishing.publish(deck, message)}


@CALLS.add("job", edits=True, alone=False, job=TEXT)
def job(desk: Desk, job: str) -> dict[str, Any]:
    """Returns how far a job is."""
    found = desk.jobs.job(job)
    if found.done and found.fault is not None:
        raise found.fault
    return found.value()


@CALLS.add("cancel", edits=True, alone=False, job=TEXT)
def cancel(desk: Desk, job: str) -> dict[str, Any]:
    """Cancels a job before it writes anything."""
    desk.jobs.job(job).cancelled.set()
    return {}
