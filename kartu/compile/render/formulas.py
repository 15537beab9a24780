"""Formulas without the commands of MathJax that are no mathematics but HTML.

Anki's MathJax has them on: `\\href` makes a link, also one that runs a script, `\\style`, `\\class`
and `\\cssId` change what is around the formula, `\\require` loads more.
"""

from __future__ import annotations

from kartu.compile.render.tags import Problem
from kartu.core.language import _
from kartu.core.patterns import pattern

_COMMAND = pattern(
    r"\\(?:href|url|style|class|cssId|data|require|mmlToken|html(?:Class|Id|Style|Data))(?![a-zA-Z])"
)
_OPENS = pattern(r"\\[(\[]")
_CLOSES = pattern(r"\\[)\]]")
_CODE = pattern(r"(?s)<(code|pre)\b.*?</\1>")  # MathJax leaves both alone


def safe_formulas(html: str) -> tuple[str, list[Problem]]:
    """Returns the HTML of a value without such commands in formulas, and what was left out."""
    code = [one.span() for one in _CODE.finditer(html)]
    found = [
        one
        for one in _COMMAND.finditer(html)
        if _is_in_formula(html, one.start(), one.end())
        and not any(first <= one.start() < last for first, last in code)
    ]
    for one in reversed(found):
        html = html[: one.start()] + html[_argument_end(html, one.end()) :]
    return html, [_left_out(name) for name in dict.fromkeys(one[0] for one in found)]


def _left_out(command: str) -> Problem:
    message = _("{command} is not allowed in formulas and was left out", command=command)
    help = _("write the formula without it; a link goes next to the formula")
    return Problem("html-removed", message, help, command)


def _is_in_formula(html: str, start: int, end: int) -> bool:
    """Whether a formula is open before `start` or closed after `end`; a card can join fields."""
    opened = max((one.start() for one in _OPENS.finditer(html, 0, start)), default=-1)
    closed = max((one.start() for one in _CLOSES.finditer(html, 0, start)), default=-1)
    if opened != closed:
        return opened > closed
    closes, opens = _CLOSES.search(html, end), _OPENS.search(html, end)
    return closes is not None and (opens is None or closes.start() < opens.start())


def _argument_end(html: str, at: int) -> int:
    """Where the first argument of a command ends; `at` where it has none."""
    begin = at
    while html[begin : begin + 1].isspace():
        begin += 1
    if html[begin : begin + 1] != "{":
        return at
    depth = 0
    for place in range(begin, len(html)):
        depth += {"{": 1, "}": -1}.get(html[place], 0)
        if not depth:
            return place + 1
    return len(html)
