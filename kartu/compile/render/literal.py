"""Markdown as its author meant it: characters that CommonMark takes for markup are escaped.

CommonMark reads `2*3*4`, `- 5`, `1945. Proclamation` or `[Na+]: 145` as markup and shows something
else. Where the author meant the characters, cards show what was typed; what is ambiguous and would
lose text is reported instead.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from kartu.compile.render.tags import Problem
from kartu.core.patterns import pattern

# A variable with what is done to it.
VARIABLE = r"[A-Za-z][0-9]*(?:[ \t]*[=^]|[ \t]+[-+*/<>][ \t])"

# What begins a line and may be meant as it is. Bullets before words need no look.
_FIRST = (
    r"(?:[ \t>]|[-+*][ \t]+|[0-9]+[.)][ \t]+)*"
    rf"(?:[-+*](?:[ \t]*$|[ \t]+(?:[^a-zA-Z\s*_`]|Rp|(?:US|A|S|HK)\$|{VARIABLE}))|\+[ \t]|>"
    r"|[0-9]+[.)][ \t]*$|#+[ \t]*(?:[0-9#]|$)|[-=]+[ \t]*$|`{3}|~{3})"
)
_AT_START = pattern(_FIRST, re.MULTILINE)
_AT_LINE = pattern(rf"\n{_FIRST}", re.MULTILINE)
_NUMBERS = pattern(r"^[ \t>]*(?:[-+*][ \t]+|1[.)][ \t]+)*([0-9]+)([.)])(?:[ \t]|$)", re.MULTILINE)

# What may be meant as it is within a line: each begins with a character that is quickly found.
_BETWEEN = pattern(r"\*(?<=[0-9A-Za-z)\]]\*)\*?[^\s*]")
_TARGET = pattern(r"\]\((?!https?://)")
_SCHEME = pattern(r"<[a-zA-Z][a-zA-Z0-9+.-]+:")
_MONEY = pattern(r"\$(?:(?<=[0-9A-Za-z]\$)|[0-9])")
_PATH = pattern(r"\\(?:(?<=[A-Za-z]:\\)|\\)")
_BEGINNINGS = "-+*>#=`~ \t0123456789"
_PUNCTUATION = pattern(r"[!-/:-@\[-`{-~]")

# Each round may reveal markup that was hidden before. What needs more is no text of a person.
_MOST_ROUNDS = 8


class Parser(Protocol):
    """What is used of the CommonMark renderer; it counts in bytes of UTF-8."""

    def events_with_range(self, markdown: str, /) -> Any:
        """The events of the text, each with its range."""

    def reference_definitions(self, markdown: str, /) -> Any:
        """The first link definition of each label, with destination and span."""


def may_differ(source: str) -> bool:
    """Whether `source`, which is stripped, may show something else than its author meant.

    Most texts do not, which is found out without reading them as Markdown.
    """
    if source[:1] in _BEGINNINGS or "\n" in source:
        if _AT_START.match(source) or _AT_LINE.search(source):
            return True
        numbers = _NUMBERS.findall(source)
        if numbers != [(str(number), numbers[0][1]) for number in range(1, len(numbers) + 1)]:
            return True
    return (
        ("*" in source and _BETWEEN.search(source) is not None)
        or ("<" in source and _SCHEME.search(source) is not None)
        or ("]" in source and ("]:" in source or _TARGET.search(source) is not None))
        or ("$" in source and _MONEY.search(source) is not None)
        or ("\\" in source and _PATH.search(source) is not None)
        or "~" in source
        or "__" in source
        or ("|" in source and "-" in source)
    )


def as_meant(source: str, parser: Parser) -> tuple[str, list[Problem]]:
    """`source` with the characters escaped that are no markup, and what of it would not be shown.

    Escaping a character changes how the rest is read, so that a second look may find more.
    """
    from kartu.compile.render.commonmark import Look  # few texts need it

    meant = source
    for number in range(_MOST_ROUNDS):
        look = Look(meant, parser)
        if number == 0:
            look.escape_paths()
        if not look.inserted and not look.replaced:
            return meant, look.problems
        meant = look.edited()
    return _PUNCTUATION.sub(r"\\\g<0>", source).replace("\n", "\\\n"), []
