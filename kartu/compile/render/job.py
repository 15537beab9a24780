"""What is to be rendered, and how: in the program's own process or in that of strangers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kartu.core.diagnostics import Diagnostics
from kartu.core.source import Span

if TYPE_CHECKING:
    from kartu.compile.render.jinja import Renderer
    from kartu.compile.render.topology import Topology


class RenderError(Exception):
    """Why a template could not be rendered, and where.

    `name` and `line` are the template's; `word` is the word in the line that is at fault; `known`
    are names that could have been meant.
    """

    def __init__(
        self,
        code: str,
        message: str,
        name: str,
        line: int = 1,
        word: str = "",
        known: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.name = name
        self.line = line
        self.word = word
        self.known = known

    def parts(self) -> tuple[Any, ...]:
        """The arguments of which this was made."""
        return self.code, self.message, self.name, self.line, self.word, list(self.known)


class ForeignTemplateError(Exception):
    """What is to be rendered needs a file that is not the program's."""


class Job(NamedTuple):
    """The template `name`, to be rendered with `context` and each of `more`.

    `place` is that of a picture's data: its template can draw.
    """

    name: str
    context: dict[str, Any]
    more: Sequence[dict[str, Any]] = ({},)
    place: Span | None = None


def render(
    job: Job,
    renderer: Renderer,
    read_map: Callable[[str, Span], Topology | None],
    diagnostics: Diagnostics,
) -> list[str]:
    """The texts. Raises RenderError for the first that fails."""
    if job.place is None:
        return [renderer.render(job.name, {**job.context, **more}) for more in job.more]
    from kartu.compile.render.pen import Pen  # not needed with earlier results

    pen = Pen(read_map, job.place, diagnostics)
    return [renderer.render(job.name, {**job.context, **pen.tools(), **more}) for more in job.more]


def join_path(template: str, parent: str) -> str:
    """`./x` is relative to the file that refers to it; other names are relative to templates/."""
    if template.startswith("./"):
        return parent.rpartition("/")[0] + template[1:]
    return template
