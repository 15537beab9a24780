"""Writes readable YAML: each text in the simplest style that preserves it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kartu.core.text import is_readable

# A plain scalar begins with a character that is not an indicator, and holds none that ends it.
_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=~](?:(?!: | #)[^\n])*")
# Between brackets these end a plain text too: a question mark not for all parsers, and a colon only
# where one of the others follows it.
_FLOW_INDICATORS = re.compile(r"[,?\[\]{}]")
# What YAML parsers of editors do not resolve as a string.
_NOT_A_TEXT = re.compile(
    r"(?:<<|null|true|false|yes|no|on|off|y|n|[-+.0-9][-+.:_0-9a-fx]*|\d{4}-\d\d?-\d\d?.*)",
    re.IGNORECASE,
)
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}

# Of all keys this one holds no text.
_MARK = ("unfinished", "true")


def scalar(text: str, *, flow: bool = False, style: str = "") -> str:
    """Returns a text as a scalar on one line; `flow` means inside brackets.

    `style` is a quote that it is to have where that is possible.
    """
    if style == '"' or not is_readable(text) or (text != text.strip() and style != "'"):
        return '"' + "".join(map(_escaped, text)) + '"'
    if style == "'":
        return "'" + text.replace("'", "''") + "'"
    whole = _PLAIN.fullmatch(text) and not text.endswith(":") and not _NOT_A_TEXT.fullmatch(text)
    if whole and not (flow and _FLOW_INDICATORS.search(text)):
        return text
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def is_taken_otherwise(text: str) -> bool:
    """Whether other programs take a text without quotes for a number, date or the like."""
    return _NOT_A_TEXT.fullmatch(text) is not None


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if is_readable(character):
        return character
    return f"\\u{ord(character):04X}" if ord(character) < 0x10000 else f"\\U{ord(character):08X}"


def entry(key: str, text: str, indent: int) -> str:
    """Returns `key: text` with its line end; several lines as a block scalar where possible."""
    if (key, text) == _MARK:
        return f"{' ' * indent}{key}: {text}\n"
    return f"{' ' * indent}{key}: {block(text, indent) or scalar(text)}\n"


def block(text: str, indent: int) -> str:
    """Returns several lines as a block scalar below a key at `indent`; empty if not possible."""
    lines = text.split("\n")
    whole = all(is_readable(line) and (not line or line.strip()) for line in lines)
    if len(lines) < 2 or not whole or not lines[0] or lines[0][0] == " " or not lines[-1]:
        return ""
    inside = "\n".join(f"{' ' * indent}  {line}" if line else "" for line in lines)
    return f"|-\n{inside}"


def items(texts: Iterable[str]) -> str:
    """Returns a flow sequence on one line."""
    return f"[{', '.join(scalar(text, flow=True) for text in texts)}]"


def pairs(values: Iterable[tuple[str, str]]) -> str:
    """Returns a flow mapping on one line; its values are YAML already."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in values) + "}"
