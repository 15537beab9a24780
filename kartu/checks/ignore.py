"""Comments `# kartu: ignore[code] reason`: warnings that an author has reviewed and accepts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kartu.core.codes import ERRORS, WARNINGS
from kartu.core.diagnostics import Diagnostic, Diagnostics, did_you_mean
from kartu.core.language import _
from kartu.core.patterns import pattern
from kartu.core.source import Mapping, Node, Sequence, Span, Text, text
from kartu.load.files import Files
from kartu.load.names import MARKDOWN, SPREADSHEETS
from kartu.load.yaml import parse, text_ranges

_IGNORE = pattern(r"(?:^|#)\s*(kartu:\s*ignore\b)\s*(\[[^\]]*\])?")
_CODE = pattern(r"[^\s,\[\]]+")
_COMMENT = pattern(r"#(.*)")
_DASH = pattern(r"( *)-(?:\s+(?:#.*)?)?")


class Ignore(NamedTuple):
    """One code in a comment, and the lines (from 1) of its file to which it applies."""

    code: Text
    lines: range

    def covers(self, one: Diagnostic) -> bool:
        place = self.code.span
        same = (one.code, one.span.path, one.span.sheet) == (self.code, place.path, place.sheet)
        return same and one.span.line in self.lines


def without_ignored(
    files: Files, paths: Iterable[str], diagnostics: Iterable[Diagnostic], *, whole: bool
) -> list[Diagnostic]:
    """`diagnostics` without the warnings that comments in the files `paths` accept.

    Invalid comments are reported and, where `whole` says that all other checks were run, unused
    ones.
    """
    ignores: list[Ignore] = []
    own_diagnostics = Diagnostics()
    for path in sorted(set(paths)):
        ignores += _ignores_of(files, path, own_diagnostics)
    of_file: dict[tuple[str, str], list[Ignore]] = {}
    for ignore in ignores:
        of_file.setdefault((ignore.code, ignore.code.span.path), []).append(ignore)
    remaining, used = [], set[int]()
    for one in diagnostics:
        near = of_file.get((one.code, one.span.path), ())
        covering = [id(ignore) for ignore in near if ignore.covers(one)]
        used.update(covering)
        if not covering:
            remaining.append(one)
    unused = (ignore for ignore in ignores if id(ignore) not in used)
    return [*remaining, *own_diagnostics, *(map(_unused, unused) if whole else ())]


def _ignores_of(files: Files, path: str, diagnostics: Diagnostics) -> list[Ignore]:
    """The ignores of a file of any kind."""
    ignores: list[Ignore] = []
    if path.endswith(SPREADSHEETS):
        from kartu.load.sheets import comments_of  # only needed for spreadsheets

        for cell, lines in comments_of(files, path):
            ignores += read_ignore(cell, cell.span, lines, diagnostics)
        return ignores
    content = files.read_text(path, Diagnostics()) if path.endswith((".yaml", MARKDOWN)) else None
    if content is None or "kartu:" not in content:
        return []
    if path.endswith(".yaml"):
        return ignores_in_yaml(path, content, diagnostics)
    from kartu.load.markdown.comments import comments_in_markdown

    for comment, lines in comments_in_markdown(path, content):
        ignores += read_ignore(comment, comment.span, lines, diagnostics)
    return ignores


def read_ignore(comment: str, place: Span, lines: range, diagnostics: Diagnostics) -> list[Ignore]:
    """The codes that a comment (without its first #) at `place` ignores in `lines`.

    Empty for any other comment. Also used for cells of spreadsheets.
    """
    found = _IGNORE.search(comment)
    if found is None:
        return []
    begin = place._replace(column=place.column + found.start(1))
    codes = list(_CODE.finditer(found[2] or ""))
    if not codes:
        help = _("write the code of the warning, and why: kartu: ignore[html-removed] reason")
        diagnostics.add("bad-ignore", begin, _("the comment names no code"), help)
    ignores = []
    for code in codes:
        span = place._replace(column=place.column + found.start(2) + code.start())
        if code[0] in WARNINGS:
            ignores.append(Ignore(text(code[0], span), lines))
        elif code[0] in ERRORS:
            message = _('"{code}" is an error, which cannot be ignored', code=code[0])
            diagnostics.add("bad-ignore", span, message, _("fix it where it is reported"))
        else:
            help = did_you_mean(code[0], WARNINGS)
            message = _('there is no warning "{code}"', code=code[0])
            diagnostics.add("bad-ignore", span, message, help)
    return ignores


def ignores_in_yaml(path: str, content: str, diagnostics: Diagnostics) -> list[Ignore]:
    """The ignores of a YAML file: each covers its note, else its line and the next."""
    node = parse(content, path, Diagnostics())
    if node is None:
        return []
    comments = list(comments_in_yaml(path, content))
    lines = content.split("\n")
    notes = list(_notes(node, lines))
    begins = [note.lines.start for note in notes]
    # For each comment on a line of its own, the first line below it that is not a comment.
    after: dict[int, int] = {}
    for span, _rest in reversed(comments):
        if not lines[span.line - 1][: span.column - 1].strip():
            after[span.line] = after.get(span.line + 1, span.line + 1)
    ignores = []
    for span, comment in comments:
        place = span._replace(column=span.column + 1)
        covered = _covered(span, after.get(span.line, span.line), notes, begins)
        ignores += read_ignore(comment, place, covered, diagnostics)
    return ignores


def comments_in_yaml(path: str, content: str) -> Iterator[tuple[Span, str]]:
    """Each comment of a readable YAML file: the place of its #, and the text after it."""
    begin, line, line_start = 0, 1, 0
    for start, end in (*text_ranges(content), (len(content), 0)):
        for found in _COMMENT.finditer(content, begin, start):
            at = found.start()
            line += content.count("\n", line_start, at)
            line_start = content.rfind("\n", line_start, at) + 1 or line_start
            yield Span(path, line, at - line_start + 1), found[1]
        begin = end


class _Place(NamedTuple):
    """The lines of a note, and the column of the dash or id with which it begins."""

    lines: range
    column: int


def _covered(comment: Span, after: int, notes: list[_Place], begins: list[int]) -> range:
    """The lines covered by a comment; `after` is the first one below it that is not a comment.

    `begins` are the first lines of the notes, in order.
    """
    for note in notes[bisect_left(begins, after) : bisect_right(begins, after)]:
        if after != comment.line and comment.column <= note.column:
            return note.lines
    # Of several notes that begin in one line, the last one extends to further lines.
    for note in notes[max(0, bisect_right(begins, comment.line) - 1) :][:1]:
        if comment.line in note.lines:
            return note.lines
    return range(comment.line, after + 1)


def _notes(node: Node, lines: list[str]) -> Iterator[_Place]:
    """The notes of a card set or a language variant."""
    if not isinstance(node, Mapping):
        return
    entries = node.get("notes")
    if isinstance(entries, Mapping):
        begins = [(entries.key_span(key).line, entries.key_span(key).column) for key in entries]
    elif isinstance(entries, Sequence):
        begins = [_dash(entry.span, lines) for entry in entries]
    else:
        return
    below = [node.key_span(key).line for key in node]
    end = min(
        (line for line in below if line > node.key_span("notes").line), default=len(lines) + 1
    )
    begins.sort()
    for (line, column), (following, _rest) in zip(begins, [*begins[1:], (end, 0)], strict=False):
        yield _Place(range(line, max(line, following - 1) + 1), column)


def _dash(first: Span, lines: list[str]) -> tuple[int, int]:
    """The line and column of the dash before a note's first key, else of the key."""
    before = lines[first.line - 1][: first.column - 1]
    for line in range(first.line, 0, -1):
        if found := _DASH.fullmatch(before):
            return line, len(found[1]) + 1
        if before.partition("#")[0].strip():
            break
        before = lines[line - 2]
    return first.line, first.column


def _unused(ignore: Ignore) -> Diagnostic:
    message = _("there is no warning {code} here to ignore", code=ignore.code)
    return Diagnostic("unused-ignore", ignore.code.span, message, _("take the code away"))
