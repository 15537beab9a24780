"""How far a long piece of work is, told while it goes on."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Is told what is being done now, and of what can be counted how much of it is done."""

    def __call__(self, step: str, done: int = 0, total: int = 0) -> None: ...


def no_progress(step: str, done: int = 0, total: int = 0) -> None:
    """For callers that show none."""
