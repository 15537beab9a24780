"""Markdown as other programs write it, rewritten so that CommonMark shows what is meant.

Anki's older formulas, Obsidian's pictures, file names with spaces, ==highlights==, emphasis next
to scripts without spaces between words, and formulas with empty lines.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

from kartu.compile.render.html import attribute
from kartu.compile.render.literal import Parser
from kartu.compile.render.media import IMAGES, SOUNDS
from kartu.core.patterns import pattern

# A noncharacter that CommonMark takes for a letter; it is removed from the HTML.
_AID = "\ufdd0"
_AID_IN_ADDRESS = "%EF%B7%90"

_MARK = pattern(r"\*|~~|==|!\[|\$\$|\[\$\]")

_ENDINGS = "|".join(sorted(IMAGES | SOUNDS))
# ![[name.png]], ![[name.png|300]], ![[name.png|description|300x200]]
_EMBED = pattern(
    rf"!\[\[(?P<name>[^\[\]\n|#<>]*?\.(?:{_ENDINGS}))[ \t]*(?:#[^\[\]\n|]*)?"
    r"(?P<settings>(?:\\?\|[^\[\]\n|]*)*)\]\]",
    re.IGNORECASE,
)
# ![description](name with spaces.png "title"), ![description|300](name.png), ![…](name.png =300x)
_IMAGE = pattern(
    r"!\[(?P<alt>[^\[\]\n]*)\]\([ \t]*(?:<(?P<quoted>[^<>\n]+)>"
    rf"|(?P<name>[^\s<>](?:(?!\]\()[^<>\n]){{0,300}}?\.(?:{_ENDINGS})))"
    r"(?P<title>[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'))?"
    r"(?P<size>[ \t]+=[0-9]{0,4}x[0-9]{0,4})?[ \t]*\)",
    re.IGNORECASE,
)
_SIZE = pattern(r"([0-9]{1,4})?(?:x([0-9]{1,4})?)?")
_BAR = pattern(r"\\?\|")
_SPACE = pattern(r"\s")

# What may come before a highlight and after it, but for scripts without spaces: no letter, no
# operand of a comparison.
_HIGHLIGHT = pattern(r"(?<![=\\])==(?![=\s])((?:(?!==)[^\n])+?)(?<![\s\\])==(?!=)")

_RUN = pattern(r"(?<![*\\])\*{1,3}(?!\*)|(?<![~\\])~~(?!~)")
_OPAQUE = frozenset(("Code", "InlineMath", "DisplayMath", "Html", "InlineHtml"))
_CLOSERS = ",.;:!?…、。，．：；！？"  # these end what is before them
_DISPLAYED = pattern(r"^(?P<quote>[ \t>]*)\$\$(?:(?!\$\$).)*\$\$[ \t]*$", re.MULTILINE | re.DOTALL)
# [$]formula[/$] and [$$]formula[/$$], as Anki had them before MathJax.
_LATEX = pattern(r"\[(?P<mark>\$\$?)\](?P<formula>(?:(?!\[/?\$).)+)\[/(?P=mark)\]", re.DOTALL)
_EMPTY_LINES = pattern(r"\n(?:[ \t>]*\n)+")
# The beginning of a line that CommonMark takes for that of a list, heading, quotation or rule.
_BLOCK_START = pattern(
    r"\n[ \t]*(?=(?:[-+*>=]|\#|[0-9]+[.)])(?:[ \t\n]|$)|(?:[-=*_][ \t]*){2,}$)", re.MULTILINE
)

# Scripts that put words or particles next to each other without a space, by code points; what is
# full-width is among them.
_WITHOUT_SPACES = (
    *((0x0590, 0x08FF), (0x0E00, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF)),
    *((0x2E80, 0xA4CF), (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F)),
    *((0xFF00, 0xFFEF), (0x20000, 0x3FFFF)),
)


Edit = tuple[int, int, str]


def may_be_dialect(source: str) -> bool:
    """Whether `as_commonmark` may change `source`."""
    return _MARK.search(source) is not None


def as_commonmark(source: str, parser: Parser) -> str:
    """`source` in the marks of CommonMark; those in code, formulas and HTML stay.

    The HTML that is made of the result needs `without_aids`.
    """
    if _AID in source:
        return source
    for find in (_latex, _formulas, _pictures, _highlights):
        edits = sorted(find(source))
        if edits:
            source = _edited(source, edits, _opaque(source, parser))
    return _edited(source, list(_flanks(source)), [])


def without_aids(html: str) -> str:
    """`html` without what `as_commonmark` put into its source for the renderer alone."""
    return html.replace(_AID, "").replace(_AID_IN_ADDRESS, "")


def _edited(source: str, edits: list[Edit], opaque: list[tuple[int, int]]) -> str:
    """`source` with the edits that neither begin nor end within an opaque range."""
    parts, position = [], 0
    starts = [first for first, _ in opaque]

    def is_inside(place: int) -> bool:
        number = bisect_right(starts, place) - 1
        return number >= 0 and place < opaque[number][1]

    for start, end, new in edits:
        if start == end or not (is_inside(start) or is_inside(end - 1)):
            parts += [source[position:start], new]
            position = end
    return "".join((*parts, source[position:]))


def _opaque(source: str, parser: Parser) -> list[tuple[int, int]]:
    """The ranges of code, formulas and HTML."""
    found = []
    data = source.encode()
    read = place = 0  # how many bytes and characters precede the event
    for event, span in parser.events_with_range(source):
        if type(event) is not dict:
            continue
        ((kind, what),) = event.items()
        if kind in _OPAQUE or (kind == "Start" and type(what) is dict and "CodeBlock" in what):
            start, end = span["start"], span["end"]
            place += len(data[read:start].decode())
            read = start
            found.append((place, place + len(data[start:end].decode())))
    return found


def _latex(source: str) -> Iterator[Edit]:
    """Writes Anki's older marks of formulas as those of Markdown."""
    for found in _LATEX.finditer(source) if "[$" in source else ():
        mark, formula = found["mark"], found["formula"].strip()
        if formula and (mark == "$$" or "\n\n" not in formula):
            yield (*found.span(), f"{mark}{formula}{mark}")


