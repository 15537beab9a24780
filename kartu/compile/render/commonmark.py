"""What CommonMark takes for markup in a text although its author meant the characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from kartu.compile.render.literal import VARIABLE, Parser
from kartu.compile.render.tags import Problem
from kartu.core.language import _
from kartu.core.patterns import pattern

Range = tuple[int, int]

# An amount, which gives a sign before it a meaning.
_AMOUNT = r"(?:Rp\.?|(?:US|A|S|HK)?\$|[<>=~(\[\x80-\xff]+)?[ \t]*[-+]?[.,]?[0-9]"
_SIGNED = pattern(f"{_AMOUNT}|{VARIABLE}")
_BULLET = pattern(r"[ \t]*([-+*])[ \t]*")
_NUMBER = pattern(r"[ \t]*([0-9]+)([.)])[ \t]*")
_HEADING = pattern(r"[ \t]*(#+)[ \t]*")
_NUMBER_ONE = pattern(r"[0-9]+(?:[.,][0-9]+)*(?![.,)0-9])")
_UNDERLINE = pattern(r"([ \t>]*)(-+|=+)[ \t]*$")
_BLANK = pattern(r"[ \t\n>]*")
_QUOTE = pattern(r"[ \t]*(>)[ \t]*")
_PROMPT = pattern(r"^[ \t]*(?=>>>)", re.MULTILINE)
_FENCE = pattern(r"[ \t]*(`{3,}|~{3,})[ \t]*")
_LANGUAGE = pattern(
    r"(?:asm|awk|bash|bat|c|c\+\+|clojure|cpp|cs|csharp|css|csv|dart|diff|docker|dockerfile|elixir"
    r"|elm|erlang|fortran|fsharp|go|graphql|groovy|haskell|html|http|ini|java|javascript|jinja|js"
    r"|json|jsx|julia|kotlin|latex|lisp|lua|make|makefile|markdown|mathematica|matlab|md|mermaid"
    r"|nginx|objc|ocaml|octave|pascal|perl|php|plaintext|powershell|prolog|ps1|py|pycon|python"
    r"|python3|r|rb|regex|ruby|rust|rs|sass|scala|scheme|scss|sh|shell|sql|swift|tex|text|toml"
    r"|ts|tsx|txt|typescript|vb|vue|xml|yaml|yml|zig|zsh|console|output)",
    re.IGNORECASE,
)
_DUNDER = pattern(
    r"(?:abs|add|all|aenter|aexit|annotations|bases|bool|builtins|bytes|call|class|contains|copy"
    r"|debug|deepcopy|del|delitem|dict|dir|div|doc|enter|eq|exit|file|float|format|future|ge|get"
    r"|getattr|getattribute|getitem|gt|hash|iadd|import|index|init|init_subclass|int|iter|le|len"
    r"|lt|main|mod|module|mro|mul|name|ne|neg|new|next|or|path|pos|pow|qualname|radd|reduce|repr"
    r"|reversed|round|set|setattr|setitem|sizeof|slots|str|sub|subclasses|truediv|version|xor)"
)
_IDENTIFIER = pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERAND = pattern(r"(?:^|[^A-Za-z0-9])(?:[A-Za-z]|[0-9.,]+|.*\))$", re.DOTALL)
_WORD = pattern(r"[A-Za-z\x80-\xff]{2,}(?:-[A-Za-z\x80-\xff]+)*")
_ADDRESS = pattern(r"[/:#@?]|\.[A-Za-z]{2}")
_OWN_SCHEME = pattern(r"(?:https?|ftp|mailto|tel):", re.IGNORECASE)
_LINK_TARGET = pattern(r"(?:https?://|mailto:)\S|[^\s@]+@[^\s@]+\.\S", re.IGNORECASE)
_DEFINITION = pattern(r"^[ \t>]*(?:[-+*][ \t]+)*(?=\[[^\]\n]+\]:)", re.MULTILINE)
_TEXT_BELOW = pattern(r"\n[ \t>]*(?=[A-Za-z\x80-\xff(])")
_PATH = pattern(r"(?<![A-Za-z0-9])[A-Za-z]:\\[^\s\"<>|]*|(?<!\S)\\\\[A-Za-z0-9][^\s\"<>|]*")
_BACKSLASH = pattern(r"\\(?=[!-/:-@\[-`{-~])")
_CELL_END = pattern(r"(?<!\\)\|")

_BLOCKS = frozenset(
    (
        *("Paragraph", "Heading", "BlockQuote", "CodeBlock", "HtmlBlock", "List", "Item"),
        *("Table", "TableHead", "TableRow", "TableCell"),
    )
)
_OPAQUE = frozenset(("Code", "InlineMath", "DisplayMath", "Html", "InlineHtml"))

# How far around an asterisk to look, and how deep a quotation is read.
_NEAR = 60
_DEEPEST = 20


class _List:
    """A list while it is read: the number of its first item, None for bullets, and its items."""

    def __init__(self, number: int | None) -> None:
        self.number = number
        self.items: list[Range] = []


class Look:
    """One look at a text as the renderer reads it.

    `raw` has a character for each byte of its UTF-8, since that is what the renderer counts.
    """

    def __init__(self, source: str, parser: Parser) -> None:
        self.raw = source if source.isascii() else source.encode().decode("latin-1")
        self.problems: list[Problem] = []
        self.inserted: dict[int, str] = {}
        self.replaced: dict[int, tuple[int, str]] = {}
        self.new_lines: list[int] = []  # where a sign is that begins a line of its own
        self.blocks: list[str] = []
        self.lists: list[_List] = []
        self.head_cells = 0
        self.flowing: list[Range] = []  # what is in paragraphs
        self.opaque: list[Range] = []  # code, formulas and HTML
        self.tables: list[Range] = []
        self.targets: set[str] = set()  # of links and pictures that definitions make
        self.readers = {
            "BlockQuote": self._quote,
            "Heading": self._heading,
            "Emphasis": self._emphasis,
            "Strong": self._strong,
            "Strikethrough": self._strike,
        }
        self._read(parser.events_with_range(source))
        if "]:" in source:
            self._definitions(parser.reference_definitions(source))
        for place in self.new_lines:
            self._begin_line(place)

    def edited(self) -> str:
        """The text with the edits."""
        parts, position = [], 0
        for place in sorted({*self.inserted, *self.replaced}):
            if place >= position:
                end, new = self.replaced.get(place, (place, ""))
                parts += [self.raw[position:place], self.inserted.get(place, ""), new]
                position = end
        edited = "".join((*parts, self.raw[position:]))
        return edited if edited.isascii() else edited.encode("latin-1").decode()

    def escape_paths(self) -> None:
        """Doubles the backslashes of `C:\\_x` and `\\\\server` where Markdown would drop them."""
        if "\\" in self.raw:
            for path in _PATH.finditer(self.raw):
                for one in _BACKSLASH.finditer(self.raw, *path.span()):
                    if not _covered(one.start(), self.opaque):
                        self.inserted[one.start()] = "\\"

    def _read(self, events: Any) -> None:
        for event, span in events:
            start, end = span["start"], span["end"]
            if type(event) is str:
                continue
            ((kind, what),) = event.items()
            if kind == "Start":
                name, details = (what, None) if type(what) is str else next(iter(what.items()))
                if name in _BLOCKS:
                    self.blocks.append(name)
                self._start(name, details, start, end)
            elif kind == "End":
                name = what if type(what) is str else next(iter(what))
                if name in _BLOCKS:
                    self.blocks.pop()
                if name == "List":
                    self._list(self.lists.pop())
            else:
                self._leaf(kind, start, end)

    def _leaf(self, kind: str, start: int, end: int) -> None:
        block = self.blocks[-1] if self.blocks else ""
        if block in ("Paragraph", "Item"):
            self.flowing.append((start, end))
        if kind in _OPAQUE or block == "CodeBlock":
            self.opaque.append((start, end))
        if kind == "InlineMath" and self._is_money(start, end):
            self._escape(start, end - 1)

    def _start(self, name: str, details: Any, start: int, end: int) -> None:
        if name == "List":
            self.lists.append(_List(details))
        elif name == "Item":
            self.lists[-1].items.append((start, end))
        elif name == "CodeBlock":
            if type(details) is dict:
                self._fence(details["Fenced"], start, end)
        elif name in ("Link", "Image"):
            self._link(name, details, start)
        elif name in ("Table", "TableHead", "TableRow"):
            self._table(name, start, end)
        elif name in self.readers:
            self.readers[name](start, end)

    def _escape(self, *places: int) -> None:
        self.inserted |= dict.fromkeys(places, "\\")

    def _begin(self, place: int) -> None:
        """Escapes the sign that begins a line."""
        self._escape(place)
        self.new_lines.append(place)

    def _line_start(self, place: int) -> int:
        return self.raw.rfind("\n", 0, place) + 1

    def _is_money(self, start: int, end: int) -> bool:
        """Whether the dollar signs of a formula are those of `$5-$10` or `US$5`."""
        before, after = self.raw[start - 1 : start], self.raw[end : end + 1]
        number = self.raw[start + 1 : start + 2].isdigit()
        return _is_ascii(after, str.isdigit) or (number and _is_ascii(before, str.isalpha))

    def _list(self, found: _List) -> None:
        if found.number is None:
            self._bullets(found.items)
            return
        numbers = [_NUMBER.match(self.raw, start) for start, _rest in found.items]
        marks = [one for one in numbers if one is not None]
        written = [one[1] for one in marks]
        first = int(written[0]) if written else 0
        counted = [str(number) for number in range(first, first + len(written))]
        single = len(written) == 1
        empty = all(
            one is not None and self._is_blank(one.end(), end)
            for one, (_rest, end) in zip(numbers, found.items, strict=True)
        )
        steps = written == counted and (not single or first == 1)
        if empty or not (steps or (set(written) == {"1"} and not single)):
            for one in marks:
                self._escape(one.start(2))
                self.new_lines.append(one.start(1))

    def _bullets(self, items: list[Range]) -> None:
        """A single bullet before a number is its sign; `+` is one anyway."""
        found = _BULLET.match(self.raw, items[0][0])
        if len(items) > 1 or found is None:
            return
        if found[1] == "+" or self._is_sign(found.end(), items[0][1]):
            self._begin(found.start(1))

    def _is_sign(self, place: int, end: int) -> bool:
        """Whether a sign is meant as such because of what follows it: a number, or nothing."""
        return self._is_blank(place, end) or _SIGNED.match(self.raw, place) is not None

    def _is_blank(self, place: int, end: int) -> bool:
        found = _BLANK.match(self.raw, place)
        return found is not None and found.end() >= end

    def _quote(self, start: int, end: int) -> None:
        found = _QUOTE.match(self.raw, start)
        if found is None or len(self.blocks) > _DEEPEST:
            return
        whole = self.raw[start:end]
        if self.raw.startswith(">>>", found.start(1)):
            for one in _PROMPT.finditer(whole):
                self._begin(start + one.end())
            return
        lines = sum(line.lstrip(" \t").startswith(">") for line in whole.split("\n"))
        if self._is_blank(found.end(), end) or (lines == 1 and self._is_sign(found.end(), end)):
            self._begin(found.start(1))

    def _heading(self, start: int, end: int) -> None:
        found = _HEADING.match(self.raw, start)
        if found is None:
            self._underlined(end)
            return
        empty = not self.raw[found.end() : end].strip(" \t\n#")
        if empty or (len(found[1]) == 1 and _NUMBER_ONE.match(self.raw, found.end())):
            self._escape(found.start(1))
            line = self._line_start(start)
            if not self.raw[line : found.start(1)].strip(" "):
                self._blank_line(line)
                self._blank_line(end if self.raw[end - 1 : end] == "\n" else end + 1)

    def _blank_line(self, line: int) -> None:
        """Makes what begins with this line a block of its own."""
        before = self.raw[self._line_start(line - 1) : line - 1] if line else ""
        if before.strip(" \t") and self.raw[line : line + 1].strip("\n"):
            self.inserted[line] = "\n" + self.inserted.get(line, "")

    def _underlined(self, end: int) -> None:
        """A line of three dashes is a rule between texts; a shorter one is text."""
        stop = end - 1 if self.raw[end - 1 : end] == "\n" else end
        line = self._line_start(stop)
        found = _UNDERLINE.match(self.raw[line:stop])
        if found is None:
            return
        if len(found[2]) < len("---"):
            self.blocks[-1] = "Paragraph"  # it will be none of a heading
            self._begin(line + found.start(2))
        elif found[2][0] == "-":
            self.inserted[line] = found[1].rstrip(" ") + "\n"

    def _fence(self, info: str, start: int, end: int) -> None:
        """What follows the fence is shown, as the first line, unless it names a language."""
        found = _FENCE.match(self.raw, start)
        if found is None:
            return
        inside = self.raw[found.end() : end].split("\n")[1:]
        if inside and inside[-1].strip(" \t>").startswith(found[1]):
            inside.pop()
        empty = not "".join(inside).strip(" \t>")
        if not info and empty:
            self._escape(*range(found.start(1), found.end(1)))
        if not info or (_LANGUAGE.fullmatch(info) and not empty):
            return
        line = self._line_start(found.start(1))
        indent = re.sub(r"[^> \t]", " ", self.raw[line : found.start(1)])
        self.replaced[found.end(1)] = (found.end(), f"\n{indent}")

    def _emphasis(self, start: int, end: int) -> None:
        self._marks(1, start, end)

    def _strong(self, start: int, end: int) -> None:
        self._marks(2, start, end)

    def _strike(self, start: int, end: int) -> None:
        if self.raw[start : start + 2] != "~~":
            self._escape(start, end - 1)

    def _marks(self, width: int, start: int, end: int) -> None:
        """Escapes the marks of emphasis that multiply, or are part of a name like `__init__`."""
        inside = self.raw[start + width : end - width]
        before, after = self.raw[start - 1 : start], self.raw[end : end + 1]
        if self.raw[start] == "_":
            called = (before == "." or after == "(") and bool(_IDENTIFIER.fullmatch(inside))
            meant = width == 2 and (called or _DUNDER.fullmatch(inside) is not None)
        else:
            meant = _is_operand(before, ")]") and _is_operand(after, "([")
            head = self.raw[max(0, start - _NEAR) : start]
            if width == 1:
                meant = meant and ("=" in head or not _WORD.fullmatch(inside))
            else:
                meant = meant and _OPERAND.search(head) is not None
        if meant:
            self._escape(*range(start, start + width), *range(end - width, end))

    def _link(self, name: str, details: dict[str, str], start: int) -> None:
        kind, target = details["link_type"], details["dest_url"]
        if kind in ("Reference", "Collapsed", "Shortcut"):
            if name == "Image" or _LINK_TARGET.match(target):
                self.targets.add(target)
        elif name == "Image":
            return
        elif kind == "Autolink":
            if not _OWN_SCHEME.match(target):
                self._escape(start)
        elif kind == "Inline" and target and not _ADDRESS.search(target):
            self._escape(start)

    def _definitions(self, known: dict[str, dict[str, Any]]) -> None:
        """A definition that no link uses is text, and so is one that leads nowhere."""
        spans = []
        for one in known.values():
            start, end = one["span"]["start"], one["span"]["end"]
            spans.append((start, end))
            if one["dest"] not in self.targets:
                self._definition(self.raw.index("[", start), end)
        shown = sorted((*self.flowing, *self.opaque, *self.tables, *spans))
        for found in _DEFINITION.finditer(self.raw):  # a second one for a label is not listed
            if not _covered(found.end(), shown):
                end = self.raw.find("\n", found.end())
                self._definition(found.end(), end if end >= 0 else len(self.raw))
        self.flowing.sort()

    def _definition(self, start: int, end: int) -> None:
        self._begin(start)
        self.flowing.append((start, end))
        following = _TEXT_BELOW.match(self.raw, end)
        if following:
            self.new_lines.append(following.end())

    def _begin_line(self, place: int) -> None:
        """Separates what begins here from the line before, where Markdown would join them."""
        line = self._line_start(place)
        if not line or self.raw[line:place].strip(" \t>"):
            return
        before = self._line_start(line - 1)
        end = before + len(self.raw[before : line - 1].rstrip(" \t"))
        if _covered(end - 1, self.tables):
            self.inserted[line] = "\n"
        elif _covered(end - 1, self.flowing) and not self.raw.endswith(("  ", "\\"), 0, line - 1):
            self.inserted[line - 1] = "\\"

    def _table(self, name: str, start: int, end: int) -> None:
        if name == "Table":
            self.tables.append((start, end))
            return
        row = self.raw[start:end].strip(" \t\n>")
        cells = _CELL_END.split(row.removeprefix("|"))
        if not cells[-1].strip(" \t"):
            cells.pop()
        if name == "TableHead":
            self.head_cells = len(cells)
        elif any(cell.strip(" \t") for cell in cells[self.head_cells :]):
            message = _(
                "this row has {cells} cells, the first one has {expected}",
                cells=len(cells),
                expected=self.head_cells,
            )
            help = _("give the first row as many cells; write a | that is not a border as \\|")
            self.problems.append(Problem("bad-table", message, help, row))


def _covered(place: int, ranges: list[Range]) -> bool:
    """Whether a place is in one of the ranges, which are in order."""
    found = bisect_right(ranges, place, key=itemgetter(0))
    return found > 0 and place < ranges[found - 1][1]


def _is_operand(character: str, bracket: str) -> bool:
    return character != "" and (character in bracket or _is_ascii(character, str.isalnum))


def _is_ascii(character: str, test: Callable[[str], bool]) -> bool:
    return character.isascii() and test(character)
