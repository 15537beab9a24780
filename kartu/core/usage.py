"""Wrong use: what was asked for cannot be done, whatever the sources hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class UsageError(Exception):
    """The command was called in a way that cannot work; the message says how it can."""


class RefusedError(Exception):
    """What is there must not be published as it is; the message says what to do."""


@contextmanager
def writing(place: object) -> Iterator[None]:
    """Turns an OSError of what is done in it into a UsageError: `place` cannot be written."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot write {place}: {error.strerror or error}") from error
