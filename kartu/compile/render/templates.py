"""The files of templates/: reads, checks and renders them.

`[[= value ]]`, `[[% block %]]` and `[[# comment #]]` are Jinja2's; Anki's `{{Field}}` passes
through untouched. A layout can access only its context and files of templates/. Those that came
with the program are rendered here, others in a process with bounds.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from kartu.compile.render.job import (
    ForeignTemplateError,
    Job,
    RenderError,
    join_path,
    render,
)
from kartu.compile.render.process import Asked
from kartu.compile.render.results import Results
from kartu.compile.render.strangers import Strangers
from kartu.core.diagnostics import Diagnostics, did_you_mean
from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.core.shipped import is_shipped, shipped_templates
from kartu.core.source import Span, place_in
from kartu.load.files import Files

if TYPE_CHECKING:
    from kartu.compile.render.jinja import Renderer
    from kartu.compile.render.topology import Topology

# Path and text of a map by its name; None, with the reason in the diagnostics, if there is none.
ReadMap = Callable[[str, Span], "tuple[str, str] | None"]

_FOLDER = "templates"

_WRONG_DELIMITER = pattern(r"\[\[(?![=%#])|(?<!\[)\[%|\{%")
_RIGHT_DELIMITER = {"[[": "[[= name ]]", "[%": "[[% if name %]]", "{%": "[[% if name %]]"}

_NAMED_FILE = pattern(r"\b(?:include|import|from|extends)\s+[\"']([^\"']+)[\"']")
_SCRIPT = pattern(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
_LONGEST = 200_000
_NUMBERS = count()
_JINJA_TAG = pattern(r"\[\[=.*?\]\]|\[\[%.*?%\]\]|\[\[#.*?#\]\]", re.DOTALL)


def no_map(_name: str, _place: Span) -> None:
    """For templates that draw none."""


class Templates:
    """The files of templates/. Faults go to `diagnostics`; `results` may have earlier results.

    Of several `folders` that have a file, the first one wins. `strangers` renders what is not the
    program's.
    """

    def __init__(
        self,
        files: Files,
        results: Results,
        diagnostics: Diagnostics,
        *,
        folders: tuple[str, ...] = (_FOLDER,),
        strangers: Strangers | None = None,
    ) -> None:
        self.diagnostics = diagnostics
        self.results = results
        self.sources: dict[str, str] = {}
        self._unreadable: set[str] = set()
        self._checked: set[str] = set()
        self._files = files
        self._folders = folders
        self._paths: dict[str, str] = {}
        self._renderer: Renderer | None = None
        self._strangers = strangers or Strangers()
        self._number = next(_NUMBERS)
        self._own: dict[str, bool] = {}
        self._maps: dict[str, Topology | None] = {}
        self._without_tags: dict[str, str | None] = {}  # their text, which needs no Jinja2, or None

    def exists(self, name: str) -> bool:
        return self._files.is_file(self.path(name))

    def path(self, name: str) -> str:
        """The path in the project of the file `name` below templates/, existing or not.

        All files of a note type are looked up in the folder of its note_type.yaml.
        """
        if len(self._folders) == 1:
            return f"{_FOLDER}/{name}"
        if name not in self._paths:
            self._paths[name] = f"{self._folder_of(name)}/{name}"
        return self._paths[name]

    def _folder_of(self, name: str) -> str:
        own = f"{name.partition('/')[0]}/note_type.yaml"
        for folder in self._folders:
            if self._files.is_file(f"{folder}/{name}") or self._files.is_file(f"{folder}/{own}"):
                return folder
        return self._folders[0]

    def names(self, folder: str, ending: str) -> list[str]:
        """The names, without `ending`, of the files directly in a folder below templates/."""
        there = [one for top in self._folders for one in self._files.names(f"{top}/{folder}")]
        names = dict.fromkeys(name.removesuffix(ending) for name in there if name.endswith(ending))
        return [name for name in names if not name.startswith((".", "_", "~"))]

    def read(self, name: str) -> str | None:
        """The unrendered text of the file `name` below templates/."""
        if name not in self.sources:
            path = self.path(name)
            content = self._files.read_text(path, self.diagnostics)
            if content is not None and len(content) > _LONGEST:
                message = _("a template has at most {most} characters", most=_LONGEST)
                self.diagnostics.add("file-too-large", Span(path), message)
                content = None
            if content is None:
                self._unreadable.add(name)
                return None
            self.sources[name] = content
        return self.sources[name]

    def render(self, name: str, **context: Any) -> str | None:
        """The file `name` below templates/ rendered, or None with the reason in `diagnostics`."""
        texts = self.draw(Job(name, context), no_map)
        return texts[0] if texts is not None else None

    def draw(self, job: Job, read_map: ReadMap) -> list[str] | None:
        """What a job asks for, or None with the reason in `diagnostics`."""
        asked = self.ask(job, read_map)
        if asked is not None:
            return self.texts_of(asked)
        if (plain := self._plain(job.name)) is not None:
            return [plain for _more in job.more]
        try:
            return self._render_here(job, read_map)
        except ForeignTemplateError:
            self._own[job.name] = False
            return self.draw(job, read_map)
        except RenderError as error:
            self._report(error)
            return None

    def ask(self, job: Job, read_map: ReadMap) -> Asked | None:
        """The job, on its way to the process of strangers; `texts_of` waits for it.

        None for a template that is rendered here, as `draw` does at once.
        """
        if self._plain(job.name) is not None or self._is_own(job.name):
            return None

        def look_up(question: dict[str, Any]) -> object:
            if "map" in question:
                return read_map(str(question["map"]), Span(*question["place"]))
            return self._load(str(question["template"]))

        return self._strangers.ask(self._number, job, look_up, self.diagnostics)

    def are_awaited(self) -> bool:
        """Whether the process of strangers renders something, so that there is time meanwhile."""
        return self._strangers.is_working()

    def texts_of(self, asked: Asked) -> list[str] | None:
        """What the job asks for, or None with the reason in `diagnostics`."""
        try:
            return self._strangers.texts(asked)
        except RenderError as error:
            self._report(error)
            return None

    def _plain(self, name: str) -> str | None:
        """The text of a template without tags, which needs no Jinja2; None for others."""
        if name not in self._without_tags:
            content = self._load(name) or "[[="
            tagged = any(opening in content for opening in ("[[=", "[[%", "[[#"))
            self._without_tags[name] = None if tagged else content.strip()
        return self._without_tags[name]

    def _render_here(self, job: Job, read_map: ReadMap) -> list[str]:
        """Renders a template of the program; ForeignTemplateError if it needs one of a stranger."""
        from kartu.compile.render.jinja import Renderer  # not needed with earlier results

        if self._renderer is None:
            self._renderer = Renderer(self._load_own)

        def read(name: str, place: Span) -> Topology | None:
            from kartu.compile.render.topology import map_in

            if name not in self._maps:
                there = read_map(name, place)
                if there is not None and not _is_program_s(*there):
                    raise ForeignTemplateError
                self._maps[name] = map_in(*there, self.diagnostics) if there is not None else None
            return self._maps[name]

        return render(job, self._renderer, read, self.diagnostics)

    def _load_own(self, name: str) -> str | None:
        content = self._load(name)
        if content is not None and not self._is_own(name):
            raise ForeignTemplateError
        return content

    def _is_own(self, name: str) -> bool:
        """Whether the file `name` is the program's, whose templates end soon whatever they get."""
        if name not in self._own:
            self._own[name] = _is_program_s(self.path(name), self._load(name))
        return self._own[name]

    def used_by(self, name: str) -> set[str]:
        """The file `name` and all files that it includes, imports or extends."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            one = waiting.pop()
            if one not in found and one in self.sources:
                found.add(one)
                targets = _NAMED_FILE.findall(self.sources[one])
                waiting += [join_path(target, one) for target in targets]
        return found

    def _load(self, name: str) -> str | None:
        if ".." in name.split("/") or name.startswith("/") or not self.exists(name):
            return None
        content = None if name in self._unreadable else self.read(name)
        if content is not None and name not in self._checked:
            self._checked.add(name)
            self._check_delimiters(name, content)
        return content

    def _check_delimiters(self, name: str, content: str) -> None:
        own = _blank(_JINJA_TAG, content)
        if "</script" in own.lower():
            own = _blank(_SCRIPT, own)
        for found in _WRONG_DELIMITER.finditer(own):
            wrong = found[0]
            message = _('"{delimiter}" is plain text here', delimiter=wrong)
            help = _("write {delimiter}", delimiter=_RIGHT_DELIMITER[wrong])
            place = place_in(self.path(name), content, found.start())
            self.diagnostics.add("template-delimiter", place, message, help)

    def _report(self, error: RenderError) -> None:
        """Reports a fault at its line, and at the column of its word if that is in the line."""
        if error.code == "template-missing" and error.word in self._unreadable:
            return  # the reason has been reported
        lines = self.sources.get(error.name, "").split("\n")
        content = lines[error.line - 1] if 0 < error.line <= len(lines) else ""
        column = len(content) - len(content.lstrip()) + 1
        word = re.compile(rf"(?<!\w){re.escape(error.word)}(?!\w)")
        for tag in _JINJA_TAG.finditer(content) if error.word else ():
            if found := word.search(content, *tag.span()):
                column = found.start() + 1
                break
        place = Span(self.path(error.name), error.line, column)
        help = did_you_mean(error.word, error.known)
        if error.code == "template-missing":
            help = did_you_mean(error.word, self._siblings(error.word)) or _(
                "names are relative to templates/"
            )
        self.diagnostics.add(error.code, place, error.message, help)

    def _siblings(self, name: str) -> list[str]:
        """The files in the folder of `name`, if that is in templates/."""
        if ".." in name.split("/") or name.startswith("/"):
            return []
        folder = name.rpartition("/")[0]
        there = (one for top in self._folders for one in self._files.names(f"{top}/{folder}"))
        names = [f"{folder}/{one}".lstrip("/") for one in there]
        return [one for one in names if self.exists(one)]


def may_be_foreign(files: Files) -> bool:
    """Whether the project seems to have a template that is not the program's: of another size."""
    top = str(files.path(_FOLDER))
    for folder, _folders, names in os.walk(top):
        below = os.path.relpath(folder, top)
        for name in names:
            own, shipped = f"{folder}/{name}", f"{shipped_templates()}/{below}/{name}"
            if name.endswith((".html", ".css", ".svg")) and _size(own) != _size(shipped):
                return True
    return False


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return -1


def _is_program_s(path: str, content: str | None) -> bool:
    """Whether a template came with the program, or is a copy of the one at the same place."""
    if is_shipped(path):
        return True
    _above, _folder, name = path.partition(f"{_FOLDER}/")
    try:
        with open(f"{shipped_templates()}/{name}", encoding="utf-8") as file:
            return content == file.read()
    except (OSError, ValueError):
        return False


def without_jinja(content: str) -> str:
    """`content` with each character of Jinja2's tags replaced by NUL, so that offsets stay."""
    return _blank(_JINJA_TAG, content)


def _blank(pattern: re.Pattern[str], content: str) -> str:
    return pattern.sub(lambda found: re.sub(r"[^\n]", "\0", found[0]), content)
