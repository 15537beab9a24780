"""Checks on what authors write into texts: formulas that do not work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from kartu.compile.built import BuiltNote
from kartu.compile.render.markdown import prepared, unsafe_html
from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _
from kartu.core.model import FieldType
from kartu.core.source import Node, Text, texts_in
from kartu.review.cards import MAX_LENGTH
from kartu.review.view import View

WITH_MARKDOWN = ("markdown", "list", "table")

_BACKSLASHES = re.compile(r"\\\\")
_DELIMITER = re.compile(r"\\([()\[\]])")
_CLOSES = {"(": ")", "[": "]"}
_ESCAPED = re.compile(r"\\[{}]")
_PAIRS = (("left", "right"), ("begin", "end"))
_CODE_OR_MATHS = re.compile(r"<code>.*?</code>|\\\(.*?\\\)|\\\[.*?\\\]|<[^<>]*>", re.DOTALL)

# A dollar sign before a letter or a command begins a formula; "US$ 5" and "$5" are money.
_DOLLAR = re.compile(r"(?<![\w$])\$(?=[A-Za-z\\({])")
_DISPLAYED = re.compile(r"^\s*\$\$(?=\s*[A-Za-z0-9\\({])", re.MULTILINE)
_TEX_IN_MARKDOWN = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_MATHS_CHARACTER = re.compile(r"[\\^_=+]|\d\s*[-*/]")


def check_maths(view: View, diagnostics: Diagnostics) -> None:
    """Reports formulas that are not closed or whose braces are not: students see their source."""
    for note in view.deck.notes:
        for field, value, shown in own_fields(note):
            if "\\" in shown and (fault := _formula_fault(unescape(shown))):
                diagnostics.append(_maths_fault(value, fault))
            elif field.format in WITH_MARKDOWN:
                for text in texts_in(value):
                    if ("$" in text or "\\" in text) and (fault := _dollar_fault(text)):
                        diagnostics.append(_maths_fault(text, fault))


def _maths_fault(value: Node, fault: str) -> Diagnostic:
    help = _(
        "write a formula as $…$ with its braces in pairs; write a dollar sign that is money as \\$"
    )
    return Diagnostic("maths-unbalanced", value.span, fault, help)


def _formula_fault(shown: str) -> str:
    """Describes what is wrong with the formulas of a field as Anki's MathJax reads it."""
    shown = _BACKSLASHES.sub("  ", shown)
    begin: re.Match[str] | None = None
    for mark in _DELIMITER.finditer(shown):
        delimiter = mark[1]
        if begin is None:
            if delimiter not in _CLOSES:
                return _("\\{delimiter} closes no formula", delimiter=delimiter)
            begin = mark
        elif delimiter == _CLOSES[begin[1]]:
            if fault := _braces_fault(shown[begin.end() : mark.start()]):
                return fault
            begin = None
        elif delimiter in _CLOSES:
            return _("\\{delimiter} within a formula", delimiter=delimiter)
    return (
        _("\\{delimiter} begins a formula that is never closed", delimiter=begin[1])
        if begin is not None
        else ""
    )


def _braces_fault(formula: str) -> str:
    braces = _ESCAPED.sub("", formula)
    if braces.count("{") != braces.count("}"):
        return _("the braces of the formula {formula} are not in pairs", formula=formula.strip())
    for opening, closing in _PAIRS:
        found = [len(re.findall(rf"\\{word}(?![A-Za-z])", formula)) for word in (opening, closing)]
        if found[0] != found[1]:
            return _(
                "\\{opening} and \\{closing} of the formula {formula} are not in pairs",
                opening=opening,
                closing=closing,
                formula=formula.strip(),
            )
    return ""


def _dollar_fault(text: Text) -> str:
    """Describes what was meant as a formula in a Markdown text but is not one."""
    if text.startswith(("<p>", "<div>")) and "\n" not in text:
        return ""  # HTML, in which no sign is one of Markdown
    written = _TEX_IN_MARKDOWN.search(text)
    if written and _MATHS_CHARACTER.search(written[1] or written[2]):
        return _(
            "Markdown takes {written} for a bracket: the formula shows its source",
            written=written[0][:2],
        )
    plain = text.replace(r"\$", "")
    if "$" in plain:
        shown = _CODE_OR_MATHS.sub(" ", unsafe_html(prepared(plain.strip())))
        if _DOLLAR.search(shown):
            return _("a $ begins a formula that is not closed, or whose braces are not in pairs")
        if "$$" in shown and _DISPLAYED.search(shown):
            return _("a $$ begins a formula that is not closed")
    return ""


def own_fields(note: BuiltNote) -> Iterator[tuple[FieldType, Node, str]]:
    """Yields declaration, value and HTML of a note's fields that are not overlong."""
    for field, shown in zip(note.note_type.fields, note.fields, strict=True):
        if 0 < len(shown) <= MAX_LENGTH and field.declared is not None:
            value = note.source.values.get(field.declared.key)
            if value is not None:
                yield field.declared, value, shown
