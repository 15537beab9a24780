"""The catalogue of diagnostics as text for people, as JSON, and as the page of the manual."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence

from kartu.core.codes import ERRORS, SEVERITIES, WARNINGS, severity, title
from kartu.core.language import _
from kartu.report.diagnostics import unstyled
from kartu.report.explanations import Explanation
from kartu.report.tables import table

Style = Callable[[str, str], str]

_ABSENT = "(no such file)"
_PARTS = ("earlier", "published", "wrong", "right")

_PAGE = """\
# Diagnostics

Every fault that kartu can tell. `kartu explain CODE` shows the same in a terminal, and writes this
page: `kartu explain --format markdown > docs/diagnostics.md`.

An example holds files of a small project, YAML files only those keys that matter. What is
"published" was released before, what is "earlier" before that.

"""


def codes_text() -> str:
    """Returns one line per code: what it means."""
    return table([(f"{severity(code)}[{code}]", title(code)) for code in (*ERRORS, *WARNINGS)])


def explanations_text(explained: Sequence[Explanation], style: Style = unstyled) -> str:
    """Returns of each code its severity, meaning, reason, version and example."""
    return "\n".join("\n".join(_lines(one, style)) + "\n" for one in explained)


def explanations_json(explained: Iterable[Explanation]) -> str:
    """Returns a JSON array of the explanations, an object each (see schemas/explain.json)."""
    content = [
        {"code": one.code, "severity": severity(one.code), "title": title(one.code)} | one._asdict()
        for one in explained
    ]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def explanations_markdown(explained: Sequence[Explanation]) -> str:
    """Returns a page of the manual with a table of the codes and a section for each."""
    page = _PAGE
    for kind in SEVERITIES:
        page += f"| {kind} | what it means |\n| --- | --- |\n"
        for one in explained:
            if severity(one.code) == kind:
                page += f"| [`{one.code}`](#{one.code}) | {title(one.code)} |\n"
        page += "\n"
    return page + "\n".join("\n".join(_section(one)) + "\n" for one in explained)


def _lines(one: Explanation, style: Style) -> Iterator[str]:
    kind = severity(one.code)
    yield _(
        "{style}: {title} (since {since})",
        style=style(f"{kind}[{one.code}]", kind),
        title=title(one.code),
        since=one.since,
    )
    yield ""
    yield from textwrap.wrap(one.why, 80, break_long_words=False, break_on_hyphens=False)
    for part in _PARTS:
        for path, content in getattr(one, part).items():
            yield ""
            yield f"{style(f'{part}:', 'help')} {path}" + ("" if content else f" {_ABSENT}")
            yield from textwrap.indent(content.rstrip("\n"), "    ").splitlines()


def _section(one: Explanation) -> Iterator[str]:
    yield f"## {one.code}"
    yield ""
    yield _(
        "{capitalize} since {since}: {title}.",
        capitalize=severity(one.code).capitalize(),
        since=one.since,
        title=title(one.code),
    )
    yield ""
    yield one.why
    for part in _PARTS:
        for path, content in getattr(one, part).items():
            yield ""
            yield f"{part.capitalize()}, `{path}`" + (":" if content else f" {_ABSENT}")
            if content:
                yield ""
                yield f"```{path.rpartition('.')[2]}"
                yield content.rstrip("\n")
                yield "```"
