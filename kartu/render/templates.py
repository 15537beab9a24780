"""Jinja2 for templates/: the only module that knows it.

`[[= value ]]`, `[[% block %]]` and `[[# comment #]]` are ours; Anki's `{{Field}}` passes through
untouched. Templates may come from strangers: they run in Jinja2's sandbox, see only what a layout
is given, and load files of templates/ only.
"""

from __future__ import annotations

import re
import traceback
from functools import partial
from typing import Any

import jinja2
import jinja2.sandbox
from markupsafe import Markup

from kartu.diagnostics import Diagnostic, did_you_mean
from kartu.load.files import Files
from kartu.source import Span, place_in

_FOLDER = "templates"

_WRONG_DELIMITER = re.compile(r"\[\[(?![=%#])|(?<!\[)\[%|\{%")
_RIGHT_DELIMITER = {"[[": "[[= name ]]", "[%": "[[% if name %]]", "{%": "[[% if name %]]"}

_NAMED_FILE = re.compile(r'\b(?:include|import|from|extends)\s+"([^"]+)"')
_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
_JINJA_TAG = re.compile(r"\[\[=.*?\]\]|\[\[%.*?%\]\]|\[\[#.*?#\]\]", re.DOTALL)


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


class Templates:
    """The files of templates/, compiled once each. Faults go to `said`."""

    def __init__(self, files: Files, said: list[Diagnostic]) -> None:
        self.said = said
        self.sources: dict[str, str] = {}
        self._unreadable: set[str] = set()
        self._files = files
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
            loader=jinja2.FunctionLoader(self._load),
            cache_size=-1,
        )
        # The same input gives the same cards: nothing by chance.
        del self._environment.filters["random"]
        del self._environment.globals["lipsum"]

    def exists(self, name: str) -> bool:
        return self._files.is_file(f"{_FOLDER}/{name}")

    def read(self, name: str) -> str | None:
        """The text of the file `name` below templates/, as it stands there."""
        if name not in self.sources:
            content = self._files.read_text(f"{_FOLDER}/{name}", self.said)
            if content is None:
                self._unreadable.add(name)
                return None
            self.sources[name] = content
        return self.sources[name]

    def render(self, name: str, **context: Any) -> str | None:
        """The file `name` below templates/ rendered, or None with the reason in `said`."""
        try:
            return self._environment.get_template(name).render(**context).strip()
        except jinja2.TemplateSyntaxError as error:
            self._refuse("template-syntax", error.name or name, error.lineno, error.message or "")
        except jinja2.TemplateNotFound as error:
            self._not_found(name, str(error.name), error)
        except _UndefinedName as error:
            place, line = _last_template_line(error, name)
            help = did_you_mean(error.name, error.known or context)
            self._refuse("template-undefined", place, line, str(error), help, error.name)
        except Exception as error:  # whatever a stranger's template can raise is its own fault
            place, line = _last_template_line(error, name)
            self._refuse("template-failed", place, line, f"{type(error).__name__}: {error}")
        return None

    def used_by(self, name: str) -> set[str]:
        """The files that `name` includes, imports or extends, itself among them."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            one = waiting.pop()
            if one in found or one not in self.sources:
                continue
            found.add(one)
            targets = _NAMED_FILE.findall(self.sources[one])
            waiting += [self._environment.join_path(target, one) for target in targets]
        return found

    def _load(self, name: str) -> tuple[str, str, None] | None:
        if ".." in name.split("/") or name.startswith("/") or not self.exists(name):
            return None
        content = self.read(name)
        if content is None:
            return None
        self._check_delimiters(name, content)
        return content, name, None

    def _check_delimiters(self, name: str, content: str) -> None:
        for found in _WRONG_DELIMITER.finditer(_blank(_SCRIPT, _blank(_JINJA_TAG, content))):
            wrong = found[0]
            help = f"write {_RIGHT_DELIMITER[wrong]}"
            place = place_in(f"{_FOLDER}/{name}", content, found.start())
            self.said.append(
                Diagnostic("template-delimiter", place, f'"{wrong}" is plain text here', help)
            )

    def _not_found(self, name: str, wanted: str, error: Exception) -> None:
        if wanted in self._unreadable:
            return  # why has been told
        place, line = _last_template_line(error, name)
        folder = wanted.rpartition("/")[0]
        there = [
            f"{folder}/{file}".lstrip("/") for file in self._files.names(f"{_FOLDER}/{folder}")
        ]
        there = [file for file in there if self._files.is_file(f"{_FOLDER}/{file}")]
        help = did_you_mean(wanted, there) or "names count from templates/"
        message = f'there is no file "{wanted}" in templates/'
        self._refuse("template-missing", place, line, message, help, wanted)

    def _refuse(
        self, code: str, name: str, line: int, message: str, help: str = "", word: str = ""
    ) -> None:
        """A fault at the line, and at the column of `word` where it stands in the line."""
        lines = self.sources.get(name, "").split("\n")
        content = lines[line - 1] if 0 < line <= len(lines) else ""
        column = len(content) - len(content.lstrip()) + 1
        if word and (found := re.search(rf"(?<!\w){re.escape(word)}(?!\w)", content)):
            column = found.start() + 1
        self.said.append(Diagnostic(code, Span(f"{_FOLDER}/{name}", line, column), message, help))


class _Environment(jinja2.sandbox.ImmutableSandboxedEnvironment):
    def join_path(self, template: str, parent: str) -> str:
        """`./x` is a file beside the one that names it; other names count from templates/."""
        if template.startswith("./"):
            return parent.rpartition("/")[0] + template[1:]
        return template


def safe(html: str) -> Markup:
    """`html` as a value that Jinja2 does not escape."""
    return Markup(html)  # noqa: S704 - callers give escaped or sanitised HTML


def without_jinja(content: str) -> str:
    """`content` with NUL for each character of Jinja2's tags, the others at their places."""
    return _blank(_JINJA_TAG, content)


def _blank(pattern: re.Pattern[str], content: str) -> str:
    return pattern.sub(lambda found: re.sub(r"[^\n]", "\0", found[0]), content)


def _last_template_line(error: Exception, name: str) -> tuple[str, int]:
    """Where in a template an error arose: Jinja2 puts template lines into the traceback."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.endswith((".html", ".css", ".svg")) and not frame.filename.startswith(
            ("/", "<")
        ):
            return frame.filename, frame.lineno or 1
    return name, 1
