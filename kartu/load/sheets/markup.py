"""Cells that are HTML, as Anki exports fields: Markdown that shows the same, and plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kartu.core.diagnostics import Diagnostic
from kartu.core.language import _
from kartu.core.model import FieldType, NoteType
from kartu.core.patterns import pattern
from kartu.core.source import Text, text
from kartu.load.headings import asks_and_answers
from kartu.load.sheets.cells import WITH_MARKUP, Raised
from kartu.load.words import own_fields, word_of

# The formats of fields that are a file alone.
FILES = ("image", "sound")

# Elements within a line; what else begins or ends one is a block.
_INLINE = frozenset(
    (
        *("a", "abbr", "b", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins"),
        *("kbd", "mark", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike"),
        *("strong", "sub", "sup", "tt", "u", "var", "wbr", "br"),
    )
)
# What a field of plain text does without: the words and lines stay the same.
_OF_LINES = frozenset(("br", "div", "p", "span"))
_OF_LOOKS = _OF_LINES | {"b", "big", "em", "font", "i", "small", "strong"}

_TAG = pattern(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_COMMENT = pattern(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PRE = pattern(r"(<pre\b[^<>]*>)((?:(?!<pre\b).)*?)(</pre>)", re.DOTALL | re.IGNORECASE)
_BEGINS_BLOCK = pattern(r"<(?:blockquote|div|dl|h[1-6]|ol|p|table|ul)\b", re.IGNORECASE)
_SPACES = pattern(r"[ \t\n]+")
_LINES = pattern(r"(?:<br ?/?>|</?(?:div|p)\b[^<>]*>)+", re.IGNORECASE)
_NEXT_BLOCK = pattern(r"</(?:div|p)>\s*(?=</?(?:div|p)\b)", re.IGNORECASE)
# What Anki's editor leaves in a field that someone emptied.
_EMPTIED = pattern(r"(?:<br\s*/?>|</?(?:div|p|span|b|i|u)(?:\s[^<>]*)?>|&nbsp;|\s)*", re.IGNORECASE)
# As Anki had formulas before MathJax.
_FORMULA = pattern(r"\[(\$\$?)\]((?:(?!\[\$).)*?)\[/\1\]", re.DOTALL)
_OF_ANKI = pattern(r"\[(?:sound:[^\[\]\n]{1,300}|/?latex)\]")
_SOUND = pattern(r"\[sound:([^\[\]\n]{1,300})\]")
_PICTURE = pattern(r"<img\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_ATTRIBUTE = pattern(r"\b(src|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.IGNORECASE)

# A text that is the same in Markdown and in HTML.
_PLAIN = pattern(r"[^\W_][^\\`*_\[\]<>&~$|=\n\t\xa0]*(?<!\s)")
_NUMBER = pattern(r"\d+[.)]")


class Marked(Raised):
    """A cell of HTML: `marked` is Markdown, `characters` the plain text where that is all.

    `part` is what plain text has not, `file` the picture or sound that the cell is, as cells of
    such fields have it; both are empty where there is none.
    """

    __slots__ = ("file", "part")
    part: str
    file: str

    def fault_in(
        self, field: FieldType | None, note_types: Iterable[NoteType | None]
    ) -> Diagnostic | None:
        """What a field would not show of the cell, which one of these note types may."""
        if "[latex]" in self.marked:
            message = _("[latex] is shown by no card: Anki draws it on the computer that has LaTeX")
            help = _("write the formula between \\( and \\)")
            return Diagnostic("not-text", self.span, message, help)
        shown = field is not None and (field.format in WITH_MARKUP or field.format in FILES)
        if shown or not self.part:
            return None
        message = _("{part}, which this field cannot show", part=self.part)
        help = _("write it in another way, or into a field of the format markdown")
        able = [one for one in note_types if one and asks_and_answers(one) and _is_rich(one)]
        if able:
            name = word_of(able[0], able[0].language)
            help = _("the fields of another note type can: --note-type {name}", name=name)
        return Diagnostic("not-text", self.span, message, help)


def _is_rich(note_type: NoteType) -> bool:
    """Whether everything that the note type requires may have markup."""
    required = [one for one in own_fields(note_type).values() if one.required]
    return bool(required) and all(one.format in WITH_MARKUP for one in required)


def is_emptied(html: str) -> bool:
    """Whether a field shows nothing, whatever Anki's editor left in it."""
    return _EMPTIED.fullmatch(html) is not None


def html_cell(cell: Text) -> Text:
    """Returns a cell of HTML as one of a card set: plain where it is no more than a text."""
    if _PLAIN.fullmatch(cell) and not _NUMBER.match(cell):
        return cell
    if is_emptied(cell):
        return text("", cell.span)
    html = _FORMULA.sub(_as_mathjax, _COMMENT.sub("", cell))
    found = Marked(_plain(html))
    found.span = cell.span
    found.marked, found.part, found.file = _block(html), _part(html), _file(html)
    found.characters = None if found.part else str(found)
    return found


def _as_mathjax(found: re.Match[str]) -> str:
    return rf"\({found[2]}\)" if found[1] == "$" else rf"\[{found[2]}\]"


def _block(html: str) -> str:
    """HTML on one line that Markdown leaves as it is: it begins with the tag of a block."""
    whole = _PRE.sub(lambda found: found[1] + found[2].replace("\n", "&#10;") + found[3], html)
    line = _SPACES.sub(" ", whole).strip()
    if _BEGINS_BLOCK.match(line):
        return line
    blocks = {found[2].lower() for found in _TAG.finditer(line)} - _INLINE
    return f"<div>{line}</div>" if blocks else f"<p>{line}</p>"


def _part(html: str) -> str:
    """The first tag or mark that means more than plain text has; empty if none does."""
    found = _OF_ANKI.search(html)
    tags = (tag for tag in _TAG.finditer(html) if tag[2].lower() not in _OF_LOOKS)
    first = next(tags, None) or found
    return first[0] if first else ""


def _plain(html: str) -> str:
    """The text with its lines."""
    from html import unescape  # its table of entities is large, and rarely needed

    lines = _SPACES.sub(" ", _NEXT_BLOCK.sub("", html))
    lines = _LINES.sub(lambda found: "\n" * max(1, found[0].lower().count("<br")), lines)
    lines = re.sub(r" ?\n ?", "\n", lines)
    return unescape(_TAG.sub("", lines)).replace("\xa0", " ").strip()


def _file(html: str) -> str:
    """`name` or `name | description` of a picture or sound that is all there is."""
    from html import unescape

    if found := _SOUND.fullmatch(html.strip()):
        return unescape(found[1]).strip()
    if not _PICTURE.fullmatch(html.strip()):
        return ""
    values = {
        one[1].lower(): unescape(one[2] or one[3] or one[4] or "")
        for one in _ATTRIBUTE.finditer(html)
    }
    return " | ".join(one for key in ("src", "alt") if (one := values.get(key, "").strip()))


def is_rich(cell: Text) -> bool:
    """Whether a field of plain text would not show all of a cell, be it only what is bold."""
    if not isinstance(cell, Marked):
        return False
    return bool(cell.part) or any(
        tag[2].lower() not in _OF_LINES for tag in _TAG.finditer(cell.marked)
    )
