"""All output of the command line: what a stranger wrote never reaches a terminal as a command.

Names, GUIDs, texts of packages and answers of servers are printed with their control characters,
and those that turn the direction of a line, escaped as JSON does, so that JSON stays the same
value. Styles are marked by noncharacters of Unicode until they are printed.
"""

from __future__ import annotations

import re
import sys
from typing import Any

import click

from kartu.core.text import is_readable

_STYLES: dict[str, dict[str, Any]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "info": {"bold": True},
    "help": {"fg": "cyan"},
    "mark": {"fg": "green", "bold": True},
    "fixed": {"fg": "green", "bold": True},
    "added": {"fg": "green"},
    "removed": {"fg": "red"},
    "head": {"bold": True},
    "danger": {"fg": "red", "bold": True},
}
_FIRST = 0xFDD0  # of the 32 noncharacters that text never holds (Unicode, 23.7)
_END = "\ufdef"
_MARKS = {chr(_FIRST + number): style for number, style in enumerate(_STYLES.values())}
_MARKED = re.compile(f"([{''.join(_MARKS)}])([^{_END}]*){_END}")
_KEPT = frozenset(("\t", _END, *_MARKS))
_LINE_END = re.compile(r"\r(?=\n)")


def style(text: str, name: str) -> str:
    """Returns `text` marked with a style, which `echo` shows on a terminal."""
    return f"{chr(_FIRST + [*_STYLES].index(name))}{text}{_END}"


def echo(
    text: str,
    *,
    nl: bool = True,
    err: bool = False,
    color: bool | None = None,
    exact: bool = False,
) -> None:
    """Prints a text of several lines.

    Args:
        exact: For output that a program reads byte by byte, such as a patch: escaped only where a
            terminal shows it.
    """
    stream = sys.stderr if err else sys.stdout
    if not exact or stream.isatty():
        text = readable(text)
    text = _MARKED.sub(lambda found: click.style(found[2], **_MARKS[found[1]]), text)
    click.echo(text, nl=nl, err=err, color=color)


def readable(text: str) -> str:
    """Returns `text` with all escaped that a terminal would obey; lines and tabs stay."""
    lines = _LINE_END.sub("", text).split("\n")
    return "\n".join(line if is_readable(line) else _escaped(line) for line in lines)


def _escaped(line: str) -> str:
    return "".join(one if is_readable(one) or one in _KEPT else _code(one) for one in line)


def _code(character: str) -> str:
    data = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[at : at + 2].hex()}" for at in range(0, len(data), 2))
