"""Texts that YAML reads with less than was written: cut at a #, an anchor, lines that are joined.

All of them are readable YAML, which somebody may have meant: warnings.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.core.source import Span, Text

CODE = "text-cut"

# A comment right after a text that is not set off as one: # with a letter, digit or other mark.
_COMMENT = pattern(r"[ \t]+(#(?!#*[ \t]|kartu:)[^\n]*)")
_HEADER = pattern(r"(?:[&!]\S*[ \t]+)*[|>][-+0-9]*")

# Lines that are meant as items, or as the next key.
_ITEM = pattern(r"(?:[-*+•–—] +|\d{1,2}[.)] +)\S")
_KEY = pattern(r"[a-z_][\w-]*:[^\s/:]")

_LONGEST_QUOTED = 60


class Written(NamedTuple):
    """A text in the source: where it begins and ends, the quote or | or > before it, its value.

    `after` is the end of its key, 0 where it has none.
    """

    after: int
    start: int
    end: int
    style: str
    value: str
    place: Span


def may_be_cut(content: str) -> bool:
    """Whether a text of a file may be cut by a comment."""
    return " #" in content or "\t#" in content


def check_whole(
    event: Any, value: Text, after: int, content: str, diagnostics: Diagnostics
) -> None:
    """Reports a text with less, or with other lines, than was written; `after` as in Written."""
    start, end, style = event.start_mark.index, event.end_mark.index, event.style or ""
    text = Written(after, start, end, style, value, value.span)
    check_cut(text, content, diagnostics)
    if style in ("|", ">"):
        check_block(text, content, diagnostics)
    if style != "|" and "\n" in content[start:end]:
        check_joined(text, content, diagnostics)


def check_cut(text: Written, content: str, diagnostics: Diagnostics) -> None:
    """Reports a text that ends where a comment begins which was perhaps meant as text."""
    end = text.end
    if text.style in ("|", ">"):
        header = _HEADER.match(content, text.start)
        end = header.end() if header else end
    found = _COMMENT.match(content, end)
    if found is None:
        _check_cut_before(text, content, diagnostics)
        return
    comment = found[1].rstrip()
    shown = _shown(comment)
    message = _("the text ends before the #: {comment} is a comment to YAML", comment=shown)
    if text.style in ("|", ">"):
        message = _(
            "{comment} is a comment to YAML: the text begins on the next line", comment=shown
        )
    elif not text.value:
        message = _("there is no text before the #: {comment} is a comment to YAML", comment=shown)
    help = _("put all of it in quotes; a comment has a space after its #")
    if text.style not in ("|", ">"):
        whole = content[text.end : found.start(1)].join((text.value, comment))
        help = _(
            "put all of it in quotes: {content}; a comment has a space after its #",
            content=_whole(whole.strip()),
        )
    diagnostics.append(Diagnostic(CODE, _place(text, content, found.start(1)), message, help))


def _check_cut_before(text: Written, content: str, diagnostics: Diagnostics) -> None:
    """Reports a comment between a key and a text in the lines below it."""
    end = content.find("\n", text.after, text.start)
    found = _COMMENT.search(content, text.after, end) if end > 0 and text.after else None
    around = content[text.after : found.start()] + content[end : text.start] if found else ""
    if found is not None and around.strip() == ":":
        message = _(
            "{comment} is a comment to YAML: the text begins below it",
            comment=_shown(found[1].rstrip()),
        )
        help = _("put all of it in quotes; a comment has a space after its #")
        diagnostics.append(Diagnostic(CODE, _place(text, content, found.start(1)), message, help))


def _place(text: Written, content: str, offset: int) -> Span:
    """The place of an offset in the text, or around it."""
    lines = content.count("\n", text.start, offset) - content.count("\n", offset, text.start)
    column = offset - content.rfind("\n", 0, offset)
    return text.place._replace(line=text.place.line + lines, column=column)


def check_block(text: Written, content: str, diagnostics: Diagnostics) -> None:
    """Reports | or > without a text below it, as in `suhu: >5`."""
    header = _HEADER.match(content, text.start)
    if text.value.strip() or header is None:
        return
    message = _("{mark} begins a text on the lines below it, and there is none", mark=header[0])
    help = _(
        'write it there, further in than its key; put "{mark}" in quotes if it is the text',
        mark=header[0],
    )
    diagnostics.append(Diagnostic(CODE, text.place, message, help))


def check_joined(text: Written, content: str, diagnostics: Diagnostics) -> None:
    """Reports a text over several lines, which YAML joins, where they look like items or keys."""
    first, *others = content[text.start : text.end].split("\n")
    lines = [(number, line.strip()) for number, line in enumerate(others, 1) if line.strip()]
    items = [number for number, line in lines if _ITEM.match(line)]
    keys = [number for number, line in lines if _KEY.match(line) and not text.style]
    several = len(items) + (1 if _ITEM.match(first) else 0) > 1
    if not several and (len(lines) > 1 or content.find("– ", text.start, text.end) >= 0):
        items = []
    if not (items or keys):
        return
    number = (items or keys)[0]
    line = others[number - 1]
    place = text.place._replace(line=text.place.line + number)
    place = place._replace(column=len(line) - len(line.lstrip()) + 1)
    message = _("this line is joined to the text above it, with a space between")
    help = _('write | after the key, and the text below it, so that its lines stay apart: "key: |"')
    if keys and not items:
        help = _("if it is a key, put a space after its colon and begin it below the other keys")
    elif first.strip() in (">", ">-"):
        help = _("write | in place of >: then the lines stay apart")
    diagnostics.append(Diagnostic("lines-joined", place, message, help))


def unused_anchor(name: str, value: str, place: Span) -> Diagnostic:
    """The warning for a text that begins with an anchor to which no alias refers."""
    message = _(
        '"&{name}" is not shown: at the beginning of a text it is an anchor to YAML', name=name
    )
    whole = f"&{name} {value}".rstrip()
    return Diagnostic(
        CODE, place, message, _("put all of it in quotes: {content}", content=_whole(whole))
    )


def add_with_cause(fault: Diagnostic, diagnostics: Diagnostics) -> None:
    """Adds the fault at which reading ends; a text that was cut right before it is its cause."""
    cuts = [one for one in diagnostics if one.code == CODE]
    if cuts and fault.span.line - 2 <= cuts[-1].span.line <= fault.span.line:
        diagnostics.remove(cuts[-1])
        fault = cuts[-1]._replace(code=fault.code)
    diagnostics.append(fault)


def _shown(text: str) -> str:
    text = text if len(text) <= _LONGEST_QUOTED else f"{text[:_LONGEST_QUOTED]}…"
    return f'"{text}"'


def _whole(text: str) -> str:
    """The text in quotes; of a long one the middle is left out."""
    if len(text) > _LONGEST_QUOTED:
        half = _LONGEST_QUOTED // 2
        text = f"{text[:half].rstrip()} … {text[-half:].lstrip()}"
    return quoted(text)


def quoted(text: str) -> str:
    """The text in the quotes that YAML needs."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"
