"""Texts that templates take for HTML: the only module that imports markupsafe."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup


def safe(html: str) -> Markup:
    """`html` as a value that Jinja2 does not escape."""
    from markupsafe import Markup  # not needed for a deck of plain texts

    return Markup(html)  # noqa: S704 - callers pass escaped or sanitised HTML
