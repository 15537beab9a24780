"""Calls about corrections that were made in Anki."""

from __future__ import annotations

from kartu.show.editor.calls import Calls
from kartu.show.editor.corrections import LOOK_STEPS, TAKE_STEPS, Correcting, brought_packages
from kartu.show.editor.desk import Desk
from kartu.show.editor.shapes import TEXT, TEXTS

CALLS = Calls()


@CALLS.add("corrections", edits=True, alone=False, deck=TEXT, files=TEXTS)
def corrections(desk: Desk, deck: str, files: list[str]) -> dict[str, str]:
    """Begins to look for what brought packages have differently."""
    correcting = _correcting(desk, deck, files)
    return {"job": desk.jobs.begin(LOOK_STEPS, correcting.look)}


@CALLS.add(
    "take_corrections", edits=True, alone=False, deck=TEXT, files=TEXTS, taken=TEXTS, new=TEXTS
)
def take_corrections(
    desk: Desk, deck: str, files: list[str], taken: list[str], new: list[str]
) -> dict[str, str]:
    """Begins to save some of that, as one edit."""
    correcting = _correcting(desk, deck, files)
    return {"job": desk.jobs.begin(TAKE_STEPS, lambda job: correcting.take(job, taken, new))}


def _correcting(desk: Desk, deck: str, files: list[str]) -> Correcting:
    desk.run(lambda: desk.deck(deck))
    return Correcting(desk, deck, brought_packages(desk, files))
