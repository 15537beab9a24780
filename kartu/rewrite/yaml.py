"""Writes YAML that people like to read: each text in the plainest form that means just it."""

from __future__ import annotations

import re
from collections.abc import Iterable

# A plain text begins with a sign that opens nothing in YAML, and holds none that ends it.
_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=~](?:(?!: | #)[^\n])*")
# Between brackets these end a plain text too: a question mark not for all parsers, and a colon only
# where one of the others follows it.
_FLOW_SIGNS = re.compile(r"[,?\[\]{}]")
# What an editor's YAML takes for something other than a text.
_NOT_A_TEXT = re.compile(
    r"(?:<<|null|true|false|yes|no|on|off|y|n|[-+.0-9][-+.:_0-9a-fx]*|\d{4}-\d\d?-\d\d?.*)",
    re.IGNORECASE,
)
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def scalar(text: str, *, flow: bool = False) -> str:
    """A text in a line; in `flow` it stands between brackets."""
    if not text.isprintable() or text != text.strip():
        return '"' + "".join(map(_escaped, text)) + '"'
    whole = _PLAIN.fullmatch(text) and not text.endswith(":") and not _NOT_A_TEXT.fullmatch(text)
    if whole and not (flow and _FLOW_SIGNS.search(text)):
        return text
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def _escaped(sign: str) -> str:
    if sign in _SHORT:
        return _SHORT[sign]
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04X}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08X}"


def entry(key: str, text: str, indent: int) -> str:
    """`key: text` with its line end; several lines as a block where that can hold them."""
    lines = text.split("\n")
    spaces = " " * indent
    whole = all(line.isprintable() and (not line or line.strip()) for line in lines)
    if len(lines) < 2 or not whole or not lines[0] or lines[0][0] == " " or not lines[-1]:
        return f"{spaces}{key}: {scalar(text)}\n"
    inside = "".join(f"{spaces}  {line}\n" if line else "\n" for line in lines)
    return f"{spaces}{key}: |-\n{inside}"


def items(texts: Iterable[str]) -> str:
    """A list in a line."""
    return f"[{', '.join(scalar(text, flow=True) for text in texts)}]"


def pairs(values: Iterable[tuple[str, str]]) -> str:
    """A mapping in a line; its values are written already."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in values) + "}"
