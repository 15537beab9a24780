"""Formulas on the page: MathML, which browsers show by themselves, in place of MathJax's TeX.

The only module that imports latex2mathml. Anki's MathJax supports more of TeX, and its spacing
differs a little. A formula that cannot be converted, or all of them without the library, stay TeX.
"""

from __future__ import annotations

import re
from html import unescape

# MathJax skips these elements, and attributes. A match ends before the next one begins, so that
# many unclosed ones take linear time.
_FORMULA = re.compile(
    r"<(script|style|textarea|pre|code)\b(?:(?!<\1\b).)*?</\1\s*>|<[^<>]*>"
    r"|\\\((?P<inline>(?:(?!\\\()[^<])*?)\\\)|\\\[(?P<display>(?:(?!\\\[)[^<])*?)\\\]",
    re.DOTALL | re.IGNORECASE,
)
_MAX_LENGTH = 2000


def has_formula(html: str) -> bool:
    """Whether Anki would display a formula anywhere in it."""
    if "\\(" not in html and "\\[" not in html:
        return False
    return any(found.lastgroup in ("inline", "display") for found in _FORMULA.finditer(html))


def with_formulas(html: str) -> str:
    """Returns `html` with its formulas as MathML, as far as they can be converted."""
    return _FORMULA.sub(_converted, html)


def _converted(found: re.Match[str]) -> str:
    if found.lastgroup not in ("inline", "display"):
        return found[0]
    tex = unescape(found[found.lastgroup])
    mathml = _mathml(tex, found.lastgroup)
    # The library displays a command that it does not know with its backslash.
    return mathml if mathml and "<mi>\\" not in mathml else found[0]


def _mathml(tex: str, display: str) -> str:
    if not tex.strip() or len(tex) > _MAX_LENGTH:
        return ""
    try:
        from latex2mathml.converter import convert_to_element
    except ImportError:
        return ""
    from xml.etree import ElementTree as ET

    try:
        element = convert_to_element(tex, display="block" if display == "display" else "inline")
    except Exception:  # it raises its own exceptions and arbitrary built-in ones
        return ""
    for one in element.iter():
        one.text = unescape(one.text) if one.text else one.text
        one.attrib.pop("href", None)
    return ET.tostring(element, encoding="unicode")
