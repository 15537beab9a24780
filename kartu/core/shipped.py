"""What comes with the program itself: note types and all that new projects begin with."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from kartu.core.language import _
from kartu.core.usage import UsageError

# The folder of a project's templates, and what the program's own are called in paths of a project:
# no folder of a project can have this name on every system.
TEMPLATES = "templates"
SHIPPED = "kartu:templates"

# The language of the texts on cards in a language that neither a project nor the program has.
ANY_LANGUAGE = "en"

STARTER = Path(__file__).parent.parent / "starter"


def is_bundled() -> bool:
    """Whether this is the program to download, in which sys.executable is no Python."""
    return bool(getattr(sys, "frozen", False))


@cache
def shipped() -> Path:
    """The folder that holds templates/ and .github/: in the wheel, else in the checkout.

    Raises UsageError where this installation has none.
    """
    found = STARTER if (STARTER / TEMPLATES).is_dir() else STARTER.parent.parent
    if not (found / TEMPLATES).is_dir():
        raise UsageError(_("this kartu has no templates of its own: install it again"))
    return found


@cache
def shipped_templates() -> str:
    """The folder of the program's own templates on this machine."""
    return str(shipped() / TEMPLATES)


@cache
def shipped_note_types() -> frozenset[str]:
    """The permanent ids of the note types that come with the program."""
    folders = (shipped() / TEMPLATES).iterdir()
    return frozenset(one.name for one in folders if (one / "note_type.yaml").is_file())


def is_shipped(path: str) -> bool:
    """Whether a path of a project is that of a file that came with the program."""
    return path.startswith(SHIPPED)
