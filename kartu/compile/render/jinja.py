"""Jinja2: the only module that imports it.

Templates are untrusted: they run in Jinja2's sandbox and load only files of templates/. Those of
strangers can take any time and memory: they run in a process of their own (child.py).
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

import jinja2
import jinja2.bccache
import jinja2.debug
import jinja2.sandbox

from kartu.compile.render.bounds import TooLongError
from kartu.compile.render.job import ForeignTemplateError, RenderError, join_path
from kartu.core.language import N_, _

# Compiled templates: several times those of a project; each takes some kilobytes.
_MOST_COMPILED = 1000

Load = Callable[[str], "str | None"]

# The prefix of template names in tracebacks.
_MARK = "template:"


class _Compiled(jinja2.BytecodeCache):
    """What templates were compiled to in this process, by name and content.

    It takes longer than rendering them, and an editor or a program builds again and again.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Gives Jinja2 the code of a template, if it is known."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keeps the code of a template."""
        if len(self._codes) >= _MOST_COMPILED:
            self._codes.clear()
        self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


class Renderer:
    """Renders the templates that `load` returns by name, each compiled once."""

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
            loader=jinja2.FunctionLoader(partial(_load, load)),
            cache_size=-1,
            bytecode_cache=_COMPILED,
        )
        # No randomness: the same input gives the same cards.
        del self._environment.filters["random"]
        del self._environment.globals["lipsum"]

    def render(self, name: str, context: dict[str, Any]) -> str:
        """The rendered template; RenderError if that fails.

        What `load` raises as ForeignTemplateError goes through.
        """
        try:
            return self._environment.get_template(name).render(context).strip()
        except jinja2.TemplateSyntaxError as error:
            place = error.name or name, error.lineno
            raise RenderError("template-syntax", _clearer(error.message), *place) from error
        except jinja2.TemplateNotFound as error:
            wanted = str(error.name)
            message = _('there is no file "{name}" in {folder}/', name=wanted, folder="templates")
            place = _last_template_line(error, name)
            raise RenderError("template-missing", message, *place, wanted) from error
        except _UndefinedName as error:
            place = _last_template_line(error, name)
            known = error.known or list(context)
            raise RenderError(
                "template-undefined", str(error), *place, error.name, known
            ) from error
        except ForeignTemplateError:
            raise
        except Exception as error:  # an untrusted template can raise anything
            cause = _cause(error)
            place = _last_template_line(error, name)
            raise RenderError("template-failed", _failure(cause), *place) from cause


def _cause(error: BaseException) -> BaseException:
    """What is behind an error: Jinja2 can fail while it handles another one."""
    one: BaseException | None = error
    while one is not None and not isinstance(one, TooLongError | MemoryError):
        one = one.__context__
    return one or error


def _failure(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return _("it includes or calls itself without end")
    if isinstance(error, TooLongError):
        return _("it takes more than {seconds} seconds", seconds=error)
    if isinstance(error, MemoryError):
        return _("it needs too much memory")
    if isinstance(error, OSError):  # its text names a file of Python
        return _("it needs a file of this computer, which a template cannot have")
    return f"{type(error).__name__}: {error}"


# Replacements for the commonest of Jinja2's messages that would not help an author.
_CLEARER_MESSAGES = (
    (
        re.compile(r"innermost block that needs to be closed is '(\w+)'"),
        N_('a block "{name}" is not closed: [[% end{name} %]] is missing'),
    ),
    (re.compile(r"Encountered unknown tag '(\w+)'"), N_('there is no block "{name}"')),
)


def _clearer(message: str | None) -> str:
    for known, clearer in _CLEARER_MESSAGES:
        if found := known.search(message or ""):
            return _(clearer, name=found[1])
    return message or _("it cannot be read")


def _load(load: Load, name: str) -> tuple[str, str, None] | None:
    source = load(name)
    return None if source is None else (source, _MARK + name, None)


class _UndefinedName(jinja2.UndefinedError):
    """An undefined name, with the defined ones where they are known."""

    def __init__(self, message: str, name: str, known: list[str]) -> None:
        super().__init__(_('there is no "{name}" here', name=name) if name else message)
        self.name = name
        self.known = known


class _Undefined(jinja2.StrictUndefined):
    """An undefined value; any use of it raises _UndefinedName."""

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
    """The template and line of an error: Jinja2 puts template lines into the traceback."""
    found = name, 1
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if file.startswith(_MARK):
            found = file.removeprefix(_MARK), line
    return found
