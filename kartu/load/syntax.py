"""Messages for YAML syntax errors, in terms that authors of card sets understand."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic, Related
from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.core.source import Span
from kartu.load.lookalikes import lookalike
from kartu.load.yaml_cut import quoted

_TAB_INDENT = pattern(r"( *)\t[ \t]*\S")
_ONLY_A_KEY = pattern(r"(\s*(?:- +)?)[\w-]+ *")

_VALUE = pattern(r" *(?:- +)?([\w-]+: +)([^\s\"'{\[|>&*!].*?) *$")
_LONGEST_SHOWN = 100

_QUOTE_IT = "put the text in quotes"
_ONE_COLUMN = "the keys of a note begin in one column, and so do the dashes of a list"
_CLOSE_IT = (
    "close it where the text ends; inside such quotes \" is written \\\" and ' is written ''"
)


class Stop(NamedTuple):
    """A syntax error of libyaml: its message, what it was parsing, and where that began.

    `quoted` is start and end of the last text, if that is quoted.
    """

    problem: str
    context: str
    at: Span
    begun: Span | None
    quoted: tuple[Span, Span] | None


class _Fault(NamedTuple):
    message: str
    help: str = ""
    at_begin: bool = False  # the mistake is where libyaml began, not where it stopped


# By libyaml's message for the problem, else for the context.
_FAULTS = {
    "could not find expected ':'": _Fault(
        'this line is no "key: value"',
        "is the colon missing, or the space after it? A long text goes on deeper than its key",
        at_begin=True,
    ),
    "found unexpected end of stream": _Fault(
        "the quote that opens here is never closed", _CLOSE_IT, at_begin=True
    ),
    "found unexpected document indicator": _Fault(
        "the quote that opens here is never closed", _CLOSE_IT, at_begin=True
    ),
    "did not find expected '-' indicator": _Fault(
        "this line does not stand below a dash of its list", _ONE_COLUMN
    ),
    "block sequence entries are not allowed": _Fault(
        "a list cannot begin here", "begin it on a line of its own, each item with a dash"
    ),
    "found unknown escape character": _Fault(
        "after a backslash in double quotes only certain letters are possible",
        "use single quotes, or write \\\\ for a backslash",
    ),
    "did not find expected comment or line break": _Fault(
        "after | or > the text begins in the next line", "begin a new line, or put it in quotes"
    ),
    "while scanning an alias": _Fault("a text cannot begin with *", _QUOTE_IT, at_begin=True),
    "while scanning an anchor": _Fault("a text cannot begin with &", _QUOTE_IT, at_begin=True),
    "while scanning a tag": _Fault("a text cannot begin with !", _QUOTE_IT, at_begin=True),
    "while parsing a tag": _Fault("a text cannot begin with !", _QUOTE_IT, at_begin=True),
    "while scanning a directive": _Fault("a text cannot begin with %", _QUOTE_IT, at_begin=True),
}


def syntax_fault(stop: Stop, content: str, fails_at: Callable[[str], float]) -> Diagnostic:
    """The diagnostic for a syntax error; `fails_at` returns the line of the first one, or inf."""
    if (found := lookalike(content, stop.at, fails_at)) is not None:
        return found
    tab = _tab(stop.at, content)
    if tab is not None:
        help = _("use spaces, two for each level")
        return Diagnostic("yaml-tab", tab, _("a tab in the indentation"), help)
    if stop.quoted is not None and stop.quoted[0].line < stop.quoted[1].line == stop.at.line:
        message = _("the quote that opens here is closed only in line {line}", line=stop.at.line)
        return Diagnostic("yaml-syntax", stop.quoted[0], message, _CLOSE_IT)
    line = "".join(content.split("\n")[stop.at.line - 1 : stop.at.line])  # none after the last
    if "mapping values are not allowed" in stop.problem:
        return _second_colon(stop.at, line)
    if "did not find expected key" in stop.problem:
        return _no_key(stop, line)
    if "did not find expected ',' or" in stop.problem:
        return _open_bracket(stop)
    if "cannot start any token" in stop.problem:
        message = _(
            "a text cannot begin with {line}", line=line[stop.at.column - 1 : stop.at.column]
        )
        return Diagnostic("yaml-syntax", stop.at, message, _QUOTE_IT)
    for words, fault in _FAULTS.items():
        if words in stop.problem or words in stop.context:
            place = stop.begun if fault.at_begin and stop.begun is not None else stop.at
            return Diagnostic("yaml-syntax", place, fault.message, fault.help)
    related = (Related(stop.begun, stop.context),) if stop.begun and stop.begun != stop.at else ()
    return Diagnostic("yaml-syntax", stop.at, stop.problem, "", related)


def _tab(at: Span, content: str) -> Span | None:
    """The place of a tab in the indentation of the line or the one before."""
    lines = content.split("\n")
    for number in (at.line - 1, at.line):
        line = lines[number - 1] if 0 < number <= len(lines) else ""
        if tab := _TAB_INDENT.match(line):
            return Span(at.path, number, len(tab[1]) + 1)
    return None


def _second_colon(at: Span, line: str) -> Diagnostic:
    if found := _ONLY_A_KEY.fullmatch(line[: at.column - 1]):
        message = _("this key is indented otherwise than the one before it")
        place = at._replace(column=len(found[1]) + 1)
        return Diagnostic("yaml-syntax", place, message, _ONE_COLUMN)
    message = _("a second colon, which YAML takes for the end of another key")
    help = _('put the text in quotes if it holds ": " or ends in ":"')
    if (text := _VALUE.match(line)) and len(text[2]) <= _LONGEST_SHOWN:
        help = _(
            "put the text in quotes: {content}{quoted}", content=text[1], quoted=quoted(text[2])
        )
    return Diagnostic("yaml-syntax", at, message, help)


def _no_key(stop: Stop, line: str) -> Diagnostic:
    message, help = _("this line is indented otherwise than those it belongs to"), _ONE_COLUMN
    if line[: stop.at.column - 1].strip(" -"):
        message, help = _("nothing can follow here in this line"), _QUOTE_IT
        if stop.quoted is not None and stop.quoted[1].line == stop.at.line:
            message = _("the text goes on after its closing quote")
            help = _('put the whole text in quotes; inside of " a quote is written \\"')
    return Diagnostic("yaml-syntax", stop.at, message, help)


def _open_bracket(stop: Stop) -> Diagnostic:
    closing = "]" if "']'" in stop.problem else "}"
    help = _("put texts that hold a comma, bracket or colon in quotes")
    if stop.begun is not None and stop.begun.line < stop.at.line:
        message = _("the bracket that opens here is not closed with {closing}", closing=closing)
        return Diagnostic(
            "yaml-syntax", stop.begun, message, _("write {closing} where it ends", closing=closing)
        )
    return Diagnostic(
        "yaml-syntax", stop.at, _("a comma or {closing} is missing here", closing=closing), help
    )
