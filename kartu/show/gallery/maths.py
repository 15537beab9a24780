"""Formulas on the page: MathML, which browsers show by themselves, in place of MathJax's TeX.

The only module that knows latex2mathml. Anki's MathJax knows more of TeX, and spaces a little
otherwise; a formula that cannot be read, or all of them without the library, stay as they are.
"""

from __future__ import annotations

import re
from html import unescape

# MathJax leaves these elements alone, and attributes. Each is looked for up to the next of its
# kind, so that many that are never closed take no time.
_FORMULA = re.compile(
    r"<(script|style|textarea|pre|code)\b(?:(?!<\1\b).)*?</\1\s*>|<[^<>]*>"
    r"|\\\((?P<inline>(?:(?!\\\()[^<])*?)\\\)|\\\[(?P<display>(?:(?!\\\[)[^<])*?)\\\]",
    re.DOTALL | re.IGNORECASE,
)
_LONGEST = 2000


def has_formula(html: str) -> bool:
    """Whether Anki would show a formula somewhere."""
    if "\\(" not in html and "\\[" not in html:
        return False
    return any(found.lastgroup in ("inline", "display") for found in _FORMULA.finditer(html))


def with_formulas(html: str) -> str:
    """`html` with its formulas as MathML, as far as they can be read."""
    return _FORMULA.sub(_shown, html)


def _shown(found: re.Match[str]) -> str:
    if found.lastgroup not in ("inline", "display"):
        return found[0]
    tex = unescape(found[found.lastgroup])
    made = _mathml(tex, found.lastgroup)
    # A name that the library does not know is shown with its backslash.
    return made if made and "<mi>\\" not in made else found[0]


def _mathml(tex: str, display: str) -> str:
    if not tex.strip() or len(tex) > _LONGEST:
        return ""
    try:
        from latex2mathml.converter import convert_to_element
    except ImportError:
        return ""
    from xml.etree import ElementTree as ET

    try:
        element = convert_to_element(tex, display="block" if display == "display" else "inline")
    except Exception:  # it has errors of its own for each fault, and of Python for others
        return ""
    for one in element.iter():
        one.text = unescape(one.text) if one.text else one.text
        one.attrib.pop("href", None)
    return ET.tostring(element, encoding="unicode")
