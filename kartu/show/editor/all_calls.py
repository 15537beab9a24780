"""All calls of the page."""

from __future__ import annotations

from kartu.show.editor import (
    check_calls,
    correction_calls,
    deck_calls,
    media_calls,
    note_calls,
    publish_calls,
    share_calls,
    start_calls,
)
from kartu.show.editor.calls import Call

CALLS: dict[str, Call] = {
    **deck_calls.CALLS,
    **media_calls.CALLS,
    **note_calls.CALLS,
    **check_calls.CALLS,
    **publish_calls.CALLS,
    **share_calls.CALLS,
    **start_calls.CALLS,
    **correction_calls.CALLS,
}


def calls_of(*, edits: bool) -> dict[str, Call]:
    """Returns all calls, or those of a page on which nothing can be edited."""
    return {name: one for name, one in CALLS.items() if edits or not one.edits}
