"""Drawn pictures: data in a deck's media/, a template in templates/_shared/pictures/.

`media/garis.svg.yaml` names its template under `picture`; the template gets all of it as `data`.
A note uses the picture as `garis.svg`. A template that uses `night` yields two pictures, one of
them for dark mode. Under `lists` the data may name files of the deck's lists/, which the template
gets by their names. What else a template can call is in pen.py.
"""

from __future__ import annotations

from typing import NamedTuple

from kartu.compile.render.job import Job
from kartu.compile.render.process import Asked
from kartu.compile.render.results import key_of
from kartu.compile.render.templates import Templates
from kartu.core.diagnostics import Diagnostic, Diagnostics, Related, did_you_mean
from kartu.core.language import _
from kartu.core.model import SharedNames
from kartu.core.source import Mapping, Span
from kartu.load.files import Files
from kartu.load.shape import Shape, read_shape
from kartu.load.shared_names import did_you_mean_shared, shared_name
from kartu.load.svg import svg_fault

DATA = ".yaml"
ENDING = ".svg"
LISTS = "lists"

_TEMPLATES = "_shared/pictures"
_MAPS = "_shared/maps"
_MAP = ".json"
_LARGEST_MAP = 2 * 1024 * 1024


class _Begun(NamedTuple):
    """A picture to be drawn, from data at a place: `asked` where a process draws it already.

    `key` is what it depends on; `found` are faults of its template. `drawn` is the picture where it
    was drawn early, empty if that failed.
    """

    key: str
    job: Job
    place: Span
    asked: Asked | None
    found: list[Diagnostic]
    drawn: list[str] | None = None


