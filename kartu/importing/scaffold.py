"""What a project has besides its decks: how to install kartu, settings of git, CI, templates."""

from __future__ import annotations

import os
from collections.abc import Iterator
from string import Template
from typing import Literal

from kartu.core.language import _
from kartu.core.shipped import ANY_LANGUAGE, STARTER, TEMPLATES, shipped
from kartu.core.version import __version__
from kartu.importing.requirement import Requirement, requirement

FILES = STARTER / "files"

WITH_TEXTS = ("id", "en")

# Imported packages that students have; the action reads them there.
PUBLISHED = "published"

# For whom there are files that check, publish and show the decks there; empty for nobody.
Host = Literal["", "github"]

# What runs at GitHub is the same here and there, but for the tags of the program itself.
_GITHUB = (
    ".github/actions/kartu/action.yml",
    ".github/dependabot.yml",
    ".github/workflows/decks.yml",
    ".github/workflows/decks-release.yml",
    ".github/workflows/decks-site.yml",
    ".github/workflows/decks-weekly.yml",
)
_PROGRAM_TAGS = ', "!kartu-v*"'

_TEXTS = f"{TEMPLATES}/_shared/texts"

_REST = "# What the tests of kartu need"
_HASHES = """\
# What kartu {version} needs, at exact versions and by hash: CI installs it before requirements.txt.
"""
_REQUIREMENTS = """\
# The kartu of this project, for every computer and for CI: pip install -r requirements.txt
"""
_AT_LEAST = "# kartu {version} or newer\n"
_FILL_IN = """\
# FILL IN where kartu {version} can be installed from, in place of this line and the next, such as
# {example}
"""


def scaffold(language: str, name: str, subject: str, id: str, origin: str) -> dict[str, bytes]:
    """The files by their path in the project; `origin` is `new`, or what the decks came from.

    `id` and `name` are those of its deck, or of the first one.
    """
    texts = texts_of(language)
    common = FILES / "common"
    values = {"name": name, "subject": subject, "id": id}
    more = FILES / texts / f"{origin}.md"
    values["more"] = Template(more.read_text("utf-8")).substitute(values).rstrip()
    readme = Template((FILES / texts / "README.md").read_text("utf-8"))
    found = {
        "README.md": readme.substitute(values),
        ".gitignore": (common / "gitignore").read_text("utf-8"),
        ".gitattributes": (common / "gitattributes").read_text("utf-8"),
        "requirements.txt": _requirements(requirement()),
        "constraints.txt": _constraints(),
    }
    return {path: content.encode() for path, content in found.items()}


def on_request(language: str, *, templates: bool, ci: Host) -> dict[str, bytes]:
    """The files that a project gets only if asked for: CI for a host, and a copy of the templates.

    The copy has texts in `language`, English ones where the program has none.
    """
    found: dict[str, bytes] = {}
    if ci:
        for path in _GITHUB:
            content = (shipped() / path).read_text("utf-8")
            found[path] = content.replace(_PROGRAM_TAGS, "").encode()
    if templates:
        found |= {path: (shipped() / path).read_bytes() for path in _template_paths()}
        found.setdefault(f"{_TEXTS}/{language}.yaml", found[f"{_TEXTS}/{texts_of(language)}.yaml"])
    return found


def _template_paths() -> Iterator[str]:
    for folder, _folders, names in os.walk(shipped() / TEMPLATES):
        below = os.path.relpath(folder, shipped()).replace(os.sep, "/")
        yield from (f"{below}/{name}" for name in names if not name.startswith((".", "~")))


def to_fill_in() -> list[str]:
    """What is to be done before the project can be installed elsewhere, for people."""
    found = requirement()
    if found.line:
        return []
    return [
        _(
            "requirements.txt: fill in where kartu can be installed from; {reason}",
            reason=found.reason,
        )
    ]


def texts_of(language: str) -> str:
    """The language of the starter's texts that is nearest to one."""
    own = language.partition("-")[0]
    return own if own in WITH_TEXTS else ANY_LANGUAGE


def _requirements(found: Requirement) -> str:
    head = _REQUIREMENTS
    if "==" not in found.line:  # an address does not say the version
        head += _AT_LEAST.format(version=__version__)
    if found.line:
        return f"{head}{found.line}\n"
    return head + _FILL_IN.format(version=__version__, example=found.example)


def _constraints() -> str:
    text = (shipped() / "constraints.txt").read_text("utf-8").partition(_REST)[0]
    begin = text.index("\n", text.index("# What kartu[")) + 1
    return _HASHES.format(version=__version__) + text[begin:]
