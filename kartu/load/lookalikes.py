"""Signs that look like YAML's own and are others: “quotes”, long dashes, no-break spaces.

Each rule is a correction. It is the cause of a syntax error if the file can be read beyond the
error once it is applied.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.core.source import Span

_SPACES = {
    "\u00a0": "a no-break space",
    "\u202f": "a no-break space",
    "\u3000": "a wide space",
    "\u200b": "an invisible space",
    "\ufeff": "an invisible mark",
}
_SPACE = "\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff"
_INVISIBLE = "\u200b\ufeff"

_START = r"( *(?:- +)?)"
_NAME = r"[A-Za-z_][\w-]*"
_CURLY = str.maketrans("“”„‟«»", '""""""')

_CONFLICT = pattern(r"^(<{7} |={7}$|>{7} |\|{7} )", re.MULTILINE)
_LINES_BEFORE = 2  # in which the cause of an error can be
_LONGEST_SHOWN = 80


class _Rule(NamedTuple):
    """What to look for in a line; what to write in its place; message and help.

    The group `sign` is the place; `{sign}` in a message is its text, `{line}` in a help the
    corrected line.
    """

    pattern: re.Pattern[str]
    correct: Callable[[re.Match[str]], str]
    message: str
    help: str = "write: {line}"


def _spaces(found: re.Match[str]) -> str:
    return "".join(
        "" if one in _INVISIBLE else " " if re.match(f"[{_SPACE}]", one) else one
        for one in found[0]
    )


_RULES = (
    _Rule(
        pattern(rf"^(?:[ -]*)(?P<sign>[{_SPACE}])[ {_SPACE}-]*(?={_NAME}:)"),
        _spaces,
        "{sign} (U+{code:04X}) where YAML wants spaces",
        "delete the spaces at the beginning of the line and type them again; text copied from a web"
        " page or a chat often holds such ones",
    ),
    _Rule(
        pattern(rf"^(?:{_START}{_NAME}:)(?P<sign>[{_SPACE}])[ {_SPACE}]*"),
        _spaces,
        "{sign} (U+{code:04X}) after the colon, where YAML wants a space",
        "delete it and type a space",
    ),
    _Rule(
        pattern(rf"^( *)(?P<sign>[–—−‐‑―•·●▪◦‣∙*+>])[ {_SPACE}]*(?={_NAME}:)"),
        lambda found: f"{found[1]}- ",
        "this line begins with {sign}, where YAML wants a hyphen and a space",
    ),
    _Rule(
        pattern(rf"^( *)(?P<sign>-)(?={_NAME}:)"),
        lambda found: f"{found[1]}- ",
        "the space after the hyphen is missing",
    ),
    _Rule(
        pattern(rf"^{_START}({_NAME}) *(?P<sign>[：﹕꞉∶=;]) *"),
        lambda found: f"{found[1]}{found[2]}: ",
        'after "{key}" is {sign}, where YAML wants a colon and a space',
    ),
    _Rule(
        pattern(rf"^{_START}({_NAME})(?P<sign>:)(?=[^\s:/])"),
        lambda found: f"{found[1]}{found[2]}: ",
        "the space after the colon is missing",
    ),
    _Rule(
        pattern(rf'^{_START}({_NAME}: +)(?P<sign>[“”„‟«»])([^"]*)[”“»«](?= *$)'),
        lambda found: found[0].translate(_CURLY),
        "curly quotes ({sign}) are letters to YAML and hold no text together",
        "write straight quotes: {line}",
    ),
    _Rule(
        pattern(rf'^{_START}({_NAME}: +)"([^"]*)(?P<sign>[“”„‟«»])(?= *$)'),
        lambda found: found[0].translate(_CURLY),
        'the text begins with the quote " and ends with {sign}, which does not close it',
    ),
    _Rule(
        pattern(r'^([^"]*)(?P<sign>[“”„‟])([^"“”„‟]*)[“”„‟](.*)'),
        lambda found: found[0].translate(_CURLY),
        "curly quotes ({sign}) are letters to YAML and hold no text together",
        'write straight quotes, "',
    ),
)


def lookalike(content: str, at: Span, fails_at: Callable[[str], float]) -> Diagnostic | None:
    """The diagnostic for the sign that caused a syntax error at `at`, None for other causes.

    `fails_at` returns the line of the first error of a content, infinity if it can be read.
    """
    if (conflict := merge_conflict(content, at.path, "yaml-syntax")) is not None:
        return conflict
    lines = content.split("\n")
    near = range(max(0, at.line - 1 - _LINES_BEFORE), min(at.line, len(lines)))
    for rule in _RULES:
        for number in near:
            found = rule.pattern.match(lines[number])
            if found is None:
                continue
            corrected = [rule.pattern.sub(rule.correct, line, count=1) for line in lines]
            if fails_at("\n".join(corrected)) > at.line:
                return _diagnostic(rule, found, corrected[number], at._replace(line=number + 1))
    return None


def merge_conflict(content: str, path: str, code: str) -> Diagnostic | None:
    """The diagnostic for the first line by which git marks a conflict in a file."""
    found = _CONFLICT.search(content) if "<<<<<<< " in content else None
    if found is None or ">>>>>>> " not in content:
        return None
    place = Span(path, content.count("\n", 0, found.start()) + 1)
    help = _(
        "keep the lines that you want, and delete the others with <<<<<<<, ======= and >>>>>>>"
    )
    return Diagnostic(code, place, _("a merge conflict that git left here"), help)


def _diagnostic(rule: _Rule, found: re.Match[str], line: str, at: Span) -> Diagnostic:
    sign = found["sign"]
    place = at._replace(column=found.start("sign") + 1)
    key = found[2] if len(found.groups()) > 2 else ""
    named = _SPACES.get(sign, "an unusual space") if re.match(f"[{_SPACE}]", sign) else sign
    message = rule.message.format(sign=named, code=ord(sign), key=key)
    line = line.strip()
    shown = line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"
    return Diagnostic("yaml-syntax", place, message, rule.help.format(line=shown))
