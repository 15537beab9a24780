"""Pictures that are drawn: data in a deck's media/, a template in templates/_shared/pictures/.

`media/garis.svg.yaml` names its template under `picture`; the template sees all of it as `data`.
A note uses the picture as `garis.svg`. A template that looks at `night` gives two pictures, one
for cards at night.
"""

from __future__ import annotations

from kartu.compile.render.templates import Templates
from kartu.core.diagnostics import Diagnostics, Related, did_you_mean
from kartu.core.source import Mapping, Span
from kartu.load.files import Files
from kartu.load.shape import Shape, read_shape

DATA = ".yaml"
ENDING = ".svg"

_TEMPLATES = "_shared/pictures"
_ROOT = "{http://www.w3.org/2000/svg}svg"


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
        """The picture of a data file, and the one for the night where that is another one."""
        before = self._diagnostics.mark()
        shape = read_shape(self._files, path, "the picture", self._diagnostics)
        if shape is None or self._diagnostics.since(before):
            return None
        name = shape.text("picture", required=True)
        if name is None:
            return None
        template = f"{_TEMPLATES}/{name}{ENDING}"
        known = self._templates.names(_TEMPLATES, ENDING)
        if name not in known:
            message = f'there is no picture "{name}" in templates/{_TEMPLATES}'
            self._diagnostics.add("template-missing", name.span, message, did_you_mean(name, known))
            return None
        inputs = (template, self._context, shape.mapping)
        made = self._templates.results.recall(inputs, lambda: self._made(template, shape))
        return None if made is None else [one.encode() for one in dict.fromkeys(made)]

    def _made(self, template: str, shape: Shape) -> list[str] | None:
        """By day and by night; None with the reason told, and the data named beside it."""
        before = self._diagnostics.mark()
        context = {**self._context, "data": shape.mapping}
        drawn = [
            self._templates.render(template, **context, night=night) for night in (False, True)
        ]
        made = [f"{one}\n" for one in drawn if one is not None]
        if len(made) == len(drawn) and (fault := _fault(made)):
            message = f"the picture is no SVG that a card can show: {fault}"
            help = "look at the template, and at the data for signs that mean something in it"
            self._diagnostics.add(
                "bad-drawing", Span(self._templates.path(template)), message, help
            )
        if not self._diagnostics.since(before) and len(made) == len(drawn):
            return made  # what a template cannot draw is told once, with its first picture
        drawn_from = (Related(shape.place, "drawn from this"),)
        self._diagnostics.change_since(before, lambda one: one._replace(related=drawn_from))
        return None


def _fault(drawn: list[str]) -> str:
    """Why a browser would not show one of them, or nothing."""
    from xml.etree import ElementTree as ET  # decks without drawn pictures do without

    for one in drawn:
        if "<!DOCTYPE" in one:  # its entities could grow without bounds
            return "it has a <!DOCTYPE>, which no drawing needs"
        try:
            root = ET.fromstring(one)  # noqa: S314 - the template's own text, made here
        except ET.ParseError as error:
            return str(error)
        if root.tag != _ROOT:
            return f'it begins with <{root.tag}>, not with <svg xmlns="http://www.w3.org/2000/svg">'
        if "viewBox" not in root.attrib:
            return "its <svg> has no viewBox, so it has no size"
    return ""
