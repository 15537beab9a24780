"""A check on card templates: the media that they show are in the package."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kartu.compile.built import BuiltDeck
from kartu.core.diagnostics import Diagnostic, Diagnostics
from kartu.core.language import _
from kartu.core.source import Span, place_in
from kartu.load.files import Files

_MEDIA_NAME = re.compile(
    r"""(?:\ssrc\s*=\s*["']?|url\(\s*["']?)(?P<name>[^\s"'()<>{}]+\.[a-z0-9]{2,5})(?=["'\s)>])"""
    r"|\[sound:(?P<sound>[^\]{}]+)\]",
    re.IGNORECASE,
)


def check_template_media(
    decks: Sequence[BuiltDeck], files: Files, diagnostics: Diagnostics
) -> None:
    """Reports media that a template shows by itself: packages hold what fields of notes name."""
    used = {one.source.folder for deck in decks for one in deck.note_types}
    packed = {one.name for deck in decks for one in deck.media}
    for folder in (*sorted(used), "templates/_shared"):
        for name in files.names(folder):
            path = f"{folder}/{name}"
            if not path.endswith((".html", ".css")):
                continue
            content = files.read_text(path, Diagnostics()) or ""
            for found in _MEDIA_NAME.finditer(content):
                group = "name" if found["name"] else "sound"
                if found[group] not in packed:
                    diagnostics.append(
                        _diagnostic(place_in(path, content, found.start(group)), found[group])
                    )


def _diagnostic(place: Span, name: str) -> Diagnostic:
    message = _('the template shows "{name}", which is not in any package', name=name)
    help = _("show it through a field of the notes, or write a small SVG into the template itself")
    return Diagnostic("template-media", place, message, help)
