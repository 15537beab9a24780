"""Signs that look like YAML's own and are others: “quotes”, long dashes, no-break spaces.

Each rule is a correction. It is the cause of a syntax error if the file can be read beyond the
error once it is applied.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic
from kartu.core.language import N_, _
from kartu.core.patterns import pattern
from kartu.core.source import Span

_SPACES = {
    "\u00a0": N_("a no-break space"),
    "\u202f": N_("a no-break space"),
    "\u3000": N_("a wide space"),
    "\u200b": N_("an invisible space"),
    "\ufeff": N_("an invisible mark"),
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

    The group `sign` is the place; `{character}` in a message is its text, `{line}` in a help the
    corrected line.
    """

    pattern: re.Pattern[str]
    correct: Callable[[re.Match[str]], str]
    message: str
    help: str = N_("write: {line}")


def _spaces(found: re.Match[str]) -> str:
    return "".join(
        "" if one in _INVISIBLE else " " if re.match(f"[{_SPACE}]", one) else one
        for one in found[0]
    )


_RULES = (
    _Rule(
        pattern(rf"^(?:[ -]*)(?P<sign>[{_SPACE}])[ {_SPACE}-]*(?={_NAME}:)"),
        _spaces,
        N_("{character} ({code}) where YAML requires spaces"),
        N_(
            "delete the spaces at the beginning of the line and type them again; text copied from "
            "a web page or a chat often contains such characters"
        ),
    ),
    _Rule(
        pattern(rf"^(?:{_START}{_NAME}:)(?P<sign>[{_SPACE}])[ {_SPACE}]*"),
        _spaces,
        N_("{character} ({code}) after the colon, where YAML requires a space"),
        N_("delete it and type a space"),
    ),
    _Rule(
        pattern(rf"^( *)(?P<sign>[–—−‐‑―•·●▪◦‣∙*+>])[ {_SPACE}]*(?={_NAME}:)"),
        lambda found: f"{found[1]}- ",
        N_("this line begins with {character}, where YAML requires a hyphen and a space"),
    ),
    _Rule(
        pattern(rf"^( *)(?P<sign>-)(?={_NAME}:)"),
        lambda found: f"{found[1]}- ",
        N_("the space after the hyphen is missing"),
    ),
    _Rule(
        pattern(rf"^{_START}({_NAME}) *(?P<sign>[：﹕꞉∶=;]) *"),
        lambda found: f"{found[1]}{found[2]}: ",
        N_('after "{key}" is {character}, where YAML requires a colon and a space'),
    ),
    _Rule(
        pattern(rf"^{_START}({_NAME})(?P<sign>:)(?=[^\s:/])"),
        lambda found: f"{found[1]}{found[2]}: ",
        N_("the space after the colon is missing"),
    ),
    _Rule(
        pattern(rf'^{_START}({_NAME}: +)(?P<sign>[“”„‟«»])([^"]*)[”“»«](?= *$)'),
        lambda found: found[0].translate(_CURLY),
        N_("curly quotes ({character}) are letters to YAML, not quotes around a text"),
        N_("write straight quotes: {line}"),
    ),
    _Rule(
        pattern(rf'^{_START}({_NAME}: +)"([^"]*)(?P<sign>[“”„‟«»])(?= *$)'),
        lambda found: found[0].translate(_CURLY),
        N_('the text begins with the quote " and ends with {character}, which does not close it'),
    ),
    _Rule(
        pattern(r'^([^"]*)(?P<sign>[“”„‟])([^"“”„‟]*)[“”„‟](.*)'),
        lambda found: found[0].translate(_CURLY),
        N_("curly quotes ({character}) are letters to YAML, not quotes around a text"),
        N_('write straight quotes: "'),
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
        "keep the lines that you want, and delete the others and those with <<<<<<<, ======= and "
        ">>>>>>>"
    )
    return Diagnostic(code, place, _("a merge conflict that git left here"), help)


def _diagnostic(rule: _Rule, found: re.Match[str], line: str, at: Span) -> Diagnostic:
    sign = found["sign"]
    place = at._replace(column=found.start("sign") + 1)
    key = found[2] if len(found.groups()) > 2 else ""
    named = sign
    if re.match(f"[{_SPACE}]", sign):
        named = _(_SPACES[sign]) if sign in _SPACES else _("an unusual space")
    code = f"U+{ord(sign):04X}"
    message = _(rule.message, character=named, code=code, key=key)
    line = line.strip()
    shown = line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"
    return Diagnostic("yaml-syntax", place, message, _(rule.help, line=shown))
