"""Reads a note's values into what the templates of their formats show."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kartu.compile.render import html, markdown
from kartu.compile.render.decimals import divided_number
from kartu.compile.render.field_templates import Content, FieldTemplates
from kartu.compile.render.formulas import safe_formulas
from kartu.compile.render.links import link_faults
from kartu.compile.render.markup import safe
from kartu.compile.render.media import IMAGES, SOUNDS, Media, may_name_files
from kartu.compile.render.results import Results
from kartu.compile.render.tags import Problem
from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _, current
from kartu.core.patterns import pattern
from kartu.core.source import Node, Sequence, Span, Text, kind_name, place_of

# A Markdown picture; one with a title or a size stays as its author wrote it.
_PICTURE = pattern(r'<img src="([^"]*)" alt="([^"]*)">')


class WrongShapeError(Exception):
    """A value of a type that its format does not accept."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class Values:
    """Reads the values of one deck's notes. Faults go to `diagnostics`.

    A picture with a version for dark mode is shown by the template of images, whatever the format.
    """

    def __init__(
        self, templates: FieldTemplates, results: Results, media: Media, diagnostics: Diagnostics
    ) -> None:
        self._templates = templates
        self._results = results
        self._media = media
        self._diagnostics = diagnostics
        self._readers: dict[str, Callable[[Node], Content]] = {
            "text": self._text,
            "markdown": self._markdown,
            "html": self._html,
            "list": self._list,
            "table": self._table,
            "image": self._image,
            "sound": self._sound,
        }

    def read(self, format: str, value: Node) -> Content:
        """What the template of the format shows. Raises WrongShapeError."""
        return self._readers[format](value)

    def _text(self, value: Node) -> str:
        if not isinstance(value, Text):
            raise wrong_shape(value, _("a text"), _("write it as one text"))
        return self._safe_formulas(html.escape(value.strip()).replace("\n", "<br>"), value)

    def _markdown(self, value: Node) -> str:
        if not isinstance(value, Text):
            raise wrong_shape(value, _("a text"), _("write it as one text, or after | as lines"))
        return self._inline(value)

    def _html(self, value: Node) -> str:
        if not isinstance(value, Text):
            raise wrong_shape(value, _("a text"), _("write it as one text, or after | as lines"))
        shown, problems = html.cleaned(value.strip())
        self._report(problems, value)
        return self._with_targets(self._safe_formulas(html.inert(shown), value), value)

    def _list(self, value: Node) -> dict[str, Any]:
        if not isinstance(value, Sequence):
            raise wrong_shape(value, _("a list"), _('write lines that begin with "- "'))
        return {"items": self._cells(value, _("a text as an item of the list"))}

    def _table(self, value: Node) -> dict[str, Any]:
        if not isinstance(value, Sequence):
            help = _("write each row as - [one, two]; the first row is the heading row")
            raise wrong_shape(value, _("a list of rows"), help)
        rows: list[list[Any]] = []
        for row in value:
            if not isinstance(row, Sequence):
                raise wrong_shape(row, _("a row"), _("write it as - [one, two]"))
            cells = self._cells(row, _("a text as a cell of the table"))
            if rows and len(cells) != len(rows[0]):
                message = _(
                    "this row has {cells} cells, the first one has {expected}",
                    cells=len(cells),
                    expected=len(rows[0]),
                )
                raise WrongShapeError(Diagnostic("bad-table", row.span, message))
            rows.append(cells)
        return {"head": rows[0], "rows": rows[1:]}

    def _cells(self, values: Sequence, wanted: str) -> list[Any]:
        cells = []
        if divided := divided_number(values):
            self._diagnostics.append(divided)
        for value in values:
            if not isinstance(value, Text):
                raise wrong_shape(value, wanted, _("write it as one text"))
            cells.append(safe(self._inline(value)))
        return cells

    def _image(self, value: Node) -> dict[str, Any]:
        """A file name, or a mapping of file, alt and caption."""
        parts = {"file": value} if isinstance(value, Text) else value
        if not isinstance(parts, dict) or not isinstance(parts.get("file"), Text):
            help = _("write {file: name.png, alt: what is to be seen}")
            raise wrong_shape(value, _("a picture"), help)
        for key, part in parts.items():
            if key not in ("file", "alt", "caption") or not isinstance(part, Text):
                place = key.span if isinstance(key, Text) else value.span
                raise wrong_shape(part, _("a text under file, alt or caption"), "", place)
        texts = {key: str(part).strip() for key, part in parts.items()}
        if not texts["file"]:
            raise WrongShapeError(
                Diagnostic(
                    "missing-key", parts["file"].span, _('"file" has no value'), _("name a picture")
                )
            )
        source = self._media.pack(texts["file"], IMAGES, parts["file"].span)
        alt = safe(html.attribute(texts.get("alt", "")))
        night = self._media.pack_night(source)
        caption = escaped(texts.get("caption", ""))
        return {"src": source, "night": night, "alt": alt, "caption": caption}

    def _sound(self, value: Node) -> str:
        if not isinstance(value, Text):
            raise wrong_shape(value, _("the name of a sound file"), _("write it as one text"))
        return f"[sound:{self._media.pack(value.strip(), SOUNDS, value.span)}]"

    def _inline(self, value: Text) -> str:
        source = value.strip()
        if "<" not in source and "*" not in source and markdown.is_plain(source):
            return str(source)
        if self._results.lasting:  # then the renderer may not be needed
            rendered = self._results.recall(
                f"markdown {current()} {source}", lambda: markdown.render_fully(source).as_json()
            )
            shown, problems = "", []
            if rendered is not None:
                shown = str(rendered[0])
                problems = [Problem(*one) for one in rendered[1:]]
        else:
            shown, problems = markdown.render_fully(source)
        if problems:
            self._report(problems, value)
        shown = self._with_targets(self._safe_formulas(html.inert(shown), value), value)
        return self._with_dark_versions(shown) if "<img" in shown else shown

    def _safe_formulas(self, shown: str, value: Text) -> str:
        if "\\" in shown:
            shown, problems = safe_formulas(shown)
            self._report(problems, value)
        return shown

    def _with_targets(self, shown: str, value: Text) -> str:
        """`shown` with its files packed, and its links checked."""
        if "<a" in shown:
            for address, fault in link_faults(shown):
                help = _("write the whole address: [text](https://example.org/page)")
                self._diagnostics.add("bad-link", place_of(value, address), fault, help)
        if may_name_files(shown):
            return self._media.pack_references(shown, value)
        return shown

    def _with_dark_versions(self, shown: str) -> str:
        """Replaces pictures with a dark-mode version by what the image format renders."""

        def both(found: re.Match[str]) -> str:
            night = self._media.pack_night(found[1])
            if not night:
                return found[0]
            content = {"src": found[1], "night": night, "alt": safe(found[2]), "caption": ""}
            return self._templates.fill("image", content).strip()

        return _PICTURE.sub(both, shown)

    def _report(self, problems: list[Problem], value: Text) -> None:
        self._diagnostics.extend(
            Diagnostic(one.code, place_of(value, one.part), one.message, one.help)
            for one in problems
        )


def wrong_shape(node: Node, wanted: str, help: str, place: Span | None = None) -> WrongShapeError:
    """The fault of a value of another type than wanted."""
    message = _("{wanted} is expected here, not {found}", wanted=wanted, found=kind_name(node))
    return WrongShapeError(Diagnostic("wrong-shape", place or node.span, message, help))


def escaped(value: str) -> str:
    """Plain text, escaped for use in a template, without what no formula has."""
    return safe(safe_formulas(html.escape(value))[0])
