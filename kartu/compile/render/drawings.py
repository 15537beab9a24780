"""Drawn pictures: data in a deck's media/, a template in templates/_shared/pictures/.

`media/garis.svg.yaml` names its template under `picture`; the template gets all of it as `data`.
A note uses the picture as `garis.svg`. A template that uses `night` yields two pictures, one of
them for dark mode.
"""

from __future__ import annotations

from kartu.compile.render.templates import Templates
from kartu.core.diagnostics import Diagnostics, Related, did_you_mean
from kartu.core.language import _
from kartu.core.source import Mapping, Span
from kartu.load.files import Files
from kartu.load.shape import Shape, read_shape
from kartu.load.svg import svg_fault

DATA = ".yaml"
ENDING = ".svg"

_TEMPLATES = "_shared/pictures"


class Drawings:
    """Draws the pictures of one deck. Faults go to `diagnostics`."""

    def __init__(
        self,
        files: Files,
        templates: Templates,
        texts: Mapping,
        language: str,
        diagnostics: Diagnostics,
    ) -> None:
        self._files = files
        self._templates = templates
        self._diagnostics = diagnostics
        self._context = {"texts": texts, "language": language}

    def draw(self, path: str) -> list[bytes] | None:
        """The picture of a data file, and the one for dark mode if it differs."""
        before = self._diagnostics.mark()
        shape = read_shape(self._files, path, _("the picture"), self._diagnostics)
        if shape is None or self._diagnostics.since(before):
            return None
        name = shape.text("picture", required=True)
        if name is None:
            return None
        template = f"{_TEMPLATES}/{name}{ENDING}"
        known = self._templates.names(_TEMPLATES, ENDING)
        if name not in known:
            message = _(
                'there is no picture "{name}" in {folder}',
                name=name,
                folder="templates/" + _TEMPLATES,
            )
            self._diagnostics.add("template-missing", name.span, message, did_you_mean(name, known))
            return None
        inputs = (template, self._context, shape.mapping)
        rendered = self._templates.results.recall(inputs, lambda: self._render(template, shape))
        return None if rendered is None else [one.encode() for one in dict.fromkeys(rendered)]

    def _render(self, template: str, shape: Shape) -> list[str] | None:
        """The pictures for light and dark mode; None, with a diagnostic that refers to the data."""
        before = self._diagnostics.mark()
        context = {**self._context, "data": shape.mapping}
        drawn = [
            self._templates.render(template, **context, night=night) for night in (False, True)
        ]
        rendered = [f"{one}\n" for one in drawn if one is not None]
        fault = next(filter(None, map(svg_fault, rendered)), "")
        if len(rendered) == len(drawn) and fault:
            message = _("the picture is not an SVG that a card can show: {fault}", fault=fault)
            help = _("look at the template, and at the data for characters with a meaning in SVG")
            self._diagnostics.add(
                "bad-drawing", Span(self._templates.path(template)), message, help
            )
        if not self._diagnostics.since(before) and len(rendered) == len(drawn):
            return rendered  # a fault of a template is reported once, with its first picture
        drawn_from = (Related(shape.place, _("drawn from this")),)
        self._diagnostics.change_since(before, lambda one: one._replace(related=drawn_from))
        return None
