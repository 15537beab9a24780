"""What kartu says about the sources: a diagnostic is a value, gathered and never raised."""

from collections.abc import Iterable
from typing import NamedTuple

from kartu.codes import Severity, severity
from kartu.source import Span


class Related(NamedTuple):
    """Another place that belongs to a diagnostic, such as the first use of a name."""

    span: Span
    message: str


class Diagnostic(NamedTuple):
    """One fault at one place: what is wrong, and in `help` what to do about it."""

    code: str
    span: Span
    message: str
    help: str = ""
    related: tuple[Related, ...] = ()

    @property
    def severity(self) -> Severity:
        return severity(self.code)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each diagnostic once, sorted by place (sheet by sheet), then code and message."""
    unique = dict.fromkeys(diagnostics)
    return sorted(
        unique, key=lambda one: (one.span.path, one.span.sheet, one.span, one.code, one.message)
    )


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """`did you mean "x"?` with the nearest of the known names, or all of a few, or nothing."""
    from difflib import get_close_matches  # only a faulty source needs it

    names = sorted(set(known))
    near = get_close_matches(wrong, names, n=1, cutoff=0.6)
    if not near:
        folded = {name.casefold(): name for name in names}
        near = [folded[wrong.casefold()]] if wrong.casefold() in folded else []
    if near:
        return f'did you mean "{near[0]}"?'
    if 0 < len(names) <= 12:
        return "possible are: " + ", ".join(names)
    return ""