class Drawings:
    """Draws the pictures of one deck. Faults go to `diagnostics`."""

    def __init__(
        self,
        files: Files,
        templates: Templates,
        texts: Mapping,
        language: str,
        names: SharedNames,
        diagnostics: Diagnostics,
    ) -> None:
        self._files = files
        self._templates = templates
        self._diagnostics = diagnostics
        self._language = language
        self._names = names
        self._context = {"texts": texts, "language": language}
        self._lists: dict[str, Mapping | None] = {}
        self._expected: dict[str, tuple[_Begun | None, list[Diagnostic]]] = {}

    def expect(self, path: str) -> None:
        """Has the picture of a data file drawn while other templates are rendered.

        A process draws it; or it is drawn here, at once if a process renders something else.
        """
        if path not in self._expected:
            before = self._diagnostics.mark()
            begun = self._begin(path)
            if begun is not None and begun.asked is None and self._templates.are_awaited():
                begun = self._drawn_early(begun)
            self._expected[path] = begun, self._diagnostics.take_since(before)

    def draw(self, path: str) -> list[bytes] | None:
        """The picture of a data file, and the one for dark mode if it differs."""
        if path in self._expected:
            begun, found = self._expected.pop(path)
            self._diagnostics.extend(found)
        else:
            begun = self._begin(path)
        if begun is None:
            return None
        rendered = self._templates.results.recall(begun.key, lambda: self._render(begun))
        return None if rendered is None else [one.encode() for one in dict.fromkeys(rendered)]

    def _begin(self, path: str) -> _Begun | None:
        """Reads the data, and has the picture drawn if it is not known; None if they are wrong."""
        before = self._diagnostics.mark()
        shape = read_shape(self._files, path, _("the picture"), self._diagnostics)
        if shape is None or self._diagnostics.since(before):
            return None
        word = shape.text("picture", required=True)
        if word is None:
            return None
        known = self._templates.names(_TEMPLATES, ENDING)
        name = shared_name(word, known, "pictures", self._names)
        if name is None:
            message = _(
                'there is no picture "{name}" in {folder}',
                name=word,
                folder="templates/" + _TEMPLATES,
            )
            help = self._did_you_mean(word, known, "pictures")
            self._diagnostics.add("template-missing", word.span, message, help)
            return None
        template = f"{_TEMPLATES}/{name}{ENDING}"
        lists = self._lists_of(shape, path)
        if self._diagnostics.since(before):
            return None
        key = key_of((template, self._context, shape.mapping, lists))
        context = {**self._context, "data": shape.mapping, "lists": lists}
        modes = ({"night": False}, {"night": True})
        job = Job(template, context, modes, shape.place)
        before = self._diagnostics.mark()
        is_known = self._templates.results.knows(key)
        asked = None if is_known else self._templates.ask(job, self._map_at)
        return _Begun(key, job, shape.place, asked, self._diagnostics.take_since(before))

    def _drawn_early(self, begun: _Begun) -> _Begun:
        """The same with its picture, if that is not known."""
        if self._templates.results.knows(begun.key):
            return begun
        before = self._diagnostics.mark()
        drawn = self._templates.draw(begun.job, self._map_at) or []
        return begun._replace(drawn=drawn, found=begun.found + self._diagnostics.take_since(before))

    def _lists_of(self, shape: Shape, path: str) -> dict[str, Mapping]:
        """The lists that the data name, from lists/ in the folder of their deck."""
        folder = f"{path.rpartition('/media/')[0]}/{LISTS}"
        found = {}
        for name in shape.texts("lists"):
            names = [one.removesuffix(DATA) for one in self._files.names(folder)]
            one = f"{folder}/{name}{DATA}"
            if name not in names:
                message = _('there is no list "{name}" in {folder}', name=name, folder=folder)
                self._diagnostics.add("bad-value", name.span, message, did_you_mean(name, names))
                continue
            if one not in self._lists:
                read = read_shape(self._files, one, _("the list"), self._diagnostics)
                self._lists[one] = read.mapping if read is not None else None
            if (mapping := self._lists[one]) is not None:
                found[str(name)] = mapping
        return found

    def _render(self, begun: _Begun) -> list[str] | None:
        """The pictures for light and dark mode; None, with a diagnostic that refers to the data."""
        before = self._diagnostics.mark()
        self._diagnostics.extend(begun.found)
        drawn = begun.drawn
        if drawn is None and begun.asked is not None:
            drawn = self._templates.texts_of(begun.asked)
        elif drawn is None:
            drawn = self._templates.draw(begun.job, self._map_at)
        rendered = [f"{one}\n" for one in drawn or ()]
        fault = next(filter(None, map(svg_fault, rendered)), "")
        if fault:
            message = _("the picture is not an SVG that a card can show: {fault}", fault=fault)
            help = _("look at the template, and at the data for characters with a meaning in SVG")
            self._diagnostics.add(
                "bad-drawing", Span(self._templates.path(begun.job.name)), message, help
            )
        if rendered and not self._diagnostics.since(before):
            return rendered  # a fault of a template is reported once, with its first picture
        drawn_from = (Related(begun.place, _("drawn from this")),)
        self._diagnostics.change_since(
            before,
            lambda one: (
                one if one.span.path == begun.place.path else one._replace(related=drawn_from)
            ),
        )
        return None

    def _did_you_mean(self, wrong: str, known: list[str], kind: str) -> str:
        return did_you_mean_shared(wrong, known, kind, self._language, self._names)

    def _map_at(self, name: str, place: Span) -> tuple[str, str] | None:
        """Path and text of the map of that name; None, with a diagnostic, if there is none."""
        known = self._templates.names(_MAPS, _MAP)
        file = shared_name(name, known, "maps", self._names)
        if file is None:
            folder = f"templates/{_MAPS}"
            message = _('there is no map "{name}" in {folder}', name=name, folder=folder)
            help = self._did_you_mean(name, known, "maps")
            self._diagnostics.add("template-missing", place, message, help)
            return None
        path = self._templates.path(f"{_MAPS}/{file}{_MAP}")
        content = self._files.read_text(path, self._diagnostics)
        if content is not None and len(content) > _LARGEST_MAP:
            message = _("a map has at most {most} characters", most=_LARGEST_MAP)
            help = _("simplify it: a card shows less")
            self._diagnostics.add("file-too-large", Span(path), message, help)
            return None
        return None if content is None else (path, content)
