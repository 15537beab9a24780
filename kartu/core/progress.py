"""Progress reports of long operations."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A callback for the current step and, where items are counted, how many are done."""

    def __call__(self, step: str, done: int = 0, total: int = 0) -> None: ...


def no_progress(step: str, done: int = 0, total: int = 0) -> None:
    """Ignores all reports."""
