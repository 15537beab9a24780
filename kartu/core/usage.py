"""Usage errors: requests that cannot be carried out, whatever the sources contain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kartu.core.language import _


class UsageError(Exception):
    """An invalid use of a command or function; the message says what would be valid."""


class RefusedError(Exception):
    """The current state must not be published; the message says what to do."""


@contextmanager
def writing(place: object) -> Iterator[None]:
    """Converts an OSError in the body into a UsageError: `place` cannot be written."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            _("cannot write {place}: {reason}", place=place, reason=error.strerror or error)
        ) from error