def _formulas(source: str) -> Iterator[Edit]:
    """Takes out of displayed formulas what CommonMark takes for the end of a paragraph.

    Those are empty lines, and lines that begin with a plus or minus.
    """
    if "$$" in source and "\n" in source:
        for found in _DISPLAYED.finditer(source):
            joined = _EMPTY_LINES.sub("\n", found[0])
            if ">" not in found["quote"]:
                joined = _BLOCK_START.sub(" ", joined)
            if joined != found[0]:
                yield (*found.span(), joined)


def _pictures(source: str) -> Iterator[Edit]:
    """Writes pictures as CommonMark or HTML does; sounds as Anki does."""
    if "![" not in source:
        return
    for found in _EMBED.finditer(source):
        name, settings = found["name"].strip(), _BAR.split(found["settings"])[1:]
        size = settings.pop() if settings and _is_size(settings[-1]) else ""
        if name.rpartition(".")[2].lower() in SOUNDS:
            yield (*found.span(), f"[sound:{name}]")
        else:
            yield (*found.span(), _picture(name, " ".join(settings).strip(), size))
    for found in _IMAGE.finditer(source):
        name = found["quoted"] or found["name"]
        alt, size = found["alt"], (found["size"] or "").strip(" \t=")
        parts = _BAR.split(alt)
        if not size and len(parts) > 1 and _is_size(parts[-1]):
            alt, size = "|".join(parts[:-1]), parts[-1]
        if size or (not found["quoted"] and _SPACE.search(name)):
            yield (*found.span(), _picture(name, alt, size, found["title"] or ""))


def _is_size(setting: str) -> bool:
    return bool(setting.strip()) and _SIZE.fullmatch(setting.strip()) is not None


