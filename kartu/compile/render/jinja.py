"""Jinja2: the only module that imports it.

Templates are untrusted: they run in Jinja2's sandbox and load only files of templates/.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Sequence
from functools import partial, wraps
from typing import Any, TypeVar

import jinja2
import jinja2.bccache
import jinja2.sandbox
import jinja2.visitor

from kartu.core.language import N_, _
from kartu.core.patterns import pattern

# Limits for one card's template or one field.
_MAX_STEPS = 100_000
_HIGHEST_POWER = 64
_MAX_CHARACTERS = 10_000_000
# Several times those of a project; each takes some kilobytes.
_MOST_COMPILED = 1000

# These can produce a long text from short arguments.
_LENGTHENING_FILTERS = (
    *("batch", "center", "format", "indent", "join", "replace", "round", "slice", "tojson"),
    "wordwrap",
)
_LENGTHENING_METHODS = frozenset(
    (
        *("center", "expandtabs", "format", "format_map", "join", "ljust", "replace", "rjust"),
        *("to_bytes", "translate", "zfill"),
    )
)
_NUMBER = pattern(r"[0-9]+")

T = TypeVar("T")

Load = Callable[[str], "str | None"]

# The prefix of template names in tracebacks.
_MARK = "template:"


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
        """The rendered template; RenderError if that fails."""
        try:
            self._environment.begin()
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
        except Exception as error:  # an untrusted template can raise anything
            message = f"{type(error).__name__}: {error}"
            place = _last_template_line(error, name)
            raise RenderError("template-failed", message, *place) from error


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


def join_path(template: str, parent: str) -> str:
    """`./x` is relative to the file that refers to it; other names are relative to templates/."""
    if template.startswith("./"):
        return parent.rpartition("/")[0] + template[1:]
    return template


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


class _BoundsLoops(jinja2.visitor.NodeTransformer):
    """Wraps loops and concatenations in filters of the environment that count them."""

    def visit_For(self, node: jinja2.nodes.For) -> jinja2.nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.iter = _filter(node.iter, "_counted")
        return node

    def visit_Concat(self, node: jinja2.nodes.Concat) -> jinja2.nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filter(jinja2.nodes.List(node.nodes, lineno=node.lineno), "_joined")


def _filter(node: Any, name: str) -> jinja2.nodes.Filter:
    return jinja2.nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter with a check that its result cannot exceed what a card can have."""
    formats = function.__name__ == "do_format"

    @wraps(function)
    def bounded(*arguments: Any, **named: Any) -> Any:
        _check_size(*arguments, *named.values(), *(_widths(arguments[0]) if formats else ()))
        return function(*arguments, **named)

    return bounded


def _check_size(*values: Any) -> None:
    """Raises OverflowError if `values` together could make more than a card can have."""
    product = 1
    for value in values:
        product *= max(1, abs(value) if isinstance(value, int) else _length(value))
    if product > _MAX_CHARACTERS:
        raise OverflowError(_("this could make more than {most} characters", most=_MAX_CHARACTERS))


def _widths(format: Any) -> list[int]:
    """The largest number in a format, which may be a width."""
    numbers = _NUMBER.findall(format) if isinstance(format, str) else []
    return [max(int(number[:9]) for number in numbers)] if numbers else []


def _length(value: Any, most: int = _MAX_CHARACTERS) -> int:
    """The length of a value when shown; counted up to `most`, since lists may repeat an item."""
    if isinstance(value, (str, dict)):
        return len(value)
    if not isinstance(value, (list, tuple)):
        return 1
    length = len(value)
    for one in value:
        if length > most:
            break
        length += _length(one, most - length)
    return length


class _Environment(jinja2.sandbox.ImmutableSandboxedEnvironment):
    """The sandbox, with limits on the running time and output of untrusted templates."""

    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def __init__(self, **settings: Any) -> None:
        super().__init__(finalize=self._made, **settings)
        self.steps = 0
        self.characters = 0
        self.filters |= {name: _bounded(self.filters[name]) for name in _LENGTHENING_FILTERS}
        self.filters |= {"_counted": self._counted, "_joined": self._joined}

    def begin(self) -> None:
        """Resets the counters."""
        self.steps = self.characters = 0

    def _parse(self, source: str, name: str | None, filename: str | None) -> jinja2.nodes.Template:
        template: jinja2.nodes.Template = _BoundsLoops().visit(
            super()._parse(source, name, filename)
        )
        return template

    def _step(self, too_many: str) -> None:
        self.steps += 1
        if self.steps > _MAX_STEPS:
            raise RuntimeError(_(too_many, most=_MAX_STEPS))

    def _counted(self, items: Any) -> Any:
        for item in items:
            self._step(N_("loops of more than {most} steps"))
            yield item

    def _joined(self, items: list[Any]) -> str:
        """The result of `~`; counted, since repeated doubling would grow without limit."""
        self._made(items)
        return jinja2.runtime.markup_join(items)

    def concat(self, parts: Iterable[str]) -> str:
        """The output of a template, block or macro."""
        return "".join(map(self._made, parts))

    def _made(self, value: T) -> T:
        """Returns `value`, whose length is counted: it becomes part of the output."""
        self.characters += _length(value)
        if self.characters > _MAX_CHARACTERS:
            raise OverflowError(_("more than {most} characters", most=_MAX_CHARACTERS))
        return value

    def call(self, context: Any, function: Any, /, *arguments: Any, **named: Any) -> Any:
        """Counts calls, and limits methods that can produce long texts."""
        self._step(N_("calls of more than {most} steps"))
        if getattr(function, "__name__", "") in _LENGTHENING_METHODS:
            method = getattr(function, "__wrapped__", function)  # the sandbox wraps `format`
            own = getattr(method, "__self__", None)
            widths = _widths(own) if method.__name__.startswith("format") else ()
            _check_size(own, *arguments, *named.values(), *widths)
        return super().call(context, function, *arguments, **named)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Limits the numbers and texts that operators can produce."""
        if operator == "+":
            self._made((left, right))
        elif operator == "%":
            _check_size(1 if isinstance(left, int) else left, *_widths(left))
        else:
            self._check_product(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def _check_product(self, operator: str, left: Any, right: Any) -> None:
        for one, other in ((left, right), (right, left)):
            if isinstance(other, int) and abs(other) > _MAX_STEPS:
                raise OverflowError(_("{operator} with {number}", operator=operator, number=other))
            if isinstance(one, (str, list, tuple)) and len(one) * abs(other) > _MAX_STEPS:
                raise OverflowError(_("a text or list repeated too often"))
        if operator == "**" and isinstance(right, int) and abs(right) > _HIGHEST_POWER:
            raise OverflowError(f"** {right}")

    def join_path(self, template: str, parent: str) -> str:
        return join_path(template, parent)


def _last_template_line(error: Exception, name: str) -> tuple[str, int]:
    """The template and line of an error: Jinja2 puts template lines into the traceback."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith(_MARK):
            return frame.filename.removeprefix(_MARK), frame.lineno or 1
    return name, 1
