"""The field templates, `_shared/fields/<format>.html`: what each makes of what its format shows."""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from typing import Any, NamedTuple

from kartu.compile.render.job import Job
from kartu.compile.render.markup import safe
from kartu.compile.render.process import Asked
from kartu.compile.render.results import key_of
from kartu.compile.render.templates import Templates, no_map
from kartu.core.diagnostics import Diagnostics
from kartu.core.model import Deck
from kartu.core.source import Mapping

_FIELDS = "_shared/fields"
_IDENTITY = "[[= value ]]"
_WITH_VALUE = ("text", "markdown", "html", "sound")

# What a format shows: HTML, which is the `value` of its template, or the template's variables.
Content = str | dict[str, Any]


class Later(NamedTuple):
    """A field that a process renders: the input of its template, and the job.

    `whole` says that nothing was wrong with the template itself.
    """

    key: str
    asked: Asked
    whole: bool


class FieldTemplates:
    """Fills the field templates of one deck. Faults go to `diagnostics`.

    `failures` counts the fields that are wrongly empty, as their template failed.
    """

    def __init__(
        self, templates: Templates, texts: Mapping, deck: Deck, diagnostics: Diagnostics
    ) -> None:
        self.failures = 0
        self._templates = templates
        self._context = {"texts": texts, "language": deck.language}
        self._diagnostics = diagnostics
        self._shows_value_only: dict[str, bool] = {}
        self._shared = ""  # a hash of the context that all field templates share
        self._asked: dict[str, Asked] = {}  # what is not finished, by its input

    def is_value_only(self, format: str) -> bool:
        """Whether the format's template consists of its value alone."""
        known = self._shows_value_only.get(format)
        if known is None:
            source = self._templates.read(f"{_FIELDS}/{format}.html")
            plain = (source or "").strip() == _IDENTITY and format in _WITH_VALUE
            known = self._shows_value_only[format] = plain
        return known

    def fill(self, format: str, content: Content) -> str:
        """The HTML of a field; empty where that fails."""
        filled = self.begin(format, content)
        return filled if isinstance(filled, str) else self.finish(filled)

    def begin(self, format: str, content: Content) -> str | Later:
        """As `fill`, where the template is kartu's own; else what `finish` takes, later."""
        if isinstance(content, str):
            if content and self.is_value_only(format):
                return _composed(content)
            content = {"value": safe(content)}
        if not self._shared:
            # The texts are many, and the same for all fields.
            shared = tuple(self._context.values())
            self._shared = sha256(repr(shared).encode()).hexdigest()
        key = key_of((format, self._shared, content))
        job = Job(f"{_FIELDS}/{format}.html", {**self._context, **content})
        if not self._templates.results.knows(key):
            before = self._diagnostics.mark()
            asked = self._asked.get(key) or self._templates.ask(job, no_map)
            if asked is not None:
                self._asked[key] = asked
                return Later(key, asked, whole=not self._diagnostics.since(before))
        return self._recalled(key, job)

    def finish(self, later: Later) -> str:
        """The HTML of a field that was begun; empty where that fails."""
        self._asked.pop(later.key, None)
        return self._recalled(later.key, later.asked, whole=later.whole)

    def _recalled(self, key: str, job: Job | Asked, *, whole: bool = True) -> str:
        def render() -> str | None:
            before = self._diagnostics.mark()
            texts = (
                self._templates.draw(job, no_map)
                if isinstance(job, Job)
                else self._templates.texts_of(job)
            )
            sound = whole and texts and not self._diagnostics.since(before)
            return texts[0] if texts and sound else None

        filled = self._templates.results.recall(key, render)
        self.failures += filled is None
        return _composed(filled or "")


def _composed(filled: str) -> str:
    return filled if filled.isascii() else unicodedata.normalize("NFC", filled)
