"""Messages for YAML syntax errors, in terms that authors of card sets understand."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kartu.core.diagnostics import Diagnostic, Related
from kartu.core.language import N_, _
from kartu.core.patterns import pattern
from kartu.core.source import Span
from kartu.load.lookalikes import lookalike
from kartu.load.yaml_cut import quoted

_TAB_INDENT = pattern(r"( *)\t[ \t]*\S")
_ONLY_A_KEY = pattern(r"(\s*(?:- +)?)[\w-]+ *")

_VALUE = pattern(r" *(?:- +)?([\w-]+: +)([^\s\"'{\[|>&*!].*?) *$")
_LONGEST_SHOWN = 100

_QUOTE_IT = N_("put the text in quotes")
_ONE_COLUMN = N_("the keys of a note begin in the same column, and so do the dashes of a list")
_CLOSE_IT = N_(
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
        N_('this line is not "key: value"'),
        N_("is the colon missing, or the space after it? A long text goes on deeper than its key"),
        at_begin=True,
    ),
    "found unexpected end of stream": _Fault(
        N_("the quote that opens here is never closed"), _CLOSE_IT, at_begin=True
    ),
    "found unexpected document indicator": _Fault(
        N_("the quote that opens here is never closed"), _CLOSE_IT, at_begin=True
    ),
    "did not find expected '-' indicator": _Fault(
        N_("this line is not below a dash of its list"), _ONE_COLUMN
    ),
    "block sequence entries are not allowed": _Fault(
        N_("a list cannot begin here"), N_("begin it on a line of its own, each item with a dash")
    ),
    "did not find expected node content": _Fault(
        N_("a value or a closing bracket is missing here"),
        N_("put a text that begins with [ or { in quotes, or close its bracket"),
    ),
    "found unknown escape character": _Fault(
        N_("in double quotes, only certain letters can follow a backslash"),
        N_("use single quotes, or write \\\\ for a backslash"),
    ),
    "did not find expected comment or line break": _Fault(
        N_("after | or > the text begins on the next line"),
        N_("begin a new line, or put it in quotes"),
    ),
    "while scanning an alias": _Fault(N_("a text cannot begin with *"), _QUOTE_IT, at_begin=True),
    "while scanning an anchor": _Fault(N_("a text cannot begin with &"), _QUOTE_IT, at_begin=True),
    "while scanning a tag": _Fault(N_("a text cannot begin with !"), _QUOTE_IT, at_begin=True),
    "while parsing a tag": _Fault(N_("a text cannot begin with !"), _QUOTE_IT, at_begin=True),
    "while scanning a directive": _Fault(
        N_("a text cannot begin with %"), _QUOTE_IT, at_begin=True
    ),
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
        message = _("the quote that opens here is closed only on line {line}", line=stop.at.line)
        return Diagnostic("yaml-syntax", stop.quoted[0], message, _(_CLOSE_IT))
    line = "".join(content.split("\n")[stop.at.line - 1 : stop.at.line])  # none after the last
    if "mapping values are not allowed" in stop.problem:
        return _second_colon(stop.at, line)
    if "did not find expected key" in stop.problem:
        return _no_key(stop, line)
    if "did not find expected ',' or" in stop.problem:
        return _open_bracket(stop)
    if "cannot start any token" in stop.problem:
        message = _(
            "a text cannot begin with {character}",
            character=line[stop.at.column - 1 : stop.at.column],
        )
        return Diagnostic("yaml-syntax", stop.at, message, _(_QUOTE_IT))
    for words, fault in _FAULTS.items():
        if words in stop.problem or words in stop.context:
            place = stop.begun if fault.at_begin and stop.begun is not None else stop.at
            help = _(fault.help) if fault.help else ""
            return Diagnostic("yaml-syntax", place, _(fault.message), help)
    begun = stop.begun if stop.begun != stop.at else None
    related = (Related(begun, _("it began here")),) if begun else ()
    message = _("this is not valid YAML: {problem}", problem=stop.problem)
    return Diagnostic("yaml-syntax", stop.at, message, "", related)


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
        message = _("this key is indented differently from the one before it")
        place = at._replace(column=len(found[1]) + 1)
        return Diagnostic("yaml-syntax", place, message, _(_ONE_COLUMN))
    message = _("a second colon, which YAML takes for the end of another key")
    help = _('put the text in quotes if it contains ": " or ends in ":"')
    if (text := _VALUE.match(line)) and len(text[2]) <= _LONGEST_SHOWN:
        whole = f"{text[1]}{quoted(text[2])}"
        help = _("put the text in quotes: {line}", line=whole)
    return Diagnostic("yaml-syntax", at, message, help)


def _no_key(stop: Stop, line: str) -> Diagnostic:
    message = _("this line is indented differently from those it belongs to")
    help = _(_ONE_COLUMN)
    if line[: stop.at.column - 1].strip(" -"):
        message, help = _("nothing can follow here on this line"), _(_QUOTE_IT)
        if stop.quoted is not None and stop.quoted[1].line == stop.at.line:
            message = _("the text goes on after its closing quote")
            help = _('put the whole text in quotes; inside such quotes a quote is written \\"')
    return Diagnostic("yaml-syntax", stop.at, message, help)


def _open_bracket(stop: Stop) -> Diagnostic:
    closing = "]" if "']'" in stop.problem else "}"
    help = _("put texts that contain a comma, bracket or colon in quotes")
    if stop.begun is not None and stop.begun.line < stop.at.line:
        message = _("the bracket that opens here is not closed with {closing}", closing=closing)
        return Diagnostic(
            "yaml-syntax", stop.begun, message, _("write {closing} where it ends", closing=closing)
        )
    return Diagnostic(
        "yaml-syntax", stop.at, _("a comma or {closing} is missing here", closing=closing), help
    )
