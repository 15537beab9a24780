"""Jinja2: the only module that knows it.

Templates may come from strangers: they run in Jinja2's sandbox and load files of templates/ only.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jinja2
import jinja2.sandbox

Load = Callable[[str], "tuple[str, str, None] | None"]


class RenderError(Exception):
    """Why a template could not be rendered, and where.

    `name` and `line` are the template's; `word` is what the fault is about, where it stands in
    the line; `known` are names that could have been meant.
    """

    def __init__(
        self,
        code: str,
        message: str,
        name: str,
        line: int,
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


class Renderer:
    """Renders the templates that `load` gives by name, each compiled once."""

    def __init__(self, load: Load) -> None:
        self._environment = _Environment(
            block_start_string="[[%",
            block_end_string="%]]",
            variable_start_string="[[=",
            variable_end_string="]]",
            comment_start_string="[[#",
            comment_end_string="#]]",
            undefined=_Undefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            loader=jinja2.FunctionLoader(load),
            cache_size=-1,
        )
        # The same input gives the same cards: nothing by chance.
        del self._environment.filters["random"]
        del self._environment.globals["lipsum"]

    def render(self, name: str, context: dict[str, Any]) -> str:
        """The template rendered; RenderError where that fails."""
        try:
            return self._environment.get_template(name).render(context).strip()
        except jinja2.TemplateSyntaxError as error:
            message = error.message or "it cannot be read"
            raise RenderError(
                "template-syntax", message, error.name or name, error.lineno
            ) from error
        except jinja2.TemplateNotFound as error:
            wanted = str(error.name)
            message = f'there is no file "{wanted}" in templates/'
            place = _last_template_line(error, name)
            raise RenderError("template-missing", message, *place, wanted) from error
        except _UndefinedName as error:
            place = _last_template_line(error, name)
            known = error.known or list(context)
            raise RenderError(
                "template-undefined", str(error), *place, error.name, known
            ) from error
        except Exception as error:  # whatever a stranger's template can raise is its own fault
            message = f"{type(error).__name__}: {error}"
            place = _last_template_line(error, name)
            raise RenderError("template-failed", message, *place) from error


def join_path(template: str, parent: str) -> str:
    """`./x` is a file beside the one that names it; other names count from templates/."""
    if template.startswith("./"):
        return parent.rpartition("/")[0] + template[1:]
    return template


class _UndefinedName(jinja2.UndefinedError):
    """A name that does not exist, with the names that do where they are known."""

    def __init__(self, message: str, name: str, known: list[str]) -> None:
        super().__init__(f'there is no "{name}" here' if name else message)
        self.name = name
        self.known = known


class _Undefined(jinja2.StrictUndefined):
    """Any use of it raises _UndefinedName."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = jinja2.utils.missing,
        name: str | None = None,
        exc: Any = None,
    ) -> None:
        known = (
            sorted(map(str, obj)) if isinstance(obj, dict) else list(getattr(obj, "_fields", ()))
        )
        raises: Any = partial(_UndefinedName, name=str(name or ""), known=known)
        super().__init__(hint, obj, name, raises)


class _Environment(jinja2.sandbox.ImmutableSandboxedEnvironment):
    def join_path(self, template: str, parent: str) -> str:
        return join_path(template, parent)


def _last_template_line(error: Exception, name: str) -> tuple[str, int]:
    """Where in a template an error arose: Jinja2 puts template lines into the traceback."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.endswith((".html", ".css", ".svg")) and not frame.filename.startswith(
            ("/", "<")
        ):
            return frame.filename, frame.lineno or 1
    return name, 1
