"""Markdown to safe HTML.

CommonMark with tables, ~~strike-through~~ and `$maths$`, which becomes Anki's MathJax markup.
HTML inside Markdown is sanitised.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kartu.compile.render.dialects import as_commonmark, may_be_dialect, without_aids
from kartu.compile.render.html import sanitise
from kartu.compile.render.literal import as_meant, may_differ
from kartu.compile.render.tags import Problem, markup
from kartu.core.markdown import parser
from kartu.core.patterns import pattern

# A value that CommonMark leaves unchanged. Most values are like that, and for them the renderer is
# not even loaded; a test checks that it would give the same result.
_NO_MARK = r"[^\\`*_\[\]<>&~$\n\t\r|=]*"
PLAIN = pattern(rf"(?![-+#>=\s]|\d+[.)]){_NO_MARK}(?:=(?!=){_NO_MARK})*")

# Without these, HTML of the renderer has only elements without attributes.
_NEEDS_SANITISER = pattern(r'["&\0\r\xa0]| />')

# A paragraph in which an author's HTML elements are not nested, as is common. Each one is spelled
# out: Python 3.11.2 forgets a group inside a possessive repetition.
_NO_MARKUP = r'[^<>&"\0\r\xa0]'
_ELEMENTS = "|".join(
    f"<{name}>{_NO_MARKUP}*+</{name}>" for name in ("b", "i", "u", "em", "strong", "sub", "sup")
)
_SIMPLE = pattern(rf"<p>(?:{_NO_MARKUP}|{_ELEMENTS})*+</p>\n")

_MATHS = pattern(r'<span class="math math-(inline|display)">(.*?)</span>', re.DOTALL)


_ALIGNED = pattern(r'<(t[hd]) style="text-align: (left|center|right)">')
_COMMENT_IN_MATHS = pattern(r"(?<!\\)%")


class Rendered(NamedTuple):
    """Safe HTML, and what of the source it does not show as written."""

    html: str
    problems: list[Problem]

    def as_json(self) -> list[str | list[str]]:
        """Returns it as a value of JSON, for the results of templates."""
        return [self.html, *map(list, self.problems)]


def is_plain(source: str) -> bool:
    """Whether `render_fully` would return `source` unchanged."""
    return PLAIN.fullmatch(source) is not None


def needs_sanitiser(source: str, unsafe: str) -> bool:
    """Whether sanitising might change `unsafe`, the HTML of `source`."""
    if "<" in source:
        return _SIMPLE.fullmatch(unsafe) is None
    return _NEEDS_SANITISER.search(unsafe) is not None


def render_fully(source: str) -> Rendered:
    """`source`, which is stripped, as safe HTML; a single paragraph without its <p>."""
    source = prepared(source)
    problems: list[Problem] = []
    if may_differ(source):
        source, problems = as_meant(source, parser())
    unsafe = unsafe_html(source)
    safe = unsafe
    if needs_sanitiser(source, unsafe):
        if "<" in source:
            found = markup(unsafe)
            unsafe = found.html
            problems = [*problems, *found.problems()]
        safe = sanitise(unsafe)
    return Rendered(_without_paragraph(safe.strip()), problems)


def prepared(source: str) -> str:
    """`source` with the marks of other programs that cards can show written as CommonMark."""
    return as_commonmark(source, parser()) if may_be_dialect(source) else source


def _without_paragraph(html: str) -> str:
    """The contents of a single paragraph; other HTML unchanged."""
    inside = html[3:-4]
    single = html.startswith("<p>") and html.endswith("</p>") and len(html) >= 7
    return inside if single and "<p>" not in inside and "</p>" not in inside else html


def unsafe_html(source: str) -> str:
    """`source` as HTML, with the author's own elements unchanged."""
    html = parser().html(source)
    if "<table>" in html:
        html = _ALIGNED.sub(r'<\1 align="\2">', html)
    html = without_aids(html)
    return _MATHS.sub(_mathjax, html) if "math" in html else html


def _mathjax(found: re.Match[str]) -> str:
    formula = found[2]
    if "%" in formula:  # to MathJax it begins a comment
        formula = _COMMENT_IN_MATHS.sub(r"\%", formula)
    return rf"\({formula}\)" if found[1] == "inline" else rf"\[{formula}\]"
