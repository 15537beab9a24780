"""The calls of the page by name: JSON in, what the session does, JSON out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from kartu.core.usage import UsageError
from kartu.rewrite.notes.values import EditRefusedError
from kartu.show.editor.desk import Desk
from kartu.show.editor.outcomes import Refusal
from kartu.show.editor.shapes import Shape, checked

LARGEST = 1_000_000  # bytes of a request

_Function = TypeVar("_Function", bound=Callable[..., Any])


class Call(NamedTuple):
    """A call: what it does, the shapes of its parameters, and the bytes that it may have.

    One that `edits` changes something or is for those that do: where cards are only looked at, it
    does not exist. Of calls that are `alone` one runs after the other; others wait for each other
    themselves.
    """

    function: Callable[..., Any]
    edits: bool
    shapes: Mapping[str, Shape]
    largest: int
    alone: bool


class RefusedError(Exception):
    """Why a call does nothing, for the teacher to read."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class Calls(dict[str, Call]):
    """Calls of one matter."""

    def add(
        self,
        name: str,
        /,
        *,
        edits: bool,
        largest: int = LARGEST,
        alone: bool = True,
        **shapes: Shape,
    ) -> Callable[[_Function], _Function]:
        """Makes a function the call `name`: it is given the desk and the parameters."""

        def added(function: _Function) -> _Function:
            self[name] = Call(function, edits, shapes, largest, alone)
            return function

        return added


def answer(desk: Desk, call: Call, given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what a call answers: {"ok": …} or {"refusal": …}.

    Raises WrongShapeError for other parameters than the call has.
    """
    parameters = checked(given, call.shapes)
    try:
        if call.alone:
            return {"ok": desk.run(lambda: call.function(desk, **parameters))}
        return {"ok": call.function(desk, **parameters)}
    except RefusedError as error:
        found = error.refusal
    except EditRefusedError as error:
        found = Refusal(error.span, error.message, error.help)
    except UsageError as error:
        return {"refusal": {"message": str(error), "help": "", "path": "", "line": 0}}
    return {"refusal": desk.answers.refusal(found)}