def _picture(name: str, alt: str, size: str, title: str = "") -> str:
    if not size:
        return f"![{alt}](<{name}>{title})"
    sides = _SIZE.fullmatch(size.strip())
    given = {"src": name, "alt": alt, "title": title.strip()[1:-1]}
    given |= dict(zip(("width", "height"), sides.groups(""), strict=True)) if sides else {}
    attributes = (f' {key}="{attribute(value)}"' for key, value in given.items() if value)
    return f"{_AID}<img{''.join(attributes)}>"  # with HTML alone a line would be no Markdown


def _highlights(source: str) -> Iterator[Edit]:
    """Shows ==highlights== as such, but no comparisons: those are next to what they compare."""
    for found in _HIGHLIGHT.finditer(source) if "==" in source else ():
        before, after = _around(source, found)
        first, last = found[1][0], found[1][-1]
        alone = _may_border(before, "Ps") and _may_border(after, "Pe", _CLOSERS)
        if alone and _kind(first) != "Pe" and _kind(last) != "Ps" and first not in "\"'":
            yield (*found.span(), f"<mark>{found[1]}</mark>")


def _may_border(character: str, kind: str, others: str = "") -> bool:
    """Whether a highlight may be next to the character (none: the text's beginning or end)."""
    if not character or character.isspace() or character in f"*_~|>-–—/:{others}":
        return True
    return _kind(character) == kind or _is_without_spaces(character)


def _flanks(source: str) -> Iterator[Edit]:
    """Lets `**重要（注意）**です` be bold: CommonMark looks for spaces that the script has not.

    To it, emphasis that begins or ends with punctuation begins and ends only at spaces or other
    punctuation. A character that is taken for a letter, between the mark and the punctuation, says
    otherwise. https://github.com/tats-u/markdown-cjk-friendly describes the problem.
    """
    opened: dict[str, int] = {}
    for run in _RUN.finditer(source):
        mark, (before, after) = run[0], _around(source, run)
        is_attached = _is_without_spaces(before + after)
        if _is_mark(before) and _is_letter(after) and _kind(before) not in ("Ps", "Pi"):
            if is_attached or _ends_word(source, opened, run):
                yield run.start(), run.start(), _AID
        elif is_attached and _is_letter(before) and _is_opening(after):
            yield run.end(), run.end(), _AID
        if mark in opened:
            del opened[mark]
        elif (not before or before.isspace()) and after.strip():
            opened[mark] = run.end()


def _ends_word(source: str, opened: dict[str, int], run: re.Match[str]) -> bool:
    """Whether a suffix follows what is emphasised: `**PBB (…)**nya`, but not `a**(b)**c`."""
    start = opened.get(run[0])
    return len(run[0]) > 1 and start is not None and "\n\n" not in source[start : run.start()]


def _around(source: str, found: re.Match[str]) -> tuple[str, str]:
    """The characters before and after it, empty at the ends of the text."""
    return source[max(0, found.start() - 1) : found.start()], source[found.end() : found.end() + 1]


def _kind(character: str) -> str:
    return unicodedata.category(character)


def _is_mark(character: str) -> bool:
    """Whether it is punctuation or a symbol, to CommonMark; a backslash escapes what follows."""
    return bool(character) and _kind(character)[0] in "PS" and character != "\\"


def _is_opening(character: str) -> bool:
    """Whether it is punctuation that may begin what is emphasised."""
    return _is_mark(character) and not (character in _CLOSERS or _kind(character) in ("Pe", "Pf"))


def _is_letter(character: str) -> bool:
    return bool(character) and not character.isspace() and _kind(character)[0] not in "PS"


def _is_without_spaces(characters: str) -> bool:
    """Whether one of them is of a script that puts no spaces between words, or full-width."""
    return any(
        first <= ord(character) <= last
        for character in characters
        if not character.isascii()
        for first, last in _WITHOUT_SPACES
    )
