"""What a project has besides its decks and templates: how to install kartu, CI, settings of git."""

from __future__ import annotations

from string import Template

from kartu.core.language import _
from kartu.core.shipped import STARTER, shipped
from kartu.core.version import __version__
from kartu.importing.requirement import Requirement, requirement

FILES = STARTER / "files"

WITH_TEXTS = ("id", "en")

# Imported packages that students have; the action reads them there.
PUBLISHED = "published"

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

_REST = "# What the tests of kartu need"
_HASHES = """\
# What kartu {version} needs, at exact versions and by hash: CI installs it before requirements.txt.
"""
_REQUIREMENTS = """\
# The kartu of this project, for every computer and for CI: pip install -r requirements.txt
"""
_FILL_IN = """\
# FILL IN where kartu {version} can be installed from, in place of this line and the next, such as
# {example}
"""


def scaffold(language: str, name: str, subject: str, id: str, origin: str) -> dict[str, str]:
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
    for path in _GITHUB:
        content = (shipped() / path).read_text("utf-8")
        found[path] = content.replace(_PROGRAM_TAGS, "")
    return found


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
    return own if own in WITH_TEXTS else "en"


def _requirements(found: Requirement) -> str:
    if found.line:
        return f"{_REQUIREMENTS}{found.line}\n"
    return _REQUIREMENTS + _FILL_IN.format(version=__version__, example=found.example)


def _constraints() -> str:
    text = (shipped() / "constraints.txt").read_text("utf-8").partition(_REST)[0]
    begin = text.index("\n", text.index("# What kartu[")) + 1
    return _HASHES.format(version=__version__) + text[begin:]
