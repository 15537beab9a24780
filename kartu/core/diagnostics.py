"""Diagnostics: the faults that kartu finds in sources, as values that are collected, not raised."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kartu.core.codes import ONCE_PER_NAME, Severity, severity
from kartu.core.language import _, ngettext
from kartu.core.source import Span

_MOST_PLACES = 3
_MOST_DIFFERING = 2  # letters of a misspelt key


class Related(NamedTuple):
    """A further place that a diagnostic refers to, such as the first use of a name."""

    span: Span
    message: str


class Diagnostic(NamedTuple):
    """One fault at one place: `message` says what is wrong, `help` what to do about it.

    `names` are the names that it is about, for code: messages are in the reader's language.
    """

    code: str
    span: Span
    message: str
    help: str = ""
    related: tuple[Related, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        return severity(self.code)


class Diagnostics:
    """A collection of diagnostics.

    A function that can find faults takes one as its last positional parameter, `diagnostics`, adds
    to it, and returns its own value. `mark` and `since` let a caller ask whether one step found
    faults, whatever was found before.
    """

    __slots__ = ("_found",)

    def __init__(self, found: Iterable[Diagnostic] = ()) -> None:
        self._found = list(found)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._found)

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(
        self,
        code: str,
        span: Span,
        message: str,
        help: str = "",
        related: tuple[Related, ...] = (),
    ) -> None:
        """Adds a diagnostic, given by its parts."""
        self._found.append(Diagnostic(code, span, message, help, related))

    def append(self, diagnostic: Diagnostic) -> None:
        self._found.append(diagnostic)

    def extend(self, found: Iterable[Diagnostic]) -> None:
        self._found.extend(found)

    def remove(self, diagnostic: Diagnostic) -> None:
        """Removes a diagnostic that a more precise one replaces."""
        self._found.remove(diagnostic)

    def mark(self) -> int:
        """The current end of the collection, for `since` and `change_since`."""
        return len(self._found)

    def since(self, mark: int) -> list[Diagnostic]:
        """The diagnostics added after the mark."""
        return self._found[mark:]

    def take_since(self, mark: int) -> list[Diagnostic]:
        """Removes and returns the diagnostics added after the mark, to be added later."""
        found = self._found[mark:]
        del self._found[mark:]
        return found

    def change_since(self, mark: int, change: Callable[[Diagnostic], Diagnostic]) -> None:
        """Replaces each diagnostic added after the mark, for example to add context."""
        self._found[mark:] = map(change, self._found[mark:])


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def has_faults(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether anything is wrong, even if it is no error."""
    return any(diagnostic.severity != "info" for diagnostic in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics without duplicates, sorted by place (sheet by sheet), code and message.

    An undefined name is reported once per folder, with its other uses as related places.
    """
    unique = sorted(set(diagnostics), key=_order)
    if not any(one.code in ONCE_PER_NAME for one in unique):
        return unique
    alike: dict[object, list[Diagnostic]] = {}
    for one in unique:
        folder = one.span.path.rpartition("/")[0]
        key = (one.code, one.message, folder) if one.code in ONCE_PER_NAME else one
        alike.setdefault(key, []).append(one)
    return [_with_others(*found) for found in alike.values()]


def _order(one: Diagnostic) -> tuple[object, ...]:
    return one.span.path, one.span.sheet, one.span, one.code, one.message


def _with_others(first: Diagnostic, *others: Diagnostic) -> Diagnostic:
    if not others:
        return first
    shown = [Related(other.span, _("here too")) for other in others[:_MOST_PLACES]]
    if len(others) > len(shown):
        more = ngettext(
            "here too, and in one more place",
            "here too, and in {number} more places",
            len(others) - len(shown),
        )
        shown[-1] = shown[-1]._replace(message=more)
    return first._replace(related=(*first.related, *shown))


def nearest_key(wrong: str, known: Iterable[str]) -> str | None:
    """The known key that was probably meant: at most two letters differ, or only their case."""
    return nearest(wrong, (one for one in known if differing(one, wrong) <= _MOST_DIFFERING))


def differing(one: str, other: str) -> int:
    """How many letters are added, missing, replaced or exchanged with the next, whatever the case.

    Any number above `_MOST_DIFFERING` means more than that.
    """
    one, other = one.casefold(), other.casefold()
    if abs(len(one) - len(other)) > _MOST_DIFFERING:
        return _MOST_DIFFERING + 1
    before, row = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, there in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def nearest(wrong: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant; None where none is similar."""
    from difflib import SequenceMatcher, get_close_matches  # only needed for a faulty source

    names = sorted(set(known))
    near = get_close_matches(wrong, names, n=len(names) or 1, cutoff=0.6)
    if near:
        return max(sorted(near), key=lambda name: SequenceMatcher(None, name, wrong).ratio())
    return {name.casefold(): name for name in names}.get(wrong.casefold())


def did_you_mean(
    wrong: str,
    known: Iterable[str],
    similar: Callable[[str, list[str]], str | None] = nearest,
) -> str:
    """`did you mean "x"?` with the similar known name, else all known names if few, or nothing."""
    names = sorted(set(known))
    near = similar(wrong, names)
    if near is not None:
        return _('did you mean "{near}"?', near=near)
    if 0 < len(names) <= 16:
        return _("possible are: {names}", names=", ".join(names))
    return ""
