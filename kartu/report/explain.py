"""The catalogue of diagnostics as text for people, as JSON, and as the page of the manual."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence

from kartu.core.codes import ALL, SEVERITIES, Severity, severity, title
from kartu.core.language import N_, _
from kartu.report.diagnostics import SEVERITY_NAMES, code_label, unstyled
from kartu.report.explanations import Explanation
from kartu.report.tables import table

Style = Callable[[str, str], str]

_ABSENT = N_("(no such file)")

# The parts of an example, in the order in which they came about.
_PARTS = {
    "earlier": N_("earlier"),
    "published": N_("published"),
    "wrong": N_("wrong"),
    "right": N_("right"),
}

_SINCE: dict[Severity, str] = {
    "error": N_("Error since {version}: {title}."),
    "warning": N_("Warning since {version}: {title}."),
    "info": N_("Information since {version}: {title}."),
}

# Translators: the page in your language names itself, and leads to the English one.
_PAGE = N_("""\
# Diagnostics

Everything that kartu can report. `kartu explain CODE` shows the same in a terminal, and this writes
the page: `kartu explain --format markdown > docs/diagnostics.md`. In Indonesian it is
[arti-pesan.md](arti-pesan.md).

An example holds files of a small project, and of YAML files only the keys that matter. What is
"published" was released before, what is "earlier" before that.

""")


def codes_text() -> str:
    """Returns one line per code: what it means."""
    return table([(code_label(code), title(code)) for code in ALL])


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
    page = _(_PAGE)
    for kind in SEVERITIES:
        meaning = _("what it means")
        page += f"| {_(SEVERITY_NAMES[kind])} | {meaning} |\n| --- | --- |\n"
        for one in explained:
            if severity(one.code) == kind:
                page += f"| [`{one.code}`](#{one.code}) | {title(one.code)} |\n"
        page += "\n"
    return page + "\n".join("\n".join(_section(one)) + "\n" for one in explained)


def _lines(one: Explanation, style: Style) -> Iterator[str]:
    yield _(
        "{code}: {title} (since {version})",
        code=style(code_label(one.code), severity(one.code)),
        title=title(one.code),
        version=one.since,
    )
    yield ""
    yield from textwrap.wrap(one.why, 80, break_long_words=False, break_on_hyphens=False)
    for part, name in _PARTS.items():
        for path, content in getattr(one, part).items():
            yield ""
            yield f"{style(f'{_(name)}:', 'help')} {path}" + ("" if content else f" {_(_ABSENT)}")
            yield from textwrap.indent(content.rstrip("\n"), "    ").splitlines()


def _section(one: Explanation) -> Iterator[str]:
    yield f"## {one.code}"
    yield ""
    yield _(_SINCE[severity(one.code)], version=one.since, title=title(one.code))
    yield ""
    yield one.why
    for part, name in _PARTS.items():
        for path, content in getattr(one, part).items():
            yield ""
            yield f"{_(name).capitalize()}, `{path}`" + (":" if content else f" {_(_ABSENT)}")
            if content:
                yield ""
                yield f"```{path.rpartition('.')[2]}"
                yield content.rstrip("\n")
                yield "```"
