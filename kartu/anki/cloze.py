"""Clozes in a field: which cards Anki generates for them, and what is wrong with them.

Measured with anki 26.9.3:

- `{{c`, ASCII digits and commas, `::` opens a cloze and `}}` closes the innermost one. Capital
  C and white space before the `::` make it plain text; markup and line breaks inside are fine.
- `{{c1,2::x}}` is on the cards of both numbers. Parts that are not a number up to 65,535 are
  ignored; if none remains, it is plain text.
- Number 0 produces no card; every number above 500 produces card 500, on which nothing is hidden.
- The whole outermost cloze counts once it is closed; if it is never closed, neither it nor its
  contents count.
- Clozes may be nested ten deep. The opening of an eleventh vanishes, and its `}}` closes the tenth.
- An empty cloze produces a card. A hint follows the first `::` of each stretch of text, unless the
  stretch draws a shape.
- Control characters are dropped before a field is stored, so they do not interrupt a cloze.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from kartu.core.language import _
from kartu.core.patterns import pattern

OCCLUSION = "image-occlusion:"
"""The prefix of a stretch of text that draws a shape; it has no hint."""

_LAST_CARD = 500
_LAST_NUMBER = 65_535
_DEEPEST = 10
_MARK = pattern(r"\{\{c(?P<numbers>[0-9,]+)::|\}\}")
# Elements that show nothing by themselves.
_EMPTY = re.compile(
    r"</?(?:b|i|u|em|strong|span|div|p|sub|sup|mark|code|s|del|ins|small|br)\b[^<>]*>|&nbsp;"
)
# What an author may mistake for the opening of a cloze, along with real ones.
_LOOKALIKE = pattern(r"\{\{ ?[cC] ?[0-9]* ?::|\{\{c[0-9]+:(?!:)|(?<!\{)\{c[0-9]+::")
_FLAT = pattern(r"\{\{c([0-9]{1,4})::[^{}]*\}\}")
_DOLLAR = pattern(r"(?<!\\)\$")
_TEX_OPEN = pattern(r"\\[(\[]")
_TEX_CLOSE = pattern(r"\\[)\]]")
_LONGEST_SHOWN = 120
_DROPPED = pattern("[\0-\b\v-\x1f\x7f]+")


class ClozeFault(NamedTuple):
    """What is wrong with a cloze; `offset` is that of the number or of the `{{`."""

    offset: int
    message: str
    help: str = ""


class Cloze:
    """An opened cloze: its numbers as written (`source`), its parts, and its hint or None."""

    __slots__ = ("hint", "offset", "parts", "source")

    def __init__(self, source: str, offset: int) -> None:
        self.source = source
        self.offset = offset
        self.parts: list[str | Cloze] = []
        self.hint: str | None = None

    def written_numbers(self) -> frozenset[int]:
        """Its numbers, including 0 and those above the last card."""
        numbers = (_number(digits) for digits in self.source.split(",") if digits)
        return frozenset(number for number in numbers if number <= _LAST_NUMBER)

    def numbers(self) -> frozenset[int]:
        """The cards it is hidden on."""
        return frozenset(min(number, _LAST_CARD) for number in self.written_numbers() if number)

    def hidden(self) -> str:
        """Its text and that of the clozes in it, without hints."""
        return "".join(part if isinstance(part, str) else part.hidden() for part in self.parts)

    def all(self) -> "Iterator[Cloze]":
        """Itself and the clozes in it, outer ones first."""
        yield self
        for part in self.parts:
            if isinstance(part, Cloze):
                yield from part.all()

    def add_text(self, text: str) -> None:
        """Adds a stretch of text; its hint replaces an earlier one."""
        if text.startswith(OCCLUSION):
            self.parts.append(text)
            return
        shown, colons, hint = text.partition("::")
        self.parts.append(shown)
        if colons:
            self.hint = hint


class _Scan:
    """All clozes of a text: the closed outermost ones, those never closed, those too deep."""

    __slots__ = ("parts", "too_deep", "unclosed")

    def __init__(self) -> None:
        self.parts: list[str | Cloze] = []  # what is not in an unclosed cloze
        self.unclosed: list[Cloze] = []
        self.too_deep: list[Cloze] = []

    def closed(self) -> list[Cloze]:
        """The outermost clozes that are closed."""
        return [part for part in self.parts if isinstance(part, Cloze)]


def cloze_numbers(html: str) -> frozenset[int]:
    """The numbers, 1 to 500, of the cards that Anki generates for this field."""
    if "{" not in html:
        return frozenset()
    html = _stored(html)
    flat = _FLAT.findall(html)
    if len(flat) == html.count("{{"):  # nothing is nested, unclosed or unusual
        return frozenset(min(int(number), _LAST_CARD) for number in flat if int(number))
    return frozenset(n for cloze in _clozes(html) for n in cloze.numbers())


def hidden_texts(html: str) -> dict[int, str]:
    """For each number the text hidden on its card, in source order and without hints.

    The text of clozes within is part of it, as it is on the card.
    """
    texts: dict[int, str] = {}
    for cloze in _clozes(_stored(html)):
        for number in sorted(cloze.numbers()):
            texts[number] = texts.get(number, "") + cloze.hidden()
    return texts


def cloze_parts(html: str) -> list[str | Cloze]:
    """A field as Anki parses it: text and outermost clozes, without what is never closed."""
    return _scan(html).parts


def cloze_faults(text: str, *, shapes: bool = False, markup: bool = False) -> list[ClozeFault]:
    """The clozes that Anki reads differently from how they look, in source order.

    These are numbers without a card of their own (0, above 500), clozes never closed, those
    nested deeper than Anki shows, those that hide nothing but white space, those closed by the
    braces of a formula or of code, and text that only looks like a cloze.

    Args:
        text: the field.
        shapes: whether it is that of an image occlusion: its clozes hide no words, and Anki gives
            number 0 to what is on all cards.
        markup: whether elements of HTML in the field are elements, and not shown as they are typed.
    """
    scan = _scan(text)
    faults = [
        _fault(
            cloze.offset,
            _("{opening} is never closed by {closing}", opening=_opening(cloze), closing="}}"),
        )
        for cloze in scan.unclosed
    ]
    faults += [
        _fault(cloze.offset, _("Anki shows at most {most} clozes within each other", most=_DEEPEST))
        for cloze in scan.too_deep
    ]
    faults += [] if shapes else _faults_of_words(text, scan, markup=markup)
    faults += _number_faults(text, 0 if shapes else 1)
    faults += [
        _fault(found.start(), _("{written} opens no cloze", written=found[0]))
        for found in _LOOKALIKE.finditer(text)
        if not _MARK.fullmatch(found[0])
    ]
    return sorted(faults, key=lambda fault: fault.offset)


def _fault(offset: int, message: str) -> ClozeFault:
    """A fault whose help is how a cloze is written."""
    return ClozeFault(
        offset, message, _("a cloze is written {{c1::hidden}} or {{c1::hidden::hint}}")
    )


def _opening(cloze: Cloze) -> str:
    return f"{{{{c{cloze.source}::"


def _closed_early(text: str, cloze: Cloze) -> ClozeFault:
    """The fault that braces in the text of a cloze close it, with what to write instead."""
    opening = _opening(cloze)
    hidden = cloze.hidden()
    apart = "} }"
    places = {"closing": "}}", "opening": opening}
    if hidden.count("`") % 2 or hidden.count("<code") > hidden.count("</code"):
        message = _("{closing} in code closes {opening} too early", **places)
        advice = _(
            "write a space between the braces, {apart}, or where code must not have one {code}",
            apart=apart,
            code="<code>}<wbr>}</code>",
        )
    elif _in_dollars(hidden) or len(_TEX_OPEN.findall(hidden)) > len(_TEX_CLOSE.findall(hidden)):
        message = _("{closing} in a formula closes {opening} too early", **places)
        advice = _(
            "write a space between the braces, {apart}; the formula looks the same", apart=apart
        )
    else:
        message = _("{closing} closes {opening} too early", **places)
        advice = _("write a space between the braces, {apart}", apart=apart)
    end = _meant_end(text, cloze.offset + len(opening))
    if end is not None:
        inside = text[cloze.offset + len(opening) : end].replace("}}", "} }").replace("}}", "} }")
        written = f"{opening}{inside}{' ' if inside.endswith('}') else ''}}}}}"
        if len(written) <= _LONGEST_SHOWN and "\n" not in written:
            advice = f"{advice}: {written}"
    return ClozeFault(cloze.offset, message, advice)


def _in_dollars(text: str) -> bool:
    """Whether a formula begins in the text that does not end there."""
    dollars = list(_DOLLAR.finditer(text))
    return len(dollars) % 2 == 1 and not text[dollars[-1].end() :][:1].isspace()


def _meant_end(text: str, position: int) -> int | None:
    """Where the `}}` is that closes a cloze if each brace in its text closes another one."""
    depth = 0
    for brace in re.finditer(r"[{}]", text[position : position + _LONGEST_SHOWN]):
        if brace[0] == "{":
            depth += 1
        elif depth:
            depth -= 1
        else:
            at = position + brace.start()
            return at if text.startswith("}}", at) else None
    return None


def _faults_of_words(text: str, scan: _Scan, *, markup: bool) -> Iterator[ClozeFault]:
    for cloze in (one for outermost in scan.closed() for one in outermost.all()):
        hidden = cloze.hidden()
        if not (_EMPTY.sub("", hidden) if markup and "<" in hidden else hidden).strip():
            yield _fault(cloze.offset, _("{opening} hides nothing", opening=_opening(cloze)))
        if hidden.count("{") > hidden.count("}"):
            yield _closed_early(text, cloze)


def _number_faults(text: str, least: int) -> Iterator[ClozeFault]:
    for mark in _MARK.finditer(text):
        for number in re.finditer("[0-9]+", mark["numbers"] or ""):
            if not least <= _number(number[0]) <= _LAST_CARD:
                message = _(
                    "cloze number {number}: Anki makes cards of 1 to {last}",
                    number=number[0],
                    last=_LAST_CARD,
                )
                yield _fault(mark.start("numbers") + number.start(), message)


def _stored(html: str) -> str:
    # Testing whether a text is printable is faster than searching it.
    return html if html.isprintable() else _DROPPED.sub("", html)


def _clozes(html: str) -> Iterator[Cloze]:
    """Every cloze that counts."""
    return (cloze for outermost in _scan(html).closed() for cloze in outermost.all())


def _scan(text: str) -> _Scan:
    scan = _Scan()
    position = 0
    for mark in _MARK.finditer(text):
        numbers = mark["numbers"]
        if numbers and not _opens(numbers):
            continue  # plain text, part of the current stretch
        _add_text(scan, text[position : mark.start()])
        position = mark.end()
        if not numbers:
            _close(scan)
        elif len(scan.unclosed) == _DEEPEST:
            scan.too_deep.append(Cloze(numbers, mark.start()))
        else:
            scan.unclosed.append(Cloze(numbers, mark.start()))
    _add_text(scan, text[position:])
    return scan


def _add_text(scan: _Scan, text: str) -> None:
    if scan.unclosed:
        scan.unclosed[-1].add_text(text)
    elif text:
        scan.parts.append(text)


def _opens(numbers: str) -> bool:
    """Whether Anki sees a cloze here: at least one of the numbers is valid, even 0."""
    return any(digits and _number(digits) <= _LAST_NUMBER for digits in numbers.split(","))


def _close(scan: _Scan) -> None:
    if scan.unclosed:
        cloze = scan.unclosed.pop()
        siblings = scan.unclosed[-1].parts if scan.unclosed else scan.parts
        siblings.append(cloze)
    else:
        scan.parts.append("}}")


def _number(digits: str) -> int:
    # Six digits are enough to see that a number is too large; Python refuses thousands of them.
    return int(digits.lstrip("0")[:6] or "0")
